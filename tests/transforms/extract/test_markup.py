"""Pages that attack the parser end in rows or rejections, and cost what they are long."""

from __future__ import annotations

from pathlib import Path

import pytest
from growth import assert_linear
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
    "nesting-300": (300, lambda n: "<div>" * n + PROSE + "</div>" * n),
    "nesting-100000": (100_000, lambda n: "<div>" * n + PROSE + "</div>" * n),
    "inline-b": (19_000, lambda n: PROSE + "<p>" + "<b>كلمة</b> " * n + "</p>"),
    "links": (19_000, lambda n: PROSE + "<p>" + "<a href=x>كلمة</a> " * n + "</p>"),
    "spans": (60_000, lambda n: PROSE + "<div>" + "<span>كلمة</span> " * n + "</div>"),
    "short-p": (50_000, lambda n: PROSE + "<p>12</p>" * n),
    "towers": (200, lambda n: PROSE + ("<div>" * 60 + SENTENCE + "</div>" * 60) * n),
    "attributes": (
        60_000,
        lambda n: "<div " + " ".join(f'a{i}="<"' for i in range(n)) + f">{PROSE}</div>",
    ),
    "open-quote": (30_000, lambda n: f'{PROSE}<p title="' + "a=b " * n),
    "one-line": (2_000_000, lambda n: "<p>" + "ا" * n + "</p>" + PROSE),
    "cards": (
        60,
        lambda n: (
            PROSE
            + ("<div>" * 150 + "<h3><a href=x>عنوان خبر طويل جدا هنا</a></h3>" + "</div>" * 150) * n
        ),
    ),
}
"""Pieces, and a body that has so many: floods of one kind."""
JSONLD = '<script type="application/ld+json">'
HEADS = {
    "jsonld-nesting": (100_000, lambda n: JSONLD + "[" * n + "</script>"),
    "jsonld-objects": (20_000, lambda n: JSONLD + '{"a":' * n + "</script>"),
    "jsonld-quotes": (40_000, lambda n: JSONLD + '{"author":"' + 'a\\"' * n + "</script>"),
    "metas": (15_000, lambda n: "<meta name=a content=b>" * n),
    "long-class": (50_000, lambda n: '<meta name="author" content="' + "related-" * n + '">'),
}
"""The same in the head of a page."""


def page(head: str, body: str) -> Page:
    return Page((HEAD.format(head) + body).encode(), "html")


def _assert_sound(found: Article | Rejected) -> None:
    if isinstance(found, Rejected):
        assert found.reason in REASONS
        assert found.detail
    else:
        assert found.body.strip() or found.title


@pytest.mark.parametrize("name", FLOODS)
def test_floods(name: str) -> None:
    size, flood = FLOODS[name]
    assert_linear(lambda n: extract_article(page("", flood(n))), size)
    found = extract_article(page("", flood(size)))
    assert isinstance(found, (Article, Rejected))
    if name not in {"attributes", "open-quote"}:
        assert isinstance(found, Article), found
        assert SENTENCE.strip()[:40] in found.body


@pytest.mark.parametrize("name", HEADS)
def test_head_floods(name: str) -> None:
    size, flood = HEADS[name]
    assert_linear(lambda n: extract_article(page(flood(n), PROSE * 3)), size)
    found = extract_article(page(flood(size), PROSE * 3))
    assert isinstance(found, Article)
    assert found.authors == ()


def test_known_attacks(shared: Path) -> None:
    files = sorted((shared / "data/hostile/attack").glob("*.html"))
    assert files
    for file in files:
        found = extract_article(Page(file.read_bytes(), "html"))
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


@settings(max_examples=150)
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


@settings(max_examples=100)
@given(st.binary(max_size=600))
def test_fuzz_bytes(content: bytes) -> None:
    for kind in ("html", "fragment", "text", "body"):
        _assert_sound(extract_article(Page(content, kind)))
