"""Collect the names and numbers of a text: they tell two reports of one template apart.

A telegram, a weather bulletin or a market report is the same text every day but for whom, where
and how much. Names of people stand behind titles, offices and kinds of places or round a
patronymic; numbers are written in digits or in number words, days by their names
(``name_triggers.txt``); places are known by a list (``places.txt``), for a brief has no more than
"in Sfax". Words are compared as light stems, so that "وأيمن" is "أيمن".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final, Literal
from zlib import crc32

import numpy as np

from transforms.dedup.tokens import Uint32s, distinct

WordClass = Literal["after", "joint", "stop", "number", "date", ""]

_NAME_WORDS: Final = 3
_CLITICS: Final = "وفبلك"


@dataclass(frozen=True, slots=True)
class Marks:
    """Stem hashes of a text, each array sorted and distinct; a name is never a number."""

    words: Uint32s
    names: Uint32s
    numbers: Uint32s


def marks_of(words: list[str]) -> Marks:
    """Find the stems of a text and which of them are names and numbers.

    Args:
        words: normalised words in order (see ``words_of``).

    Returns:
        The hashes of its stems.
    """
    known = [_word(word) for word in words]
    names = [known[index][0] for index in _places(words)]
    numbers: list[int] = []
    left = 0  # words of a name still to come
    for index, (stem, kind) in enumerate(known):
        if not kind:
            if left:
                names.append(stem)
                left -= 1
        elif kind == "after":
            left = _NAME_WORDS
        elif kind == "stop":
            left = 0
        elif kind == "number":
            numbers.append(stem)
        elif kind == "date":  # another day is another report, another figure may be a correction
            names.append(stem)
        else:
            if index and not left and not known[index - 1][1]:
                names.append(known[index - 1][0])
            left = 2
    return Marks(_pack([stem for stem, _ in known]), _pack(names), _pack(numbers))


def stem_of(word: str) -> int:
    """Hash the stem of a word, as ``marks_of`` does."""
    return _word(word)[0]


def _places(words: list[str]) -> Iterator[int]:
    """Where a word of a place stands."""
    known, before = _known_places(), ""
    for index, word in enumerate(words):
        sure, maybe, second = _place(word)
        if sure or (maybe and before in known["before"]):
            yield index
        if second and f"{before}_{word}" in known["pair"]:
            yield index - 1
            yield index
        before = word


@lru_cache(maxsize=1 << 16)
def _place(word: str) -> tuple[bool, bool, bool]:
    """Whether a word is a place; is one behind a preposition; is the second word of one."""
    known = _known_places()
    bare = word[1:] if word[0] in _CLITICS and len(word) > 4 else word
    sure = word in known["sure"] or bare in known["sure"]
    return sure, word in known["maybe"], word in known["second"]


@cache
def _known_places() -> dict[str, frozenset[str]]:
    """The words of ``places.txt`` by class, and the second words of its pairs."""
    found: dict[str, set[str]] = {"sure": set(), "maybe": set(), "pair": set(), "before": set()}
    text = files("transforms.dedup").joinpath("places.txt").read_text("utf-8")
    for line in text.splitlines():
        name, colon, words = line.partition(": ")
        if colon and name in found:
            found[name].update(words.split())
    found["second"] = {pair.partition("_")[2] for pair in found["pair"]}
    return {name: frozenset(words) for name, words in found.items()}


def _pack(stems: list[int]) -> Uint32s:
    """Stem hashes as a sorted distinct array."""
    return distinct(np.array(stems, np.uint32))


@lru_cache(maxsize=1 << 16)
def _word(word: str) -> tuple[int, WordClass]:
    """Stem hash and class of a word."""
    kind, value = _classes().get(word, ("", ""))
    if word[0].isdigit():
        kind = "number"
    return crc32((value or _stem(word)).encode("utf-8", "replace")), kind


def _stem(word: str) -> str:
    """Take a leading conjunction, preposition and article off, where enough is left."""
    if len(word) > 4 and word[0] in "وف":
        word = word[1:]
    if len(word) > 5 and word[0] in "بك" and word[1:3] == "ال":
        return word[3:]
    if len(word) > 4 and word[:2] in ("لل", "ال"):
        return word[2:]
    return word[1:] if len(word) > 5 and word[0] in "بلك" else word


@cache
def _classes() -> dict[str, tuple[WordClass, str]]:
    """Word -> its class, and for a number word the number in digits."""
    classes: dict[str, tuple[WordClass, str]] = {}
    text = files("transforms.dedup").joinpath("name_triggers.txt").read_text("utf-8")
    for line in text.splitlines():
        head, _, words = line.partition(": ")
        if line.startswith("#"):
            continue
        name, _, value = head.partition(" ")
        kind: WordClass = _KINDS[name]
        for word in words.split():
            classes.setdefault(word, (kind, value))
    for word, entry in list(classes.items()):
        if entry[0] in ("after", "number"):
            for clitic in _CLITICS:
                classes.setdefault(clitic + word, entry)
            if word.startswith("ال"):
                classes.setdefault("ل" + word[1:], entry)
    return classes


_KINDS: Final[dict[str, WordClass]] = {
    "after": "after",
    "joint": "joint",
    "stop": "stop",
    "number": "number",
    "date": "date",
}
