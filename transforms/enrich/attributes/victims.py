"""Persons who are killed or injured and whom no number counts: قتل أخوه وابنتا عمه، فأردوه."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from transforms.enrich.attributes.counted import (
    ONE_DEAD,
    ONE_HURT,
    PARTS,
    is_owned_two,
    is_somebody,
    is_two,
)
from transforms.enrich.attributes.fates import (
    HURT_BEFORE,
    KILLED_BEFORE,
    Kind,
    befalls_him,
    befalls_one,
    told_by,
)
from transforms.enrich.sentence.annotations import Annotations
from transforms.enrich.sentence.view import Sentence
from transforms.enrich.words import lists
from transforms.text.numbers import number_words

_ONE_MORE: Final = lists.words("counted", "one_more")
_AMONG: Final = lists.words("counted", "among")
_REACH: Final = 5
_JOINED: Final = 3  # tokens behind one person in which the next is joined to it
_INSERTED: Final = "TX"


class Persons(NamedTuple):
    """Persons without a number.

    Attributes:
        kind: whether they are dead or injured.
        number: how many they are.
        first: the token of the first.
        last: that of the last.
    """

    kind: Kind
    number: int
    first: int
    last: int


def persons(annotations: Annotations, sentence: Sentence) -> Iterator[Persons]:
    """One person, or some joined by و: مقتل شاب، مصرع شيخ وطفلة، إصابة ثالث.

    Args:
        annotations: the text.
        sentence: the sentence.
    """
    for index in range(sentence.first, sentence.stop):
        if annotations.is_name(index):
            continue
        word = sentence.words[index]
        if word in ONE_DEAD or word in ONE_HURT:
            if _AMONG.isdisjoint(sentence.words[max(sentence.first, index - 2) : index]):
                yield Persons("dead" if word in ONE_DEAD else "hurt", 1, index, index)
            continue
        kind = befalls_one(sentence, index)
        first = _victim(annotations, sentence, index + 1) if kind else None
        if kind and first is not None:
            number, last = _with_joined(sentence, first, sentence.stop)
            yield Persons(kind, number, first, last)
        elif number := befalls_him(sentence, index):
            yield Persons(kind or "dead", number, index, index)


def _victim(annotations: Annotations, sentence: Sentence, start: int) -> int | None:
    """The first person behind a word of killing, past prepositional phrases and times."""
    reach = _REACH
    for index in range(start, sentence.stop):
        kind = sentence.kind(index)
        if kind in _INSERTED:
            continue
        if reach == 0 or kind in ".,CRV#" or sentence.words[index] in PARTS:
            return None
        reach -= 1
        word = sentence.words[index]
        if is_somebody(word) or word in _ONE_MORE or index in annotations.persons:
            return index
        if word in number_words():
            return None
    return None


def joined_persons(annotations: Annotations, sentence: Sentence, start: int, stop: int) -> int:
    """How many persons without a number stand between a word of killing and a number.

    Args:
        annotations: the text.
        sentence: the sentence.
        start: the token behind the word of killing.
        stop: the token of the number.
    """
    first = _victim(annotations, sentence, start)
    return _with_joined(sentence, first, stop)[0] if first is not None and first < stop else 0


def _with_joined(sentence: Sentence, first: int, stop: int) -> tuple[int, int]:
    """How many one person and those joined to it are, and the token of the last one."""
    number, last, index = 1, first, first + 1
    while index < min(stop, last + _JOINED + 1):
        word = sentence.words[index]
        if sentence.kind(index) in ".,CRP" or tells_by_itself(word):
            break
        also = number_joined(word)
        if also:
            number, last = number + also, index
        index += 1
    return number, last


def number_joined(word: str) -> int:
    """How many persons a word adds to those before it: ومدني، وطفلاها، وابنتا."""
    if word[0] != "و" or not word[1:]:
        return 0
    if is_owned_two(word[1:]) or is_two(word[1:]):
        return 2
    return int(is_somebody(word[1:]))


def tells_by_itself(word: str) -> bool:
    """Whether a word tells of killing or injuring by itself."""
    return bool(told_by(word) & (KILLED_BEFORE | HURT_BEFORE))
