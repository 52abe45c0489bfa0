"""THE diagram: what a run is made of, in the order the data goes.

    refs ─ group by URL ─ read ─┬─ process ─ deliver ─▶ inbox ─ settle ─▶ tables
                                └─ fetch ─ process ─ deliver ─┘

    beat ─ settle, plan ─ poll ─┬─ process ─ deliver ─▶ inbox
                                └─ claim ─ fetch ─ process ─ deliver ─┘

``process`` is all that is done to one page, from its bytes to the packed rows of its tables
(``transforms.document``, then ``steps.rows``), in a process that can be killed.

``documents`` is a function of its elements: no clock, no timer, no deduplication state. What it
delivers may come twice; ``settle`` folds it by key, and only there exactly once is made. A bounded
run goes through ``documents`` once a tick and settles at its end; so does every tick of a stream
on this machine. Inside an engine a stream is one job, ``beats``: its steps are the same, and
every beat settles what the earlier ones have delivered (decision 0071).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import apache_beam as beam

from pipeline.beats.claims import ClaimRequests, in_beats
from pipeline.beats.plan import PlanBeat
from pipeline.beats.poll import PollDue
from pipeline.context import RunContext
from pipeline.sources.base import Ref
from pipeline.steps.deliver import DeliverRows
from pipeline.steps.fetch import FetchWanted, PageRequest
from pipeline.steps.process import ProcessDocuments
from pipeline.steps.read import ReadDocuments
from pipeline.steps.rows import Recording
from pipeline.steps.settle import Settled, settle_inbox
from transforms.rows.packed import PackedRows


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How a stream inside an engine goes.

    Attributes:
        seconds: between two beats.
        settle_seconds: a beat settles at most so often; None leaves it to a ``rasd settle``.
    """

    seconds: int = 60
    settle_seconds: float | None = 0.0


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
        _fetch(wanted, context, beam.GroupByKey())


def beats(root: Any, context: RunContext, times: Any, rhythm: Rhythm) -> None:
    """Follow feeds: at each beat settle and plan, then poll, fetch and process what is due.

    Args:
        root: the pipeline.
        context: the stream's.
        times: gives the times of the beats, in seconds.
        rhythm: of the beats.
    """
    followed = (
        root
        | "Beat" >> times
        | "ToOneKey" >> beam.Map(_one_key).with_output_types(tuple[str, Any])
        | "PlanBeat"
        >> beam.ParDo(PlanBeat(context, rhythm.settle_seconds)).with_output_types(tuple[str, Any])
        | "PollDue" >> beam.ParDo(PollDue(context)).with_output_types(Any)
        | "InBeats" >> in_beats(rhythm.seconds)
    )
    told, given, wanted = followed | "PartFollowed" >> beam.Partition(_part_followed, 3)
    _collect(told, context, "Told")
    _deliver(given, context, "Given")
    _fetch(wanted, context, ClaimRequests(rhythm.seconds))


def _one_key(moment: float) -> tuple[str, datetime]:
    return "", datetime.fromtimestamp(float(moment), UTC)


def _part_followed(record: Any, _parts: int) -> int:
    if isinstance(record, PackedRows):
        return 0
    return 2 if isinstance(record, PageRequest) else 1


def _fetch(wanted: Any, context: RunContext, gather: beam.PTransform) -> None:
    archive = context.config.archive
    fetch = FetchWanted(context.fetching, context.provenance, archive, context.publishers, gather)
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
