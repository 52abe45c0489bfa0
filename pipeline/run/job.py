"""A bounded job: index, ticks, relations, one commit, a manifest.

Ticks are slices of the input index by hash of the URL, so that a run of any size needs the memory
of one tick. Nothing is visible before the commit; a run that dies leaves what was there before,
and running it again gives the rows of an unbroken run.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import apache_beam as beam

from pipeline import graph
from pipeline.beam_options import local_options
from pipeline.context import Plan
from pipeline.errors import UsageError
from pipeline.options import Config
from pipeline.polling.history import recall_robots
from pipeline.polling.index import Live, fetch_settings
from pipeline.reconcile.clusters import Relations, load_fingerprints
from pipeline.reconcile.precedence import Deliveries, Void
from pipeline.render.progress import Progress
from pipeline.run.manifest import manifest_of, stage_counters
from pipeline.run.peak_memory import PeakMemory
from pipeline.runners import open_runner
from pipeline.sinks.base import StagedFile, open_sink
from pipeline.sources.base import Indexed, Ref, SeenFeed, Skipped
from pipeline.sources.files import FileIndex, check_inputs
from pipeline.sources.spool import Spool
from pipeline.steps.fetch import public_rejection
from pipeline.steps.spill import read_pickled
from pipeline.version import __version__
from pipeline.warc.writer import check_archive
from transforms.feeds.publishers import NO_REGISTRY, registry_of
from transforms.fetch.run import FetchSettings
from transforms.records import Feed, FetchLog, Rejected, content_id
from transforms.rows.rows import Provenance, dead_letter_row, feed_row

_SEEN_AGAIN: Final = frozenset({"appearances", "dead_letters", "feeds"})


@dataclass(slots=True)
class Inputs:
    """What the index of a run found."""

    refs: list[Ref] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    feeds: list[SeenFeed] = field(default_factory=list)
    to_poll: list[Feed] = field(default_factory=list)
    not_due: list[Feed] = field(default_factory=list)
    rows: list[tuple[str, dict[str, Any]]] = field(default_factory=list)  # of polls

    def take(self, found: Iterable[Indexed]) -> None:
        """Sort what an index lists into its kinds."""
        places: dict[type, list[Any]] = {
            Ref: self.refs,
            Rejected: self.rejected,
            Skipped: self.skipped,
            SeenFeed: self.feeds,
            Feed: self.to_poll,
        }
        for each in found:
            places[type(each)].append(each)

    def ticks(self, size: int) -> list[list[Ref]]:
        """Slice the refs by hash of their key; one key is never in two slices."""
        keys = {ref.key for ref in self.refs}
        slices = max(1, -(-len(keys) // size))
        ticks: list[list[Ref]] = [[] for _ in range(slices)]
        for ref in self.refs:
            digest = sha256(ref.key.encode("utf-8", "replace")).digest()
            ticks[int.from_bytes(digest[:8], "big") % slices].append(ref)
        return [tick for tick in ticks if tick]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did: its manifest and the figures the terminal shows."""

    run_id: str
    manifest: dict[str, Any]
    articles: int
    new_rows: dict[str, int]
    dead_letters: int
    usable: int


def run_id_of(config: Config) -> str:
    """The run's id: a hash of version, options, clock and inputs."""
    options = sorted((name, str(value)) for name, value in config.describe().items())
    return content_id(__version__, repr(options), config.as_of.isoformat(), *sorted(config.inputs))


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
        plan = Plan(
            self._config, self._sink, self._provenance, self._fetching, NO_REGISTRY, str(work)
        )
        with PeakMemory() as memory, Spool(work / "spool") as spool:
            inputs = self._index(plan, spool)
            facts = [seen.facts for seen in inputs.feeds if seen.facts is not None]
            plan = replace(plan, registry=registry_of([*inputs.to_poll, *facts]))
            staged = self._stage_index(inputs)
            prints = self._tick_through(plan, inputs, staged, work)
            staged, void = self._relate(plan, prints, staged, work)
            self._progress.say("committing")
            report = self._sink.commit(self._provenance.run_id, staged, void)
        new_rows = {
            # What is seen again only moves its clock: that is no new row.
            table: changes.inserted + (changes.replaced if table not in _SEEN_AGAIN else 0)
            for table, changes in report.tables.items()
        }
        manifest = manifest_of(
            self._config,
            run_id=self._provenance.run_id,
            runner=self._runner_name,
            inputs=inputs,
            counters=self._counters,
            committed=new_rows,
        )
        manifest["wall_seconds"] = round(time.monotonic() - started, 3)
        manifest["peak_memory_bytes"] = memory.peak
        self._sink.write_manifest(self._provenance.run_id, manifest)
        return Summary(
            self._provenance.run_id,
            manifest,
            articles=self._counters["dedup", "out"],
            new_rows=new_rows,
            dead_letters=sum(manifest["dead_letters"].values()),
            # A feed that could be read is usable, though all its entries be known.
            usable=self._counters["dedup", "out"] + len(inputs.feeds) + len(inputs.not_due),
        )

    def _index(self, plan: Plan, spool: Spool) -> Inputs:
        self._progress.say("indexing inputs")
        config = self._config
        inputs = Inputs()
        inputs.take(FileIndex(spool, config.workers).index(config.inputs))
        if not config.offline:
            self._learn(recall_robots(self._sink, config.as_of, force=config.force))
        if inputs.to_poll:
            live = Live(self._going_on(plan), self._progress)
            inputs.take(live.index(inputs.to_poll, spool))
            inputs.rows = live.rows
            inputs.not_due = live.not_due
            self._learn(live.robots)
        inputs.rejected = list(map(public_rejection, inputs.rejected))
        for rejected in inputs.rejected:
            self._counters[rejected.stage, f"rejected.{rejected.reason}"] += 1
        return inputs

    def _learn(self, robots: Iterable[FetchLog]) -> None:
        """Take in what robots.txt files said, for whoever fetches next; the latest counts."""
        for log in robots:
            known = self._robots.get(log.url)
            if known is None or known.started_at <= log.started_at:
                self._robots[log.url] = log

    def _going_on(self, plan: Plan) -> Plan:
        """The plan for the next part of the run: its clock has gone on, robots.txt is known."""
        robots = tuple(self._robots.values())
        return replace(plan, fetching=replace(plan.fetching, as_of=self._clock(), robots=robots))

    def _stage_index(self, inputs: Inputs) -> list[StagedFile]:
        """Stage what the index alone can tell: dead letters, feeds, sightings, requests."""
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
        return self._stage(rows)

    def _stage(self, rows: Mapping[str, list[dict[str, Any]]]) -> list[StagedFile]:
        run_id = self._provenance.run_id
        return [self._sink.inbox.stage(run_id, table, each) for table, each in rows.items() if each]

    def _tick_through(
        self, plan: Plan, inputs: Inputs, staged: list[StagedFile], work: Path
    ) -> list[str]:
        """Run the ticks; staged files are added, the paths of fingerprints returned."""
        prints: list[str] = []
        keys = {ref.key for ref in inputs.refs}
        self._progress.start("documents", len(keys), work / "progress")
        for number, tick in enumerate(inputs.ticks(self._config.tick_size)):
            names = work / f"tick-{number}"
            for written in self._execute(names, graph.documents, self._going_on(plan), tick):
                if isinstance(written, FetchLog):
                    self._learn([written])
                else:
                    (prints if isinstance(written, str) else staged).append(written)
        self._progress.finish()
        return prints

    def _execute(
        self, names: Path, part: Callable[..., None], plan: Plan, given: Sequence[Any]
    ) -> list[Any]:
        """Run one part of the diagram to its end and return what it wrote."""
        root = beam.Pipeline(runner=self._runner, options=local_options(self._config))
        part(root, plan, given, str(names))
        result = root.run()
        result.wait_until_finish()
        self._counters.update(stage_counters(result))
        return list(read_pickled(names))

    def _relate(
        self, plan: Plan, prints: Sequence[str], staged: list[StagedFile], work: Path
    ) -> tuple[list[StagedFile], Void]:
        """Find duplicate pairs among new and stored articles, and assign clusters.

        Returns:
            The files to commit, and the keys of stored rows that no longer hold.
        """
        self._progress.say("finding duplicates")
        given = load_fingerprints(prints)
        deliveries = Deliveries(self._sink, given, force=self._config.force)
        staged, void = deliveries.settle(staged, self._provenance)
        found = Relations(self._sink, deliveries)
        files = found.fingerprint_files(str(work))
        if not files:
            return staged, void
        pairs = self._execute(work / "relations", graph.relations, plan, files)
        rows, outdated = found.rows(pairs, self._provenance)
        return staged + self._stage(rows), {**void, **outdated}


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
