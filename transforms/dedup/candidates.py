"""Find the pairs of texts worth comparing: those that share enough sampled keys, in bounded work.

Everything runs on packed numpy arrays. Rows are texts in time order; for every key a row meets at
most ``PREDECESSORS`` earlier rows, the nearest ones, so that a formula shared by thousands of
templates costs no more than its length times that bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from transforms.dedup.tokens import Uint64s

Int64s = npt.NDArray[np.int64]

PREDECESSORS: Final = 32
WINDOW_SECONDS: Final = 7 * 86_400
# Copies share at least a fifth of the keys of the shorter text (measured); unrelated texts share
# one or two by formulas.
SHARED_PARTS: Final = 10
_ROW_BITS: Final = 32


@dataclass(frozen=True, slots=True)
class KeyTable:
    """The keys of all rows, flat; rows are numbered in time order.

    Attributes:
        keys: the sampled keys, in any order.
        rows: the row of each key.
        rates: the sampling rate of each row (one in 4, 8, ...), by row number.
        times: seconds of each row, rising, infinite when undated, by row number.
    """

    keys: Uint64s
    rows: Int64s
    rates: Int64s
    times: npt.NDArray[np.float64]


def key_candidates(table: KeyTable) -> Int64s:
    """Pair up rows that share keys and stand for times within two windows.

    Args:
        table: the rows (each may stand for articles of one window after it).

    Returns:
        Shape (pairs, 2): distinct pairs of rows, the earlier first, sorted.
    """
    codes, shared = np.unique(_meetings(table), return_counts=True)
    pairs = np.stack((codes >> _ROW_BITS, codes & ((1 << _ROW_BITS) - 1)), axis=1)
    return pairs[shared * SHARED_PARTS >= _fewest_keys(table, pairs)]


def _meetings(table: KeyTable) -> Int64s:
    """A code (earlier row, later row) for every key two rows share."""
    order = np.lexsort((table.rows, table.keys))
    keys, rows = table.keys[order], table.rows[order]
    times = table.times[rows]
    found: list[Int64s] = [np.empty(0, np.int64)]
    at = np.arange(len(keys))
    for distance in range(1, PREDECESSORS + 1):
        at = at[at >= distance]
        gap = np.where(np.isinf(times[at]), 0.0, times[at] - times[at - distance])
        at = at[(keys[at] == keys[at - distance]) & (gap <= 2 * WINDOW_SECONDS)]
        if len(at) == 0:
            break
        found.append((rows[at - distance] << _ROW_BITS) | rows[at])
    return np.concatenate(found)


def _fewest_keys(table: KeyTable, pairs: Int64s) -> Int64s:
    """How many keys the row with fewer of them has, at the coarser rate of the two."""
    fewest = np.zeros(len(pairs), np.int64)
    coarser = np.maximum(table.rates[pairs[:, 0]], table.rates[pairs[:, 1]])
    for rate in np.unique(table.rates).tolist():
        kept = table.rows[table.keys & np.uint64(rate - 1) == 0]
        counts = np.bincount(kept, minlength=len(table.rates))
        mine = coarser == rate
        fewest[mine] = counts[pairs[mine]].min(axis=1)
    return fewest
