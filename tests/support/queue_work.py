"""A fetcher and a stream that takes from its queue, in this process or to be killed.

    queue_work QUEUE OUTPUT KILL_AT

takes what lies in a queue, and kills itself at ``delivered`` (before anything is forgotten) or at
``taken`` (before anything is delivered).
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from http_server import GUARD
from live_feeds import NOON, settings
from stream_work import SimulatedClock

from pipeline.options import Config
from pipeline.queue.base import Queue, open_queue
from pipeline.queue.directory import DirectoryQueue
from pipeline.render.progress import Progress
from pipeline.run.drain import Drain
from pipeline.run.stream import Stream
from pipeline.sinks.inbox import Inbox

OPEN: Final = replace(GUARD, allow_private=True)


def fetch(
    source: str, queue: str, state: Path, *, now: datetime = NOON, archive: str | None = None
) -> Stream:
    """Fetch what a list of feeds gives within a minute of a clock of its own into a queue."""
    clock = SimulatedClock(now, 1)
    config = Config((source,), str(state), now, processes=2, archive=archive)
    stream = Stream(
        config,
        Progress(quiet=True),
        fetching=settings(now, guard=OPEN),
        clock=clock,
        queue=open_queue(queue),
    )
    clock.stop = stream.stop
    stream.run()
    return stream


def take(queue: str | Queue, output: Path | str, *, now: datetime = NOON) -> Drain:
    """Take all that lies in a queue."""
    clock = SimulatedClock(now, 0.01)
    config = Config((), str(output), now, processes=2)
    opened = open_queue(queue) if isinstance(queue, str) else queue
    drain = Drain(config, opened, Progress(quiet=True), clock=clock)
    clock.stop = drain.stop
    drain.run()
    return drain


def die_at(place: str) -> None:
    """Let this process kill itself when it comes to a place."""
    owner, name = {"delivered": (DirectoryQueue, "done"), "taken": (Inbox, "deliver")}[place]

    def dying(*_: Any, **__: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, name, dying)


def main() -> None:
    """Take, and die."""
    queue, output, place = sys.argv[1:]
    die_at(place)
    take(queue, output)
