"""Parquet files of a table: written sorted by key and deterministic, read by the union of names."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from pipeline.sinks.files import Files, explained
from pipeline.sinks.parquet.layout import Part, partition_day
from pipeline.sinks.staged import opened
from transforms.rows.arrow import arrow_schema
from transforms.rows.columns import PARTITION_COLUMN
from transforms.rows.schema import STORED

ROW_GROUP: Final = 2_048  # rows: some 10 MB of articles, the unit a commit holds in memory
KEYS_AT_ONCE: Final = 65_536
_MANY_ROWS: Final = 512
_SOME_ROWS: Final = 64  # values of so many repeat
_LONG: Final = 1_024  # bytes of a column that are worth compressing in a file of few rows
_LONG_OF_SOME: Final = 8_192  # the same in one of some rows, whose repeated values stand once
_FEW_FILES: Final = 4  # so many are read at once, whatever is wanted of them
KEY: Final = "__key"  # the primary key as one string; never stored
_SEPARATOR: Final = "\x1f"


def conform(data: pa.Table, schema: pa.Schema) -> pa.Table:
    """Give data a table's schema: missing columns NULL, older STRUCTs filled up, others dropped."""
    if data.schema.equals(schema):
        return data
    present = set(data.column_names)
    if present.issuperset(schema.names):
        chosen = data.select(schema.names)
        if chosen.schema.equals(schema):
            return pa.Table.from_arrays(chosen.columns, schema=schema)  # found equal at once next
    columns = []
    for wanted in schema:
        if wanted.name not in present:
            columns.append(pa.nulls(data.num_rows, wanted.type))
            continue
        column = data.column(wanted.name)
        columns.append(column if column.type == wanted.type else column.cast(wanted.type))
    return pa.Table.from_arrays(columns, schema=schema)


def key_column(table: str, data: pa.Table) -> pa.ChunkedArray:
    """Return the primary key of each row as one string that is equal for equal keys only."""
    key = STORED[table].key
    parts = [data.column(name).cast(pa.string()) for name in key]
    if len(parts) == 1:
        return parts[0]
    for index, part in enumerate(parts):
        safe = pc.replace_substring(part, "\\", "\\\\")
        parts[index] = pc.replace_substring(safe, _SEPARATOR, "\\u")
    return pc.binary_join_element_wise(*parts, _SEPARATOR)


def key_strings(table: str, keys: Collection[tuple[Any, ...]]) -> set[str]:
    """Return primary keys given as tuples in the form of ``key_column``."""
    schema = arrow_schema(table)
    columns = list(zip(*keys, strict=True)) or [()] * len(STORED[table].key)
    data = pa.table(
        {
            name: pa.array(values, schema.field(name).type)
            for name, values in zip(STORED[table].key, columns, strict=True)
        }
    )
    return set(key_column(table, data).to_pylist())


def read_keys(files: Files, table: str, name: str) -> Iterator[pa.Table]:
    """Read only the key columns of a file, in its order, some ten thousand rows at a time."""
    wanted = list(STORED[table].key)
    with opened(files, name) as parquet:
        for batch in parquet.iter_batches(KEYS_AT_ONCE, columns=wanted):
            yield pa.Table.from_batches([batch])


def row_count(files: Files, name: str) -> int:
    """Return how many rows a file has, from its footer."""
    with opened(files, name) as parquet:
        return int(parquet.metadata.num_rows)


def read_rows(files: Files, table: str, parts: Sequence[Part]) -> Iterator[pa.Table]:
    """Read the files of one partition in the order of the key, with ``KEY`` added.

    Those of a partition with several files are sorted in memory.
    """
    schema = arrow_schema(table)
    if len(parts) > 1:
        loaded = [piece for part in parts for piece in read_rows(files, table, [part])]
        yield pa.concat_tables(loaded).sort_by(KEY) if loaded else schema.empty_table()
        return
    for part in parts:
        with opened(files, part.name) as parquet:
            for batch in parquet.iter_batches(ROW_GROUP):
                data = conform(pa.Table.from_batches([batch]), schema)
                yield data.append_column(KEY, key_column(table, data))


def _digest(content: pa.Buffer) -> str:
    """Return the hash that names a file of this content."""
    return hashlib.sha256(content).hexdigest()[:32]


@cache
def _ruling_out(table: str) -> list[str]:
    """Return the columns whose range can rule a row group out: keys, times and numbers.

    The least and the greatest of many texts rule nothing out, and are as long as the texts.
    """
    spec = STORED[table]
    long = ("STRING", "BYTES", "STRUCT")
    plain = [column.name for column in spec.columns if column.type not in long]
    return list(dict.fromkeys([*spec.key, *plain]))


def _leaves(column: pa.Array, path: str) -> Iterator[tuple[str, int]]:
    """Yield the columns of a Parquet file that hold values of varying length, and their bytes."""
    kind = column.type
    if pa.types.is_list(kind):
        yield from _leaves(column.flatten(), f"{path}.list.{kind.value_field.name}")
    elif pa.types.is_struct(kind):
        for part, values in zip(kind, column.flatten(), strict=True):
            yield from _leaves(values, f"{path}.{part.name}")
    elif pa.types.is_string(kind) or pa.types.is_binary(kind):
        yield path, column.nbytes


def _compression(table: str, rows: pa.Table | None) -> str | dict[str, str]:
    """Return how a file is compressed: in a small one only what is long.

    Beginning to compress a column costs more than writing some thousand bytes of it, and a history
    of many days is thousands of files with a few rows each.

    Args:
        table: the table's name.
        rows: all that will be in the file, in one chunk; None when that is more than one row group.
    """
    if rows is None or rows.num_rows >= _MANY_ROWS:
        return "zstd"
    long = _LONG if rows.num_rows < _SOME_ROWS else _LONG_OF_SOME
    columns = ((name, rows[name].chunk(0)) for name in _varying(table))
    leaves = (
        leaf for name, column in columns if column.nbytes >= long for leaf in _leaves(column, name)
    )
    return {path: "zstd" for path, size in leaves if size >= long}


@cache
def _varying(table: str) -> tuple[str, ...]:
    """Return the columns that may hold values of varying length."""
    return tuple(
        field.name
        for field in arrow_schema(table)
        if pa.types.is_nested(field.type)
        or pa.types.is_string(field.type)
        or pa.types.is_binary(field.type)
    )


@dataclass(slots=True)
class PartWriter:
    """Writes rows that come sorted by key into one file, in row groups of a fixed size.

    A file of one row group is made in memory, so that ``encode`` can run beside other work.

    Attributes:
        files: where.
        table: the table's name.
        name: the file's temporary name.
    """

    files: Files
    table: str
    name: str
    _pending: list[pa.Table] = field(default_factory=list)
    _waiting: int = 0
    _content: pa.Buffer | None = None
    _parquet: pq.ParquetWriter | None = None
    _stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def add(self, data: pa.Table) -> None:
        """Add rows, in the order of the key, whatever further columns they carry."""
        if data.num_rows == 0:
            return
        self._pending.append(conform(data, arrow_schema(self.table)))
        self._waiting += data.num_rows
        while self._waiting >= ROW_GROUP:
            merged = pa.concat_tables(self._pending)
            self._write(merged.slice(0, ROW_GROUP))
            self._pending = [merged.slice(ROW_GROUP)]
            self._waiting -= ROW_GROUP

    def _write(self, data: pa.Table) -> None:
        """Write one row group of several."""
        if self._parquet is None:
            stream = self._stack.enter_context(self.files.writing(self.name, durable=False))
            self._parquet = self._open(stream)
        self._parquet.write_table(data.combine_chunks(), row_group_size=ROW_GROUP)

    def _open(self, stream: Any, rows: pa.Table | None = None) -> pq.ParquetWriter:
        """Begin a Parquet file; a few rows repeat too little for a dictionary to pay.

        Args:
            stream: where.
            rows: all that will be in it; None when that is more than one row group.
        """
        return pq.ParquetWriter(
            stream,
            arrow_schema(self.table),
            compression=_compression(self.table, rows),
            use_dictionary=rows is None or rows.num_rows >= _SOME_ROWS,
            write_statistics=_ruling_out(self.table),
            store_schema=False,  # Parquet's own says all of it; Arrow's is a third of a small file
        )

    @property
    def rows(self) -> int:
        """How many rows wait to be encoded."""
        return self._waiting

    @property
    def is_open(self) -> bool:
        """Whether rows are on the disk already, since there are several row groups."""
        return self._parquet is not None

    def encode(self) -> None:
        """Encode the rows of a file of one row group in memory; from any thread, once."""
        if not self._waiting:
            return
        buffer = pa.BufferOutputStream()
        (rows,) = self._pending if len(self._pending) == 1 else [pa.concat_tables(self._pending)]
        rows = rows.combine_chunks()
        with self._open(buffer, rows) as parquet:
            parquet.write_table(rows, row_group_size=ROW_GROUP)
        self._content = buffer.getvalue()
        self._pending = []

    def finish(self) -> str:
        """Complete the file and return the hash of its content; empty when there are no rows."""
        if self._parquet is None:
            if self._content is None:
                self.encode()
            if self._content is None:
                return ""
            self.files.write_aside(self.name, self._content)
            return _digest(self._content)
        with explained(self.files.path(self.name)), self._stack:
            if self._waiting:
                self._write(pa.concat_tables(self._pending))
            self._parquet.close()
        digest = hashlib.sha256()
        with self.files.fs.open_input_stream(self.files.path(self.name)) as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
        return digest.hexdigest()[:32]

    def abandon(self) -> None:
        """Leave nothing behind."""
        if self._parquet is not None:
            with contextlib.suppress(Exception):  # the disk may be full: the file goes anyway
                self._parquet.close()
        with contextlib.suppress(_Abandoned), self._stack:
            raise _Abandoned
        self.files.remove(self.name)


class _Abandoned(Exception):  # noqa: N818 - not an error: it unwinds the open file
    """Unwinds an open file without giving it its name."""


def dataset(
    files: Files, table: str, parts: Sequence[Part], dates: Collection[date | None] | None = None
) -> ds.Dataset:
    """Return a table's files as one Arrow dataset with the current schema, ``date`` last.

    Args:
        files: where.
        table: the table's name.
        parts: its files.
        dates: keep only these partitions; None keeps all.
    """
    schema = arrow_schema(table, with_date=True)
    days = None if dates is None else set(dates)
    wanted = [part for part in parts if days is None or partition_day(part.partition) in days]
    if not wanted:
        return ds.dataset(schema.empty_table())
    form = ds.ParquetFileFormat()
    partitioned = STORED[table].partition is not None
    fragments = [
        form.make_fragment(
            files.path(part.name),
            filesystem=files.fs,
            partition_expression=_partition_expression(part.partition) if partitioned else None,
        )
        for part in wanted
    ]
    return ds.FileSystemDataset(fragments, schema, form, files.fs)


def narrowed(data: ds.Dataset, rows: ds.Expression) -> ds.Dataset:
    """Leave out the files that hold none of the rows wanted.

    Only the columns of the condition are read, so that keys are looked up in a long history
    without the rest of its columns.
    """
    fragments = list(data.get_fragments())
    if len(fragments) <= _FEW_FILES:
        return data
    holders = set(data.to_table(columns=["__filename"], filter=rows)["__filename"].to_pylist())
    kept = [fragment for fragment in fragments if fragment.path in holders]
    if not kept:
        return ds.dataset(data.schema.empty_table())
    return ds.FileSystemDataset(kept, data.schema, data.format, data.filesystem)


def _partition_expression(partition: str) -> ds.Expression:
    """Say what holds for ``date`` in every row of a partition."""
    day = partition_day(partition)
    column = ds.field(PARTITION_COLUMN)
    return column.is_null() if day is None else column == pa.scalar(day, pa.date32())


def holding(table: str, where: Mapping[str, Collection[Any]]) -> ds.Expression:
    """Say which rows hold one of the given values in any of the columns named."""
    schema = arrow_schema(table, with_date=True)
    wanted = ds.scalar(False)  # noqa: FBT003 - Arrow's own signature
    for name, values in where.items():
        known = pa.array(sorted(set(values)), schema.field(name).type)
        wanted = wanted | ds.field(name).isin(known)
    return wanted
