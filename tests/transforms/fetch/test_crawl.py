"""Many hosts at once, each politely, every URL answered exactly once (R01, R02, R31).

R01 (docs/reliability.md): 10,000 URLs, one in five of which fails: timeout, reset, 5xx,
    truncated, bomb, drip.
R02 (docs/reliability.md): the same URLs without faults.
R31 (docs/reliability.md): fifty feeds on one host; Retry-After, 429, 410, 304, Crawl-delay.
"""

from __future__ import annotations

import asyncio
import resource
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from http_faults import (
    answer,
    bomb,
    conditional,
    drip_body,
    hang,
    in_turn,
    redirect,
    reset,
    truncated,
)
from http_server import GUARD, LocalServer

from transforms.fetch.client import HttpClient
from transforms.fetch.crawl import crawl
from transforms.fetch.messages import Limits, Request
from transforms.fetch.politeness import Manners
from transforms.fetch.run import Fetcher, FetchSettings, fetch_all, fetch_each
from transforms.rejects import REASONS

AS_OF = datetime(2026, 3, 1, 12, tzinfo=UTC)
FAULTS = {
    "timeout": (hang(), {"timeout"}),
    "reset": (reset(), {"connect"}),
    "5xx": (answer(status=500), {"http_5xx"}),
    "truncated": (truncated(), {"truncated"}),
    "bomb": (bomb("gzip", 30), {"too_large"}),
    "drip": (drip_body(), {"timeout"}),
}


def reasons(found):
    return {each.request.url: each.response.reason for each in found}


def programmed(server: LocalServer, urls: int, hosts: int, *, faulty: bool) -> dict[str, str]:
    """Lay out URLs over hosts, every fifth with a fault when asked to.

    Returns:
        URL -> the fault's name, "" for none.
    """
    page = answer("<p>" + "نص الخبر " * 400 + "</p>", after=0.002)
    names = list(FAULTS)
    layout = {}
    for i in range(urls):
        fault = names[i // 5 % len(names)] if faulty and i % 5 == 0 else ""
        handler = FAULTS[fault][0] if fault else page
        layout[server.on(f"site{i // 7 % hosts}.com", f"/{fault or 'page'}/{i}", handler)] = fault
    return layout


@pytest.mark.reliability
@pytest.mark.slow
def test_r01_r02_faults(sized, capsys):
    """Faults cost time on their own hosts; no URL is lost or answered twice."""
    urls, hosts = sized(700, 10_000), sized(50, 200)
    rates = {}
    for name, faulty in (("R02", False), ("R01", True)):
        with LocalServer() as server:
            layout = programmed(server, urls, hosts, faulty=faulty)
            settings = FetchSettings(
                AS_OF,
                limits=Limits(total_seconds=sized(2, 5), stall_seconds=2),
                manners=Manners(delay_seconds=sized(2, 1), retries=1, backoff_seconds=0.1),
                guard=GUARD,
                connections=256,
                resolve=server.resolve,
            )
            started = time.perf_counter()
            found = fetch_all([Request(url) for url in layout], settings)
            rates[name] = urls / (time.perf_counter() - started)
            got = reasons(found)
            counts = Counter(each.response.reason or "fine" for each in found)
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
            with capsys.disabled():
                print(
                    f"\n{name}: {urls} URLs, {len(set(layout) - set(got))} lost, "
                    f"{len(found) - len(got)} duplicated, {rates[name]:.0f}/s, {memory:.2f} GB; "
                    f"{dict(counts)}"
                )
            assert sorted(got) == sorted(layout)
            assert len(found) == len(layout)
            for url, reason in got.items():
                fault = layout[url]
                assert reason in (FAULTS[fault][1] if fault else {None}), (url, reason)
            assert set(counts) - {"fine"} <= set(REASONS)
            assert server.max_in_flight("site3.com") <= 1
    ratio = rates["R01"] / rates["R02"]
    with capsys.disabled():
        print(f"R01: {ratio:.2f} of the fault-free rate")
    assert ratio >= sized(6, 7) / 10  # a short run is mostly its last URLs


@pytest.mark.reliability
def test_r31_fifty_feeds_on_one_host(server, settings, sized, capsys):
    """One request in flight, Crawl-delay and Retry-After obeyed, 304 without a body."""
    delay = sized(1, 10) / 10
    server.robots("press.com", f"User-agent: *\nCrawl-delay: {delay}\nDisallow: /private")
    feeds = [
        server.on(f"{'www.' * (i % 2)}press.com", f"/feed{i}", answer("<rss/>", after=0.02))
        for i in range(sized(20, 50))
    ]
    same = server.on("press.com", "/same", conditional("<rss/>", etag='"1"'))
    gone = server.on("press.com", "/gone", answer(status=410))
    busy = server.on(
        "busy.com",
        "/feed",
        in_turn(answer("busy", 429, {"Retry-After": "1"}), answer("<rss/>")),
    )
    after = server.on("busy.com", "/after", answer("<rss/>"))
    closed = server.on("closed.com", "/feed", answer("no", 503, {"Retry-After": "86400"}))
    todo = [Request(url, "feed") for url in [*feeds, gone, busy, after, closed]]
    todo.append(Request(same, "feed", etag='"1"'))
    todo.append(Request(server.url("press.com", "/private/x"), "feed"))
    started = time.monotonic()
    found = {each.request.url: each.response for each in fetch_all(todo, settings)}
    gaps = server.gaps("press.com")
    busy_gap = server.gaps("busy.com")[1]
    with capsys.disabled():
        print(
            f"\nR31: {len(gaps) + 1} requests to one site in {time.monotonic() - started:.1f} s, "
            f"{server.max_in_flight('press.com')} in flight, closest {min(gaps):.3f} s apart "
            f"(Crawl-delay {delay:g}); after Retry-After: 1 the next came {busy_gap:.2f} s later"
        )
    assert server.max_in_flight("press.com") <= 1
    assert min(gaps) >= delay
    assert busy_gap >= 0.95
    assert found[same].status == 304
    assert found[same].body == b""
    assert found[gone].reason == "http_4xx"
    assert found[server.url("press.com", "/private/x")].reason == "robots_denied"
    assert not server.requests("press.com", "/private/x")
    assert found[busy].reason is found[after].reason is None
    assert found[closed].reason == "http_5xx"
    assert len(server.requests("closed.com", "/feed")) == 1
    assert all(found[url].reason is None for url in feeds)


def test_equal_requests_are_one(server, settings):
    url = server.on("a.com", "/", answer("x"))
    found = fetch_all([Request(url), Request(url), Request(url, "feed")], settings)
    assert len(found) == 2
    assert len(server.requests("a.com", "/")) == 2


def test_redirects_obey_the_host_they_lead_to(server, settings):
    server.robots("b.com", "User-agent: *\nDisallow: /secret\nCrawl-delay: 0.2")
    open_page = server.on("b.com", "/open", answer("open"))
    server.on("b.com", "/secret", answer("secret"))
    first = server.on("a.com", "/1", redirect(open_page))
    second = server.on("a.com", "/2", redirect(server.url("b.com", "/secret")))
    loop = server.on("a.com", "/3", redirect(server.on("b.com", "/3", redirect("/x"))))
    server.on("b.com", "/x", redirect(loop))
    found = {
        each.request.url: each for each in fetch_all(map(Request, [first, second, loop]), settings)
    }
    assert found[first].response.body == b"open"
    assert (found[first].response.final_url, found[first].response.requests) == (open_page, 2)
    assert found[second].response.reason == "robots_denied"
    assert not server.requests("b.com", "/secret")
    assert found[loop].response.reason == "redirect"
    assert min(server.gaps("b.com")[1:]) >= 0.18


def test_robots_come_first_and_once(server, settings):
    server.robots("a.com", "User-agent: *\nDisallow: /no")
    fetcher = Fetcher(settings)
    todo = [Request(server.on("a.com", f"/{i}", answer("x"))) for i in range(5)]
    for _ in range(2):
        list(fetcher.each(todo))
    assert server.hits[0].path == "/robots.txt"
    assert len(server.requests("a.com", "/robots.txt")) == 1
    assert len(server.requests("a.com")) == 11


@pytest.mark.parametrize(
    ("status", "allowed"), [(403, True), (404, True), (500, False), (503, False), (429, False)]
)
def test_the_status_of_robots_counts(server, settings, status, allowed):
    server.on("a.com", "/robots.txt", answer("x", status))
    url = server.on("a.com", "/page", answer("page"))
    found = fetch_all([Request(url)], settings)[0].response
    assert (found.reason is None) is allowed
    assert len(server.requests("a.com", "/page")) == allowed


def test_a_host_without_robots_has_its_own_reason(server, settings):
    server.name("gone.com", [])
    server.name("evil.com", ["10.0.0.1"])
    server.on("bad.com", "/robots.txt", reset())
    urls = ["http://gone.com/", "http://evil.com/", server.url("bad.com")]
    got = reasons(fetch_all(map(Request, urls), settings))
    assert [got[url] for url in urls] == ["dns", "blocked_address", "connect"]


def test_what_passes_is_tried_again(server, settings):
    url = server.on("a.com", "/", in_turn(truncated(), answer(status=502), answer("at last")))
    found = fetch_all([Request(url)], settings)[0]
    assert found.response.body == b"at last"
    assert [row.outcome for row in found.log if row.purpose == "article"] == [
        "truncated", "http_5xx", "ok",
    ]  # fmt: skip


def test_a_dead_host_is_left_alone(server, settings):
    server.robots("dead.com", "")
    urls = [server.on("dead.com", f"/{i}", hang()) for i in range(12)]
    quick = replace(
        settings,
        limits=Limits(total_seconds=0.5),
        manners=Manners(delay_seconds=0, retries=0, give_up_after=3),
    )
    counts = Counter(reasons(fetch_all(map(Request, urls), quick)).values())
    assert counts == {"timeout": 3, "not_fetched": 9}


def test_a_host_that_refuses_is_left_alone(server, settings):
    urls = [server.on("no.com", f"/{i}", answer("no", 429)) for i in range(12)]
    quick = replace(
        settings, manners=Manners(delay_seconds=0, backoff_seconds=0.01, give_up_after=4)
    )
    counts = Counter(reasons(fetch_all(map(Request, urls), quick)).values())
    assert counts["not_fetched"] >= 8
    assert sum(counts.values()) == 12
    server.on("shut.com", "/robots.txt", answer("no", 503, {"Retry-After": "9999"}))
    assert (
        reasons(fetch_all([Request(server.url("shut.com"))], quick)).popitem()[1] == "robots_denied"
    )


def test_more_in_flight_when_asked(server, settings):
    server.robots("a.com", "")
    urls = [server.on("a.com", f"/{i}", answer("x", after=0.25)) for i in range(12)]
    wide = replace(settings, manners=Manners(in_flight=4, delay_seconds=0))
    started = time.monotonic()
    assert set(reasons(fetch_all(map(Request, urls), wide)).values()) == {None}
    assert 2 <= server.max_in_flight("a.com") <= 4
    assert time.monotonic() - started < 2.75  # one after the other they take three seconds


def test_the_log_tells_every_try(server, settings):
    server.on("b.com", "/", answer("page", headers={"ETag": '"e"', "Last-Modified": "then"}))
    url = server.on("a.com", "/?token=s3cret", redirect(server.url("b.com")))
    rows = fetch_all([Request(url)], settings)[0].log
    assert [(row.purpose, row.outcome, row.status) for row in rows] == [
        ("robots", "http_4xx", 404),
        ("robots", "http_4xx", 404),
        ("article", "ok", 200),
    ]
    last = rows[-1]
    assert (last.url, last.final_url) == (url.replace("s3cret", "***"), server.url("b.com"))
    assert (last.bytes, last.etag, last.last_modified) == (4, '"e"', "then")
    assert AS_OF <= last.started_at <= AS_OF + timedelta(seconds=30)
    assert last.elapsed_ms is not None


def test_a_bug_costs_one_answer(server, settings, monkeypatch):
    real = HttpClient.send

    async def send(self, request, **more):
        if "bug" in request.url:
            raise ZeroDivisionError
        return await real(self, request, **more)

    monkeypatch.setattr(HttpClient, "send", send)
    urls = [server.on("a.com", path, answer("x")) for path in ("/1", "/bug", "/2")]
    got = reasons(fetch_all(map(Request, urls), settings))
    assert [got[url] for url in urls] == [None, "crashed", None]


def test_a_reader_may_stop_or_dawdle(server, settings):
    urls = [server.on(f"h{i}.com", "/", answer("x" * 1000)) for i in range(40)]
    for fetched in fetch_each(map(Request, urls), settings):
        assert fetched.response.reason is None
        break
    seen = 0
    for _ in fetch_each(map(Request, urls), settings):
        time.sleep(0.005)
        seen += 1
    assert seen == 40


def test_nothing_to_do(settings):
    assert fetch_all([], settings) == []


def test_what_goes_wrong_in_the_thread_is_raised(settings):
    with pytest.raises(AttributeError):
        fetch_all(["no request"], settings)  # type: ignore[list-item]


def test_crawl_alone(server):
    """The generator itself, closed early: its workers end."""
    urls = [server.on(f"h{i}.com", "/", answer("x", after=0.05)) for i in range(5)]

    async def run() -> int:
        async with HttpClient(guard=GUARD, resolve=server.resolve) as client:
            found = crawl(map(Request, urls), client, clock=lambda: AS_OF)
            await anext(found)
            await found.aclose()
            return len(asyncio.all_tasks())

    assert asyncio.run(run()) == 1
