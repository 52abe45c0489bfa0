"""Boosted decision trees over numbers: the form in which larger fitted models are shipped.

All trees have one depth and are kept as whole arrays: a row finds its leaves in all at once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Self

import numpy as np

from transforms.enrich.events.numbers import Floats

Cells = np.ndarray[Any, np.dtype[np.int16]]
Places = np.ndarray[Any, np.dtype[np.intp]]
Levels = np.ndarray[Any, np.dtype[np.float32]]
_LIMIT: Final = 30.0  # of log-odds
_AT_ONCE: Final = 4096  # rows that are asked about together


def _chance(total: float) -> float:
    return 1.0 / (1.0 + math.exp(-min(max(total, -_LIMIT), _LIMIT)))


@dataclass(frozen=True)
class Trees:
    """A sum of trees, read as log-odds.

    Attributes:
        columns: the number that each inner node asks for; one row a tree, the root first, the two
            nodes below node n are 2n + 1 and 2n + 2.
        limits: what that number must exceed to go to the second.
        values: what each leaf adds, one row a tree.
        base: the log-odds of no tree.
    """

    columns: Cells
    limits: Levels
    values: Levels
    base: float

    def __call__(self, rows: Sequence[Sequence[float]] | Floats) -> list[float]:
        """The probability of every row.

        Nodes of different trees ask the same: each question is answered once a row.
        """
        if len(rows) > _AT_ONCE:  # what a row takes, so many rows take at most
            parts = (rows[i : i + _AT_ONCE] for i in range(0, len(rows), _AT_ONCE))
            return [chance for part in parts for chance in self(part)]
        if not len(rows):
            return []
        columns, limits, asked = self._questions
        trees, inner = self.columns.shape
        answers = np.asarray(rows, dtype=np.float64).take(columns, axis=1) > limits
        lines = (np.arange(len(rows)) * len(limits))[:, None]
        starts = np.arange(trees)
        nodes = 1 + answers.take(asked[::inner], axis=1)
        for _ in range(self._depth - 1):
            nodes = 2 * nodes + 1 + answers.take(asked.take(nodes + starts * inner) + lines)
        leaves = self._leaves.take(nodes - inner + starts * (inner + 1))
        totals: Floats = leaves.sum(axis=1) + self.base
        return [_chance(total) for total in totals.tolist()]

    @property
    def _depth(self) -> int:
        """The steps from a root to a leaf."""
        return int(self.columns.shape[1] + 1).bit_length() - 1

    @cached_property
    def _questions(self) -> tuple[Places, Floats, Places]:
        """The columns and limits that are asked for, and which of them each node asks for."""
        pairs = list(zip(self.columns.ravel().tolist(), self.limits.ravel().tolist(), strict=True))
        numbers = {pair: number for number, pair in enumerate(dict.fromkeys(pairs))}
        return (
            np.array([column for column, _ in numbers], dtype=np.intp),
            np.array([limit for _, limit in numbers], dtype=np.float64),
            np.array([numbers[pair] for pair in pairs], dtype=np.intp),
        )

    @cached_property
    def _leaves(self) -> Floats:
        """The values of all leaves in a row."""
        return self.values.astype(np.float64).ravel()

    def arrays(self, name: str) -> dict[str, Any]:
        """The arrays by which a file keeps the trees."""
        return {
            f"{name}.columns": self.columns,
            f"{name}.limits": self.limits,
            f"{name}.values": self.values,
            f"{name}.base": np.array(self.base),
        }

    @classmethod
    def of(cls, data: Any, name: str) -> Self:
        """The trees that a file keeps under a name."""
        return cls(
            data[f"{name}.columns"],
            data[f"{name}.limits"],
            data[f"{name}.values"],
            float(data[f"{name}.base"]),
        )
