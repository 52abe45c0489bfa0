"""Poll feeds: what is due, what came, which entries go on, and what the next run must know.

State lives in the output's own tables: ``feeds`` keeps validators and intervals, ``appearances``
every entry that was seen. Lost, it is built again from ``appearances``; without those a feed is
new.
"""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from pipeline.errors import UsageError
from pipeline.pool import Failure, KillablePool
from pipeline.sinks.base import Sink
from transforms.feeds import parse_feed, schedule
from transforms.feeds.discover import discover_feeds
from transforms.feeds.join import is_full
from transforms.fetch.crawl import Fetched
from transforms.fetch.messages import Request
from transforms.fetch.run import FetchSettings, fetch_all
from transforms.records import Entry, Feed, FetchLog, ParsedFeed, content_id
from transforms.text.urls import canonicalise_url

_STATE: Final = ("etag", "last_modified", "body_id", "conditional", "lying", "failures")
_SECRET: Final = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Known:
    """An entry that was seen in an earlier run, and what became of it."""

    article_id: str | None
    page_id: str | None
    is_open: bool  # its page is still wanted: there is no article, or one of the summary only


@dataclass(frozen=True, slots=True)
class Polled:
    """One poll of one feed.

    Attributes:
        feed: the registry's entry.
        poll: what the answer meant, and the state to keep.
        parsed: the feed, when one came.
        fetched: the request and its answer.
        entries: those that go on: new, changed, or not yet an article.
        known: the others, to be sighted again: (entry, what it became).
    """

    feed: Feed
    poll: schedule.Poll
    parsed: ParsedFeed | None
    fetched: Fetched
    entries: tuple[Entry, ...] = ()
    known: tuple[tuple[Entry, Known], ...] = ()

    @property
    def detail(self) -> str:
        """One line on what came."""
        response = self.fetched.response
        if response.reason is not None:
            return f"{response.reason}: {response.detail}"
        if self.parsed is not None and self.parsed.reason is not None:
            return f"{self.parsed.reason}: {self.parsed.detail}"
        return ""

    def log(self) -> tuple[FetchLog, ...]:
        """The requests made, the feed's own with its counts."""
        if not self.fetched.log:
            return ()
        *before, last = self.fetched.log
        if self.poll.outcome in schedule.ALARMS:
            last = replace(last, outcome=self.poll.outcome)
        if self.parsed is not None:
            total = len(self.parsed.entries)
            last = replace(last, items_total=total, items_new=len(self.poll.new))
        return (*before, last)


@dataclass(slots=True)
class Memory:
    """What earlier runs left: states by feed URL, entries by feed URL and key."""

    states: dict[str, schedule.FeedState] = field(default_factory=dict)
    known: dict[str, dict[str, Known]] = field(default_factory=lambda: defaultdict(dict))


def remember(sink: Sink | None, feeds: Iterable[Feed], now: datetime) -> Memory:
    """Read the state of feeds from the output's tables.

    Args:
        sink: the output; None remembers nothing.
        feeds: those that will be polled.
        now: when.
    """
    memory = Memory()
    seen: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    stored: dict[str, Mapping[str, Any]] = {}
    stand_ins: set[str] = set()
    if sink is not None:
        kinds = sink.read("articles", columns=("article_id", "extractor")).to_pylist()
        stand_ins = {row["article_id"] for row in kinds if row["extractor"] == "feed"}
        urls = {feed.url for feed in feeds}
        for row in sink.read("appearances").to_pylist():
            if row["feed_url"] in urls:
                seen[row["feed_url"]].append(row)
        stored = {row["feed_url"]: row for row in sink.read("feeds").to_pylist()}
    for feed in feeds:
        rows = seen.get(feed.url, [])
        memory.states[feed.url] = _state(feed, now, rows, stored.get(feed.url))
        memory.known[feed.url] = {
            row["guid"]: Known(
                row["article_id"],
                row["page_id"],
                row["article_id"] is None or row["article_id"] in stand_ins,
            )
            for row in rows
        }
    return memory


def _state(
    feed: Feed, now: datetime, rows: Sequence[Mapping[str, Any]], stored: Mapping[str, Any] | None
) -> schedule.FeedState:
    """A feed's state from its sightings, and from its own row when that is there."""
    if not rows and stored is None:
        return schedule.start(feed, now)
    seen = {
        row["guid"]: schedule.Seen(
            row["first_seen_at"],
            row["last_seen_at"],
            canonicalise_url(row["url"] or ""),
            row["text_id"] or "",
        )
        for row in rows
    }
    latest = max((row["last_seen_at"] for row in rows), default=now)
    listed = tuple(sorted(row["guid"] for row in rows if row["last_seen_at"] == latest))
    state = replace(schedule.start(feed, now), seen=seen, listed=listed)
    if stored is None or not stored.get("state"):
        return state
    kept = json.loads(stored["state"])
    return replace(
        state,
        due_at=stored["due_at"] or now,
        interval=stored["poll_seconds"] or state.interval,
        **{name: kept[name] for name in _STATE if name in kept},
    )


def state_json(state: schedule.FeedState) -> str:
    """What a feed's row keeps of its state, beside what ``appearances`` keeps."""
    values = asdict(replace(state, seen={}, listed=()))
    return json.dumps({name: values[name] for name in _STATE}, sort_keys=True)


class Poller:
    """Polls feeds.

    Args:
        settings: how to fetch.
        now: the run's clock.
        processes: workers that parse, so that no feed can hang or end the run.
        force: ask feeds that are not due, too.
    """

    def __init__(
        self, settings: FetchSettings, *, now: datetime, processes: int, force: bool = False
    ) -> None:
        """Keep the settings; nothing is opened yet."""
        self._settings = settings
        self._now = now
        self._processes = processes
        self._force = force

    def due(self, feeds: Iterable[Feed], memory: Memory) -> tuple[list[Feed], list[Feed]]:
        """Part feeds into those to ask now and those that are not due."""
        now: list[Feed] = []
        later: list[Feed] = []
        for feed in feeds:
            state = memory.states[feed.url]
            (now if self._force or schedule.is_due(state, self._now) else later).append(feed)
        return now, later

    def poll(self, feeds: Sequence[Feed], memory: Memory) -> Iterator[Polled]:
        """Ask feeds; a web page where a feed was expected leads to the feeds it announces.

        Args:
            feeds: each is asked once.
            memory: their states.

        Yields:
            One poll a feed, in the order of their URLs.
        """
        answers = self._ask(feeds, memory)
        announced: list[Feed] = []
        for feed, fetched, parsed in answers:
            found = self._announced(feed, fetched, parsed)
            if found:
                announced += found
                continue
            yield self._observed(feed, fetched, parsed, memory)
        fresh = [feed for feed in announced if feed.url not in memory.states]
        for feed in fresh:
            memory.states[feed.url] = schedule.start(feed, self._now)
        for feed, fetched, parsed in self._ask(fresh, memory):
            yield self._observed(feed, fetched, parsed, memory)

    def _ask(
        self, feeds: Sequence[Feed], memory: Memory
    ) -> list[tuple[Feed, Fetched, ParsedFeed | None]]:
        """Fetch feeds and parse what came, each in a process that can be killed."""
        by_url = {schedule.address(feed, memory.states[feed.url]): feed for feed in feeds}
        requests = []
        for url, feed in sorted(by_url.items()):
            state = memory.states[feed.url]
            if any(known.is_open for known in memory.known.get(feed.url, {}).values()):
                # A 304 would not say which pages are still listed, and to be tried again.
                state = replace(state, etag="", last_modified="")
            requests.append(_request(url, feed, state))
        if not requests:
            return []
        fetched = sorted(fetch_all(requests, self._settings), key=lambda each: each.request.url)
        bodies = [
            (each.response.body, by_url[each.request.url], dict(each.response.headers))
            for each in fetched
            if each.response.reason is None and each.response.status != 304
        ]
        with KillablePool(_parse, processes=self._processes) as pool:
            parsed = pool.map(bodies) if bodies else iter(())
            answers = []
            for each in fetched:
                usable = each.response.reason is None and each.response.status != 304
                found = next(parsed) if usable else None
                feed = by_url[each.request.url]
                answers.append((feed, each, _or_failed(found, feed)))
        return answers

    def _announced(self, feed: Feed, fetched: Fetched, parsed: ParsedFeed | None) -> list[Feed]:
        if parsed is None or parsed.reason != "not_a_feed":
            return []
        response = fetched.response
        found = discover_feeds(
            response.body,
            url=response.final_url,
            content_type=response.headers.get("content-type", ""),
        )
        return [replace(feed, url=url, alternatives=()) for url in found[:3]]

    def _observed(
        self, feed: Feed, fetched: Fetched, parsed: ParsedFeed | None, memory: Memory
    ) -> Polled:
        response = fetched.response
        last = fetched.log[-1] if fetched.log else None
        answer = schedule.Answer(
            response.status,
            response.headers,
            parsed,
            content_id(response.body) if response.body else "",
            response.reason,
            float(last.retry_after_s) if last and last.retry_after_s is not None else None,
        )
        poll = schedule.observe(feed, memory.states[feed.url], answer, self._now)
        known = memory.known.get(feed.url, {})
        going = {id(entry) for entry in (*poll.new, *poll.changed)}
        entries, others = [], []
        for entry in parsed.entries if parsed is not None else ():
            before = known.get(entry.guid or entry.url)
            if id(entry) in going or (before is not None and _is_wanted(before, entry)):
                entries.append(entry)
            elif before is not None:
                others.append((entry, before))
        return Polled(feed, poll, parsed, fetched, tuple(entries), tuple(others))


def _is_wanted(before: Known, entry: Entry) -> bool:
    """Whether a known entry's page is to be asked for again; full content is the article."""
    return before.is_open and not (before.article_id and is_full(entry.content))


def _request(url: str, feed: Feed, state: schedule.FeedState) -> Request:
    headers = {name: _filled(value, feed) for name, value in feed.headers}
    validators = schedule.request_headers(state)
    return Request(
        url,
        "feed",
        etag=validators.get("If-None-Match"),
        last_modified=validators.get("If-Modified-Since"),
        headers=headers,
        user_agent=feed.user_agent,
    )


def _filled(value: str, feed: Feed) -> str:
    """Put secrets from the environment into a header.

    Raises:
        UsageError: a variable is not set.
    """

    def take(match: re.Match[str]) -> str:
        name = match[1]
        if name not in os.environ:
            raise UsageError(f"{feed.url}: its header needs the environment variable {name}")
        return os.environ[name]

    return _SECRET.sub(take, value)


def _parse(given: tuple[bytes, Feed, dict[str, str]]) -> ParsedFeed:
    body, feed, headers = given
    return parse_feed(body, url=feed.url, headers=headers, feed=feed)


def _or_failed(found: ParsedFeed | Failure | None, feed: Feed) -> ParsedFeed | None:
    if isinstance(found, Failure):
        return ParsedFeed(feed.url, "unknown", reason=found.reason, detail=found.detail)
    return found
