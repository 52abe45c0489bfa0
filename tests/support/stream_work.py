"""A stream in a process of its own, on a clock that goes as fast as the work: to be killed.

    stream_work OUTPUT LIST START MINUTES [KILL_AT]

KILL_AT names the checkpoint at which it kills itself: ``fetched``, ``delivered``, ``committed`` or
``settled``, in its third tick.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from datetime import datetime, timedelta
from typing import Any

from live_feeds import settings

from pipeline.options import Config
from pipeline.render.progress import Progress
from pipeline.run.loop import Clock
from pipeline.run.stream import Stream
from pipeline.sinks.inbox import Inbox
from pipeline.sinks.parquet import ParquetSink


class SimulatedClock(Clock):
    """A clock that jumps to the end of every pause."""

    def __init__(self, start: datetime, minutes: float) -> None:
        """Begin at a time, end after so many minutes."""
        self.time = start
        self.end = start + timedelta(minutes=minutes)
        self.stop: Any = None
        super().__init__(now=lambda: self.time, wait=self.pause)

    def pause(self, _stop: threading.Event, seconds: float) -> None:
        """Let time go on."""
        self.time += timedelta(seconds=seconds)
        if self.time >= self.end:
            self.stop()


def simulated(
    output: str, source: str, start: datetime, minutes: float, **more: Any
) -> tuple[Stream, SimulatedClock]:
    """Make a stream that runs through so many minutes as fast as it can."""
    clock = SimulatedClock(start, minutes)
    config = Config((source,), output, start, processes=2)
    stream = Stream(config, Progress(quiet=True), fetching=settings(start), clock=clock, **more)
    clock.stop = stream.stop
    return stream, clock


def die_at(place: str, tick: int = 3) -> None:
    """Let this process kill itself when it comes to a place for so many times."""
    owner, name = {
        "fetched": (Inbox, "begin"),
        "delivered": (Inbox, "complete"),
        "committed": (ParquetSink, "_checkpoint"),
        "settled": (Inbox, "discard"),
    }[place]
    original = getattr(owner, name)
    count = 0

    def dying(self: Any, *args: Any, **more: Any) -> Any:
        nonlocal count
        count += name != "_checkpoint" or args[0] == "journal"
        if count == tick:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(self, *args, **more)

    setattr(owner, name, dying)


def main() -> None:
    """Stream, and die if told to."""
    output, source, start, minutes, *kill_at = sys.argv[1:]
    for place in kill_at:
        die_at(place)
    stream, clock = simulated(output, source, datetime.fromisoformat(start), float(minutes))
    stream.run()
    sys.stdout.write(clock.time.isoformat())
