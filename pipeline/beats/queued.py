"""The queue at a beat: which groups are taken, by one key; taking them, by many."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import apache_beam as beam
from apache_beam.transforms.window import GlobalWindow
from apache_beam.utils.timestamp import MIN_TIMESTAMP
from apache_beam.utils.windowed_value import WindowedValue

from pipeline.beats.claims import CLAIMS, STAGE, Claims
from pipeline.context import RunContext
from pipeline.queue.base import BEHIND, MOST, Queue, seconds_behind
from pipeline.steps.take import GroupTaker
from transforms.coders import RecordCoder
from transforms.metrics import count
from transforms.records import content_id

_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class GroupOrder:
    """What one beat wants taken from a queue.

    Attributes:
        as_of: the beat.
        order: as the queue names it.
    """

    as_of: datetime
    order: str


beam.coders.registry.register_coder(GroupOrder, RecordCoder)


class PlanQueue(beam.DoFn):
    """``(key, beat)`` -> ``(share, GroupOrder)``: what lies in the queue and is not being taken.

    Args:
        queue: where groups come from.
    """

    def __init__(self, queue: Queue) -> None:
        """Keep the queue; nothing is listed yet."""
        self._queue = queue

    def process(
        self, element: tuple[str, datetime], claims: Any = CLAIMS
    ) -> Iterator[tuple[str, GroupOrder]]:
        """List the queue; claim what one beat takes of it, for a while."""
        as_of = element[1]
        orders = self._queue.orders()
        behind = seconds_behind(self._queue, orders, as_of)
        if behind >= BEHIND:  # alarms read these words
            _LOG.info("queue: %d groups wait, %d s behind", len(orders), behind)
        if not self._queue.lasting:
            yield from ((order, GroupOrder(as_of, order)) for order in orders)
            return
        held = Claims.read(claims, as_of)
        held.keep(orders)
        free = [each for each in orders if len(held.taken) < MOST and held.take(each, as_of)]
        held.write(claims)
        count(STAGE, "groups_ordered", len(free))
        # What is under one key is done by one worker, one after the other.
        yield from ((content_id(order)[:2], GroupOrder(as_of, order)) for order in free)


class TakeGroups(beam.DoFn):
    """``(share, GroupOrder)`` -> ids of the bundles that their rows were delivered in.

    All in one step, from the group to its delivery: only so it is known here that the rows are
    delivered when the group is forgotten, whatever an engine does between its steps.

    Args:
        context: the stream's.
        queue: where groups come from.
    """

    def __init__(self, context: RunContext, queue: Queue) -> None:
        """Keep the settings."""
        self._context = context
        self._queue = queue
        self._taker: GroupTaker | None = None
        self._groups = 0

    def setup(self) -> None:
        """Make the pool of processes."""
        self._taker = GroupTaker(self._context, self._queue)

    def teardown(self) -> None:
        """End it."""
        if self._taker is not None:
            self._taker.close()

    def start_bundle(self) -> None:
        """Begin with nothing: a bundle that is tried again must not keep its first try."""
        self._groups = 0
        self._at_work().begin()

    def process(self, element: tuple[str, GroupOrder], claims: Any = CLAIMS) -> None:
        """Take the groups of an order, unless this very beat has ordered it already."""
        _, order = element
        held = Claims.read(claims, order.as_of)
        if held.take(order.order, order.as_of, order.as_of.isoformat()):
            held.write(claims)
            self._groups += self._at_work().take(order.order, order.as_of)

    def finish_bundle(self) -> Iterator[WindowedValue]:
        """Deliver the rows, and forget the groups."""
        for bundle_id in self._at_work().deliver():
            yield WindowedValue(bundle_id, MIN_TIMESTAMP, [GlobalWindow()])
        if self._groups:
            _LOG.info("queue: %d groups taken", self._groups)

    def _at_work(self) -> GroupTaker:
        if self._taker is None:
            raise RuntimeError("setup() has not run")
        return self._taker
