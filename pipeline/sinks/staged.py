"""Rows written aside before they are committed: Parquet files named by their content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.sinks.base import StagedFile
from pipeline.sinks.files import Files, explained
from transforms.rows.arrow import to_arrow
from transforms.rows.packed import order_rows

DIGEST: Final = 32  # hex digits of a file's hash in its name
_ROW_GROUP: Final = 2_048


def stage_rows(
    files: Files, folder: str, table: str, rows: Sequence[Mapping[str, Any]]
) -> StagedFile:
    """Write valid rows aside in one Parquet file named by its content, ``date`` last.

    Args:
        files: where.
        folder: the directory, relative to ``files``.
        table: the table's name.
        rows: rows that ``validate_row`` finds nothing wrong with; the same rows in another order
            give the same file.

    Raises:
        SinkError: the file cannot be written; nothing of it is left.
    """
    data = order_rows(table, to_arrow(table, rows, with_date=True))
    return stage_table(files, folder, table, data)


def stage_table(files: Files, folder: str, table: str, data: pa.Table) -> StagedFile:
    """Write rows aside that are an Arrow table already, sorted by key, ``date`` last."""
    buffer = pa.BufferOutputStream()
    # It is read once or twice and goes: snappy takes half the CPU of zstd for it.
    pq.write_table(
        data, buffer, compression="snappy", write_statistics=False, row_group_size=_ROW_GROUP
    )
    content = buffer.getvalue()
    digest = hashlib.sha256(content).hexdigest()[:DIGEST]
    name = f"{folder}/{table}-{digest}.parquet"
    # The disk is not waited for: what a lost machine leaves half written is written again.
    with files.writing(name, durable=False) as stream:
        stream.write(content)
    return StagedFile(name, table, data.num_rows)


@contextmanager
def opened(files: Files, name: str) -> Iterator[pq.ParquetFile]:
    """Open a Parquet file for reading; one that cannot be read is a ``SinkError``."""
    with (
        explained(files.path(name)),
        files.fs.open_input_file(files.path(name)) as source,
        pq.ParquetFile(source) as parquet,
    ):
        yield parquet


def read_staged(files: Files, staged: StagedFile, columns: Sequence[str] | None = None) -> pa.Table:
    """Read a staged file back; all columns, ``date`` last, when none are named."""
    with opened(files, staged.path) as parquet:
        return parquet.read(columns=None if columns is None else list(columns))
