"""The steps of the diagram that go online: fetch what no input gave, and archive what came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import apache_beam as beam
from apache_beam.utils.windowed_value import WindowedValue

import transforms.coders  # noqa: F401 - registers the coder of records
from pipeline.steps.documents import PageRequest
from pipeline.steps.redact import redact_record
from pipeline.warc.writer import Archive, open_archive
from transforms.beats import beat_of, placed
from transforms.feeds.join import join_page, page_from_summary
from transforms.feeds.publishers import NO_PUBLISHERS, PublisherIndex
from transforms.fetch.crawl import Fetched
from transforms.fetch.messages import Request
from transforms.fetch.run import FetchSettings
from transforms.fetch.transform import STAGE, FetchPages
from transforms.fetch.walls import find_wall
from transforms.metrics import count
from transforms.records import FetchLog, Page, Rejected
from transforms.rows.rows import Provenance
from transforms.text.redact import redact_url


@dataclass
class FetchWanted(beam.PTransform):
    """Wanted pages -> pages, rejections, and the log of every request sent.

    Attributes:
        settings: how to fetch.
        provenance: whose requests they are.
        archive: where every answer is stored as WARC; None stores none.
        publishers: tells publisher, country and zone of a feed or a host.
        gather: brings the requests of a host to one worker; see ``FetchPages``.
    """

    settings: FetchSettings
    provenance: Provenance
    archive: str | None = None
    publishers: PublisherIndex = NO_PUBLISHERS
    gather: beam.PTransform = field(default_factory=beam.GroupByKey)

    def expand(self, wanted: Any) -> Any:
        """Ask, answer, join."""
        joined = _JoinFetched(self.archive, self.provenance, self.publishers)
        return (
            wanted
            | "ToRequests" >> beam.Map(_request).with_output_types(Request)
            | "FetchPages" >> FetchPages(self.settings, self.gather)
            | "JoinFetched" >> beam.ParDo(joined).with_output_types(Any)
        )


def _request(wanted: PageRequest) -> Request:
    # The entries travel with the request, so that no body goes through a shuffle to meet them.
    return Request(wanted.url, "article", context=wanted)


class _JoinFetched(beam.DoFn):
    """Makes a page of each answer, or tells why there is none; archives what came.

    With an archive, answers wait until the file they stand in is written: at most as many as one
    file holds, and never a row that names a file that is not there.
    """

    def __init__(
        self, archive: str | None, provenance: Provenance, publishers: PublisherIndex
    ) -> None:
        self._archive = archive
        self._provenance = provenance
        self._publishers = publishers
        self._archives: dict[Any, Archive] = {}  # by window

    def start_bundle(self) -> None:
        """Begin with nothing: a bundle that is tried again must not keep its first try."""
        self._archives = {}

    def process(
        self, fetched: Fetched, window: Any = beam.DoFn.WindowParam
    ) -> Iterator[Page | Rejected | FetchLog]:
        """Answer one request, or all that have waited: one page or rejection, and its log."""
        if window not in self._archives:
            opened = open_archive(self._archive, self._provenance.at(beat_of(window)))
            if opened is None:
                yield from self._joined(fetched, None)
                return
            self._archives[window] = opened
        for stored in self._archives[window].store(fetched):
            yield from self._joined(*stored)

    def finish_bundle(self) -> Iterator[WindowedValue]:
        """Write what is left into a last file, and answer it."""
        for window, archive in self._archives.items():
            for stored in archive.close():
                for each in self._joined(*stored):
                    yield placed(each, window)

    def _joined(
        self, fetched: Fetched, raw_ref: str | None
    ) -> Iterator[Page | Rejected | FetchLog]:
        yield from fetched.log
        for each in pages_of(fetched, raw_ref):
            if isinstance(each, Rejected):
                count(STAGE, f"rejected.{each.reason}")
            elif each.kind == "body":
                count(STAGE, "stood_in")
            own = fetched.request.context.publishers.complete(each)
            yield self._publishers.complete(own)


def pages_of(fetched: Fetched, raw_ref: str | None = None) -> list[Page | Rejected]:
    """Join an answer with the entries that asked for it.

    Args:
        fetched: whose request carries a ``PageRequest``.
        raw_ref: where the response is archived.

    Returns:
        The page; where none could be had a page made of the feed's summary; else one rejection.
    """
    wanted: PageRequest = fetched.request.context
    response = fetched.response
    reason = response.reason or find_wall(response)
    if reason is None:
        page = Page(
            response.body,
            "html",
            url=redact_url(wanted.url),
            final_url=redact_url(response.final_url),
            content_type=response.headers.get("content-type", ""),
            http_status=response.status,
            fetched_at=_started(fetched),
            raw_ref=raw_ref,
        )
        joined = join_page([page], wanted.entries, key=wanted.key)
    else:
        detail = response.detail or f"a {reason} page"
        failure = Rejected("fetch", reason, detail, url=redact_url(wanted.url), raw_ref=raw_ref)
        joined = page_from_summary(failure, wanted.entries, wanted.key, _started(fetched))
    joined = [redact_record(each) for each in joined]
    return [*joined[:-1], replace(joined[-1], sightings=wanted.sightings)]


def _started(fetched: Fetched) -> datetime | None:
    return fetched.log[-1].started_at if fetched.log else None
