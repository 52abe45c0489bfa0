"""What a run knows of earlier ones: sitemaps followed, lost tables built again, nothing twice."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from xml.sax.saxutils import escape

import pytest
from http_faults import answer, conditional
from http_server import LocalServer
from live_feeds import NOON, SUMMARY, item, rss, run_here, table
from outputs import facts
from pipeline_helpers import SEEDS

pytestmark = pytest.mark.reliability

HOST = "127.77.7.1"
PAGES = sorted((SEEDS / "pages").glob("*.html"))
NEWS = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
)


@pytest.fixture
def server():
    with LocalServer() as running:
        yield running


def serve(server, *numbers):
    return [
        server.on(HOST, f"/{PAGES[number].name}", answer(PAGES[number].read_bytes()))
        for number in numbers
    ]


def sitemap(*urls):
    entries = "".join(
        f"<url><loc>{url}</loc><news:news><news:publication><news:name>ا</news:name>"
        "<news:language>ar</news:language></news:publication><news:publication_date>2024-06-01"
        f"</news:publication_date><news:title>عنوان {url[-9:]}</news:title></news:news></url>"
        for url in urls
    )
    return f'<?xml version="1.0"?><urlset {NEWS}>{entries}</urlset>'


def index(*children):
    entries = "".join(
        f"<sitemap><loc>{url}</loc><lastmod>{day}</lastmod></sitemap>" for url, day in children
    )
    return f'<?xml version="1.0"?><sitemapindex {NEWS}>{entries}</sitemapindex>'


def paths(server, since=0):
    return [hit.path for hit in server.hits[since:] if hit.path != "/robots.txt"]


def test_a_sitemap_index_leads_to_its_news_sitemaps(server, tmp_path):
    first, second, third = serve(server, 0, 1, 2)
    news = server.on(HOST, "/news-sitemap.xml", conditional(sitemap(first, second), etag='"1"'))
    older = server.on(HOST, "/sitemap-archive.xml", answer(sitemap(third)))
    top = server.on(
        HOST, "/sitemap_index.xml", answer(index((older, "2024-05-31"), (news, "2024-06-01")))
    )
    out = tmp_path / "out"
    run_here(out, top)
    rows = facts(out, "articles")
    assert {row["url"] for row in rows} == {first, second}
    assert {row["feed_url"] for row in rows} == {news}
    assert "/sitemap-archive.xml" not in paths(server)
    asked = len(server.hits)

    run_here(out, top, now=NOON + timedelta(minutes=1))
    assert paths(server, asked) == [], "nothing was due"

    server.on(HOST, "/news-sitemap.xml", conditional(sitemap(third, first, second), etag='"2"'))
    run_here(out, top, now=NOON + timedelta(hours=2))
    assert paths(server, asked) == [
        "/sitemap_index.xml", "/news-sitemap.xml", f"/{PAGES[2].name}"
    ]  # fmt: skip
    again = server.requests(HOST, "/news-sitemap.xml")[-1]
    assert again.headers.get("If-None-Match") == '"1"'
    assert len(facts(out, "articles")) == 3
    purposes = table(out, "SELECT DISTINCT purpose FROM fetch_log ORDER BY purpose")
    assert [row["purpose"] for row in purposes] == ["article", "feed", "robots", "sitemap"]


def test_an_index_without_news_is_followed_by_its_latest_children_only(server, tmp_path):
    (page,) = serve(server, 0)
    children = []
    for number in range(60):
        child = server.on(HOST, f"/part-{number}.xml", answer(sitemap()))
        children.append((child, f"2024-05-{number % 28 + 1:02}"))
    inner = server.on(HOST, "/inner.xml", answer(index((server.url(HOST, "/deep.xml"), ""))))
    latest = server.on(HOST, "/latest.xml", answer(sitemap(page)))
    looped = server.on(HOST, "/top.xml", answer("")), "2024-06-02"
    children += [(latest, "2024-06-01"), (inner, "2024-06-02"), looped]
    top = server.on(HOST, "/top.xml", answer(index(*children)))
    run_here(tmp_path / "out", top)
    asked = [path for path in paths(server) if path.endswith(".xml")]
    print(f"\nsitemaps: {len(children)} children and one below: {len(asked)} requests")
    assert len(asked) == len(set(asked)) == 1 + 20 - 1 + 1  # itself not again; /deep.xml
    assert "/latest.xml" in asked
    assert [row["url"] for row in facts(tmp_path / "out", "articles")] == [page]


def test_a_home_page_is_known_again_by_its_feed(server, tmp_path):
    (page,) = serve(server, 0)
    server.on(HOST, "/rss", conditional(rss([item(page)]), etag='"1"'))
    link = '<link rel="alternate" type="application/rss+xml" href="/rss">'
    home = server.on(HOST, "/", answer(f"<html><head>{link}</head><body>ا</body></html>"))
    out = tmp_path / "out"
    run_here(out, home)
    summary = run_here(out, home, now=NOON + timedelta(hours=5))
    assert len(server.requests(HOST, f"/{PAGES[0].name}")) == 1
    assert server.requests(HOST, "/rss")[-1].headers.get("If-None-Match") == '"1"'
    assert summary.usable


def test_entries_without_guids_are_known_again(server, tmp_path):
    pages = serve(server, 0, 1)
    links = [f"{url}?utm_source=rss" for url in pages]
    feed = server.on(HOST, "/rss", answer(rss(item(link, guid=None) for link in links)))
    out = tmp_path / "out"
    run_here(out, feed)
    asked = len(server.hits)
    run_here(out, feed, now=NOON + timedelta(hours=5))
    assert paths(server, asked) == ["/rss"]
    rows = table(out, "SELECT guid, first_seen_at, last_seen_at FROM appearances")
    assert len(rows) == 2
    assert all(row["last_seen_at"] - row["first_seen_at"] == timedelta(hours=5) for row in rows)


def test_a_304_is_a_sighting_of_all_it_stands_for(server, tmp_path):
    pages = serve(server, 0, 1)
    feed = server.on(HOST, "/rss", conditional(rss(map(item, pages)), etag='"1"'))
    out = tmp_path / "out"
    run_here(out, feed)
    before = facts(out, "appearances")
    run_here(out, feed, now=NOON + timedelta(hours=5))
    assert facts(out, "appearances") == before
    rows = table(out, "SELECT last_seen_at FROM appearances")
    assert {row["last_seen_at"] for row in rows} == {NOON + timedelta(hours=5)}


def test_a_page_that_fails_is_tried_again_at_growing_pauses(server, tmp_path):
    server.on(HOST, "/rss", conditional(rss([item(server.url(HOST, "/gone"))]), etag='"1"'))
    out = tmp_path / "out"
    for minutes in range(0, 24 * 60, 60):
        run_here(
            out,
            server.url(HOST, "/rss"),
            now=NOON + timedelta(minutes=minutes),
            options=["--force"],
        )
    tries = len(server.requests(HOST, "/gone"))
    polls = server.requests(HOST, "/rss")
    saved = sum("If-None-Match" in hit.headers for hit in polls)
    print(f"\nretries: a dead page in 24 hourly polls: {tries} tries, {saved} polls conditional")
    assert 3 <= tries <= 7
    assert saved >= len(polls) - tries - 3
    (letter,) = table(out, "SELECT attempts, reason FROM dead_letters")
    assert letter == {"attempts": tries, "reason": "http_4xx"}


def test_a_lost_feeds_table_is_built_again(server, tmp_path):
    pages = serve(server, 0, 1, 2)
    late = server.on(HOST, "/late", answer("no", 403))
    feed = server.on(
        HOST, "/rss", answer(rss([*map(item, pages[:2]), item(late, summary=SUMMARY)]))
    )
    out = tmp_path / "out"
    run_here(out, feed)
    shutil.rmtree(out / "feeds")
    asked = len(server.hits)
    server.on(HOST, "/rss", answer(rss([*map(item, pages), item(late, summary=SUMMARY)])))
    run_here(out, feed, now=NOON + timedelta(minutes=5))
    fetched = paths(server, asked)
    print(f"\nstate: feeds lost: {len(fetched)} requests for one new entry")
    assert fetched == ["/rss", f"/{PAGES[2].name}"]
    assert len(facts(out, "articles")) == 4
    (row,) = facts(out, "feeds")
    assert json.loads(row["state"])["failures"] == 0


def test_with_articles_alone_nothing_comes_twice(server, tmp_path):
    pages = serve(server, 0, 1, 2)
    feed = server.on(HOST, "/rss", answer(rss(map(item, pages))))
    out = tmp_path / "out"
    run_here(out, feed)
    before = {name: facts(out, name) for name in ("articles", "events", "appearances", "clusters")}
    for path in out.iterdir():
        if path.is_dir() and path.name not in {"articles", "_runs"}:
            shutil.rmtree(path)
    run_here(out, feed, now=NOON + timedelta(hours=3))
    after = {name: facts(out, name) for name in before}
    print(f"\nstate: all but articles lost: {len(after['articles'])} articles as before")
    assert after["articles"] == before["articles"]
    assert after["appearances"] == before["appearances"]


def test_full_content_from_the_future_is_dated_by_its_poll(server, tmp_path):
    text = "".join(
        f"<p>{SUMMARY} وقال شاهد رقم {number} إن الأمر مستمر.</p>" for number in range(20)
    )
    entry = item("http://127.77.7.1/x", "مظاهرة في تونس").replace("2024", "2031")
    full = entry.replace("<description>", f"<description>{escape(text)}")
    feed = server.on(HOST, "/rss", answer(rss([full])))
    run_here(tmp_path / "out", feed)
    (row,) = table(tmp_path / "out", "SELECT event_time, fetched_at FROM articles")
    print(f"\ndates: an article of 2031 read on {NOON:%F} stands at {row['event_time']:%F}")
    assert row["fetched_at"] == NOON
    assert row["event_time"] <= NOON + timedelta(days=1)
    assert [hit.path for hit in server.hits if hit.path == "/x"] == []


def test_the_hub_of_a_feed_is_noted(server, tmp_path):
    head = '<atom:link rel="hub" href="https://hub.example/"/>'
    feed = server.on(HOST, "/rss", conditional(rss([item(*serve(server, 0))], head), etag='"1"'))
    out = tmp_path / "out"
    for hours in (0, 5):
        run_here(out, feed, now=NOON + timedelta(hours=hours))
        (row,) = facts(out, "feeds")
        assert json.loads(row["state"])["hub"] == "https://hub.example/"
