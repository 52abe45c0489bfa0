"""The letters and small words that tell Arabic from the other languages of its script.

Read from ``words.toml``, which says how the lists were made and what the weights mean.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any, Final

_DATA: Final[Mapping[str, Any]] = tomllib.loads(
    (resources.files(__package__) / "words.toml").read_text(encoding="utf-8")
)
_FOREIGN_WEIGHT: Final = -1.5
_DOUBTFUL_FOREIGN: Final = -0.4
_DOUBTFUL_ARABIC: Final = 0.2

FOREIGN_ENDINGS: Final[tuple[str, ...]] = tuple(_DATA["foreign_endings"])
NO_ARTICLE: Final = frozenset(_DATA["no_article"].split())
_KEYBOARD: Final = str.maketrans("یکےھہ", "يكےھہ")


def _variants(words: str) -> Iterator[str]:
    """Words as they stand in a text, with final ya also as alef maqsura and back."""
    for word in words.translate(_KEYBOARD).split():
        yield word
        if word[-1] == "ي" and len(word) > 1:
            yield word[:-1] + "ى"


def _persian_verbs() -> Iterator[str]:
    """The forms of the light verbs, written together, without those Arabic might have."""
    for stems, endings in (
        (_DATA["persian_present"], ("م", "ي", "د", "يم", "يد", "ند")),
        (_DATA["persian_past"], ("", "م", "ي", "يم", "يد", "ند", "ه")),
    ):
        for stem in stems.split():
            for prefix in ("", "ن", "ب", "مي", "نمي"):
                for ending in endings:
                    form = prefix + stem + ending
                    if len(form) >= 5:
                        yield form


_DOUBTFUL: Final = frozenset(_variants(_DATA["doubtful"]))


def _table() -> dict[str, float]:
    table = dict.fromkeys(_persian_verbs(), _FOREIGN_WEIGHT)
    for words in _DATA["foreign"].values():
        for word in _variants(words):
            table[word] = _DOUBTFUL_FOREIGN if word in _DOUBTFUL else _FOREIGN_WEIGHT
    for entry in sorted(_DATA["arabic"], key=lambda entry: float(entry["weight"])):
        for word in _variants(entry["words"]):
            table[word] = entry["weight"] if word not in _DOUBTFUL else _DOUBTFUL_ARABIC
    # The Persian keyboard has no alef maqsura, so these stand for two words each.
    table |= {"علي": 0.4, "الي": 1.2}
    return table | dict.fromkeys(_DATA["neutral"].split(), 0.0)


WEIGHTS: Final[Mapping[str, float]] = _table()
LETTERS: Final[Mapping[str, str]] = _DATA["letters"]
NAMES: Final[Mapping[str, frozenset[str]]] = {
    language: frozenset(_variants(words)) for language, words in _DATA["foreign"].items()
}
LATIN: Final[Mapping[str, frozenset[str]]] = {
    language: frozenset(words.split()[:-1]) | frozenset(words.partition("|")[2].strip())
    for language, words in _DATA["latin"].items()
}
# Words enough to know running English or French within Arabic.
QUOTED: Final[frozenset[str]] = frozenset[str]().union(
    *(LATIN[language] for language in _DATA["quoted"].split())
)
