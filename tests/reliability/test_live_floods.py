"""R26: feeds that flood: new GUIDs at every poll, more entries than anybody reads.

R26 (docs/reliability.md): new GUIDs at every poll; a feed of a million entries.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from http_faults import answer
from http_server import LocalServer
from live_feeds import NOON, counts, item, rss, run_here, table
from outputs import facts
from pipeline_helpers import SEEDS

from transforms.feeds.parse import MAX_ENTRIES
from transforms.feeds.schedule import MAX_NEW_A_DAY, MAX_NEW_A_POLL

pytestmark = pytest.mark.reliability

HOST = "127.77.26.1"
PAGES = sorted((SEEDS / "pages").glob("*.html"))
FEED_LOG = "SELECT * FROM fetch_log WHERE purpose = 'feed' ORDER BY started_at"


@pytest.fixture
def server():
    with LocalServer() as running:
        yield running


def bare(numbers):
    """Items that need no request: without link, each is a dead letter of its own."""
    return rss(item("", f"خبر {number}", guid=f"id-{number}") for number in numbers)


def poll(out, feed, *, hours=0.0):
    """Ask, due or not."""
    return run_here(out, feed, now=NOON + timedelta(hours=hours), options=["--force"])


def test_r26_new_guids_of_known_urls_bring_nothing_new(server, tmp_path):
    urls = [server.on(HOST, f"/{page.name}", answer(page.read_bytes())) for page in PAGES[:4]]
    out, polls = tmp_path / "out", 4
    for number in range(polls):
        body = rss(item(url, guid=f"{number}-{place}") for place, url in enumerate(urls))
        feed = server.on(HOST, "/rss", answer(body))
        poll(out, feed, hours=number)
    fetched = [hit for hit in server.hits if hit.path.endswith(".html")]
    sightings = facts(out, "appearances")
    print(
        f"\nR26: {polls} polls with new GUIDs of {len(urls)} URLs: {len(fetched)} pages fetched,"
        f" {len(sightings)} appearances"
    )
    assert len(fetched) == len(urls)
    assert len(sightings) == len(urls)
    assert len(facts(out, "articles")) == len(urls)


def test_r26_a_new_list_at_every_poll_is_capped_by_day(server, tmp_path):
    out, size = tmp_path / "out", 1_500
    taken = []
    for number in range(7):  # six polls on one day, one on the next
        feed = server.on(HOST, "/rss", answer(bare(range(number * size, (number + 1) * size))))
        poll(out, feed, hours=number * 0.5 if number < 6 else 24)
        taken.append(len(facts(out, "appearances")))
    log = table(out, FEED_LOG)
    print(
        f"\nR26: {size} new GUIDs at each of 7 polls: {taken} appearances;"
        f" alarms {counts(log, 'outcome')}"
    )
    assert taken[:5] == [MAX_NEW_A_POLL * (number + 1) for number in range(5)]
    assert taken[5] == MAX_NEW_A_DAY
    assert taken[6] == MAX_NEW_A_DAY + MAX_NEW_A_POLL
    assert counts(log, "outcome") == {"capped": 7}
    assert {row["items_total"] for row in log} == {size}


def test_r26_lists_without_overlap_raise_an_alarm(server, tmp_path):
    out = tmp_path / "out"
    for number in range(3):
        feed = server.on(HOST, "/rss", answer(bare(range(number * 20, number * 20 + 20))))
        poll(out, feed, hours=number)
    log = table(out, FEED_LOG)
    print(f"\nR26: three lists without overlap: {counts(log, 'outcome')}")
    assert [row["outcome"] for row in log] == ["ok", "overlap_lost", "overlap_lost"]
    assert len(facts(out, "appearances")) == 60


def test_r26_entries_beyond_the_cap_come_with_the_next_polls(server, tmp_path):
    feed = server.on(HOST, "/rss", answer(bare(range(1_500))))
    out = tmp_path / "out"
    taken = []
    for number in range(3):
        poll(out, feed, hours=number)
        taken.append(len(facts(out, "appearances")))
    outcomes = [row["outcome"] for row in table(out, FEED_LOG)]
    print(f"\nR26: 1,500 entries: {taken} after each poll, outcomes {outcomes}")
    assert taken == [1_000, 1_500, 1_500]
    assert outcomes[0] == "capped"
    assert "capped" not in outcomes[1:]
    assert len(facts(out, "dead_letters")) == 1_500


def test_r26_a_feed_of_a_million_entries(server, tmp_path, sized):
    count = sized(100_000, 1_000_000)
    items = "".join(f"<item><guid>{number}</guid></item>" for number in range(count))
    body = f'<?xml version="1.0"?><rss version="2.0"><channel>{items}</channel></rss>'
    feed = server.on(HOST, "/rss", answer(body))
    out = tmp_path / "out"
    summary = poll(out, feed)
    (row,) = table(out, FEED_LOG)
    letters = counts(table(out, "SELECT reason FROM dead_letters"), "reason")
    peak = summary.manifest["peak_memory_bytes"] / 1024**2
    print(
        f"\nR26: {count} entries, {len(body) / 1e6:.0f} MB: {row['outcome']},"
        f" {row['items_total']} counted, {row['items_new']} taken, dead letters {letters},"
        f" {summary.manifest['wall_seconds']:.1f} s, {peak:.0f} MB"
    )
    if len(body) > 10 * 1024**2:
        assert row["outcome"] == "too_large"
        assert letters == {"too_large": 1}
        return
    assert row["outcome"] == "capped"
    assert row["items_new"] == MAX_NEW_A_POLL
    assert row["items_total"] == count > MAX_ENTRIES
