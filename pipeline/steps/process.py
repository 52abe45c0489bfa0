"""Pages -> packed rows of all tables, in a pool of processes that can be killed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import apache_beam as beam

import transforms.coders  # noqa: F401 - registers the coder of records
from pipeline.steps.rows import (
    Answer,
    AnswerPage,
    Counts,
    Outcome,
    Recording,
    count_stages,
    rows_of,
)
from pipeline.workers.pool import Failure, KillablePool, Workers
from pipeline.workers.tally import tick
from transforms.beats import beat_of
from transforms.document import process_document
from transforms.metrics import count, measure_all
from transforms.records import FetchLog, Page, Rejected
from transforms.rows.packed import PackedRows, pack_rows

_BATCH: Final = 128


@dataclass
class ProcessDocuments(beam.PTransform):
    """Pages (rejections and logs pass through) -> ``PackedRows`` of all tables.

    A page goes through all stages, and its rows are made, checked and packed, in one call in a
    process that can be killed (``rows.AnswerPage``); here they are only handed on. A page that
    costs its process its life becomes one dead letter.

    Attributes:
        workers: how many processes, and their limits.
        recording: what rows need beside the page.
    """

    workers: Workers
    recording: Recording

    def expand(self, records: Any) -> Any:
        """Batch, so that the pool is never idle, and process."""
        batches = records | "Batch" >> beam.BatchElements(
            min_batch_size=_BATCH, max_batch_size=_BATCH
        )
        work = _ProcessBatch(self.workers, self.recording)
        return batches | "ProcessBatch" >> beam.ParDo(work).with_output_types(Any)


class PageAnswers:
    """Has pages answered by worker processes, one page at a time each.

    Args:
        workers: how many processes, and their limits.
        recording: what rows need beside the page.
    """

    def __init__(self, workers: Workers, recording: Recording) -> None:
        """Make the pool; its processes start with the first page."""
        self._recording = recording
        self._pool: KillablePool[tuple[Page, datetime | None], Answer] = KillablePool(
            AnswerPage(process_document, recording), workers
        )

    def close(self) -> None:
        """End the pool."""
        self._pool.close()

    def answer(
        self, batch: Sequence[Page | Rejected | FetchLog], beat: datetime | None
    ) -> Iterator[PackedRows]:
        """Answer a batch: each page becomes the rows of one document or of one dead letter.

        Args:
            batch: pages, and what ended before or goes beside them.
            beat: whose clock their rows show; None for the run's.
        """
        given = [record for record in batch if isinstance(record, Page)]
        failed: list[Outcome] = [record for record in batch if not isinstance(record, Page)]
        counts: Counts = Counter()
        tick(sum(isinstance(record, Rejected) for record in failed))
        for index, answer in self._pool.as_completed((page, beat) for page in given):
            tick()
            if isinstance(answer, Failure):
                rejected = _failed(answer, given[index])
                counts.update(count_stages(rejected))
                failed.append(rejected)
                continue
            counts.update(answer.counts)
            measure_all(answer.measured)
            yield from answer.packed
        recording = self._recording.at(beat)
        rows = [row for each in failed for row in rows_of(each, recording, counts)]
        yield from pack_rows(rows)
        for (stage, name), amount in counts.items():
            count(stage, name, amount)


class _ProcessBatch(beam.DoFn):
    """Has the pages of a batch answered."""

    def __init__(self, workers: Workers, recording: Recording) -> None:
        self._workers = workers
        self._recording = recording
        self._answers: PageAnswers | None = None

    def setup(self) -> None:
        """Make the pool of processes."""
        self._answers = PageAnswers(self._workers, self._recording)

    def teardown(self) -> None:
        """End it."""
        if self._answers is not None:
            self._answers.close()

    def process(
        self, batch: Sequence[Page | Rejected | FetchLog], window: Any = beam.DoFn.WindowParam
    ) -> Iterator[PackedRows]:
        """Answer a batch."""
        if self._answers is None:
            raise RuntimeError("setup() has not run")
        yield from self._answers.answer(batch, beat_of(window))


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
