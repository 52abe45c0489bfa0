"""Keep feed entries in a temporary file, not in memory, while a run makes its index."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self


class Spool:
    """Puts records and streams down on disk; what is read back is named by offset and length.

    Args:
        directory: made when first needed; its owner removes it after the run.
    """

    def __init__(self, directory: Path) -> None:
        """Keep the place; nothing is written yet."""
        self._directory = directory
        self._handle: IO[bytes] | None = None

    def __enter__(self) -> Self:
        """Use the spool as a context that closes its file."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file of records."""
        if self._handle is not None:
            self._handle.close()

    def put(self, record: Any) -> tuple[str, int, int]:
        """Write a record.

        Returns:
            The file's path, the record's offset and its length.
        """
        path = self._directory / "records"
        if self._handle is None:
            self._directory.mkdir(parents=True, exist_ok=True)
            self._handle = path.open("wb")
        offset = self._handle.tell()
        length = self._handle.write(pickle.dumps(record, protocol=5))
        self._handle.flush()
        return str(path), offset, length

    def take(self, name: str, stream: IO[bytes]) -> str:
        """Copy a stream into a file of its own and return the file's path."""
        self._directory.mkdir(parents=True, exist_ok=True)
        path = self._directory / name
        with path.open("wb") as target:
            shutil.copyfileobj(stream, target)
        return str(path)

    def write_lines(self, name: str, lines: Iterable[bytes]) -> str:
        """Write lines into a file of their own and return the file's path.

        Args:
            name: of the file, unique in the run.
            lines: each without its end.
        """
        self._directory.mkdir(parents=True, exist_ok=True)
        path = self._directory / name
        with path.open("wb") as target:
            target.writelines(line + b"\n" for line in lines)
        return str(path)


def read_record(data: bytes) -> Any:
    """Read back a record that ``Spool.put`` wrote in this run."""
    return pickle.loads(data)  # noqa: S301 - written by this run, see above
