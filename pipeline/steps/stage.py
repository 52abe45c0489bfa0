"""Rows of all tables -> staged files of the sink."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import apache_beam as beam
from apache_beam.transforms.window import GlobalWindow
from apache_beam.utils.timestamp import MIN_TIMESTAMP
from apache_beam.utils.windowed_value import WindowedValue

from pipeline.sinks.base import Sink

TableRow = tuple[str, dict[str, Any]]

# Rows wait in memory until there are enough for a file: so many, or such long ones.
_ROWS_A_FILE: Final = 4_096
_LETTERS_A_FILE: Final = 16_000_000


@dataclass
class StageRows(beam.PTransform):
    """Rows -> staged files of the sink, named by their content."""

    sink: Sink
    run_id: str

    def expand(self, rows: Any) -> Any:
        """Write the rows of each bundle."""
        return rows | "WriteStaged" >> beam.ParDo(_StageBundle(self.sink, self.run_id))


class _StageBundle(beam.DoFn):
    """Collects rows by table and writes a file when there are enough, or the bundle ends."""

    def __init__(self, sink: Sink, run_id: str) -> None:
        self._sink = sink
        self._run_id = run_id
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._letters: Counter[str] = Counter()

    def start_bundle(self) -> None:
        """Begin with nothing: a retried bundle must not keep rows of its first try."""
        self._rows = {}
        self._letters.clear()

    def process(self, element: TableRow) -> Iterator[Any]:
        """Keep a row; write when a file is full."""
        table, row = element
        kept = self._rows.setdefault(table, [])
        kept.append(row)
        self._letters[table] += _letters(row)
        if len(kept) >= _ROWS_A_FILE or self._letters[table] >= _LETTERS_A_FILE:
            del self._letters[table]
            yield self._sink.inbox.stage(self._run_id, table, self._rows.pop(table))

    def finish_bundle(self) -> Iterator[WindowedValue]:
        """Write what is left."""
        for table, kept in sorted(self._rows.items()):
            staged = self._sink.inbox.stage(self._run_id, table, kept)
            yield WindowedValue(staged, MIN_TIMESTAMP, [GlobalWindow()])
        self._rows = {}


def _letters(value: Any) -> int:
    """How much text there is in a row, or in one of its values."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(map(_letters, value.values()))
    return sum(map(_letters, value)) if isinstance(value, list) else 0
