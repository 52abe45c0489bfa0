"""Claims hold for a while, by the clock of the beats, and tell states apart."""

from __future__ import annotations

from datetime import timedelta

from beat_feeds import State
from live_feeds import NOON

from pipeline.beats.claims import HELD, Claims


def claimed(state, name, now, what=""):
    held = Claims.read(state, now)
    free = held.take(name, now, what)
    held.write(state)
    return free


def test_what_is_claimed_is_not_claimed_again_until_it_runs_out():
    state = State()
    assert claimed(state, "http://a.example/1", NOON)
    assert not claimed(state, "http://a.example/1", NOON)
    assert claimed(state, "http://a.example/2", NOON)
    late = NOON + timedelta(seconds=HELD - 1)
    assert not claimed(state, "http://a.example/1", late)
    assert claimed(state, "http://a.example/1", NOON + timedelta(seconds=HELD))


def test_in_another_state_it_may_be_claimed_anew():
    state = State()
    assert claimed(state, "feed", NOON, "due at 12")
    assert not claimed(state, "feed", NOON, "due at 12")
    assert claimed(state, "feed", NOON, "due at 13")


def test_claims_do_not_pile_up_nor_show_an_address():
    state = State()
    for number in range(2000):
        claimed(state, f"http://a.example/?token=secret{number}", NOON + timedelta(seconds=number))
    assert len(Claims.read(state, NOON + timedelta(seconds=2000)).taken) < HELD
    assert "secret" not in state.text
