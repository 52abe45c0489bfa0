"""Boosted trees fitted with numpy alone (build time only); no random choice is made anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from transforms.enrich.events.numbers import Floats
from transforms.enrich.events.trees import Trees

_BINS: Final = 16  # limits that are tried for a number
_LEAST_CURVE: Final = 4.0  # second derivatives that a leaf must gather


@dataclass(frozen=True, slots=True)
class Recipe:
    """How trees are grown.

    Attributes:
        trees: how many.
        depth: of each.
        rate: the part of its step that a tree takes.
        ridge: strength of the penalty on what a leaf adds.
    """

    trees: int = 120
    depth: int = 3
    rate: float = 0.08
    ridge: float = 4.0


def fit_trees(
    rows: Sequence[Sequence[float]] | Floats,
    targets: Sequence[float],
    recipe: Recipe | None = None,
) -> Trees:
    """Fit a sum of trees to probabilities by gradient boosting.

    Args:
        rows: numbers.
        targets: the probability of each row.
        recipe: how trees are grown.
    """
    recipe = recipe or Recipe()
    table, wanted = np.asarray(rows, dtype=np.float64), np.asarray(targets, dtype=np.float64)
    columns, limits = _limits(table)
    exceeds = (table[:, columns] > limits).astype(np.float32)
    share = float(np.clip(wanted.mean(), 1e-4, 1 - 1e-4)) if len(wanted) else 0.5
    base = float(np.log(share / (1 - share)))
    totals: Floats = np.full(len(wanted), base)
    inner = 2**recipe.depth - 1
    shape = (recipe.trees, inner)
    chosen, edges = np.zeros(shape, dtype=np.int16), np.full(shape, np.inf, dtype=np.float32)
    values = np.zeros((recipe.trees, inner + 1), dtype=np.float32)
    for number in range(recipe.trees if len(limits) else 0):
        chance = 1.0 / (1.0 + np.exp(-totals))
        slope, curve = wanted - chance, chance * (1.0 - chance)
        splits, nodes = _grow(exceeds, slope, curve, recipe)
        known = splits >= 0
        chosen[number, known] = columns[splits[known]]
        edges[number, known] = limits[splits[known]]
        gathered = np.bincount(nodes, slope, inner + 1)
        weight = np.bincount(nodes, curve, inner + 1)
        leaves: Floats = recipe.rate * gathered / (weight + recipe.ridge)
        values[number] = leaves
        totals += leaves[nodes]
    return Trees(chosen, edges, values, base)


def _limits(table: Floats) -> tuple[Any, Any]:
    """What may be asked: the column and the limit of each question."""
    columns: list[int] = []
    limits: list[float] = []
    for column in range(table.shape[1]):
        seen = np.unique(table[:, column])
        if len(seen) > _BINS:
            parts = np.quantile(table[:, column], np.linspace(0, 1, _BINS + 1)[1:-1])
            edges = np.unique(parts.astype(np.float32)).tolist()
        else:
            edges = ((seen[:-1] + seen[1:]) / 2).tolist()
        columns += [column] * len(edges)
        limits += edges
    return np.array(columns, dtype=np.int16), np.array(limits, dtype=np.float32)


def _grow(
    exceeds: np.ndarray[Any, np.dtype[np.float32]], slope: Floats, curve: Floats, recipe: Recipe
) -> tuple[Any, Any]:
    """One tree: the question of every inner node (-1 for none), and the leaf of every row."""
    splits = np.full(2**recipe.depth - 1, -1)
    places = np.zeros(len(slope), dtype=np.int64)  # within a level
    for level in range(recipe.depth):
        width = 2**level
        own = places[:, None] == np.arange(width)
        sums = np.hstack([own * slope[:, None], own * curve[:, None]])
        above = (exceeds.T @ sums.astype(np.float32)).astype(np.float64)
        whole = sums.sum(axis=0)
        gains = _gains(above[:, :width], above[:, width:], whole[:width], whole[width:], recipe)
        best = gains.argmax(axis=0)
        asked = np.where(gains[best, np.arange(width)] > 0, best, -1)
        splits[width - 1 : 2 * width - 1] = asked
        question = asked[places]
        goes = (exceeds[np.arange(len(places)), question] > 0) & (question >= 0)
        places = 2 * places + goes
    return splits, places


def _gains(
    slope: Floats, curve: Floats, all_slope: Floats, all_curve: Floats, recipe: Recipe
) -> Floats:
    """What each question (row) gains in each node (column)."""
    other_slope, other_curve = all_slope - slope, all_curve - curve
    gain = slope**2 / (curve + recipe.ridge) + other_slope**2 / (other_curve + recipe.ridge)
    gain -= all_slope**2 / (all_curve + recipe.ridge)
    enough = (curve >= _LEAST_CURVE) & (other_curve >= _LEAST_CURVE)
    return np.asarray(np.where(enough, gain, 0.0))
