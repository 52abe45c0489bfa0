"""The live part of a run's index: feeds are polled, their entries become refs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from pipeline.context import RunContext
from pipeline.polling.history import FeedHistory
from pipeline.polling.poller import Polled, Poller
from pipeline.polling.request import FeedRequester
from pipeline.render.progress import Progress
from pipeline.sources.base import Indexed, Ref, SeenFeed, Skipped
from pipeline.sources.spool import Spool
from pipeline.warc.writer import open_archive
from transforms.feeds.identity import entry_keys
from transforms.feeds.known import state_json
from transforms.records import Feed, FetchLog, ParsedFeed, Rejected
from transforms.rows.rows import appearance_row, feed_row, fetch_log_row
from transforms.text.redact import feed_name


class FeedIndex:
    """Polls the feeds of a run.

    Args:
        context: the run's parts.
        history: what is known of feeds; takes their states afterwards.
        progress: told what happens.
        work: a local directory for what polls must not hold in memory.

    Attributes:
        rows: what polling alone can tell, by table: feeds, requests, entries seen again.
        not_due: feeds that were not asked.
        robots: the log of the robots.txt files asked for.
    """

    def __init__(
        self, context: RunContext, history: FeedHistory, progress: Progress, work: Path
    ) -> None:
        """Keep the settings; nothing is asked yet."""
        self._context = context
        self._work = work
        self._history = history
        self._progress = progress
        self.rows: list[tuple[str, dict[str, Any]]] = []
        self.not_due: list[Feed] = []
        self.robots: list[FetchLog] = []

    def index(self, feeds: Sequence[Feed], spool: Spool) -> Iterator[Indexed]:
        """Poll what is due and list the entries that go on.

        Args:
            feeds: those the run names; a URL given twice is asked once.
            spool: takes the entries.
        """
        config = self._context.config
        every = list({feed.url: feed for feed in feeds}.values())
        if config.offline:
            yield from (_offline(feed) for feed in every)
            return
        memory = self._history
        memory.recall(every)
        with (
            tempfile.TemporaryDirectory(dir=self._work) as folder,
            Spool(Path(folder)) as aside,
        ):
            asker = FeedRequester(self._context.fetching, config.workers, aside)
            poller = Poller(asker, now=config.as_of, force=config.force)
            due, self.not_due = poller.due(every, memory)
            yield from (_not_due(feed, memory) for feed in self.not_due)
            self._progress.say(f"polling {len(due)} feeds")
            for polled in self._archived(poller.poll(due, memory)):
                self._tell(polled)
                yield from _listed(polled, spool)
        self._log(poller.led)
        yield from (_not_due(feed, memory) for feed in poller.later)
        self.not_due += poller.later

    def _archived(self, polls: Iterator[Polled]) -> Iterator[Polled]:
        """Pass polls on, storing each response when the run has an archive."""
        archive = open_archive(self._context.config.archive, self._context.provenance)
        if archive is None:
            yield from polls
            return
        for polled in polls:
            archive.store(polled.fetched, polled.feed)
            yield polled
        archive.close()

    def _log(self, requests: Iterable[FetchLog]) -> None:
        """Keep the log of requests; what robots.txt files said is of use to the pages' fetch."""
        for log in requests:
            self.rows.append(("fetch_log", fetch_log_row(asdict(log), self._context.provenance)))
            if log.purpose == "robots":
                self.robots.append(log)

    def _tell(self, polled: Polled) -> None:
        """Keep what a poll tells for the tables."""
        provenance = self._context.provenance
        feed, state = polled.feed, polled.poll.state
        title = polled.parsed.title if polled.parsed is not None else None
        told = replace(
            feed,
            url=feed_name(feed.url),
            publisher=feed.publisher or title or None,
            poll_seconds=state.interval,
        )
        row = feed_row(
            told,
            provenance,
            health=polled.poll.outcome,
            due_at=state.due_at,
            state=state_json(state),
        )
        self.rows.append(("feeds", row))
        self._log(polled.log())
        for known in polled.known:
            again = appearance_row(
                known.sighting, provenance, article_id=known.article_id, page_id=known.page_id
            )
            self.rows.append(("appearances", again))


def _listed(polled: Polled, spool: Spool) -> Iterator[Indexed]:
    """What a poll adds to the index."""
    failed = polled.poll.outcome == "failed"
    if failed:
        response, parsed = polled.fetched.response, polled.parsed
        reason = response.reason or (parsed.reason if parsed is not None else None) or "bad_feed"
        url = feed_name(polled.feed.url)
        yield Rejected("feeds", reason, polled.detail or "no feed came", url=url, feed_url=url)
    elif polled.parsed is not None:
        yield SeenFeed("", replace(polled.parsed, entries=()), polled.feed)
    else:  # 304: the feed is well and lists what is known
        yield SeenFeed("", ParsedFeed(feed_name(polled.feed.url), "unknown"))
    for entry, key in zip(polled.entries, entry_keys(polled.entries), strict=True):
        yield Ref(key, "entry", *spool.put(entry))


def _not_due(feed: Feed, memory: FeedHistory) -> Skipped:
    when = memory.states[feed.url].due_at
    return Skipped(feed_name(feed.url), f"not due before {when:%Y-%m-%d %H:%M} UTC")


def _offline(feed: Feed) -> Rejected:
    url = feed_name(feed.url)
    return Rejected("feeds", "not_fetched", "--offline: no feed is polled", url=url, feed_url=url)
