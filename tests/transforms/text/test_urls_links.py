"""Registrable hosts and links made absolute."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.urls import registrable_host, resolve_link


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://m.aljazeera.net/x", "aljazeera.net"),
        ("https://news.bbc.co.uk/x", "bbc.co.uk"),
        ("http://www.ahram.org.eg:8080/x", "ahram.org.eg"),
        ("https://user@www.example.com", "example.com"),
        ("http://127.0.0.1/x", "127.0.0.1"),
        ("http://localhost:1/", "localhost"),
        ("http://[::1]/", "[::1]"),
        ("https://www.موقع.مصر/x", "xn--4gbrim.xn--wgbh1c"),
        ("tag:x", ""),
        ("", ""),
    ],
)
def test_registrable_host(url: str, host: str) -> None:
    assert registrable_host(url) == host


@pytest.mark.parametrize(
    ("href", "link"),
    [
        ("/a", "https://example.com/a"),
        ("b?x=1", "https://example.com/news/b?x=1"),
        (" \n//other.example/a ", "https://other.example/a"),
        ("../a", "https://example.com/a"),
        ("https://other.example/خبر", "https://other.example/خبر"),
        ("https://other.example/a\n b", "https://other.example/a b"),
        ("", ""),
        ("#", "https://example.com/news/x"),
        ("javascript:void(0)", ""),
        ("mailto:a@b.example", ""),
        ("http://[::1", ""),
        ("http:///", ""),
        ("/" * 9000, ""),
    ],
)
def test_resolve_link(href: str, link: str) -> None:
    assert resolve_link("https://example.com/news/x", href) == link


def test_without_a_base_only_whole_links() -> None:
    assert resolve_link("", "/a") == ""
    assert resolve_link("", "http://example.com/a") == "http://example.com/a"


@given(st.text(), st.text())
def test_never_raises(base: str, href: str) -> None:
    link = resolve_link(base, href)
    assert link == "" or link.startswith(("http:", "https:"))
    registrable_host(href)
