"""Inflect nouns and nisba adjectives: the written forms under which a lexeme is found.

Forms keep usual spelling (hamzas, ta marbuta); the lexicon folds them. Construct and definite
forms, case endings of sound plurals and duals, and the accusative alef are spelled out, so that
matching is a table look-up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from transforms.enrich.words import endings
from transforms.enrich.words.clitics import ARTICLE

# Of an adjective in ي: each with whether it is a plural.
_NISBA: Final = (
    ("", False),
    (endings.FEMININE, False),
    (endings.ACCUSATIVE, False),
    (endings.PLURAL, True),
    (endings.PLURAL_OBLIQUE, True),
    (endings.PLURAL_FEMININE, True),
    (endings.DUAL, True),
    (endings.FEMININE_INSIDE + endings.DUAL, True),
    (endings.FEMININE_INSIDE + endings.DUAL_OBLIQUE, True),
)


@dataclass(frozen=True, slots=True)
class WrittenForm:
    """One spelling of a lexeme.

    Attributes:
        text: the spelling, one or more words.
        definite: carries the article, or is a name.
        plural: plural or collective.
    """

    text: str
    definite: bool
    plural: bool


def _endings(word: str) -> Iterator[tuple[str, bool, bool]]:
    """Spellings of one word without article: (text, may take the article, may be construct)."""
    if word.endswith(endings.PLURAL) and len(word) > 4:
        stem = word.removesuffix(endings.PLURAL)
        yield word, True, False
        yield stem + endings.PLURAL_OBLIQUE, True, False
        yield stem + endings.PLURAL_BARE, False, True
        yield stem + endings.PLURAL_OBLIQUE_BARE, False, True
        return
    yield word, True, True
    takes = word[-1] not in endings.WITHOUT_ACCUSATIVE
    if (takes and not word.endswith(endings.PLURAL_FEMININE)) or word[-1] == endings.NISBA:
        yield word + endings.ACCUSATIVE, False, False


def _stem(word: str) -> str:
    """A word as it is written before an ending: its feminine ending opens."""
    if word.endswith(endings.FEMININE):
        return word.removesuffix(endings.FEMININE) + endings.FEMININE_INSIDE
    return word


def _dual(word: str) -> Iterator[tuple[str, bool, bool]]:
    """The dual of a singular: nominative, oblique and their constructs."""
    stem = _stem(word)
    for ending in (endings.DUAL, endings.DUAL_OBLIQUE):
        yield stem + ending, True, False
    yield stem + endings.DUAL_BARE, False, True


def noun_forms(spec: str, *, plural: bool) -> Iterator[WrittenForm]:
    """Every spelling of a head noun.

    Args:
        spec: a noun (``جندي``), a noun with a complement (``وزير الدفاع``: only the first word
            inflects) or, with a trailing ``+``, a noun with adjectives (``قوات مسلحة+``: the
            article goes on every word).
        plural: the noun is a plural; a singular also gets its dual.

    Yields:
        Spellings, possibly repeated.
    """
    agreeing = spec.endswith("+")
    first, *rest = spec.rstrip("+").split()
    tail = "".join(f" {word}" for word in rest)
    defined_tail = "".join(f" {ARTICLE}{word}" for word in rest)
    forms = [(form, plural) for form in _endings(first)]
    if not plural and not rest:
        forms += [(form, True) for form in _dual(first)]
    for (text, articled, construct), several in forms:
        if not rest or agreeing:
            yield WrittenForm(text + tail, definite=False, plural=several)
            if articled:
                yield WrittenForm(f"{ARTICLE}{text}{defined_tail}", definite=True, plural=several)
        elif construct:
            yield WrittenForm(text + tail, definite=True, plural=several)


def owned_forms(spec: str, *, plural: bool) -> Iterator[WrittenForm]:
    """Every spelling of a one-word noun with a possessive of the third person or نا.

    Args:
        spec: the noun.
        plural: the noun is a plural.

    Yields:
        Spellings; all are definite.
    """
    for text, _, construct in _endings(spec):
        if construct:
            for suffix in endings.POSSESSIVES:
                yield WrittenForm(_stem(text) + suffix, definite=True, plural=plural)


def nisba_forms(adjective: str) -> Iterator[WrittenForm]:
    """The paradigm of an adjective in ي (several words inflect together: كوري شمالي).

    Args:
        adjective: masculine singular, without article.

    Yields:
        Singular, dual and plural, both genders, with and without the article.
    """
    words = adjective.split()
    for ending, plural in _NISBA:
        bare = " ".join(word + ending for word in words)
        yield WrittenForm(bare, definite=False, plural=plural)
        if ending != endings.ACCUSATIVE:
            articled = " ".join(f"{ARTICLE}{word}{ending}" for word in words)
            yield WrittenForm(articled, definite=True, plural=plural)
    if len(words) == 1:
        yield WrittenForm(adjective + endings.PLURAL_BARE, definite=False, plural=True)
