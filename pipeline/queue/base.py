"""What a queue is, and how a URI finds its own."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Final, Protocol

from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.queue.group import Group

# A scheme names the module of this package that serves it.
_SCHEMES: Final = {"": "directory", "file": "directory", "gs": "directory", "pubsub": "pubsub"}
STATE: Final = "_state"  # below a queue that is a directory: what its fetcher knows
BEHIND: Final = 60  # seconds that a group may wait before it is told
MOST: Final = 200  # groups that are under way at once: no bundle of an engine may take too long


class Queue(Protocol):
    """A place where a fetcher puts groups, and from where a stream takes them.

    A constructor does no I/O; a queue can be pickled to a worker.
    """

    uri: str
    # An order names the same group until that is done; else it is a share of whatever comes.
    lasting: bool

    def check(self, *, writing: bool) -> None:
        """See that it is there and can be used.

        Raises:
            UsageError: it cannot.
        """
        ...

    def put(self, data: bytes, as_of: datetime) -> None:
        """Put a group down; when this returns it is kept. Again, it is the same group."""
        ...

    def orders(self) -> list[str]:
        """What can be handed to workers, the oldest first; each is taken by one worker."""
        ...

    def put_at(self, order: str) -> datetime | None:
        """When the group of an order was put down; None where only the queue's service knows."""
        ...

    def take(self, order: str) -> Iterator[Group]:
        """Read the groups of an order; none where they were taken already."""
        ...

    def done(self, groups: Iterable[Group], refused: Iterable[Group] = ()) -> None:
        """Forget groups whose rows have been delivered.

        Args:
            groups: they are removed.
            refused: nothing in them could be read: they are kept aside, where the queue can.
        """
        ...


def open_queue(uri: str) -> Queue:
    """Open the queue a URI names. Nothing is read or written yet.

    Raises:
        UsageError: its scheme is unknown, or it names nothing.
    """
    scheme = uri.partition("://")[0].lower() if "://" in uri else ""
    module = _SCHEMES.get(scheme)
    if module is None or not uri.strip():
        raise UsageError(
            f"--queue {uri}: give a directory, gs://BUCKET/DIRECTORY or "
            "pubsub://PROJECT/SUBSCRIPTION"
        )
    queue: Queue = importlib.import_module(f"pipeline.queue.{module}").open_queue(uri)
    return queue


def seconds_behind(queue: Queue, orders: list[str], now: datetime) -> int:
    """How long the oldest group has waited; 0 where there is none, or nobody knows."""
    since = queue.put_at(orders[0]) if orders and queue.lasting else None
    return 0 if since is None else max(0, int((now - since).total_seconds()))


def is_shared(queue: str, place: str) -> bool:
    """Whether whoever reads a queue can be taken to read a place, too."""
    return "://" in place or "://" not in queue
