"""What news writes into the middle of a clause: adverbials between commas, names in brackets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from transforms.enrich.own import follows
from transforms.enrich.words import closed_classes, endings, lists
from transforms.enrich.words.analyse import analyse
from transforms.enrich.words.clitics import ARTICLE
from transforms.enrich.words.memo import remembers

OPENERS: Final = frozenset("،,(-–—")
_CLOSERS: Final = {"(": ")"}
_MAX_INSERT: Final = 7
_MAX_BRACKET: Final = 4
_MAX_QUANTITY: Final = 5
_LONG: Final = 5  # letters from which an unknown word in ا is an accusative; عليا is none
_ORIGIN: Final = (endings.NISBA, endings.NISBA + endings.FEMININE_FOLDED)  # adjectives in ي
# How a feminine adjective may end, and what is none at all.
_AGREES: Final = (
    endings.FEMININE_FOLDED, endings.PLURAL_FEMININE, endings.NISBA, endings.ACCUSATIVE,
    endings.FEMININE_HAMZA,
)  # fmt: skip
# Prepositions that bring a party are no mere adverbials.
_PARTIES: Final = lists.words("insertions", "party_prepositions")
_OPENING: Final = (
    closed_classes.PREPOSITIONS | closed_classes.TIME_WORDS | lists.words("insertions", "openings")
) - _PARTIES
# They add a party to the clause before them, across a comma.
COMPANY: Final = lists.words("insertions", "company")
_BREAKS: Final = closed_classes.CLAUSE_OPENERS | closed_classes.RELATIVES | closed_classes.NEGATORS
_QUANTITY_ENDS: Final = lists.words("insertions", "quantity_ends")
_QUANTITY_VERBS: Final = lists.words("insertions", "quantity_verbs")
# Nouns that head a phrase: after a definite noun they cannot be its adjective.
HEADS: Final = lists.words("insertions", "heads")


def insertion_end(words: Sequence[str], index: int, stop: int) -> int:
    """Where a stretch that interrupts its clause ends.

    Args:
        words: tokens of normalised text.
        index: a comma, dash or opening bracket.
        stop: the index after the sentence's last token.

    Returns:
        The index after its closing mark; ``index`` itself when nothing is inserted here.
    """
    mark = words[index]
    closer = _CLOSERS.get(mark)
    if closer is None and words[index + 1] not in _OPENING:
        return index
    reach = _MAX_INSERT if closer is None else _MAX_BRACKET
    for position in range(index + 1, min(stop - 1, index + reach + 2)):
        word = words[position]
        if word == closer or (closer is None and (word == mark or word in "،,")):
            return position + 1 if position > index + 1 else index
        if not word[0].isalnum() or word in _BREAKS or (closer is None and _is_verb(word)):
            return index
    return index


@follows
@remembers
def _is_verb(word: str) -> bool:
    """Whether a word can be a verb and nothing else."""
    readings = analyse(word)
    return bool(readings) and word not in _OPENING and all(r.pos == "V" for r in readings)


def quantity_end(words: Sequence[str], index: int, stop: int) -> int:
    """Where the words before a number end that begin with ما: ما لا يقل عن خمسين.

    Args:
        words: tokens of normalised text.
        index: a ما.
        stop: the index after the sentence's last token.

    Returns:
        The index of the number's word; ``index`` itself when ما is something else.
    """
    window = range(index + 1, min(stop, index + _MAX_QUANTITY))
    if not any(words[position] in _QUANTITY_VERBS for position in window):
        return index
    end = next((p for p in window if words[p] in _QUANTITY_ENDS), index - 1)
    return end + 1


def transparent(words: Sequence[str], first: int, stop: int) -> dict[int, str]:
    """What stands inside a phrase without ending it: time words (T) and particles (X).

    An adverbial between two commas (، اليوم الأربعاء،), a short name in brackets, a comma before
    بمشاركة, and the words of "at least" before a number (ما لا يقل عن).

    Args:
        words: tokens of normalised text.
        first: the sentence's first token.
        stop: the index after its last.

    Returns:
        Token -> its kind.
    """
    kinds: dict[int, str] = {}
    for index in range(first, stop - 2):
        word = words[index]
        if word in "،," and words[index + 1] in COMPANY:
            kinds[index] = "T"
        elif word in OPENERS:
            end = insertion_end(words, index, stop)
            kinds.update(dict.fromkeys(range(index, end), "T"))
        elif word == "ما":
            end = quantity_end(words, index, stop)
            kinds.update(dict.fromkeys(range(index, end), "X"))
    return kinds


def new_head(before: str, word: str) -> bool:
    """Whether a noun cannot be the adjective of the definite one before it.

    Args:
        before: the token before; definite by its article or its pronoun.
        word: the token in question.
    """
    if word not in HEADS or before in closed_classes.QUANTIFIERS:
        return False
    return before.startswith(("ال", "وال")) or before.endswith(endings.PLAIN_POSSESSIVES)


def accusative(before: str, word: str) -> bool:
    """Whether a noun cannot continue the phrase before it, being an accusative behind none.

    Args:
        before: the token before, an adjective of origin: قتلت قوات سورية شابا.
        word: the token in question.
    """
    if not before.endswith(_ORIGIN) or not word.endswith(endings.ACCUSATIVE):
        return False
    readings = analyse(word)
    return any(r.pos == "N" for r in readings) if readings else len(word) >= _LONG


def begins(before: str, word: str, *, known: bool, country: bool) -> bool:
    """Whether a nominal token cannot continue the phrase before it, by what both are.

    Args:
        before: the token before.
        word: the token in question.
        known: whether a known phrase begins with it.
        country: whether it is a country's name.
    """
    owned = (
        before.endswith(endings.PLAIN_POSSESSIVES) and word.startswith(ARTICLE) and _is_noun(word)
    )
    return (
        new_head(before, word)
        or owned  # رفضها القرار
        or (not country and accusative(before, word))
        or _behind_adjective(before, word, known=known)
    )


def _behind_adjective(before: str, word: str, *, known: bool) -> bool:
    """Whether a noun stands behind an adjective, which governs no genitive.

    قصفت طائرات حربية مواقع، اتهمت منظمة حقوقية الشرطة، أدان المجلس الدولي الهجوم.
    """
    bare = before.removeprefix(ARTICLE)
    if len(bare) < _LONG - 1 or not bare.endswith(_ORIGIN) or _is_noun(before):
        return False
    definite = bare != before
    if known:
        return not definite and word.startswith(ARTICLE)
    if not definite and bare.endswith(_ORIGIN[1]) and not word.startswith(ARTICLE):
        return not word.endswith(_AGREES)  # غارة إسرائيلية مخزن
    return _is_noun(word) and not word.endswith(_ORIGIN)


@follows
@remembers
def _is_noun(word: str) -> bool:
    """Whether a word is a noun of the lists as it stands."""
    return any(r.pos == "N" and not r.conjunction and not r.preposition for r in analyse(word))
