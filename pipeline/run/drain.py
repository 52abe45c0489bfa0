"""``rasd stream --queue`` on one machine, without feeds: take what a fetcher elsewhere hands on.

The same steps as inside an engine, one group after the other; at a pause everything is settled.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from pipeline.context import RunContext
from pipeline.options import Config
from pipeline.polling.settings import fetch_settings
from pipeline.queue.base import BEHIND, Queue, seconds_behind
from pipeline.render.progress import Progress
from pipeline.render.terminal import one_line
from pipeline.run.inputs import run_id_of
from pipeline.run.loop import Clock, Loop
from pipeline.run.maintain import provenance_of
from pipeline.runners import open_engine
from pipeline.sinks.base import open_sink
from pipeline.steps.settle import Pace, Settled, settle_inbox
from pipeline.steps.take import GroupTaker
from pipeline.version import __version__
from transforms.enrich.own import use
from transforms.feeds.publishers import publishers_of
from transforms.rows.rows import Provenance

_LOOK_AGAIN: Final = 5.0  # seconds between two looks at an empty queue
_AFTER_FAILURE: Final = 30.0
_GROUPS: Final = 50  # delivered and settled at once


@dataclass(slots=True)
class Drain(Loop):
    """The loop.

    Attributes:
        config: what was asked; it has no inputs.
        queue: where groups come from.
        progress: told what happens.
        pace: how often bundles are folded into the tables; else they are only put down.
        clock: tells the time.
    """

    config: Config
    queue: Queue
    progress: Progress
    pace: Pace = field(default_factory=Pace)
    clock: Clock = field(default_factory=Clock)
    taken: int = 0

    def run(self) -> None:
        """Take groups until ``stop`` ends it.

        Raises:
            UsageError: the queue or the output cannot be used, or there is no such runner.
            SinkError: another writer is at the output.
        """
        config = self.config
        use(config.own)
        open_engine(config)
        self.queue.check(writing=False)
        sink = open_sink(config.output, config.staging)
        sink.prepare()
        provenance = Provenance(run_id_of(config), __version__, config.as_of)
        fetching, nobody = fetch_settings(config), publishers_of(())
        context = RunContext(config, sink, provenance, fetching, nobody, awaited=False)
        taker = GroupTaker(context, self.queue)
        try:
            self.progress.say(f"taking {self.queue.uri} to {config.output}; Ctrl-C ends it")
            while not self._stop.is_set():
                self.clock.wait(self._stop, self._beat(taker, sink))
            if self.pace.minutes is not None:
                self._settle(sink, self.clock.now())
        finally:
            taker.close()
            sink.close()
        self.progress.say(f"stopped after {self.taken} groups; nothing is under way")

    def _beat(self, taker: GroupTaker, sink: Any) -> float:
        """Take what lies in the queue; return the seconds to sleep."""
        now = self.clock.now()
        taken = 0
        try:
            orders = self.queue.orders()
            behind = seconds_behind(self.queue, orders, now)
            for order in orders if self.queue.lasting else orders[:1]:  # one share, here, is all
                if self._stop.is_set() or taken >= _GROUPS:
                    break
                taken += taker.take(order, now)
            taker.deliver()
            self.taken += taken
            if self.pace.is_time(now):
                self._settle(sink, now, taken)
            if behind >= BEHIND:
                self.progress.say(
                    f"queue: {len(orders)} groups waited, {behind} s behind",
                    figures={"groups": len(orders), "lag_seconds": behind},
                )
        except Exception as error:  # noqa: BLE001 - a stream outlives whatever a group meets
            # Nothing was forgotten: what was not delivered is taken again.
            taker.begin()
            self.progress.say(f"not taken, and tried again: {one_line(str(error))}", "ERROR")
            return _AFTER_FAILURE
        return 0.0 if taken else _LOOK_AGAIN

    def _settle(self, sink: Any, now: datetime, taken: int = 0) -> None:
        settled: Settled = settle_inbox(sink, provenance_of("stream", now))
        for broken in settled.broken:
            self.progress.say(f"left in the inbox: {broken.path}: {broken.problem}", "ERROR")
        if taken:
            new = {name: each.inserted for name, each in settled.changes.items()}
            figures = {name: new.get(name, 0) for name in ("articles", "events", "dead_letters")}
            self.progress.say(
                f"{now:%Y-%m-%dT%H:%M:%S}Z: {taken} groups taken, "
                f"{figures['articles']} new articles, {figures['events']} events, "
                f"{figures['dead_letters']} dead letters",
                figures={"groups": taken, **figures},
            )
