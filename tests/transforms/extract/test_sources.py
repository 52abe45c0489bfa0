"""Saved pages: their container and the address they declare."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.extract import declared_url, extract_article
from transforms.extract.sources import is_mhtml, unpack_mhtml
from transforms.records import Article, Page, Rejected

TEXT = (
    "أعلنت الهيئة العامة للري بدء العمل في السد الجديد خلال الشهر المقبل بعد توقف دام عاما كاملا."
)
HTML = (
    "<html><head><title>بدء العمل في السد الجديد قريبا</title></head><body>"
    f"<h1>بدء العمل في السد الجديد قريبا</h1><p>{TEXT}</p><p>{TEXT}</p></body></html>"
)

FRONT = b'<link rel="canonical" href="https://a.example/">'


def _mhtml(part: str = "text/html") -> bytes:
    return (
        (
            "From: <Saved by a browser>\r\n"
            "Snapshot-Content-Location: https://alwadi.example/news/1001\r\n"
            "Subject: x\r\nMIME-Version: 1.0\r\n"
            'Content-Type: multipart/related; type="text/html"; boundary="----b"\r\n\r\n'
            f"------b\r\nContent-Type: {part}; charset=utf-8\r\n"
            "Content-Transfer-Encoding: base64\r\nContent-Location: https://alwadi.example/news/1001\r\n\r\n"
        ).encode()
        + _base64()
        + b"\r\n------b--\r\n"
    )


def _base64() -> bytes:
    return base64.encodebytes(HTML.encode())


@pytest.mark.parametrize(
    ("data", "url"),
    [
        (b"<!-- saved from url=(0042)https://a.example/x?y=1 --><html>", "https://a.example/x?y=1"),
        (b'<link href="https://a.example/b&amp;c" rel="canonical">', "https://a.example/b&c"),
        (b"<link rel=canonical href=https://a.example/c>", "https://a.example/c"),
        (b'<meta content="https://a.example/d" property="og:url">', "https://a.example/d"),
        (
            FRONT + b'<meta property="og:url" content="https://a.example/e">',
            "https://a.example/e",
        ),
        (b'<link rel="canonical" href="/relative">', ""),
        (b'<link rel="alternate" href="https://a.example/amp">', ""),
        (
            '<link rel="canonical" href="https://a.example/f">'.encode("utf-16"),
            "https://a.example/f",
        ),
        (b"", ""),
    ],
)
def test_declared_url(data: bytes, url: str) -> None:
    assert declared_url(data) == url


def test_mhtml() -> None:
    data = _mhtml()
    assert is_mhtml(data)
    assert declared_url(data) == "https://alwadi.example/news/1001"
    found = extract_article(Page(data, "html"))
    assert isinstance(found, Article)
    assert found.url == "https://alwadi.example/news/1001"
    assert found.body == TEXT
    assert not is_mhtml(HTML.encode())


def test_mhtml_without_a_page() -> None:
    assert unpack_mhtml(_mhtml("image/png")) is None
    found = extract_article(Page(_mhtml("image/png"), "html"))
    assert isinstance(found, Rejected)
    assert found.reason == "unreadable"


def test_mhtml_with_the_address_only_in_the_page() -> None:
    page = b'<link rel=3D"canonical" href=3D"https://a.example/=\r\nlong">'
    data = b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n" + page
    assert declared_url(data) == "https://a.example/long"


@given(st.binary(max_size=300))
def test_any_bytes_are_answered(data: bytes) -> None:
    for page in (data, b"Content-Type: multipart/related; boundary=x\n\n--x\n" + data):
        assert declared_url(page) == declared_url(page).strip()
        assert is_mhtml(page) or unpack_mhtml(page) is None


@pytest.mark.parametrize(
    "claim", ["https://daffa.example/", "https://daffa.example/category/politics", "#", "N/A"]
)
def test_saved_pages_that_claim_an_address_of_many(claim: str) -> None:
    page = f'<html><head><link rel="canonical" href="{claim}"></head></html>'
    assert declared_url(page.encode()) == ""
