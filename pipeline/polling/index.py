"""The live part of a run's index: feeds are polled, their entries become refs."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pipeline.context import Plan
from pipeline.options import Config
from pipeline.polling.history import Memory, state_json
from pipeline.polling.poller import Polled, Poller
from pipeline.polling.request import Asker
from pipeline.render.progress import Progress
from pipeline.sources.base import Indexed, Ref, SeenFeed, Skipped
from pipeline.sources.feeds import entry_key
from pipeline.sources.spool import Spool
from pipeline.warc.writer import open_archive
from transforms.fetch.addresses import Guard
from transforms.fetch.client import USER_AGENT
from transforms.fetch.messages import Limits
from transforms.fetch.politeness import Manners
from transforms.fetch.run import FetchSettings
from transforms.records import Feed, FetchLog, ParsedFeed, Rejected
from transforms.rows.rows import appearance_row, feed_row, fetch_log_row
from transforms.text.redact import feed_name

_LIMITS: Final = Limits()
_MANNERS: Final = Manners()


def fetch_settings(config: Config) -> FetchSettings:
    """How a run fetches."""
    return settings_of(
        config.as_of,
        allow_private=config.allow_private_hosts,
        timeout=config.fetch_timeout,
        delay=config.host_delay,
        contact=config.contact,
    )


def settings_of(
    now: datetime,
    *,
    allow_private: bool = False,
    timeout: float = _LIMITS.total_seconds,
    delay: float = _MANNERS.delay_seconds,
    contact: str | None = None,
) -> FetchSettings:
    """How to fetch; a proxy is taken from the environment.

    Args:
        now: the clock.
        allow_private: let requests go to private addresses.
        timeout: seconds for all of one request.
        delay: seconds between two requests to one host.
        contact: what the user agent names for those who run the sites.
    """
    limits = replace(
        _LIMITS,
        total_seconds=timeout,
        connect_seconds=min(timeout, _LIMITS.connect_seconds),
        stall_seconds=min(timeout, _LIMITS.stall_seconds),
    )
    return FetchSettings(
        now,
        limits=limits,
        manners=replace(_MANNERS, delay_seconds=delay),
        guard=Guard(allow_private=allow_private),
        user_agent=f"{USER_AGENT} (+{contact})" if contact else USER_AGENT,
        proxy=os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy"),
    )


class Live:
    """Polls the feeds of a run.

    Args:
        plan: the run's parts.
        progress: told what happens.

    Attributes:
        rows: what polling alone can tell, by table: feeds, requests, entries seen again.
        not_due: feeds that were not asked.
        robots: the log of the robots.txt files asked for.
    """

    def __init__(self, plan: Plan, progress: Progress) -> None:
        """Keep the settings; nothing is asked yet."""
        self._plan = plan
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
        config = self._plan.config
        every = list({feed.url: feed for feed in feeds}.values())
        if config.offline:
            yield from (_offline(feed) for feed in every)
            return
        memory = Memory(self._plan.sink, config.as_of)
        memory.recall(every)
        with (
            tempfile.TemporaryDirectory(dir=self._plan.work) as folder,
            Spool(Path(folder)) as aside,
        ):
            asker = Asker(self._plan.fetching, config.workers, aside)
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
        archive = open_archive(self._plan.config.archive, self._plan.provenance)
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
            self.rows.append(("fetch_log", fetch_log_row(asdict(log), self._plan.provenance)))
            if log.purpose == "robots":
                self.robots.append(log)

    def _tell(self, polled: Polled) -> None:
        """Keep what a poll tells for the tables."""
        provenance = self._plan.provenance
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
    for entry in polled.entries:
        yield Ref(entry_key(entry), "entry", *spool.put(entry))


def _not_due(feed: Feed, memory: Memory) -> Skipped:
    when = memory.states[feed.url].due_at
    return Skipped(feed_name(feed.url), f"not due before {when:%Y-%m-%d %H:%M} UTC")


def _offline(feed: Feed) -> Rejected:
    url = feed_name(feed.url)
    return Rejected("feeds", "not_fetched", "--offline: no feed is polled", url=url, feed_url=url)
