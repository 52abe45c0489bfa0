"""The rows as a page sees them: asked within bounds, and opened again when they change."""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pipeline.errors import NotBuiltError, UsageError
from pipeline.sinks.base import open_sink
from pipeline.sql.data import Bounded, Data
from transforms.rows.schema import TABLES

SECONDS: Final = 20.0
"""How long one query of a page may take."""
HELD_ROWS: Final = 5_000
"""Rows of an answer that is held, so that going back and forth asks nothing again."""
_HELD: Final = 300  # answers
_AGAIN: Final = 2.0  # seconds until a directory is looked at again
_REMOTE: Final = 120.0  # the same where looking costs requests
# Views that every page asks: made once for each state of the rows.
_KEPT: Final = ("v_incidents", "v_events")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query answered: its first rows, whether there are more, and how long it took."""

    bounded: Bounded
    milliseconds: float

    def rows(self) -> list[dict[str, Any]]:
        """The rows as dictionaries."""
        found: list[dict[str, Any]] = self.bounded.rows.to_pylist()
        return found


class Snapshots:
    """The rows of one output; every answer is of one state of them, the newest at its time.

    DuckDB's connection answers one query at a time: so do pages, in the order they ask.

    Args:
        uri: the output of a run.
        clock: seconds of a monotonic clock.
        seconds: how long one query may take.
    """

    def __init__(
        self,
        uri: str,
        *,
        clock: Callable[[], float] = time.monotonic,
        seconds: float = SECONDS,
    ) -> None:
        """Look whether there is an output; no row is read yet.

        Raises:
            UsageError: there is none, or it is of a kind that cannot be shown.
        """
        if uri.lower().startswith(("bigquery://", "bq://")):
            raise NotBuiltError(
                "pages over bigquery:// are not built yet: every look would be billed; "
                "rasd query --data asks it, and says before what it reads"
            )
        self.uri = uri
        self._clock = clock
        self._seconds = seconds
        self._lock = threading.Lock()
        self._held: OrderedDict[tuple[str, int], Answer] = OrderedDict()
        self._kept: set[str] = set()
        sink: Any = open_sink(uri)
        self._files = sink.files
        self._mark: object = self._looked()
        self._looked_at = clock()
        self._data = Data(uri)

    def ask(self, query: str, *, rows: int) -> Answer:
        """Answer one query, as ``rasd query`` would, within a page's bounds.

        Args:
            query: a SELECT in BigQuery's dialect.
            rows: how many rows are wanted at most.

        Raises:
            TooSlowError: it took too long.
            UsageError: it was refused, or failed.
        """
        with self._lock:
            self._refresh()
            key = (query, rows)
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
            started = self._clock()
            try:
                bounded = self._asked(query, rows)
            except UsageError:
                if not self._changed():
                    raise
                bounded = self._asked(query, rows)  # files went while they were read
            answer = Answer(bounded, (self._clock() - started) * 1000)
            if rows <= HELD_ROWS:
                self._held[key] = answer
            while len(self._held) > _HELD:
                self._held.popitem(last=False)
            return answer

    def _asked(self, query: str, rows: int) -> Bounded:
        for view in _KEPT:
            if view not in self._kept and (view in query or _builds_on(view, query)):
                self._data.keep(view)
                self._kept.add(view)
        return self._data.bounded(query, rows=rows, seconds=self._seconds)

    def _refresh(self) -> None:
        """Open the rows again when they have changed, looking every few seconds."""
        pause = _AGAIN if self._files.local else _REMOTE
        if self._clock() - self._looked_at >= pause:
            self._changed()

    def _changed(self) -> bool:
        """Whether the rows have changed since they were opened; if so they are opened again."""
        self._looked_at = self._clock()
        mark = self._looked()
        if mark == self._mark:
            return False
        self._data = Data(self.uri)
        self._mark = mark
        self._held.clear()
        self._kept.clear()
        return True

    def _looked(self) -> object:
        """What differs once files were put in place or taken away."""
        if not self._files.local:
            return {table: tuple(self._files.listing(table)) for table in TABLES}
        return tuple(
            (folder, os.stat(folder).st_mtime_ns)  # noqa: PTH116 - thousands of them, each a look
            for table in TABLES
            for folder, _, _ in os.walk(Path(self._files.path(table)))
        )


def _builds_on(view: str, query: str) -> bool:
    """Whether a query asks a view that is made of another one."""
    of = {
        "v_incidents": ("v_timeline",),
        "v_events": ("v_map", "v_actor_pairs"),
    }
    return any(name in query for name in of[view])
