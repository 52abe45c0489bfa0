"""Fit the first model: nets of one hidden layer over names, beside a line (build time only).

Plain numpy. Nets and a softmax regression on the same rows err differently: their mean is better
than each, and is one net again. Names are left out at random while a net learns (half of them,
every time others), so that it leans on no single word; the numbers come from a generator with a
fixed seed, so that the same rows give the same net.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from transforms.enrich.events.net import Net

Singles = np.ndarray[Any, np.dtype[np.float32]]
Places = np.ndarray[Any, np.dtype[np.int64]]
SEEDS: Final = (0, 1)  # a net each
LINE: Final = 0.25  # share of the line in the mean
HIDDEN: Final = 32  # units of each
_ROUNDS: Final = 6
_BATCH: Final = 256
_RATE: Final = 3e-3
_LEFT_OUT: Final = 0.5  # of a row's names
_DECAY: Final = 1e-4
_MOST: Final = 64  # names of a row


@dataclass(slots=True)
class _Adam:
    """Numbers that are learned, with what the method remembers of their slopes."""

    values: Singles
    mean: Singles = field(init=False)
    square: Singles = field(init=False)

    def __post_init__(self) -> None:
        self.mean, self.square = np.zeros_like(self.values), np.zeros_like(self.values)

    def step(self, slope: Singles, rate: float, rows: Any = slice(None)) -> None:
        """Go down a slope, in some rows alone."""
        mean = 0.9 * self.mean[rows] + 0.1 * slope
        square = 0.99 * self.square[rows] + 0.01 * slope * slope
        self.mean[rows], self.square[rows] = mean, square
        self.values[rows] -= rate * mean / (np.sqrt(square) + 1e-6)


def fit_net(
    rows: Sequence[Sequence[str]],
    known: dict[str, int],
    targets: Singles,
    trust: Singles,
    line: Singles,
) -> Net:
    """Fit nets and make them one, with a line.

    Args:
        rows: the names of each row.
        known: the names that are learned, numbered.
        targets: one row of probabilities a row.
        trust: the weight of each row.
        line: a softmax regression on the same: one row a name, one column a class.
    """
    places = _places(rows, known)
    fitted = [_fit(places, len(known), targets, trust, seed) for seed in SEEDS]
    share = np.float32((1 - LINE) / len(fitted))
    straight = sum(part[1] for part in fitted) * share + np.float32(LINE) * line
    return Net(
        np.hstack([*(part[0] for part in fitted), straight]),
        np.concatenate([part[2] for part in fitted]),
        np.vstack([part[3] * share for part in fitted]),
    )


def _places(rows: Sequence[Sequence[str]], known: dict[str, int]) -> Places:
    """The numbers of each row's names; what is empty holds the number behind the last."""
    found = np.full((len(rows), _MOST), len(known), dtype=np.int64)
    for line, row in zip(found, rows, strict=True):
        own = sorted({known[name] for name in row if name in known})[:_MOST]
        line[: len(own)] = own
    return found


def _fit(
    places: Places, width: int, targets: Singles, trust: Singles, seed: int
) -> tuple[Singles, Singles, Singles, Singles]:
    """One net: what names add to hidden units and to classes, what edges and units add."""
    chance, kinds = np.random.default_rng(seed), targets.shape[1]
    start = np.zeros((width + 1, HIDDEN + kinds), dtype=np.float32)
    start[:width, :HIDDEN] = chance.normal(0, 0.1, (width, HIDDEN))
    names = _Adam(start)
    units = _Adam(chance.normal(0, 0.15, (HIDDEN, kinds)).astype(np.float32))
    edges = _Adam(np.zeros(HIDDEN, dtype=np.float32))
    steps, done = _ROUNDS * -(-len(places) // _BATCH), 0
    for _ in range(_ROUNDS):
        order = chance.permutation(len(places))
        for first in range(0, len(order), _BATCH):
            done += 1
            chosen = order[first : first + _BATCH]
            here = places[chosen]
            here = np.where(chance.random(here.shape) > _LEFT_OUT, here, width)
            rate = _RATE * (1 - done / (steps + 1))
            _learn((names, units, edges), here, targets[chosen], trust[chosen], rate)
    return names.values[:width, :HIDDEN], names.values[:width, HIDDEN:], edges.values, units.values


def _learn(
    parts: tuple[_Adam, _Adam, _Adam], here: Places, wanted: Singles, trust: Singles, rate: float
) -> None:
    """One step on some rows."""
    names, units, edges = parts
    scale, width = np.float32(1 / (1 - _LEFT_OUT)), len(names.values) - 1
    sums = names.values[here].sum(axis=1) * scale
    raised = sums[:, :HIDDEN] + edges.values
    lit = np.maximum(raised, 0)
    totals = lit @ units.values + sums[:, HIDDEN:]
    totals = np.exp(totals - totals.max(axis=1, keepdims=True))
    slope = (totals / totals.sum(axis=1, keepdims=True) - wanted) * trust[:, None] / _BATCH
    back = (slope @ units.values.T) * (raised > 0)
    both = np.hstack([back, slope]) * scale
    flat = here.ravel()
    order = np.argsort(flat, kind="stable")
    touched, tops = np.unique(flat[order], return_index=True)
    found = np.add.reduceat(both[order // here.shape[1]], tops, axis=0)
    if touched[-1] == width:  # the empty places
        touched, found = touched[:-1], found[:-1]
    steps = lit.T @ slope, back.sum(axis=0)
    names.step(found + _DECAY * names.values[touched], rate, touched)
    units.step(steps[0], rate)
    edges.step(steps[1], rate)
