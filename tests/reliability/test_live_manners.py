"""R31: fifty feeds on one host: one request at a time, pauses obeyed, 304 parses nothing.

R31 (docs/reliability.md): fifty feeds on one host; Retry-After, 429, 410, 304, Crawl-delay.
"""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch

import pytest
from http_faults import answer, conditional, in_turn
from http_server import LocalServer
from live_feeds import NOON, counts, item, rss, run_here, table
from outputs import facts
from pipeline_helpers import SEEDS

import pipeline.polling.request
from transforms.fetch.politeness import Manners

pytestmark = pytest.mark.reliability

HOST, CALM = "127.77.31.1", "127.77.31.2"
PAGE = (SEEDS / "pages" / "rabat-march.html").read_bytes()
CRAWL_DELAY = 0.1


def test_r31_fifty_feeds_on_one_host(tmp_path):
    out, feeds = tmp_path / "out", tmp_path / "feeds.txt"
    with LocalServer() as server:
        server.robots(HOST, f"User-agent: *\nCrawl-delay: {CRAWL_DELAY}\nDisallow: /private\n")
        page = server.on(HOST, "/page.html", answer(PAGE, after=0.02))
        body = rss([item(page)])
        urls = [
            server.on(HOST, f"/rss/{number}", conditional(body, etag=f'"{number}"'))
            for number in range(46)
        ]
        busy = answer("wait", 429, {"Retry-After": "2"})
        urls += [
            server.on(HOST, "/busy", in_turn(busy, answer(body))),
            server.on(HOST, "/gone", answer("gone", 410)),
            server.on(HOST, "/missing", answer("no", 404)),
            server.on(HOST, "/private/rss", answer(body)),
        ]
        feeds.write_text("\n".join(urls), encoding="utf-8")
        run_here(out, str(feeds), manners=Manners(delay_seconds=0.0))
        first = server.requests(HOST)
        gaps = server.gaps(HOST)
        most = server.max_in_flight(HOST)
        waits = _after(first, "/busy")

        with patch.object(
            pipeline.polling.request, "_to_parse", wraps=pipeline.polling.request._to_parse
        ) as parse:
            run_here(
                out, str(feeds), now=NOON + timedelta(hours=3), manners=Manners(delay_seconds=0.0)
            )
            parsed = [call.args[0].url for call in parse.call_args_list]
        second = server.requests(HOST)[len(first) :]
    log = table(out, "SELECT * FROM fetch_log WHERE purpose = 'feed'")
    health = counts(facts(out, "feeds"), "health")
    print(
        f"\nR31: {len(urls)} feeds on a host: {most} in flight, least pause"
        f" {min(gaps):.3f} s of {CRAWL_DELAY}, {waits:.2f} s after Retry-After: 2,"
        f" {len(parsed)} parsed in the second run, log {counts(log, 'outcome')}, feeds {health}"
    )
    assert most == 1
    assert min(gaps) >= CRAWL_DELAY - 0.03
    assert waits >= 2
    assert not [hit for hit in (*first, *second) if hit.path == "/private/rss"]
    not_modified = [row for row in log if row["outcome"] == "not_modified"]
    assert len(not_modified) == 46
    assert all(row["items_total"] is None for row in not_modified)
    assert parsed == [server.url(HOST, "/busy")], "a 304 was parsed"
    asked = [hit.path for hit in second]
    assert "/gone" not in asked, "410: not before a day has gone by"
    pages = [hit.path for hit in first if hit.path != "/robots.txt"]
    others = ("/busy", "/busy", "/gone", "/missing", "/page.html")
    assert sorted(pages) == sorted([*(f"/rss/{number}" for number in range(46)), *others])
    assert len(facts(out, "feeds")) == len(urls)
    due = table(out, f"SELECT due_at FROM feeds WHERE feed_url = '{urls[47]}'")
    assert due[0]["due_at"] >= NOON + timedelta(hours=24)


def _after(hits, path):
    """Seconds between the first request of a path and the next of its host."""
    place = next(number for number, hit in enumerate(hits) if hit.path == path)
    return hits[place + 1].started - hits[place].ended


def test_r31_a_host_that_stays_busy_is_left_alone_and_asked_later(tmp_path):
    busy = answer("later", 503, {"Retry-After": "7200"})
    with LocalServer() as server:
        urls = [server.on(CALM, f"/rss/{number}", busy) for number in range(5)]
        feeds = tmp_path / "feeds.txt"
        feeds.write_text("\n".join(urls), encoding="utf-8")
        out = tmp_path / "out"
        run_here(out, str(feeds), manners=Manners(delay_seconds=0.0))
        asked = [hit for hit in server.requests(CALM) if hit.path != "/robots.txt"]
        run_here(out, str(feeds), now=NOON + timedelta(hours=1))
        again = [hit.path for hit in server.requests(CALM) if hit.path != "/robots.txt"]
    letters = counts(table(out, "SELECT reason FROM dead_letters"), "reason")
    print(f"\nR31: 503 with two hours: {len(asked)} request to {len(urls)} feeds, {letters}")
    assert len(asked) == 1
    assert len(again) == 1, "asked again before the two hours were over"
