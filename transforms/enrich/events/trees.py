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
_FEW: Final = 6  # rows


def _chance(total: float) -> float:
    return 1.0 / (1.0 + math.exp(-min(max(total, -_LIMIT), _LIMIT)))


def _node(
    columns: Sequence[int], limits: Sequence[float], values: Sequence[float], number: int
) -> Any:
    """A node with all below it, or a leaf's value."""
    if number >= len(columns):
        return values[number - len(columns)]
    below = [_node(columns, limits, values, 2 * number + side) for side in (1, 2)]
    return (columns[number], limits[number], *below)


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
        """The probability of every row."""
        if len(rows) <= _FEW:
            return [_chance(self._total(row)) for row in rows]
        columns, limits, values, starts = self._flat
        trees, inner = self.columns.shape
        table = np.asarray(rows, dtype=np.float64)
        numbers = table.ravel()
        lines = (np.arange(len(table)) * table.shape[1])[:, None]
        nodes = np.zeros((len(table), trees), dtype=np.intp)
        for _ in range(self._depth):
            at = nodes + starts
            nodes = 2 * nodes + 1 + (numbers.take(columns.take(at) + lines) > limits.take(at))
        leaves = nodes - inner + np.arange(trees) * (inner + 1)
        totals: Floats = values.take(leaves).sum(axis=1)
        return [_chance(total) for total in (totals + self.base).tolist()]

    def _total(self, row: Sequence[float]) -> float:
        """The log-odds of one row: plain steps are faster than numpy's for a few rows."""
        total, steps = self.base, range(self._depth - 1)
        for column, limit, low, high in self._nested:
            for _ in steps:
                column, limit, low, high = high if row[column] > limit else low  # noqa: PLW2901
            total += high if row[column] > limit else low
        return total

    @property
    def _depth(self) -> int:
        """The steps from a root to a leaf."""
        return int(self.columns.shape[1] + 1).bit_length() - 1

    @cached_property
    def _flat(self) -> tuple[Places, Floats, Floats, Places]:
        """Columns, limits and values of all trees in a row, and where each tree starts."""
        trees, inner = self.columns.shape
        return (
            self.columns.astype(np.intp).ravel(),
            self.limits.astype(np.float64).ravel(),
            self.values.astype(np.float64).ravel(),
            np.arange(trees) * inner,
        )

    @cached_property
    def _nested(self) -> list[Any]:
        """The trees as nodes: the number asked for, its limit, the two nodes or leaves below."""
        parts = (self.columns.tolist(), self.limits.tolist(), self.values.tolist())
        return [_node(*tree, 0) for tree in zip(*parts, strict=True)]

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
