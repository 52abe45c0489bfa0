"""Pages that attack the parser end in rows or rejections, in seconds."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.extract import extract_article
from transforms.extract.markup import displayable, parse_page, storable
from transforms.records import Article, Page, Rejected
from transforms.rejects import REASONS

SENTENCE = "بدأت البلدية أعمال الترميم في السوق القديم وسط المدينة، على أن تنتهي قبل الشتاء. "
PROSE = f"<p>{SENTENCE * 8}</p>"
HEAD = "<html><head><title>بدء ترميم السوق القديم وسط المدينة</title>{}</head><body>"

FLOODS = {
    "nesting-300": "<div>" * 300 + PROSE + "</div>" * 300,
    "nesting-100000": "<div>" * 100_000 + PROSE + "</div>" * 100_000,
    "inline-b": PROSE + "<p>" + "<b>كلمة</b> " * 19_000 + "</p>",
    "links": PROSE + "<p>" + "<a href=x>كلمة</a> " * 19_000 + "</p>",
    "spans": PROSE + "<div>" + "<span>كلمة</span> " * 60_000 + "</div>",
    "short-p": PROSE + "<p>12</p>" * 50_000,
    "towers": PROSE + ("<div>" * 60 + SENTENCE + "</div>" * 60) * 200,
    "attributes": "<div " + " ".join(f'a{i}="<"' for i in range(60_000)) + f">{PROSE}</div>",
    "open-quote": f'{PROSE}<p title="' + "a=b " * 30_000,
    "one-line": "<p>" + "ا" * 2_000_000 + "</p>" + PROSE,
    "cards": PROSE
    + ("<div>" * 150 + "<h3><a href=x>عنوان خبر طويل جدا هنا</a></h3>" + "</div>" * 150) * 60,
}
HEADS = {
    "jsonld-nesting": '<script type="application/ld+json">' + "[" * 100_000 + "</script>",
    "jsonld-objects": '<script type="application/ld+json">' + '{"a":' * 20_000 + "</script>",
    "jsonld-quotes": '<script type="application/ld+json">{"author":"'
    + 'a\\"' * 40_000
    + "</script>",
    "metas": "<meta name=a content=b>" * 15_000,
    "long-class": '<meta name="author" content="' + "related-" * 50_000 + '">',
}


def _assert_sound(found: Article | Rejected) -> None:
    if isinstance(found, Rejected):
        assert found.reason in REASONS
        assert found.detail
    else:
        assert found.body.strip() or found.title


@pytest.mark.parametrize("name", FLOODS)
def test_floods(name: str) -> None:
    start = time.process_time()
    found = extract_article(Page((HEAD.format("") + FLOODS[name]).encode(), "html"))
    assert time.process_time() - start < 5
    assert isinstance(found, (Article, Rejected))
    if name not in {"attributes", "open-quote"}:
        assert isinstance(found, Article), found
        assert SENTENCE.strip()[:40] in found.body


@pytest.mark.parametrize("name", HEADS)
def test_head_floods(name: str) -> None:
    start = time.process_time()
    found = extract_article(Page((HEAD.format(HEADS[name]) + PROSE * 3).encode(), "html"))
    assert time.process_time() - start < 5
    assert isinstance(found, Article)
    assert found.authors == ()


def test_known_attacks(shared: Path) -> None:
    files = sorted((shared / "data/hostile/attack").glob("*.html"))
    assert files
    for file in files:
        start = time.process_time()
        found = extract_article(Page(file.read_bytes(), "html"))
        assert time.process_time() - start < 5, file.name
        assert isinstance(found, Article), file.name
        for text in (found.title or "", found.body, *found.authors):
            assert "\x00" not in text
            assert "\u202e" not in text
            text.encode("utf-8")


def test_flooded_tag_keeps_its_text() -> None:
    many = " ".join(f"a{i}=1" for i in range(30_000))
    root = parse_page(f"<html><body><p {many}>نص</p></body></html>")
    assert root is not None
    assert root.find(".//p").text == "نص"
    assert not root.find(".//p").attrib


def test_characters() -> None:
    assert storable("a\x00b\ud800c\td") == "abc\td"
    assert displayable("\ufeffa\u202eb\u200fc") == "ab\u200fc"
    root = parse_page("<p>a&#0;b&#x0000;c&#009;d</p>")
    assert root is not None
    assert "".join(root.itertext()) == "abc\td"


def test_nothing_to_parse() -> None:
    for empty in ("", "  ", "<!-- -->"):
        assert parse_page(empty) is None
    found = extract_article(Page(b"<!-- only a comment -->", "html"))
    assert isinstance(found, Rejected)
    assert found.reason == "no_text"


def test_too_large() -> None:
    for kind in ("html", "fragment"):
        found = extract_article(Page(b"<p>" + b"a" * 12_100_000, kind))
        assert isinstance(found, Rejected)
        assert found.reason == "too_large"


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<div class='related'>",
                "</div>",
                "<h1>",
                "<table><tr><td>",
                "<a href=",
                "<script>",
                "<!--",
                "&#x",
                "<meta name=date content=",
                "\x00",
                "نص عربي قصير. ",
                SENTENCE,
                "<time datetime='",
                "'>",
                '">',
                "<h2><a>",
                "<html",
                "<svg>",
                "]]>",
                "اقرأ أيضا",
                "\ud83d",
            ]
        ),
        max_size=40,
    ),
    st.sampled_from(["html", "fragment", "text", "body"]),
)
def test_fuzz(parts: list[str], kind: str) -> None:
    content = "".join(parts).encode("utf-8", "surrogatepass")
    _assert_sound(extract_article(Page(content, kind)))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=600))
def test_fuzz_bytes(content: bytes) -> None:
    for kind in ("html", "fragment", "text", "body"):
        _assert_sound(extract_article(Page(content, kind)))
