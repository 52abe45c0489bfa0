"""Rows of all tables -> bundles in the inbox, delivered at least once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import apache_beam as beam
from apache_beam.transforms.window import GlobalWindow
from apache_beam.utils.timestamp import MIN_TIMESTAMP
from apache_beam.utils.windowed_value import WindowedValue

from pipeline.sinks.base import StagedFile
from pipeline.sinks.inbox import Inbox
from transforms.rows.rows import Provenance

TableRow = tuple[str, dict[str, Any]]

# Rows wait in memory until there are enough for a file: so many, or such long ones.
_ROWS_A_FILE: Final = 4_096
_LETTERS_A_FILE: Final = 16_000_000


@dataclass
class DeliverRows(beam.PTransform):
    """Rows -> the ids of the bundles they were delivered in.

    Attributes:
        inbox: where.
        provenance: who writes the rows.
        bounded: the bundles count only once the run is complete.
    """

    inbox: Inbox
    provenance: Provenance
    bounded: bool = True

    def expand(self, rows: Any) -> Any:
        """Write the rows of each bundle, then the manifest that makes them count."""
        work = _DeliverBundle(self.inbox, self.provenance, bounded=self.bounded)
        return rows | "DeliverBundle" >> beam.ParDo(work).with_output_types(str)


class _DeliverBundle(beam.DoFn):
    """Collects rows by table, writes a file when there are enough, and a manifest at the end."""

    def __init__(self, inbox: Inbox, provenance: Provenance, *, bounded: bool) -> None:
        self._inbox = inbox
        self._provenance = provenance
        self._bounded = bounded
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._letters: Counter[str] = Counter()
        self._staged: list[StagedFile] = []

    def start_bundle(self) -> None:
        """Begin with nothing: a retried bundle must not keep rows of its first try."""
        self._rows = {}
        self._letters.clear()
        self._staged = []

    def process(self, element: TableRow) -> None:
        """Keep a row; write when a file is full."""
        table, row = element
        kept = self._rows.setdefault(table, [])
        kept.append(row)
        self._letters[table] += _letters(row)
        if len(kept) >= _ROWS_A_FILE or self._letters[table] >= _LETTERS_A_FILE:
            self._write(table)

    def _write(self, table: str) -> None:
        del self._letters[table]
        rows = self._rows.pop(table)
        self._staged.append(self._inbox.stage(self._provenance.run_id, table, rows))

    def finish_bundle(self) -> Iterator[WindowedValue]:
        """Write what is left, and the manifest."""
        for table in sorted(self._rows):
            self._write(table)
        if self._staged:
            bundle = self._inbox.deliver(self._provenance, self._staged, bounded=self._bounded)
            yield WindowedValue(bundle.bundle_id, MIN_TIMESTAMP, [GlobalWindow()])


def _letters(value: Any) -> int:
    """How much text there is in a row, or in one of its values."""
    if isinstance(value, (str, bytes)):
        return len(value)
    if isinstance(value, dict):
        return sum(map(_letters, value.values()))
    return sum(map(_letters, value)) if isinstance(value, list) else 0
