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
Levels = np.ndarray[Any, np.dtype[np.float32]]
_LIMIT: Final = 30.0  # of log-odds
_FEW: Final = 6  # rows


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

    def __call__(self, rows: Sequence[Sequence[float]]) -> list[float]:
        """The probability of every row."""
        if len(rows) <= _FEW:
            return [_chance(self._total(row)) for row in rows]
        table = np.asarray(rows, dtype=np.float64)
        inner = self.columns.shape[1]
        trees = np.arange(len(self.columns))
        lines = np.arange(len(table))[:, None]
        nodes = np.zeros((len(table), len(trees)), dtype=np.int64)
        while nodes.shape[1] and nodes[0, 0] < inner:
            asked = table[lines, self.columns[trees, nodes]]
            nodes = 2 * nodes + 1 + (asked > self.limits[trees, nodes])
        totals: Floats = self.values[trees, nodes - inner].astype(np.float64).sum(axis=1)
        return [_chance(total) for total in (totals + self.base).tolist()]

    def _total(self, row: Sequence[float]) -> float:
        """The log-odds of one row: plain steps are faster than numpy's for a few rows."""
        total, inner = self.base, self.columns.shape[1]
        for columns, limits, values in self._plain:
            node = 0
            while node < inner:
                node = 2 * node + (2 if row[columns[node]] > limits[node] else 1)
            total += values[node - inner]
        return total

    @cached_property
    def _plain(self) -> list[tuple[list[int], list[float], list[float]]]:
        """The trees as lists."""
        parts = (self.columns.tolist(), self.limits.tolist(), self.values.tolist())
        return list(zip(*parts, strict=True))

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
