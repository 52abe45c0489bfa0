"""The candidate search cut in shards: packed blocks that a shuffle can carry, no Beam.

An element costs a shuffle about 100 us whatever its size, so keys travel as arrays. A key shard
sees all rows of its keys; the keys two rows share lie in several key shards, so their meetings
come together again in a pair shard. The outcome is that of ``key_candidates``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from transforms.dedup.candidates import Int64s, KeyTable, Strings, enough, key_table, meetings
from transforms.dedup.tokens import Uint64s
from transforms.records import Fingerprint


@dataclass(frozen=True, slots=True)
class MeetingBlock:
    """Pairs of rows that met in a key shard; ids and texts have the shape (pairs, 2)."""

    ids: Strings
    texts: Strings
    shared: Int64s
    fewest: Int64s


def key_blocks(heads: Sequence[Fingerprint], shards: int) -> Iterator[tuple[int, KeyTable]]:
    """Pack the keys of articles and deal them out by key.

    Args:
        heads: articles that stand for texts, in any order.
        shards: how many key shards there are.

    Yields:
        Key shard, and the block of its keys with the rows that have any.
    """
    table = key_table(heads)
    shard_of = table.keys % np.uint64(shards)
    for shard in np.unique(shard_of).tolist():
        mine = shard_of == shard
        present, rows = np.unique(table.rows[mine], return_inverse=True)
        yield shard, _take(table, present, table.keys[mine], rows)


def meeting_blocks(blocks: Iterable[KeyTable], shards: int) -> Iterator[tuple[int, MeetingBlock]]:
    """Let the rows of a key shard meet and deal the pairs out by id.

    Args:
        blocks: all the blocks of one key shard.
        shards: how many pair shards there are.

    Yields:
        Pair shard, and its pairs.
    """
    table = _merge(list(blocks))
    met = meetings(table)
    ids, texts = table.ids[met.rows], table.texts[met.rows]
    shard_of = np.array([crc32(each) % shards for each in table.ids], np.int64)[met.rows[:, 0]]
    for shard in np.unique(shard_of).tolist():
        mine = shard_of == shard
        yield shard, MeetingBlock(ids[mine], texts[mine], met.shared[mine], met.fewest[mine])


def text_pairs(blocks: Iterable[MeetingBlock]) -> list[tuple[str, str]]:
    """Add up the meetings of a pair shard and keep the pairs of texts worth comparing.

    Args:
        blocks: all the blocks of one pair shard.

    Returns:
        Distinct pairs of different texts, sorted.
    """
    shared: dict[tuple[bytes, bytes], int] = {}
    facts: dict[tuple[bytes, bytes], tuple[int, bytes, bytes]] = {}
    for block in blocks:
        rows = zip(
            block.ids.tolist(),
            block.texts.tolist(),
            block.shared.tolist(),
            block.fewest.tolist(),
            strict=True,
        )
        for (a, b), (text_a, text_b), count, fewest in rows:
            shared[a, b] = shared.get((a, b), 0) + count
            facts[a, b] = (fewest, text_a, text_b)
    kept = enough(
        np.array(list(shared.values()), np.int64),
        np.array([facts[pair][0] for pair in shared], np.int64),
    )
    found = {facts[pair][1:] for pair, good in zip(shared, kept.tolist(), strict=True) if good}
    return sorted((a.decode(), b.decode()) for a, b in {tuple(sorted(each)) for each in found})


def _take(table: KeyTable, present: Int64s, keys: Uint64s, rows: Int64s) -> KeyTable:
    """Some rows of a table, with the keys given."""
    return KeyTable(
        keys=keys,
        rows=rows.astype(np.int64),
        ids=table.ids[present],
        texts=table.texts[present],
        times=table.times[present],
        rates=table.rates[present],
        counts=table.counts[present],
    )


def _merge(blocks: Sequence[KeyTable]) -> KeyTable:
    """Join blocks and number their rows in time order; every row comes in one block."""
    starts = np.cumsum([0, *(len(block.ids) for block in blocks)])
    joined = KeyTable(
        keys=np.concatenate([block.keys for block in blocks]),
        rows=np.concatenate(
            [block.rows + start for block, start in zip(blocks, starts[:-1], strict=True)]
        ),
        ids=np.concatenate([block.ids for block in blocks]),
        texts=np.concatenate([block.texts for block in blocks]),
        times=np.concatenate([block.times for block in blocks]),
        rates=np.concatenate([block.rates for block in blocks]),
        counts=np.concatenate([block.counts for block in blocks]),
    )
    order = np.lexsort((joined.ids, joined.times))
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return _take(joined, order, joined.keys, place[joined.rows])
