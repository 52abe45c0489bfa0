"""A stream over simulated days in a process of its own; tells hour by hour what it holds.

    stream_days OUTPUT LIST START HOURS

One JSON line an hour: hour, entries remembered, resident megabytes, seconds of the last tick.
"""

from __future__ import annotations

import gc
import json
import sys
from datetime import datetime, timedelta
from pathlib import Path

from stream_work import simulated

from pipeline.polling.warm import Warm


def resident() -> float:
    """Megabytes this process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6


def main() -> None:
    """Stream and report."""
    output, source, start, hours = sys.argv[1:]
    begin = datetime.fromisoformat(start)
    stream, clock = simulated(output, source, begin, float(hours) * 60)
    held: list[Warm] = []
    told = [-1]
    beat = stream._beat

    def reporting(feeds: object, warm: Warm) -> float:
        held[:] = [warm]
        pause: float = beat(feeds, warm)
        hour = int((clock.time - begin) / timedelta(hours=1))
        if hour > told[0]:
            told[0] = hour
            gc.collect()
            states = warm.history.states.values()
            known = sum(map(len, warm.history._known.values()))
            line = {
                "hour": hour,
                "entries": sum(len(state.seen) for state in states) + known,
                "megabytes": round(resident(), 1),
                "seconds": stream.metrics.last_tick_seconds,
                "articles": stream.metrics.articles,
            }
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()
        return pause

    type(stream)._beat = lambda _self, feeds, warm: reporting(feeds, warm)  # type: ignore[method-assign]
    stream.run()
