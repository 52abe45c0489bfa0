"""A queue that is a subscription: nothing is acknowledged before its rows are delivered."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from live_feeds import NOON, table
from pubsub_emulator import emulated_subscription
from queue_work import fetch, take

from pipeline.errors import UsageError
from pipeline.queue.base import Queue, open_queue
from pipeline.queue.group import MAX_GROUP


@pytest.fixture(scope="module")
def subscription(tmp_path_factory) -> Iterator[str]:
    with (
        pytest.MonkeyPatch.context() as patch,
        emulated_subscription(patch, tmp_path_factory.mktemp("pubsub")) as uri,
    ):
        yield uri


def groups(queue: Queue, order: str = "00"):
    return list(queue.take(order))


def test_groups_go_through_and_come_again_until_they_are_done(subscription):
    queue = open_queue(subscription)
    queue.check(writing=True)
    queue.check(writing=False)
    queue.put(b"one", NOON)
    queue.put(b"two", NOON)
    first = groups(queue)
    assert sorted(each.data for each in first) == [b"one", b"two"]
    assert groups(queue) == [], "they are held by whoever has pulled them"
    queue._client.modify_ack_deadline(  # as if that had died, and its time were over
        subscription=queue._path, ack_ids=[each.token for each in first], ack_deadline_seconds=0
    )
    again = groups(queue)
    assert sorted(each.data for each in again) == [b"one", b"two"]
    queue.done(again)
    assert groups(queue) == []


def test_a_fetcher_and_a_stream_that_takes(subscription, tmp_path):
    source = tmp_path / "feeds.txt"
    source.write_text("http://127.0.0.1:9/rss\n", encoding="utf-8")
    fetch(str(source), subscription, tmp_path / "state")
    queue = open_queue(subscription)
    queue.put(b'{"url": "https://a.example/1", "body": "' + "نص".encode() + b'"}', NOON)
    queue.put(b"{cut", NOON)
    queue.put(b"x" * (MAX_GROUP + 1), NOON)
    take(subscription, tmp_path / "out")
    letters = table(tmp_path / "out", "SELECT stage, reason FROM dead_letters ORDER BY reason")
    assert [(each["stage"], each["reason"]) for each in letters] == [
        ("read", "bad_json"),
        ("feeds", "connect"),
        ("read", "too_large"),
    ]
    assert table(tmp_path / "out", "SELECT url FROM articles") == [{"url": "https://a.example/1"}]
    assert groups(queue) == []


@pytest.mark.parametrize(
    ("uri", "writing"), [("pubsub://test/none", False), ("pubsub://projects/test/topics/no", True)]
)
@pytest.mark.usefixtures("subscription")
def test_what_is_not_there_is_told_in_one_line(uri, writing):
    with pytest.raises(UsageError, match="--queue pubsub://") as refused:
        open_queue(uri).check(writing=writing)
    assert "\n" not in str(refused.value)
