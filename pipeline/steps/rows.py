"""An outcome of the stages -> the rows of its tables, each held against the schema, and packed.

It runs where the page was processed, in a worker process, which must not load Beam: counts and
measures travel with the answer instead of going to Beam's at once (decisions 0053 and 0070).
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Final

from pipeline.sinks.base import StagedFile
from pipeline.sinks.inbox import Inbox
from pipeline.steps.documents import Counts, GivenPage, Measured
from pipeline.steps.keep import KeptRows, StageWork, keep_rows
from pipeline.steps.redact import redact_rejection
from transforms.dedup.fingerprint import VERSION
from transforms.enrich.own import OwnTables, use
from transforms.feeds.publishers import NO_PUBLISHERS, PublisherIndex
from transforms.records import Document, FetchLog, Page, Rejected
from transforms.rows.packed import PackedRows, pack_rows
from transforms.rows.rows import (
    Provenance,
    appearance_row,
    article_row,
    dead_letter_row,
    event_row,
    fetch_log_row,
    fingerprint_row,
)
from transforms.rows.validate import check_row

Outcome = Document | Rejected | FetchLog
TableRow = tuple[str, dict[str, Any]]

_STAGES: Final = ("extract", "language", "topics", "events", "dedup")


@dataclass(frozen=True, slots=True)
class Recording:
    """What rows need beside the outcome they are made of.

    Attributes:
        provenance: who writes them.
        from_date: articles of an earlier UTC day are left out; undated ones stay.
        to_date: the same of a later one.
        own: the user's own rules and names, by which events are coded.
    """

    provenance: Provenance
    from_date: date | None = None
    to_date: date | None = None
    own: OwnTables | None = None

    def at(self, beat: datetime | None) -> Recording:
        """What rows need that follow from a beat of a stream; without one it is this."""
        return self if beat is None else replace(self, provenance=self.provenance.at(beat))

    def wants(self, moment: datetime | None) -> bool:
        """Tell whether an article of that event time is asked for."""
        if moment is None or (self.from_date is None and self.to_date is None):
            return True
        return self.spans(moment.astimezone(UTC).date())

    def spans(self, day: date) -> bool:
        """Tell whether a day is one of those asked for."""
        return (self.from_date or day) <= day <= (self.to_date or day)


@dataclass(frozen=True, slots=True)
class Answer:
    """All that is kept of one page.

    Attributes:
        packed: its rows, by table, or where they lie.
        counts: what the stages counted over it.
        measured: what they measured of it.
    """

    packed: tuple[PackedRows | KeptRows, ...]
    counts: Counts
    measured: tuple[Measured, ...] = ()

    def __reduce__(
        self,
    ) -> tuple[
        type[Answer], tuple[tuple[PackedRows | KeptRows, ...], Counts, tuple[Measured, ...]]
    ]:
        """Travel as what it is made of, as ``PackedRows`` do."""
        return (type(self), (self.packed, self.counts, self.measured))


@dataclass(frozen=True, slots=True)
class AnswerPage:
    """The work of the pool: a page through all stages to packed rows.

    Attributes:
        process: ``transforms.document.process_document``, by reference.
        recording: what its rows need.
        publishers: tells publisher, country and zone of a page that is read here.
        folder: where rows are kept until there are enough for a file; empty where they go along.
        inbox: where such a file goes.
    """

    process: Callable[[Page], Document | Rejected]
    recording: Recording
    publishers: PublisherIndex = NO_PUBLISHERS
    folder: str = ""
    inbox: Inbox | None = None

    def __call__(
        self, asked: tuple[Page | GivenPage, datetime | None] | StageWork
    ) -> Answer | StagedFile:
        """Process a page that a beat has brought, or a run, and pack what follows from it.

        Or make a file of the inbox of rows that were kept.
        """
        if isinstance(asked, StageWork):
            if self.inbox is None:
                raise TypeError("there is no inbox to make a file in")
            return asked.stage(self.inbox)
        answer = self._answered(*asked)
        if not self.folder:
            return answer
        packed = (each for each in answer.packed if isinstance(each, PackedRows))
        return Answer(keep_rows(self.folder, packed), answer.counts, answer.measured)

    def _answered(self, given: Page | GivenPage, beat: datetime | None) -> Answer:
        recording = self.recording.at(beat)
        if isinstance(given, Page):
            return self._answer(given, recording)
        page, counts, measured = given.read(self.publishers)
        if isinstance(page, Rejected):
            return Answer(tuple(pack_rows(rows_of(page, recording, counts))), counts, (measured,))
        answer = self._answer(page, recording)
        return Answer(answer.packed, counts + answer.counts, (measured, *answer.measured))

    def _answer(self, page: Page, recording: Recording) -> Answer:
        started = time.thread_time()
        use(recording.own)
        outcome = self.process(page)
        counts = count_stages(outcome)
        packed = tuple(pack_rows(rows_of(outcome, recording, counts)))
        measured = [
            ("extract", "bytes", len(page.content)),
            *measure_stages(outcome),
            ("rows", "rows", sum(each.count for each in packed)),
            ("rows", "bytes", sum(len(each.data) for each in packed)),
            ("document", "microseconds", round((time.thread_time() - started) * 1e6)),
        ]
        return Answer(packed, counts, tuple(measured))


def rows_of(outcome: Outcome, recording: Recording, counts: Counts) -> Iterator[TableRow]:
    """Make the rows that one outcome gives.

    A document that no table may hold leaves nothing, no events, no fingerprint, no cluster: one
    outside the dates asked for is dropped, one whose article the schema refuses is a rejection.

    Args:
        outcome: a document, a rejection, or a request that was made.
        recording: what the rows need.
        counts: added to: rows in and out, and what was dropped or refused.

    Yields:
        Tables and rows; a row the schema refuses becomes a dead letter.
    """
    kept = _storable(outcome, recording, counts)
    for table, row in () if kept is None else _all_rows(kept, recording.provenance):
        counts["rows", "in"] += 1
        # An article was held against its table already.
        refused = None if table == "articles" else check_row(table, row)
        if refused is not None:
            counts["rows", f"rejected.{refused.reason}"] += 1
            yield "dead_letters", dead_letter_row(refused, recording.provenance)
            continue
        counts["rows", "out"] += 1
        yield table, row


_Kept = tuple[Document, dict[str, Any]] | Rejected | FetchLog


def _storable(outcome: Outcome, recording: Recording, counts: Counts) -> _Kept | None:
    """The document with the row of its article, its rejection, or nothing; all else as it is."""
    if not isinstance(outcome, Document):
        return outcome
    article = outcome.article
    if not recording.wants(article.event_time):
        counts["rows", "outside_dates"] += 1
        if article.published_on is not None and recording.spans(article.published_on):
            counts["rows", "outside_dates_in_utc_only"] += 1
        return None
    if article.event_time is None and (recording.from_date or recording.to_date):
        counts["rows", "undated_kept"] += 1
    row = article_row(article, recording.provenance)
    refused = check_row("articles", row)
    if refused is None:
        return outcome, row
    counts["rows", f"rejected.{refused.reason}"] += 1
    return replace(refused, sightings=outcome.sightings)


def _all_rows(kept: _Kept, provenance: Provenance) -> Iterator[TableRow]:
    if isinstance(kept, FetchLog):
        yield "fetch_log", fetch_log_row(asdict(kept), provenance)
        return
    article_id = page_id = None
    if isinstance(kept, Rejected):
        sightings = kept.sightings
        yield "dead_letters", dead_letter_row(redact_rejection(kept), provenance)
    else:
        document, row = kept
        sightings = document.sightings
        article_id, page_id = document.article.article_id, document.article.page_id
        yield "articles", row
        for event in document.events:
            yield "events", event_row(event, provenance)
        if document.fingerprint is not None:
            marks = fingerprint_row(document.fingerprint, provenance, version=VERSION)
            yield "_fingerprints", marks
    for seen in sightings:
        row = appearance_row(seen, provenance, article_id=article_id, page_id=page_id)
        yield "appearances", row


def count_stages(outcome: Document | Rejected) -> Counts:
    """Count what the stages did with a page."""
    counts: Counts = Counter()
    rejected = outcome if isinstance(outcome, Rejected) else None
    if rejected is not None and rejected.stage not in _STAGES:
        counts[rejected.stage, f"rejected.{rejected.reason}"] += 1
        return counts
    for stage in _STAGES:
        counts[stage, "in"] += 1
        if rejected is not None and rejected.stage == stage:
            counts[stage, f"rejected.{rejected.reason}"] += 1
            return counts
        counts[stage, "out"] += 1
    return counts


def measure_stages(outcome: Document | Rejected) -> list[Measured]:
    """Measure what the stages made of a page, and how long each took."""
    measured: list[Measured] = [
        (stage, "microseconds", round(milliseconds * 1000))
        for stage, milliseconds in outcome.timings_ms.items()
    ]
    if isinstance(outcome, Document):
        measured.append(("extract", "words", len(outcome.article.body.split())))
        measured.append(("events", "coded", len(outcome.events)))
    return measured
