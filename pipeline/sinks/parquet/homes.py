"""Where the keys of a commit are stored: the partitions it has to merge, and those it adds to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.sinks.files import Files
from pipeline.sinks.parquet.layout import Part, partition_name
from pipeline.sinks.parquet.parts import (
    KEYS_AT_ONCE,
    ROW_GROUP,
    key_column,
    read_keys,
    row_count,
)
from pipeline.sinks.staged import opened
from transforms.rows.columns import PARTITION_COLUMN
from transforms.rows.schema import STORED


@dataclass(slots=True)
class Homes:
    """What a commit finds of its keys in a table.

    A row is merged in the partition it names, unless its key has another home.

    Attributes:
        rows: for each partition how many staged keys are merged in it.
        elsewhere: for each staged key the partition to merge it in, where that is not the one all
            its rows name: it is stored there, or is the first of those they name.
        repeated: the keys that are staged more than once.
        met: the partitions that hold a staged key.
        voided: the partitions that hold a void row.
    """

    rows: Counter[str] = field(default_factory=Counter)
    elsewhere: dict[str, str] = field(default_factory=dict)
    repeated: pa.Array = field(default_factory=lambda: pa.array([], pa.string()))
    met: set[str] = field(default_factory=set)
    voided: set[str] = field(default_factory=set)

    def move(self, key: str, own: str, home: str) -> None:
        """Merge a key elsewhere."""
        before = self.elsewhere.get(key, own)
        self.elsewhere[key] = home
        self.rows[before] -= 1
        self.rows[home] += 1

    def of(self, keys: pa.Array, own: pa.Array) -> pa.Array:
        """Return the partition in which each row is merged.

        Args:
            keys: of the rows.
            own: the partitions they name.
        """
        if not self.elsewhere:
            return own
        moved = pc.index_in(keys, value_set=pa.array(self.elsewhere, pa.string()))
        homes = pa.array(self.elsewhere.values(), pa.string())
        return pc.coalesce(homes.take(moved), own)


def find_homes(
    files: Files,
    table: str,
    parts: Mapping[str, Sequence[Part]],
    staged: Sequence[str],
    void: pa.Array,
    dates: Collection[date | None] | None,
) -> Homes:
    """Find where the keys of a commit are stored. A void row is not stored any more.

    Only key columns of stored files are read, and only files of partitions that may hold one.

    Args:
        files: the output.
        table: the table's name.
        parts: its files by partition.
        staged: names of staged files.
        void: keys whose stored rows no longer hold.
        dates: the partitions in which rows of these keys may be stored, beside those the staged
            rows name; None for any.
    """
    found, keys, own = _own(files, table, staged)
    for stored, homes in _stored_keys(files, table, parts, set(found.rows), dates):
        gone = pc.is_in(stored, value_set=void)
        found.voided.update(homes.filter(gone).unique().to_pylist())
        held, where = stored.filter(pc.invert(gone)), homes.filter(pc.invert(gone))
        places = pc.index_in(held, value_set=keys)
        staged_too = pc.is_valid(places)
        places, where = places.filter(staged_too), where.filter(staged_too)
        found.met.update(where.unique().to_pylist())
        met, named = keys.take(places), own.take(places)
        away = pc.not_equal(found.of(met, named), where)
        for key, partition, home in zip(
            *(each.filter(away).to_pylist() for each in (met, named, where)), strict=True
        ):
            found.move(key, partition, home)
    return found


def _stored_keys(
    files: Files,
    table: str,
    parts: Mapping[str, Sequence[Part]],
    own: set[str],
    dates: Collection[date | None] | None,
) -> Iterator[tuple[pa.Array, pa.Array]]:
    """Read stored keys and the partitions they lie in, those of many small files at once."""
    keys: list[pa.Array] = []
    homes: list[pa.Array] = []
    waiting = 0
    for partition, names in _likely(table, parts, own, dates):
        for part in names:
            for data in read_keys(files, table, part.name):
                keys += key_column(table, data).chunks
                homes.append(pa.repeat(partition, data.num_rows))
                waiting += data.num_rows
                if waiting >= KEYS_AT_ONCE:
                    yield pa.concat_arrays(keys), pa.concat_arrays(homes)
                    keys, homes, waiting = [], [], 0
    if waiting:
        yield pa.concat_arrays(keys), pa.concat_arrays(homes)


def _own(files: Files, table: str, staged: Sequence[str]) -> tuple[Homes, pa.Array, pa.Array]:
    """Read the keys that are staged: each once, sorted, with the first partition its rows name."""
    keys, own = _staged_keys(files, table, staged)
    order = pc.sort_indices(
        pa.table({"key": keys, "own": own}), [("key", "ascending"), ("own", "ascending")]
    )
    keys, own = keys.take(order), own.take(order)
    found = Homes()
    if len(keys) > 1:
        again = pc.equal(keys[1:], keys[:-1])
        if pc.any(again).as_py():
            found.repeated = keys[1:].filter(again).unique()
            first = pa.concat_arrays([pa.array([True]), pc.invert(again)])
            apart = pc.and_(again, pc.not_equal(own[1:], own[:-1]))
            several = keys[1:].filter(apart).unique()
            keys, own = keys.filter(first), own.filter(first)
            places = pc.index_in(several, value_set=keys)
            found.elsewhere = dict(
                zip(several.to_pylist(), own.take(places).to_pylist(), strict=True)
            )
    for each in pc.value_counts(own).to_pylist():
        found.rows[each["values"]] = each["counts"]
    return found, keys, own


def _staged_keys(files: Files, table: str, staged: Sequence[str]) -> tuple[pa.Array, pa.Array]:
    """The key of each staged row, and the partition it names."""
    keys = [pa.array([], pa.string())]
    own = [pa.array([], pa.string())]
    partitioned = STORED[table].partition is not None
    columns = [*STORED[table].key, *([PARTITION_COLUMN] if partitioned else [])]
    for name in staged:
        with opened(files, name) as parquet:
            data = parquet.read(columns=list(dict.fromkeys(columns)))
        keys += key_column(table, data).chunks
        own.append(partitions_of(table, data))
    return pa.concat_arrays(keys), pa.concat_arrays(own)


def partitions_of(table: str, data: pa.Table) -> pa.Array:
    """Return the partition that each staged row names.

    Args:
        table: the table's name.
        data: its rows, with the column ``date`` where it is partitioned.
    """
    if STORED[table].partition is None:
        return pa.repeat("", data.num_rows)
    days = data.column(PARTITION_COLUMN).combine_chunks().dictionary_encode()
    names = pa.array([*map(partition_name, days.dictionary.to_pylist())], pa.string())
    return pc.fill_null(names.take(days.indices), partition_name(None))


def _likely(
    table: str,
    parts: Mapping[str, Sequence[Part]],
    own: set[str],
    dates: Collection[date | None] | None,
) -> Iterator[tuple[str, Sequence[Part]]]:
    """The partitions in which rows of staged and void keys may be stored."""
    spec = STORED[table]
    fixed = spec.partition in spec.key
    everywhere = spec.partition is None or (dates is None and not fixed)
    named = own | set(map(partition_name, dates or ()))
    for partition, names in parts.items():
        if everywhere or partition in named:
            yield partition, names


def parts_to_merge(
    files: Files, parts: Mapping[str, Sequence[Part]], homes: Homes
) -> Iterator[tuple[str, list[Part]]]:
    """Leave large files alone where a commit only adds to their partition.

    The new rows take in the files that are not much larger than they are, so that a row is
    written anew a few times at most, however many commits its day has (decision 0038).

    Args:
        files: the output.
        parts: a table's files by partition.
        homes: where the commit's keys are stored.

    Yields:
        For each partition that is only added to, the files that are merged with the new rows.
    """
    for partition, rows in homes.rows.items():
        if not rows or partition in homes.met | homes.voided:
            continue
        stored = parts.get(partition, ())
        taken: list[Part] = []
        size = rows
        for count, part in sorted((row_count(files, each.name), each) for each in stored):
            if count > max(2 * size, ROW_GROUP):
                break
            size += count
            taken.append(part)
        yield partition, sorted(taken)
