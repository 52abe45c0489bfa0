"""Feeds announced by a web page."""

from __future__ import annotations

from growth import assert_linear
from hypothesis import given
from hypothesis import strategies as st

from transforms.feeds.discover import discover_feeds

URL = "https://news.example/ar/"


def test_announced_feeds_in_order_comments_last() -> None:
    page = """<html><head><base href="https://news.example/base/">
    <link rel="alternate" type="application/rss+xml" href="/comments/feed/">
    <LINK REL='alternate' TYPE='application/atom+xml' HREF='atom.xml?a=1&amp;b=2' />
    <link type=application/rss+xml rel=alternate href=/feed/>
    <link rel="alternate" type="application/rss+xml" href="https://news.example/feed">
    <link rel="alternate" hreflang="en" href="/en/"><link rel="stylesheet" href="x.css">
    <link rel="alternate" type="application/rss+xml" href="javascript:x">
    </head></html>"""
    assert discover_feeds(page.encode(), url=URL) == (
        "https://news.example/base/atom.xml?a=1&b=2",
        "https://news.example/feed/",
        "https://news.example/comments/feed/",
    )


def test_none() -> None:
    assert discover_feeds(b"", url=URL) == ()


def test_hostile_pages_take_no_time() -> None:
    for flood in ("<link ", "<link rel='", '<link a="', "<link " + "a=" * 900 + ">"):
        unit = (flood * 100)[:100]
        assert_linear(lambda n, unit=unit: discover_feeds((unit * n).encode(), url=URL), 10_000)


@given(st.binary(max_size=60))
def test_whatever_a_page_links_to_is_an_address_or_nothing(href: bytes) -> None:
    page = b"<link rel=alternate type='application/rss+xml' href='" + href + b"'>"
    for found in discover_feeds(page, url=URL):
        assert found.startswith(("http://", "https://"))
