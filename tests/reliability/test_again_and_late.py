"""R22 and R23: the same documents again, shuffled, late, with a wrong clock: the same rows.

R22 (docs/reliability.md): documents three times, shuffled, seven days late.
R23 (docs/reliability.md): clocks 48 hours off, feeds of the future.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hostile_inputs import SENTENCE, TEXT, feed, item
from outputs import facts

pytestmark = pytest.mark.reliability
START = datetime(2026, 1, 10, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
SEED = 22
TABLES = ("articles", "events", "clusters", "duplicates", "appearances")


def documents(count: int) -> list[dict[str, Any]]:
    """Documents of which every third has a later version, and every fifth a copy elsewhere."""
    made: list[dict[str, Any]] = []
    rng = random.Random(SEED)  # noqa: S311 - varied text, no secret
    words = sorted(set(TEXT.split()))
    for number in range(count):
        noise = " ".join(rng.choices(words, k=120))
        when = START - timedelta(days=number % 20, minutes=number)
        document = {
            "id": f"d{number}",
            "url": f"https://again.example/2026/01/{number}.html",
            "title": f"خبر رقم {number}",
            "body": f"{SENTENCE}{noise}.\nرقم {number}.",
            "published_at": when.isoformat(),
            "fetched_at": (when + timedelta(hours=1)).isoformat(),
        }
        made.append(document)
        if number % 3 == 0:
            later = f"{document['body']}\nوأضاف المصدر أن العدد ارتفع إلى {number + 7}."
            fetched = (when + timedelta(hours=9)).isoformat()
            made.append(document | {"body": later, "fetched_at": fetched})
        if number % 5 == 0:
            made.append(document | {"url": f"https://copy.example/{number}.html"})
    return made


def write(path: Any, given: list[dict[str, Any]]) -> Any:
    path.write_text("\n".join(json.dumps(each) for each in given), encoding="utf-8")
    return path


def future_feed() -> bytes:
    """A feed some of whose entries are dated up to two days after the run's clock."""
    days = (START + timedelta(hours=hours) for hours in range(-60, 60, 12))
    dates = (f"<pubDate>{day:%a, %d %b %Y %H:%M:%S} GMT</pubDate>" for day in days)
    return feed("".join(item(number, inside=date) for number, date in enumerate(dates)))


@pytest.fixture(scope="module")
def given(sized):
    return documents(sized(40, 400))


@pytest.fixture(scope="module")
def inputs(given, tmp_path_factory):
    folder = tmp_path_factory.mktemp("given")
    (folder / "feed.xml").write_bytes(future_feed())
    return [write(folder / "documents.jsonl", given), folder / "feed.xml"]


@pytest.fixture(scope="module")
def at_once(run, inputs, tmp_path_factory):
    output = tmp_path_factory.mktemp("once") / "out"
    ran = run(output, *inputs, options=("--as-of", START.isoformat()))
    assert ran.code == 0, ran.said
    return ran.output


def versions(given: list[dict[str, Any]]) -> int:
    return len({(each["url"], each["body"]) for each in given})


def late(document: dict[str, Any]) -> dict[str, Any]:
    """The same document, fetched again a week later."""
    fetched = datetime.fromisoformat(document["fetched_at"]) + WEEK
    return document | {"fetched_at": fetched.isoformat()}


def test_r22_one_row_a_version(run, given, inputs, at_once, tmp_path):
    rng = random.Random(SEED)  # noqa: S311 - an order, no secret
    shuffled = rng.sample(given, len(given))
    half = len(given) // 2
    # Each at least three times, the second half first as versions nobody has seen the start of.
    batches = [
        shuffled[:half] * 2,
        shuffled[half:] * 2 + [late(each) for each in shuffled[:half]],
        [late(each) for each in shuffled[half:]] + shuffled[::3],
    ]
    output = tmp_path / "out"
    for number, batch in enumerate(batches):
        path = write(tmp_path / f"part-{number}.jsonl", rng.sample(batch, len(batch)))
        clock = (START + number * WEEK).isoformat()
        ran = run(output, path, inputs[1], options=("--as-of", clock))
        assert ran.code == 0, ran.said
    rows = facts(output, "articles")
    counts = Counter((row["canonical_url"], row["content_hash"]) for row in rows)
    assert max(counts.values()) == 1
    assert len([row for row in rows if row["feed_url"] is None]) == versions(given)
    for table in TABLES:
        assert facts(output, table) == facts(at_once, table), f"{table} depend on the order"
    revisions = dict(Counter(row["revision"] for row in facts(output, "clusters")))
    total = sum(map(len, batches))
    print(f"R22: {total} documents in {len(batches)} runs: {len(rows)} rows, revisions {revisions}")


@pytest.mark.parametrize("hours", [-48, 48])
def test_r23_a_wrong_clock_changes_nothing(run, inputs, at_once, tmp_path, hours):
    """The run's clock is off by two days; the feed's own dates reach into the future."""
    clock = (START + timedelta(hours=hours)).isoformat()
    ran = run(tmp_path / "out", *inputs, options=("--as-of", clock))
    assert ran.code == 0, ran.said
    for table in TABLES:
        assert facts(ran.output, table) == facts(at_once, table), table
    ids = len(facts(at_once, "articles"))
    print(f"R23: clock {hours:+} h: {ids} article ids, their dates, pairs and clusters unchanged")
