"""What earlier runs left of feeds: read from the output's own tables, no store beside them.

``feeds`` keeps validators and intervals, ``appearances`` every entry that was seen. When ``feeds``
is lost, the state is built again from ``appearances``; without those a feed is new. The tables
know feeds by their names, which carry no secrets. ``fetch_log`` keeps what robots.txt files said.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import pyarrow.compute as pc

from pipeline.sinks.base import Sink
from transforms.feeds import schedule
from transforms.fetch.robots import KEPT_SECONDS
from transforms.records import Entry, Feed, FetchLog, Sighting
from transforms.text.redact import feed_name
from transforms.text.urls import canonicalise_url

_STATE: Final = (
    "etag", "last_modified", "body_id", "conditional", "lying", "failures", "guids_change",
    "day", "new_in_day", "hub", "ttl", "skip_hours", "skip_days", "full",
)  # fmt: skip
_ROBOTS: Final = ("url", "started_at", "status", "outcome", "robots")
_MOST_RULES: Final = 16_000_000  # characters of all robots.txt files together
_RETRY_FROM: Final = 900.0  # seconds after the first sighting


@dataclass(frozen=True, slots=True)
class Known:
    """An entry that was seen in an earlier run, and what became of it."""

    sighting: Sighting
    article_id: str | None
    page_id: str | None
    first_seen_at: datetime
    last_seen_at: datetime
    is_open: bool  # its page is still wanted: there is no article, or one of the summary only

    def is_wanted(self, now: datetime) -> bool:
        """Whether its page is to be asked for again now.

        The pause doubles: a quarter of an hour after the first sighting, half an hour, an hour ...
        """
        if not self.is_open:
            return False
        return _tries(now - self.first_seen_at) > _tries(self.last_seen_at - self.first_seen_at)


def _tries(age: Any) -> int:
    """How many tries an age stands for."""
    return int(age.total_seconds() / _RETRY_FROM).bit_length()


class FeedHistory:
    """The states of feeds, and the entries they are known to have listed.

    Args:
        sink: the output; None remembers nothing.
        now: the run's clock.

    Attributes:
        states: by feed URL.
    """

    def __init__(self, sink: Sink | None, now: datetime) -> None:
        """Keep the settings; nothing is read yet."""
        self.states: dict[str, schedule.FeedState] = {}
        self._known: dict[str, dict[str, Known]] = {}
        self._sink = sink
        self._now = now

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
            known = seen.get(name, [])
            self.states[feed.url] = _state(feed, self._now, known, stored.get(name))
            self._known[feed.url] = {key: each for each in known for key in _keys(each)}

    def known(self, feed_url: str, entry: Entry) -> Known | None:
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

    def listed(self, feed_url: str) -> list[Known]:
        """The entries in a feed's latest list."""
        known = self._known.get(feed_url, {})
        keys = dict.fromkeys(self.states[feed_url].listed)
        return list({id(known[key]): known[key] for key in keys if key in known}.values())

    def _read(
        self, names: set[str]
    ) -> tuple[Mapping[str, list[Known]], Mapping[str, Mapping[str, Any]]]:
        """Read entries and feed rows, by feed URL."""
        seen: dict[str, list[Known]] = defaultdict(list)
        if self._sink is None:
            return seen, {}
        stored = {row["feed_url"]: row for row in _rows(self._sink, "feeds", names)}
        sightings = _rows(self._sink, "appearances", names)
        stand_ins = self._sink.read("articles", ("article_id",), where={"extractor": ("feed",)})
        open_ids = {None, *stand_ins["article_id"].to_pylist()}
        for row in sightings:
            seen[row["feed_url"]].append(_known(row, open_ids))
        return seen, stored


def _rows(sink: Sink, table: str, feed_urls: set[str]) -> list[dict[str, Any]]:
    """The rows of some feeds."""
    found: list[dict[str, Any]] = sink.read(table, where={"feed_url": feed_urls}).to_pylist()
    return found


def _known(row: Mapping[str, Any], open_ids: set[str | None]) -> Known:
    url, text = row["url"] or "", row["text_id"] or ""
    return Known(
        Sighting(row["feed_url"], row["guid"], url, row["position"] or 0, text),
        row["article_id"],
        row["page_id"],
        row["first_seen_at"],
        row["last_seen_at"],
        row["article_id"] in open_ids,
    )


def _keys(known: Known) -> tuple[str, ...]:
    """What a poll may call an entry; without a GUID its URL stands in the GUID's place."""
    sighting = known.sighting
    if sighting.guid != sighting.url:
        return (sighting.guid,)
    return sighting.guid, canonicalise_url(sighting.url)


def _state(
    feed: Feed, now: datetime, known: Sequence[Known], stored: Mapping[str, Any] | None
) -> schedule.FeedState:
    """A feed's state from its sightings, and from its own row when that is there."""
    state = schedule.start(feed, now)
    kept: Mapping[str, Any] = {}
    if stored is not None and stored.get("state"):
        kept = json.loads(stored["state"])
        state = replace(
            state,
            due_at=stored["due_at"] or now,
            interval=stored["poll_seconds"] or state.interval,
            **{name: kept[name] for name in _STATE if name in kept},
        )
    by_url = state.guids_change
    latest = max((each.last_seen_at for each in known), default=now)
    seen: dict[str, schedule.Seen] = {}
    listed: set[str] = set()
    for each in known:
        sighting = each.sighting
        url = canonicalise_url(sighting.url)
        before = schedule.Seen(each.first_seen_at, each.last_seen_at, url, sighting.text_id)
        keys = (url or sighting.guid,) if by_url else _keys(each)
        seen |= dict.fromkeys(keys, before)
        if each.last_seen_at == latest:
            listed |= set(keys)
    return replace(state, seen=seen, listed=tuple(sorted(listed)))


def state_json(state: schedule.FeedState) -> str:
    """What a feed's row keeps of its state, beside what ``appearances`` keeps."""
    values = asdict(replace(state, seen={}, listed=()))
    return json.dumps({name: values[name] for name in _STATE}, sort_keys=True)


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
