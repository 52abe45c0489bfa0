"""Cue words: what a sentence is about, told by the words in it."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any, Final, NamedTuple

from transforms.enrich.tables import read_text
from transforms.enrich.words.clitics import SINGLE, rests
from transforms.enrich.words.memo import remembers
from transforms.text.arabic import normalise_text

_WEAK: Final = "_weak"  # ends the name of a cue of which two different words are needed
_DOMAINS: Final = ("arts", "market", "sport", "weather")
_VIOLENCE: Final = "violence"
_MIN_DOMAIN: Final = 3.0  # different words that must speak for a domain
_DOMAIN_SHARE: Final = 0.015  # and this part of the text's words


@cache
def _tables() -> Mapping[str, Mapping[str, Any]]:
    """The file as it is written: cue name -> its words, mode and context."""
    return tomllib.loads(read_text("words/cues.toml"))


@cache
def cue_sets() -> Mapping[str, frozenset[str]]:
    """Cue name -> its words, folded; words of several parts are joined by ``_``."""
    return {
        name: frozenset(normalise_text(entry["words"]).split()) for name, entry in _tables().items()
    }


@cache
def cue_modes(event_type: str) -> tuple[tuple[str, str], ...]:
    """The cues that give events of a type a mode: (cue, mode), in the order of the file."""
    return tuple(
        (name, entry["mode"][event_type])
        for name, entry in _tables().items()
        if event_type in entry.get("mode", ())
    )


@cache
def cue_contexts() -> tuple[tuple[str, str], ...]:
    """The cues that give a sentence's events a context: (cue, context), in the file's order."""
    return tuple(
        (name, entry["context"]) for name, entry in _tables().items() if "context" in entry
    )


@cache
def _cues_of_word() -> Mapping[str, frozenset[str]]:
    """Word -> the cues it belongs to."""
    table: dict[str, set[str]] = {}
    for name, words in cue_sets().items():
        for word in words:
            table.setdefault(word, set()).add(name)
    return {word: frozenset(names) for word, names in table.items()}


@remembers
def cues_of(word: str) -> frozenset[str]:
    """The cues of a token, past its prefixes and the accusative alef."""
    table = _cues_of_word()
    found: set[str] = set(table.get(word, ()))
    for _, rest in rests(word, SINGLE, 3):
        found |= table.get(rest, frozenset())
    return frozenset(found)


@cache
def _pair_heads() -> frozenset[str]:
    """The first words of cues of two words."""
    return frozenset(word.partition("_")[0] for word in _cues_of_word() if "_" in word)


class _Cued(NamedTuple):
    """A word's cues, those of which two words are needed, and whether it heads pairs."""

    cues: frozenset[str]
    weak: tuple[str, ...]
    head: bool


@remembers
def _cued(word: str) -> _Cued | None:
    """What a word carries, remembered; None for most."""
    cues, head = cues_of(word), word in _pair_heads()
    weak = tuple(cue for cue in cues if cue.endswith(_WEAK))
    return _Cued(cues, weak, head) if cues or head else None


def find_cues(words: Sequence[str]) -> frozenset[str]:
    """The cues that a stretch of tokens carries.

    Args:
        words: tokens of normalised text, in order.
    """
    found: set[str] = set()
    hints: dict[str, set[str]] = {}
    for index, cued in enumerate(map(_cued, words)):
        if cued is None:
            continue
        found |= cued.cues
        for cue in cued.weak:
            hints.setdefault(cue, set()).add(words[index].removeprefix("ال"))
        if cued.head and index + 1 < len(words):
            pair = f"{words[index]}_{words[index + 1]}"
            found |= _cues_of_word().get(pair, frozenset())
    found.update(cue.removesuffix(_WEAK) for cue, seen in hints.items() if len(seen) > 1)
    return frozenset(found)


@remembers
def _of_domains(word: str) -> tuple[str, ...]:
    """The cues of a word that tell what a whole text is about."""
    asked = {*_DOMAINS, *(name + _WEAK for name in _DOMAINS), _VIOLENCE}
    return tuple(cues_of(word) & asked)


def find_domain(words: Sequence[str]) -> str:
    """What a whole text is about when it is no news of conflict: sport, arts, weather, market.

    Args:
        words: tokens of normalised text, in order.

    Returns:
        The domain that most words speak for, or "" when none is clear, or violence is as clear.
    """
    seen = Counter(chain.from_iterable(map(_of_domains, frozenset(words))))
    scores = {name: seen[name] + 0.5 * seen[name + _WEAK] for name in _DOMAINS}
    best = max(_DOMAINS, key=lambda name: scores[name])
    needed = max(_MIN_DOMAIN, _DOMAIN_SHARE * len(words), seen[_VIOLENCE] + 1.0)
    return best if scores[best] >= needed else ""


def has_cue(word: str, cue: str) -> bool:
    """Whether one token carries a cue."""
    return cue in cues_of(word)
