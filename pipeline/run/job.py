"""A bounded job: index, ticks of documents, settle, a manifest.

Ticks are slices of the input index by hash of the URL, so that a run of any size needs the memory
of one tick. Nothing counts before the run is complete; a run that dies leaves the tables as they
were, and running it again gives the rows of an unbroken run.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import apache_beam as beam

from pipeline import graph
from pipeline.context import RunContext
from pipeline.errors import UsageError
from pipeline.options import Config
from pipeline.polling.history import recall_robots
from pipeline.polling.index import FeedIndex
from pipeline.polling.settings import fetch_settings
from pipeline.render.progress import Progress
from pipeline.run.inputs import Inputs, run_id_of
from pipeline.run.manifest import manifest_of, stage_counters
from pipeline.run.peak_memory import PeakMemory
from pipeline.runners import local_options, open_runner
from pipeline.sinks.base import open_sink
from pipeline.sinks.inbox import read_staged
from pipeline.sources.base import Ref
from pipeline.sources.files import FileIndex, check_inputs
from pipeline.sources.spool import Spool
from pipeline.steps.redact import redact_rejection
from pipeline.steps.settle import Settled
from pipeline.version import __version__
from pipeline.warc.writer import check_archive
from pipeline.workers.tally import ticked
from transforms.feeds.publishers import NO_PUBLISHERS, publishers_of
from transforms.fetch.run import FetchSettings
from transforms.records import Feed, FetchLog
from transforms.rows.rows import Provenance, dead_letter_row, feed_row
from transforms.rows.schema import TABLES

_SEEN_AGAIN: Final = frozenset({"appearances", "dead_letters", "feeds"})
_ROBOTS: Final = ("url", "purpose", "started_at", "status", "outcome", "robots")


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did: its manifest and the figures the terminal shows."""

    run_id: str
    manifest: dict[str, Any]
    articles: int
    new_rows: dict[str, int]
    dead_letters: int
    usable: int


class Job:
    """One bounded run.

    Args:
        config: what was asked.
        progress: told what happens; shows it on the terminal.
        fetching: how to fetch, instead of what the options say.
    """

    def __init__(
        self, config: Config, progress: Progress, *, fetching: FetchSettings | None = None
    ) -> None:
        """Find the runner and the sink; nothing is opened yet.

        Raises:
            UsageError: there is no such runner or sink.
        """
        self._config = config
        self._progress = progress
        self._fetching = fetching or fetch_settings(config)
        self._clock = self._fetching.clock()
        self._robots: dict[str, FetchLog] = {}  # what robots.txt files said, by their URL
        self._delivered: set[str] = set()  # bundles whose robots.txt are known
        self._counters: Counter[tuple[str, str]] = Counter()
        self._runner, self._runner_name = open_runner(config.runner)
        self._sink = open_sink(config.output)
        self._provenance = Provenance(run_id_of(config), __version__, config.as_of)

    def run(self) -> Summary:
        """Run to the end.

        Raises:
            UsageError: an input is missing, or the output cannot take the rows.
        """
        check_inputs(self._config.inputs)
        check_archive(self._config.archive)
        work = Path(tempfile.mkdtemp(prefix="rasd-"))
        try:
            self._sink.prepare()
            return self._run_in(work)
        finally:
            self._sink.close()
            shutil.rmtree(work, ignore_errors=True)

    def _run_in(self, work: Path) -> Summary:
        started = time.monotonic()
        context = RunContext(
            self._config, self._sink, self._provenance, self._fetching, NO_PUBLISHERS
        )
        with PeakMemory() as memory, Spool(work / "spool") as spool:
            inputs = self._index(context, spool, work)
            facts = [seen.facts for seen in inputs.feeds if seen.facts is not None]
            context = replace(context, publishers=publishers_of([*inputs.to_poll, *facts]))
            self._sink.inbox.begin(self._provenance.run_id)
            self._deliver_index(inputs)
            self._tick_through(context, inputs)
            self._progress.say("settling")
            self._sink.inbox.complete(self._provenance.run_id)
            settled = graph.settle(context)
        manifest = self._manifest(inputs, settled)
        manifest["wall_seconds"] = round(time.monotonic() - started, 3)
        manifest["peak_memory_bytes"] = memory.peak
        self._sink.write_manifest(self._provenance.run_id, manifest)
        return Summary(
            self._provenance.run_id,
            manifest,
            articles=self._counters["dedup", "out"],
            new_rows=manifest["committed"],
            dead_letters=sum(manifest["dead_letters"].values()),
            # A feed that could be read is usable, though all its entries be known.
            usable=self._counters["dedup", "out"] + len(inputs.feeds) + len(inputs.not_due),
        )

    def _manifest(self, inputs: Inputs, settled: Settled) -> dict[str, Any]:
        committed = {
            # What is seen again only moves its clock: that is no new row.
            table: changes.inserted + (changes.replaced if table not in _SEEN_AGAIN else 0)
            for table, changes in settled.changes.items()
            if table in TABLES
        }
        for broken in settled.broken:
            self._progress.say(f"left in the inbox: {broken.path}: {broken.problem}")
        return manifest_of(
            self._config,
            run_id=self._provenance.run_id,
            runner=self._runner_name,
            inputs=inputs,
            counters=self._counters,
            committed=committed,
        )

    def _index(self, context: RunContext, spool: Spool, work: Path) -> Inputs:
        self._progress.say("indexing inputs")
        config = self._config
        inputs = Inputs()
        inputs.take(FileIndex(spool, config.workers).index(config.inputs))
        if not config.offline:
            self._learn(recall_robots(self._sink, config.as_of, force=config.force))
        if inputs.to_poll:
            feeds = FeedIndex(self._going_on(context), self._progress, work)
            inputs.take(feeds.index(inputs.to_poll, spool))
            inputs.rows = feeds.rows
            inputs.not_due = feeds.not_due
            self._learn(feeds.robots)
        inputs.rejected = list(map(redact_rejection, inputs.rejected))
        for rejected in inputs.rejected:
            self._counters[rejected.stage, f"rejected.{rejected.reason}"] += 1
        return inputs

    def _learn(self, robots: Iterable[FetchLog]) -> None:
        """Take in what robots.txt files said, for whoever fetches next; the latest counts."""
        for log in robots:
            known = self._robots.get(log.url)
            if known is None or known.started_at <= log.started_at:
                self._robots[log.url] = log

    def _going_on(self, context: RunContext) -> RunContext:
        """The context of the next part of the run: its clock has gone on, robots.txt is known."""
        robots = tuple(self._robots.values())
        fetching = replace(context.fetching, as_of=self._clock(), robots=robots)
        return replace(context, fetching=fetching)

    def _deliver_index(self, inputs: Inputs) -> None:
        """Deliver what the index alone can tell: dead letters, feeds, sightings, requests."""
        rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for table, row in inputs.rows:
            rows[table].append(row)
        for rejected in inputs.rejected:
            rows["dead_letters"].append(dead_letter_row(rejected, self._provenance))
        for seen in inputs.feeds:
            if seen.path:  # polled feeds have rows of their own
                feed = seen.facts or Feed(seen.feed.url, language=seen.feed.language)
                feed = replace(feed, publisher=feed.publisher or seen.feed.title or None)
                rows["feeds"].append(feed_row(feed, self._provenance))
        inbox, run_id = self._sink.inbox, self._provenance.run_id
        staged = [inbox.stage(run_id, table, each) for table, each in rows.items() if each]
        inbox.deliver(self._provenance, staged, bounded=True)

    def _tick_through(self, context: RunContext, inputs: Inputs) -> None:
        """Send the refs through the diagram, tick by tick."""
        ticks = inputs.ticks(self._config.tick_size)
        self._progress.start("documents", len({ref.key for ref in inputs.refs}), ticked)
        for number, refs in enumerate(ticks):
            self._execute(self._going_on(context), refs)
            if not self._config.offline and number + 1 < len(ticks):
                self._learn(self._robots_delivered())
        self._progress.finish()

    def _execute(self, context: RunContext, refs: Sequence[Ref]) -> None:
        """Run one tick to its end."""
        root = beam.Pipeline(runner=self._runner, options=local_options(self._config))
        graph.documents(root, context, refs)
        result = root.run()
        result.wait_until_finish()
        self._counters.update(stage_counters(result))

    def _robots_delivered(self) -> Iterable[FetchLog]:
        """What the last tick was told by robots.txt files: the next need not ask."""
        inbox = self._sink.inbox
        for bundle in inbox.of_run(self._provenance.run_id):
            if bundle.bundle_id in self._delivered:
                continue
            self._delivered.add(bundle.bundle_id)
            for file in bundle.files:
                if file.table == "fetch_log":
                    data = read_staged(inbox.files, file, _ROBOTS)
                    robots = (row for row in data.to_pylist() if row["purpose"] == "robots")
                    yield from (FetchLog(**row) for row in robots)


def run_job(
    config: Config, progress: Progress, *, fetching: FetchSettings | None = None
) -> Summary:
    """Run a bounded job; see ``Job``.

    Raises:
        UsageError: an input is missing, or the output cannot take the rows.
    """
    if not config.inputs:
        raise UsageError("nothing to read")
    return Job(config, progress, fetching=fetching).run()
