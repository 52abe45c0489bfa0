"""R24: one publisher has most of the work; the pages of the others come as if it were not there.

R24 is the number of the hot key in the list of reliability tests. Places in the order of requests
are counted, and beats of a stream, not seconds: they do not depend on how busy the machine is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta

import pytest
from beat_feeds import State
from http_faults import answer
from http_server import GUARD, LocalServer
from live_feeds import NOON, item, rss, settings

from pipeline.beats.pace import Rhythm
from pipeline.beats.plan import PlanBeat
from pipeline.beats.poll import PollDue
from pipeline.context import RunContext
from pipeline.options import Config
from pipeline.sinks.base import open_sink
from pipeline.steps.documents import PageRequest
from transforms.feeds.publishers import NO_PUBLISHERS
from transforms.fetch.messages import Request
from transforms.fetch.politeness import Manners
from transforms.fetch.run import FetchSettings, fetch_all
from transforms.rows.packed import PackedRows
from transforms.rows.rows import Provenance
from transforms.text.urls import registrable_host


def last_places(hot: int, hosts: int, pages: int) -> tuple[int, int]:
    """Fetch and return the place of the others' 99th of a hundred requests, and all requests."""
    with LocalServer(fallback=answer("<p>خبر</p>")) as server:
        todo = [Request(server.url("hot.com", f"/{number}")) for number in range(hot)]
        todo += [
            Request(server.url(f"h{host}.com", f"/{page}"))
            for host in range(hosts)
            for page in range(pages)
        ]
        settings = FetchSettings(
            NOON,
            guard=GUARD,
            resolve=server.resolve,
            manners=Manners(delay_seconds=0.0, backoff_seconds=0.05),
        )
        found = fetch_all(todo, settings)
        assert len(found) == len(todo)
        assert all(each.response.status == 200 for each in found)
        others = [place for place, hit in enumerate(server.hits) if hit.host != "hot.com"]
        return others[int(len(others) * 0.99)], len(server.hits)


@pytest.mark.reliability
def test_r24_a_hot_host_does_not_hold_up_the_others(sized):
    hosts, pages = sized(20, 100), sized(10, 80)
    alone, _ = last_places(0, hosts, pages)
    hot = hosts * pages * 3 // 2  # 60 % of all
    beside, total = last_places(hot, hosts, pages)
    print(
        f"R24: {hosts * pages} pages of {hosts} hosts, {hot} of one: the others' p99 is request "
        f"{beside} of {total}, alone it was {alone}"
    )
    assert beside <= 2 * alone


def serve_publishers(server, sizes: dict[str, list[int]]) -> dict[str, int]:
    """Serve feeds that list so many pages each; give every feed's URL and the host's pages."""
    urls = {}
    for host, feeds in sizes.items():
        for number, pages in enumerate(feeds):
            links = [server.url(host, f"/{number}/{page}.html") for page in range(pages)]
            body = rss([item(link, f"خبر {link}") for link in links])
            urls[server.on(host, f"/{number}.xml", answer(body))] = pages
    return urls


def beats_of(folder, rhythm, delay, sizes) -> list[Counter[str]]:
    """Follow feeds through a plan and polls until nothing waits; the pages asked of hosts a beat.

    Both are the steps of the engine, each given the state that an engine gives it.
    """
    with LocalServer() as server:
        urls = serve_publishers(server, sizes)
        source = folder / "feeds.toml"
        lines = [f'[[feed]]\nurl = "{url}"\npoll_seconds = 86400\n' for url in urls]
        source.write_text("\n".join(lines), encoding="utf-8")
        sink = open_sink(str(folder / "out"))
        sink.prepare()
        sink.close()
        fetching = settings(NOON, resolve=server.resolve, manners=Manners(delay_seconds=delay))
        context = RunContext(
            Config((str(source),), str(folder / "out"), NOON), sink,
            Provenance("stream", "0", NOON), fetching, NO_PUBLISHERS, awaited=False,
        )  # fmt: skip
        plan, poll = PlanBeat(context, rhythm), PollDue(context, rhythm)
        plan.setup()
        state, states = State(), defaultdict(State)
        beats: list[Counter[str]] = []
        asked: Counter[str] = Counter()
        while asked.total() < sum(urls.values()):
            now = NOON + timedelta(seconds=len(beats) * rhythm.seconds)
            poll.start_bundle()
            for host, order in plan.process(("", now), state):
                poll.process((host, order), states[host])
            found = [each.value for each in poll.finish_bundle()]
            rows = [each for each in found if isinstance(each, PackedRows)]
            pages = Counter(each.url for each in found if isinstance(each, PageRequest))
            beats.append(Counter(registrable_host(url) for url in pages.elements()))
            assert beats[-1], f"nothing was asked at beat {len(beats)}"
            asked.update(pages)
            tables = {each.table for each in rows}
            staged = [
                sink.inbox.stage_packed("stream", table, [e for e in rows if e.table == table])
                for table in sorted(tables)
            ]
            if staged:
                sink.inbox.deliver(context.at(now).provenance, staged, bounded=False)
        assert set(asked.values()) == {1}, "every page once"
    return beats


def p99(beats: list[Counter[str]], rhythm, delay) -> float:
    """After how many seconds the rows of the others' 99th of a hundred pages are delivered.

    What a beat asks of a host goes out one by one; a bundle is delivered when all of it is done.
    """
    delivered = []
    for number, asked in enumerate(beats):
        end = number * rhythm.seconds + max(asked.values()) * delay
        others = asked.total() - asked["hot.com"]
        delivered += [end] * others
    return delivered[int(len(delivered) * 0.99)]


@pytest.mark.reliability
def test_r24_a_hot_host_does_not_hold_up_the_others_on_an_engine(sized, tmp_path):
    hosts, pages, feeds, delay = sized(6, 100), sized(20, 800), sized(3, 120), sized(0.5, 0.05)
    rhythm = Rhythm(sized(30, 60))
    others = {f"h{host}.com": [pages] for host in range(hosts)}
    hot = hosts * pages * 3 // 2
    (tmp_path / "alone").mkdir()
    alone = p99(beats_of(tmp_path / "alone", rhythm, delay, others), rhythm, delay)
    whole = {"hot.com": [hot // feeds] * feeds} | others
    beats = beats_of(tmp_path, rhythm, delay, whole)
    beside = p99(beats, rhythm, delay)
    print(
        f"R24 on an engine: {hosts * pages} pages of {hosts} hosts, {hot} of one, in beats of "
        f"{rhythm.seconds} s: the others' p99 is {beside:g} s, alone it was {alone:g} s, "
        f"all at once it would be {hot * delay:g} s; the hot one's last come at beat {len(beats)}"
    )
    assert beside <= 2 * alone
    assert all(asked["hot.com"] for asked in beats), "it has its share at every beat"
