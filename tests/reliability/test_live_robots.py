"""robots.txt is asked for once an origin and day, whichever part of whichever run needs it."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import timedelta

import pytest
from http_faults import answer, redirect
from http_server import LocalServer
from live_feeds import NOON, item, rss, run_here, table
from pipeline_helpers import SEEDS

pytestmark = pytest.mark.reliability

FEED, PAGES, MOVED, BARE, SHUT = (f"127.77.32.{number}" for number in range(1, 6))
BODIES = [page.read_bytes() for page in sorted((SEEDS / "pages").glob("*.html"))]
HOUR = timedelta(hours=1)


@pytest.fixture
def site():
    """A server whose feed and pages lie on five hosts, and the list of its feed entries."""
    with LocalServer() as server:
        server.robots(FEED, "User-agent: *\nCrawl-delay: 0.01\n")
        server.robots(PAGES, "User-agent: other\nDisallow: /\n\nUser-agent: rasd\nDisallow: /no\n")
        server.robots(MOVED, "User-agent: *\nAllow: /\n")
        server.on(BARE, "/robots.txt", answer("none", 404))
        server.on(SHUT, "/robots.txt", answer("later", 500))
        entries: list[str] = []

        async def listed(request):
            return await answer(rss(entries))(request)

        server.on(FEED, "/rss", listed)
        yield server, entries


def asked_for_robots(server, since=0):
    """How often each host was asked for its robots.txt, after so many requests."""
    return Counter(hit.host for hit in server.hits[since:] if hit.path == "/robots.txt")


def test_a_run_asks_each_origin_once_and_the_next_not_at_all(site, tmp_path):
    server, entries = site
    out = tmp_path / "out"

    def page(number, host, path):
        return item(server.on(host, path, answer(BODIES[number])), f"خبر {number}")

    far = server.on(MOVED, "/far.html", answer(BODIES[3]))
    entries += [
        page(0, FEED, "/0.html"),
        page(1, PAGES, "/1.html"),
        page(2, PAGES, "/2.html"),
        item(server.on(PAGES, "/3.html", redirect(far)), "خبر 3"),
        page(4, BARE, "/4.html"),
        page(5, SHUT, "/5.html"),
    ]
    # Ticks of one page each: they run one after the other, in workers of their own.
    feed = server.url(FEED, "/rss")
    run_here(out, feed, options=["--tick-size", "1"])
    first = asked_for_robots(server)
    assert {first[host] for host in (FEED, PAGES, MOVED, BARE)} == {1}
    assert first[SHUT] == 3, "a 500 is tried again at once, not in each tick"
    assert {hit.host for hit in server.hits if hit.path == "/5.html"} == set()

    entries += [page(6, PAGES, "/6.html"), page(7, PAGES, "/no/7.html"), page(0, BARE, "/8.html")]
    before = len(server.hits)
    run_here(out, feed, now=NOON + timedelta(minutes=20), options=["--tick-size", "2"])
    again = asked_for_robots(server, before)
    paths = [hit.path for hit in server.hits[before:]]
    letters = table(out, "SELECT url, reason FROM dead_letters ORDER BY url")
    print(f"\nrobots.txt: asked {dict(first)} in the first run, {dict(again)} in the second")
    assert not again
    assert sorted(paths) == ["/6.html", "/8.html", "/rss"]
    assert {(row["url"].rpartition("/")[2], row["reason"]) for row in letters} == {
        ("5.html", "robots_denied"),
        ("7.html", "robots_denied"),
    }


def test_an_answer_is_good_for_a_day_and_the_want_of_one_for_half_an_hour(site, tmp_path):
    server, entries = site
    out, feed = tmp_path / "out", server.url(FEED, "/rss")
    asked = []
    for number, age in enumerate((0 * HOUR, 0.4 * HOUR, 0.9 * HOUR, 23 * HOUR, 25 * HOUR)):
        entries[:] = [
            item(server.on(host, f"/{number}.html", answer(BODIES[number])))
            for host in (PAGES, BARE, SHUT)
        ]
        before = len(server.hits)
        run_here(out, feed, now=NOON + age, options=["--tick-size", "1"])
        assert "/rss" in {hit.path for hit in server.hits[before:]}, "the feed must be due"
        asked.append({host for host, times in asked_for_robots(server, before).items() if times})
    assert asked == [{FEED, PAGES, BARE, SHUT}, set(), {SHUT}, {SHUT}, {FEED, PAGES, BARE, SHUT}]

    # By force a host is asked that could not be had; a good answer stays good.
    before = len(server.hits)
    entries.append(item(server.on(SHUT, "/new.html", answer(BODIES[6]))))
    run_here(out, feed, now=NOON + 25.1 * HOUR, options=["--force"])
    assert set(asked_for_robots(server, before)) == {SHUT}


def test_without_its_tables_a_run_simply_asks_again(site, tmp_path):
    server, entries = site
    out, feed = tmp_path / "out", server.url(FEED, "/rss")
    entries.append(item(server.on(PAGES, "/1.html", answer(BODIES[1]))))
    run_here(out, feed)
    shutil.rmtree(out / "fetch_log")
    entries.append(item(server.on(PAGES, "/2.html", answer(BODIES[2]))))
    before = len(server.hits)
    run_here(out, feed, now=NOON + HOUR)
    assert asked_for_robots(server, before) == {FEED: 1, PAGES: 1}


def test_workers_in_processes_of_their_own_know_what_the_launcher_asked(site, tmp_path):
    server, entries = site
    entries += [
        item(server.on(host, f"/{number}.html", answer(BODIES[number])))
        for number, host in enumerate((FEED, PAGES, FEED, PAGES))
    ]
    workers = ["--direct_running_mode", "multi_processing", "--direct_num_workers", "2"]
    run_here(tmp_path / "out", server.url(FEED, "/rss"), options=workers)
    assert asked_for_robots(server) == {FEED: 1, PAGES: 1}
    assert len(table(tmp_path / "out", "SELECT 1 FROM articles")) == 4


def test_a_page_that_led_to_a_feed_stands_in_the_log(site, tmp_path):
    server, entries = site
    entries.append(item(server.on(PAGES, "/1.html", answer(BODIES[1]))))
    link = f"<link rel=alternate type=application/rss+xml href='{server.url(FEED, '/rss')}'>"
    home = server.on(BARE, "/", answer(f"<!doctype html><html><head>{link}</head></html>"))
    run_here(tmp_path / "out", home)
    log = table(tmp_path / "out", "SELECT url, purpose FROM fetch_log")
    asked = sorted((row["url"], row["purpose"]) for row in log)
    assert (home, "feed") in asked
    assert len(asked) == len(server.hits) == 6
