"""Cue words: what a sentence is about, told by the words in it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from transforms.text.arabic import normalise_text

_FILE: Final = Path(__file__).parent / "lexicon" / "cues.toml"
_PREFIXES: Final = ("وال", "فال", "بال", "كال", "لل", "ال", "و", "ف", "ب", "ل", "ك")


@cache
def cue_sets() -> Mapping[str, frozenset[str]]:
    """Cue name -> its words, folded; words of several parts are joined by ``_``."""
    data = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {name: frozenset(normalise_text(text).split()) for name, text in data.items()}


@cache
def _cues_of_word() -> Mapping[str, frozenset[str]]:
    """Word -> the cues it belongs to."""
    table: dict[str, set[str]] = {}
    for name, words in cue_sets().items():
        for word in words:
            table.setdefault(word, set()).add(name)
    return {word: frozenset(names) for word, names in table.items()}


@lru_cache(maxsize=1 << 17)
def _cues(word: str) -> frozenset[str]:
    """The cues of a token, past its prefixes and the accusative alef."""
    table = _cues_of_word()
    found: set[str] = set(table.get(word, ()))
    for prefix in _PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) > 2:
            found |= table.get(word[len(prefix) :], frozenset())
    return frozenset(found)


def find_cues(words: Iterable[str]) -> frozenset[str]:
    """The cues that a stretch of tokens carries.

    Args:
        words: tokens of normalised text, in order.
    """
    found: set[str] = set()
    table = _cues_of_word()
    previous = ""
    for word in words:
        found |= _cues(word)
        if previous:
            pair = f"{previous}_{word}"
            found |= table.get(pair, frozenset())
        previous = word
    return frozenset(found)


def has_cue(word: str, cue: str) -> bool:
    """Whether one token carries a cue."""
    return cue in _cues(word)
