"""A bounded job: index, ticks of documents, settle, a manifest.

Ticks are slices of the input index by hash of the URL, so that a run of any size needs the memory
of one tick. Nothing counts before the run is complete; a run that dies leaves the tables as they
were, and running it again gives the rows of an unbroken run.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import apache_beam as beam

from pipeline import graph, log
from pipeline.context import RunContext
from pipeline.errors import JobError, UsageError
from pipeline.options import Config
from pipeline.polling.history import recall_robots
from pipeline.polling.index import FeedIndex
from pipeline.polling.settings import fetch_settings
from pipeline.polling.warm import Warm
from pipeline.render.progress import Progress
from pipeline.run.inputs import Inputs, run_id_of
from pipeline.run.manifest import (
    Spreads,
    add_spread,
    manifest_of,
    measure_polls,
    stage_counters,
    stage_spreads,
)
from pipeline.run.measures import Spread
from pipeline.run.peak_memory import PeakMemory
from pipeline.run.work import check_reach, check_readable, hand_over
from pipeline.runners import open_engine
from pipeline.sinks.base import open_sink
from pipeline.sources.base import Indexed, Ref
from pipeline.sources.files import FileIndex, check_inputs
from pipeline.sources.spool import Spool
from pipeline.steps.redact import redact_rejection
from pipeline.steps.settle import Settled
from pipeline.steps.takedown import taken_down
from pipeline.version import __version__
from pipeline.warc.writer import check_archive
from pipeline.workers.tally import ticked
from transforms.enrich.own import use
from transforms.feeds.publishers import NO_PUBLISHERS, publishers_of
from transforms.fetch.run import FetchSettings
from transforms.records import Feed
from transforms.rows.packed import PackedRows, pack_rows
from transforms.rows.rows import Provenance, dead_letter_row, feed_row
from transforms.rows.schema import TABLES

_SEEN_AGAIN: Final = frozenset({"appearances", "dead_letters", "feeds"})

_JOB_NAME: Final = re.compile(r"^Pipeline \S+ failed in state FAILED: ")


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did: its manifest and the figures the terminal shows.

    ``waiting`` articles and dead letters lie in the inbox until somebody settles. Where only the
    engine's graph was asked for, nothing was run: ``graph`` says where it stands. ``queued`` pages
    were handed on to be processed elsewhere.
    """

    run_id: str
    manifest: dict[str, Any]
    articles: int
    new_rows: dict[str, int]
    dead_letters: int
    usable: int
    waiting: int = 0
    graph: str | None = None
    queued: int = 0


class Job:
    """One bounded run.

    Attributes:
        is_tick: it is one of many, and leaves a manifest only when it brought something.

    Args:
        config: what was asked.
        progress: told what happens; shows it on the terminal.
        fetching: how to fetch, instead of what the options say.
        warm: what is known from the tick before.
    """

    is_tick = False

    def __init__(
        self,
        config: Config,
        progress: Progress,
        *,
        fetching: FetchSettings | None = None,
        warm: Warm | None = None,
    ) -> None:
        """Find the engine and the sink; nothing is opened yet.

        Raises:
            UsageError: there is no such runner or sink.
        """
        self._config = config
        use(config.own)  # settling codes, too, and does so in this process
        self._progress = progress
        self._fetching = fetching or fetch_settings(config)
        self._clock = self._fetching.clock()
        self._counters: Counter[tuple[str, str]] = Counter()
        self._spreads: Spreads = {}
        self._engine = open_engine(config)
        self._warm = warm or Warm(open_sink(config.output, config.staging), config.as_of)
        self._sink = self._warm.sink
        self._provenance = Provenance(run_id_of(config), __version__, config.as_of)

    def run(self) -> Summary:
        """Run to the end.

        Raises:
            UsageError: an input is missing, or the output cannot take the rows.
        """
        check_inputs(self._config.inputs)
        check_archive(self._config.archive)
        if self._engine.elsewhere:
            check_reach(self._engine.name, self._sink.inbox, self._config.archive)
            for line in self._engine.elsewhere_lies(
                [self._sink.inbox.uri, self._config.archive, *self._config.inputs]
            ):
                self._progress.say(line, "WARNING")
        work = Path(tempfile.mkdtemp(prefix="rasd-"))
        try:
            self._sink.prepare()
            return self.tick(work)
        finally:
            self._sink.close()
            shutil.rmtree(work, ignore_errors=True)

    def tick(self, work: Path, *, settle: bool = True) -> Summary:
        """Run once over an output that is open.

        Args:
            work: a local directory that the run may fill.
            settle: fold what was delivered into the tables at once; else it waits in the inbox.
        """
        started = time.monotonic()
        log.label(run_id=self._provenance.run_id)
        context = RunContext(
            self._config, self._sink, self._provenance, self._fetching, NO_PUBLISHERS
        )
        with PeakMemory() as memory, Spool(work / "spool") as spool:
            inputs = self._index(context, spool, work)
            self._warm.forget_old(self._config.as_of)
            facts = [seen.facts for seen in inputs.feeds if seen.facts is not None]
            context = replace(
                context, publishers=publishers_of([*inputs.to_poll, *facts, *self._registry()])
            )
            spooled = work / "spool"
            if self._engine.elsewhere:
                check_readable(self._engine.name, inputs.refs, spooled)
            if self._engine.template is not None:
                return self._write_graph(context, inputs, spooled, self._engine.template)
            self._begin(inputs, spooled)
            self._deliver(self._index_rows(inputs))
            self._tick_through(context, inputs)
            self._deliver(self._closing_rows())
            self._sink.inbox.complete(self._provenance.run_id)
            self._warm.learn(self._sink.inbox.of_run(self._provenance.run_id))
            self._progress.say("settling")
            settled = self._settle(context) if settle else Settled()
        manifest = self._manifest(inputs, settled)
        manifest["wall_seconds"] = round(time.monotonic() - started, 3)
        manifest["peak_memory_bytes"] = memory.peak
        letters = sum(manifest["dead_letters"].values())
        waiting = 0 if settle else self._counters["dedup", "out"] + letters
        queued = self._counters["queue", "pages"]
        if settled.has_news or waiting or queued or not self.is_tick:
            self._sink.write_manifest(self._provenance.run_id, manifest)
        return Summary(
            self._provenance.run_id,
            manifest,
            articles=self._counters["dedup", "out"],
            new_rows=manifest["committed"],
            dead_letters=letters,
            waiting=waiting,
            queued=queued,
            # A feed that could be read is usable, though all its entries be known.
            usable=self._counters["dedup", "out"] + len(inputs.feeds) + len(inputs.not_due),
        )

    def _settle(self, context: RunContext) -> Settled:
        """Fold in what was delivered, and measure it: no engine does."""
        started = time.monotonic()
        settled = graph.settle(context)
        took = round((time.monotonic() - started) * 1e6)
        add_spread(self._spreads, ("settle", "microseconds"), Spread.of([took]))
        add_spread(self._spreads, ("settle", "bundles"), Spread.of([settled.bundles]))
        return settled

    def _begin(self, inputs: Inputs, spooled: Path) -> None:
        """Take the inbox, and hand workers of an engine what was spooled."""
        inbox, run_id = self._sink.inbox, self._provenance.run_id
        for folder in inbox.begin(run_id):
            self._progress.say(f"removed from the inbox: {folder}, of a run that was cut off")
        if not self._engine.in_process:
            inputs.refs = hand_over(inputs.refs, spooled, inbox, run_id)

    def _write_graph(
        self, context: RunContext, inputs: Inputs, spooled: Path, place: str
    ) -> Summary:
        """Have the engine write its graph down, for somebody else to start.

        Nobody waits for it then: what it delivers, the rows of the index among it, counts as it
        comes.
        """
        run_id = self._provenance.run_id
        refs = hand_over(inputs.refs, spooled, self._sink.inbox, run_id)
        rows = self._index_rows(inputs)
        told = pack_rows([(table, row) for table, each in rows.items() for row in each])
        self._start(replace(context, awaited=False), refs, list(told))
        return Summary(run_id, {}, 0, {}, 0, usable=len(refs), graph=place)

    def _manifest(self, inputs: Inputs, settled: Settled) -> dict[str, Any]:
        committed = {
            # What is seen again only moves its clock: that is no new row.
            table: changes.inserted + (changes.replaced if table not in _SEEN_AGAIN else 0)
            for table, changes in settled.changes.items()
            if table in TABLES
        }
        for broken in settled.broken:
            self._progress.say(f"left in the inbox: {broken.path}: {broken.problem}", "ERROR")
        return manifest_of(
            self._config,
            run_id=self._provenance.run_id,
            runner=self._engine.name,
            inputs=inputs,
            counters=self._counters,
            spreads=self._spreads,
            committed=committed,
        )

    def _index(self, context: RunContext, spool: Spool, work: Path) -> Inputs:
        self._progress.say("indexing inputs")
        config = self._config
        inputs = Inputs()
        inputs.take(self._indexed(spool))
        inputs.leave_out(taken_down(self._sink))
        if not config.offline and not self._warm.robots:
            self._warm.know(recall_robots(self._sink, config.as_of, force=config.force))
        if inputs.to_poll:
            feeds = FeedIndex(self._going_on(context), self._warm.history, self._progress, work)
            inputs.take(feeds.index(inputs.to_poll, spool))
            inputs.rows = feeds.rows
            measure_polls(feeds.rows, self._counters, self._spreads)
            inputs.not_due = feeds.not_due
            self._warm.know(feeds.robots)
        inputs.rejected = list(map(redact_rejection, inputs.rejected))
        for rejected in inputs.rejected:
            self._counters[rejected.stage, f"rejected.{rejected.reason}"] += 1
        return inputs

    def _going_on(self, context: RunContext) -> RunContext:
        """The context of the next part of the run: its clock has gone on, robots.txt is known."""
        robots = tuple(self._warm.robots.values())
        fetching = replace(context.fetching, as_of=self._clock(), robots=robots)
        return replace(context, fetching=fetching)

    def _index_rows(self, inputs: Inputs) -> dict[str, list[dict[str, Any]]]:
        """What the index alone can tell: dead letters, feeds, sightings, requests."""
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
        return rows

    def _deliver(self, rows: Mapping[str, list[dict[str, Any]]]) -> None:
        """Put rows that no worker made into the inbox."""
        inbox, run_id = self._sink.inbox, self._provenance.run_id
        staged = [inbox.stage(run_id, table, each) for table, each in rows.items() if each]
        if staged:
            inbox.deliver(self._provenance, staged, bounded=True)

    def _indexed(self, spool: Spool) -> Iterable[Indexed]:
        """List what the run reads; another kind of run lists something else."""
        config = self._config
        return FileIndex(spool, config.workers, dict(config.renames)).index(config.inputs)

    def _registry(self) -> Iterable[Feed]:
        """Feeds known beside those that are read, for their publishers; none for a run."""
        return ()

    def _closing_rows(self) -> Mapping[str, list[dict[str, Any]]]:
        """The rows that can only be told when all documents are through; none for a run."""
        return {}

    def _tick_through(self, context: RunContext, inputs: Inputs) -> None:
        """Send the refs through the diagram, tick by tick."""
        size = sys.maxsize if self._engine.one_job else self._config.tick_size
        ticks = inputs.ticks(size)
        self._progress.start("documents", len({ref.key for ref in inputs.refs}), ticked)
        for number, refs in enumerate(ticks):
            self._execute(self._going_on(context), refs)
            if not self._config.offline and number + 1 < len(ticks):
                self._warm.learn(self._sink.inbox.of_run(self._provenance.run_id))
        self._progress.finish()

    def _execute(self, context: RunContext, refs: Sequence[Ref]) -> None:
        """Run one tick to its end.

        Raises:
            JobError: an engine's job has failed.
        """
        try:
            result = self._start(context, refs)
            result.wait_until_finish()
        except Exception as error:
            if self._engine.in_process:
                raise
            why = _JOB_NAME.sub("", str(error))
            raise JobError(
                f"the job on {self._engine.name} failed ({why}); nothing of it counts, and the "
                "same command begins again"
            ) from error
        self._counters.update(stage_counters(result))
        for name, spread in stage_spreads(result).items():
            add_spread(self._spreads, name, spread)

    def _start(
        self, context: RunContext, refs: Sequence[Ref], told: Sequence[PackedRows] = ()
    ) -> Any:
        """Hand a graph to the engine."""
        engine = self._engine
        if not engine.in_process:
            # An engine starts as many harnesses as it likes: each has one killable process.
            context = replace(context, config=replace(context.config, processes=1))
        root = beam.Pipeline(runner=engine.runner, options=engine.options)
        graph.documents(root, context, refs, told)
        return root.run()


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
