"""The polling logic on a simulated clock, and a real feed's history replayed through it."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pipeline_helpers import SHARED

from transforms.feeds import parse_feed
from transforms.feeds import schedule as s
from transforms.feeds.known import KnownEntry
from transforms.records import Entry, Feed, ParsedFeed, Sighting, content_id

URL = "https://a.example/rss"
FEED = Feed(URL)
T0 = datetime(2024, 5, 1, tzinfo=UTC)
HISTORY = SHARED / "data" / "feeds" / "history"


def entries(*numbers: int, text: str = "", guid: str = "g") -> tuple[Entry, ...]:
    return tuple(
        Entry(URL, f"{guid}{n}" if guid else "", f"https://a.example/{n}", at, title=f"{n}{text}")
        for at, n in enumerate(numbers)
    )


def listing(*numbers: int, headers: dict[str, str] | None = None, **known: str) -> s.Answer:
    made = entries(*numbers, **known)
    body = content_id(*(entry.title for entry in made), "")
    return s.Answer(200, headers or {}, ParsedFeed(URL, "rss", made), body)


def polled(*answers: s.Answer, feed: Feed = FEED) -> s.Poll:
    """Poll as often as there are answers, each when it is due."""
    state = s.start(feed, T0)
    poll = s.Poll(state, "failed")
    for answer in answers:
        now = state.due_at
        assert s.is_due(state, now)
        assert not s.is_due(state, now - timedelta(seconds=1))
        poll = s.observe(feed, state, answer, now)
        state = poll.state
        assert s.FLOOR <= state.interval <= s.CAP
        assert state.due_at >= now + timedelta(seconds=s.FLOOR)
    return poll


def test_new_known_and_changed_entries() -> None:
    first = polled(listing(1, 2, 3))
    assert (first.outcome, [entry.guid for entry in first.new]) == ("new", ["g1", "g2", "g3"])
    second = polled(listing(1, 2, 3), listing(4, 1, 2))
    assert (second.outcome, [entry.guid for entry in second.new]) == ("new", ["g4"])
    assert (second.changed, second.known) == ((), 2)
    third = polled(listing(1, 2), listing(1, 2, text="!"), listing(1, 2, text=" ! "))
    assert third.outcome == "new"
    assert len(third.changed) == 2
    assert polled(listing(1), listing(1)).outcome == "unchanged"


def test_the_interval_follows_the_entries_that_come() -> None:
    quiet = [listing(1, 2, 3)] * 200
    assert polled(*quiet).state.interval == s.CAP
    busy = [listing(*range(n * 8, n * 8 + 10)) for n in range(12)]
    assert polled(*busy).state.interval == s.FLOOR
    some = polled(listing(*range(10)), listing(*range(3, 13))).state.interval
    few = polled(listing(*range(10)), listing(*range(1, 11))).state.interval
    none = polled(listing(*range(10)), listing(*range(10))).state.interval
    assert s.FLOOR < some < few < s.START < none


def test_ttl_cache_control_and_retry_after_are_the_least() -> None:
    ttl = replace(listing(1), parsed=ParsedFeed(URL, "rss", entries(1), ttl_seconds=7200))
    assert polled(ttl).state.due_at >= T0 + timedelta(hours=2)
    cache = listing(1, headers={"Cache-Control": "public, max-age=3600"})
    assert polled(cache).state.due_at >= T0 + timedelta(hours=1)
    forever = listing(1, headers={"Cache-Control": "max-age=999999999"})
    assert polled(forever).state.due_at <= T0 + timedelta(hours=24)
    assert polled(
        listing(1, headers={"Cache-Control": "s-max-age=9999"})
    ).state.due_at < T0 + timedelta(hours=1)
    asked = s.Answer(429, reason="http_4xx", retry_after=100_000)
    assert polled(asked).state.due_at >= T0 + timedelta(seconds=100_000)


def asking(answer: s.Answer, **wishes: object) -> s.Answer:
    assert answer.parsed is not None
    return replace(answer, parsed=replace(answer.parsed, **wishes))  # type: ignore[arg-type]


def test_what_a_feed_asks_for_holds_for_304_too() -> None:
    tagged = listing(1, headers={"ETag": "x"})
    for answers in ([asking(tagged, ttl_seconds=7200)], [asking(tagged, ttl_seconds=7200)] * 2):
        before = polled(*answers).state.due_at
        after = polled(*answers, s.Answer(304)).state.due_at
        assert after - before >= timedelta(hours=2)
    assert polled(asking(tagged, ttl_seconds=7200), tagged, tagged).state.ttl == 0


def test_hours_and_days_in_which_a_feed_wants_to_be_left_alone() -> None:
    assert (T0.hour, T0.weekday()) == (0, 2)  # a Wednesday
    nightly = asking(listing(1), skip_hours=tuple(range(6)))
    assert T0 + timedelta(hours=6) <= polled(nightly).state.due_at < T0 + timedelta(hours=7)
    never = asking(listing(1), skip_days=(2, 3, 4))
    assert polled(never).state.due_at == T0 + timedelta(days=1), "a day at most"
    wished = Feed(URL, poll_seconds=600)
    for answer in (nightly, never, asking(listing(1), ttl_seconds=7200)):
        assert polled(answer, feed=wished).state.due_at < T0 + timedelta(minutes=12)
    late = s.Answer(429, reason="http_4xx", retry_after=3600)
    assert polled(nightly, late).state.due_at >= T0 + timedelta(hours=7)


def test_a_users_interval_is_exact_but_for_floor_and_spread() -> None:
    poll = polled(*[listing(1)] * 5, feed=Feed(URL, poll_seconds=600))
    assert poll.state.interval == 600
    assert polled(listing(1), feed=Feed(URL, poll_seconds=1)).state.interval == s.FLOOR


def test_feeds_do_not_march_in_step() -> None:
    due = {
        s.observe(Feed(url), s.start(Feed(url), T0), listing(1), T0).state.due_at
        for url in (f"https://{n}.example/" for n in range(20))
    }
    assert len(due) > 10


def test_validators_are_sent_and_audited() -> None:
    tagged = listing(1, headers={"ETag": '"a"', "Last-Modified": "Wed, 01 May 2024 00:00:00 GMT"})
    state = polled(tagged).state
    assert s.request_headers(state) == {
        "If-None-Match": '"a"',
        "If-Modified-Since": "Wed, 01 May 2024 00:00:00 GMT",
    }
    sent = []
    for _ in range(2 * s.AUDIT_EVERY + 2):
        headers = s.request_headers(state)
        sent.append(bool(headers))
        answer = s.Answer(304) if headers else tagged
        state = s.observe(FEED, state, answer, state.due_at).state
    assert sent.count(False) == 2
    assert not state.lying


def test_validators_that_lie_are_not_sent_again() -> None:
    tag = {"ETag": '"a"'}
    state = polled(listing(1, headers=tag), s.Answer(304)).state
    poll = s.observe(FEED, state, listing(1, 2, headers=tag), state.due_at)
    assert poll.state.lying
    assert s.request_headers(poll.state) == {}
    honest = s.observe(FEED, state, listing(1, 2, headers={"ETag": '"b"'}), state.due_at)
    assert not honest.state.lying


def test_304_refreshes_what_is_listed_and_parses_nothing() -> None:
    poll = polled(listing(1, 2, headers={"ETag": "x"}), s.Answer(304))
    assert (poll.outcome, poll.known, poll.new) == ("not_modified", 2, ())
    assert {seen.last_at > seen.first_at for seen in poll.state.seen.values()} == {True}


def test_overlap_lost_and_soft_empty_are_alarms() -> None:
    lost = polled(listing(1, 2), listing(3, 4))
    assert lost.outcome == "overlap_lost"
    assert len(lost.new) == 2
    assert lost.state.interval < s.START
    empty = polled(listing(1, headers={"ETag": "x"}), listing())
    assert empty.outcome == "soft_empty"
    assert empty.state.listed == ("g1",)
    assert s.request_headers(empty.state) == {}
    blank = s.Answer(200, parsed=ParsedFeed(URL, "unknown", reason="empty_input"))
    assert polled(listing(1), blank).outcome == "soft_empty"
    assert polled(blank).outcome == "failed"
    assert {"overlap_lost", "soft_empty", "capped"} == s.ALARMS


def test_failures_wait_longer_and_never_end_a_feed() -> None:
    gone = s.Answer(404, reason="http_4xx")
    state = s.start(FEED, T0)
    waits = []
    for _ in range(40):
        before = state.due_at
        poll = s.observe(FEED, state, gone, before)
        assert poll.outcome == "failed"
        state = poll.state
        waits.append((state.due_at - before).total_seconds())
    assert waits[0] < waits[3]
    assert max(waits) <= s.CAP
    back = s.observe(FEED, state, listing(1), state.due_at)
    assert (back.outcome, back.state.failures) == ("new", 0)
    assert s.observe(
        FEED, s.start(FEED, T0), s.Answer(410, reason="http_4xx"), T0
    ).state.due_at >= (T0 + timedelta(days=1))
    html = s.Answer(200, parsed=ParsedFeed(URL, "unknown", reason="not_a_feed"))
    assert polled(listing(1), html).outcome == "failed"
    assert polled(s.Answer(None, reason="timeout")).outcome == "failed"


def test_alternatives_take_their_turn() -> None:
    feed = Feed(URL, alternatives=("https://b.example/rss",))
    state = s.start(feed, T0)
    asked = []
    for _ in range(9):
        asked.append(s.address(feed, state))
        state = s.observe(feed, state, s.Answer(None, reason="dns"), state.due_at).state
    assert asked == [URL] * 3 + ["https://b.example/rss"] * 3 + [URL] * 3


def test_a_flood_is_capped_by_poll_and_by_day() -> None:
    state = s.start(FEED, T0)
    taken = 0
    now = T0
    for n in range(10):
        poll = s.observe(FEED, state, listing(*range(n * 5000, n * 5000 + 5000)), now)
        assert poll.outcome == "capped"
        assert len(poll.new) <= s.MAX_NEW_A_POLL
        taken += len(poll.new)
        state, now = poll.state, now + timedelta(hours=1)
    assert taken == s.MAX_NEW_A_DAY
    tomorrow = s.observe(FEED, state, listing(-1, -2), T0 + timedelta(days=1))
    assert len(tomorrow.new) == 2


def test_what_was_over_the_cap_comes_with_the_next_poll() -> None:
    many = listing(*range(1500))
    poll = polled(many, many)
    assert len(poll.new) == 500
    assert poll.outcome == "new"


def test_new_guids_for_known_urls_are_no_new_entries() -> None:
    poll = polled(listing(1, 2, 3), *[listing(1, 2, 3, guid=f"x{n}-") for n in range(50)])
    assert poll.state.guids_change
    assert poll.new == ()
    assert len(poll.state.seen) == 3
    after = polled(listing(1, 2, 3), listing(1, 2, 3, guid="x"), listing(4, 1, 2, guid="y"))
    assert [entry.url for entry in after.new] == ["https://a.example/4"]


def test_guids_stay_keys_when_all_entries_share_one_url() -> None:
    def shared(*numbers: int) -> s.Answer:
        made = tuple(replace(entry, url="https://a.example/") for entry in entries(*numbers))
        return s.Answer(200, {}, ParsedFeed(URL, "rss", made), str(numbers))

    poll = polled(shared(1, 2), shared(3, 4))
    assert not poll.state.guids_change
    assert len(poll.new) == 2


def test_the_state_stays_flat() -> None:
    state = s.start(FEED, T0)
    for n in range(300):
        state = s.observe(
            FEED, state, listing(*range(n * 10, n * 10 + 20)), T0 + timedelta(hours=n)
        ).state
    assert len(state.seen) <= 2 * 20 + 1000


def test_a_lost_state_is_rebuilt_from_appearances() -> None:
    before = polled(listing(1, 2, 3)).state
    rows = [(key, seen.url, seen.first_at, seen.last_at) for key, seen in before.seen.items()]
    again = s.rebuild(FEED, before.due_at, rows)
    poll = s.observe(FEED, again, listing(4, 1, 2, text="x"), again.due_at)
    assert [entry.guid for entry in poll.new] == ["g4"]
    assert poll.changed == ()  # the texts were not known


def test_keys_without_guids() -> None:
    (entry,) = entries(1, guid="")
    assert s.entry_key(entry) == "https://a.example/1"
    assert s.entry_key(replace(entry, url="")) == content_id("1", "")


# A real feed's history: file name = seconds since 1970, two feeds of one site.
needs_history = pytest.mark.skipif(
    not HISTORY.is_dir(), reason="no development data beside the project"
)
Snapshot = tuple[datetime, s.Answer]


def snapshots(name: str) -> list[Snapshot]:
    found = []
    for path in sorted(HISTORY.glob(f"*-{name}.xml")):
        stamp = re.match(r"\d+", path.name)
        assert stamp is not None
        data = path.read_bytes()
        parsed = parse_feed(data, url=f"https://nabdsharqi.example/{name}.xml")
        assert parsed.reason is None
        assert parsed.entries
        at = datetime.fromtimestamp(int(stamp[0]), UTC)
        found.append((at, s.Answer(200, {"ETag": content_id(data)}, parsed, content_id(data))))
    return found


def versions(history: list[Snapshot]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for _, answer in history:
        assert answer.parsed is not None
        for entry in answer.parsed.entries:
            found[s.entry_key(entry)].add(s.text_id(entry))
    return found


@needs_history
@pytest.mark.parametrize("name", ["feed", "atom"])
def test_every_snapshot_in_turn(name: str) -> None:
    history = snapshots(name)
    feed = Feed(f"https://nabdsharqi.example/{name}.xml")
    state = s.start(feed, history[0][0])
    appeared: list[str] = []
    texts: dict[str, set[str]] = defaultdict(set)
    for at, answer in history:
        poll = s.observe(feed, state, answer, at)
        state = poll.state
        appeared += [s.entry_key(entry) for entry in poll.new]
        for entry in (*poll.new, *poll.changed):
            texts[s.entry_key(entry)].add(s.text_id(entry))
    expected = versions(history)
    assert len(appeared) == len(set(appeared)), "one appearance per (feed, guid or URL)"
    assert set(appeared) == set(expected), "none missed"
    assert texts == expected, "changed texts noticed"


@needs_history
@pytest.mark.reliability
@pytest.mark.parametrize("name", ["feed", "atom"])
def test_history_on_a_simulated_clock(name: str) -> None:
    history = snapshots(name)
    feed = Feed(f"https://nabdsharqi.example/{name}.xml")
    first, last = history[0][0], history[-1][0] + timedelta(days=1)
    state = s.start(feed, first)
    appeared: list[str] = []
    requests = bodies = alarms = 0
    while state.due_at <= last:
        now = state.due_at
        current = [answer for at, answer in history if at <= now][-1]
        requests += 1
        sent = s.request_headers(state).get("If-None-Match")
        if sent == current.headers["ETag"]:
            poll = s.observe(feed, state, s.Answer(304, current.headers), now)
        else:
            bodies += 1
            poll = s.observe(feed, state, current, now)
        state = poll.state
        appeared += [s.entry_key(entry) for entry in poll.new]
        alarms += poll.outcome in s.ALARMS
    hourly = int((last - first).total_seconds() // 3600)
    print(
        f"{name}: {requests} requests ({bodies} bodies) against {hourly} hourly, "
        f"{len(appeared)} appearances, {alarms} alarms"
    )
    assert len(appeared) == len(set(appeared))
    assert set(appeared) == set(versions(history)), "none missed"
    assert requests < hourly
    assert bodies < requests


def test_a_poll_made_again_wants_the_page_that_it_wanted_then() -> None:
    """At its first sighting, or at a later try: the sighting is told before the page has come."""
    seen = Sighting(URL, "g1", "https://a.example/1", 0, "")
    entry = KnownEntry(seen, None, None, T0 - timedelta(hours=1), T0, is_open=True)
    assert entry.is_wanted(T0)
    assert not entry.is_wanted(T0 + timedelta(minutes=10))
    assert not replace(entry, is_open=False).is_wanted(T0)
