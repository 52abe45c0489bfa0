"""Poll feeds: what is due, what came, and which entries go on.

A web page where a feed was expected leads to the feeds it announces, a sitemap index to the
sitemaps it lists: these are feeds of their own, with a state of their own.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from pipeline.errors import UsageError
from pipeline.memory import Known, Memory
from pipeline.pool import Failure, KillablePool
from transforms.feeds import parse_feed, schedule
from transforms.feeds.discover import discover_feeds
from transforms.feeds.join import is_full
from transforms.fetch.addresses import split_login
from transforms.fetch.crawl import Fetched
from transforms.fetch.messages import Purpose, Request
from transforms.fetch.redact import redact_url
from transforms.fetch.run import FetchSettings, fetch_all
from transforms.records import Entry, Feed, FetchLog, ParsedFeed, content_id
from transforms.text.urls import registrable_host

MAX_ANNOUNCED: Final = 3  # feeds of a home page
MAX_CHILDREN: Final = 20  # sitemaps of an index, the latest first
MAX_DEPTH: Final = 2  # an index in an index, and no further
_SECRET: Final = re.compile(r"\$\{(\w+)\}")
_NEWS: Final = re.compile(r"(?<![a-z])news(?![a-z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Polled:
    """One poll of one feed.

    Attributes:
        feed: the registry's entry.
        poll: what the answer meant, and the state to keep.
        parsed: the feed, when one came.
        fetched: the request and its answer.
        entries: those that go on: new, changed, or not yet an article.
        known: the others, to be sighted again; all of the latest list when nothing has changed.
    """

    feed: Feed
    poll: schedule.Poll
    parsed: ParsedFeed | None
    fetched: Fetched
    entries: tuple[Entry, ...] = ()
    known: tuple[Known, ...] = ()

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
            total = len(self.parsed.entries) + self.parsed.dropped
            last = replace(last, items_total=total, items_new=len(self.poll.new))
        return (*before, last)


class _Answer(NamedTuple):
    """What one request for a feed brought."""

    feed: Feed
    fetched: Fetched
    parsed: ParsedFeed | None


class Poller:
    """Polls feeds.

    Args:
        settings: how to fetch.
        now: the run's clock.
        processes: workers that parse, so that no feed can hang or end the run.
        force: ask feeds that are not due, too.

    Attributes:
        later: feeds found on the way that are not due yet.
    """

    def __init__(
        self, settings: FetchSettings, *, now: datetime, processes: int, force: bool = False
    ) -> None:
        """Keep the settings; nothing is opened yet."""
        self.later: list[Feed] = []
        self._settings = settings
        self._now = now
        self._processes = processes
        self._force = force
        self._pauses: dict[str, float] = {}  # seconds a host asks for, by registrable host

    def due(self, feeds: Iterable[Feed], memory: Memory) -> tuple[list[Feed], list[Feed]]:
        """Part feeds into those to ask now and those that are not due."""
        now: list[Feed] = []
        later: list[Feed] = []
        for feed in feeds:
            state = memory.states[feed.url]
            (now if self._force or schedule.is_due(state, self._now) else later).append(feed)
        return now, later

    def poll(self, feeds: Sequence[Feed], memory: Memory) -> Iterator[Polled]:
        """Ask feeds, and those that they lead to.

        Args:
            feeds: each is asked once.
            memory: what is known of them; takes their states afterwards.

        Yields:
            One poll a feed; of each round in the order of their URLs, sitemap indexes last.
        """
        indexes: list[tuple[Polled, list[Feed]]] = []
        wave = list(feeds)
        purpose: Purpose = "feed"
        for depth in range(MAX_DEPTH + 1):
            found: list[Feed] = []
            for answer in self._ask(wave, memory, purpose):
                announced = _announced(answer) if depth == 0 else []
                if announced:
                    found += announced
                    continue
                polled = self._observed(answer, memory)
                children = _children(polled)
                found += children
                if children:
                    indexes.append((polled, children))
                else:
                    yield polled
            wave, purpose = self._fresh(found, memory), "sitemap" if indexes else "feed"
            if not wave:
                break
        for polled, children in reversed(indexes):
            yield _index_due(polled, children, memory)

    def _fresh(self, found: Iterable[Feed], memory: Memory) -> list[Feed]:
        """The feeds found on the way that nobody has named and that are due."""
        fresh = {feed.url: feed for feed in found if feed.url not in memory.states}
        memory.recall(fresh.values())
        now, later = self.due(fresh.values(), memory)
        self.later += later
        return now

    def _ask(self, feeds: Sequence[Feed], memory: Memory, purpose: Purpose) -> list[_Answer]:
        """Fetch feeds and parse what came, each in a process that can be killed."""
        asking: dict[str, list[Feed]] = defaultdict(list)
        for feed in feeds:
            asking[schedule.address(feed, memory.states[feed.url])].append(feed)
        requests = []
        for url, wanting in sorted(asking.items()):
            feed, state = wanting[0], memory.states[wanting[0].url]
            if len(wanting) > 1 or self._is_to_be_read(feed, memory):
                state = replace(state, etag="", last_modified="")
            requests.append(_request(url, feed, state, purpose))
        if not requests:
            return []
        fetched = sorted(fetch_all(requests, self._settings), key=lambda each: each.request.url)
        for each in fetched:
            self._note_pause(each)
        asked = [(feed, each) for each in fetched for feed in asking[each.request.url]]
        bodies = [(feed, each) for feed, each in asked if _is_body(each)]
        with KillablePool(_parse, processes=self._processes) as pool:
            given = [_to_parse(feed, each) for feed, each in bodies]
            parsed = pool.map(given) if given else iter(())
            return [
                _Answer(feed, each, _or_failed(next(parsed), feed) if _is_body(each) else None)
                for feed, each in asked
            ]

    def _is_to_be_read(self, feed: Feed, memory: Memory) -> bool:
        """Whether a 304 would not do: it does not carry the entries to be tried again."""
        if memory.states[feed.url].full:
            return False
        return any(known.is_wanted(self._now) for known in memory.listed(feed.url))

    def _note_pause(self, fetched: Fetched) -> None:
        """Remember how long a host wants to be left alone: all of its feeds wait."""
        if fetched.response.reason is None:
            return
        host = registrable_host(fetched.request.url)
        asked = [log.retry_after_s for log in fetched.log if log.retry_after_s is not None]
        self._pauses[host] = max([self._pauses.get(host, 0.0), *map(float, asked)])

    def _observed(self, answer: _Answer, memory: Memory) -> Polled:
        feed, fetched, parsed = answer
        response = fetched.response
        failed = response.reason is not None
        told = schedule.Answer(
            response.status,
            response.headers,
            parsed,
            content_id(response.body) if response.body else "",
            response.reason,
            self._pauses.get(registrable_host(fetched.request.url)) if failed else None,
        )
        poll = schedule.observe(feed, memory.states[feed.url], told, self._now)
        if parsed is not None and parsed.children:  # a 304 would not say which sitemaps to ask
            poll = replace(poll, state=replace(poll.state, etag="", last_modified=""))
        again = memory.listed(feed.url) if poll.outcome == "not_modified" else []
        entries = []
        going = {id(entry) for entry in (*poll.new, *poll.changed)}
        memory.states[feed.url] = poll.state
        for entry in parsed.entries if parsed is not None else ():
            before = memory.known(feed.url, entry)
            if id(entry) in going or (before is not None and self._is_wanted(before, entry)):
                guid = before.sighting.guid if before is not None and entry.guid else entry.guid
                entries.append(replace(entry, guid=guid, fetched_at=self._now))
            elif before is not None:
                again.append(before)
        return Polled(feed, poll, parsed, fetched, tuple(entries), tuple(again))

    def _is_wanted(self, before: Known, entry: Entry) -> bool:
        """Whether a known entry's page is to be asked for again; full content is the article."""
        full = before.article_id is not None and is_full(entry.content)
        return before.is_wanted(self._now) and not full


def _announced(answer: _Answer) -> list[Feed]:
    """The feeds that a web page announces."""
    feed, fetched, parsed = answer
    if parsed is None or parsed.reason != "not_a_feed":
        return []
    response = fetched.response
    found = discover_feeds(
        response.body,
        url=response.final_url,
        content_type=response.headers.get("content-type", ""),
    )
    return [_derived(feed, url) for url in found[:MAX_ANNOUNCED]]


def _children(polled: Polled) -> list[Feed]:
    """The sitemaps to ask of those an index lists: the news ones where there are any."""
    parsed = polled.parsed
    if parsed is None or parsed.kind != "sitemapindex":
        return []
    listed = list(dict.fromkeys(parsed.children))
    chosen = [url for url in listed if _NEWS.search(url)] or listed
    return [_derived(polled.feed, url) for url in chosen[:MAX_CHILDREN]]


def _derived(feed: Feed, url: str) -> Feed:
    """A feed that another one leads to; secrets stay with the host they were for."""
    same = urlsplit(feed.url).hostname == urlsplit(url).hostname
    return replace(feed, url=url, alternatives=(), headers=feed.headers if same else ())


def _index_due(polled: Polled, children: Iterable[Feed], memory: Memory) -> Polled:
    """Make an index due with the first of its sitemaps."""
    dues = [memory.states[child.url].due_at for child in children if child.url in memory.states]
    state = replace(polled.poll.state, due_at=min(dues, default=polled.poll.state.due_at))
    memory.states[polled.feed.url] = state
    return replace(polled, poll=replace(polled.poll, state=state))


def _request(url: str, feed: Feed, state: schedule.FeedState, purpose: Purpose) -> Request:
    headers = {name: _filled(value, feed) for name, value in feed.headers}
    validators = schedule.request_headers(state)
    return Request(
        url,
        purpose,
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
            url = redact_url(feed.url)
            raise UsageError(f"{url}: its header needs the environment variable {name}")
        return os.environ[name]

    return _SECRET.sub(take, value)


def _is_body(fetched: Fetched) -> bool:
    return fetched.response.reason is None and fetched.response.status != 304


def _to_parse(feed: Feed, fetched: Fetched) -> tuple[bytes, Feed, str, dict[str, str]]:
    response = fetched.response
    return response.body, feed, response.final_url, dict(response.headers)


def _parse(given: tuple[bytes, Feed, str, dict[str, str]]) -> ParsedFeed:
    """Parse a feed; links are relative to where it came from, its name shows no secret."""
    body, feed, base, headers = given
    parsed = parse_feed(body, url=split_login(base)[0], headers=headers, feed=feed)
    name = redact_url(feed.url)
    entries = tuple(
        replace(entry, feed_url=name, guid=_public_guid(entry)) for entry in parsed.entries
    )
    return replace(parsed, url=name, entries=entries, hub_url=redact_url(parsed.hub_url))


def _public_guid(entry: Entry) -> str:
    """An entry's GUID without secrets; one whose link has some goes by the link without them."""
    if entry.guid:
        return redact_url(entry.guid)
    public = redact_url(entry.url)
    return public if public != entry.url else ""


def _or_failed(found: ParsedFeed | Failure, feed: Feed) -> ParsedFeed:
    if isinstance(found, Failure):
        url = redact_url(feed.url)
        return ParsedFeed(url, "unknown", reason=found.reason, detail=found.detail)
    return found
