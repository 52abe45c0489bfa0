"""``rasd stream``: follow a list of feeds until told to stop."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final

import typer

from pipeline.cli.handed_on import beam_flags
from pipeline.errors import Exit
from pipeline.options import Config
from pipeline.queue.base import open_queue
from pipeline.run.stream_options import StreamWishes, parse_stream, stream_parser

if TYPE_CHECKING:
    from pipeline.run.loop import Loop

PARSER: Final = stream_parser  # what --help is made of


def command(
    args: Annotated[list[str] | None, typer.Argument(metavar="FEEDS")] = None,
) -> int:
    """Follow a list of feeds until told to stop."""
    given = list(args or ())
    if not given or "--help" in given or "-h" in given:
        sys.stdout.write(stream_parser().format_help())
        return Exit.DONE if given else Exit.USAGE
    config, wishes = parse_stream(given, datetime.now(UTC), beam_flags)
    if wishes.beat_seconds is not None:
        return _inside_an_engine(config, wishes, wishes.beat_seconds)
    from pipeline.run.loop import Abandoned, follow  # noqa: PLC0415 - Beam takes seconds

    try:
        follow(_loop(config, wishes))
    except Abandoned:
        # Workers of the tick given up may still run: nothing of theirs counts.
        sys.stderr.flush()
        os._exit(Exit.DONE)
    return Exit.DONE


def _loop(config: Config, wishes: StreamWishes) -> Loop:
    """A stream that is a loop of this process."""
    from pipeline.render.progress import Progress  # noqa: PLC0415 - Beam takes seconds
    from pipeline.run.drain import Drain  # noqa: PLC0415 - the same
    from pipeline.run.stream import Stream  # noqa: PLC0415 - the same
    from pipeline.steps.settle import Pace  # noqa: PLC0415 - the same

    pace = Pace(wishes.settle_minutes)
    queue = open_queue(wishes.queue) if wishes.queue is not None else None
    if queue is not None and wishes.role == "take":
        return Drain(config, queue, Progress(), pace=pace)
    return Stream(
        config,
        Progress(),
        pace=pace,
        metrics_port=wishes.metrics_port,
        metrics_host=wishes.metrics_host,
        queue=queue,
    )


def _inside_an_engine(config: Config, wishes: StreamWishes, seconds: int) -> int:
    from pipeline.beats.pace import Rhythm  # noqa: PLC0415 - Beam takes seconds
    from pipeline.render.progress import Progress  # noqa: PLC0415 - the same
    from pipeline.run.endless import Endless, stopping  # noqa: PLC0415 - the same

    queue = open_queue(wishes.queue) if wishes.queue is not None else None
    job = Endless(config, Rhythm(seconds, wishes.settle_minutes), Progress(), queue=queue)
    with stopping(job):
        job.run()
    return Exit.DONE
