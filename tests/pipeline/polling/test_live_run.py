"""Feeds and pages over HTTP, by the real command, from a server on loopback."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

import pytest
from http_faults import answer, bomb, conditional, redirect
from http_server import LocalServer
from outputs import facts
from pipeline_helpers import SEEDS, rasd

from pipeline.sql.data import open_data

HOST, OTHER = "127.77.1.1", "127.77.1.2"
PAGES = ("gaza-airstrike.html", "rabat-march.html", "doha-mediation.html")
NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)
SUMMARY = "تظاهر مئات العمال أمام مقر البرلمان في العاصمة تونس اليوم احتجاجاً على ارتفاع الأسعار."


def feed_xml(*items):
    """An RSS feed of (url, title, summary)."""
    entries = "".join(
        f"<item><title>{escape(title)}</title><link>{escape(url)}</link><guid>{escape(url)}</guid>"
        f"<pubDate>{format_datetime(NOON - timedelta(hours=2))}</pubDate>"
        f"<description>{escape(summary)}</description></item>"
        for url, title, summary in items
    )
    channel = f"<channel><title>اختبار</title>{entries}</channel>"
    return f'<?xml version="1.0"?><rss version="2.0">{channel}</rss>'


@pytest.fixture
def server():
    with LocalServer() as running:
        yield running


def serve_pages(server, host=HOST, names=PAGES):
    return [
        server.on(host, f"/{name}", answer((SEEDS / "pages" / name).read_bytes())) for name in names
    ]


def run(output, *inputs, hours=0, extra=(), code=0):
    clock = (NOON + timedelta(hours=hours)).isoformat()
    done = rasd(
        "run", *inputs, "--output", str(output), "--allow-private-hosts", "--as-of", clock, *extra
    )
    assert done.returncode == code, done.stderr.decode()
    return done.stderr.decode()


def test_feed_to_rows_and_a_second_run_fetches_only_what_is_new(server, tmp_path):
    first, second, third = serve_pages(server)
    items = [(first, "أول", "ملخص"), (second, "ثان", "ملخص")]
    feed = server.on(HOST, "/rss", conditional(feed_xml(*items), etag='"1"'))
    out = tmp_path / "out"
    run(out, feed)
    rows = facts(out, "articles")
    assert {row["feed_url"] for row in rows} == {feed}
    assert len(rows) == 2
    assert all(row["http_status"] == 200 and row["guid"] for row in rows)
    assert len(facts(out, "appearances")) == 2
    assert all(row["article_id"] for row in facts(out, "appearances"))
    asked = len(server.requests(HOST))

    run(out, feed, hours=2)
    assert server.requests(HOST, "/rss")[-1].headers.get("If-None-Match") == '"1"'
    assert [hit.path for hit in server.hits[asked:]].count("/gaza-airstrike.html") == 0
    assert len(facts(out, "articles")) == 2

    server.on(HOST, "/rss", conditional(feed_xml((third, "ثالث", "ملخص"), *items), etag='"2"'))
    asked = len(server.hits)
    run(out, feed, hours=30)
    fetched = [hit.path for hit in server.hits[asked:] if hit.path.endswith(".html")]
    assert fetched == ["/doha-mediation.html"]
    assert len(facts(out, "articles")) == 3
    log = open_data(str(out)).sql("SELECT purpose, outcome FROM fetch_log").to_pylist()
    assert {row["purpose"] for row in log} == {"feed", "article", "robots"}
    assert "not_modified" in {row["outcome"] for row in log}


def test_a_feed_that_is_not_due_is_not_asked_unless_forced(server, tmp_path):
    urls = serve_pages(server)
    feed = server.on(HOST, "/rss", answer(feed_xml((urls[0], "أول", "ملخص"))))
    out = tmp_path / "out"
    run(out, feed)
    asked = len(server.requests(HOST, "/rss"))
    text = run(out, feed, hours=0)
    assert len(server.requests(HOST, "/rss")) == asked, text
    run(out, feed, extra=("--force",))
    assert len(server.requests(HOST, "/rss")) == asked + 1


def test_a_page_that_cannot_be_had_is_stood_for_by_its_summary_and_comes_later(server, tmp_path):
    page = server.on(HOST, "/late.html", answer("no", 403))
    feed = server.on(HOST, "/rss", answer(feed_xml((page, "عاجل: تظاهرة في تونس", SUMMARY))))
    out = tmp_path / "out"
    run(out, feed)
    (row,) = facts(out, "articles")
    assert row["extractor"] == "feed"
    assert row["body"] == SUMMARY
    outcomes = open_data(str(out)).sql("SELECT outcome FROM fetch_log WHERE purpose = 'article'")
    assert "http_4xx" in outcomes.column("outcome").to_pylist()
    assert facts(out, "dead_letters") == []

    server.on(HOST, "/late.html", answer((SEEDS / "pages" / "rabat-march.html").read_bytes()))
    run(out, feed, hours=30)
    rows = {row["extractor"]: row for row in facts(out, "articles")}
    assert set(rows) == {"feed", "trafilatura"}
    revisions = {row["article_id"]: row["revision"] for row in facts(out, "clusters")}
    assert revisions[rows["trafilatura"]["article_id"]] == 2


def test_without_a_summary_it_is_one_dead_letter(server, tmp_path):
    gone = server.url(HOST, "/gone.html")
    huge = server.on(HOST, "/bomb.html", bomb("gzip", 40))
    feed = server.on(HOST, "/rss", answer(feed_xml((gone, "أ", ""), (huge, "ب", ""))))
    run(tmp_path / "out", feed)
    letters = {row["url"]: row["reason"] for row in facts(tmp_path / "out", "dead_letters")}
    assert letters == {gone: "http_4xx", huge: "too_large"}
    assert len(facts(tmp_path / "out", "appearances")) == 2


def test_the_archive_can_be_extracted_again_without_fetching(server, tmp_path):
    urls = serve_pages(server)
    feed = server.on(HOST, "/rss", answer(feed_xml(*[(url, "ع", "م") for url in urls])))
    archive = tmp_path / "warc"
    run(tmp_path / "live", feed, extra=("--archive", str(archive)))
    live = facts(tmp_path / "live", "articles")
    assert len(live) == 3
    assert all(row["raw_ref"].startswith(str(archive)) for row in live)
    asked = len(server.hits)
    done = rasd("run", str(archive), "--output", str(tmp_path / "again"), "--offline")
    assert done.returncode == 0, done.stderr.decode()
    assert len(server.hits) == asked
    again = facts(tmp_path / "again", "articles")
    assert [(row["article_id"], row["body"]) for row in again] == [
        (row["article_id"], row["body"]) for row in live
    ]


def test_a_home_page_leads_to_its_feed(server, tmp_path):
    urls = serve_pages(server)
    server.on(HOST, "/rss", answer(feed_xml((urls[0], "ع", "م"))))
    home = server.on(
        HOST,
        "/",
        answer('<html><link rel="alternate" type="application/rss+xml" href="/rss"></html>'),
    )
    run(tmp_path / "out", home)
    assert len(facts(tmp_path / "out", "articles")) == 1


def test_offline_polls_nothing(server, tmp_path):
    feeds = tmp_path / "feeds.txt"
    feeds.write_text(server.url(HOST, "/rss") + "\n", encoding="utf-8")
    run(tmp_path / "out", str(feeds), extra=("--offline",), code=3)
    (letter,) = facts(tmp_path / "out", "dead_letters")
    assert letter["reason"] == "not_fetched"
    assert server.hits == []


def test_private_addresses_are_refused_without_the_option(server, tmp_path):
    feed = server.on(HOST, "/rss", answer(feed_xml()))
    done = rasd("run", feed, "--output", str(tmp_path / "out"))
    assert done.returncode == 3, done.stderr.decode()
    assert server.hits == []
    assert [row["reason"] for row in facts(tmp_path / "out", "dead_letters")] == ["blocked_address"]


def test_feeds_check_gives_one_honest_line_each(server, tmp_path):
    urls = serve_pages(server)
    good = server.on(HOST, "/good", answer(feed_xml((urls[0], "ع", "م"))))
    server.on(OTHER, "/new", answer(feed_xml((urls[0], "ع", "م"))))
    moved = server.on(HOST, "/moved", redirect(server.url(OTHER, "/new"), 301))
    gone = server.on(HOST, "/gone", answer("gone", 410))
    page = server.on(HOST, "/page", answer("<!DOCTYPE html><html><body>صفحة</body></html>"))
    empty = server.on(HOST, "/empty", answer(feed_xml()))
    hostile = server.on(HOST, "/hostile", bomb("br", 60))
    listed = tmp_path / "feeds.txt"
    every = (good, moved, gone, page, empty, hostile)
    listed.write_text("\n".join(every), encoding="utf-8")
    done = rasd("feeds", "check", str(listed), "--format", "json", "--allow-private-hosts")
    assert done.returncode == 0, done.stderr.decode()
    rows = {row["url"]: row for row in map(json.loads, done.stdout.splitlines())}
    assert set(rows) == set(every)
    assert rows[good]["outcome"] == "ok"
    assert rows[good]["items"] == 1
    assert "moved" in rows[moved]["advice"]
    assert rows[gone]["outcome"] == "http_4xx"
    assert "gone" in rows[gone]["advice"]
    assert rows[page]["outcome"] == "not_a_feed"
    assert rows[empty]["outcome"] == "empty"
    assert rows[hostile]["outcome"] == "too_large"
    assert all(row["advice"] for row in rows.values())


def test_explain_of_a_url_fetches_just_that(server):
    url = serve_pages(server)[0]
    done = rasd("explain", url, "--json", "--allow-private-hosts")
    told = json.loads(done.stdout)
    assert told["rejected"] is None
    assert told["article"]["http_status"] == 200
    assert told["events"]
    refused = json.loads(rasd("explain", url, "--json").stdout)
    assert refused["rejected"]["reason"] == "blocked_address"
    assert {hit.path for hit in server.hits} == {"/robots.txt", "/gaza-airstrike.html"}


def test_the_user_agent_names_the_project_and_a_contact(server, tmp_path):
    urls = serve_pages(server)
    feed = server.on(HOST, "/rss", answer(feed_xml((urls[0], "ع", "م"))))
    run(tmp_path / "out", feed, extra=("--contact", "https://lab.example/crawler"))
    agents = {hit.headers["User-Agent"] for hit in server.hits}
    assert len(agents) == 1
    (agent,) = agents
    assert agent.startswith("rasd/")
    assert "https://lab.example/crawler" in agent
