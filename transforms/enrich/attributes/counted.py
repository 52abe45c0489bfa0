"""What a sentence counts that may be persons: numbers, duals, one person in a word."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from transforms.enrich.sentence.annotations import Annotations
from transforms.enrich.sentence.view import Sentence
from transforms.enrich.words import closed_classes, endings, lists
from transforms.enrich.words.analyse import lemmas_of
from transforms.enrich.words.clitics import ARTICLE, CONJUNCTIONS, PREPOSITIONS, PRONOUNS
from transforms.enrich.words.memo import remembers

Size = tuple[int, int | None]

_OTHERS: Final = lists.words("counted", "others")
PARTS: Final = lists.words("counted", "parts")
_TWO: Final = lists.words("counted", "two_persons")
ONE: Final = lists.words("counted", "one_person")
_TRADES: Final = ONE | lists.words("counted", "more_trades")
_PAIR: Final = lists.words("counted", "pair")
_SINGLE: Final = lists.words("counted", "single")
DAYS: Final = lists.words("counted", "days_like_numbers")
DEAD_NOUNS: Final = lists.lemmas("attributes", "dead_nouns")
HURT_NOUNS: Final = lists.lemmas("attributes", "hurt_nouns")
BODIES: Final = lists.lemmas("attributes", "bodies")
_OWN: Final = (*endings.POSSESSIVES, PRONOUNS[-1])  # سائقها، زوجتي
_JOINED: Final = frozenset(CONJUNCTIONS + PREPOSITIONS)
_DUALS: Final = (endings.DUAL, endings.DUAL_OBLIQUE)
_DUALS_FEMININE: Final = tuple(endings.FEMININE_INSIDE + ending for ending in _DUALS)
_DUALS_OWNED: Final = (endings.DUAL_BARE, endings.DUAL_OBLIQUE_BARE)


def counts(
    annotations: Annotations, sentence: Sentence, *, more: bool = False
) -> Iterator[tuple[int, int, Size]]:
    """What may count persons, by first and last token: numbers, and duals.

    Args:
        annotations: the text.
        sentence: the sentence.
        more: read as rows do (see ``casualties.tolls``).
    """
    taken: set[int] = set()
    for first, last, number in annotations.numbers(sentence.first, sentence.stop):
        counted = sentence.words[last + 1] if last + 1 < sentence.stop else ""
        taken.update(range(first, last + 1))
        before = sentence.words[first - 1] if first > sentence.first else ""
        # الساعات الثلاث، شاب في الثلاثين
        hours = before.startswith(ARTICLE) and before.removeprefix(ARTICLE) in _OTHERS
        age = before in closed_classes.IN and sentence.words[first].startswith(ARTICLE)
        others = counted in _OTHERS or hours or age or sentence.words[first] in DAYS
        if not others and not _is_part(sentence, first, more=more):
            yield first, last, (number.low, number.high)
    for index in range(sentence.first, sentence.stop):
        word = sentence.words[index]
        two = index not in taken and (_are_two(word, more=more) or is_owned_two(word))
        if two and not annotations.is_name(index):
            yield index, index, (2, 2)
        elif index > sentence.first and index not in taken:
            yield from _behind_noun(sentence, index)


def _behind_noun(sentence: Sentence, index: int) -> Iterator[tuple[int, int, Size]]:
    """A number of one or two behind what it counts: متظاهرين اثنين، قتيلا واحدا."""
    word, before = sentence.words[index], sentence.words[index - 1]
    if word in _PAIR:
        yield index - before.endswith(_DUALS), index, (2, 2)
    elif word in _SINGLE and lemmas_of(before) & (DEAD_NOUNS | HURT_NOUNS):
        yield index - 1, index, (1, 1)


def _is_part(sentence: Sentence, index: int, *, more: bool) -> bool:
    """Whether those at a token are among others that are counted before: بينهم خمسة أطفال."""
    for near in range(index - 1, max(sentence.first, index - 3) - 1, -1):
        word = sentence.words[near]
        if word in PARTS or word[1:] in PARTS:
            return True
        if more and sentence.is_verb(near):
            return False  # فقتلوا أربعة منهم وأصابوا اثنين
    return False


def _are_two(word: str, *, more: bool) -> bool:
    return is_two(word) or (more and _of_trade_two(word))


@remembers
def _of_trade_two(word: str) -> bool:
    """Whether a word is two persons of a trade in the nominative: عابران."""
    stem = word.removesuffix(endings.DUAL)
    return stem != word and stem.removeprefix(ARTICLE) in _TRADES


def _bare(word: str) -> str:
    """A word without the article, which loses its ا behind ل: للطالب."""
    return word.removeprefix(ARTICLE).removeprefix(ARTICLE[1:])


def _unjoined(word: str) -> str:
    """A word without what is written together with it."""
    return word[1:] if word[:1] in _JOINED and word[1:] else word


@remembers
def is_two(word: str) -> bool:
    """Whether a word is the dual of a person: شخصان، القتيلين، سائحتين."""
    bare = _bare(_unjoined(word))
    if word in _TWO or bare in _TWO:
        return True
    for ending in (*_DUALS_FEMININE, endings.DUAL):
        stem = bare.removesuffix(ending)
        if stem != bare and len(stem) > 2:
            restored = endings.FEMININE_FOLDED if ending in _DUALS_FEMININE else ""
            return stem + restored in ONE or stem in ONE
    return False


@remembers
def is_one(word: str) -> bool:
    """Whether a word is one person, with or without article, conjunction or pronoun."""
    return _is_among(ONE, word)


@remembers
def is_somebody(word: str) -> bool:
    """Whether a word is one person, read as rows do: also شابا، صيدلانية."""
    return _is_among(_TRADES, word, endings.ACCUSATIVE)


def _is_among(persons: frozenset[str], word: str, ending: str = "") -> bool:
    """Whether a word is one of some persons, whatever is written onto it."""
    for bare in (word, _unjoined(word)):
        stem = _bare(bare)
        if stem in persons or stem.removesuffix(ending) in persons:
            return True
        for pronoun in _OWN:
            rest = stem.removesuffix(pronoun)
            feminine = rest.removesuffix(endings.FEMININE_INSIDE) + endings.FEMININE_FOLDED
            if rest != stem and (rest in persons or feminine in persons):
                return True
    return False


@remembers
def is_owned_two(word: str) -> bool:
    """Whether a word is two persons of somebody: طفلاها، طفليها."""
    stems = [word.removesuffix(own) for own in endings.PLAIN_POSSESSIVES if word.endswith(own)]
    return any(stem[-1:] in _DUALS_OWNED and stem[:-1] in ONE for stem in stems)
