"""What becomes of each kind of page: fields joined, ids pure functions of content."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from transforms.extract import extract_article
from transforms.extract.plain import fragment_text, split_title
from transforms.records import Article, Entry, Page, Rejected, content_id
from transforms.text.arabic import normalise_text
from transforms.text.urls import canonicalise_url

TITLE = "البلدية تفتتح جسرا جديدا فوق الوادي"
BODY = (
    "القاهرة - رويترز: افتتحت البلدية صباح الثلاثاء جسرا جديدا فوق الوادي بعد عامين من العمل؛ "
    "وقالت إنه سيختصر الطريق بين ضفتي المدينة إلى عشر دقائق، وإن مئتي عامل شاركوا في بنائه.\n"
    "وحضر الافتتاح عدد من سكان الأحياء القريبة الذين طالبوا بإنارة الطرق المؤدية إليه قبل الشتاء."
)
FETCHED = datetime(2024, 3, 3, 12, tzinfo=UTC)
ENTRY = Entry(
    feed_url="https://daffa.example/rss",
    guid="tag:1",
    url="https://daffa.example/n/1?utm_source=rss",
    position=0,
    title="عنوان من الخلاصة",
    summary="ملخص من الخلاصة",
    authors=("سامر الخطيب", "رويترز"),
    published_at=datetime(2024, 3, 2, 8, tzinfo=UTC),
    published_precision="minute",
    published_raw="2024-03-02 08:00",
)


def _html(encoding: str = "utf-8", declared: str = "") -> bytes:
    meta = f'<meta charset="{declared}">' if declared else ""
    paragraphs = "".join(f"<p>{line}</p>" for line in BODY.split("\n"))
    return (
        f"<!DOCTYPE html><html><head>{meta}<title>{TITLE}</title></head><body><h1>{TITLE}</h1>"
        f"<article>{paragraphs}</article></body></html>"
    ).encode(encoding)


def _extract(page: Page) -> Article:
    found = extract_article(page)
    assert isinstance(found, Article), found
    return found


@pytest.mark.reliability
@pytest.mark.parametrize("declared", ["", "right", "wrong"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "windows-1256", "iso-8859-6", "utf-16-le", "utf-16-be"]
)
def test_one_article_in_five_encodings(encoding: str, declared: str) -> None:
    wrong = "windows-1256" if encoding in {"utf-8", "iso-8859-6"} else "utf-8"
    label = {"": "", "right": encoding, "wrong": wrong}[declared]
    for content_type in ("text/html", f"text/html; charset={label or 'no'}"):
        found = _extract(Page(_html(encoding, label), "html", content_type=content_type))
        assert found.title == TITLE
        assert found.body == BODY


def test_page_with_everything_given() -> None:
    page = Page(
        _html(),
        "html",
        url="http://www.daffa.example/n/1/?utm_medium=x",
        http_status=200,
        fetched_at=FETCHED,
        source_id="s1",
        raw_ref="a.warc.gz#12",
        publisher="الضفة",
        publisher_country="EGY",
        entry=ENTRY,
    )
    found = _extract(page)
    key = canonicalise_url(page.url)
    assert found.url == page.url
    assert found.canonical_url == key
    assert found.page_id == content_id(key)
    assert found.content_hash == content_id(TITLE + "\n" + BODY)
    assert found.norm_hash == content_id(normalise_text(TITLE + "\n" + BODY))
    assert found.article_id == content_id(found.page_id, found.content_hash)
    assert found.title == TITLE
    assert found.summary == ENTRY.summary
    assert found.authors == ("سامر الخطيب",)
    assert (found.agency, found.dateline) == ("رويترز", "القاهرة - رويترز")
    assert found.published_at == ENTRY.published_at
    assert (found.published_source, found.published_precision) == ("feed", "minute")
    assert (found.feed_url, found.guid) == (ENTRY.feed_url, ENTRY.guid)
    assert (found.publisher, found.publisher_country) == ("الضفة", "EGY")
    assert (found.source_id, found.raw_ref, found.http_status) == ("s1", "a.warc.gz#12", 200)
    assert (found.extractor, found.encoding) == ("trafilatura", "utf-8")
    assert found.fetched_at == FETCHED
    assert found.event_time == ENTRY.published_at
    assert found.language is None
    assert found.extraction_confidence is not None
    assert 0 <= found.extraction_confidence <= 1


def test_same_article_same_ids_whatever_carries_it() -> None:
    first = _extract(Page(_html(), "html", url="https://daffa.example/n/1", source_id="a"))
    second = _extract(
        Page(_html("cp1256"), "html", url="http://m.daffa.example/n/1#x", fetched_at=FETCHED)
    )
    assert first.article_id == second.article_id
    assert first.norm_hash == second.norm_hash


def test_page_without_address() -> None:
    page = Page(_html(), "html")
    found = _extract(page)
    assert found.url == found.canonical_url == "file:" + content_id(page.content)
    assert found.page_id == content_id("file:" + content_id(page.content))
    assert found.publisher is None
    assert found.feed_url is None


def test_final_address_is_the_key() -> None:
    found = _extract(
        Page(_html(), "html", url="https://t.example/abc", final_url="https://daffa.example/n/1")
    )
    assert found.url == "https://t.example/abc"
    assert found.canonical_url == "https://daffa.example/n/1"
    assert found.publisher == "daffa.example"


def test_given_title_wins() -> None:
    assert _extract(Page(_html(), "html", title="عنوان معطى")).title == "عنوان معطى"


def test_plain_text() -> None:
    found = _extract(Page(f"\ufeff{TITLE}\n\n{BODY}\n".encode(), "text"))
    assert (found.title, found.body, found.extractor) == (TITLE, BODY, "text")
    assert found.url == found.canonical_url
    assert found.url is not None
    assert found.url.startswith("file:")
    assert found.extraction_confidence == 1.0


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("عنوان\n\nنص أول\n\nنص ثان", "عنوان", "نص أول\n\nنص ثان"),
        ("عنوان\r\n\r\nنص", "عنوان", "نص"),
        ("عنوان\n \t\nنص", "عنوان", "نص"),
        ("عنوان\nنص\n\nنص", None, "عنوان\nنص\n\nنص"),
        ("جملة كاملة.\n\nنص", None, "جملة كاملة.\n\nنص"),
        ("سؤال؟\n\nنص", None, "سؤال؟\n\nنص"),
        ("ك" * 121 + "\n\nنص", None, "ك" * 121 + "\n\nنص"),
        ("عنوان\n\n  ", None, "عنوان\n\n  "),
        ("نص وحيد ـــ ﻻ يتغير\u00a0أبدا\n", None, "نص وحيد ـــ ﻻ يتغير\u00a0أبدا"),
        ("\n\nعنوان\n\n\n\nنص", "عنوان", "نص"),
    ],
)
def test_split_title(text: str, title: str | None, body: str) -> None:
    assert split_title(text) == (title, body)


def test_the_users_own_seed(shared: Path) -> None:
    seed = min((shared / "seeds").glob("*.txt"))
    text = seed.read_text("utf-8")
    found = _extract(Page(seed.read_bytes(), "text"))
    assert found.title is None
    assert found.body == text.strip("\r\n")
    assert found.published_at == datetime(2023, 9, 20, tzinfo=UTC)
    assert (found.published_precision, found.published_source) == ("day", "text")


def test_given_body() -> None:
    body = "نص قصير\x00 "
    found = _extract(Page(body.encode(), "body", title=TITLE, published="2024-03-02T10:00:00Z"))
    assert (found.title, found.body, found.extractor) == (TITLE, "نص قصير ", "body")
    assert found.published_at == datetime(2024, 3, 2, 10, tzinfo=UTC)
    assert found.published_source == "feed"


def test_a_title_alone_is_an_article() -> None:
    found = _extract(Page(b"", "body", title=TITLE))
    assert (found.title, found.body) == (TITLE, "")
    assert found.content_hash == content_id(TITLE + "\n")
    by_entry = _extract(Page(b" ", "body", entry=ENTRY))
    assert by_entry.title == ENTRY.title
    assert by_entry.url == ENTRY.url
    assert by_entry.canonical_url == "https://daffa.example/n/1"
    assert (by_entry.extractor, by_entry.extraction_confidence) == ("feed", 0.5)


def test_unreadable_given_date_stays_raw() -> None:
    found = _extract(Page(BODY.encode(), "body", title=TITLE, published="غدا"))
    assert found.published_at is None
    assert found.published_raw == "غدا"
    fed = _extract(Page(BODY.encode(), "body", title=TITLE, published="غدا", entry=ENTRY))
    assert fed.published_at == ENTRY.published_at, "it hides no date that can be read"
    undated = replace(ENTRY, published_at=None, published_raw="???")
    assert _extract(Page(BODY.encode(), "body", entry=undated)).published_raw == "???"


def test_full_feed_content() -> None:
    content = f"<p>{BODY.replace(chr(10), '</p><p>')}</p><p>اقرأ المزيد</p><script>x()</script>"
    found = _extract(Page(content.encode(), "fragment", entry=ENTRY))
    assert (found.body, found.extractor, found.title) == (BODY, "feed", ENTRY.title)
    assert found.published_at == ENTRY.published_at


def test_fragments() -> None:
    assert fragment_text("سطر\n\n سطر ثان") == "سطر\nسطر ثان"
    assert fragment_text("أ &amp; ب") == "أ & ب"
    assert fragment_text("<p>شارك</p>") == "شارك"
    assert fragment_text("<img src=x>") == ""


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (Page(b"", "html"), "empty_input"),
        (Page(b" \n\x00", "html"), "empty_input"),
        (Page(b"", "text", title=TITLE), "empty_input"),
        (Page("\u00a0\u2003".encode(), "text"), "empty_input"),
        (Page(b"", "body"), "empty_input"),
        (Page("\u00a0".encode(), "body"), "empty_input"),
        (Page(b"<br><img>", "fragment"), "no_text"),
        (Page(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "html"), "not_an_article"),
    ],
)
def test_refused(page: Page, reason: str) -> None:
    found = extract_article(replace(page, url="https://daffa.example/x", source_id="s"))
    assert isinstance(found, Rejected)
    assert found.reason == reason
    assert found.stage == ("read" if reason == "empty_input" else "extract")
    assert (found.url, found.source_id) == ("https://daffa.example/x", "s")
    assert found.content_id == content_id(page.content)


@pytest.mark.parametrize(
    ("canonical", "urls"),
    [
        ("https://daffa.example/politics", ("/politics/12345-bridge", "/politics/67890-seeds")),
        ("https://daffa.example/", ("/politics/12345-bridge", "/politics/67890-seeds")),
        ("https://daffa.example/news.php", ("/news.php?id=55", "/news.php?id=56")),
    ],
)
def test_a_canonical_of_many_pages_is_not_believed(canonical: str, urls: tuple[str, ...]) -> None:
    link = (
        f'<link rel="canonical" href="{canonical}"><meta property="og:url" content="{canonical}">'
    )
    page = _html("utf-8", "utf-8").replace(b"<title>", f"{link}<title>".encode())
    asked = [f"https://daffa.example{url}" for url in urls]
    found = [_extract(Page(page, "html", url=url)) for url in asked]
    assert [each.canonical_url for each in found] == asked


@pytest.mark.parametrize("url", ["https://daffa.example/", "N/A", "https://daffa.example/tag/x"])
def test_texts_under_a_link_to_many_things_are_apart(url: str) -> None:
    texts = [f"نص {number} عن الجسر الجديد في المدينة. " * 5 for number in range(3)]
    found = [_extract(Page(text.encode(), "body", url=url, title="عنوان")) for text in texts]
    assert len({each.page_id for each in found}) == 3
    assert all((each.canonical_url or "").startswith("file:") for each in found)
