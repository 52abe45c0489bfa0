"""The new files of a commit: encoded beside the merge, written down one after the other."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from pipeline.sinks.files import Files
from pipeline.sinks.parquet.parts import PartWriter

_ENCODERS: Final = 2  # threads
_WAITING: Final = 4  # handfuls of files that may be encoded ahead: so much is held in memory
_HANDFUL: Final = 16  # small files that a thread is handed at once; handing over costs, too
_ROWS_AT_ONCE: Final = 2_048  # or fewer files, of so many rows


class NewParts:
    """The files that take the place of partitions. Only encoding leaves the calling thread.

    Args:
        files: the output.
        work: the directory, in the staging area, where they are written.
        table: the table's name.
    """

    def __init__(self, files: Files, work: str, table: str) -> None:
        """Remember where; nothing is written yet."""
        self._files = files
        self._work = work
        self._table = table
        self._serial = 0
        self._written: dict[str, tuple[str, str]] = {}
        self._handful: list[tuple[str, PartWriter]] = []
        self._rows = 0  # of the files at hand
        self._coming: deque[tuple[list[tuple[str, PartWriter]], Future[None]]] = deque()
        self._encoders = ThreadPoolExecutor(_ENCODERS, thread_name_prefix="encode")

    def writer(self) -> PartWriter:
        """Open a new temporary file of the table."""
        self._serial += 1
        return PartWriter(
            self._files, self._table, f"{self._work}/{self._table}.{self._serial:05d}.new"
        )

    def put(self, partition: str, writer: PartWriter) -> None:
        """Take in the complete rows of a partition; they are encoded while others are merged."""
        if writer.is_open:  # most of it is on the disk already
            self._written[partition] = (writer.name, writer.finish())
            return
        self._handful.append((partition, writer))
        self._rows += writer.rows
        if len(self._handful) >= _HANDFUL or self._rows >= _ROWS_AT_ONCE:
            self._hand_over()
            self._write_down(_WAITING)

    def _hand_over(self) -> None:
        """Have the files at hand encoded."""
        if self._handful:
            writers = [writer for _, writer in self._handful]
            self._coming.append((self._handful, self._encoders.submit(_encode, writers)))
            self._handful, self._rows = [], 0

    def get(self, partition: str) -> tuple[str, str] | None:
        """The temporary name and the hash of a partition's new file, if it has one.

        The hash is empty when no row is left.
        """
        self._hand_over()
        self._write_down(0)
        return self._written.get(partition)

    def items(self) -> Iterable[tuple[str, tuple[str, str]]]:
        """Every partition that has a new file, with its temporary name and hash."""
        self._hand_over()
        self._write_down(0)
        return self._written.items()

    def _write_down(self, waiting: int) -> None:
        """Write encoded files, in order, until only so many wait."""
        while len(self._coming) > waiting:
            handful, encoded = self._coming.popleft()
            encoded.result()
            for partition, writer in handful:
                self._written[partition] = (writer.name, writer.finish())


def _encode(writers: Iterable[PartWriter]) -> None:
    for writer in writers:
        writer.encode()
