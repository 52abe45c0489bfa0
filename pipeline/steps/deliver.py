"""Packed rows of all tables, or files of them -> bundles in the inbox, delivered at least once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
from apache_beam.utils.windowed_value import WindowedValue

from pipeline.sinks.base import StagedFile
from pipeline.sinks.inbox import Inbox
from pipeline.steps.keep import BYTES_A_FILE, ROWS_A_FILE
from transforms.beats import beat_of, placed
from transforms.metrics import measure
from transforms.rows.packed import PackedRows
from transforms.rows.rows import Provenance


@dataclass
class DeliverRows(beam.PTransform):
    """``PackedRows``, and ``StagedFile``s that workers made -> the ids of their bundles.

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
    """Collects the rows of a bundle, and delivers those of each beat by themselves."""

    def __init__(self, inbox: Inbox, provenance: Provenance, *, bounded: bool) -> None:
        self._inbox = inbox
        self._provenance = provenance
        self._bounded = bounded
        self._deliveries: dict[Any, Delivery] = {}  # by window

    def start_bundle(self) -> None:
        """Begin with nothing: a retried bundle must not keep rows of its first try."""
        self._deliveries = {}

    def process(
        self, element: PackedRows | StagedFile, window: Any = beam.DoFn.WindowParam
    ) -> None:
        """Keep rows; write when a file is full."""
        if window not in self._deliveries:
            provenance = self._provenance.at(beat_of(window))
            self._deliveries[window] = Delivery(self._inbox, provenance)
        self._deliveries[window].add(element)

    def finish_bundle(self) -> Iterator[WindowedValue]:
        """Write what is left, and the manifests."""
        for window, delivery in self._deliveries.items():
            yield placed(delivery.deliver(bounded=self._bounded), window)


class Delivery:
    """Collects rows by table, writes a file when there are enough, and a manifest at the end.

    Args:
        inbox: where.
        provenance: who writes the rows.
    """

    def __init__(self, inbox: Inbox, provenance: Provenance) -> None:
        """Begin with no rows."""
        self._inbox = inbox
        self._provenance = provenance
        self._waiting: dict[str, list[PackedRows]] = {}
        self._rows: Counter[str] = Counter()
        self._bytes: Counter[str] = Counter()
        self._staged: list[StagedFile] = []

    def add(self, element: PackedRows | StagedFile) -> None:
        """Keep rows; write when a file is full. A file that is written already is named."""
        table = element.table
        if isinstance(element, StagedFile):
            measure("deliver", "rows", element.count)
            self._staged.append(element)
            return
        self._waiting.setdefault(table, []).append(element)
        self._rows[table] += element.count
        self._bytes[table] += len(element.data)
        if self._rows[table] >= ROWS_A_FILE or self._bytes[table] >= BYTES_A_FILE:
            self._write(table)

    def deliver(self, *, bounded: bool) -> str:
        """Write what is left, and the manifest; return the bundle's id."""
        for table in sorted(self._waiting):
            self._write(table)
        return self._inbox.deliver(self._provenance, self._staged, bounded=bounded).bundle_id

    def _write(self, table: str) -> None:
        measure("deliver", "rows", self._rows[table])
        del self._rows[table], self._bytes[table]
        waiting = self._waiting.pop(table)
        self._staged.append(self._inbox.stage_packed(self._provenance.run_id, table, waiting))
