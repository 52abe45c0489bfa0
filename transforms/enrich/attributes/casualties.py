"""How many were killed and injured, from the numbers of a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Final

from transforms.enrich.sentence.annotations import Annotations
from transforms.enrich.sentence.view import Sentence
from transforms.enrich.words import lists
from transforms.enrich.words.analyse import analyse
from transforms.enrich.words.cues import has_cue

Size = tuple[int, int | None]

_KILLED_BEFORE: Final = lists.lemmas("attributes", "killed_before")
_HURT_BEFORE: Final = lists.lemmas("attributes", "hurt_before")
_KILLED_AFTER: Final = lists.lemmas("attributes", "killed_after")
_HURT_AFTER: Final = lists.lemmas("attributes", "hurt_after")
_REACH: Final = 5
_JOINED: Final = "وفبل"  # written together with the next word
_DEAD_NOUNS: Final = lists.lemmas("attributes", "dead_nouns")
_HURT_NOUNS: Final = lists.lemmas("attributes", "hurt_nouns")
_OTHERS: Final = lists.words("counted", "others")
_TWO: Final = lists.words("counted", "two_persons")


def casualties(annotations: Annotations, sentence: Sentence) -> tuple[Size | None, Size | None]:
    """Count the dead and the injured of a sentence.

    Args:
        annotations: the text.
        sentence: the sentence.

    Returns:
        (lowest, highest) of each, None where no number stands beside a word of killing or
        injuring; the highest is None when the text says "at least".
    """
    dead: Size | None = None
    hurt: Size | None = None
    for first, last, size in _counts(annotations, sentence):
        kind = _kind(sentence, first, last)
        if kind == "dead" and dead is None:
            dead = size
        elif kind == "hurt" and hurt is None:
            hurt = size
    if dead is None and _one_killed(annotations, sentence):
        dead = (1, 1)
    return dead, hurt


def _one_killed(annotations: Annotations, sentence: Sentence) -> bool:
    """Whether a word of killing stands before one person without a number: مقتل شاب."""
    for index in range(sentence.first, sentence.stop - 1):
        lemmas = {r.lemma for r in analyse(sentence.words[index]) if r.pos in "VN"}
        if not lemmas & _KILLED_BEFORE or annotations.is_name(index):
            continue
        word = sentence.words[index + 1]
        nouns = [r for r in analyse(word) if r.pos == "N"]
        single = bool(nouns) and all(r.person == "s" and not r.preposition for r in nouns)
        if single and has_cue(word, "victims") and not nouns[0].definite:
            return True
    return False


def _counts(annotations: Annotations, sentence: Sentence) -> Iterator[tuple[int, int, Size]]:
    """What may count persons, by first and last token: numbers, then duals."""
    for first, last, number in annotations.numbers(sentence.first, sentence.stop):
        counted = sentence.words[last + 1] if last + 1 < sentence.stop else ""
        if counted not in _OTHERS:
            yield first, last, (number.low, number.high)
    for index in range(sentence.first, sentence.stop):
        word = sentence.words[index]
        bare = word[1:] if word[0] in _JOINED else word
        if (word in _TWO or bare in _TWO) and not annotations.is_name(index):
            yield index, index, (2, 2)


def _kind(sentence: Sentence, first: int, last: int) -> str:
    """What a number counts: ``dead``, ``hurt`` or "".

    The noun right after it decides, else the nearest word of killing or injuring before it, else
    a verb behind it.
    """
    if last + 1 < sentence.stop:
        kind = _told(sentence, last + 1, "N", _DEAD_NOUNS, _HURT_NOUNS)
        if kind:
            return kind
    for index in range(first - 1, max(sentence.first, first - _REACH) - 1, -1):
        kind = _told(sentence, index, "VNA", _KILLED_BEFORE, _HURT_BEFORE)
        if kind:
            return kind
    for index in range(last + 1, min(sentence.stop, last + _REACH + 1)):
        kind = (
            _told(sentence, index, "V", _KILLED_AFTER, _HURT_AFTER)
            if sentence.is_verb(index)
            else ""
        )
        if kind:
            return kind
    return ""


def _told(
    sentence: Sentence, index: int, kinds: str, dead: AbstractSet[str], hurt: AbstractSet[str]
) -> str:
    """Whether a word is one of killing (``dead``) or injuring (``hurt``)."""
    lemmas = {r.lemma for r in analyse(sentence.words[index]) if r.pos in kinds}
    if lemmas & hurt:
        return "hurt"
    return "dead" if lemmas & dead else ""
