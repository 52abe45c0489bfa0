"""The rows as a page sees them: a copy of their newest state, asked within bounds."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from pipeline.errors import UsageError
from pipeline.sinks.base import SinkError, open_sink
from pipeline.sql.bounds import Asker, Bounded
from pipeline.sql.data import NO_MAX_BYTES, Data, open_data
from transforms.rows.schema import TABLES

SECONDS: Final = 20.0
"""How long one query of a page may take."""
HELD_ROWS: Final = 5_000
"""Rows of an answer that is held, so that going back and forth asks nothing again."""
_HELD: Final = 300  # answers
_HELD_BYTES: Final = 1 << 20  # of an answer that is held: texts of many articles are asked for anew
_KEPT: Final = 20  # searches
_AGAIN: Final = 2.0  # seconds until a directory is looked at again
_REMOTE: Final = 120.0  # the same where looking costs requests
_REST: Final = 5  # times as long as a copy took, until the next one may begin


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query answered: its first rows, whether there are more, and how long it took."""

    bounded: Bounded
    milliseconds: float

    def rows(self) -> list[dict[str, Any]]:
        """The rows as dictionaries."""
        found: list[dict[str, Any]] = self.bounded.rows.to_pylist()
        return found


class _Copy:
    """All rows of an output at one time, in a file of their own that goes when they do."""

    def __init__(self, uri: str, mark: object, given: Callable[[str], Any] | None) -> None:
        self.mark = mark
        self._folder = tempfile.TemporaryDirectory(prefix="rasd-serve-")
        try:
            self.data = Data(uri, copy=Path(self._folder.name) / "rows.duckdb", given=given)
        except Exception:
            self._folder.cleanup()
            raise
        self.readers = 0  # who ask beside the pages
        self.retired = False  # there is a newer one
        self._kept: OrderedDict[str, str] = OrderedDict()  # query -> the table of its answer
        self._tables = 0

    def kept(self, query: str, seconds: float) -> str:
        """The table that holds what a query answers; it is asked the first time."""
        if query not in self._kept:
            if len(self._kept) >= _KEPT:
                self.data.drop(self._kept.popitem(last=False)[1])
            self._tables += 1
            name = f"_kept_{self._tables}"
            self.data.keep(name, query, seconds=seconds)
            self._kept[query] = name
        self._kept.move_to_end(query)
        return self._kept[query]

    def forget(self) -> None:
        while self._kept:
            self.data.drop(self._kept.popitem()[1])

    def close(self) -> None:
        self.data.close()
        self._folder.cleanup()


class Snapshots:
    """The rows of one output; every answer is of one state of them.

    They are copied once into a file of DuckDB's, in the directory for temporary files: reading the
    many files of an output costs more than any question about them, and a commit may take them
    away meanwhile. When the output has changed it is copied again, beside the answers; not from
    BigQuery, where a copy is billed: there it is made once.

    A connection of DuckDB's answers one query at a time: so do pages, in the order they ask. What
    people write themselves, and files, are asked beside them, on connections of their own.

    Args:
        uri: the output of a run.
        clock: seconds of a monotonic clock.
        seconds: how long one query may take.
        max_bytes: what copying one table may have BigQuery bill; 10 GB when left out.

    Attributes:
        stale: why the newest state cannot be read, so that an earlier one is shown; None where it
            is shown.
    """

    def __init__(
        self,
        uri: str,
        *,
        max_bytes: int | None = None,
        clock: Callable[[], float] = time.monotonic,
        seconds: float = SECONDS,
    ) -> None:
        """Copy the rows.

        Raises:
            UsageError: there is no output, or it may not cost what it would.
        """
        self.uri = uri
        self.stale: str | None = None
        self._clock = clock
        self._seconds = seconds
        self._lock = threading.Lock()
        self._handing = threading.Lock()  # for a moment, while a copy is taken or given back
        self._written = threading.Lock()  # one query that a person wrote at a time
        self._held: OrderedDict[tuple[str, int], Answer] = OrderedDict()
        self._copying: threading.Thread | None = None
        self._files: Any = None
        self._given: Callable[[str], Any] | None = None
        if uri.lower().startswith(("bigquery://", "bq://")):
            there = open_data(uri, max_bytes=max_bytes)
            self._given = lambda table: there.sql(f"SELECT * FROM {table}")  # noqa: S608 - its name
        elif max_bytes is not None:
            raise UsageError(NO_MAX_BYTES)
        else:
            sink: Any = open_sink(uri)
            self._files = sink.files
        started = clock()
        self._copy = self._copied()
        self._looked_at = clock()
        self._next = self._looked_at + _REST * (self._looked_at - started)

    def ask(self, query: str, *, rows: int, kept: Sequence[str] = ()) -> Answer:
        """Answer one query, as ``rasd query`` would, within a page's bounds.

        Args:
            query: a SELECT in BigQuery's dialect.
            rows: how many rows are wanted at most.
            kept: queries that stand within it, word for word. Each is asked once of a state of the
                rows and its answer read wherever it stands again: panels of one search share it.

        Raises:
            TooSlowError: it took too long.
            UsageError: it was refused, or failed.
        """
        with self._lock:
            self._look()
            key = (query, rows)
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
            started = self._clock()
            asked = query
            for part in kept:
                if part in asked:
                    table = self._copy.kept(part, self._seconds)
                    asked = asked.replace(part, f"SELECT * FROM {table}")  # noqa: S608 - ours
            bounded = self._copy.data.bounded(asked, rows=rows, seconds=self._seconds)
            answer = Answer(bounded, (self._clock() - started) * 1000)
            if rows <= HELD_ROWS and bounded.rows.nbytes <= _HELD_BYTES:
                self._held[key] = answer
            while len(self._held) > _HELD:
                self._held.popitem(last=False)
            return answer

    def ask_beside(self, query: str, *, rows: int) -> Answer:
        """Answer one query as ``ask`` does, but let no page wait for it, only others of its kind.

        Args:
            query: a SELECT in BigQuery's dialect.
            rows: how many rows are wanted at most.

        Raises:
            TooSlowError: it took too long.
            UsageError: it was refused, or failed.
        """
        with self._written, self._beside() as asker:
            started = self._clock()
            bounded = asker.bounded(query, rows=rows, seconds=self._seconds)
            return Answer(bounded, (self._clock() - started) * 1000)

    def batches(self, query: str) -> Iterator[pa.Table]:
        """All rows of a query, as they are made; nobody waits for it.

        Args:
            query: a SELECT in BigQuery's dialect.

        Yields:
            Rows, some at a time; at least one table, which may be empty.

        Raises:
            TooSlowError: it took too long, perhaps after some rows.
            UsageError: it was refused, or failed.
        """
        with self._beside() as asker:
            yield from asker.batches(query, seconds=self._seconds)

    @contextmanager
    def _beside(self) -> Iterator[Asker]:
        """A connection of its own to the rows; their copy stays until it is given back."""
        if self._lock.acquire(blocking=False):  # pages that ask just now look by themselves
            try:
                self._look()
            finally:
                self._lock.release()
        with self._handing:
            copy = self._copy
            copy.readers += 1
        asker = copy.data.beside()
        try:
            yield asker
        finally:
            asker.close()
            with self._handing:
                copy.readers -= 1
                last = copy.retired and not copy.readers
            if last:
                copy.close()

    def forget(self) -> None:
        """Let go of the answers that are held; measuring asks everything anew."""
        with self._lock:
            self._held.clear()
            self._copy.forget()

    def catch_up(self) -> None:
        """Wait until a copy that has been begun is what is asked."""
        copying = self._copying
        if copying is not None:
            copying.join()

    def _look(self) -> None:
        """See now and then whether the rows have changed; if so copy them, meanwhile go on."""
        if self._files is None:
            return
        now = self._clock()
        pause = _AGAIN if self._files.local else _REMOTE
        if self._copying is not None or now - self._looked_at < pause or now < self._next:
            return
        self._looked_at = now
        if self._mark() == self._copy.mark:
            self.stale = None  # also where what could not be read is as it was before
        else:
            self._copying = threading.Thread(target=self._renew, daemon=True)
            self._copying.start()

    def _renew(self) -> None:
        started = self._clock()
        copy, stale = None, None
        try:
            copy = self._copied()
        # It changes just now, or is damaged: what is shown stays, and the next look tries again.
        except (UsageError, SinkError, OSError) as error:
            stale = str(error)
        with self._lock:
            self.stale = stale
            if copy is not None:
                with self._handing:
                    old, self._copy = self._copy, copy
                    old.retired = True
                    last = not old.readers
                self._held.clear()
                if last:
                    old.close()
            self._next = self._clock() + _REST * (self._clock() - started)
            self._copying = None

    def _copied(self) -> _Copy:
        """A copy of the rows; a commit in the middle of it leads to a second try.

        Raises:
            UsageError: they cannot be read.
        """
        mark = self._mark()
        try:
            return _Copy(self.uri, mark, self._given)
        except UsageError:
            if self._mark() == mark:
                raise
            return _Copy(self.uri, self._mark(), self._given)

    def _mark(self) -> object:
        """What differs once files were put in place or taken away."""
        if self._files is None:
            return None
        if not self._files.local:
            return {table: tuple(self._files.listing(table)) for table in TABLES}
        return tuple(
            (folder, _changed_at(folder))
            for table in TABLES
            for folder, _, _ in os.walk(Path(self._files.path(table)))
        )


def _changed_at(folder: str) -> int:
    """When files of a folder came or went; 0 where it went itself, just now."""
    try:
        return os.stat(folder).st_mtime_ns  # noqa: PTH116 - thousands of them, each a look
    except OSError:
        return 0
