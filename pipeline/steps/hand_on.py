"""Hand pages on to a queue instead of processing them: what a fetcher does (decision 0072)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import apache_beam as beam

import transforms.coders  # noqa: F401 - registers the coder of records
from pipeline.queue.base import Queue, is_shared
from pipeline.queue.group import Packer, fits
from pipeline.queue.line import TOLD, page_line, row_line
from pipeline.steps.documents import Counts
from pipeline.steps.rows import Recording, rows_of
from transforms.metrics import count, measure
from transforms.records import FetchLog, Page, Rejected, content_id
from transforms.rows.packed import PackedRows, pack_rows
from transforms.rows.rows import Row, appearance_row

STAGE: Final = "queue"


@dataclass
class HandOn(beam.PTransform):
    """Pages, rejections and logs go to a queue -> the rows by which the fetcher remembers them.

    Attributes:
        queue: where they go.
        recording: what rows need beside them.
        archive: where responses are stored; pages go as references where it can be read from
            elsewhere.
    """

    queue: Queue
    recording: Recording
    archive: str | None = None

    def expand(self, records: Any) -> Any:
        """Pack what a bundle brings into groups."""
        archived = self.archive is not None and is_shared(self.queue.uri, self.archive)
        work = _HandOn(self.queue, self.recording, archived=archived)
        return records | "PutGroups" >> beam.ParDo(work).with_output_types(PackedRows)


class _HandOn(beam.DoFn):
    """Puts groups down before the rows that tell of them are delivered."""

    def __init__(self, queue: Queue, recording: Recording, *, archived: bool) -> None:
        self._queue = queue
        self._recording = recording
        self._archived = archived
        self._packer = Packer()

    def start_bundle(self) -> None:
        """Begin with nothing: a bundle that is tried again must not keep its first try."""
        self._packer = Packer()

    def process(self, record: Page | Rejected | FetchLog) -> Iterator[PackedRows]:
        """Hand on one record."""
        as_of = self._recording.provenance.as_of
        if isinstance(record, Page):
            archived = self._archived and record.raw_ref is not None and record.kind == "html"
            line = page_line(record, as_of, archived=archived)
            if fits(line):
                self._put(self._packer.add(line))
                count(STAGE, "pages")
                yield from pack_rows(self._remembered(record))
                return
            record = _too_large(record, len(line))
        counts: Counts = Counter()
        rows = list(rows_of(record, self._recording, counts))
        for line in _lines(rows, as_of):
            self._put(self._packer.add(line))
        yield from pack_rows(rows)

    def finish_bundle(self) -> None:
        """Put down what is left."""
        self._put(self._packer.close())

    def _put(self, groups: Iterable[bytes]) -> None:
        _put(self._queue, groups, self._recording.provenance.as_of)

    def _remembered(self, page: Page) -> Iterator[tuple[str, Row]]:
        """The sightings of a page that was handed on: it need not be asked for again.

        In the place of the article, which is made elsewhere, stands a hash of the page. Of a
        page that a feed's summary stands in for there is none: the page is still wanted.
        """
        handed = None if page.kind == "body" else content_id(page.content)
        for seen in page.sightings:
            yield "appearances", appearance_row(seen, self._recording.provenance, article_id=handed)


def hand_on_rows(queue: Queue, rows: Mapping[str, Iterable[Row]], as_of: datetime) -> None:
    """Put rows that no page brings into a queue.

    Args:
        queue: where.
        rows: by table.
        as_of: the clock they were made by.
    """
    packer = Packer()
    for line in _lines(((table, row) for table, each in rows.items() for row in each), as_of):
        _put(queue, packer.add(line), as_of)
    _put(queue, packer.close(), as_of)


def _lines(rows: Iterable[tuple[str, Row]], as_of: datetime) -> Iterator[bytes]:
    """Lines of rows; none is too large for a group, as the schema keeps rows small."""
    return (row_line(table, row, as_of) for table, row in rows if table in TOLD)


def _put(queue: Queue, groups: Iterable[bytes], as_of: datetime) -> None:
    for group in groups:
        queue.put(group, as_of)
        count(STAGE, "groups")
        measure(STAGE, "bytes", len(group))


def _too_large(page: Page, size: int) -> Rejected:
    return Rejected(
        "fetch",
        "too_large",
        f"a page of {size} bytes fits into no group of a queue; with --archive a reference would",
        url=page.url or None,
        feed_url=page.feed_url,
        raw_ref=page.raw_ref,
        sightings=page.sightings,
    )
