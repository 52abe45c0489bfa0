"""Read what earlier runs learned of feeds from the output's own tables.

``feeds`` keeps validators and intervals, ``appearances`` every entry that was seen. When ``feeds``
is lost, the state is built again from ``appearances``; without those a feed is new. The tables
know feeds by their names, which carry no secrets. ``fetch_log`` keeps what robots.txt files said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import pyarrow.compute as pc

from pipeline.sinks.base import Sink
from transforms.feeds import schedule
from transforms.feeds.known import KnownEntry, entry_keys, known_entry, state_of
from transforms.fetch.robots import KEPT_SECONDS
from transforms.records import Entry, Feed, FetchLog
from transforms.text.redact import feed_name
from transforms.text.urls import canonicalise_url

_ROBOTS: Final = ("url", "started_at", "status", "outcome", "robots")
_MOST_RULES: Final = 16_000_000  # characters of all robots.txt files together


class FeedHistory:
    """The states of feeds, and the entries they are known to have listed.

    Args:
        sink: the output; None remembers nothing.
        now: the run's clock; a stream moves it on from tick to tick.

    Attributes:
        states: by feed URL.
        polled_by: the ids of the runs that polled them last, by feed URL.
    """

    def __init__(self, sink: Sink | None, now: datetime) -> None:
        """Keep the settings; nothing is read yet."""
        self.states: dict[str, schedule.FeedState] = {}
        self.polled_by: dict[str, str] = {}
        self._known: dict[str, dict[str, KnownEntry]] = {}
        self._feeds: dict[str, Feed] = {}  # by their names
        self._sink = sink
        self.now = now

    def recall(self, feeds: Iterable[Feed]) -> None:
        """Read what is known of feeds.

        Args:
            feeds: those that may be polled; of those recalled before nothing is read again.
        """
        fresh = [feed for feed in feeds if feed.url not in self.states]
        if not fresh:
            return
        names = {feed_name(feed.url) for feed in fresh}
        seen, stored = self._read(names)
        for feed in fresh:
            name = feed_name(feed.url)
            self._feeds[name] = feed
            known = seen.get(name, [])
            self.states[feed.url] = state_of(feed, self.now, known, stored.get(name))
            if name in stored:
                self.polled_by[feed.url] = stored[name]["run_id"]
            self._known[feed.url] = {key: each for each in known for key in entry_keys(each)}

    def known(self, feed_url: str, entry: Entry) -> KnownEntry | None:
        """Find an entry by its GUID or URL; where GUIDs change at every poll, by its URL."""
        known = self._known.get(feed_url, {})
        found = known.get(entry.guid or entry.url) or known.get(schedule.entry_key(entry))
        if found is None and self.states[feed_url].guids_change:
            url = canonicalise_url(entry.url)
            found = next(
                (each for each in known.values() if canonicalise_url(each.sighting.url) == url),
                None,
            )
        return found

    def listed(self, feed_url: str) -> list[KnownEntry]:
        """The entries in a feed's latest list."""
        known = self._known.get(feed_url, {})
        keys = dict.fromkeys(self.states[feed_url].listed)
        return list({id(known[key]): known[key] for key in keys if key in known}.values())

    def learn(
        self,
        sightings: Iterable[Mapping[str, Any]],
        stand_ins: Collection[str],
        states: Iterable[Mapping[str, Any]] = (),
    ) -> None:
        """Take in what a commit has put into the tables, so that it need not be read again.

        Args:
            sightings: rows of ``appearances`` as they were brought.
            stand_ins: articles brought that are summaries only: their pages are still wanted.
            states: rows of ``feeds`` of polls made elsewhere; of one feed the last counts.
        """
        touched: set[str] = set()
        for row in sightings:
            feed = self._feeds.get(row["feed_url"])
            if feed is not None:
                touched.add(feed.url)
                self._see(self._known[feed.url], known_entry(row, {None, *stand_ins}))
        for row in states:  # before anything is forgotten: they tell which entries are listed now
            feed = self._feeds.get(row["feed_url"])
            if feed is not None:
                touched.add(feed.url)
                known = {id(each): each for each in self._known[feed.url].values()}
                self.states[feed.url] = state_of(feed, self.now, list(known.values()), row)
                self.polled_by[feed.url] = row["run_id"]
        for url in touched:
            seen = self.states[url].seen
            self._known[url] = {
                key: each
                for key, each in self._known[url].items()
                if not seen.keys().isdisjoint((key, *entry_keys(each)))
                or canonicalise_url(each.sighting.url) in seen
            }

    def part(self, feeds: Iterable[Feed]) -> FeedHistory:
        """What is known of some of the feeds, to travel to whoever polls them."""
        part = FeedHistory(self._sink, self.now)
        for feed in feeds:
            part._feeds[feed_name(feed.url)] = feed
            part.states[feed.url] = self.states[feed.url]
            part._known[feed.url] = self._known[feed.url]
        return part

    def add(self, part: FeedHistory) -> None:
        """Take in what is known of other feeds."""
        self._feeds |= part._feeds
        self.states |= part.states
        self._known |= part._known

    def forget(self, feeds: Iterable[Feed]) -> None:
        """Drop what is known of feeds, so that it is read from the tables again."""
        for feed in feeds:
            self.states.pop(feed.url, None)

    def _see(self, known: dict[str, KnownEntry], seen: KnownEntry) -> None:
        """Put an entry among the known ones; one that was known keeps what it had become."""
        before = known.get(seen.sighting.guid)
        if before is not None:
            same = seen.article_id in {None, before.article_id}
            text = seen.sighting.text_id or before.sighting.text_id
            seen = replace(
                seen,
                sighting=replace(seen.sighting, text_id=text),
                article_id=before.article_id if same else seen.article_id,
                page_id=seen.page_id or before.page_id,
                first_seen_at=min(before.first_seen_at, seen.first_seen_at),
                last_seen_at=max(before.last_seen_at, seen.last_seen_at),
                is_open=before.is_open if same else seen.is_open,
            )
        known |= dict.fromkeys(entry_keys(seen), seen)

    def _read(
        self, names: set[str]
    ) -> tuple[Mapping[str, list[KnownEntry]], Mapping[str, Mapping[str, Any]]]:
        """Read entries and feed rows, by feed URL."""
        seen: dict[str, list[KnownEntry]] = defaultdict(list)
        if self._sink is None:
            return seen, {}
        stored = {row["feed_url"]: row for row in _rows(self._sink, "feeds", names)}
        sightings = _rows(self._sink, "appearances", names)
        stand_ins = self._sink.read("articles", ("article_id",), where={"extractor": ("feed",)})
        open_ids = {None, *stand_ins["article_id"].to_pylist()}
        for row in sightings:
            seen[row["feed_url"]].append(known_entry(row, open_ids))
        return seen, stored


def _rows(sink: Sink, table: str, feed_urls: set[str]) -> list[dict[str, Any]]:
    """The rows of some feeds."""
    found: list[dict[str, Any]] = sink.read(table, where={"feed_url": feed_urls}).to_pylist()
    return found


def recall_robots(sink: Sink, now: datetime, *, force: bool = False) -> tuple[FetchLog, ...]:
    """Read what robots.txt files said within the last day.

    Args:
        sink: the output.
        now: the run's clock.
        force: leave out those that could not be had, so that they are asked for again.

    Returns:
        The latest request for each, the latest first; no more than fits in memory.
    """
    days = {now.date() + timedelta(days=number) for number in (-1, 0, 1)}
    read = sink.read("fetch_log", ("purpose", *_ROBOTS), days)
    asked = read.filter(pc.equal(read["purpose"], "robots")).select(_ROBOTS)
    latest: dict[str, FetchLog] = {}
    room = _MOST_RULES
    for row in asked.sort_by([("started_at", "descending"), ("url", "ascending")]).to_pylist():
        age = (now - row["started_at"]).total_seconds()
        told = row["robots"] is not None if row["outcome"] == "ok" else not force
        if row["url"] in latest or abs(age) >= KEPT_SECONDS or not told:
            continue
        room -= len(row["robots"] or "")
        if room < 0:
            break
        latest[row["url"]] = FetchLog(purpose="robots", **row)
    return tuple(latest.values())
