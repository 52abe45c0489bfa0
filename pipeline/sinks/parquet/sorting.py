"""Sorted chunks: walked over side by side, and made by a sort that spills to disk."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc

from pipeline.sinks.files import explained

RUN_BYTES: Final = 128_000_000  # sorted in memory at once
_PIECE_BYTES: Final = 2_000_000  # of each run held while runs are merged


class Cursor:
    """Walks over chunks sorted by a string column; never parts rows that are equal in it.

    Args:
        chunks: sorted, within and one after the other; empty ones are passed over.
        column: the column's name.
    """

    def __init__(self, chunks: Iterator[pa.Table], column: str) -> None:
        """Read the first chunk."""
        self._column = column
        self._chunks = (chunk for chunk in chunks if chunk.num_rows)
        self._next: pa.Table | None = next(self._chunks, None)
        self._current: pa.Table | None = None

    def last(self) -> str | None:
        """Return the last value at hand; None at the end."""
        if self._current is None:
            self._current = self._next
            self._next = next(self._chunks, None)
            while self._current is not None and self._next is not None:
                if self._next.column(self._column)[0] != self._current.column(self._column)[-1]:
                    break
                self._current = pa.concat_tables([self._current, self._next])
                self._next = next(self._chunks, None)
        return None if self._current is None else self._current.column(self._column)[-1].as_py()

    def take(self, bound: str) -> pa.Table | None:
        """Take the rows at hand up to and including a value; None when there are none."""
        current = self._current
        if current is None:
            return None
        if current.column(self._column)[-1].as_py() <= bound:
            self._current = None
            return current
        count = pc.sum(pc.less_equal(current.column(self._column), pa.scalar(bound))).as_py()
        self._current = current.slice(count)
        return current.slice(0, count) if count else None


def sorted_chunks(
    chunks: Iterator[pa.Table], column: str, *, run_bytes: int = RUN_BYTES
) -> Iterator[pa.Table]:
    """Sort rows by a string column in bounded memory.

    What does not fit is written to a temporary directory as sorted runs, which are then merged.

    Args:
        chunks: the rows, in any order; all of one schema.
        column: the column, without NULLs.
        run_bytes: how much is sorted in memory at once.

    Yields:
        The rows in order; equal ones never in two chunks, and in no particular order.
    """
    pending: list[pa.Table] = []
    size = 0
    runs: list[Path] = []
    with contextlib.ExitStack() as stack:
        for chunk in chunks:
            pending.append(chunk)
            size += chunk.nbytes
            if size >= run_bytes:
                if not runs:
                    directory = stack.enter_context(_spill_directory())
                runs.append(_write_run(pending, column, directory / f"{len(runs)}.arrow"))
                pending, size = [], 0
        cursors = [Cursor(_read_run(path), column) for path in runs]
        if pending:
            rest = pa.concat_tables(pending).sort_by(column)
            if not runs:
                yield from _parted(rest, column)
                return
            cursors.append(Cursor(iter(_pieces(rest)), column))
        del pending
        while ends := [end for end in (cursor.last() for cursor in cursors) if end is not None]:
            bound = min(ends)
            taken = [rows for cursor in cursors if (rows := cursor.take(bound)) is not None]
            yield taken[0] if len(taken) == 1 else pa.concat_tables(taken).sort_by(column)


@contextlib.contextmanager
def _spill_directory() -> Iterator[Path]:
    """Make a directory for sorted runs and remove it in the end."""
    with explained(tempfile.gettempdir()):
        directory = tempfile.TemporaryDirectory(prefix="rasd-sort-", ignore_cleanup_errors=True)
    with directory as name:
        yield Path(name)


def _piece_rows(data: pa.Table) -> int:
    return int(max(16, data.num_rows * _PIECE_BYTES // max(1, data.nbytes)))


def _pieces(data: pa.Table) -> list[pa.Table]:
    """Cut sorted rows into pieces of some megabytes."""
    rows = _piece_rows(data)
    return [data.slice(start, rows) for start in range(0, data.num_rows, rows)]


def _parted(data: pa.Table, column: str) -> Iterator[pa.Table]:
    """Cut sorted rows into pieces of some megabytes, between rows that are not equal."""
    values = data.column(column)
    rows = _piece_rows(data)
    start = 0
    while start < data.num_rows:
        end = min(start + rows, data.num_rows)
        while end < data.num_rows and values[end] == values[end - 1]:
            end += 1
        yield data.slice(start, end - start)
        start = end


def _write_run(chunks: list[pa.Table], column: str, path: Path) -> Path:
    """Sort rows and write them down."""
    data = pa.concat_tables(chunks).sort_by(column)
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with (
        explained(str(path)),
        pa.OSFile(str(path), "wb") as sink,
        pa.ipc.new_file(sink, data.schema, options=options) as writer,
    ):
        for piece in _pieces(data):
            for batch in piece.combine_chunks().to_batches():
                writer.write_batch(batch)
    return path


def _read_run(path: Path) -> Iterator[pa.Table]:
    """Read a sorted run, one piece at a time."""
    with explained(str(path)), pa.OSFile(str(path)) as source:
        reader = pa.ipc.open_file(source)
        for index in range(reader.num_record_batches):
            yield pa.Table.from_batches([reader.get_batch(index)])
