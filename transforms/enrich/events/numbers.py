"""Logistic regression over numbers: the form in which small fitted models are shipped."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import mul
from typing import Any, NamedTuple

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float64]]


class SparseRow(NamedTuple):
    """A row that ends in zeros but for a few: the numbers before, and (column, number) of those.

    The first column behind the numbers is 0.
    """

    first: Sequence[float]
    later: tuple[tuple[int, float], ...]

    def whole(self, columns: int) -> list[float]:
        """All its numbers.

        Args:
            columns: how many of them come later.
        """
        later = [0.0] * columns
        for column, value in self.later:
            later[column] = value
        return [*self.first, *later]


def _chance(total: float) -> float:
    """The probability of log-odds, kept apart from 0 and 1."""
    return 1.0 / (1.0 + math.exp(-(30.0 if total > 30.0 else max(total, -30.0))))


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic regression; its rows are few and short, so it runs in plain Python.

    Attributes:
        slopes: one weight a number; the first number of a row is 1.
    """

    slopes: tuple[float, ...]

    @classmethod
    def of(cls, mean: Floats, scale: Floats, weights: Floats) -> Logistic:
        """The model over plain numbers that equals one over standardised ones."""
        slopes = weights / scale
        slopes[0] -= float(slopes[1:] @ mean[1:])
        return cls(tuple(slopes.tolist()))

    def __call__(self, rows: Iterable[Sequence[float]]) -> list[float]:
        """The probability of every row."""
        slopes = self.slopes
        return [_chance(sum(map(mul, slopes, row))) for row in rows]

    def sparse(self, rows: Iterable[SparseRow]) -> list[float]:
        """The probability of rows that are given by their first numbers and some later ones."""
        slopes = self.slopes
        found = []
        for row in rows:
            total, start = sum(map(mul, slopes, row.first)), len(row.first)
            for column, value in row.later:
                total += slopes[start + column] * value
            found.append(_chance(total))
        return found
