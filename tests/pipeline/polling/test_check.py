"""``rasd feeds``: one honest answer a feed, and the catalogue, readable on a narrow terminal."""

from __future__ import annotations

import gzip
import io
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from http_faults import answer, bomb, redirect
from http_server import LocalServer
from live_feeds import rss
from pipeline_helpers import rasd
from rich.cells import cell_len

from pipeline.render.feeds import show_catalogue, show_checked
from transforms.feeds.lists import load_catalogue, verified_addresses

HOST, OTHER, SHUT = "127.77.3.1", "127.77.3.2", "127.77.3.3"
LIST = """
[publisher]
name = "صحيفة الميناء"
country = "EGY"
tz = "Africa/Cairo"
"""
WHOLE = "تظاهر مئات العمال أمام مقر البرلمان في العاصمة احتجاجاً على ارتفاع الأسعار. " * 20


class Terminal(io.BytesIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:  # noqa: D102 - as the stream's own
        return True


def listing(*minutes_ago: int, text: str = "ملخص") -> str:
    """A feed whose entries are so old."""
    now = datetime.now(UTC)
    return rss(
        (
            f"<item><title>خبر</title><link>https://a.example/{minutes}</link>"
            f"<pubDate>{format_datetime(now - timedelta(minutes=minutes))}</pubDate>"
            f"<description>{text}</description></item>"
            for minutes in minutes_ago
        ),
        head="<language>ar</language>",
    )


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    """Feeds of every kind, checked once: (rows by name, the table's text)."""
    with LocalServer() as server:
        day = range(60, 1440, 120)
        server.robots(SHUT, "User-agent: *\nDisallow: /")
        server.on(OTHER, "/new", answer(listing(*day)))
        urls = {
            "good": server.on(HOST, "/good", answer(listing(*day))),
            "whole": server.on(HOST, "/whole", answer(listing(*day, text=WHOLE))),
            "moved": server.on(HOST, "/moved", redirect(server.url(OTHER, "/new"), 301)),
            "aside": server.on(HOST, "/aside", redirect(server.url(OTHER, "/new"), 302)),
            "beside": server.on(HOST, "/beside", redirect(server.url(HOST, "/aside"), 301)),
            "packed": server.on(
                HOST,
                "/news.xml.gz",
                answer(
                    gzip.compress(listing(*day).encode()),
                    headers={"Content-Type": "application/x-gzip"},
                ),
            ),
            "unread": server.on(
                HOST, "/unread", answer("<urlset><url><lok>x</lok></url><url></url></urlset>")
            ),
            "rubble": server.on(HOST, "/rubble", answer(b"\x1f\x8b\x08rubble")),
            "gone": server.on(HOST, "/gone", answer("gone", 410)),
            "login": server.on(HOST, "/login", answer("login", 401)),
            "page": server.on(HOST, "/page", answer("<!DOCTYPE html><body>صفحة</body>")),
            "empty": server.on(HOST, "/empty", answer(listing())),
            "nothing": server.on(HOST, "/nothing", answer("")),
            "broken": server.on(
                HOST, "/broken", answer('<?xml version="1.0"?><rss version="2.0">')
            ),
            "hostile": server.on(HOST, "/hostile", bomb("br", 60)),
            "stale": server.on(HOST, "/stale", answer(listing(60 * 24 * 400))),
            "overrun": server.on(HOST, "/overrun", answer(listing(*range(1, 20)))),
            "secret": server.on(HOST, "/secret", answer(listing(*day))),
            "forbidden": server.on(SHUT, "/rss", answer(listing(*day))),
            "nowhere": "http://127.77.3.9:1/rss",
        }
        header = '\nheaders = { Authorization = "Bearer ${RASD_TEST_UNSET}" }'
        text = LIST + "".join(
            f'\n[[feed]]\nurl = "{url}"{header if name == "secret" else ""}\n'
            for name, url in urls.items()
        )
        path = tmp_path_factory.mktemp("feeds") / "feeds.toml"
        path.write_text(text, encoding="utf-8")
        done = rasd("feeds", "check", str(path), "--format", "json", "--allow-private-hosts")
        asked = {hit.path for hit in server.hits if hit.host == SHUT}
    assert done.returncode == 0, done.stderr.decode()
    assert asked == {"/robots.txt"}
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    names = {url: name for name, url in urls.items()}
    return {names[row["url"]]: row for row in rows}


EXPECTED = {
    "good": ("ok", "good: each entry's page"),
    "whole": ("ok", "good: the entries carry whole articles"),
    "moved": ("ok", f"moved: write http://{OTHER}"),
    "aside": ("ok", "good: each entry's page"),
    "beside": ("ok", "good: each entry's page"),
    "packed": ("ok", "good: each entry's page"),
    "unread": ("bad_feed", "(2 items, of which none could be read)"),
    "rubble": ("bad_feed", "could not be mended"),
    "gone": ("http_4xx", "gone for good"),
    "login": ("http_4xx", "headers in docs/add-a-feed.md"),
    "page": ("not_a_feed", "look for a link to RSS"),
    "empty": ("empty", "keep it"),
    "nothing": ("empty_input", "check it again later"),
    "broken": ("empty", "keep it"),
    "hostile": ("too_large", "take it out"),
    "stale": ("ok", "nothing new for 400 days"),
    "overrun": ("ok", "reaches back 18 minutes only"),
    "secret": ("not_fetched", "RASD_TEST_UNSET"),
    "forbidden": ("robots_denied", "its robots.txt forbids"),
    "nowhere": ("connect", "feeds come back"),
}


def test_a_page_leads_to_the_feed_it_announces():
    with LocalServer() as server:
        link = '<link rel="alternate" type="application/rss+xml" href="/rss">'
        server.on(HOST, "/rss", answer(listing(60, 600)))
        page = server.on(HOST, "/", answer(f"<!DOCTYPE html><head>{link}</head><body>صفحة</body>"))
        done = rasd("feeds", "check", page, "--format", "json", "--allow-private-hosts")
        (row,) = map(json.loads, done.stdout.splitlines())
        assert row["url"] == server.url(HOST, "/rss")
    assert (row["outcome"], row["items"]) == ("ok", 2)
    assert "write its address there" in row["advice"]


def test_every_feed_has_one_row(checked):
    assert set(checked) == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_feeds_outcome_and_advice(checked, name):
    row = checked[name]
    outcome, advice = EXPECTED[name]
    assert (row["outcome"], advice in row["advice"]) == (outcome, True), row
    if outcome == "ok":
        assert row["items"] > 0
        assert row["language"] == "ar"
        assert row["newest"]
        assert row["title"] == "اختبار"
    else:
        assert row["title"]


@pytest.mark.parametrize("stream", [io.BytesIO, Terminal])
@pytest.mark.parametrize("columns", [80, 160])
def test_the_table_says_it_all_within_the_screen(checked, monkeypatch, stream, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("TERM", "dumb")
    out = stream()
    show_checked(list(checked.values()), out)
    lines = out.getvalue().decode().splitlines()
    print("\n" + "\n".join(lines))
    if stream is Terminal:
        assert max(map(cell_len, lines)) <= columns
    words = " ".join(" ".join(line[15:].split()) for line in lines)
    for row in checked.values():
        assert row["url"] in words
        assert row["title"] in words
        assert " ".join(row["advice"].split()) in words
        assert any(line.startswith(f"{row['outcome']} ") for line in lines)
    assert any(line.startswith(f"{len(checked)} feeds: 8 ok, ") for line in lines[-2:])


def test_the_catalogue_says_what_is_verified(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")
    done = rasd("feeds", "list", "--format", "json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert {row["url"] for row in rows} == {feed.url for feed in load_catalogue()}
    assert {row["url"] for row in rows if row["verified"]} == verified_addresses()
    out = Terminal()
    show_catalogue([{**rows[0], "verified": True}, rows[1]], out)
    head, first, *_, last = out.getvalue().decode().splitlines()
    at = head.index("verified")
    assert first[at:].startswith("yes ")
    assert last == "2 feeds, 1 of them verified"
