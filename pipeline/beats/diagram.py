"""The diagram of a stream inside an engine.

    beat ─ settle, plan ─ poll ─┬─ process ─ deliver ─▶ inbox
         │                      └─ claim ─ fetch ─ process ─ deliver ─┘
         └ list the queue ─ read, process, deliver, forget ─▶ inbox

Its steps are those of ``pipeline.graph``, but for the beat's own.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import apache_beam as beam

from pipeline.beats.claims import ClaimRequests, in_beats
from pipeline.beats.pace import Rhythm
from pipeline.beats.plan import PlanBeat
from pipeline.beats.poll import PollDue
from pipeline.beats.queued import PlanQueue, TakeGroups
from pipeline.context import RunContext
from pipeline.queue.base import Queue
from pipeline.steps.branches import deliver_pages, deliver_rows, fetch_pages
from pipeline.steps.documents import PageRequest
from transforms.rows.packed import PackedRows


def beats(
    root: Any, context: RunContext, times: Any, rhythm: Rhythm, queue: Queue | None = None
) -> None:
    """Follow feeds, take what lies in a queue: at each beat settle and plan, then do what is due.

    Args:
        root: the pipeline.
        context: the stream's; its config names feeds, or there is a queue.
        times: gives the times of the beats, in seconds.
        rhythm: of the beats.
        queue: brings groups that a fetcher elsewhere has put there.
    """
    moments = (
        root | "Beat" >> times | "ToOneKey" >> beam.Map(_one_key).with_output_types(tuple[str, Any])
    )
    plan = PlanBeat(context, rhythm)
    orders = moments | "PlanBeat" >> beam.ParDo(plan).with_output_types(tuple[str, Any])
    if context.config.inputs:
        _follow(orders, context, rhythm)
    if queue is not None:
        _ = (
            moments
            | "PlanQueue" >> beam.ParDo(PlanQueue(queue)).with_output_types(tuple[str, Any])
            | "TakeGroups" >> beam.ParDo(TakeGroups(context, queue)).with_output_types(str)
        )


def _follow(orders: Any, context: RunContext, rhythm: Rhythm) -> None:
    """Poll what was ordered; fetch and process what came of it."""
    followed = (
        orders
        | "PollDue" >> beam.ParDo(PollDue(context, rhythm)).with_output_types(Any)
        | "InBeats" >> in_beats(rhythm.seconds)
    )
    told, given, wanted = followed | "PartFollowed" >> beam.Partition(_part_followed, 3)
    deliver_rows(told, context, "Told")
    deliver_pages(given, context, "Given")
    fetch_pages(wanted, context, ClaimRequests(rhythm.seconds))


def _one_key(moment: float) -> tuple[str, datetime]:
    return "", datetime.fromtimestamp(float(moment), UTC)


def _part_followed(record: Any, _parts: int) -> int:
    if isinstance(record, PackedRows):
        return 0
    return 2 if isinstance(record, PageRequest) else 1
