"""The live part of a run's index: feeds are polled, their entries become refs."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any

from pipeline.archive import Archive
from pipeline.documents import sighting
from pipeline.graph import Plan
from pipeline.options import Config
from pipeline.polling import Polled, Poller, remember, state_json
from pipeline.progress import Progress
from pipeline.sources.base import Indexed, Ref, SeenFeed, Skipped
from pipeline.sources.feeds import entry_key
from pipeline.sources.spool import Spool
from transforms.fetch.addresses import Guard
from transforms.fetch.redact import redact_url
from transforms.fetch.run import FetchSettings
from transforms.records import Feed, ParsedFeed, Rejected
from transforms.rows.rows import appearance_row, feed_row, fetch_log_row


def fetch_settings(config: Config) -> FetchSettings:
    """How a run fetches."""
    proxy = os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy")
    guard = Guard(allow_private=config.allow_private_hosts)
    return FetchSettings(config.as_of, guard=guard, proxy=proxy)


class Live:
    """Polls the feeds of a run.

    Args:
        plan: the run's parts.
        progress: told what happens.

    Attributes:
        rows: what polling alone can tell, by table: feeds, requests, entries seen again.
        not_due: feeds that were not asked.
    """

    def __init__(self, plan: Plan, progress: Progress) -> None:
        """Keep the settings; nothing is asked yet."""
        self._plan = plan
        self._progress = progress
        self.rows: list[tuple[str, dict[str, Any]]] = []
        self.not_due: list[Feed] = []

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
        memory = remember(self._plan.sink, every, config.as_of)
        poller = Poller(
            self._plan.fetching,
            now=config.as_of,
            processes=config.processes,
            force=config.force,
        )
        due, self.not_due = poller.due(every, memory)
        for feed in self.not_due:
            when = memory.states[feed.url].due_at
            yield Skipped(redact_url(feed.url), f"not due before {when:%Y-%m-%d %H:%M} UTC")
        self._progress.say(f"polling {len(due)} feeds")
        archive = Archive(config.archive, self._plan.provenance.run_id) if config.archive else None
        for polled in poller.poll(due, memory):
            if archive:
                archive.store(polled.fetched)
            self._tell(polled)
            yield from _listed(polled, spool)
        if archive:
            archive.close()

    def _tell(self, polled: Polled) -> None:
        """Keep what a poll tells for the tables."""
        provenance = self._plan.provenance
        feed, state = polled.feed, polled.poll.state
        title = polled.parsed.title if polled.parsed is not None else None
        told = replace(
            feed,
            url=redact_url(feed.url),
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
        for log in polled.log():
            self.rows.append(("fetch_log", fetch_log_row(asdict(log), provenance)))
        for entry, known in polled.known:
            again = appearance_row(
                sighting(entry), provenance, article_id=known.article_id, page_id=known.page_id
            )
            self.rows.append(("appearances", again))


def _listed(polled: Polled, spool: Spool) -> Iterator[Indexed]:
    """What a poll adds to the index."""
    failed = polled.poll.outcome == "failed"
    if failed:
        response, parsed = polled.fetched.response, polled.parsed
        reason = response.reason or (parsed.reason if parsed is not None else None) or "bad_feed"
        url = redact_url(polled.feed.url)
        yield Rejected("feeds", reason, polled.detail or "no feed came", url=url, feed_url=url)
    elif polled.parsed is not None:
        yield SeenFeed("", replace(polled.parsed, entries=()))
    else:  # 304: the feed is well and lists what is known
        yield SeenFeed("", ParsedFeed(polled.feed.url, "unknown"))
    for entry in polled.entries:
        yield Ref(entry_key(entry), "entry", *spool.put(entry))


def _offline(feed: Feed) -> Rejected:
    url = redact_url(feed.url)
    return Rejected("feeds", "not_fetched", "--offline: no feed is polled", url=url, feed_url=url)
