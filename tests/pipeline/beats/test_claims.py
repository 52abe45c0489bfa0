"""Claims hold for a while, by the clock of the beats, and tell states apart; R25: they are flat."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from beat_feeds import State
from live_feeds import NOON

from pipeline.beats.claims import HELD, Claims, _ClaimRequest
from pipeline.steps.documents import PageRequest
from transforms.fetch.messages import Request
from transforms.records import Sighting


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


def test_a_page_is_asked_for_again_at_once_when_its_entry_says_something_else():
    state, url = State(), "https://a.example/1"

    def goes_through(text):
        seen = Sighting("https://a.example/rss", "g1", url, 0, text)
        request = Request(url, context=PageRequest(url, url, (), (seen,)))
        return len(list(_ClaimRequest().process(("a.example", (NOON, request)), state)))

    assert [goes_through(text) for text in ("one", "one", "two", "two")] == [1, 0, 1, 0]


def test_claims_do_not_pile_up_nor_show_an_address():
    state = State()
    for number in range(0, 2000, 4):
        claimed(state, f"http://a.example/?token=secret{number}", NOON + timedelta(seconds=number))
    assert len(Claims.read(state, NOON + timedelta(seconds=2000)).taken) < HELD / 4
    assert "secret" not in state.text


@pytest.mark.reliability
def test_r25_what_a_stream_holds_of_its_feeds_is_flat(sized, capsys):
    """The state of the plan, beat by beat as it claims: R25 of docs/reliability.md on an engine."""
    feeds, hours, seconds = sized(200, 2_000), sized(30, 72), sized(300, 60)
    dice = random.Random(25)  # noqa: S311 - varied pauses, no secret
    due = {f"https://h{number}.example/rss": NOON for number in range(feeds)}
    state, sizes = State(), []
    for beat in range(hours * 3600 // seconds):
        now = NOON + timedelta(seconds=beat * seconds)
        held = Claims.read(state, now)
        for url, when in due.items():
            if when <= now and held.take(url, now, when.isoformat()):
                due[url] = now + timedelta(seconds=dice.randrange(300, 3600))
        held.write(state)
        sizes.append(len(state.text))
    day = sizes[: len(sizes) // 3] if hours == 72 else sizes[: len(sizes) // 2]
    rest = sizes[len(day) :]
    with capsys.disabled():
        print(
            f"\nR25 on an engine: claims of {feeds} feeds over {len(sizes)} beats: at most "
            f"{max(day)} bytes in the first {len(day)}, {max(rest)} later"
        )
    assert max(rest) <= 1.02 * max(day)
