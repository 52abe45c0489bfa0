"""How long feeds are left alone: the rule itself, and publishing patterns on a simulated clock."""

from __future__ import annotations

import bisect
import math
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from transforms.feeds import schedule as s
from transforms.feeds.rhythm import PATIENCE, time_to_rest
from transforms.records import Entry, Feed, ParsedFeed

DAY, HOUR, MINUTE = 86_400.0, 3600.0, 60.0
START = datetime(2024, 3, 2, tzinfo=UTC)
T0 = START.timestamp()


def rest(*arrivals: float, now: float = 7 * DAY, quiet: float | None = None) -> float:
    """Ask the rule about entries that came so many seconds after the feed was first seen."""
    latest = max(arrivals, default=0.0)
    return time_to_rest(
        [T0 + at for at in arrivals],
        since=T0,
        quiet_since=T0 + (latest if quiet is None else now - quiet),
        now=T0 + now,
        most=DAY,
    )


def test_a_hundred_times_the_entries_make_ten_times_the_requests() -> None:
    def steady(a_day: int) -> float:
        return rest(*(number * DAY / a_day for number in range(1, 7 * a_day)), quiet=7 * DAY)

    assert steady(24) == pytest.approx(math.sqrt(2 * PATIENCE * HOUR), rel=0.1)
    assert steady(24) / steady(2400) == pytest.approx(10, rel=0.2)


def test_it_looks_soon_after_something_came_then_ever_more_seldom() -> None:
    rests = [rest(quiet=quiet) for quiet in (0, HOUR, DAY, 7 * DAY, 60 * DAY)]
    assert rests == sorted(set(rests))
    assert rests[0] < 20 * MINUTE
    assert rests[-1] == DAY


def test_it_sleeps_at_night_and_is_there_when_the_digest_comes() -> None:
    digest = [day * DAY + 6 * HOUR + entry * MINUTE for day in range(7) for entry in range(25)]
    assert rest(*digest, now=6 * DAY + 20 * HOUR) > 2 * HOUR
    assert rest(*digest, now=7 * DAY + 5.9 * HOUR) < 20 * MINUTE
    late = 7 * DAY + 4 * HOUR
    assert late + rest(*digest, now=late) < 7 * DAY + 6 * HOUR


def test_what_came_more_than_a_week_ago_is_no_rhythm() -> None:
    busy = [number * MINUTE for number in range(1, 600)]
    assert rest(*busy, now=30 * DAY) == rest(now=30 * DAY, quiet=30 * DAY - 599 * MINUTE)


def test_a_feed_that_never_listed_anything_is_asked_ever_more_seldom() -> None:
    feed, blank = Feed("https://a.example/rss"), s.Answer(200, parsed=ParsedFeed("u", "rss"))
    state, waits = s.start(feed, START), []
    for _ in range(20):
        now = state.due_at
        state = s.observe(feed, state, blank, now).state
        waits.append(state.interval)
    assert waits == sorted(waits)
    assert waits[-1] == s.CAP


def test_the_rest_follows_from_appearances_alone() -> None:
    feed = Feed("https://a.example/rss")
    state = s.start(feed, START)
    lists = [tuple(f"e{n}" for n in range(at, at - 10, -1)) for at in (10, 10, 12, 12, 13, 17, 17)]
    for number, keys in enumerate(lists):
        state = s.observe(feed, state, answer(keys, number), state.due_at).state
    rows = [(key, each.url, each.first_at, each.last_at) for key, each in state.seen.items()]
    rebuilt = s.rebuild(feed, state.due_at, rows)
    last = answer(lists[-1], len(lists))
    kept, again = (s.observe(feed, each, last, state.due_at).state for each in (state, rebuilt))
    assert kept.interval == again.interval
    assert kept.due_at == again.due_at


# Publishing patterns. A site is what its feed listed and from when on; times in seconds.


@dataclass(frozen=True)
class Site:
    """What a feed listed, from each time on; keys of entries, the newest first."""

    times: list[float]
    lists: list[tuple[str, ...]]
    end: float

    def at(self, time: float) -> int:
        """Which list stood at a time."""
        return bisect.bisect_right(self.times, time) - 1

    def first(self) -> dict[str, float]:
        """When each entry first stood there, the last day aside: it may still be found."""
        came: dict[str, float] = {}
        for time, keys in zip(self.times, self.lists, strict=True):
            for key in keys:
                came.setdefault(key, time)
        return {key: time for key, time in came.items() if 0 < time < self.end - DAY}


def site(times: list[float], days: int, length: int, dice: random.Random, renamed: float) -> Site:
    """List what comes; a share of entries gets another GUID and URL within minutes."""
    acts = [(time, f"e{number}", "") for number, time in enumerate(times)]
    for time, key, _ in list(acts):
        if dice.random() < renamed:
            acts.append((time + dice.expovariate(1 / (20 * MINUTE)), f"{key}x", key))
    listed = tuple(f"old{number}" for number in range(length))
    changes, lists = [0.0], [listed]
    for time, key, before in sorted(acts):
        if before:
            listed = tuple(key if each == before else each for each in listed)
        else:
            listed = (key, *listed)[:length]
        changes.append(time)
        lists.append(listed)
    return Site(changes, lists, days * DAY)


def poisson(a_day: float, days: int, dice: random.Random) -> Iterator[float]:
    """Draw times, most at noon and none at midnight."""
    time = 0.0
    while (time := time + dice.expovariate(2 * a_day / DAY)) < days * DAY:
        if dice.random() < (1 - math.cos(2 * math.pi * time / DAY)) / 2:
            yield time


def steady(a_day: float) -> Callable[[int, random.Random], list[float]]:
    return lambda days, dice: list(poisson(a_day, days, dice))


def bursts(days: int, dice: random.Random) -> list[float]:
    return sorted(
        time + dice.random() * 30 * MINUTE
        for time in poisson(3, days, dice)
        for _ in range(dice.randint(2, 8))
    )


def digests(days: int, dice: random.Random) -> list[float]:
    mornings = [day * DAY + 6 * HOUR + dice.gauss(0, 5 * MINUTE) for day in range(days)]
    return sorted(morning + entry * 3 * MINUTE for morning in mornings for entry in range(25))


def breaking(days: int, dice: random.Random) -> list[float]:
    """Ten entries a day, and every fifth day three hours with one every three minutes."""
    times = list(poisson(10, days, dice))
    for time in poisson(1 / 5, days, dice):
        times += [time + dice.random() * 3 * HOUR for _ in range(60)]
    return sorted(times)


def followed(given: Site, name: str) -> tuple[int, dict[str, float]]:
    """Poll as the schedule says: (requests, when each entry was first seen)."""
    feed = Feed(f"https://{name}.example/rss")
    answers = [answer(keys, number) for number, keys in enumerate(given.lists)]
    state, requests = s.start(feed, START), 0
    seen: dict[str, float] = {}
    while state.due_at <= START + timedelta(seconds=given.end):
        now = state.due_at
        current = answers[given.at((now - START).total_seconds())]
        requests += 1
        sent = s.request_headers(state).get("If-None-Match")
        fresh = sent is not None and sent == current.headers["ETag"]
        poll = s.observe(feed, state, s.Answer(304) if fresh else current, now)
        state = poll.state
        seen |= {entry.guid: now.timestamp() - T0 for entry in poll.new}
    return requests, seen


def answer(keys: tuple[str, ...], number: int) -> s.Answer:
    made = tuple(
        Entry("u", key, f"https://a.example/{key}", at, title=key) for at, key in enumerate(keys)
    )
    return s.Answer(200, {"ETag": f'"{number}"'}, ParsedFeed("u", "rss", made), str(number))


def hourly(given: Site) -> dict[str, float]:
    """When each entry is first seen by a poll every hour."""
    seen: dict[str, float] = {}
    for number in range(int(given.end / HOUR) + 1):
        for key in given.lists[given.at(number * HOUR)]:
            seen.setdefault(key, number * HOUR)
    return seen


PATTERNS: dict[str, tuple[Callable[[int, random.Random], list[float]], int]] = {
    "one-a-week": (steady(1 / 7), 10),
    "two-a-day": (steady(2), 10),
    "twelve-a-day": (steady(12), 10),
    "sixty-a-day": (steady(60), 20),
    "two-hundred-a-day": (steady(200), 20),
    "bursts": (bursts, 10),
    "daily-digest": (digests, 10),
    "breaking-news": (breaking, 10),
}
NOTHING_FORETELLS = {"bursts", "breaking-news", "daily-digest"}  # more at once than a list holds
REQUESTS = {"one-a-week": 8, "two-a-day": 24}  # a day; fewer than of an hourly poll


def stories(keys: Iterable[str]) -> set[str]:
    """Entries, whichever of their GUIDs they go by."""
    return {key.rstrip("x") for key in keys}


@pytest.mark.parametrize("name", PATTERNS)
@pytest.mark.parametrize("renamed", [0.0, 0.05], ids=["", "renamed"])
def test_patterns(name: str, renamed: float, sized: Callable[[int, int], int]) -> None:
    publish, length = PATTERNS[name]
    days = sized(14, 56)
    dice = random.Random(f"{name} {renamed}")  # noqa: S311 - no secret, the same at every run
    given = site(publish(days, dice), days, length, dice, renamed)
    first = given.first()
    requests, seen = followed(given, name)
    fixed = hourly(given)
    missed, by_hour = set(first) - set(seen), set(first) - set(fixed)
    delay = sum(seen[key] - first[key] for key in seen.keys() & first) / max(1, len(first))
    late = sum(fixed[key] - first[key] for key in fixed.keys() & first) / max(1, len(first))
    print(
        f"\n{name}{' renamed' if renamed else ''}: {len(first)} entries, {requests / days:.1f}"
        f" requests a day, {len(missed)} missed, seen after {delay / 60:.0f} min; hourly: 24,"
        f" {len(by_hour)}, {late / 60:.0f} min"
    )
    lost, lost_by_hour = (stories(first) - stories(found) for found in (seen, fixed))
    assert first
    assert len(lost) <= len(lost_by_hour), "more is lost than by a poll every hour"
    assert not lost or name in NOTHING_FORETELLS
    assert delay < late or name in REQUESTS
    assert requests < REQUESTS.get(name, DAY / s.FLOOR / 2) * days
