"""A queue that is a subscription of Google's Pub/Sub: a message a group.

Messages are pulled by whoever delivers their rows, and acknowledged when that is done: the same on
every engine, where Beam's own source exists on Dataflow alone (decision 0072). What nobody
acknowledges comes again.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from pipeline.errors import UsageError
from pipeline.queue.base import MOST
from pipeline.queue.group import Group

_SHARES: Final = 8  # workers that may pull at once
_AT_ONCE: Final = 20  # messages of one pull: at most 20 MB
_ACKS: Final = 1_000  # of one request
_PATIENCE: Final = 3.0  # seconds to wait for a message
_HELD: Final = 600  # seconds for a group to be delivered before it comes again: the most there is
_LIMIT: Final = 60.0  # seconds for any other answer
_LONG: Final = re.compile(r"projects/([^/]+)/(subscriptions|topics)/([^/]+)")
_SHORT: Final = re.compile(r"([^/]+)/([^/]+)")


class PubSubQueue:
    """Groups as messages.

    Args:
        uri: ``pubsub://PROJECT/SUBSCRIPTION``, ``pubsub://projects/P/subscriptions/S``, or, to
            write to, ``pubsub://projects/P/topics/T``.
        path: the resource's full name.
    """

    lasting = False

    def __init__(self, uri: str, path: str) -> None:
        """Remember the names."""
        self.uri = uri
        self._path = path

    def __reduce__(self) -> tuple[type[PubSubQueue], tuple[str, str]]:
        """Travel to a worker by name."""
        return type(self), (self.uri, self._path)

    @cached_property
    def _client(self) -> Any:
        return _google().SubscriberClient()

    @cached_property
    def _publisher(self) -> Any:
        return _google().PublisherClient()

    @cached_property
    def _topic(self) -> str:
        """Where to write: the topic itself, or that of the subscription."""
        if "/topics/" in self._path:
            return self._path
        found = self._client.get_subscription(subscription=self._path, timeout=_LIMIT)
        topic: str = found.topic
        return topic

    def check(self, *, writing: bool) -> None:
        """See that the subscription, or the topic, is there.

        Raises:
            UsageError: it is not, or may not be used.
        """
        if not writing and "/topics/" in self._path:
            raise UsageError(f"--queue {self.uri}: a topic is written to; name a subscription")
        try:
            if not writing:
                self._client.get_subscription(subscription=self._path, timeout=_LIMIT)
            else:
                self._publisher.get_topic(topic=self._topic, timeout=_LIMIT)
        except Exception as error:
            why = " ".join(str(error).split())[:300]
            raise UsageError(f"--queue {self.uri}: {why}") from error

    def put(self, data: bytes, as_of: datetime) -> None:
        """Publish a group, and wait until it is kept."""
        self._publisher.publish(self._topic, data, as_of=as_of.isoformat()).result(_LIMIT)

    def orders(self) -> list[str]:
        """Shares of whatever comes."""
        return [f"{number:02}" for number in range(_SHARES)]

    def put_at(self, order: str) -> None:
        """Nobody here knows: Google tells the age of the oldest message itself."""
        del order

    def take(self, order: str) -> Iterator[Group]:
        """Pull messages until none comes, or a beat has enough."""
        del order
        taken = 0
        while taken < MOST // _SHARES:
            messages = self._pull()
            if not messages:
                return
            taken += len(messages)
            self._client.modify_ack_deadline(
                subscription=self._path,
                ack_ids=[each.ack_id for each in messages],
                ack_deadline_seconds=_HELD,
                timeout=_LIMIT,
            )
            for each in messages:
                data = each.message.data
                yield Group(each.message.message_id, data, len(data), each.ack_id)

    def _pull(self) -> list[Any]:
        errors: Any = importlib.import_module("google.api_core.exceptions")
        try:
            answer = self._client.pull(
                subscription=self._path, max_messages=_AT_ONCE, timeout=_PATIENCE, retry=None
            )
        except (errors.DeadlineExceeded, errors.ServiceUnavailable):
            return []
        return list(answer.received_messages)

    def done(self, groups: Iterable[Group], refused: Iterable[Group] = ()) -> None:
        """Acknowledge groups; of those that could not be read the dead letter is all that stays."""
        tokens = [group.token for group in (*groups, *refused)]
        for start in range(0, len(tokens), _ACKS):
            self._client.acknowledge(
                subscription=self._path, ack_ids=tokens[start : start + _ACKS], timeout=_LIMIT
            )


def _google() -> Any:
    """Google's library.

    Raises:
        UsageError: it is not installed.
    """
    try:
        return importlib.import_module("google.cloud.pubsub_v1")
    except ImportError as error:
        raise UsageError("--queue pubsub:// needs pip install 'rasd[gcp]'") from error


def open_queue(uri: str) -> PubSubQueue:
    """Open a subscription, or a topic to write to; nothing is asked yet.

    Raises:
        UsageError: it names neither.
    """
    name = uri.partition("://")[2].strip("/")
    if long := _LONG.fullmatch(name):
        return PubSubQueue(uri, long[0])
    if short := _SHORT.fullmatch(name):
        return PubSubQueue(uri, f"projects/{short[1]}/subscriptions/{short[2]}")
    raise UsageError(f"--queue {uri}: give pubsub://PROJECT/SUBSCRIPTION")
