"""Inputs are found by suffix, then by content; nothing in a directory is lost silently."""

from __future__ import annotations

import gzip

import pytest

from pipeline.errors import UsageError
from pipeline.sources.base import Ref, SeenFeed, Skipped
from pipeline.sources.files import FileIndex, kind_of
from pipeline.sources.spool import Spool
from pipeline.storage import UnreadableError, read_bytes, walk
from pipeline.workers.pool import Workers
from transforms.records import Rejected

FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>خ</title>
<item><title>أ</title><link>https://a.example/1</link><guid>1</guid></item>
<item><title>ب</title><link>https://a.example/2</link></item></channel></rss>"""


def index(tmp_path, *inputs):
    with Spool(tmp_path / "spool") as spool:
        return list(FileIndex(spool, Workers()).index([str(each) for each in inputs]))


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("a.txt", "خبر من تونس", "text"),
        ("feeds.txt", "https://a.example/rss\n\nhttp://b.example/feed\n", "feeds"),
        ("a.HTML", "<html>", "page"),
        ("a.mhtml", "x", "page"),
        ("a.xml", "<rss>", "feed"),
        ("a.jsonl", "{}", "prefetched"),
        ("a.opml", "<opml>", "feeds"),
        ("noname", "<!DOCTYPE html><html></html>", "page"),
        ("noname2", "<?xml version='1.0'?><feed/>", "feed"),
        ("f.json", '{"version": "https://jsonfeed.org/version/1.1", "items": []}', "feed"),
        ("one.json", '{"a": 1}', "unknown"),
        ("readme.md", "# not a document", "unknown"),
        ("nothing", "", "empty"),
    ],
)
def test_kinds(tmp_path, name, text, kind):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert kind_of(str(path)) == kind


def test_a_directory_lists_everything_and_skips_aloud(tmp_path):
    folder = tmp_path / "in"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "a.txt").write_text("خبر من تونس اليوم", encoding="utf-8")
    (folder / "feed.xml").write_text(FEED, encoding="utf-8")
    (folder / "notes.md").write_text("x", encoding="utf-8")
    (folder / "mine.opml").write_text("<opml/>", encoding="utf-8")
    (folder / ".hidden.txt").write_text("x", encoding="utf-8")
    (folder / "old").mkdir()
    (folder / "old" / "_schema.json").write_text("{}", encoding="utf-8")
    (folder / "old" / "b.txt").write_text("خبر", encoding="utf-8")
    found = index(tmp_path, folder)
    assert sorted(each.kind for each in found if isinstance(each, Ref)) == [
        "entry",
        "entry",
        "text",
    ]
    assert [each.feed.title for each in found if isinstance(each, SeenFeed)] == ["خ"]
    skipped = {each.path.rsplit("/", 1)[1] for each in found if isinstance(each, Skipped)}
    assert skipped == {"notes.md", "mine.opml"}


def test_a_named_unknown_file_is_a_dead_letter(tmp_path):
    path = tmp_path / "notes.md"
    path.write_text("x", encoding="utf-8")
    (found,) = index(tmp_path, path)
    assert isinstance(found, Rejected)
    assert found.reason == "unknown_format"


def test_entries_and_pages_of_one_url_share_a_key(tmp_path):
    page = tmp_path / "p.html"
    page.write_text(
        '<html><link rel="canonical" href="http://www.a.example/1/?utm_source=x">', encoding="utf-8"
    )
    feed = tmp_path / "f.xml"
    feed.write_text(FEED, encoding="utf-8")
    keys = [(each.key, each.kind) for each in index(tmp_path, page, feed) if isinstance(each, Ref)]
    by_kind = {kind: key for key, kind in keys if kind == "page"}
    assert by_kind["page"] in {key for key, kind in keys if kind == "entry"}


def test_a_missing_input_is_bad_usage(tmp_path):
    with pytest.raises(UsageError, match="no such file"):
        list(walk(str(tmp_path / "nowhere")))


def test_broken_archives_are_unreadable(tmp_path):
    cut = tmp_path / "a.txt.gz"
    cut.write_bytes(gzip.compress(b"x" * 9999)[:-9])
    with pytest.raises(UnreadableError, match="ends in the middle"):
        read_bytes(str(cut))
    fake = tmp_path / "b.txt.gz"
    fake.write_bytes(b"not gzip")
    with pytest.raises(UnreadableError, match="gzip"):
        read_bytes(str(fake))
    with pytest.raises(UnreadableError):
        read_bytes(str(tmp_path / "gone.txt"))


def test_gzip_is_told_by_content_not_by_name(tmp_path):
    packed = gzip.compress(FEED.encode())
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "called.xml").write_bytes(packed)
    (tmp_path / "in" / "plain.xml.gz").write_text(FEED, encoding="utf-8")
    (tmp_path / "in" / "noname").write_bytes(packed)
    (tmp_path / "in" / "rows.jsonl").write_bytes(gzip.compress(b'{"title": "x"}\n{"title": "y"}\n'))
    found = index(tmp_path, tmp_path / "in")
    assert sum(isinstance(each, SeenFeed) for each in found) == 3
    kinds = [each.kind for each in found if isinstance(each, Ref)]
    assert (kinds.count("entry"), kinds.count("prefetched")) == (6, 2)
    assert len(found) == 11, "nothing is skipped or rejected"


def test_a_sitemap_without_a_declaration_is_known_by_its_root(tmp_path):
    path = tmp_path / "noname"
    path.write_text("<urlset><url><loc>https://a.example/1</loc></url></urlset>", encoding="utf-8")
    assert kind_of(str(path)) == "feed"
