"""THE diagram: what a run is made of, in the order the data goes.

    refs ─ group by URL ─ read ─┬─ process ─ deliver ─▶ inbox ─ settle ─▶ tables
                                └─ fetch ─ process ─ deliver ─┘

``process`` is all that is done to one page, from its bytes to the packed rows of its tables
(``transforms.document``, then ``steps.rows``), in a process that can be killed.

``documents`` is a function of its elements: no clock, no timer, no deduplication state. What it
delivers may come twice; ``settle`` folds it by key, and only there exactly once is made. A bounded
run goes through ``documents`` once a tick and settles at its end; so does every tick of a stream.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import apache_beam as beam

from pipeline.context import RunContext
from pipeline.sources.base import Ref
from pipeline.steps.deliver import DeliverRows
from pipeline.steps.fetch import FetchWanted
from pipeline.steps.process import ProcessDocuments
from pipeline.steps.read import ReadDocuments
from pipeline.steps.rows import Recording
from pipeline.steps.settle import Settled, settle_inbox
from pipeline.warc.writer import open_archive
from transforms.rows.packed import PackedRows


def documents(
    root: Any, context: RunContext, refs: Iterable[Ref], told: Sequence[PackedRows] = ()
) -> None:
    """Read, fetch and process what refs name; deliver the rows, and those told already."""
    config = context.config
    if told:
        _collect(root | "Told" >> beam.Create(told, reshuffle=False), context, "Told")
    given, wanted = (
        root
        | "Refs" >> beam.Create([(ref.key, ref) for ref in refs], reshuffle=False)
        | "GroupByUrl" >> beam.GroupByKey()
        | "ReadDocuments" >> ReadDocuments(online=not config.offline, publishers=context.publishers)
    )
    _deliver(given, context, "Given")
    if not config.offline:
        archive = open_archive(config.archive, context.provenance)
        fetch = FetchWanted(context.fetching, archive, context.publishers)
        _deliver(wanted | "FetchWanted" >> fetch, context, "Fetched")


def _deliver(pages: Any, context: RunContext, branch: str) -> None:
    """Pages to rows in the inbox. What branches share would be held in memory where they meet."""
    config = context.config
    recording = Recording(context.provenance, config.from_date, config.to_date, config.own)
    rows = pages | f"Process{branch}" >> ProcessDocuments(config.workers, recording)
    _collect(rows, context, branch)


def _collect(rows: Any, context: RunContext, branch: str) -> None:
    deliver = DeliverRows(context.sink.inbox, context.provenance, bounded=context.awaited)
    _ = rows | f"DeliverRows{branch}" >> deliver


def settle(context: RunContext) -> Settled:
    """Fold what was delivered into the tables."""
    return settle_inbox(context.sink, context.provenance, force=context.config.force)
