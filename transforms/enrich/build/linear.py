"""Linear models fitted with numpy alone (build time only): softmax, logistic regression.

Everything is deterministic: no random start, no sampling, sums in a fixed order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from transforms.enrich.events.numbers import Floats, Logistic

Ints = np.ndarray[Any, np.dtype[np.int64]]
_MEMORY: Final = 8  # steps that L-BFGS remembers


def vocabulary(rows: Sequence[Sequence[str]], least: int) -> dict[str, int]:
    """Names of features that enough rows have, numbered in order of the alphabet.

    Args:
        rows: the features of each row.
        least: rows that a feature must have.
    """
    counts = Counter(name for row in rows for name in set(row))
    return {name: i for i, name in enumerate(sorted(n for n, c in counts.items() if c >= least))}


@dataclass(frozen=True, slots=True)
class Sparse:
    """A matrix of zeros and ones, by rows and by columns.

    Attributes:
        columns: the columns of each row, one row behind the other.
        starts: where each row begins in ``columns``.
        rows: the rows of each column, one column behind the other.
        tops: where each column begins in ``rows``.
        filled: the columns that are not empty.
        width: the number of columns.
    """

    columns: Ints
    starts: Ints
    rows: Ints
    tops: Ints
    filled: Ints
    width: int

    @classmethod
    def of(cls, rows: Sequence[Sequence[str]], known: dict[str, int]) -> Sparse:
        """The matrix of rows of names; every row must have one known name at least."""
        listed = [sorted({known[name] for name in row if name in known}) for row in rows]
        columns = np.array([column for row in listed for column in row], dtype=np.int64)
        sizes = np.array([len(row) for row in listed], dtype=np.int64)
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
        numbers = np.repeat(np.arange(len(listed)), sizes)
        order = np.argsort(columns, kind="stable")
        filled, tops = np.unique(columns[order], return_index=True)
        return cls(columns, starts, numbers[order], tops, filled, len(known))

    def times(self, weights: Floats) -> Floats:
        """Rows times weights (one row of weights a column)."""
        return np.asarray(np.add.reduceat(weights[self.columns], self.starts, axis=0))

    def transposed_times(self, values: Floats) -> Floats:
        """Columns times values (one row of values a row)."""
        found = np.zeros((self.width, values.shape[1]))
        found[self.filled] = np.add.reduceat(values[self.rows], self.tops, axis=0)
        return found


def softmax(totals: Floats) -> Floats:
    """Every row as probabilities."""
    raised = np.exp(totals - totals.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def fit_softmax(matrix: Sparse, targets: Floats, trust: Floats, ridge: Floats) -> Floats:
    """Fit a softmax regression.

    Args:
        matrix: the rows.
        targets: one row of probabilities a row.
        trust: the weight of each row.
        ridge: strength of the penalty on the squared weights of each column.

    Returns:
        Weights: one row a column of the matrix, one column a class.
    """
    weight, penalty = trust[:, None], ridge[:, None]

    def cost(weights: Floats) -> tuple[float, Floats]:
        chance = softmax(matrix.times(weights))
        loss = -float((weight * targets * np.log(chance + 1e-12)).sum())
        loss += 0.5 * float((penalty * weights * weights).sum())
        slope = matrix.transposed_times(weight * (chance - targets)) + penalty * weights
        return loss, slope

    return _minimise(cost, np.zeros((matrix.width, targets.shape[1])))


def _minimise(
    cost: Callable[[Floats], tuple[float, Floats]], at: Floats, steps: int = 35
) -> Floats:
    """L-BFGS with halving steps."""
    loss, slope = cost(at)
    moves: list[tuple[Floats, Floats, float]] = []
    for _ in range(steps):
        way = -_newton(slope, moves)
        gain = float(np.vdot(slope, way))
        if gain >= 0:
            way, moves = -slope, []
            gain = float(np.vdot(slope, way))
        size = 1.0 if moves else min(1.0, 1.0 / float(np.linalg.norm(slope)))
        while True:
            there = at + size * way
            new_loss, new_slope = cost(there)
            if new_loss <= loss + 1e-4 * size * gain or size < 1e-8:
                break
            size *= 0.5
        step, change = there - at, new_slope - slope
        curve = float(np.vdot(step, change))
        if curve > 1e-10:
            moves = [*moves, (step, change, 1.0 / curve)][-_MEMORY:]
        done = abs(loss - new_loss) < 1e-5 * max(1.0, abs(loss))
        at, loss, slope = there, new_loss, new_slope
        if done:
            break
    return at


def _newton(slope: Floats, moves: list[tuple[Floats, Floats, float]]) -> Floats:
    """The slope times the remembered inverse curvature."""
    way = slope.copy()
    sizes: list[float] = []
    for step, change, inverse in reversed(moves):
        sizes.append(inverse * float(np.vdot(step, way)))
        way -= sizes[-1] * change
    if moves:
        step, change, inverse = moves[-1]
        way *= 1.0 / (inverse * float(np.vdot(change, change)))
    for (step, change, inverse), size in zip(moves, reversed(sizes), strict=True):
        way += step * (size - inverse * float(np.vdot(change, way)))
    return way


def fit_logistic(
    rows: Sequence[Sequence[float]], targets: Sequence[float], ridge: float
) -> Logistic:
    """Fit a logistic regression by Newton's method.

    Args:
        rows: numbers, the first of each is 1.
        targets: the probability of each row.
        ridge: strength of the penalty on all but the first.
    """
    table, wanted = np.asarray(rows, dtype=np.float64), np.asarray(targets, dtype=np.float64)
    mean, scale = table.mean(axis=0), table.std(axis=0) + 1e-6
    mean[0], scale[0] = 0.0, 1.0
    table = (table - mean) / scale
    penalty = np.full(table.shape[1], ridge)
    penalty[0] = 1e-3
    weights = np.zeros(table.shape[1])
    for _ in range(60):
        chance = 1.0 / (1.0 + np.exp(-np.clip(table @ weights, -30, 30)))
        slope = table.T @ (chance - wanted) + penalty * weights
        curve = (table.T * (chance * (1.0 - chance))) @ table + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        weights -= step
        if float(np.abs(step).max()) < 1e-7:
            break
    return Logistic.of(mean, scale, weights)
