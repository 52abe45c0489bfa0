"""Secrets stand in no log, row or message (R29).

R29 (docs/reliability.md): passwords, tokens, headers, cookies.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, replace

import pytest
from http_faults import answer, redirect, reset
from hypothesis import given
from hypothesis import strategies as st

from transforms.fetch.messages import Limits, Request
from transforms.fetch.run import fetch_all
from transforms.text.redact import MASK, redact_text, redact_url

SECRET = "s3cr3tVALUE"  # noqa: S105 - what must never be seen
URLS = [
    f"https://user:{SECRET}@a.test/feed",
    f"https://{SECRET}@a.test/feed",
    f"//u:{SECRET}@a.test/feed",
    *(
        f"https://a.test/feed?x=1&{name}={SECRET}&y=2"
        for name in (
            "token", "key", "apikey", "api_key", "api-key", "auth", "sig", "signature", "password",
            "passwd", "pwd", "session", "sessionid", "session_id", "PHPSESSID", "sid",
            "access_token", "accessToken", "refresh_token", "client_secret", "secret",
            "feed_token", "rssKey",
            "X-Amz-Signature", "X-Amz-Credential", "user[password]", "jwt", "id_token", "TOKEN",
        )
    ),
    f"https://a.test/feed?token={SECRET}",
    f"https://a.test/x;jsessionid={SECRET}?a=1",
    f"https://a.test/#access_token={SECRET}",
    f"https://a.test/?a=1&amp;token={SECRET}",
    f"https://a.test/?user%5Bpassword%5D={SECRET}",
]  # fmt: skip
HARMLESS = [
    "https://a.test/news/2026/03/01/article-12345.html?id=7&page=2&lang=ar",
    "https://a.test/?keyword=x&keys=3&author=b&monkey=1&design=5&code=302&sigma=4",
    "https://a.test/@writer/story",
    "https://a.test/a?email=x",
]


@pytest.mark.parametrize("url", URLS)
def test_secrets_are_masked(url):
    assert SECRET not in redact_url(url)
    assert MASK in redact_url(url)
    assert redact_url(redact_url(url)) == redact_url(url)
    assert SECRET not in redact_text(f"GET {url} failed ({url}, {url})")


@pytest.mark.parametrize("url", HARMLESS)
def test_the_rest_is_left(url):
    assert redact_url(url) == url
    assert redact_text(f"cannot read {url}: 404") == f"cannot read {url}: 404"


def test_headers_are_masked():
    for header in ("Authorization: Bearer ", "Cookie: a=1; session=", "x-api-key='"):
        assert SECRET not in redact_text(f"sent {header}{SECRET}\nfine")


@given(st.text())
def test_any_text_is_taken(text):
    assert redact_url(redact_url(text)) == redact_url(text)
    redact_text(text)


@pytest.mark.reliability
def test_r29_nothing_of_a_crawl_shows_a_secret(server, settings, caplog, capsys):
    """Every outcome of a feed with every kind of secret: logs, rows and messages are searched."""
    caplog.set_level(logging.DEBUG)
    server.name("gone.com", [])
    server.on("moved.com", "/feed", redirect(f"/new?token={SECRET}"))
    server.on("moved.com", "/new", answer("feed"))
    server.on("reset.com", "/feed", reset())
    server.on("loop.com", "/feed", redirect(f"/feed?token={SECRET}"))
    server.on("bad.com", "/feed", redirect(f"http://x:{SECRET}@127.0.0.1/?token={SECRET}"))
    hosts = [
        "moved.com",
        "reset.com",
        "loop.com",
        "bad.com",
        "gone.com",
        "closed.com:1",
        "127.0.0.1",
    ]
    todo = []
    for host in hosts:
        name = host if ":" in host else f"{host}:{server.port}"
        for purpose in ("feed", "article"):
            url = f"http://me:{SECRET}@{name}/feed?token={SECRET}"
            todo.append(Request(url, purpose, headers={"Authorization": f"Bearer {SECRET}"}))
    found = fetch_all(todo, replace(settings, limits=Limits(total_seconds=1)))
    rows = [asdict(row) for each in found for row in each.log]
    messages = [each.response.detail for each in found]
    hits = sum(SECRET in f"{text}" for text in [*rows, *messages, *caplog.messages])
    with capsys.disabled():
        print(f"\nR29: {hits} hits in {len(rows)} rows, {len(messages)} messages and the logs")
    assert len(found) == len(todo)
    assert hits == 0
    assert {each.response.reason for each in found} >= {None, "dns", "connect", "blocked_address"}
