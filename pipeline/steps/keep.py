"""Rows kept on the disk by the workers that made them, until a worker makes a file of them.

Where the inbox lies on this machine no row passes the launcher: a worker puts the packed rows of
a page down as soon as they are made and answers where they lie; once there are enough of a table,
some worker makes the inbox's file of them and answers its name (decision 0078). One page stays one
answer: a worker that dies over a page takes no other page's rows along, since they lie on the disk.

This runs in worker processes, too, which must not load Beam.
"""

from __future__ import annotations

import contextlib
import os
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

from pipeline.sinks.base import StagedFile
from pipeline.sinks.files import explained
from pipeline.sinks.inbox import Inbox
from transforms.rows.packed import PackedRows

# Rows wait until there are enough for a file: so many, or such long ones.
ROWS_A_FILE: Final = 4_096
BYTES_A_FILE: Final = 32_000_000
_ROTATED: Final = 8_000_000  # bytes after which a worker begins another file


@dataclass(frozen=True, slots=True)
class KeptRows:
    """Packed rows of one table that lie on this machine's disk.

    Attributes:
        table: the table's name.
        count: how many rows.
        path: the file, which one worker writes to.
        offset: their first byte in it.
        size: their bytes.
    """

    table: str
    count: int
    path: str
    offset: int
    size: int

    def __reduce__(self) -> tuple[type[KeptRows], tuple[str, int, str, int, int]]:
        """Travel as what it is made of, as ``PackedRows`` do."""
        return (type(self), (self.table, self.count, self.path, self.offset, self.size))


@dataclass(slots=True)
class _Open:
    """A file that this worker writes to."""

    path: str
    handle: int
    size: int = 0


_open: dict[tuple[str, str], _Open] = {}  # of this process, by directory and table


def keep_rows(folder: str, packed: Iterable[PackedRows]) -> tuple[KeptRows | PackedRows, ...]:
    """Put packed rows down; where the disk refuses they go on as they are.

    Args:
        folder: a directory that is there.
        packed: rows of some tables.
    """
    given = tuple(packed)
    try:
        return tuple(_put_down(folder, each) for each in given)
    except OSError:
        return given  # the launcher meets what is wrong with the disk when it writes, and tells it


def _put_down(folder: str, rows: PackedRows) -> KeptRows:
    file = _open.get((folder, rows.table))
    if file is None or file.size >= _ROTATED:
        if file is not None:
            os.close(_open.pop((folder, rows.table)).handle)
        file = _open[folder, rows.table] = _begun(folder, rows.table)
    offset, data, written = file.size, memoryview(rows.data), 0
    try:
        while written < len(data):
            written += os.pwrite(file.handle, data[written:], offset + written)
    except OSError:  # what was half written leaves its room to others
        os.ftruncate(file.handle, offset)
        raise
    file.size = offset + written
    return KeptRows(rows.table, rows.count, file.path, offset, written)


def _begun(folder: str, table: str) -> _Open:
    """Begin a file; a worker that had this one's number may have left one of the same name."""
    for serial in count():
        path = f"{folder}/{table}.{os.getpid()}-{serial}"
        with contextlib.suppress(FileExistsError):
            return _Open(path, os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    raise AssertionError  # pragma: no cover - numbers have no end


@dataclass(frozen=True, slots=True)
class StageWork:
    """A file of the inbox to be made of kept rows.

    Attributes:
        run_id: whose rows they are.
        table: the table's name.
        kept: where they lie, in the order in which they were answered.
    """

    run_id: str
    table: str
    kept: tuple[KeptRows, ...]

    def stage(self, inbox: Inbox) -> StagedFile:
        """Make it.

        Raises:
            SinkError: the rows cannot be read, or the file cannot be written.
        """
        return inbox.stage_packed(self.run_id, self.table, map(_read, self.kept))


def _read(kept: KeptRows) -> PackedRows:
    """Read rows again. Every worker that ever was has a file of its own: none is held open."""
    with explained(kept.path):
        with open(kept.path, "rb") as file:  # noqa: PTH123 - as quick as can be
            file.seek(kept.offset)
            data = file.read(kept.size)
        if len(data) != kept.size:
            raise OSError("it was cut off")
    return PackedRows(kept.table, kept.count, data)


class Keep:
    """What the workers of a bounded run have put down, as its launcher knows it.

    Args:
        folder: where workers put rows; files go once nothing in them is needed.
        run_id: whose rows they are.
    """

    def __init__(self, folder: str, run_id: str) -> None:
        """Begin with nothing."""
        self.folder = folder
        self._run_id = run_id
        self._waiting: dict[str, list[KeptRows]] = defaultdict(list)  # by table
        self._rows: Counter[str] = Counter()
        self._bytes: Counter[str] = Counter()
        self._needed: Counter[str] = Counter()  # by file: what no file of the inbox has yet
        self._written_to: dict[str, str] = {}  # by worker and table: the file

    def forget(self) -> None:
        """Begin again: what was put down so far is not needed."""
        self._waiting.clear()
        self._rows.clear()
        self._bytes.clear()
        self._needed.clear()

    def add(self, rows: KeptRows) -> StageWork | None:
        """Remember rows; once there are enough of their table, a file is to be made of them."""
        self._waiting[rows.table].append(rows)
        self._rows[rows.table] += rows.count
        self._bytes[rows.table] += rows.size
        writer = rows.path.rpartition("-")[0]
        before = self._written_to.get(writer)
        self._written_to[writer] = rows.path
        self._needed[rows.path] += 1
        if before is not None and before != rows.path:
            self._clear(before)
        full = self._rows[rows.table] >= ROWS_A_FILE or self._bytes[rows.table] >= BYTES_A_FILE
        return self._take(rows.table) if full else None

    def rest(self) -> list[StageWork]:
        """What has to be made of all that waits, the longest first."""
        return [self._take(table) for table, _ in self._bytes.most_common()]

    def _take(self, table: str) -> StageWork:
        del self._rows[table], self._bytes[table]
        return StageWork(self._run_id, table, tuple(self._waiting.pop(table)))

    def done(self, work: StageWork) -> None:
        """Put down that a file was made."""
        self._needed.subtract(each.path for each in work.kept)
        for path in {each.path for each in work.kept}:
            self._clear(path)

    def _clear(self, path: str) -> None:
        """Delete a file that nothing is needed of and nobody writes to."""
        if self._needed[path] <= 0 and self._written_to.get(path.rpartition("-")[0]) != path:
            del self._needed[path]
            Path(path).unlink(missing_ok=True)
