"""Take groups from a queue: their pages are processed, all rows delivered, then they are forgotten.

In this order: killed at any time, a group that is not delivered whole lies in the queue still, and
one that is taken twice brings the same rows (decision 0072).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Final

from pipeline.context import RunContext
from pipeline.queue.base import Queue
from pipeline.queue.group import Group, read_group
from pipeline.queue.line import Line
from pipeline.steps.deliver import Delivery
from pipeline.steps.process import PageAnswers
from pipeline.steps.redact import redact_record
from pipeline.steps.rows import Recording
from pipeline.version import __version__
from transforms.feeds.join import join_page
from transforms.metrics import count, measure
from transforms.records import Page, Rejected, content_id
from transforms.rows.packed import pack_rows
from transforms.rows.rows import Provenance, Row
from transforms.text.urls import canonicalise_url

STAGE: Final = "queue"
_BATCH: Final = 64  # lines whose pages are in memory at once


class GroupTaker:
    """Takes groups, and delivers what they bring.

    Args:
        context: of the stream.
        queue: where groups come from.
    """

    def __init__(self, context: RunContext, queue: Queue) -> None:
        """Make the pool; its processes start with the first page."""
        self._context = context
        self._queue = queue
        # The run's id follows from the queue and the time a group was made, so that a group that
        # is taken again, by whichever stream, gives the same bundle.
        run_id = content_id(__version__, "queue", queue.uri)
        self._provenance = Provenance(run_id, __version__, context.provenance.as_of)
        recording = Recording(self._provenance, own=context.config.own)
        self._answers = PageAnswers(context.config.workers, recording, context.publishers)
        self.begin()

    def close(self) -> None:
        """End the pool."""
        self._answers.close()

    def begin(self) -> None:
        """Forget what was taken and not delivered."""
        self._deliveries: dict[datetime, Delivery] = {}
        self._taken: list[Group] = []
        self._refused: list[Group] = []

    def take(self, order: str, beat: datetime) -> int:
        """Process the groups of an order.

        Args:
            order: as the queue gave it.
            beat: the clock of lines that tell none.

        Returns:
            How many groups there were.
        """
        taken = 0
        for group in self._queue.take(order):
            taken += 1
            count(STAGE, "groups")
            measure(STAGE, "bytes", group.size)
            kept = self._take(group, beat)
            (self._taken if kept else self._refused).append(group)
        return taken

    def deliver(self) -> list[str]:
        """Deliver the rows of all that was taken, then forget it.

        Returns:
            The ids of the bundles.
        """
        found = [
            delivery.deliver(bounded=False) for _, delivery in sorted(self._deliveries.items())
        ]
        if self._taken or self._refused:
            self._queue.done(self._taken, self._refused)
        self.begin()
        return found

    def _take(self, group: Group, beat: datetime) -> bool:
        """Process one group; tell whether anything of it could be read."""
        lines = read_group(group)
        readable = False
        while batch := list(islice(lines, _BATCH)):
            for line in batch:
                bad = isinstance(line.record, Rejected)
                count(STAGE, f"rejected.{line.record.reason}" if bad else "in")  # type: ignore[union-attr]
                readable = readable or not bad or line.as_of is not None
                beat = line.as_of or beat
            self._process(batch, beat)
        return readable

    def _process(self, batch: list[Line], beat: datetime) -> None:
        records: dict[datetime, list[Page | Rejected]] = defaultdict(list)
        rows: dict[datetime, list[tuple[str, Row]]] = defaultdict(list)
        for line in batch:
            when = line.as_of or beat
            if isinstance(line.record, tuple):
                rows[when].append(line.record)
            elif line.given and isinstance(line.record, Page):
                records[when] += self._joined(line.record)
            else:
                records[when].append(redact_record(line.record))
        for when in sorted(records.keys() | rows.keys()):
            delivery = self._delivery(when)
            for packed in self._answers.answer(records[when], when):
                delivery.add(packed)
            for packed in pack_rows(rows[when]):
                delivery.add(packed)

    def _joined(self, page: Page) -> Iterator[Page | Rejected]:
        """A prefetched document as ``rasd run`` would take it."""
        key = canonicalise_url(page.url) or f"file:{content_id(page.title, page.content)}"
        for each in join_page([page], [], key=key):
            yield redact_record(self._context.publishers.complete(each))

    def _delivery(self, as_of: datetime) -> Delivery:
        if as_of not in self._deliveries:
            inbox, provenance = self._context.sink.inbox, self._provenance.at(as_of)
            self._deliveries[as_of] = Delivery(inbox, provenance)
        return self._deliveries[as_of]
