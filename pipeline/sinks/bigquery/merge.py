"""Work out what a commit changes in one table, and write it down as one file to load.

The rows of the file are those that come, each with what becomes of it (``_op``), and behind them
the keys of the stored rows that go, with the partition they lie in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.sinks.base import Changes
from pipeline.sinks.bigquery.names import OP
from pipeline.sinks.bigquery.read import Reader, key_parts
from pipeline.sinks.files import Files, explained
from pipeline.sinks.parquet.layout import partition_name
from pipeline.sinks.parquet.parts import KEY, conform, key_column
from pipeline.sinks.parquet.sorting import sorted_chunks
from pipeline.sinks.staged import opened
from transforms.rows.arrow import arrow_schema, to_arrow
from transforms.rows.columns import PARTITION_COLUMN
from transforms.rows.merge import fold_rows, merge_rows
from transforms.rows.rows import Row
from transforms.rows.schema import STORED

INSERT: Final = "insert"  # a row whose key is new
REPLACE: Final = "replace"  # a row that takes the place of a stored one
GONE: Final = "gone"  # the key of a stored row that is replaced
DELETE: Final = "delete"  # the key of a stored row that goes
COMES: Final = (INSERT, REPLACE)
GOES: Final = (GONE, DELETE)

_ORDER: Final = "__order"
_READ_AT_ONCE: Final = 1_024  # rows of a staged file
_ROW_GROUP: Final = 2_048


def stage_schema(table: str) -> pa.Schema:
    """Return the Arrow schema of the file: the table's, ``date`` and ``_op`` behind it."""
    return arrow_schema(table, with_date=True).append(pa.field(OP, pa.string()))


@dataclass(slots=True)
class TablePlan:
    """What a commit does to one table.

    Attributes:
        table: its name.
        path: the file to load; local.
        ops: how many rows of the file are of each kind.
        unchanged: keys brought again with nothing new.
        days: the partitions in which stored rows go.
        new_days: the partitions in which rows come.
    """

    table: str
    path: str
    ops: Counter[str] = field(default_factory=Counter)
    unchanged: int = 0
    days: set[date | None] = field(default_factory=set)
    new_days: set[date | None] = field(default_factory=set)

    @property
    def count(self) -> int:
        """Return the number of rows of the file."""
        return sum(self.ops.values())

    @property
    def changes(self) -> Changes:
        """Return what changes, in rows."""
        return Changes(self.ops[INSERT], self.ops[REPLACE], self.unchanged, self.ops[DELETE])


class TableMerge:
    """One table's part of a commit.

    Args:
        reader: reads what is stored.
        inbox: the files staged rows lie in.
        table: the table's name.
    """

    def __init__(self, reader: Reader, inbox: Files, table: str) -> None:
        """Remember what to work on; nothing is read yet."""
        self._reader = reader
        self._inbox = inbox
        self._table = table
        self._partitioned = STORED[table].partition is not None
        self._stored: dict[str, date | None] = {}

    def write(
        self,
        path: str,
        staged: Sequence[str],
        void: Collection[str] = (),
        dates: Collection[date | None] | None = None,
        extra: Sequence[Row] = (),
    ) -> TablePlan:
        """Merge staged rows with the stored ones and write what changes.

        Args:
            path: the file to write.
            staged: names of files in the inbox.
            void: keys whose stored rows no longer hold.
            dates: the partitions in which rows of these keys may be stored, beside those the
                staged rows name; None for any.
            extra: rows that come beside the staged ones.
        """
        plan = TablePlan(self._table, path)
        homes = self._homes(staged, extra)
        gone = set(void)
        where = self._likely(set(homes.values()), dates)
        self._stored = self._reader.places(self._table, {*homes, *gone}, where)
        with explained(path), pq.ParquetWriter(path, stage_schema(self._table)) as writer:
            for chunk in sorted_chunks(self._chunks(staged, extra, homes, gone), _ORDER):
                self._merge(plan, writer, chunk, gone)
            dead = [(DELETE, key) for key in sorted(gone & set(self._stored))]
            self._tombs(plan, writer, dead)
        return plan

    def _likely(
        self, own: set[date | None], dates: Collection[date | None] | None
    ) -> set[date | None] | None:
        """Return the partitions in which rows of the keys may be stored; None for any."""
        fixed = STORED[self._table].partition in STORED[self._table].key
        if not self._partitioned or (dates is None and not fixed):
            return None
        return own | set(dates or ())

    def _tables(self, staged: Sequence[str], extra: Sequence[Row]) -> Iterator[pa.Table]:
        """Read the staged rows, some at a time, all with the table's schema and ``date``."""
        plain = arrow_schema(self._table, with_date=True)
        for name in staged:
            with opened(self._inbox, name) as parquet:
                for batch in parquet.iter_batches(_READ_AT_ONCE):
                    yield conform(pa.Table.from_batches([batch]), plain)
        if extra:
            yield to_arrow(self._table, list(extra), with_date=True)

    def _homes(self, staged: Sequence[str], extra: Sequence[Row]) -> dict[str, date | None]:
        """Return for each staged key the partition its row names; of several the first."""
        homes: dict[str, date | None] = {}
        columns = list(STORED[self._table].key)
        if self._partitioned:
            columns.append(PARTITION_COLUMN)
        wanted = list(dict.fromkeys(columns))
        for name in staged:
            with opened(self._inbox, name) as parquet:
                self._note(homes, parquet.read(columns=wanted))
        if extra:
            self._note(homes, to_arrow(self._table, list(extra), with_date=True))
        return homes

    def _note(self, homes: dict[str, date | None], data: pa.Table) -> None:
        """Put down keys and the partitions they name."""
        keys = key_column(self._table, data).to_pylist()
        days = (
            data.column(PARTITION_COLUMN).to_pylist() if self._partitioned else [None] * len(keys)
        )
        for key, day in zip(keys, days, strict=True):
            homes[key] = day if key not in homes else min(homes[key], day, key=partition_name)

    def _chunks(
        self,
        staged: Sequence[str],
        extra: Sequence[Row],
        homes: dict[str, date | None],
        gone: set[str],
    ) -> Iterator[pa.Table]:
        """Read staged rows, each with its key and its place: by partition, then by key."""
        for data in self._tables(staged, extra):
            keys = key_column(self._table, data)
            order = []
            for key in keys.to_pylist():
                held = key in self._stored and key not in gone
                day = self._stored[key] if held else homes[key]
                order.append(f"{partition_name(day)}\x1e{key}")
            yield data.append_column(KEY, keys).append_column(_ORDER, pa.array(order, pa.string()))

    def _merge(self, plan: TablePlan, writer: Any, chunk: pa.Table, gone: set[str]) -> None:
        """Merge the staged rows of some keys; equal keys never lie in two chunks."""
        brought: dict[str, list[Row]] = {}
        for row in chunk.drop_columns([_ORDER]).to_pylist():
            brought.setdefault(row.pop(KEY), []).append(row)
        held = {key for key in brought if key in self._stored and key not in gone}
        days = {self._stored[key] for key in held}
        stored = self._reader.rows(self._table, held, days)
        coming: list[tuple[str, Row]] = []
        going: list[tuple[str, str]] = []
        for key, rows in brought.items():
            newest = fold_rows(self._table, rows)
            old = stored.get(key)
            merged = newest if old is None else merge_rows(self._table, old, newest)
            if merged is old:
                plan.unchanged += 1
                continue
            coming.append((INSERT if old is None else REPLACE, merged))
            if old is not None:
                going.append((GONE, key))
        self._add(plan, writer, coming)
        self._tombs(plan, writer, going)

    def _add(self, plan: TablePlan, writer: Any, rows: Sequence[tuple[str, Row]]) -> None:
        """Write rows that come."""
        if not rows:
            return
        data = to_arrow(self._table, [row for _, row in rows], with_date=True)
        self._write(plan, writer, data, [op for op, _ in rows])
        if self._partitioned:
            plan.new_days |= set(data.column(PARTITION_COLUMN).to_pylist())
        else:
            plan.new_days.add(None)

    def _tombs(self, plan: TablePlan, writer: Any, going: Sequence[tuple[str, str]]) -> None:
        """Write the keys of rows that go."""
        if not going:
            return
        ordered = sorted(going, key=lambda each: each[1])
        keys = [key for _, key in ordered]
        schema = arrow_schema(self._table, with_date=True)
        days = [self._stored[key] for key in keys]
        columns: dict[str, Iterable[Any]] = dict(
            zip(
                STORED[self._table].key,
                zip(*key_parts(self._table, keys), strict=True),
                strict=True,
            )
        )
        if self._partitioned:
            columns[PARTITION_COLUMN] = days
        data = pa.table(
            {
                name: pa.array(list(column), schema.field(name).type)
                for name, column in columns.items()
            }
        )
        self._write(plan, writer, conform(data, schema), [op for op, _ in ordered])
        plan.days |= set(days)

    def _write(self, plan: TablePlan, writer: Any, data: pa.Table, ops: Sequence[str]) -> None:
        """Write rows with what becomes of them."""
        plan.ops.update(ops)
        whole = data.append_column(OP, pa.array(ops, pa.string()))
        writer.write_table(whole, row_group_size=_ROW_GROUP)
