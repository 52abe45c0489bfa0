"""Poll feeds: what is due, what came, and which entries go on.

A web page where a feed was expected leads to the feeds it announces, a sitemap index to the
sitemaps it lists: these are feeds of their own, with a state of their own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from pipeline.polling.history import FeedHistory
from pipeline.polling.request import Answer, FeedRequester, Place
from transforms.feeds import schedule
from transforms.feeds.discover import discover_feeds
from transforms.feeds.join import is_full
from transforms.feeds.known import KnownEntry
from transforms.fetch.crawl import Fetched
from transforms.fetch.messages import Purpose
from transforms.records import Entry, Feed, FetchLog, ParsedFeed, content_id
from transforms.text.urls import registrable_host

MAX_ANNOUNCED: Final = 3  # feeds of a home page
MAX_CHILDREN: Final = 20  # sitemaps of an index, the latest first
MAX_DEPTH: Final = 2  # an index in an index, and no further
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
    known: tuple[KnownEntry, ...] = ()

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


class Poller:
    """Polls feeds.

    Args:
        asker: asks for feeds.
        now: the run's clock.
        force: ask feeds that are not due, too.

    Attributes:
        later: feeds found on the way that are not due yet.
        led: the log of web pages that only led to feeds.
    """

    def __init__(self, asker: FeedRequester, *, now: datetime, force: bool = False) -> None:
        """Keep the settings; nothing is opened yet."""
        self.later: list[Feed] = []
        self.led: list[FetchLog] = []
        self._asker = asker
        self._now = now
        self._force = force

    def due(self, feeds: Iterable[Feed], memory: FeedHistory) -> tuple[list[Feed], list[Feed]]:
        """Part feeds into those to ask now and those that are not due."""
        now: list[Feed] = []
        later: list[Feed] = []
        for feed in feeds:
            state = memory.states[feed.url]
            (now if self._force or schedule.is_due(state, self._now) else later).append(feed)
        return now, later

    def poll(self, feeds: Sequence[Feed], memory: FeedHistory) -> Iterator[Polled]:
        """Ask feeds, and those that they lead to.

        Args:
            feeds: each is asked once.
            memory: what is known of them; takes their states afterwards.

        Yields:
            One poll a feed; of each round in the order of their URLs, sitemap indexes last.
        """
        indexes: list[tuple[Place, list[Feed]]] = []
        wave = list(feeds)
        purpose: Purpose = "feed"
        for depth in range(MAX_DEPTH + 1):
            found: list[Feed] = []
            for answer in self._ask(wave, memory, purpose):
                announced = _announced(answer) if depth == 0 else []
                if announced:
                    found += announced
                    self.led += answer.fetched.log
                    continue
                polled = self._observed(answer, memory)
                children = _children(polled)
                found += children
                if children:
                    indexes.append((self._asker.put_aside(polled), children))
                else:
                    yield polled
            wave, purpose = self._fresh(found, memory), "sitemap" if indexes else "feed"
            if not wave:
                break
        for place, children in reversed(indexes):
            yield _index_due(self._asker.take_up(place), children, memory)

    def _fresh(self, found: Iterable[Feed], memory: FeedHistory) -> list[Feed]:
        """The feeds found on the way that nobody has named and that are due."""
        fresh = {feed.url: feed for feed in found if feed.url not in memory.states}
        memory.recall(fresh.values())
        now, later = self.due(fresh.values(), memory)
        self.later += later
        return now

    def _ask(
        self, feeds: Sequence[Feed], memory: FeedHistory, purpose: Purpose
    ) -> Iterator[Answer]:
        """Ask for feeds; those at one address with one request."""
        wanted: dict[str, list[tuple[Feed, schedule.FeedState]]] = defaultdict(list)
        for feed in feeds:
            state = memory.states[feed.url]
            wanted[schedule.address(feed, state)].append((feed, state))
        for wanting in wanted.values():
            feed, state = wanting[0]
            if len(wanting) > 1 or self._is_to_be_read(feed, memory):
                wanting[0] = feed, replace(state, etag="", last_modified="")
        return self._asker.ask(wanted, purpose)

    def _is_to_be_read(self, feed: Feed, memory: FeedHistory) -> bool:
        """Whether a 304 would not do: it does not carry the entries to be tried again."""
        if memory.states[feed.url].full:
            return False
        return any(known.is_wanted(self._now) for known in memory.listed(feed.url))

    def _observed(self, answer: Answer, memory: FeedHistory) -> Polled:
        feed, fetched, parsed = answer.feed, answer.fetched, answer.parsed
        if not fetched.log:  # nobody was asked: it is due as before
            return Polled(feed, schedule.Poll(memory.states[feed.url], "failed"), None, fetched)
        response = fetched.response
        failed = response.reason is not None
        told = schedule.Answer(
            response.status,
            response.headers,
            parsed,
            content_id(response.body) if response.body else "",
            response.reason,
            self._asker.pauses.get(registrable_host(fetched.request.url)) if failed else None,
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

    def _is_wanted(self, before: KnownEntry, entry: Entry) -> bool:
        """Whether a known entry's page is to be asked for again; full content is the article."""
        full = before.article_id is not None and is_full(entry.content)
        return before.is_wanted(self._now) and not full


def _announced(answer: Answer) -> list[Feed]:
    """The feeds that a web page announces."""
    if answer.parsed is None or answer.parsed.reason != "not_a_feed":
        return []
    response = answer.fetched.response
    found = discover_feeds(
        response.body,
        url=response.final_url,
        content_type=response.headers.get("content-type", ""),
    )
    return [_derived(answer.feed, url) for url in found[:MAX_ANNOUNCED]]


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


def _index_due(polled: Polled, children: Iterable[Feed], memory: FeedHistory) -> Polled:
    """Make an index due with the first of its sitemaps."""
    dues = [memory.states[child.url].due_at for child in children if child.url in memory.states]
    state = replace(polled.poll.state, due_at=min(dues, default=polled.poll.state.due_at))
    memory.states[polled.feed.url] = state
    return replace(polled, poll=replace(polled.poll, state=state))
