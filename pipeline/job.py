"""A bounded job: index, ticks, relations, one commit, a manifest.

Ticks are slices of the input index by hash of the URL, so that a run of any size needs the memory
of one tick. Nothing is visible before the commit; a run that dies leaves what was there before,
and running it again gives the rows of an unbroken run.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import apache_beam as beam

from pipeline import graph
from pipeline.beam_options import local_options
from pipeline.errors import UsageError
from pipeline.graph import Plan
from pipeline.handover import read_pickled
from pipeline.manifest import manifest_of, stage_counters
from pipeline.measure import PeakMemory
from pipeline.options import Config
from pipeline.progress import Progress
from pipeline.relations import Relations, load_fingerprints
from pipeline.runners import open_runner
from pipeline.sinks.base import StagedFile, open_sink
from pipeline.sources.base import Ref, SeenFeed, Skipped
from pipeline.sources.files import FileIndex, check_inputs
from pipeline.sources.spool import Spool
from pipeline.version import __version__
from transforms.records import Feed, Rejected, content_id
from transforms.rows.rows import Provenance, dead_letter_row, feed_row


_SEEN_AGAIN: Final = frozenset({"appearances", "dead_letters", "feeds"})


@dataclass(slots=True)
class Inputs:
    """What the index of a run found."""

    refs: list[Ref] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    feeds: list[SeenFeed] = field(default_factory=list)

    def take(self, found: Iterable[Ref | Rejected | Skipped | SeenFeed]) -> None:
        """Sort what an index lists into its kinds."""
        places: dict[type, list[Any]] = {
            Ref: self.refs,
            Rejected: self.rejected,
            Skipped: self.skipped,
            SeenFeed: self.feeds,
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
    """

    def __init__(self, config: Config, progress: Progress) -> None:
        """Keep the settings; nothing is opened yet."""
        self._config = config
        self._progress = progress
        self._counters: Counter[tuple[str, str]] = Counter()

    def run(self) -> Summary:
        """Run to the end.

        Raises:
            UsageError: an input is missing, or the output cannot take the rows.
        """
        started = time.monotonic()
        runner, runner_name = open_runner(self._config.runner)
        sink = open_sink(self._config.output)
        run_id = run_id_of(self._config)
        provenance = Provenance(run_id, __version__, self._config.as_of)
        work = Path(tempfile.mkdtemp(prefix="rasd-"))
        try:
            check_inputs(self._config.inputs)
            sink.prepare()
            with PeakMemory() as memory, Spool(work / "spool") as spool:
                plan = Plan(self._config, sink, provenance, str(work))
                inputs = self._index(spool)
                staged = self._stage_index(plan, inputs)
                prints: list[str] = []
                self._progress.start(
                    "documents", len({ref.key for ref in inputs.refs}), work / "progress"
                )
                for number, tick in enumerate(inputs.ticks(self._config.tick_size)):
                    for written in self._execute(
                        runner, work / f"tick-{number}", graph.documents, plan, tick
                    ):
                        (prints if isinstance(written, str) else staged).append(written)
                self._progress.finish()
                staged += self._relate(runner, plan, prints, work)
                self._progress.say("committing")
                report = sink.commit(run_id, staged)
                written_rows = {
                    # What is seen again only moves its clock: that is no new row.
                    table: changes.inserted + (changes.replaced if table not in _SEEN_AGAIN else 0)
                    for table, changes in report.tables.items()
                }
                usable = self._usable(inputs)
                manifest = manifest_of(
                    self._config,
                    run_id=run_id,
                    runner=runner_name,
                    inputs=inputs,
                    counters=self._counters,
                    committed=written_rows,
                )
                manifest["wall_seconds"] = round(time.monotonic() - started, 3)
                manifest["peak_memory_bytes"] = memory.peak
                sink.write_manifest(run_id, manifest)
        finally:
            sink.close()
            shutil.rmtree(work, ignore_errors=True)
        return Summary(
            run_id,
            manifest,
            articles=self._counters["dedup", "out"],
            new_rows=written_rows,
            dead_letters=sum(manifest["dead_letters"].values()),
            usable=usable,
        )

    def _index(self, spool: Spool) -> Inputs:
        self._progress.say("indexing inputs")
        inputs = Inputs()
        inputs.take(FileIndex(spool, processes=self._config.processes).index(self._config.inputs))
        for rejected in inputs.rejected:
            self._counters[rejected.stage, f"rejected.{rejected.reason}"] += 1
        return inputs

    def _stage_index(self, plan: Plan, inputs: Inputs) -> list[StagedFile]:
        """Stage what the index alone can tell: dead letters and feeds."""
        letters = [dead_letter_row(rejected, plan.provenance) for rejected in inputs.rejected]
        feeds = [
            feed_row(
                Feed(seen.feed.url, seen.feed.title or None, language=seen.feed.language),
                plan.provenance,
            )
            for seen in inputs.feeds
        ]
        return [
            plan.sink.stage(plan.provenance.run_id, table, rows)
            for table, rows in (("dead_letters", letters), ("feeds", feeds))
            if rows
        ]

    def _execute(
        self, runner: Any, names: Path, part: Callable[..., None], plan: Plan, given: Sequence[Any]
    ) -> list[Any]:
        """Run one part of the diagram to its end and return what it wrote."""
        root = beam.Pipeline(runner=runner, options=local_options(self._config))
        part(root, plan, given, str(names))
        result = root.run()
        result.wait_until_finish()
        self._counters.update(stage_counters(result))
        return list(read_pickled(names))

    def _relate(
        self, runner: Any, plan: Plan, prints: Sequence[str], work: Path
    ) -> list[StagedFile]:
        """Find duplicate pairs among new and stored articles, and assign clusters."""
        self._progress.say("finding duplicates")
        found = Relations(plan.sink, load_fingerprints(prints), force=self._config.force)
        files = found.fingerprint_files(str(work))
        if not files:
            return []
        pairs = self._execute(runner, work / "relations", graph.relations, plan, files)
        duplicates, clusters = found.rows(pairs, plan.provenance)
        return [
            plan.sink.stage(plan.provenance.run_id, table, rows)
            for table, rows in (("duplicates", duplicates), ("clusters", clusters))
            if rows
        ]

    def _usable(self, inputs: Inputs) -> int:
        """How much usable came in: articles, and feeds that could be read."""
        return self._counters["dedup", "out"] + len(inputs.feeds)


def run_job(config: Config, progress: Progress) -> Summary:
    """Run a bounded job; see ``Job``.

    Raises:
        UsageError: an input is missing, or the output cannot take the rows.
    """
    if not config.inputs:
        raise UsageError("nothing to read")
    return Job(config, progress).run()
