"""Logistic regression over numbers: the form in which small fitted models are shipped."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import mul
from typing import Any

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float64]]


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
        totals = (sum(map(mul, slopes, row)) for row in rows)
        return [1.0 / (1.0 + math.exp(-min(max(total, -30.0), 30.0))) for total in totals]
