"""What the commands share that work on an output as it stands: settle, replay, recode, prune."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from pipeline.errors import UsageError
from pipeline.sinks.base import Sink, open_sink
from pipeline.version import __version__
from transforms.records import content_id
from transforms.rows.rows import Provenance


@contextmanager
def opened_output(uri: str, staging: str | None = None) -> Iterator[Sink]:
    """Open an output that is there to be written to, as its one writer.

    Args:
        uri: the output.
        staging: where rows for it wait, when it was told so (see ``open_sink``).

    Raises:
        UsageError: there is no output at ``uri``.
        SinkError: it cannot be written, or another run is writing.
    """
    sink = open_sink(uri, staging)
    if not sink.exists():
        raise UsageError(f"no output at {uri}: make one with rasd run INPUT --output {uri}")
    sink.prepare()
    try:
        yield sink
    finally:
        sink.close()


def provenance_of(command: str, now: datetime, *options: str) -> Provenance:
    """Name one use of a command: its id follows from version, options and clock."""
    return Provenance(content_id(__version__, command, now.isoformat(), *options), __version__, now)
