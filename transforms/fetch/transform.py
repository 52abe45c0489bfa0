"""The Beam twin of ``crawl``: ``FetchPages``, one worker a registrable host."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any, Final

import apache_beam as beam

from transforms.beats import beat_of, placed
from transforms.coders import RecordCoder
from transforms.fetch.crawl import Fetched
from transforms.fetch.messages import Request
from transforms.fetch.run import Fetcher, FetchSettings
from transforms.metrics import count, measure
from transforms.text.urls import registrable_host

STAGE: Final = "fetch"

for _record in (Request, Fetched):
    beam.coders.registry.register_coder(_record, RecordCoder)


@dataclass
class FetchPages(beam.PTransform):
    """Request -> Fetched, each exactly once.

    Requests are gathered by registrable host, so that one worker holds all that is asked of a
    host and can be polite to it; all hosts of a bundle are crawled at once.

    Attributes:
        settings: how to fetch.
        gather: brings the requests of a host to one worker: pairs of a host and a request in,
            pairs of a host and its requests out.
    """

    settings: FetchSettings
    gather: beam.PTransform = field(default_factory=beam.GroupByKey)

    def expand(self, requests: beam.PCollection[Request]) -> beam.PCollection[Fetched]:
        """Group, crawl."""
        return (
            requests
            | "ByHost" >> beam.Map(_by_host).with_output_types(tuple[str, Request])
            | "GroupHosts" >> self.gather
            | "Crawl" >> beam.ParDo(_Crawl(self.settings)).with_output_types(Fetched)
        )


def _by_host(request: Request) -> tuple[str, Request]:
    """Key a request by the site it goes to."""
    return registrable_host(request.url), request


class _Crawl(beam.DoFn):
    """Crawls a bundle of hosts."""

    def __init__(self, settings: FetchSettings) -> None:
        self._settings = settings
        self._fetcher: Fetcher | None = None
        self._requests: dict[Any, list[Request]] = {}  # by window

    def setup(self) -> None:
        """Remember robots.txt files for as long as the worker lives."""
        self._fetcher = Fetcher(self._settings)

    def start_bundle(self) -> None:
        """Start with no requests."""
        self._requests = {}

    def process(
        self, element: tuple[str, Iterable[Request]], window: Any = beam.DoFn.WindowParam
    ) -> None:
        """Take in the requests of a host."""
        self._requests.setdefault(window, []).extend(element[1])

    def finish_bundle(self) -> Iterator[Any]:
        """Crawl all hosts of the bundle at once, those of one beat after those of another."""
        for window, requests in sorted(self._requests.items(), key=_start):
            for fetched in self._crawled(requests, beat_of(window)):
                yield placed(fetched, window)

    def _crawled(self, requests: list[Request], beat: datetime | None) -> Iterator[Fetched]:
        if self._fetcher is None:
            raise RuntimeError("setup() has not run")
        if beat is not None:
            self._fetcher.set_clock(beat)
        count(STAGE, "in", len(requests))
        for fetched in chain.from_iterable(map(self._fetcher.each, _rounds(requests))):
            reason = fetched.response.reason
            # No rejection yet: a feed's summary may stand in for the page.
            count(STAGE, "out" if reason is None else f"failed.{reason}")
            measure(STAGE, "bytes", len(fetched.response.body))
            measure(STAGE, "attempts", sum(row.purpose != "robots" for row in fetched.log))
            measure(STAGE, "microseconds", fetched.response.elapsed_ms * 1000)
            yield fetched


def _rounds(requests: list[Request]) -> list[list[Request]]:
    """Requests in rounds that ask for each address once: a crawl answers an address, not a request.

    >>> [[each.url for each in r] for r in _rounds([Request("a"), Request("b"), Request("a")])]
    [['a', 'b'], ['a']]
    """
    rounds: list[dict[str, Request]] = []
    for request in requests:
        free = next((found for found in rounds if request.url not in found), None)
        if free is None:
            rounds.append(free := {})
        free[request.url] = request
    return [list(found.values()) for found in rounds]


def _start(found: tuple[Any, list[Request]]) -> Any:
    """The order of windows: by their ends, as all are of one length."""
    return found[0].max_timestamp()
