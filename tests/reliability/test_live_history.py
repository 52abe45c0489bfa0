"""A real feed's history replayed: what a poller that adapts sees, and what it asks for."""

from __future__ import annotations

import bisect
import itertools
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from aiohttp import web
from certificates import Authority
from http_server import LocalServer, tapped
from live_feeds import one_address, run_here, settings, table
from pipeline_helpers import SHARED

from pipeline.polling.history import FeedHistory
from pipeline.polling.poller import Poller
from pipeline.polling.request import FeedRequester
from pipeline.sources.spool import Spool
from pipeline.workers.pool import Workers
from transforms.document import process_document
from transforms.feeds import parse_feed
from transforms.feeds.join import is_full, join_page
from transforms.feeds.schedule import CAP, text_id
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
        self.start = max(given[0][0] for given in self.snapshots.values())
        self.end = every[-1] + timedelta(seconds=CAP)  # the last list can still be had
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


def texts(name, bodies):
    """What the entries of snapshots said, each version once."""
    return {
        (BASE + name, entry.guid or entry.url, text_id(entry))
        for body in bodies
        for entry in parse_feed(body, url=BASE + name).entries
    }


def without_text(versions):
    """The entries of which there are versions."""
    return {(feed_url, key) for feed_url, key, _ in versions}


def stood(past, version):
    """How many minutes a version could be seen, and from when on."""
    name = version[0].removeprefix(BASE)
    given = [*past.snapshots[name], (past.end, b"")]
    spans = [
        (max(moment, past.start), until - max(moment, past.start))
        for (moment, body), (until, _) in itertools.pairwise(given)
        if until > past.start and version in texts(name, [body])
    ]
    minutes = round(sum((span for _, span in spans), timedelta()).total_seconds() / 60)
    return f"{version[1]} for {minutes} min from {spans[0][0]:%d %b %H:%M}"


@pytest.fixture
def aside(tmp_path):
    with Spool(tmp_path / "aside") as spool:
        yield spool


def test_polls_that_adapt_miss_no_entry_of_the_history(past, aside):
    site, more = past
    feeds = [Feed(BASE + name) for name in sorted(site.snapshots)]
    memory = FeedHistory(None, site.start)
    memory.recall(feeds)
    seen, versions, outcomes = [], set(), Counter()
    site.now = site.start
    while site.now <= site.end:
        asker = FeedRequester(settings(site.now, **more), Workers(1), aside)
        poller = Poller(asker, now=site.now)
        due, _ = poller.due(feeds, memory)
        for polled in poller.poll(due, memory):
            outcomes[polled.poll.outcome] += 1
            for entry in (*polled.poll.new, *polled.poll.changed):
                versions.add((polled.feed.url, entry.guid or entry.url, text_id(entry)))
            seen += [(polled.feed.url, entry.guid or entry.url) for entry in polled.poll.new]
        site.now = min(state.due_at for state in memory.states.values())
    hours = int((site.end - site.start) / HOUR) + 1
    hourly = [site.start + HOUR * number for number in range(hours)]
    said = set().union(*(texts(name, site.since(name)) for name in site.snapshots))
    by_hour = set().union(
        *(texts(name, {site.at(name, at) for at in hourly}) for name in site.snapshots)
    )
    ever, missed = without_text(said), said - versions
    spent, bodies = len(site.asked), sum(status == 200 for _, status in site.asked)
    print(
        f"\nhistory: {len(ever)} entries in {hours // 24} days: {len(set(seen))} seen,"
        f" {len(seen) - len(set(seen))} twice; {len(said)} texts, {len(missed)} missed; {spent}"
        f" requests ({bodies} with a body) against {hours * len(feeds)} of an hourly poll, which"
        f" misses {len(ever - without_text(by_hour))} entries, {len(said - by_hour)} texts;"
        f" outcomes {dict(outcomes)}"
    )
    for version in sorted(missed):
        print(f"missed: a text of {stood(site, version)}")
    assert len(seen) == len(set(seen)), "an entry was new twice"
    assert set(seen) == ever, "an entry was missed"
    assert len(missed) * 100 <= len(said), "more than a text in a hundred was missed"
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
