"""No request and no connection ever goes to an address that is not public (R04, R05, R06).

R04 (docs/reliability.md): addresses that are not public, in every spelling.
R05 (docs/reliability.md): DNS that answers otherwise the second time, over redirects, retries
    and pooled connections.
R06 (docs/reliability.md): such an address in an article link, a self link, a redirect,
    robots.txt, a sitemap, a canonical, an image.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web
from http_faults import answer, redirect
from http_server import GUARD, LocalServer, tapped

from transforms.fetch.addresses import Guard
from transforms.fetch.client import HttpClient
from transforms.fetch.messages import Limits, Request
from transforms.fetch.run import fetch_all

PUBLIC = "93.184.216.34"
PRIVATE = [
    "127.0.0.1", "10.1.2.3", "169.254.169.254", "100.64.0.1", "192.168.0.1", "172.16.0.1",
    "0.0.0.1", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1",
    "2002:7f00:1::", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "224.0.0.1", "168.63.129.16",
    "100.100.100.200", "2001:0:7f00:1::", "::127.0.0.1",
]  # fmt: skip


def internet(server: LocalServer) -> None:
    """Set up the names and pages that the cases speak of."""

    async def redir(request: web.Request) -> web.StreamResponse:
        asked = parse_qs(urlsplit(request.raw_path).query)
        return web.Response(status=int(asked["code"][0]), headers={"Location": asked["to"][0]})

    server.fallback = answer("public")
    server.on("public.test", "/redir", redir)
    server.on("public.test", "/loop", redirect("/loop"))
    server.name("public.test", [PUBLIC])
    server.name("meta.test", ["169.254.169.254"])
    server.name("mapped.test", ["::ffff:127.0.0.1"])
    server.name("mixed-priv-first.test", ["127.0.0.1", PUBLIC])
    server.name("mixed-pub-first.test", [PUBLIC, "10.0.0.1"])
    server.name("cgnat.test", ["100.64.0.1"])
    server.name("zero.test", [".".join("0000")])
    server.name("rebind.test", [PUBLIC], ["127.0.0.1"], [PUBLIC], ["169.254.169.254"])


@pytest.mark.reliability
def test_r04_ssrf_cases(server, shared, capsys):
    cases = json.loads((shared / "data" / "hostile" / "ssrf" / "cases.json").read_text())
    internet(server)
    outcomes: Counter[str] = Counter()

    async def run() -> None:
        limits = Limits(total_seconds=5)
        async with HttpClient(limits=limits, guard=Guard(), resolve=server.resolve) as client:
            for case in cases:
                for purpose in ("article", "feed", "robots", "sitemap"):
                    got = await client.fetch(Request(case["url"], purpose))
                    if case["must"] == "allow" and got.reason:
                        outcomes["wrongly blocked"] += 1
                    elif case["must"] == "block" and got.reason is None and case["cat"] != "rebind":
                        outcomes[f"let through {case}"] += 1

    with tapped(server) as wire:
        asyncio.run(run())
    sent = [hit for hit in server.hits if hit.host not in {"public.test", "rebind.test"}]
    legal = {urlsplit(case["url"]).netloc for case in cases if case["must"] == "allow"}
    strays = [hit.host for hit in sent if hit.headers.get("Host", hit.host) not in legal]
    with capsys.disabled():
        print(
            f"\nR04: {len(cases)} cases x 4 purposes: {len(strays)} requests sent, "
            f"{len(wire.forbidden)} connections, {outcomes['wrongly blocked']} wrongly blocked"
        )
    assert not strays
    assert not wire.forbidden
    assert not outcomes


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_with_a_private_address_is_refused(server, address):
    server.name("evil.test", [address])
    server.name("half.test", [PUBLIC, address])

    async def run() -> list[str | None]:
        async with HttpClient(resolve=server.resolve) as client:
            urls = ["http://evil.test/", "http://half.test/"]
            return [(await client.fetch(Request(url))).reason for url in urls]

    with tapped(server) as wire:
        assert asyncio.run(run()) == ["blocked_address"] * 2
    assert not wire.attempts


@pytest.mark.reliability
def test_r05_dns_rebinding(server, settings, capsys):
    """A name that is public at one look-up and private at the next, in every phase of a fetch."""
    internet(server)
    rounds = 40
    for i in range(rounds):
        good, bad = [PUBLIC], [PRIVATE[i % len(PRIVATE)]]
        server.name(f"flip{i}.com", *([good, bad] if i % 2 else [bad, good]) * 20)
        again = redirect(f"http://flip{i}.com/step")
        server.on(f"flip{i}.com", "/", again)
        server.on(f"flip{i}.com", "/busy", answer("busy", 503, {"Connection": "close"}))
    paths = ["/", "/busy", "/page", "/other"]
    todo = [Request(f"http://flip{i}.com{path}") for i in range(rounds) for path in paths]
    with tapped(server) as wire:
        found = fetch_all(todo, replace(settings, guard=Guard()))
    with capsys.disabled():
        print(
            f"\nR05: {len(server.lookups)} look-ups, {len(wire.attempts)} connections, "
            f"{len(wire.forbidden)} of them not public"
        )
    assert len(found) == len(todo)
    assert wire.attempts
    assert not wire.forbidden


@pytest.mark.reliability
def test_r06_every_path_of_a_fetch(server, settings, capsys):
    """Targets from a link, a redirect, a robots.txt, a robots redirect, a sitemap."""
    targets = ["http://127.0.0.1/", "http://meta.test/", "http://2130706433/", "http://[::1]/"]
    server.name("meta.test", ["169.254.169.254"])
    server.fallback = answer("fine")
    todo: list[Request] = []
    for i, target in enumerate(targets):
        todo.append(Request(target, "article"))
        todo.append(Request(target, "feed"))
        todo.append(Request(target + "sitemap.xml", "sitemap"))
        todo += [
            Request(server.on(f"r{i}.com", f"/{status}", redirect(target, status)))
            for status in (301, 302, 303, 307, 308)
        ]
        server.on(f"robots{i}.com", "/robots.txt", redirect(target))
        todo.append(Request(server.url(f"robots{i}.com", "/page")))
        server.robots(f"map{i}.com", f"Sitemap: {target}\nUser-agent: *\nAllow: /")
        todo.append(Request(server.url(f"map{i}.com", "/page")))
    with tapped(server) as wire:
        found = {each.request.url: each.response for each in fetch_all(todo, settings)}
    with capsys.disabled():
        print(f"\nR06: {len(todo)} URLs on 9 paths, {len(wire.forbidden)} connections not public")
    assert len(found) == len({request.url for request in todo})
    assert not wire.forbidden
    redirected = [each for url, each in found.items() if urlsplit(url).hostname[0] == "r"]
    assert {each.reason for each in redirected} == {"blocked_address"}
    assert all(found[server.url(f"map{i}.com", "/page")].reason is None for i in range(4))


def test_private_hosts_may_be_allowed(server, settings):
    """Intranets and local tests; the metadata services of clouds stay forbidden."""
    page = server.on("127.0.0.1", "/", answer("intranet"))
    settings = replace(settings, guard=Guard(allow_private=True), resolve=None)
    urls = [page, "http://169.254.169.254/latest/", "http://metadata.google.internal/"]
    found = {
        each.request.url: each.response.reason
        for each in fetch_all([Request(url) for url in urls], settings)
    }
    assert found == {urls[0]: None, urls[1]: "blocked_address", urls[2]: "blocked_address"}


def test_stand_ins_leave_loopback_forbidden(server, fetch):
    assert fetch(server.on("good.test", "/", answer("x")), guard=GUARD).body == b"x"
    assert fetch(f"http://127.0.0.1:{server.port}/").reason == "blocked_address"
