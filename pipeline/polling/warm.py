"""Keep what is known of feeds and robots.txt in memory between the ticks of a stream."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from pipeline.polling.history import FeedHistory
from pipeline.sinks.base import Sink, SinkError
from pipeline.sinks.files import Files
from pipeline.sinks.inbox import Bundle
from pipeline.sinks.staged import read_staged
from transforms.fetch.robots import KEPT_SECONDS
from transforms.records import FetchLog
from transforms.rows.rows import Row

_ROBOTS: Final = ("url", "purpose", "started_at", "status", "outcome", "robots")
_COLUMNS: Final[dict[str, tuple[str, ...] | None]] = {
    "appearances": None,
    "articles": ("article_id", "extractor"),
    "feeds": None,
    "fetch_log": _ROBOTS,
}


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
            bundles: of the tick; each is read once. One that was settled since it was listed is
                passed over.
            states: take in the states of feeds, too: somebody else has polled them.

        Raises:
            SinkError: a file of a bundle that still waits cannot be read.
        """
        inbox = self.sink.inbox
        sightings: list[Row] = []
        stand_ins: set[str] = set()
        feeds: list[Row] = []
        for bundle in bundles:
            if bundle.bundle_id in self._learned:
                continue
            self._learned.add(bundle.bundle_id)
            try:
                brought = _brought(inbox.files, bundle, states=states)
            except SinkError:
                if inbox.stands(bundle):
                    raise
                continue  # somebody else has settled it meanwhile: the tables tell of it
            sightings += brought["appearances"]
            stand_ins.update(
                row["article_id"] for row in brought["articles"] if row["extractor"] == "feed"
            )
            feeds += brought["feeds"]
            self.know(FetchLog(**row) for row in brought["fetch_log"] if row["purpose"] == "robots")
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


def _brought(files: Files, bundle: Bundle, *, states: bool) -> dict[str, list[Row]]:
    """Read what a bundle brings of feeds and hosts, whole or not at all: rows by table."""
    rows: dict[str, list[Row]] = {table: [] for table in _COLUMNS}
    for file in bundle.files:
        if file.table in rows and (states or file.table != "feeds"):
            rows[file.table] += read_staged(files, file, _COLUMNS[file.table]).to_pylist()
    return rows
