"""Staged rows merged into a table by primary key, in bounded memory.

A commit rewrites the partitions it touches, and only when a row in them changes. Staged rows are
sorted, spilling to disk, into the partition where their key is stored, or
else their own, and then run side by side with the stored rows, some thousands at a time. A row
whose merged date lies elsewhere moves: it leaves its partition and enters the other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from itertools import groupby
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.sinks.base import Changes
from pipeline.sinks.files import Files
from pipeline.sinks.parquet.compare import equal_rows
from pipeline.sinks.parquet.homes import Homes, find_homes, partitions_of, parts_to_merge
from pipeline.sinks.parquet.layout import (
    Part,
    part_name,
    partition_day,
    partition_name,
    table_parts,
)
from pipeline.sinks.parquet.parts import (
    KEY,
    ROW_GROUP,
    conform,
    key_column,
    read_rows,
)
from pipeline.sinks.parquet.sorting import Cursor, sorted_chunks
from pipeline.sinks.parquet.writer import NewParts
from pipeline.sinks.staged import opened
from transforms.rows.arrow import arrow_schema, to_arrow
from transforms.rows.columns import PARTITION_COLUMN
from transforms.rows.merge import compared_columns, fold_rows, merge_rows, stays_when_same
from transforms.rows.rows import Row
from transforms.rows.schema import STORED

_BUCKET: Final = "__bucket"  # the partition a staged row is merged in
_ORDER: Final = "__order"


@dataclass(slots=True)
class TablePlan:
    """What has to be renamed and deleted for a table to be as merged.

    Attributes:
        moves: temporary name by final name.
        deletes: files that go.
        changes: the same in rows.
    """

    moves: dict[str, str] = field(default_factory=dict)
    deletes: list[str] = field(default_factory=list)
    changes: Changes = field(default_factory=Changes)


class TableMerge:
    """One table's part of a commit.

    Args:
        files: the output.
        work: the directory, in the staging area, where new files are written.
        table: the table's name.
    """

    def __init__(self, files: Files, work: str, table: str) -> None:
        """Remember what to work on; nothing is read yet."""
        self._files = files
        self._table = table
        self._partitioned = STORED[table].partition is not None
        self._changes = Changes()
        self._new = NewParts(files, work, table)
        self._movers: dict[str, list[Row]] = {}
        self._parts: dict[str, list[Part]] = {}
        self._void = pa.array([], pa.string())
        self._voided: set[str] = set()  # partitions that hold void rows
        self._repeated = pa.array([], pa.string())  # keys that are staged more than once

    def upsert(
        self,
        staged: Sequence[str],
        void: Collection[str] = (),
        dates: Collection[date | None] | None = None,
    ) -> TablePlan:
        """Merge staged files into the table.

        Args:
            staged: names of files written by ``stage_rows``.
            void: keys (see ``key_strings``) whose stored rows no longer hold; staged ones do.
            dates: the partitions in which rows of these keys may be stored, beside those the
                staged rows name; None for any.

        Returns:
            The plan; the table itself is untouched.

        Raises:
            SinkError: a file cannot be read or written.
        """
        self._load_parts()
        self._void = pa.array(sorted(void), pa.string())
        found = find_homes(self._files, self._table, self._parts, staged, self._void, dates)
        self._voided, self._repeated = found.voided, found.repeated
        self._parts |= dict(parts_to_merge(self._files, self._parts, found))
        ordered = self._sorted(staged, found)
        for partition, chunks in groupby(ordered, key=lambda item: item[0]):
            pieces = (part for _, part in chunks)
            if self._parts.get(partition):
                self._merge(partition, partial(self._stored, partition), pieces)
            else:
                self._fill(partition, pieces)
        for partition in sorted(self._voided - set(+found.rows)):
            self._merge(partition, partial(self._stored, partition), iter([]))
        for partition in sorted(self._movers):
            rows = self._movers[partition]
            data = to_arrow(self._table, rows, with_date=True)
            data = data.append_column(KEY, key_column(self._table, data)).sort_by(KEY)
            self._merge(partition, partial(self._base, partition), iter([data]), moving=True)
        return self._plan()

    def _load_parts(self) -> None:
        """List the table's files by partition."""
        for part in table_parts(self._files, self._table):
            self._parts.setdefault(part.partition, []).append(part)

    def _stored(self, partition: str) -> Iterator[pa.Table]:
        """Read the stored rows of a partition."""
        return read_rows(self._files, self._table, self._parts.get(partition, []))

    def _base(self, partition: str) -> Iterator[pa.Table]:
        """Read a partition as this commit has left it so far."""
        written = self._new.get(partition)
        if written is None:
            return self._stored(partition)
        name, content = written
        parts = [Part(partition, name)] if content else []
        return read_rows(self._files, self._table, parts)

    def _count(
        self, *, inserted: int = 0, replaced: int = 0, unchanged: int = 0, deleted: int = 0
    ) -> None:
        """Add to what the commit did."""
        old = self._changes
        self._changes = replace(
            old,
            inserted=old.inserted + inserted,
            replaced=old.replaced + replaced,
            unchanged=old.unchanged + unchanged,
            deleted=old.deleted + deleted,
        )

    def _staged_chunks(self, staged: Sequence[str], homes: Homes) -> Iterator[pa.Table]:
        """Read staged files one after the other, each row with its key, partition and place."""
        plain = arrow_schema(self._table, with_date=True)
        for name in staged:
            with opened(self._files, name) as parquet:
                for batch in parquet.iter_batches(ROW_GROUP, use_threads=False):
                    data = conform(pa.Table.from_batches([batch]), plain)
                    keys = key_column(self._table, data).combine_chunks()
                    buckets = homes.of(keys, partitions_of(self._table, data))
                    # no partition's name begins with another's: this is the order of both
                    order = pc.binary_join_element_wise(buckets, keys, "\x1e")
                    data = data.append_column(KEY, keys).append_column(_BUCKET, buckets)
                    yield data.append_column(_ORDER, order)

    def _sorted(self, staged: Sequence[str], homes: Homes) -> Iterator[tuple[str, pa.Table]]:
        """Yield staged rows by partition and key; without the key where they are all there is."""
        simple = not len(self._repeated)
        plain = arrow_schema(self._table)
        for chunk in sorted_chunks(self._staged_chunks(staged, homes), _ORDER):
            data = chunk.drop_columns([_BUCKET, _ORDER])
            rows = conform(data, plain)
            for bucket, start, length in _runs(chunk.column(_BUCKET)):
                alone = simple and not self._parts.get(bucket)
                yield bucket, (rows if alone else data).slice(start, length)

    def _fill(self, partition: str, staged: Iterator[pa.Table]) -> None:
        """Write the rows of a partition that holds none."""
        writer = self._new.writer()
        try:
            for rows in staged:
                if len(self._repeated):
                    data, _ = self._combine(partition, None, rows)
                else:
                    data = rows
                    self._count(inserted=rows.num_rows)
                writer.add(data)
            self._new.put(partition, writer)
        except BaseException:
            writer.abandon()
            raise

    def _merge(
        self,
        partition: str,
        stored: Callable[[], Iterator[pa.Table]],
        staged: Iterator[pa.Table],
        *,
        moving: bool = False,
    ) -> None:
        """Run stored and staged rows of a partition side by side into a new file.

        ``moving`` rows come from another partition: they are known to be wanted and counted.
        """
        old, new = Cursor(stored(), KEY), Cursor(staged, KEY)
        writer = self._new.writer()
        changed, untouched = moving, 0
        try:
            while ends := [end for end in (old.last(), new.last()) if end is not None]:
                left, right = old.take(min(ends)), new.take(min(ends))
                if moving:
                    pieces = [piece for piece in (left, right) if piece is not None]
                    data, differs = _together(*pieces), True
                else:
                    data, differs = self._combine(partition, left, right)
                if changed:
                    writer.add(data)
                elif differs:
                    for chunk in _first(stored(), untouched):
                        writer.add(chunk)
                    writer.add(data)
                    changed = True
                else:
                    untouched += data.num_rows
            if changed:
                self._new.put(partition, writer)
        except BaseException:
            writer.abandon()
            raise

    def _combine(
        self, partition: str, stored: pa.Table | None, staged: pa.Table | None
    ) -> tuple[pa.Table, bool]:
        """Merge chunks of one key range; say whether anything differs from what is stored.

        Only keys that meet another row of their own, with other facts, become Python rows.
        """
        gone = False
        if stored is not None and partition in self._voided:
            held = stored.filter(pc.invert(pc.is_in(stored.column(KEY), value_set=self._void)))
            gone = held.num_rows < stored.num_rows
            self._count(deleted=stored.num_rows - held.num_rows)
            stored = held
        if staged is None:
            return stored, gone
        repeated = pc.is_in(staged.column(KEY), value_set=self._repeated)
        special = set(staged.column(KEY).filter(repeated).to_pylist())
        again = bool(special)
        if stored is None and not special:
            self._count(inserted=staged.num_rows)
            return staged, True
        if stored is None:
            stored = _dateless(staged.slice(0, 0))
        keys = pc.is_in(staged.column(KEY), value_set=stored.column(KEY).combine_chunks())
        special |= set(staged.column(KEY).filter(keys).to_pylist())
        wanted = pa.array(sorted(special), pa.string())
        fresh, brought = _parted(staged, wanted)
        kept, held = _parted(stored, wanted)
        if not again and stays_when_same(self._table):
            same, held, brought = self._same_facts(partition, held, brought)
            kept = _together(kept, same)
        self._count(inserted=fresh.num_rows)
        here, differs = self._meet(partition, _rows_by_key(held), _rows_by_key(brought))
        return _together(kept, fresh, here), gone or differs or fresh.num_rows > 0

    def _same_facts(
        self, partition: str, held: pa.Table, brought: pa.Table
    ) -> tuple[pa.Table, pa.Table, pa.Table]:
        """Part rows of the same keys into stored ones that stay, and both sides of the others."""
        if self._partitioned:
            day = pa.array([partition_day(partition)] * held.num_rows, pa.date32())
            dated = held.append_column(PARTITION_COLUMN, day)
        else:
            dated = held
        same = equal_rows(dated, brought, compared_columns(self._table))
        stay = held.filter(same)
        self._count(unchanged=stay.num_rows)
        others = pc.invert(same)
        return stay, held.filter(others), brought.filter(others)

    def _meet(
        self, partition: str, held: dict[str, list[Row]], brought: dict[str, list[Row]]
    ) -> tuple[pa.Table, bool]:
        """Merge rows key by key; rows that belong elsewhere are put down as movers."""
        day = partition_day(partition)
        here: list[Row] = []
        differs = False
        for key, rows in brought.items():
            newest = fold_rows(self._table, rows)
            stored = held[key][0] | {PARTITION_COLUMN: day} if key in held else None
            merged = newest if stored is None else merge_rows(self._table, stored, newest)
            if merged is stored:
                self._count(unchanged=1)
            else:
                differs = True
                self._count(replaced=int(stored is not None), inserted=int(stored is None))
            target = partition_name(merged[PARTITION_COLUMN]) if self._partitioned else ""
            if target == partition:
                here.append(merged)
            else:
                self._movers.setdefault(target, []).append(merged)
        data = to_arrow(self._table, here)
        return data.append_column(KEY, key_column(self._table, data)), differs

    def _plan(self) -> TablePlan:
        """Put together what the commit has to do to the table's files."""
        plan = TablePlan(changes=self._changes)
        for partition, (name, content) in self._new.items():
            old = [part.name for part in self._parts.get(partition, [])]
            final = part_name(self._table, partition, content) if content else ""
            if final and final not in old:
                plan.moves[final] = name
            plan.deletes += [path for path in old if path != final]
        return plan


def _first(chunks: Iterator[pa.Table], count: int) -> Iterator[pa.Table]:
    """Yield the first so many rows."""
    for chunk in chunks:
        if count <= 0:
            return
        yield chunk.slice(0, count)
        count -= chunk.num_rows


def _parted(data: pa.Table, keys: pa.Array) -> tuple[pa.Table, pa.Table]:
    """Part rows into those of other keys and those of these keys."""
    mask = pc.is_in(data.column(KEY), value_set=keys)
    return data.filter(pc.invert(mask)), data.filter(mask)


def _runs(column: pa.ChunkedArray) -> Iterator[tuple[str, int, int]]:
    """Yield each run of equal values of a column: the value, where it begins, how long it is."""
    encoded = pc.run_end_encode(column.combine_chunks())
    start = 0
    for value, end in zip(encoded.values.to_pylist(), encoded.run_ends.to_pylist(), strict=True):
        yield value, start, end - start
        start = end


def _dateless(data: pa.Table) -> pa.Table:
    """Return rows without the hidden column."""
    if PARTITION_COLUMN in data.column_names:
        return data.drop_columns([PARTITION_COLUMN])
    return data


def _together(*tables: pa.Table) -> pa.Table:
    """Put rows of several tables in the order of the key, without the hidden column."""
    present = [_dateless(table) for table in tables if table.num_rows]
    if not present:
        return _dateless(tables[0])
    return present[0] if len(present) == 1 else pa.concat_tables(present).sort_by(KEY)


def _rows_by_key(data: pa.Table) -> dict[str, list[Row]]:
    """Turn rows into dictionaries, gathered by key."""
    gathered: dict[str, list[Any]] = {}
    for row in data.to_pylist():
        gathered.setdefault(row.pop(KEY), []).append(row)
    return gathered
