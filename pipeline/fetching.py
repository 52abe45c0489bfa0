"""The steps of the diagram that go online: fetch what no input gave, and archive what came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import apache_beam as beam

import transforms.coders  # noqa: F401 - registers the coder of records
from pipeline.archive import Archive
from pipeline.registry import NO_REGISTRY, Registry
from transforms.feeds.join import join_page
from transforms.fetch.crawl import Fetched
from transforms.fetch.messages import Request
from transforms.fetch.redact import redact_url
from transforms.fetch.run import FetchSettings
from transforms.fetch.transform import STAGE, FetchPages
from transforms.fetch.walls import find_wall
from transforms.metrics import count
from transforms.records import Entry, FetchLog, Page, Rejected, Sighting


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page that no input gave: its entries ask for it.

    Attributes:
        key: the canonical URL.
        url: as the earliest entry links it.
        entries: every entry that links to it.
        sightings: the same, as ``appearances`` keeps them.
    """

    key: str
    url: str
    entries: tuple[Entry, ...]
    sightings: tuple[Sighting, ...]


@dataclass
class FetchWanted(beam.PTransform):
    """Wanted pages -> pages, rejections, and the log of every request sent.

    Attributes:
        settings: how to fetch.
        archive: where responses are stored as WARC; None stores none.
        run_id: names the archive's files.
        registry: tells publisher, country and zone of a feed or a host.
    """

    settings: FetchSettings
    archive: str | None
    run_id: str
    registry: Registry = NO_REGISTRY

    def expand(self, wanted: Any) -> Any:
        """Ask, answer, join."""
        joined = _JoinFetched(self.archive, self.run_id, self.registry)
        return (
            wanted
            | "ToRequests" >> beam.Map(_request).with_output_types(Request)
            | "FetchPages" >> FetchPages(self.settings)
            | "JoinFetched" >> beam.ParDo(joined).with_output_types(Any)
        )


def _request(wanted: Wanted) -> Request:
    # The entries travel with the request, so that no body goes through a shuffle to meet them.
    return Request(wanted.url, "article", context=wanted)


class _JoinFetched(beam.DoFn):
    """Makes a page of each answer, or tells why there is none; archives what came."""

    def __init__(self, archive: str | None, run_id: str, registry: Registry) -> None:
        self._registry = registry
        self._archive = Archive(archive, run_id) if archive else None

    def process(self, fetched: Fetched) -> Iterator[Page | Rejected | FetchLog]:
        """Answer one request: one page or rejection, and its log."""
        yield from fetched.log
        raw_ref = self._archive.store(fetched) if self._archive else None
        for each in pages_of(fetched, raw_ref):
            if isinstance(each, Rejected):
                count(STAGE, f"rejected.{each.reason}")
            elif each.kind == "body":
                count(STAGE, "stood_in")
            yield self._registry.complete(each)

    def finish_bundle(self) -> None:
        """Close the archive's file: what refers into it is about to be committed."""
        if self._archive:
            self._archive.close()


def pages_of(fetched: Fetched, raw_ref: str | None = None) -> list[Page | Rejected]:
    """Join an answer with the entries that asked for it.

    Args:
        fetched: whose request carries a ``Wanted``.
        raw_ref: where the response is archived.

    Returns:
        The page; where none could be had a page made of the feed's summary; else one rejection.
    """
    wanted: Wanted = fetched.request.context
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
        made = join_page([], wanted.entries, key=wanted.key, failure=failure, use_summary=True)
        joined = [
            replace(each, fetched_at=_started(fetched)) if isinstance(each, Page) else each
            for each in made or [failure]
        ]
    joined = [public(each) for each in joined]
    return [*joined[:-1], replace(joined[-1], sightings=wanted.sightings)]


def public(record: Page | Rejected) -> Page | Rejected:
    """The same record without secrets in its URL."""
    url = redact_url(record.url or "")
    return record if url == (record.url or "") else replace(record, url=url)


def _started(fetched: Fetched) -> datetime | None:
    return fetched.log[-1].started_at if fetched.log else None
