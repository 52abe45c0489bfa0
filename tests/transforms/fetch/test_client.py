"""The client against servers that break every rule (R07, R08, R09, R32).

R07 (docs/reliability.md): gzip, deflate, brotli, zstd and doubled bombs.
R08 (docs/reliability.md): bodies and headers that drip or never end.
R09 (docs/reliability.md): loops and chains of redirects, across schemes, to addresses of a
    megabyte.
R32 (docs/reliability.md): expired, self-signed and wrong certificates, TLS 1.0; paywalls and
    consent pages.
"""

from __future__ import annotations

import asyncio
import base64
import tracemalloc

import pytest
from http_faults import (
    Handler,
    answer,
    big_location,
    bomb,
    bomb_bytes,
    conditional,
    drip_body,
    drip_headers,
    endless,
    flood_1xx,
    garbage,
    hang,
    header_flood,
    in_turn,
    packed,
    redirect,
    reset,
    truncated,
)
from http_server import GUARD, tapped

from transforms.fetch.client import USER_AGENT, HttpClient
from transforms.fetch.messages import Limits, Request

CODINGS = ["gzip", "deflate", "raw-deflate", "br", "zstd"]
BOMBS = [*CODINGS, "gzip, gzip", "gzip, br", "br, zstd", "zstd, zstd, gzip"]


@pytest.mark.parametrize("coding", [*CODINGS, "gzip, br", "deflate, zstd, gzip"])
def test_codings_are_undone(server, fetch, coding):
    text = "<p>خبر عاجل من المنامة</p>".encode() * 3000
    headers = {"Content-Encoding": coding.replace("raw-", "")}
    got = fetch(server.on("a.test", "/", answer(packed(text, coding), headers=headers)))
    assert (got.reason, got.body) == (None, text)


@pytest.mark.reliability
def test_r07_bombs(server, fetch, capsys):
    bodies = {coding: bomb_bytes(coding, 200) for coding in BOMBS}
    worst_ms = worst_bytes = 0
    for coding in BOMBS:
        url = server.on("bomb.test", f"/{coding.replace(', ', '-')}", bomb(coding, 200))
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        got = fetch(url)
        peak = tracemalloc.get_traced_memory()[1] - before
        tracemalloc.stop()
        assert (got.reason, got.body) == ("too_large", b""), coding
        worst_ms, worst_bytes = max(worst_ms, got.elapsed_ms), max(worst_bytes, peak)
    small = min(map(len, bodies.values()))
    with capsys.disabled():
        print(
            f"\nR07: {len(BOMBS)} bombs of 200 MB ({small} bytes and more): too_large, "
            f"at most {worst_bytes / 2**20:.1f} MB and {worst_ms} ms"
        )
    assert worst_bytes <= 32 * 2**20
    assert worst_ms <= 2000


@pytest.mark.reliability
def test_r08_slow_and_endless(server, fetch, sized, capsys):
    deadline = sized(1, 5)
    faults = {
        "hang": hang(), "drip body": drip_body(), "drip headers": drip_headers(),
        "header flood": header_flood(), "endless": endless(), "1xx flood": flood_1xx(),
        "100 flood": flood_1xx(b"100 Continue"),
    }  # fmt: skip
    reasons, worst = {}, 0
    for name, fault in faults.items():
        got = fetch(server.on("slow.test", f"/{name.replace(' ', '-')}", fault), seconds=deadline)
        reasons[name] = got.reason
        worst = max(worst, got.elapsed_ms)
    with capsys.disabled():
        print(f"\nR08: deadline {deadline} s, the last stopped after {worst} ms: {reasons}")
    assert worst <= deadline * 1000 + 1000
    assert reasons.pop("endless") == "too_large"
    assert reasons.pop("header flood") in {"truncated", "too_large"}
    assert set(reasons.values()) == {"timeout"}


@pytest.mark.reliability
def test_r09_redirects(server, fetch, capsys):
    for i in range(20):
        server.on("a.test", f"/chain{i}", redirect(f"/chain{i + 1}"))
    urls = {
        "self": server.on("a.test", "/self", redirect("/self")),
        "pair": server.on("a.test", "/one", redirect("/two")),
        "chain": server.url("a.test", "/chain0"),
        "growing": server.on("a.test", "/grow", redirect("/grow?x")),
        "file": server.on("a.test", "/file", redirect("file:///etc/passwd")),
        "ftp": server.on("a.test", "/ftp", redirect("ftp://a.test/x")),
        "javascript": server.on("a.test", "/js", redirect("javascript:alert(1)")),
        "nowhere": server.on("a.test", "/nowhere", answer(status=302)),
        "nonsense": server.on("a.test", "/bad", redirect("http://[::1")),
        "port": server.on("a.test", "/port", redirect("http://a.test:99999/")),
        "1 MB Location": server.on("a.test", "/big", big_location()),
    }
    server.on("a.test", "/two", redirect("/one"))
    server.on("a.test", "/grow?x", redirect("/grow?xx"))
    for i in range(2, 12):
        server.on("a.test", f"/grow?{'x' * i}", redirect(f"/grow?{'x' * (i + 1)}"))
    outcomes = {name: fetch(url) for name, url in urls.items()}
    most = max(got.requests for got in outcomes.values())
    with capsys.disabled():
        print(f"\nR09: {len(urls)} traps, at most {most} requests, all dead letters")
    assert all(got.reason for got in outcomes.values())
    assert most <= 6
    assert outcomes["chain"].reason == outcomes["self"].reason == "redirect"
    assert outcomes["file"].reason == "blocked_address"
    assert len(server.requests("a.test", "/self")) == 1


def test_redirects_are_followed(server, fetch):
    end = server.on("b.test", "/خبر", answer("here"))
    server.on("b.test", "/%D8%AE%D8%A8%D8%B1", answer("here"))
    for status in (301, 302, 303, 307, 308):
        url = server.on("a.test", f"/{status}", redirect(end, status))
        got = fetch(url, headers={"X-Secret": "s3cret"}, etag='"e"')
        assert (got.reason, got.body, got.requests) == (None, b"here", 2)
        assert (got.url, got.final_url) == (url, server.url("b.test", "/%D8%AE%D8%A8%D8%B1"))
    assert all("X-Secret" in hit.headers for hit in server.requests("a.test"))
    assert not any("X-Secret" in hit.headers for hit in server.requests("b.test"))
    assert all(hit.headers["If-None-Match"] == '"e"' for hit in server.hits)


def coded(body: bytes, coding: str) -> Handler:
    """Answer in a coding, right or not."""
    return answer(body, headers={"Content-Encoding": coding})


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (reset(), "connect"),
        (truncated(), "truncated"),
        (truncated(chunked=True), "truncated"),
        (garbage(), "truncated"),
        (answer(status=500), "http_5xx"),
        (answer(status=503), "http_5xx"),
        (answer(status=404), "http_4xx"),
        (answer(status=410), "http_4xx"),
        (answer(status=304), "truncated"),
        (answer("part", 206), "truncated"),
        (coded(b"x", "gzip"), "truncated"),
        (coded(b"x", "rot13"), "truncated"),
        (coded(b"x", "gzip,gzip,gzip,gzip"), "truncated"),
        (coded(packed(b"y" * 999, "gzip")[:-12], "gzip"), "truncated"),
        (coded(packed(b"y" * 999, "zstd")[:-3], "zstd"), "truncated"),
        (coded(packed(b"y" * 999, "br")[:-2], "br"), "truncated"),
    ],
)
def test_faults_have_reasons(server, fetch, fault, reason):
    got = fetch(server.on("a.test", "/", fault))
    assert got.reason == reason
    assert got.detail


def test_what_cannot_be_reached(server, fetch):
    server.name("gone.test", [])
    assert fetch("http://gone.test/").reason == "dns"
    assert fetch("http://closed.test:1/").reason == "connect"


def test_the_cap_holds_before_the_first_byte(server, fetch):
    url = server.on("a.test", "/", answer("x" * 5000))
    assert fetch(url, limits=Limits(max_bytes=1000)).reason == "too_large"
    assert fetch(url, limits=Limits(max_bytes=5000)).reason is None


def test_a_drip_ends_when_patience_does(server, fetch):
    limits = Limits(total_seconds=20, stall_seconds=0.3, connect_seconds=0.2)
    got = fetch(server.on("a.test", "/", drip_body()), limits=limits)
    assert got.reason == "timeout"
    assert got.elapsed_ms < 2000
    got = fetch(server.on("a.test", "/", drip_headers()), limits=limits)
    assert got.reason == "timeout"
    assert got.elapsed_ms < 2000


def test_conditional_requests(server, fetch):
    url = server.on("a.test", "/", conditional("news", etag='"v1"', modified="Mon, 02 Mar 2026"))
    first = fetch(url)
    assert (first.body, first.headers["etag"]) == (b"news", '"v1"')
    again = fetch(url, etag='"v1"')
    assert (again.status, again.reason, again.body) == (304, None, b"")
    assert fetch(url, last_modified="Mon, 02 Mar 2026").status == 304
    assert fetch(url, etag='"other"').body == b"news"


def test_who_we_are(server, fetch):
    url = server.on("a.test", "/", answer("x"))
    fetch(url)
    fetch(url, user_agent="someone/1")
    agents = [hit.headers["User-Agent"] for hit in server.hits]
    assert agents == [USER_AGENT, "someone/1"]
    assert "rasd" in USER_AGENT
    assert not any("Cookie" in hit.headers for hit in server.hits)


def test_the_login_of_a_feed_is_sent_to_its_host_only(server, fetch):
    end = server.on("b.test", "/", answer("feed"))
    server.on("a.test", "/feed", redirect(end))
    url = server.url("user:p%40ss@a.test", "/feed")
    got = fetch(url, purpose="feed")
    sent = [hit.headers.get("Authorization") for hit in server.hits]
    assert sent == ["Basic " + base64.b64encode(b"user:p@ss").decode(), None]
    assert "p%40ss" not in got.final_url
    assert fetch(url, purpose="article").reason == "blocked_address"
    server.on("c.test", "/", redirect(url))
    assert fetch(server.url("c.test", "/"), purpose="feed").reason == "blocked_address"


@pytest.mark.reliability
def test_r32_tls(server, fetch, authority, capsys):
    bad = {
        "expired": authority.context("tls.test", expired=True),
        "self-signed": authority.context("tls.test", self_signed=True),
        "wrong host": authority.context("other.example"),
        "TLS 1.0": authority.context("tls.test", tls10=True),
    }
    server.on("tls.test", "/", answer("secure"))
    good = server.listen(authority.context("tls.test"))
    url = server.url("tls.test", port=good, scheme="https")
    assert fetch(url, trust=authority.trust).body == b"secure"
    assert fetch(url).reason == "tls"  # an authority nobody knows
    reasons = {
        name: fetch(
            server.url("tls.test", port=server.listen(context), scheme="https"),
            trust=authority.trust,
        ).reason
        for name, context in bad.items()
    }
    with capsys.disabled():
        print(f"\nR32: {reasons}; {len(server.requests('tls.test'))} request got through: the good")
    assert set(reasons.values()) == {"tls"}
    assert len(server.requests("tls.test")) == 1


def test_https_never_falls_back_to_http(server, fetch, authority):
    port = server.listen(authority.context("tls.test"))
    server.on("tls.test", "/", redirect(server.url("a.test", "/plain")))
    url = server.url("tls.test", port=port, scheme="https")
    assert fetch(url, trust=authority.trust).reason == "redirect"


def test_connections_are_kept_and_bounded(server):
    url = server.on("a.test", "/", answer("x"))

    async def run() -> None:
        async with HttpClient(guard=GUARD, resolve=server.resolve, connections=3) as client:
            await asyncio.gather(*(client.fetch(Request(url)) for _ in range(60)))

    asyncio.run(run())
    assert len(server.hits) == 60
    assert server.connections("a.test") <= 3


def test_a_stale_connection_is_made_anew(server):
    url = server.on("a.test", "/", in_turn(answer("one"), reset(), answer("two")))

    async def run() -> list[bytes]:
        async with HttpClient(guard=GUARD, resolve=server.resolve) as client:
            return [(await client.fetch(Request(url))).body for _ in range(2)]

    assert asyncio.run(run()) == [b"one", b"two"]


def test_the_client_must_be_open():
    with pytest.raises(RuntimeError):
        asyncio.run(HttpClient().send(Request("http://a.test/")))


def test_the_system_resolves_too(server, fetch):
    with tapped(server) as wire:
        assert fetch("http://localhost.example.invalid/", resolve=None).reason == "dns"
    assert not wire.attempts


def test_an_idle_thread_of_names_ends(server, fetch):
    """Names that cannot be had from the system are told as such."""
    assert fetch("http://no-such-host.invalid/", resolve=None).reason == "dns"
    server.name("empty.test", [])
    assert fetch("http://empty.test/").reason == "dns"


def test_long_robots_are_cut_and_broken_ones_are_not_read(server, fetch):
    url = server.on("a.test", "/robots.txt", answer("#" * 600_000))
    got = fetch(url, purpose="robots")
    assert (got.reason, len(got.body)) == (None, 500 * 1024)
    packed_url = server.on("b.test", "/robots.txt", bomb("gzip", 5))
    assert len(fetch(packed_url, purpose="robots").body) == 500 * 1024


def test_errors_keep_their_status(server, fetch):
    url = server.on("a.test", "/", coded(b"x", "gzip"))
    server.on("a.test", "/500", answer(b"x", 500, {"Content-Encoding": "gzip"}))
    assert fetch(url).reason == "truncated"
    assert fetch(server.url("a.test", "/500")).reason == "http_5xx"


def test_several_members_and_padding(server, fetch):
    two = packed(b"one", "gzip") + packed(b"two", "gzip")
    assert fetch(server.on("a.test", "/", coded(two, "gzip"))).body == b"onetwo"
    assert fetch(server.on("a.test", "/", coded(two + b"\0" * 9, "gzip"))).body == b"onetwo"
    frames = packed(b"one", "zstd") + packed(b"two", "zstd")
    assert fetch(server.on("a.test", "/", coded(frames, "zstd"))).body == b"onetwo"
    assert fetch(server.on("a.test", "/", coded(b"", "gzip"))).body == b""
    assert fetch(server.on("a.test", "/", coded(b"plain", "identity"))).body == b"plain"
