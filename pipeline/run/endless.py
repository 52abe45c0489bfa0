"""``rasd stream --runner=...``: one job that never ends, inside an engine (decision 0071).

The launcher only hands the job over. Flink's it follows until it is told to stop, and then cancels
it; one on Dataflow goes on by itself. Whatever becomes of the job: what has been delivered lies in
the inbox, what is known stands in the tables, and the next job goes on from there.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final

import apache_beam as beam
from apache_beam.transforms.periodicsequence import PeriodicImpulse

from pipeline.beats.diagram import beats
from pipeline.beats.pace import Rhythm
from pipeline.context import RunContext
from pipeline.engines.base import Engine
from pipeline.errors import JobError
from pipeline.options import Config
from pipeline.polling.settings import fetch_settings
from pipeline.queue.base import Queue
from pipeline.render.progress import Progress
from pipeline.run.inputs import run_id_of
from pipeline.run.work import check_list, check_queue, check_reach
from pipeline.runners import open_engine
from pipeline.sinks.base import open_sink
from pipeline.sources.files import feeds_of
from pipeline.version import __version__
from pipeline.warc.writer import check_archive
from transforms.feeds.publishers import publishers_of
from transforms.rows.rows import Provenance

# Without checkpoints Flink begins a job anew after every failure. Where a bundle is under way at a
# checkpoint, Flink's runner keeps what it gives back until the step's next bundle begins: that of
# the one element which sets off the beats would never come.
_ON_FLINK: Final = (
    "--checkpointing_interval=10000",  # milliseconds
    "--finish_bundle_before_checkpointing",
)
_LOOK: Final = 0.5  # seconds between two looks at whether to stop


@dataclass(slots=True)
class Endless:
    """A stream as a job of an engine.

    Attributes:
        config: what was asked; its only input, if it has one, is the list of feeds.
        rhythm: of the beats.
        progress: told what happens.
        times: gives the times of the beats, in seconds, instead of the clock.
        queue: brings groups that a fetcher elsewhere has put there.
    """

    config: Config
    rhythm: Rhythm
    progress: Progress
    times: Any = None
    queue: Queue | None = None
    _stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Hand the job over; follow it where it needs this process.

        Raises:
            UsageError: the list cannot be read, the output cannot be written or reached, or there
                is no such runner.
            SinkError: another writer is at the output.
            JobError: the job has failed.
        """
        config = self.config
        check_archive(config.archive)
        engine = open_engine(_endless(config))
        sink = open_sink(config.output, config.staging)
        if engine.elsewhere:
            for source in config.inputs:
                check_list(engine.name, source)
            check_reach(engine.name, sink.inbox, config.archive)
        what = self._sources(engine)
        if engine.template is None:
            sink.prepare()
            sink.close()
        root = beam.Pipeline(runner=engine.runner, options=engine.options)
        times = self.times or self._times()
        beats(root, self._context(engine, sink), times, self.rhythm, self.queue)
        result = root.run()
        if engine.template is not None:
            self.progress.say(f"the graph is written to {engine.template}; nothing was run")
        elif engine.elsewhere:
            job = getattr(result, "job_id", lambda: "")()
            self.progress.say(f"job {job} streams {what} to {config.output} by itself")
        else:
            self.progress.say(
                f"streaming {what} to {config.output} on {engine.name}; Ctrl-C ends it"
            )
            self._follow(result, engine)

    def _sources(self, engine: Engine) -> str:
        """Say what is streamed, and see that it is there.

        Raises:
            UsageError: the list cannot be read, or the queue not be used or reached.
        """
        found = [f"{len(feeds_of(source))} feeds" for source in self.config.inputs]
        if self.queue is not None:
            if engine.elsewhere:
                check_queue(engine.name, self.queue.uri)
            if engine.template is None:
                self.queue.check(writing=False)
            found.append(f"what comes through {self.queue.uri}")
        return " and ".join(found)

    def stop(self) -> None:
        """Cancel the job, and end."""
        self._stop.set()

    def _context(self, engine: Engine, sink: Any) -> RunContext:
        config = self.config
        if not engine.in_process:
            # An engine starts as many harnesses as it likes: each has one killable process.
            config = replace(config, processes=1)
        provenance = Provenance(run_id_of(config), __version__, config.as_of)
        return RunContext(
            config, sink, provenance, fetch_settings(config), publishers_of(()), awaited=False
        )

    def _times(self) -> PeriodicImpulse:
        """Beats from now on; each begins with its window."""
        seconds = self.rhythm.seconds
        start = self.config.as_of.timestamp() // seconds * seconds
        return PeriodicImpulse(start_timestamp=start, fire_interval=seconds)

    def _follow(self, result: Any, engine: Engine) -> None:
        """Wait for the end of the job, or for being told to stop."""
        failed: list[Exception] = []

        def wait() -> None:
            try:
                result.wait_until_finish()
            except Exception as error:  # noqa: BLE001 - told by whoever waits
                failed.append(error)

        waiting = threading.Thread(target=wait, daemon=True)
        waiting.start()
        while waiting.is_alive() and not self._stop.is_set():
            waiting.join(_LOOK)
        if self._stop.is_set():
            result.cancel()
            self.progress.say("stopped: what was delivered lies in the inbox; rasd settle folds it")
        elif failed:
            raise JobError(f"the job on {engine.name} failed ({failed[0]})") from failed[0]


def _endless(config: Config) -> Config:
    """The options of a job without an end."""
    more = ["--streaming"]
    if config.runner == "FlinkRunner":
        more += _ON_FLINK
    return replace(config, beam_args=(*more, *config.beam_args))


@contextmanager
def stopping(job: Endless) -> Iterator[None]:
    """Let SIGTERM and SIGINT stop a job."""
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = {each: signal.signal(each, lambda *_: job.stop()) for each in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
