"""Find the pairs of texts worth comparing: those that share enough sampled keys, in bounded work.

Everything runs on packed numpy arrays. Rows are texts in time order; for every key a row meets at
most ``PREDECESSORS`` earlier rows, the nearest ones, so that a formula shared by thousands of
templates costs no more than its length times that bound.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import numpy.typing as npt

from transforms.dedup.fingerprint import RATES, sampling_rate, unpack_keys
from transforms.dedup.tokens import Uint64s
from transforms.records import Fingerprint

Int64s = npt.NDArray[np.int64]
Strings = npt.NDArray[np.bytes_]

PREDECESSORS: Final = 32
WINDOW_SECONDS: Final = 7 * 86_400
GROUP_LIMIT: Final = 512  # articles of one text, or versions of one page, that are all compared
# Copies share at least a fifth of the keys of the shorter text (measured); unrelated texts share
# one or two by formulas.
SHARED_PARTS: Final = 10
# Keys whose rows look for earlier ones at once: some 200 MB when all of them are common.
_KEYS_AT_ONCE: Final = 1 << 17
_ROW_BITS: Final = 32
_ROW_MASK: Final = (1 << _ROW_BITS) - 1


@dataclass(frozen=True, slots=True)
class KeyTable:
    """The keys of texts. A row is a text in a week; rows are numbered in time order.

    Attributes:
        keys: sampled keys, in any order.
        rows: the row of each key.
        ids: the article that stands for each row.
        texts: the ``norm_hash`` of each row.
        times: seconds since 1970 of each row, infinite when undated.
        rates: the number in ``RATES`` of each row's sampling rate.
        counts: how many keys each row has at each rate, shape (rows, rates).
    """

    keys: Uint64s
    rows: Int64s
    ids: Strings
    texts: Strings
    times: npt.NDArray[np.float64]
    rates: Int64s
    counts: Int64s


@dataclass(frozen=True, slots=True)
class Meetings:
    """Pairs of rows that share keys.

    Attributes:
        rows: shape (pairs, 2), distinct, the earlier row first, sorted.
        shared: how many keys they share.
        fewest: how many keys the row with fewer of them has, at the coarser rate of the two.
    """

    rows: Int64s
    shared: Int64s
    fewest: Int64s


def key_table(heads: Sequence[Fingerprint]) -> KeyTable:
    """Pack the keys of articles given in time order, a row each."""
    keys = unpack_keys(b"".join(each.keys for each in heads))
    rows = np.repeat(np.arange(len(heads)), [len(each.keys) // 8 for each in heads])
    counts = [
        np.bincount(rows[keys & np.uint64(rate - 1) == 0], minlength=len(heads)) for rate in RATES
    ]
    rates = [RATES.index(sampling_rate(each.tokens)) for each in heads]
    return KeyTable(
        keys=keys,
        rows=rows.astype(np.int64),
        ids=np.array([each.article_id.encode() for each in heads], np.bytes_),
        texts=np.array([each.norm_hash.encode() for each in heads], np.bytes_),
        times=np.array([seconds(each.event_time) for each in heads], np.float64),
        rates=np.array(rates, np.int64),
        counts=np.stack(counts, axis=1).astype(np.int64),
    )


def key_candidates(table: KeyTable) -> Int64s:
    """Pair up rows worth comparing.

    Args:
        table: all the keys of all rows.

    Returns:
        Shape (pairs, 2): distinct pairs of rows, the earlier first.
    """
    found: list[Int64s] = [np.empty((0, 2), np.int64)]
    for block in _row_blocks(table):
        met = meetings(table, *block)
        found.append(met.rows[enough(met.shared, met.fewest)])
    return np.concatenate(found)


def _row_blocks(table: KeyTable) -> Iterator[tuple[int, int]]:
    """Cut the rows into blocks that meet others in bounded memory; a row is never parted."""
    ends = np.cumsum(np.bincount(table.rows, minlength=len(table.ids)))
    start = 0
    while start < len(ends):
        before = ends[start - 1] if start else 0
        end = int(np.searchsorted(ends, before + _KEYS_AT_ONCE, side="right"))
        end = max(end, start + 1)
        yield start, end
        start = end


def enough(shared: Int64s, fewest: Int64s) -> npt.NDArray[np.bool_]:
    """Whether pairs share enough of the keys they could share."""
    return shared * SHARED_PARTS >= fewest


def meetings(table: KeyTable, start: int = 0, end: int | None = None) -> Meetings:
    """Find the rows that share keys and may stand for articles within seven days.

    Args:
        table: all rows of a key, for every key in it.
        start: the first row whose meetings with earlier ones are looked for.
        end: the row behind the last of them; None for all.

    Returns:
        The pairs; what they share is counted among the keys of the table.
    """
    order = np.lexsort((table.rows, table.keys))
    keys, rows = table.keys[order], table.rows[order]
    times = table.times[rows]
    found: list[Int64s] = [np.empty(0, np.int64)]
    at = np.flatnonzero((rows >= start) & (rows < (len(table.ids) if end is None else end)))
    for distance in range(1, PREDECESSORS + 1):
        at = at[at >= distance]
        before = at - distance
        # A row stands for a week: articles of two rows may be close when the rows are not. What
        # has no time is close to everything.
        close = np.isinf(times[at]) | (times[at] <= times[before] + 2 * WINDOW_SECONDS)
        at = at[(keys[at] == keys[before]) & close]
        if len(at) == 0:
            break
        found.append((rows[at - distance] << _ROW_BITS) | rows[at])
    codes, shared = np.unique(np.concatenate(found), return_counts=True)
    pairs = np.stack((codes >> _ROW_BITS, codes & _ROW_MASK), axis=1)
    coarser = table.rates[pairs].max(axis=1)
    fewest = table.counts[pairs, coarser[:, None]].min(axis=1)
    return Meetings(pairs, shared.astype(np.int64), fewest)


def seconds(time: datetime | None) -> float:
    """Seconds since 1970, infinite when there is no time."""
    return math.inf if time is None else time.timestamp()
