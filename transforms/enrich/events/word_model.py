"""Linear models over the words of a sentence: is it an assault, a protest?

One table (``lexical.npz``, made by ``transforms.enrich.build.confidence``) holds an inverse
document frequency and a weight per model for every word and pair of words; a score is a sum, so
thousands of sentences a second cost next to nothing. Trained on MIT-licensed sentences only.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np

from transforms.enrich.words.clitics import SINGLE, light_stem
from transforms.enrich.words.memo import remembers

TABLE: Final = Path(__file__).parent / "lexical.npz"
_ARTICLES: Final = tuple(prefix for prefix in SINGLE if prefix.definite)


@remembers
def stem(word: str) -> str:
    """A token without article and conjunction; every number is ``#``."""
    if word[0].isdigit():
        return "#"
    return light_stem(word, _ARTICLES)


def terms(words: Iterable[str]) -> Counter[str]:
    """The words of a sentence, and its pairs of neighbours, counted.

    Args:
        words: tokens of normalised text.
    """
    stems = [stem(word) for word in words if word[0].isalnum() or word in "«:؟"]
    counts = Counter(stems)
    counts.update(f"{a} {b}" for a, b in pairwise(stems))
    return counts


@dataclass(frozen=True, slots=True)
class LexicalModel:
    """The packaged models.

    Attributes:
        rows: term -> its row.
        idf: inverse document frequencies.
        weights: one column a model.
        intercepts: one a model.
        names: the models.
    """

    rows: Mapping[str, int]
    idf: tuple[float, ...]
    weights: np.ndarray[Any, np.dtype[np.float32]]
    intercepts: np.ndarray[Any, np.dtype[np.float32]]
    names: tuple[str, ...]

    def vector(self, counts: Mapping[str, int]) -> tuple[list[int], list[float]]:
        """A sentence as rows and weights of unit length."""
        found = [(self.rows[term], count) for term, count in counts.items() if term in self.rows]
        rows = [row for row, _ in found]
        values = [
            self.idf[row] if count == 1 else (1.0 + math.log(count)) * self.idf[row]
            for row, count in found
        ]
        norm = math.sqrt(sum(value * value for value in values)) or 1.0
        return rows, [value / norm for value in values]

    def scores(self, words: Iterable[str]) -> dict[str, float]:
        """The log-odds of every model for a sentence.

        Args:
            words: tokens of normalised text.
        """
        rows, values = self.vector(terms(words))
        totals = self.intercepts + (
            np.asarray(values, dtype=np.float32) @ self.weights[rows] if rows else 0.0
        )
        return {name: float(total) for name, total in zip(self.names, totals, strict=True)}


@cache
def lexical_model() -> LexicalModel:
    """The packaged models, read once."""
    with np.load(TABLE, allow_pickle=False) as data:
        vocabulary = str(data["terms"]).split("\n")
        return LexicalModel(
            {term: row for row, term in enumerate(vocabulary)},
            tuple(data["idf"].astype(np.float32).tolist()),
            data["weights"].astype(np.float32),
            data["intercepts"].astype(np.float32),
            tuple(str(data["names"]).split("\n")),
        )
