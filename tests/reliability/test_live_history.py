"""A real feed's history replayed: what a poller that adapts sees, and what it asks for."""

from __future__ import annotations

import bisect
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from aiohttp import web
from certificates import Authority
from http_server import LocalServer, tapped
from live_feeds import one_address, run_here, settings, table
from pipeline_helpers import SHARED

from pipeline.memory import Memory
from pipeline.polling import Poller
from transforms.document import process_document
from transforms.feeds import parse_feed
from transforms.feeds.join import is_full, join_page
from transforms.records import Document, Feed

pytestmark = pytest.mark.reliability

HISTORY = SHARED / "data/feeds/history"
SITE = "nabdsharqi.example"
BASE = f"https://{SITE}/"
HOUR = timedelta(hours=1)


class Past:
    """The snapshots of a site, served as they were at a time of our choosing."""

    def __init__(self):
        """Read them; the time is that at which every feed has its first."""
        self.snapshots = defaultdict(list)
        for path in sorted(HISTORY.glob("*.xml")):
            stamp, _, name = path.name.partition("-")
            moment = datetime.fromtimestamp(int(stamp), UTC)
            self.snapshots[name].append((moment, path.read_bytes()))
        every = sorted(moment for given in self.snapshots.values() for moment, _ in given)
        self.start, self.end = max(given[0][0] for given in self.snapshots.values()), every[-1]
        self.now = self.start
        self.asked = []

    def at(self, name, moment):
        """What a feed was at a time."""
        given = self.snapshots[name]
        return given[bisect.bisect_right(given, moment, key=lambda each: each[0]) - 1][1]

    def since(self, name):
        """Every snapshot that could be had since the start."""
        return {self.at(name, self.start)} | {
            body for moment, body in self.snapshots[name] if moment >= self.start
        }

    def handler(self, name):
        """Answer with the feed of the day, or 304."""

        async def handle(request):
            body = self.at(name, self.now)
            etag = f'"{sha256(body).hexdigest()[:12]}"'
            fresh = request.headers.get("If-None-Match") == etag
            self.asked.append((name, 304 if fresh else 200))
            if fresh:
                return web.Response(status=304, headers={"ETag": etag})
            headers = {"ETag": etag, "Content-Type": "application/xml"}
            return web.Response(body=body, headers=headers)

        return handle


@pytest.fixture
def past(tmp_path):
    """The site, reachable under its own name over TLS; (past, fetch settings)."""
    if not HISTORY.is_dir():
        pytest.skip("the development data (../shared) is not here")
    found = Past()
    authority = Authority.make(tmp_path)
    with LocalServer() as server:
        for name in found.snapshots:
            server.on(SITE, f"/{name}", found.handler(name))
        with tapped(server, tls_port=server.listen(authority.context(SITE))):
            yield found, {"trust": authority.trust, "resolve": one_address}


def keys(name, body):
    """What appearances of a snapshot are called."""
    parsed = parse_feed(body, url=BASE + name)
    return {(BASE + name, entry.guid or entry.url) for entry in parsed.entries}


def listed(past, name, moments):
    """All that somebody sees who looks at given times."""
    bodies = {past.at(name, moment) for moment in moments}
    return set().union(*(keys(name, body) for body in bodies))


def test_polls_that_adapt_miss_no_entry_of_the_history(past):
    site, more = past
    feeds = [Feed(BASE + name) for name in sorted(site.snapshots)]
    memory = Memory(None, site.start)
    memory.recall(feeds)
    seen, versions, outcomes = [], 0, Counter()
    site.now = site.start
    while site.now <= site.end:
        poller = Poller(settings(site.now, **more), now=site.now, processes=1)
        due, _ = poller.due(feeds, memory)
        for polled in poller.poll(due, memory):
            outcomes[polled.poll.outcome] += 1
            seen += [(polled.feed.url, entry.guid or entry.url) for entry in polled.poll.new]
            versions += len(polled.poll.changed)
        site.now = min(state.due_at for state in memory.states.values())
    hours = int((site.end - site.start) / HOUR) + 1
    hourly = [site.start + HOUR * number for number in range(hours)]
    ever = set().union(*(keys(name, b) for name in site.snapshots for b in site.since(name)))
    by_hour = set().union(*(listed(site, name, hourly) for name in site.snapshots))
    spent, bodies = len(site.asked), sum(status == 200 for _, status in site.asked)
    print(
        f"\nhistory: {len(ever)} entries in {hours // 24} days: {len(set(seen))} seen,"
        f" {len(seen) - len(set(seen))} twice, {versions} changed texts; {spent} requests"
        f" ({bodies} with a body) against {hours * len(feeds)} of an hourly poll, which sees"
        f" {len(by_hour)}; outcomes {dict(outcomes)}"
    )
    assert len(seen) == len(set(seen)), "an entry was new twice"
    assert set(seen) >= by_hour, "an entry was missed that an hourly poll sees"
    assert not set(outcomes) & {"failed", "soft_empty", "capped"}
    assert spent < hours * len(feeds)


def revised(site, name):
    """When a snapshot was taken that words an entry otherwise, and the one before it."""
    moments, before, last = [], {}, None
    for moment, body in site.snapshots[name]:
        entries = parse_feed(body, url=BASE + name).entries
        said = {entry.guid: (entry.title, entry.content) for entry in entries}
        if any(guid in before and before[guid] != text for guid, text in said.items()):
            moments += [last, moment]
        before, last = said, moment
    return list(dict.fromkeys(moments))


def test_tables_of_the_history_have_one_appearance_an_entry_and_a_row_a_version(
    past, tmp_path, sized
):
    site, more = past
    name, out = "atom.xml", tmp_path / "out"
    polls, expected, versions = [], set(), defaultdict(set)
    before = {}
    for moment in revised(site, name)[-sized(10, 1_000) :]:
        site.now = moment
        polls.append(moment)
        run_here(out, BASE + name, now=moment, options=["--force"], **more)
        for entry in parse_feed(site.at(name, moment), url=BASE + name).entries:
            expected.add((BASE + name, entry.guid or entry.url))
            text = (entry.title, entry.summary, entry.content)
            if is_full(entry.content) and before.get(entry.guid) != text:
                before[entry.guid] = text
                made = process_document(join_page([], [entry], key=entry.url)[0])
                if isinstance(made, Document):
                    versions[made.article.page_id].add(made.article.content_hash)
    rows = table(out, "SELECT feed_url, guid, first_seen_at FROM appearances")
    stored = defaultdict(set)
    for row in table(out, "SELECT page_id, content_hash FROM articles"):
        stored[row["page_id"]].add(row["content_hash"])
    revisions = table(
        out,
        "SELECT page_id, COUNT(*) AS n, MAX(revision) AS top FROM v_articles GROUP BY page_id",
    )
    several = sum(len(texts) > 1 for texts in versions.values())
    print(
        f"\nhistory: {len(polls)} runs: {len(rows)} appearances of {len(expected)} entries,"
        f" {sum(map(len, stored.values()))} versions of {len(stored)} pages ({several} changed)"
    )
    assert len({(row["feed_url"], row["guid"]) for row in rows}) == len(rows)
    assert {(row["feed_url"], row["guid"]) for row in rows} == expected
    assert all(texts <= stored[page] for page, texts in versions.items()), "a version was missed"
    assert all(row["n"] == row["top"] for row in revisions)
