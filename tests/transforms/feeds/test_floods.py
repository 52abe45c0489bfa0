"""parse_feed under floods and any bytes: it ends soon, loses no neighbour, raises nothing.

R26 (docs/reliability.md): new GUIDs at every poll; a feed of a million entries.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from growth import assert_linear
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.feeds import parse_feed
from transforms.records import ParsedFeed


def read(data: bytes | str) -> ParsedFeed:
    raw = data.encode() if isinstance(data, str) else data
    return parse_feed(raw, url="https://news.example/feeds/main.xml", headers={})


@pytest.mark.parametrize(
    ("size", "flood"),
    [
        (12_500, lambda n: "<author>" + "a@" * n + "</author>"),
        (7_500, lambda n: "<title " + " ".join(f"a{i}='x'" for i in range(n)) + ">x</title>"),
        (7_500, lambda n: "".join(f"<category>{i}</category>" for i in range(n))),
        (25_000, lambda n: "<title>" + "<a " * n),
        (25_000, lambda n: "<title>" + "&a" * n),
        (12_500, lambda n: "<title>" + "<![CDATA[" * n),
        (12_500, lambda n: "<title>" + "<!--" * n),
        (12_500, lambda n: "<description>" + "&lt;script&gt;&lt;!--" * n + "</description>"),
        (5_000, lambda n: "".join(f'<a xml:base="u{i}/">' for i in range(n))),
        (15_000, lambda n: "<a>" * n),
        (10_000, lambda n: "<dc:creator>x y</dc:creator>" * n),
        (25_000, lambda n: "<pubDate>" + "1 " * n + "</pubDate>"),
        (12_500, lambda n: "<title>x</titel>" * n),
        (12_500, lambda n: "<title><![CDATA[" * n + "]]>" * n),
        (25_000, lambda n: "<description>" + "&amp;lt;img " * n + "</description>"),
        (25_000, lambda n: "<description>" + "&amp;amp;amp;" * n + "</description>"),
    ],
)
def test_floods_cost_their_length_and_lose_no_neighbour(
    size: int, flood: Callable[[int], str]
) -> None:
    good = "<item><title>سليم</title><link>https://news.example/ok</link></item>"

    def parsed(n: int) -> ParsedFeed:
        return read(
            f"<rss version='2.0'><channel>{good}<item>{flood(n)}</item></x></channel></rss>"
        )

    assert_linear(parsed, size)
    feed = parsed(size)
    assert feed.entries[0].title == "سليم"
    assert feed.entries[0].url == "https://news.example/ok"


@pytest.mark.parametrize(
    ("size", "flood"),
    [
        (25_000, lambda n: "<image:image>" * n),
        (25_000, lambda n: "<loc><![CDATA[" * n),
        (12_500, lambda n: "<loc><![CDATA[" * n + "]]>" * n),
        (25_000, lambda n: "<news:title>" * n),
        (25_000, lambda n: "<loc>x</lastmod>" * n),
        (12_500, lambda n: "<video:video><video:loc>x</video:loc>" * n),
        (25_000, lambda n: "<a:b " * n),
    ],
)
def test_floods_of_sitemaps_cost_their_length(size: int, flood: Callable[[int], str]) -> None:
    good = "<url><loc>https://news.example/ok</loc></url>"

    def parsed(n: int) -> ParsedFeed:
        return read(f"<urlset>{good}<url>{flood(n)}</url></urlset>")

    assert_linear(parsed, size)
    assert parsed(size).entries[0].url == "https://news.example/ok"


@given(st.binary(max_size=300))
@settings(max_examples=200)
def test_never_raises_on_bytes(data: bytes) -> None:
    feed = read(data)
    assert feed.reason is None or feed.detail


MARKUP = st.sampled_from(
    [
        *("<rss>", "</rss>", "<channel>", "</channel>", "<item>", "</item>", "<entry>", "<feed>"),
        *("<title>", "</title>", "<link href='a'>", "<link>", "</link>", "<guid>", "<rdf:RDF>"),
        *("<![CDATA[", "]]>", "<!--", "-->", "<!DOCTYPE x [", "<!ENTITY a 'b'>", "]>", "&a;", "&#"),
        *("&#xD800;", "<?xml version='1.0'?>", "<?", "?>", "خبر", "\x00", "\ufffe", "<", ">", "&"),
        *(
            "<description>",
            "<category",
            " term='x'",
            "<author>",
            "<urlset>",
            "<url>",
            "<loc>",
            "\n",
        ),
        *("<content type='xhtml'>", "<content mode='base64'>", "<source>", "<image>", "<pubDate>"),
    ]
)


@given(st.lists(MARKUP, max_size=25).map("".join))
@settings(max_examples=500)
def test_never_raises_on_markup(text: str) -> None:
    for each in (text, "<rss><channel><item>" + text):
        feed = read(each)
        assert feed.reason is None or feed.detail
