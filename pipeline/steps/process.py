"""Pages -> packed rows of all tables, in a pool of processes that can be killed."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from tempfile import mkdtemp
from typing import Any, Final

import apache_beam as beam
from apache_beam.transforms.window import GlobalWindow
from apache_beam.utils.windowed_value import WindowedValue

import transforms.coders  # noqa: F401 - registers the coder of records
from pipeline.sinks.base import StagedFile
from pipeline.sinks.files import explained
from pipeline.sinks.inbox import Inbox
from pipeline.steps.documents import Counts, GivenPage
from pipeline.steps.keep import Keep, KeptRows, StageWork
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
from transforms.beats import beat_of, placed
from transforms.document import process_document
from transforms.feeds.publishers import NO_PUBLISHERS, PublisherIndex
from transforms.metrics import count, measure_all
from transforms.records import FetchLog, Page, Rejected
from transforms.rows.packed import PackedRows, pack_rows

_BATCH: Final = 128
_Asked = tuple[Page | GivenPage, datetime | None] | StageWork


@dataclass
class ProcessDocuments(beam.PTransform):
    """Pages (rejections and logs pass through) -> ``PackedRows`` of all tables, or files of them.

    A page goes through all stages, and its rows are made, checked and packed, in one call in a
    process that can be killed (``rows.AnswerPage``); here they are only handed on. A page that
    stands alone is read there, too. One that costs its process its life becomes one dead letter.

    Attributes:
        workers: how many processes, and their limits.
        recording: what rows need beside the page.
        publishers: tells publisher, country and zone of pages that are read by the workers.
        inbox: of a bounded run. Where it lies on this machine the workers make its files
            themselves, and only their names come out (``steps.keep``).
    """

    workers: Workers
    recording: Recording
    publishers: PublisherIndex = NO_PUBLISHERS
    inbox: Inbox | None = None

    def expand(self, records: Any) -> Any:
        """Batch, so that the pool is never idle, and process."""
        batches = records | "Batch" >> beam.BatchElements(
            min_batch_size=_BATCH, max_batch_size=_BATCH
        )
        work = _ProcessBatch(self.workers, self.recording, self.publishers, self.inbox)
        return batches | "ProcessBatch" >> beam.ParDo(work).with_output_types(Any)


def keeps(inbox: Inbox) -> bool:
    """Whether workers make the files of an inbox: only on this machine's disk, which they have."""
    return inbox.files.local


class PageAnswers:
    """Has pages answered by worker processes, one page at a time each.

    Args:
        workers: how many processes, and their limits.
        recording: what rows need beside the page.
        publishers: tells publisher, country and zone of the pages that workers read.
        inbox: of a bounded run, whose files the workers make where it lies on this machine.
    """

    def __init__(
        self,
        workers: Workers,
        recording: Recording,
        publishers: PublisherIndex,
        inbox: Inbox | None = None,
    ) -> None:
        """Make the pool; its processes start with the first page."""
        self._recording = recording
        self._publishers = publishers
        self._inbox = inbox
        self._keep: Keep | None = None
        self._due: list[StageWork] = []  # files to be made beside the next pages
        if inbox is not None and keeps(inbox):
            run_id = recording.provenance.run_id
            folder = inbox.folder(run_id)
            inbox.files.make_directory(folder)
            place = inbox.files.path(folder)
            with explained(place):
                self._keep = Keep(mkdtemp(prefix="kept-", dir=place), run_id)
        work = AnswerPage(
            process_document,
            recording,
            publishers,
            "" if self._keep is None else self._keep.folder,
            inbox,
        )
        self._pool: KillablePool[_Asked, Answer | StagedFile] = KillablePool(work, workers)

    def close(self) -> None:
        """End the pool."""
        self._pool.close()
        if self._keep is not None:
            shutil.rmtree(self._keep.folder, ignore_errors=True)

    def forget(self) -> None:
        """Begin again: what waits for a file was of a try that failed."""
        self._due = []
        if self._keep is not None:
            self._keep.forget()

    def answer(
        self, batch: Sequence[Page | GivenPage | Rejected | FetchLog], beat: datetime | None
    ) -> Iterator[PackedRows | StagedFile]:
        """Answer a batch: each page becomes the rows of one document or of one dead letter.

        Args:
            batch: pages, and what ended before or goes beside them.
            beat: whose clock their rows show; None for the run's.

        Yields:
            Rows; or files that the workers have made of rows, of this batch or of earlier ones.
        """
        given = [record for record in batch if isinstance(record, Page | GivenPage)]
        failed: list[Outcome] = [
            record for record in batch if not isinstance(record, Page | GivenPage)
        ]
        counts: Counts = Counter()
        tick(sum(isinstance(record, Rejected) for record in failed))
        due, self._due = self._due, []
        asked: Iterator[_Asked] = chain(due, ((page, beat) for page in given))
        for index, answer in self._pool.as_completed(asked):
            if index < len(due):
                yield self._staged(due[index], answer)
                continue
            tick()
            if isinstance(answer, Failure):
                failed.append(self._failure(answer, given[index - len(due)], counts))
            elif isinstance(answer, Answer):
                counts.update(answer.counts)
                measure_all(answer.measured)
                yield from self._left(answer.packed)
        recording = self._recording.at(beat)
        rows = [row for each in failed for row in rows_of(each, recording, counts)]
        yield from pack_rows(rows)
        for (stage, name), amount in counts.items():
            count(stage, name, amount)

    def rest(self) -> Iterator[StagedFile]:
        """Have files made of all that still waits for one."""
        due = [*self._due, *(self._keep.rest() if self._keep else ())]
        self._due = []
        for index, answer in self._pool.as_completed(due):
            yield self._staged(due[index], answer)

    def _left(self, packed: Iterable[PackedRows | KeptRows]) -> Iterator[PackedRows]:
        """Put down where rows lie; those that came along go on."""
        for rows in packed:
            if isinstance(rows, PackedRows):
                yield rows
            elif self._keep is not None and (work := self._keep.add(rows)) is not None:
                self._due.append(work)

    def _staged(self, work: StageWork, answer: Answer | StagedFile | Failure) -> StagedFile:
        """The file that was made; one that cost a worker its life is made here."""
        if self._keep is None or self._inbox is None:
            raise RuntimeError("no rows are kept")
        file = answer if isinstance(answer, StagedFile) else work.stage(self._inbox)
        self._keep.done(work)
        return file

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

    def __init__(
        self,
        workers: Workers,
        recording: Recording,
        publishers: PublisherIndex,
        inbox: Inbox | None,
    ) -> None:
        self._workers = workers
        self._recording = recording
        self._publishers = publishers
        self._inbox = inbox
        self._answers: PageAnswers | None = None

    def setup(self) -> None:
        """Make the pool of processes."""
        self._answers = PageAnswers(self._workers, self._recording, self._publishers, self._inbox)

    def start_bundle(self) -> None:
        """Begin with nothing: a retried bundle must not keep rows of its first try."""
        if self._answers is not None:
            self._answers.forget()

    def teardown(self) -> None:
        """End it."""
        if self._answers is not None:
            self._answers.close()

    def process(
        self,
        batch: Sequence[Page | GivenPage | Rejected | FetchLog],
        window: Any = beam.DoFn.WindowParam,
    ) -> Iterator[PackedRows | StagedFile]:
        """Answer a batch."""
        if self._answers is None:
            raise RuntimeError("setup() has not run")
        yield from self._answers.answer(batch, beat_of(window))

    def finish_bundle(self) -> Iterator[WindowedValue]:
        """Have files made of what still waits; only bounded runs, in one window, have such rows."""
        for file in self._answers.rest() if self._answers is not None else ():
            yield placed(file, GlobalWindow())


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
