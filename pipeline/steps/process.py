"""Pages -> packed rows of all tables, in a pool of processes that can be killed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import apache_beam as beam

import transforms.coders  # noqa: F401 - registers the coder of records
from pipeline.steps.documents import Counts, GivenPage
from pipeline.steps.rows import (
    Answer,
    AnswerPage,
    Outcome,
    Recording,
    count_stages,
    rows_of,
)
from pipeline.workers.pool import Failure, KillablePool, Workers
from pipeline.workers.tally import tick
from transforms.beats import beat_of
from transforms.document import process_document
from transforms.feeds.publishers import NO_PUBLISHERS, PublisherIndex
from transforms.metrics import count, measure_all
from transforms.records import FetchLog, Page, Rejected
from transforms.rows.packed import PackedRows, pack_rows

_BATCH: Final = 128


@dataclass
class ProcessDocuments(beam.PTransform):
    """Pages (rejections and logs pass through) -> ``PackedRows`` of all tables.

    A page goes through all stages, and its rows are made, checked and packed, in one call in a
    process that can be killed (``rows.AnswerPage``); here they are only handed on. A page that
    stands alone is read there, too. One that costs its process its life becomes one dead letter.

    Attributes:
        workers: how many processes, and their limits.
        recording: what rows need beside the page.
        publishers: tells publisher, country and zone of pages that are read by the workers.
    """

    workers: Workers
    recording: Recording
    publishers: PublisherIndex = NO_PUBLISHERS

    def expand(self, records: Any) -> Any:
        """Batch, so that the pool is never idle, and process."""
        batches = records | "Batch" >> beam.BatchElements(
            min_batch_size=_BATCH, max_batch_size=_BATCH
        )
        work = _ProcessBatch(self.workers, self.recording, self.publishers)
        return batches | "ProcessBatch" >> beam.ParDo(work).with_output_types(Any)


class PageAnswers:
    """Has pages answered by worker processes, one page at a time each.

    Args:
        workers: how many processes, and their limits.
        recording: what rows need beside the page.
        publishers: tells publisher, country and zone of the pages that workers read.
    """

    def __init__(self, workers: Workers, recording: Recording, publishers: PublisherIndex) -> None:
        """Make the pool; its processes start with the first page."""
        self._recording = recording
        self._publishers = publishers
        self._pool: KillablePool[tuple[Page | GivenPage, datetime | None], Answer] = KillablePool(
            AnswerPage(process_document, recording, publishers), workers
        )

    def close(self) -> None:
        """End the pool."""
        self._pool.close()

    def answer(
        self, batch: Sequence[Page | GivenPage | Rejected | FetchLog], beat: datetime | None
    ) -> Iterator[PackedRows]:
        """Answer a batch: each page becomes the rows of one document or of one dead letter.

        Args:
            batch: pages, and what ended before or goes beside them.
            beat: whose clock their rows show; None for the run's.
        """
        given = [record for record in batch if isinstance(record, Page | GivenPage)]
        failed: list[Outcome] = [
            record for record in batch if not isinstance(record, Page | GivenPage)
        ]
        counts: Counts = Counter()
        tick(sum(isinstance(record, Rejected) for record in failed))
        for index, answer in self._pool.as_completed((page, beat) for page in given):
            tick()
            if isinstance(answer, Failure):
                failed.append(self._failure(answer, given[index], counts))
                continue
            counts.update(answer.counts)
            measure_all(answer.measured)
            yield from answer.packed
        recording = self._recording.at(beat)
        rows = [row for each in failed for row in rows_of(each, recording, counts)]
        yield from pack_rows(rows)
        for (stage, name), amount in counts.items():
            count(stage, name, amount)

    def _failure(self, failure: Failure, given: Page | GivenPage, counts: Counts) -> Rejected:
        """Say of a page what it cost; one that a worker was to read is read again, to name it."""
        page: Page | Rejected
        if isinstance(given, Page):
            page = given
        else:
            page, counted, _ = given.read(self._publishers)
            counts.update(counted)
        if isinstance(page, Rejected):
            return page
        rejected = _failed(failure, page)
        counts.update(count_stages(rejected))
        return rejected


class _ProcessBatch(beam.DoFn):
    """Has the pages of a batch answered."""

    def __init__(self, workers: Workers, recording: Recording, publishers: PublisherIndex) -> None:
        self._workers = workers
        self._recording = recording
        self._publishers = publishers
        self._answers: PageAnswers | None = None

    def setup(self) -> None:
        """Make the pool of processes."""
        self._answers = PageAnswers(self._workers, self._recording, self._publishers)

    def teardown(self) -> None:
        """End it."""
        if self._answers is not None:
            self._answers.close()

    def process(
        self,
        batch: Sequence[Page | GivenPage | Rejected | FetchLog],
        window: Any = beam.DoFn.WindowParam,
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
