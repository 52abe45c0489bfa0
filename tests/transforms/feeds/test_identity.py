"""Entries are joined by their link when it names one text, else by GUID, else by their words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from transforms.extract import extract_article
from transforms.feeds import parse_feed
from transforms.feeds.identity import entry_key, entry_keys, usable_guid
from transforms.feeds.join import join_page
from transforms.records import Article, Entry

FEED = "https://daffa.example/feed"
STORIES = (
    ("البلدية تفتتح الجسر الجديد", "افتتحت البلدية الجسر الجديد أمام السيارات بعد عامين من العمل."),
    ("اللجنة توزع البذور", "بدأت اللجنة توزيع البذور على مزارعي الوادي قبل موسم الأمطار."),
    ("فريق الصقور يتأهل", "بلغ فريق الصقور نصف النهائي بعد الفوز بركلات الترجيح مساء الخميس."),
)


def _entries(link: str, guids: tuple[str, ...]) -> list[Entry]:
    return [
        Entry(FEED, guid, link, position, title=title, summary=text, content=f"<p>{text * 8}</p>")
        for position, (guid, (title, text)) in enumerate(zip(guids, STORIES, strict=True))
    ]


@pytest.mark.parametrize(
    ("link", "guids"),
    [
        ("https://daffa.example/", ("h-0", "h-1", "h-2")),
        ("https://daffa.example/index.php", ("", "", "")),
        ("https://daffa.example/category/news", ("1", "2", "3")),
        ("https://daffa.example/#", ("https://daffa.example/#a", "x-1", "x-2")),
        ("https://daffa.example/rss/N/A", ("N/A", "N/A", "N/A")),
        ("", ("", "", "")),
        ("https://daffa.example/section-of-news", ("7", "8", "9")),  # distrusted: several GUIDs
        ("https://daffa.example/page/5?view=all", ("", "", "")),  # nothing in common but a link
    ],
)
def test_unrelated_stories_under_one_link(link: str, guids: tuple[str, ...]) -> None:
    entries = _entries(link, guids)
    keys = entry_keys(entries)
    assert len(set(keys)) == 3
    assert all(key.startswith("file:") for key in keys)
    pages = set()
    for entry, key in zip(entries, keys, strict=True):
        (page,) = join_page([], [entry], key=key)
        found = extract_article(page)  # type: ignore[arg-type]
        assert isinstance(found, Article)
        pages.add(found.page_id)
        assert found.canonical_url == key
    assert len(pages) == 3
    assert entry_keys(entries[::-1]) == keys[::-1]


def test_a_story_under_one_link() -> None:
    first, other, _ = _entries("https://daffa.example/news/5", ("a", "b", "c"))
    again = replace(other, title=first.title, summary=first.summary, content=first.content)
    assert entry_keys([first, again]) == ["https://daffa.example/news/5"] * 2
    same_guid = replace(other, guid="a")  # rewritten from end to end
    assert entry_keys([first, same_guid]) == ["https://daffa.example/news/5"] * 2


def test_a_guid_keeps_a_story_together() -> None:
    entry = Entry(FEED, "h-0", "https://daffa.example/", 0, title="عنوان أول")
    assert entry_key(entry) == entry_key(replace(entry, title="عنوان ثان", position=4))
    assert entry_key(entry) != entry_key(replace(entry, guid="h-1"))
    assert entry_key(entry) != entry_key(replace(entry, feed_url="https://other.example/feed"))


@pytest.mark.parametrize("guid", ["", "N/A", "null", "0", "-", "https://daffa.example/"])
def test_guids_that_name_nothing(guid: str) -> None:
    assert usable_guid(Entry(FEED, guid, "", 0)) == ""


def test_reported_cases(shared: Path) -> None:
    for name in ("190-same-link", "200-link-na"):
        data = (shared / f"data/reports/{name}.xml").read_bytes()
        parsed = parse_feed(data, url=FEED, headers={})
        assert len(set(entry_keys(parsed.entries))) == len(parsed.entries) == 3
