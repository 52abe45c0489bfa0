"""Keep what is known of feeds and robots.txt in memory between the ticks of a stream."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import pyarrow.compute as pc

from pipeline.polling.history import FeedHistory
from pipeline.sinks.base import Sink
from pipeline.sinks.inbox import Bundle, read_staged
from transforms.fetch.robots import KEPT_SECONDS
from transforms.records import FetchLog
from transforms.rows.rows import Row

_ROBOTS: Final = ("url", "purpose", "started_at", "status", "outcome", "robots")


class Warm:
    """The open output and what is known of feeds and hosts. All of it stands in the tables, too.

    Args:
        sink: the output.
        now: the clock of the first tick.

    Attributes:
        history: the states of feeds and the entries they have listed.
        robots: what robots.txt files said, by their URL.
    """

    def __init__(self, sink: Sink, now: datetime) -> None:
        """Know nothing yet."""
        self.sink = sink
        self.history = FeedHistory(sink, now)
        self.robots: dict[str, FetchLog] = {}
        self._learned: set[str] = set()

    def learn(self, bundles: Iterable[Bundle], *, states: bool = False) -> None:
        """Take in the sightings and requests that a tick has delivered.

        Args:
            bundles: of the tick; each is read once.
            states: take in the states of feeds, too: somebody else has polled them.
        """
        files = self.sink.inbox.files
        sightings: list[Row] = []
        stand_ins: set[str] = set()
        feeds: list[Row] = []
        for bundle in bundles:
            if bundle.bundle_id in self._learned:
                continue
            self._learned.add(bundle.bundle_id)
            for file in bundle.files:
                if file.table == "appearances":
                    sightings += read_staged(files, file).to_pylist()
                elif file.table == "articles":
                    data = read_staged(files, file, ("article_id", "extractor"))
                    summaries = data.filter(pc.equal(data["extractor"], "feed"))
                    stand_ins.update(summaries["article_id"].to_pylist())
                elif file.table == "feeds" and states:
                    feeds += read_staged(files, file).to_pylist()
                elif file.table == "fetch_log":
                    rows = read_staged(files, file, _ROBOTS).to_pylist()
                    self.know(FetchLog(**row) for row in rows if row["purpose"] == "robots")
        self.history.learn(sightings, stand_ins, feeds)

    def know(self, robots: Iterable[FetchLog]) -> None:
        """Take in what robots.txt files said, for whoever fetches next; the latest counts."""
        for log in robots:
            known = self.robots.get(log.url)
            if known is None or known.started_at <= log.started_at:
                self.robots[log.url] = log

    def forget_old(self, now: datetime) -> None:
        """Drop what robots.txt files said longer ago than it may be relied on."""
        self._learned.clear()
        self.robots = {
            url: log
            for url, log in self.robots.items()
            if (now - log.started_at).total_seconds() < KEPT_SECONDS
        }
