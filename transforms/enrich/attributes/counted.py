"""What a sentence counts that may be persons: numbers, duals, one person in a word."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from transforms.enrich.sentence.annotations import Annotations
from transforms.enrich.sentence.view import Sentence
from transforms.enrich.words import lists
from transforms.enrich.words.analyse import lemmas_of
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
_OWN: Final = ("ها", "هم", "ه", "نا", "ي")  # سائقها، زوجته
_OWNED: Final = (*_OWN, "هما", "هن")  # أمهما
_ACCUSATIVE: Final = "ا"
_JOINED: Final = "وفبل"  # written together with the next word


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
        hours = before.startswith("ال") and before[2:] in _OTHERS  # الساعات الثلاث
        age = before == "في" and sentence.words[first].startswith("ال")  # شاب في الثلاثين
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
        yield index - before.endswith(("ان", "ين")), index, (2, 2)
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
    return word.endswith("ان") and word.removesuffix("ان").removeprefix("ال") in _TRADES


@remembers
def is_two(word: str) -> bool:
    """Whether a word is the dual of a person: شخصان، القتيلين، سائحتين."""
    bare = word[1:] if word[0] in _JOINED and word[1:2] else word
    bare = bare.removeprefix("ال").removeprefix("ل")
    if word in _TWO or bare in _TWO:
        return True
    for ending, restored in (("تان", "ه"), ("تين", "ه"), ("ان", "")):
        stem = bare.removesuffix(ending)
        if stem != bare and len(stem) > 2:
            return stem + restored in ONE or stem in ONE
    return False


@remembers
def is_one(word: str) -> bool:
    """Whether a word is one person, with or without article, conjunction or pronoun."""
    for bare in (word, word[1:] if word[0] in _JOINED and word[1:] else word):
        stem = bare.removeprefix("ال").removeprefix("ل")
        if stem in ONE:
            return True
        for pronoun in _OWN:
            rest = stem.removesuffix(pronoun)
            if rest != stem and (rest in ONE or rest.removesuffix("ت") + "ه" in ONE):
                return True
    return False


@remembers
def is_somebody(word: str) -> bool:
    """Whether a word is one person, read as rows do: also شابا، أمهما، صيدلانية."""
    if not word:
        return False
    for bare in (word, word[1:] if word[0] in _JOINED and word[1:] else word):
        stem = bare.removeprefix("ال").removeprefix("ل")
        if stem in _TRADES or stem.removesuffix(_ACCUSATIVE) in _TRADES:
            return True
        for pronoun in _OWNED:
            rest = stem.removesuffix(pronoun)
            if rest != stem and (rest in _TRADES or rest.removesuffix("ت") + "ه" in _TRADES):
                return True
    return False


@remembers
def is_owned_two(word: str) -> bool:
    """Whether a word is two persons of somebody: طفلاها، طفليها."""
    stems = [word.removesuffix(own) for own in _OWN[:2] if word.endswith(own)]
    return any(stem[-1:] in {"ا", "ي"} and stem[:-1] in ONE for stem in stems)
