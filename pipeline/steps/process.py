"""Pages -> documents or rejections, in a pool of processes that can be killed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import apache_beam as beam

import transforms.coders  # noqa: F401 - registers the coder of records
from pipeline.workers.pool import Failure, KillablePool, Workers
from pipeline.workers.tally import tick
from transforms.document import process_document
from transforms.metrics import count, count_timings
from transforms.records import Document, FetchLog, Page, Rejected

Outcome = Document | Rejected | FetchLog

_BATCH: Final = 128


@dataclass
class ProcessDocuments(beam.PTransform):
    """Pages (rejections pass through) -> documents or rejections, in a killable pool."""

    workers: Workers

    def expand(self, records: Any) -> Any:
        """Batch, so that the pool is never idle, and process."""
        batches = records | "Batch" >> beam.BatchElements(
            min_batch_size=_BATCH, max_batch_size=_BATCH
        )
        work = _ProcessBatch(self.workers)
        return batches | "ProcessBatch" >> beam.ParDo(work).with_output_types(Any)


class _ProcessBatch(beam.DoFn):
    """Runs ``process_document`` in worker processes, one page at a time each."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._pool: KillablePool[Page, Document | Rejected] | None = None

    def setup(self) -> None:
        """Make the pool; its processes start with the first page."""
        self._pool = KillablePool(process_document, self._workers)

    def teardown(self) -> None:
        """End the pool."""
        if self._pool is not None:
            self._pool.close()

    def process(self, batch: Sequence[Page | Rejected | FetchLog]) -> Iterator[Outcome]:
        """Answer a batch: each page becomes one document or one rejection; the rest passes."""
        if self._pool is None:
            raise RuntimeError("setup() has not run")
        given = [record for record in batch if isinstance(record, Page)]
        for record in batch:
            if not isinstance(record, Page):
                tick(int(isinstance(record, Rejected)))
                yield record
        for index, answer in self._pool.as_completed(given):
            outcome = _failed(answer, given[index]) if isinstance(answer, Failure) else answer
            _count_outcome(outcome)
            tick()
            yield outcome


def _failed(failure: Failure, page: Page) -> Rejected:
    return Rejected(
        "document",
        failure.reason,
        failure.detail,
        url=page.final_url or page.url or None,
        feed_url=page.feed_url or (page.entry.feed_url if page.entry else None),
        source_id=page.source_id,
        payload=page.payload,
        raw_ref=page.raw_ref,
        sightings=page.sightings,
    )


_STAGES: Final = ("extract", "language", "topics", "events", "dedup")


def _count_outcome(outcome: Document | Rejected) -> None:
    count_timings(dict(outcome.timings_ms))
    rejected = outcome if isinstance(outcome, Rejected) else None
    if rejected is not None and rejected.stage not in _STAGES:
        count(rejected.stage, f"rejected.{rejected.reason}")
        return
    for stage in _STAGES:
        count(stage, "in")
        if rejected is not None and rejected.stage == stage:
            count(stage, f"rejected.{rejected.reason}")
            return
        count(stage, "out")
    if isinstance(outcome, Document):
        count("events", "coded", len(outcome.events))
