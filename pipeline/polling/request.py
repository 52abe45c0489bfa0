"""Ask for feeds and parse what comes, each body in a process that can be killed.

A body is parsed as it comes in and put down in the spool with what was made of it: a wave of
feeds needs the memory of a few, however many it asks.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Final

from pipeline.sources.feeds import Answered, parse_answered
from pipeline.sources.spool import Spool, read_record
from pipeline.storage import read_bytes
from pipeline.workers.pool import Failure, KillablePool, Workers
from transforms.feeds import schedule
from transforms.fetch.crawl import Fetched
from transforms.fetch.messages import Purpose, Request, Response
from transforms.fetch.run import Fetcher, FetchSettings
from transforms.records import Feed, ParsedFeed
from transforms.text.redact import feed_name
from transforms.text.urls import registrable_host

_SECRET: Final = re.compile(r"\$\{(\w+)\}")

Place = tuple[str, int, int]  # of a record in the spool: path, offset, length


@dataclass(frozen=True, slots=True)
class Answer:
    """What one request for a feed brought.

    Attributes:
        feed: the registry's entry.
        fetched: the request and its answer; without any log when nothing could be asked.
        parsed: the feed, when a body came.
    """

    feed: Feed
    fetched: Fetched
    parsed: ParsedFeed | None = None


class FeedRequester:
    """Asks for feeds.

    Args:
        settings: how to fetch.
        workers: who parses, so that no feed can hang or end the run.
        spool: keeps the answers of a wave until all are there.

    Attributes:
        pauses: seconds that hosts want to be left alone, by registrable host.
    """

    def __init__(self, settings: FetchSettings, workers: Workers, spool: Spool) -> None:
        """Start the clock; nothing is opened yet."""
        self.pauses: dict[str, float] = {}
        self._fetcher = Fetcher(settings)
        self._workers = workers
        self._spool = spool

    def ask(
        self, wanted: Mapping[str, Sequence[tuple[Feed, schedule.FeedState]]], purpose: Purpose
    ) -> Iterator[Answer]:
        """Ask for a wave of feeds.

        Args:
            wanted: by the URL to ask, the feeds that want it; the first one's validators and
                headers are sent.
            purpose: what they are asked for.

        Yields:
            An answer a feed, in the order of the URLs, whatever the order they came in.
        """
        places: dict[tuple[str, int], Place] = {}
        parsing: dict[int, tuple[tuple[str, int], Answer]] = {}  # parsed just now: a few

        def bodies() -> Iterator[Answered]:
            count = 0
            for fetched in self._fetched(wanted, purpose):
                self._note_pause(fetched)
                url = fetched.request.url
                for number, (feed, _) in enumerate(wanted[url]):
                    answer = Answer(feed, fetched)
                    if not _has_body(fetched.response):
                        places[url, number] = self.put_aside(answer)
                        continue
                    parsing[count] = (url, number), answer
                    count += 1
                    yield _to_parse(feed, fetched.response)

        for index, parsed in self._parsed(bodies()):
            key, answer = parsing.pop(index)
            whole = replace(answer, parsed=_or_failed(parsed, answer.feed))
            places[key] = self.put_aside(whole)
        for _, place in sorted(places.items()):
            yield self.take_up(place)

    def put_aside(self, record: Any) -> Place:
        """Put a record down where it takes no memory."""
        return self._spool.put(record)

    def take_up(self, place: Place) -> Any:
        """Read back what was put aside."""
        return read_record(read_bytes(*place))

    def _fetched(
        self, wanted: Mapping[str, Sequence[tuple[Feed, schedule.FeedState]]], purpose: Purpose
    ) -> Iterator[Fetched]:
        """Answers as they come in, those first that nothing can be asked for."""
        requests = []
        for url, wanting in wanted.items():
            request = _request(url, *wanting[0], purpose)
            if isinstance(request, Request):
                requests.append(request)
            else:
                yield request
        if requests:
            yield from self._fetcher.each(requests)

    def _note_pause(self, fetched: Fetched) -> None:
        if fetched.response.reason is None:
            return
        host = registrable_host(fetched.request.url)
        asked = [log.retry_after_s for log in fetched.log if log.retry_after_s is not None]
        self.pauses[host] = max([self.pauses.get(host, 0.0), *map(float, asked)])

    def _parsed(self, bodies: Iterator[Answered]) -> Iterator[tuple[int, ParsedFeed | Failure]]:
        first = next(bodies, None)
        if first is None:  # nothing to parse: no worker is started
            return
        with KillablePool(parse_answered, self._workers) as pool:
            yield from pool.as_completed(chain([first], bodies))


def _request(
    url: str, feed: Feed, state: schedule.FeedState, purpose: Purpose
) -> Request | Fetched:
    """The request for a feed; its answer at once when a secret for it is not there."""
    missing = [
        (name, variable)
        for name, value in feed.headers
        for variable in _SECRET.findall(value)
        if variable not in os.environ
    ]
    if missing:
        name, variable = missing[0]
        detail = f"its header {name} needs the environment variable {variable}, which is not set"
        unasked = Request(url, purpose)
        return Fetched(unasked, Response(url, url, reason="not_fetched", detail=detail))
    validators = schedule.request_headers(state)
    return Request(
        url,
        purpose,
        etag=validators.get("If-None-Match"),
        last_modified=validators.get("If-Modified-Since"),
        headers={
            name: _SECRET.sub(lambda match: os.environ[match[1]], value)
            for name, value in feed.headers
        },
        user_agent=feed.user_agent,
    )


def _has_body(response: Response) -> bool:
    return response.reason is None and response.status != 304


def _to_parse(feed: Feed, response: Response) -> Answered:
    name = feed_name(feed.url)
    return response.body, feed, name, response.final_url, dict(response.headers)


def _or_failed(found: ParsedFeed | Failure, feed: Feed) -> ParsedFeed:
    if isinstance(found, Failure):
        name = feed_name(feed.url)
        return ParsedFeed(name, "unknown", reason=found.reason, detail=found.detail)
    return found
