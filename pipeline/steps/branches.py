"""The branches that both diagrams share: pages to rows, rows to the inbox.

What branches share would be held in memory where they meet, so each has steps of its own.
"""

from __future__ import annotations

from typing import Any

import apache_beam as beam

from pipeline.context import RunContext
from pipeline.steps.deliver import DeliverRows
from pipeline.steps.fetch import FetchWanted
from pipeline.steps.hand_on import HandOn
from pipeline.steps.process import ProcessDocuments
from pipeline.steps.rows import Recording


def fetch_pages(wanted: Any, context: RunContext, gather: beam.PTransform) -> None:
    """Fetch wanted pages, process them, deliver their rows.

    Args:
        wanted: ``PageRequest``s.
        context: of the run.
        gather: brings the requests of a host to one worker (``FetchPages``).
    """
    archive = context.config.archive
    fetch = FetchWanted(context.fetching, context.provenance, archive, context.publishers, gather)
    deliver_pages(wanted | "FetchWanted" >> fetch, context, "Fetched")


def deliver_pages(pages: Any, context: RunContext, branch: str) -> None:
    """Process pages and deliver their rows; a fetcher hands them on instead."""
    config = context.config
    recording = Recording(context.provenance, config.from_date, config.to_date, config.own)
    if context.queue is not None:
        handed = pages | f"HandOn{branch}" >> HandOn(context.queue, recording, config.archive)
        deliver_rows(handed, context, branch)
        return
    inbox = context.sink.inbox if context.awaited else None
    process = ProcessDocuments(config.workers, recording, context.publishers, inbox)
    rows = pages | f"Process{branch}" >> process
    deliver_rows(rows, context, branch)


def deliver_rows(rows: Any, context: RunContext, branch: str) -> None:
    """Put packed rows into the inbox."""
    deliver = DeliverRows(context.sink.inbox, context.provenance, bounded=context.awaited)
    _ = rows | f"DeliverRows{branch}" >> deliver
