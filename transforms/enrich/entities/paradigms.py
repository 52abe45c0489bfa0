"""Inflect nouns and nisba adjectives: the written forms under which a lexeme is found.

Forms keep usual spelling (hamzas, ta marbuta); the lexicon folds them. Construct and definite
forms, case endings of sound plurals and duals, and the accusative alef are spelled out, so that
matching is a table look-up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_POSSESSIVES: Final = ("ه", "ها", "هم", "هما", "هن", "نا")


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
    if word.endswith("ون") and len(word) > 4:
        stem = word[:-2]
        yield word, True, False
        yield stem + "ين", True, False
        yield stem + "و", False, True
        yield stem + "ي", False, True
        return
    yield word, True, True
    if (word[-1] not in "ةاءىي" and not word.endswith("ات")) or word[-1] == "ي":
        yield word + "ا", False, False


def _dual(word: str) -> Iterator[tuple[str, bool, bool]]:
    """The dual of a singular: nominative, oblique and their constructs."""
    stem = word[:-1] + "ت" if word.endswith("ة") else word
    for ending in ("ان", "ين"):
        yield stem + ending, True, False
    yield stem + "ا", False, True


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
    defined_tail = "".join(f" ال{word}" for word in rest)
    forms = [(form, plural) for form in _endings(first)]
    if not plural and not rest:
        forms += [(form, True) for form in _dual(first)]
    for (text, articled, construct), several in forms:
        if not rest or agreeing:
            yield WrittenForm(text + tail, definite=False, plural=several)
            if articled:
                yield WrittenForm(f"ال{text}{defined_tail}", definite=True, plural=several)
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
            stem = text[:-1] + "ت" if text.endswith("ة") else text
            for suffix in _POSSESSIVES:
                yield WrittenForm(stem + suffix, definite=True, plural=plural)


def nisba_forms(adjective: str) -> Iterator[WrittenForm]:
    """The paradigm of an adjective in ي (several words inflect together: كوري شمالي).

    Args:
        adjective: masculine singular, without article.

    Yields:
        Singular, dual and plural, both genders, with and without the article.
    """
    words = adjective.split()
    endings = (("", False), ("ة", False), ("ا", False), ("ون", True), ("ين", True), ("ات", True))
    duals = ("ان", "تان", "تين")
    for ending, plural in (*endings, *((dual, True) for dual in duals)):
        bare = " ".join(word + ending for word in words)
        yield WrittenForm(bare, definite=False, plural=plural)
        if ending != "ا":
            articled = " ".join(f"ال{word}{ending}" for word in words)
            yield WrittenForm(articled, definite=True, plural=plural)
    if len(words) == 1:
        yield WrittenForm(f"{adjective}و", definite=False, plural=True)
