"""The pool survives everything its items do, and answers each of them once.

R27 (docs/reliability.md): documents that raise, crash, exit, swell or loop.
"""

from __future__ import annotations

import pytest
from hostile_work import misbehave

from pipeline.workers.pool import Failure, KillablePool, Workers


@pytest.fixture
def work():
    return misbehave


def test_answers_come_in_order_whatever_the_time_each_takes(work):
    orders = [("sleep", 0.3), ("answer", 1), ("sleep", 0.1), ("answer", 3)]
    with KillablePool(work, Workers(2)) as pool:
        assert list(pool.map(orders)) == [0.3, 1, 0.1, 3]


def test_more_items_than_processes_and_an_iterator_as_input(work):
    with KillablePool(work, Workers(2)) as pool:
        assert list(pool.map(("answer", n) for n in range(200))) == list(range(200))


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        (("raise", "boom"), "crashed"),
        (("exit", 7), "crashed"),
        (("segfault", None), "crashed"),
        (("hang", None), "too_slow"),
        (("swell", 8 << 30), "out_of_memory"),
    ],
)
@pytest.mark.reliability
def test_a_poison_item_fails_alone(work, order, reason):
    orders = [("answer", 1), order, ("answer", 2), ("answer", 3)]
    with KillablePool(work, Workers(2, timeout=2, memory_mb=512)) as pool:
        answers = list(pool.map(orders))
    assert [answer for answer in answers if not isinstance(answer, Failure)] == [1, 2, 3]
    assert isinstance(answers[1], Failure)
    assert answers[1].reason == reason
    print(f"R27 {order[0]}: {answers[1].reason} ({answers[1].detail})")


def test_the_failure_says_what_and_where(work):
    with KillablePool(work, Workers(1)) as pool:
        (answer,) = pool.map([("raise", "boom")])
    assert isinstance(answer, Failure)
    assert "ValueError: boom" in answer.detail
    assert "hostile_work.py" in answer.detail


def test_the_pool_can_be_used_again_after_failures(work):
    with KillablePool(work, Workers(1, timeout=1)) as pool:
        assert isinstance(next(iter(pool.map([("hang", None)]))), Failure)
        assert list(pool.map([("answer", 5)])) == [5]


def test_time_in_which_a_worker_had_no_processor_is_not_held_against_it(work):
    """As on a busy machine; it may not last for ever."""
    with KillablePool(work, Workers(1, timeout=0.1)) as pool:
        late, never = pool.map([("sleep", 0.4), ("sleep", 600)])
    assert late == 0.4
    assert isinstance(never, Failure)
    assert never.reason == "too_slow"


def test_large_items_and_answers_pass(work):
    blob = b"x" * 5_000_000
    with KillablePool(work, Workers(2)) as pool:
        assert [len(answer) for answer in pool.map([("answer", blob)] * 6)] == [5_000_000] * 6


@pytest.mark.reliability
def test_an_item_that_no_worker_can_take_in_fails_alone(work, capfd):
    orders = [("answer", 1), ("answer", b"x" * 200_000_000), ("answer", 2)]
    with KillablePool(work, Workers(2, memory_mb=64)) as pool:
        first, large, last = pool.map(orders)
    assert (first, last) == (1, 2)
    assert isinstance(large, Failure)
    assert large.reason == "out_of_memory"
    assert "Traceback" not in capfd.readouterr().err
