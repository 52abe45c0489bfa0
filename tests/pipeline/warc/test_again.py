"""An archive alone, read without network or feed list, gives the rows of the run that wrote it."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from http_faults import answer, redirect, reset, truncated
from http_server import LocalServer
from live_feeds import NOON, SUMMARY, item, rss, run_here
from outputs import facts
from pipeline_helpers import SEEDS
from warcio.archiveiterator import ArchiveIterator

MAIN, SIDE, THIRD, BROKEN = (f"127.77.31.{number}" for number in range(1, 5))
SECRET = "k3y-Zp81mQwx"  # noqa: S105 - made up
PAGES = sorted((SEEDS / "pages").glob("*.html"))
FULL = "".join([f"<p>{SUMMARY} وقال شهود إن المسيرة مرت من دون حوادث تذكر.</p>"] * 12)
TABLES = ("articles", "events", "appearances", "duplicates", "clusters", "dead_letters")


def serve(server):
    """Feeds whose entries come to every end that a live run knows; gives a feed list."""
    good = [server.on(MAIN, f"/{page.name}", answer(page.read_bytes())) for page in PAGES[:6]]
    server.on(MAIN, "/moved", redirect(good[3]))
    server.on(MAIN, "/member", redirect(server.on(MAIN, "/login", answer("<p>سجل</p>"))))
    server.robots(MAIN, "User-agent: *\nDisallow: /forbidden\n")
    hang_up = server.on(MAIN, "/reset", reset())
    cut = server.on(MAIN, "/cut", truncated())
    undated = item(good[2], guid="undated-1").replace("<pubDate>", "<pubDate>x")
    local = item(good[1], guid="local-1").replace(" +0000", "")  # in the zone of its publisher
    mixed = [
        item(good[0], guid="first-1"),
        local,
        undated,
        item("/moved", guid="relative-1"),
        item(server.url(MAIN, "/gone"), "غاب", SUMMARY, guid="gone-1"),
        item(server.url(MAIN, "/gone-too"), guid="gone-2"),
        item(server.url(MAIN, "/forbidden/1"), "ممنوع", SUMMARY, guid="forbidden-1"),
        item(server.url(MAIN, "/member"), "للمشتركين", SUMMARY, guid="member-1"),
        item(hang_up, "انقطع", SUMMARY, guid="reset-1"),
        item(cut, guid="cut-1"),
        item(f"{good[4]}?token={SECRET}", guid="secret-1"),
        item("", "بلا رابط", SUMMARY, guid="none-1"),
        item(server.url(MAIN, "/full"), "نص كامل", FULL, guid="full-1").replace("pubDate", "other"),
    ]
    # The content type of an HTML page, as careless servers say.
    feed = server.on(MAIN, "/rss", answer(rss(mixed)))
    keyed = server.on(SIDE, "/keyed", answer(rss([item(good[0]), item(good[5], guid="k")])))
    sitemap = (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"<url><loc>{good[5]}</loc></url></urlset>"
    )
    server.on(SIDE, "/news.xml", answer(sitemap, headers={"Content-Type": "application/xml"}))
    found = server.on(THIRD, "/found", answer(rss([item(good[3], guid="found-1")])))
    link = f'<html><link rel="alternate" type="application/rss+xml" href="{found}"></html>'
    home = server.on(THIRD, "/", answer(link))
    broken = server.on(BROKEN, "/rss", answer("no", 500))
    page = server.on(BROKEN, "/page", answer("<html><body>صفحة</body></html>"))
    return f"""
[[publisher]]
name = "صحيفة الاختبار"
country = "TUN"
tz = "Africa/Tunis"
language = "ar"
[[publisher.feed]]
url = "{feed}"
category = "general"
[[publisher]]
name = "وكالة أخرى"
country = "EGY"
tz = "Africa/Cairo"
[[publisher.feed]]
url = "{keyed}?token={SECRET}"
[[publisher.feed]]
url = "{server.url(SIDE, "/news.xml")}"
[[publisher]]
name = "دار ثالثة"
country = "JOR"
[[publisher.feed]]
url = "{home}"
[[publisher.feed]]
url = "{broken}"
[[publisher.feed]]
url = "{page}"
"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """A live run with an archive, and what the archive gives when the network is gone."""
    folder = tmp_path_factory.mktemp("again")
    listed = folder / "feeds.toml"
    archive = folder / "archive"
    with LocalServer() as server:
        listed.write_text(serve(server), encoding="utf-8")
        options = ["--archive", str(archive)]
        run_here(folder / "live", str(listed), now=NOON, options=options)
        asked = len(server.hits)
        run_here(folder / "again", str(archive), now=NOON, options=["--offline"])
        assert len(server.hits) == asked
    return folder


def rows(output, table):
    found = facts(output, table)
    for row in found:
        row.pop("payload", None)  # names the record to read again; live, the URL does
    return found


@pytest.mark.parametrize("table", TABLES)
def test_an_archive_alone_gives_the_same_rows(ran, table):
    live, again = rows(ran / "live", table), rows(ran / "again", table)
    assert again == live


def test_the_run_came_to_every_end(ran):
    """Otherwise the comparison would hold for want of rows."""
    articles = facts(ran / "live", "articles")
    assert {row["publisher_country"] for row in articles} >= {"TUN", "EGY"}
    assert {"feed", "trafilatura"} <= {row["extractor"] for row in articles}
    guids = {row["guid"] for row in facts(ran / "live", "appearances")}
    assert {"first-1", "gone-1", "forbidden-1", "reset-1", "full-1", "found-1"} <= guids
    letters = {row["reason"] for row in facts(ran / "live", "dead_letters")}
    assert letters >= {"http_4xx", "truncated", "http_5xx", "not_a_feed"}
    feeds = {row["feed_url"]: row["publisher"] for row in facts(ran / "again", "feeds")}
    assert set(feeds.values()) == {"صحيفة الاختبار", "وكالة أخرى", "دار ثالثة"}
    assert not any(SECRET in url for url in feeds)


def records(folder):
    for path in sorted(folder.glob("*.warc.gz")):
        for record in ArchiveIterator(io.BytesIO(path.read_bytes()), check_digests=True):
            body = record.content_stream().read()
            assert record.digest_checker.passed is not False
            yield record, body


def test_other_programs_can_read_the_archive(ran):
    kinds = {}
    for record, body in records(ran / "archive"):
        assert record.rec_headers.protocol == "WARC/1.1"
        assert SECRET not in body.decode("utf-8", "replace") or record.rec_type == "response"
        kinds[record.rec_type] = kinds.get(record.rec_type, 0) + 1
        purpose = record.rec_headers.get_header("Rasd-Purpose")
        assert purpose in {"feed", "sitemap", "article"} or record.rec_type == "warcinfo"
        assert not record.http_headers or not record.http_headers.get_header("Set-Cookie")
    assert kinds["response"] > 15
    assert kinds["metadata"] >= 2  # torn, forbidden
    assert kinds["warcinfo"] == 2  # one for the feeds, one for the pages


def test_every_reference_leads_to_its_response(ran):
    referred = [row for row in facts(ran / "live", "articles") if row["raw_ref"]]
    assert len(referred) > 5
    for row in referred:
        path, _, offset = row["raw_ref"].rpartition("#")
        with open(path, "rb") as stream:  # noqa: PTH123 - seeks
            stream.seek(int(offset))
            record = next(iter(ArchiveIterator(stream)))
        assert record.rec_headers.get_header("WARC-Target-URI") == row["url"]


def test_a_later_run_adds_a_file_and_changes_none(tmp_path):
    """Files go by their content: what rows refer to is never written over."""
    archive = tmp_path / "archive"
    options = ["--archive", str(archive), "--force"]
    with LocalServer() as server:
        page = server.on(MAIN, "/1.html", answer(PAGES[0].read_bytes()))
        feed = server.on(MAIN, "/rss", answer(rss([item(page)])))
        run_here(tmp_path / "one", feed, now=NOON, options=options)
        before = {path: path.read_bytes() for path in archive.iterdir()}
        assert len(before) == 2
        # The same run id into another output, while the page has changed.
        server.on(MAIN, "/1.html", answer(PAGES[1].read_bytes()))
        run_here(tmp_path / "two", feed, now=NOON, options=options)
    assert {path: path.read_bytes() for path in before} == before
    assert len(list(archive.iterdir())) > len(before)
    assert not [path.name for path in archive.iterdir() if path.name.startswith(".")]


def test_runs_after_each_other_give_one_archive(tmp_path):
    """Two polls of a feed that moves on: what both runs stored is what their archive gives."""
    archive = tmp_path / "archive"
    with LocalServer() as server:
        urls = [server.on(MAIN, f"/{page.name}", answer(page.read_bytes())) for page in PAGES[:3]]
        items = [item(url, guid=f"g-{number}") for number, url in enumerate(urls)]
        feed = server.on(MAIN, "/rss", answer(rss(items[:2])))
        for hours, shown in ((0, items[:2]), (2, items[1:])):
            server.on(MAIN, "/rss", answer(rss(shown)))
            options = ["--archive", str(archive)]
            run_here(tmp_path / "live", feed, now=NOON + timedelta(hours=hours), options=options)
    run_here(tmp_path / "again", str(archive), now=NOON, options=["--offline"])
    for table in ("articles", "events", "clusters"):
        assert rows(tmp_path / "again", table) == rows(tmp_path / "live", table)
    keys = [
        {(row["feed_url"], row["guid"], row["article_id"]) for row in facts(output, "appearances")}
        for output in (tmp_path / "live", tmp_path / "again")
    ]
    assert keys[0] == keys[1]
    assert len(keys[0]) == 3


def test_a_named_list_wins_over_the_archived_facts(ran, tmp_path):
    """Who mends a country in the feed list wants it in the rows that are made again."""
    text = (ran / "feeds.toml").read_text(encoding="utf-8")
    listed = tmp_path / "feeds.toml"
    listed.write_text(text.replace('"TUN"', '"DZA"'), encoding="utf-8")
    inputs = [str(ran / "archive"), str(listed)]
    run_here(tmp_path / "out", *inputs, now=NOON, options=["--offline"])
    countries = {row["publisher_country"] for row in facts(tmp_path / "out", "articles")}
    assert "DZA" in countries
    assert "TUN" not in countries


def test_what_is_no_document_is_counted(ran):
    (manifest,) = (ran / "again" / "_runs").glob("*.json")
    told = json.loads(manifest.read_text(encoding="utf-8"))
    assert any("warcinfo" in each["reason"] for each in told["skipped"])
