"""THE diagram: what a run is made of, in the order the data goes.

    refs ─ group by URL ─ read ─┬─ process ─ deliver ─▶ inbox ─ settle ─▶ tables
                                └─ fetch ─ process ─ deliver ─┘

``process`` is all that is done to one page, from its bytes to the packed rows of its tables
(``transforms.document``, then ``steps.rows``), in a process that can be killed.

``documents`` is a function of its elements: no clock, no timer, no deduplication state. What it
delivers may come twice; ``settle`` folds it by key, and only there exactly once is made. A bounded
run goes through ``documents`` once a tick and settles at its end; so does every tick of a stream
on this machine. Inside an engine a stream is one job of the same steps (``beats.diagram``), whose
beats settle what earlier ones have delivered (decision 0071).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import apache_beam as beam

from pipeline.context import RunContext
from pipeline.sources.base import Ref
from pipeline.steps.branches import deliver_pages, deliver_rows, fetch_pages
from pipeline.steps.read import ReadDocuments
from pipeline.steps.settle import Settled, settle_inbox
from transforms.rows.packed import PackedRows


def documents(
    root: Any, context: RunContext, refs: Iterable[Ref], told: Sequence[PackedRows] = ()
) -> None:
    """Read, fetch and process what refs name; deliver the rows, and those told already."""
    config = context.config
    if told:
        deliver_rows(root | "Told" >> beam.Create(told, reshuffle=False), context, "Told")
    given, wanted = (
        root
        | "Refs" >> beam.Create([(ref.key, ref) for ref in refs], reshuffle=False)
        | "GroupByUrl" >> beam.GroupByKey()
        | "ReadDocuments" >> ReadDocuments(online=not config.offline, publishers=context.publishers)
    )
    deliver_pages(given, context, "Given")
    if not config.offline:
        fetch_pages(wanted, context, beam.GroupByKey())


def settle(context: RunContext) -> Settled:
    """Fold what was delivered into the tables."""
    return settle_inbox(context.sink, context.provenance, force=context.config.force)
