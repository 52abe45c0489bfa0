"""Find the pairs of texts worth comparing: those that share a band key, in bounded work.

Everything runs on packed numpy arrays. Rows are texts in time order; a row is compared with at
most ``PREDECESSORS`` earlier rows a band, the nearest ones, so that a band shared by thousands
of templates costs no more than its length times that bound.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from transforms.dedup.tokens import Uint64s

Int64s = npt.NDArray[np.int64]

PREDECESSORS: Final = 48
WINDOW_SECONDS: Final = 7 * 86_400


def band_candidates(keys: Uint64s, rows: Int64s) -> Int64s:
    """Pair up rows that share a band key.

    Args:
        keys: a band key each.
        rows: the row each key belongs to; rows are numbered in time order.

    Returns:
        Shape (pairs, 2): distinct pairs of rows, the earlier first, sorted.
    """
    order = np.lexsort((rows, keys))
    keys, rows = keys[order], rows[order]
    found: list[Int64s] = []
    at = np.arange(len(keys))
    for distance in range(1, PREDECESSORS + 1):
        at = at[at >= distance]
        at = at[keys[at] == keys[at - distance]]
        if len(at) == 0:
            break
        found.append(np.unique((rows[at - distance] << 32) | rows[at]))
    if not found:
        return np.empty((0, 2), np.int64)
    codes = np.unique(np.concatenate(found))
    return np.stack((codes >> 32, codes & 0xFFFFFFFF), axis=1)
