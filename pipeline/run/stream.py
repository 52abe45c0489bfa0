"""``rasd stream`` on one machine: bounded ticks over the feeds that are due (decision 0042).

A tick is a bounded run over the feeds that are due: it polls, fetches, delivers, settles, and
leaves a manifest. Between ticks the stream sleeps until the next feed is due. All it knows stands
in the tables: after a kill the next start goes on from there. The list of feeds is read again when
it changes; while it cannot be read the last good one stays.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from pipeline import log
from pipeline.context import RunContext
from pipeline.options import Config
from pipeline.polling.settings import fetch_settings
from pipeline.polling.warm import Warm
from pipeline.queue.base import Queue
from pipeline.render.letters import tell_letters
from pipeline.render.progress import Progress
from pipeline.render.terminal import one_line
from pipeline.run.job import Job, Summary
from pipeline.run.loop import Clock, Loop
from pipeline.run.maintain import provenance_of
from pipeline.run.metrics import Metrics, serve_metrics
from pipeline.runners import open_engine
from pipeline.sinks.base import Sink, open_sink
from pipeline.sources.base import Indexed, Ref
from pipeline.sources.feed_list import FeedList
from pipeline.sources.spool import Spool
from pipeline.steps.hand_on import hand_on_rows
from pipeline.steps.settle import Pace, settle_inbox
from pipeline.warc.writer import check_archive
from transforms.fetch.run import FetchSettings
from transforms.records import Feed
from transforms.rows.packed import PackedRows
from transforms.text.redact import feed_name

LOOK_AGAIN: Final = 5.0  # seconds between two looks at the list of feeds
HEALTH: Final = 60.0  # seconds between two lines on how it goes
_FEEDS_A_TICK: Final = 200  # so that a stop never has to wait for thousands
_LEAST_PAUSE: Final = 1.0
_BEHIND: Final = 60.0  # seconds that a feed may wait before the lag is told
_AFTER_FAILURE: Final = (5.0, 15.0, 60.0, 300.0)


@dataclass(slots=True)
class IdleDay:
    """The ticks of a day that brought nothing: they share one manifest."""

    since: str = ""  # the time of the first, which names the manifest
    ticks: int = 0
    polls: int = 0

    def add(self, summary: Summary, polled: int, sink: Sink) -> None:
        """Count a tick without news; with the first of another day the last one is written."""
        news = summary.new_rows.get("articles") or summary.new_rows.get("dead_letters")
        if news or summary.waiting or summary.queued:
            return
        now = summary.manifest["as_of"]
        if now[:10] != self.since[:10]:
            self.write(sink)
            self.since, self.ticks, self.polls = now, 0, 0
        self.ticks += 1
        self.polls += polled

    def write(self, sink: Sink) -> None:
        """Write the day's manifest, if there was such a tick."""
        if self.ticks:
            manifest = {"date": self.since[:10], "idle_ticks": self.ticks, "polls": self.polls}
            name = self.since[:19].replace(":", "")  # a restart on the same day writes another
            sink.write_manifest(f"idle-{name}", manifest)


@dataclass(slots=True)
class Stream(Loop):
    """The loop.

    Attributes:
        config: what was asked; its only input is the list of feeds.
        progress: told what happens.
        pace: how often bundles are folded into the tables; else they are only put down.
        metrics_port: where Prometheus may ask; None for nowhere.
        metrics_host: the address that port is opened at.
        fetching: how to fetch, instead of what the options say.
        clock: tells the time.
        queue: where pages go instead of being processed: this is a fetcher then, and its output
            holds what it knows of feeds.
    """

    config: Config
    progress: Progress
    pace: Pace = field(default_factory=Pace)
    metrics_port: int | None = None
    metrics_host: str = "127.0.0.1"
    fetching: FetchSettings | None = None
    clock: Clock = field(default_factory=Clock)
    queue: Queue | None = None
    metrics: Metrics = field(default_factory=Metrics)
    _told: datetime | None = None
    _failures: int = 0
    _idle: IdleDay = field(default_factory=IdleDay)

    def run(self) -> None:
        """Stream until a signal or ``stop`` ends it.

        Raises:
            UsageError: the list cannot be read, the output cannot be written, or there is no such
                runner.
            SinkError: another writer is at the output.
        """
        feeds = FeedList(self.config.inputs[0])
        feeds.read(self.progress.say)
        check_archive(self.config.archive)
        open_engine(self.config)
        if self.queue is not None:
            self.queue.check(writing=True)
        sink = open_sink(self.config.output, self.config.staging)
        sink.prepare()
        server = serve_metrics(self.metrics, self.metrics_host, self.metrics_port)
        try:
            warm = Warm(sink, self.clock.now())
            self._settle(warm, self.clock.now())  # what an earlier stream has left
            to = self.config.output if self.queue is None else self.queue.uri
            self.progress.say(f"streaming {len(feeds.feeds)} feeds to {to}; Ctrl-C ends it")
            while not self._stop.is_set():
                pause = self._beat(feeds, warm)
                self.clock.wait(self._stop, pause)
            self._settle(warm, self.clock.now())
            self._idle.write(sink)
        finally:
            if server is not None:
                server.shutdown()
            sink.close()
        self.progress.say(f"stopped after {self.metrics.ticks} ticks; nothing is under way")

    def _beat(self, feeds: FeedList, warm: Warm) -> float:
        """Run one tick if a feed is due; return the seconds to sleep."""
        feeds.read(self.progress.say)
        now = self.clock.now()
        warm.history.now = now
        warm.history.recall(feeds.feeds)
        due = [each for each in feeds.feeds if warm.history.states[each.url].due_at <= now]
        if due:
            self._tick(sorted(due, key=lambda each: each.url)[:_FEEDS_A_TICK], warm, now)
        self._tell_health(feeds.feeds, warm, now)
        if self._failures:
            return _AFTER_FAILURE[min(self._failures, len(_AFTER_FAILURE)) - 1]
        dues = [warm.history.states[each.url].due_at for each in feeds.feeds]
        wait = (min(dues) - self.clock.now()).total_seconds()
        return max(_LEAST_PAUSE, min(wait, LOOK_AGAIN))

    def _tick(self, due: Sequence[Feed], warm: Warm, now: datetime) -> None:
        """One bounded run over due feeds; one that fails is tried again after a pause."""
        before = {feed.url: warm.history.states[feed.url] for feed in due}
        config = replace(self.config, inputs=tuple(map(_name, due)), as_of=now)
        fetching = replace(self.fetching or fetch_settings(config), as_of=now)
        work = Path(tempfile.mkdtemp(prefix="rasd-"))
        try:
            job = _Tick(config, due, fetching, warm, self.queue)
            summary = job.tick(work, settle=self.pace.is_time(now))
        except Exception as error:  # noqa: BLE001 - a stream outlives whatever a tick meets
            # Nothing of it counts: the feeds are due as they were.
            self._failures += 1
            self.metrics.failed_ticks += 1
            why = one_line(str(error))
            self.progress.say(f"a tick failed and is tried again: {why}", "ERROR")
            warm.history.states.update(before)
            return
        else:
            self._failures = 0
            self._account(summary, len(due), warm.sink)
        finally:
            shutil.rmtree(work, ignore_errors=True)
            log.label(run_id=None)  # what is said between ticks is of none

    def _settle(self, warm: Warm, now: datetime) -> None:
        """Settle what lies in the inbox, if that is ours to do."""
        if self.pace.minutes is None:
            return
        settled = settle_inbox(warm.sink, provenance_of("stream", now))
        for broken in settled.broken:
            self.progress.say(f"left in the inbox: {broken.path}: {broken.problem}")

    def _account(self, summary: Summary, polled: int, sink: Sink) -> None:
        self.metrics.add(summary, polled)
        self._idle.add(summary, polled, sink)
        answered = summary.manifest["stages"].get("feeds", {}).get("polled", {})
        empty = answered.get("soft_empty", 0)
        queued = summary.queued
        some = summary.new_rows.get("articles") or queued or summary.waiting
        if some or summary.dead_letters or empty:
            reasons = ", ".join(f"{n} {why}" for why, n in summary.manifest["dead_letters"].items())
            self.progress.say(
                f"{summary.manifest['as_of'][:19]}Z: {polled} feeds, "
                + (
                    f"{summary.new_rows.get('articles', 0)} new articles, "
                    f"{summary.new_rows.get('events', 0)} events, "
                    if self.queue is None
                    else f"{queued} pages handed on, "
                )
                + f"{summary.dead_letters} dead letters"
                + (f" ({reasons})" if reasons else "")
                + (f", {empty} soft-empty feeds" if empty else "")
                + (f"; {summary.waiting} wait to be settled" if summary.waiting else ""),
                figures={
                    "feeds": polled,
                    "articles": summary.new_rows.get("articles", 0),
                    "events": summary.new_rows.get("events", 0),
                    "dead_letters": summary.dead_letters,
                    "soft_empty_feeds": empty,
                    "pages": queued,
                    "waiting": summary.waiting,
                },
            )
        tell_letters(summary.manifest, self.progress.say, inputs=True)

    def _tell_health(self, feeds: Sequence[Feed], warm: Warm, now: datetime) -> None:
        """Say once a minute how it goes."""
        if self._told is not None and now - self._told < timedelta(seconds=HEALTH):
            return
        self._told = now
        states = [warm.history.states[each.url] for each in feeds]
        failing = sum(state.failures > 0 for state in states)
        following = min((state.due_at for state in states), default=now)
        self.metrics.feeds, self.metrics.failing_feeds = len(states), failing
        lag = max(0.0, (now - following).total_seconds())
        self.metrics.lag_seconds = lag
        self.progress.say(
            f"health {now:%Y-%m-%d %H:%M} UTC: {len(states)} feeds, {failing} failing, "
            f"{self.metrics.ticks} ticks, {self.metrics.articles} articles; next poll "
            f"{following:%H:%M:%S}" + (f", {lag:.0f} s behind" if lag >= _BEHIND else ""),
            figures={
                "feeds": len(states),
                "failing_feeds": failing,
                "lag_seconds": lag,
            },
        )


class _Tick(Job):
    """A bounded run over feeds that are due.

    Args:
        config: of the stream, with the tick's clock.
        due: the feeds.
        fetching: how to fetch.
        warm: what is known from the tick before.
        queue: where pages go instead of being processed.
    """

    is_tick = True

    def __init__(
        self,
        config: Config,
        due: Sequence[Feed],
        fetching: FetchSettings,
        warm: Warm,
        queue: Queue | None,
    ) -> None:
        super().__init__(config, Progress(quiet=True), fetching=fetching, warm=warm)
        self._due = due
        self._queue = queue

    def _indexed(self, spool: Spool) -> Iterable[Indexed]:  # noqa: ARG002 - feeds are not spooled
        return self._due

    def _deliver(self, rows: Mapping[str, list[dict[str, Any]]]) -> None:
        if self._queue is not None:  # first: what is remembered here must have been handed on
            hand_on_rows(self._queue, rows, self._config.as_of)
        super()._deliver(rows)

    def _start(
        self, context: RunContext, refs: Sequence[Ref], told: Sequence[PackedRows] = ()
    ) -> Any:
        return super()._start(replace(context, queue=self._queue), refs, told)


def _name(feed: Feed) -> str:
    return feed_name(feed.url)
