"""The steps of the diagram that touch documents: read and join, process in the pool, make rows.

Bodies never go through a shuffle: refs are grouped, and everything from reading to staged files
happens in one fused stage.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Final

import apache_beam as beam

import transforms.coders  # noqa: F401 - registers the coder of records
from pipeline.sources import feeds, pages, prefetched, texts, warc
from pipeline.sources.base import Missed, Ref
from pipeline.steps.fetch import Wanted, public, public_rejection, stand_in
from pipeline.steps.stage import TableRow
from pipeline.storage import UnreadableError
from pipeline.workers.pool import Failure, KillablePool, Workers
from transforms.document import process_document
from transforms.feeds.join import is_full, join_page
from transforms.feeds.publishers import NO_REGISTRY, Registry
from transforms.feeds.schedule import entry_key, text_id
from transforms.metrics import count, count_timings
from transforms.records import Document, Entry, FetchLog, Fingerprint, Page, Rejected, Sighting
from transforms.rows.rows import (
    Provenance,
    appearance_row,
    article_row,
    dead_letter_row,
    event_row,
    fetch_log_row,
)
from transforms.rows.validate import check_row
from transforms.text.redact import redact_url

Outcome = Document | Rejected | FetchLog

_LOADERS: Final[dict[str, Callable[[Ref], Page | Entry | Missed | Rejected]]] = {
    "text": texts.load,
    "page": pages.load,
    "prefetched": prefetched.load,
    "record": warc.load,
    "entry": feeds.load,
}
_BATCH: Final = 128


def read_documents(
    key: str,
    refs: Iterable[Ref],
    *,
    online: bool = False,
    registry: Registry = NO_REGISTRY,
) -> list[Page | Rejected | Wanted]:
    """Read everything that stands under one URL and join it.

    Args:
        key: the canonical URL, or ``file:`` and a hash.
        refs: the given pages and the feed entries of that URL, in any order.
        online: whether a page that no input gave may be fetched.
        registry: tells publisher, country and zone of a feed or a host.

    Returns:
        The pages to process, entries joined to them; the page to fetch; or why there is none.
    """
    found: list[Page] = []
    entries: list[Entry] = []
    missed: list[Missed] = []
    rejected: list[Page | Rejected | Wanted] = []
    for ref in sorted(refs, key=lambda ref: (ref.kind, ref.path, ref.offset)):
        try:
            record = _LOADERS[ref.kind](ref)
        except UnreadableError as error:
            rejected.append(Rejected("read", "unreadable", str(error), url=key))
            continue
        if isinstance(record, Page):
            found.append(record)
        elif isinstance(record, Entry):
            entries.append(record)
        elif isinstance(record, Missed):
            missed.append(record)
        else:
            rejected.append(record)
    if not found and not entries:
        return [*rejected, *(each.rejected for each in missed)]
    sightings = _sightings(entries)
    wanting = not found and not any(is_full(entry.content) for entry in entries)
    link = next((entry.url for entry in entries if entry.url.startswith("http")), "")
    if online and link and wanting:
        return [*rejected, Wanted(key, link, tuple(entries), sightings)]
    if wanting and missed:
        last = max(missed, key=_asked)
        made = stand_in(last.rejected, entries, key, last.asked_at)
    else:
        made = join_page(found, entries, key=key)
    joined = [public(registry.complete(each)) for each in made]
    # Every sighting hangs on the last page, so that each stands in ``appearances`` once.
    return [*rejected, *joined[:-1], replace(joined[-1], sightings=sightings)]


def _asked(missed: Missed) -> tuple[bool, datetime | None, str]:
    return missed.asked_at is not None, missed.asked_at, missed.rejected.detail


def sighting(entry: Entry) -> Sighting:
    """What ``appearances`` keeps of an entry; one without GUID and link goes by its text."""
    url = redact_url(entry.url)
    guid = entry.guid or url or entry_key(entry)
    return Sighting(entry.feed_url, guid, url, entry.position, text_id(entry))


def _sightings(entries: Iterable[Entry]) -> tuple[Sighting, ...]:
    """Every sighting once, in a fixed order."""
    found = {sighting(entry) for entry in entries}
    return tuple(sorted(found, key=lambda each: (each.feed_url, each.position, each.guid)))


@dataclass
class ReadDocuments(beam.PTransform):
    """``(key, refs)`` -> pages, joined with the entries that link to them; and rejections.

    Attributes:
        online: pages that no input gave become ``Wanted`` (output ``wanted``) instead of
            rejections.
        registry: tells publisher, country and zone of a feed or a host.
    """

    online: bool = False
    registry: Registry = NO_REGISTRY

    def expand(self, grouped: Any) -> Any:
        """Read each group."""
        read = grouped | "ReadGroups" >> beam.FlatMap(_read_counted, self.online, self.registry)
        return read | "PartWanted" >> beam.Partition(_is_wanted, 2)


def _is_wanted(record: Any, _parts: int) -> int:
    return int(isinstance(record, Wanted))


def _read_counted(
    group: tuple[str, Iterable[Ref]], online: bool, registry: Registry
) -> Iterator[Page | Rejected | Wanted]:
    key, refs = group
    count("read", "in")
    for record in read_documents(key, refs, online=online, registry=registry):
        count("read", f"rejected.{record.reason}" if isinstance(record, Rejected) else "out")
        yield record


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
        yield from (record for record in batch if not isinstance(record, Page))
        for index, answer in self._pool.as_completed(given):
            outcome = _failed(answer, given[index]) if isinstance(answer, Failure) else answer
            _count_outcome(outcome)
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


@dataclass
class KeepStorable(beam.PTransform):
    """Documents that no table may hold leave nothing: no events, no fingerprint, no cluster.

    One outside the dates asked for is dropped; one whose article the schema refuses becomes a
    rejection. Everything else passes.
    """

    provenance: Provenance
    from_date: date | None = None
    to_date: date | None = None

    def expand(self, outcomes: Any) -> Any:
        """Pass on what can be stored."""
        return outcomes | "StorableOf" >> beam.FlatMap(self.storable_of)

    def storable_of(self, outcome: Outcome) -> Iterator[Outcome]:
        """The outcome, its rejection, or nothing."""
        if not isinstance(outcome, Document):
            yield outcome
            return
        if not self._wanted(outcome.article.event_time):
            count("rows", "outside_dates")
            return
        refused = check_row("articles", article_row(outcome.article, self.provenance))
        if refused is None:
            yield outcome
            return
        count("rows", f"rejected.{refused.reason}")
        yield replace(refused, sightings=outcome.sightings)

    def _wanted(self, moment: datetime | None) -> bool:
        if moment is None or (self.from_date is None and self.to_date is None):
            return True
        day = moment.astimezone(UTC).date()
        return (self.from_date or day) <= day <= (self.to_date or day)


@dataclass
class MakeRows(beam.PTransform):
    """Storable documents and rejections -> rows of their tables, each held against the schema."""

    provenance: Provenance

    def expand(self, outcomes: Any) -> Any:
        """Make the rows of each outcome."""
        return outcomes | "RowsOf" >> beam.FlatMap(self.rows_of)

    def rows_of(self, outcome: Outcome) -> Iterator[TableRow]:
        """The rows that one outcome gives; a row the schema refuses becomes a dead letter."""
        for table, row in self._all_rows(outcome):
            count("rows", "in")
            # An article was held against its table already (``KeepStorable``).
            refused = None if table == "articles" else check_row(table, row)
            if refused is not None:
                count("rows", f"rejected.{refused.reason}")
                yield "dead_letters", dead_letter_row(refused, self.provenance)
                continue
            count("rows", "out")
            yield table, row

    def _all_rows(self, outcome: Outcome) -> Iterator[TableRow]:
        if isinstance(outcome, FetchLog):
            yield "fetch_log", fetch_log_row(asdict(outcome), self.provenance)
            return
        article = outcome.article if isinstance(outcome, Document) else None
        if isinstance(outcome, Document):
            yield "articles", article_row(outcome.article, self.provenance)
            for event in outcome.events:
                yield "events", event_row(event, self.provenance)
        else:
            yield "dead_letters", dead_letter_row(public_rejection(outcome), self.provenance)
        for seen in outcome.sightings:
            yield (
                "appearances",
                appearance_row(
                    seen,
                    self.provenance,
                    article_id=article.article_id if article else None,
                    page_id=article.page_id if article else None,
                ),
            )


def fingerprint_of(outcome: Outcome) -> Iterator[Fingerprint]:
    """The fingerprint of a document that has one."""
    if isinstance(outcome, Document) and outcome.fingerprint is not None:
        yield outcome.fingerprint


@dataclass
class TickProgress(beam.PTransform):
    """Passes outcomes on and adds a byte to a file for each, for the launcher's progress bar."""

    path: str

    def expand(self, outcomes: Any) -> Any:
        """Count each outcome where another process can see it."""
        return outcomes | "Tick" >> beam.Map(_tick, self.path)


def _tick(outcome: Outcome, path: str) -> Outcome:
    if isinstance(outcome, FetchLog):
        return outcome
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.write(handle, b".")
    os.close(handle)
    return outcome
