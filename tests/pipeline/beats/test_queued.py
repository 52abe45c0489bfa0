"""What a beat has taken of a queue, and what it leaves to those who are at it."""

from __future__ import annotations

from datetime import timedelta

from beat_feeds import State
from live_feeds import NOON

from pipeline.beats.claims import HELD
from pipeline.beats.queued import PlanQueue
from pipeline.queue.base import MOST, open_queue


def planned(work, state, after=0.0):
    moment = NOON + timedelta(seconds=after)
    return [(share, order.order) for share, order in work.process(("", moment), state)]


def test_a_group_is_ordered_once_until_its_claim_runs_out(tmp_path):
    for name in ("a.jsonl", "b.jsonl", ".half", "_aside"):
        (tmp_path / name).write_bytes(b"{}")
    (tmp_path / "_state").mkdir()
    (tmp_path / "_state" / "c.jsonl").write_bytes(b"{}")
    work, state = PlanQueue(open_queue(str(tmp_path))), State()
    first = planned(work, state)
    assert [order for _, order in first] == ["a.jsonl", "b.jsonl"]
    assert len({share for share, _ in first}) == 2, "by several workers"
    assert planned(work, state, 60) == [], "they are being taken"
    (tmp_path / "a.jsonl").unlink()
    assert planned(work, state, HELD) == [first[1]], "nobody has heard of it"
    (tmp_path / "b.jsonl").unlink()
    assert planned(work, state, HELD + 60) == []
    assert state.text == "{}", "claims of what is gone do not pile up"


def test_no_more_is_under_way_than_can_be_done_in_a_while(tmp_path):
    for number in range(MOST + 10):
        (tmp_path / f"{number:04}.jsonl").write_bytes(b"{}")
    work, state = PlanQueue(open_queue(str(tmp_path))), State()
    first = planned(work, state)
    assert len(first) == MOST
    assert planned(work, state, 60) == []
    for _, order in first[:4]:
        (tmp_path / order).unlink()
    assert [order for _, order in planned(work, state, 120)] == [
        f"{number:04}.jsonl" for number in range(MOST, MOST + 4)
    ]


def test_shares_of_what_comes_are_ordered_at_every_beat():
    work, state = PlanQueue(open_queue("pubsub://p/s")), State()
    first = planned(work, state)
    assert len(first) == 8
    assert planned(work, state, 1) == first
    assert state.text is None
