"""Poll what a beat has ordered: entries become pages, or requests for pages."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import apache_beam as beam
from apache_beam.transforms.window import GlobalWindow
from apache_beam.utils.timestamp import Timestamp
from apache_beam.utils.windowed_value import WindowedValue

from pipeline.beats.claims import CLAIMS, Claims
from pipeline.beats.pace import HostPace, Rhythm
from pipeline.beats.plan import Order
from pipeline.beats.waiting import MOST, WaitingPages, host_of
from pipeline.context import RunContext
from pipeline.polling.history import FeedHistory
from pipeline.polling.index import FeedIndex
from pipeline.render.progress import Progress
from pipeline.sources.base import Indexed, Ref, SeenFeed
from pipeline.sources.spool import Spool
from pipeline.steps.documents import PageRequest, read_documents
from pipeline.steps.redact import redact_rejection
from transforms.feeds.publishers import PublisherIndex, publishers_of
from transforms.metrics import count
from transforms.records import Feed, FetchLog, Page, Rejected, content_id
from transforms.rows.packed import PackedRows, pack_rows
from transforms.rows.rows import Provenance, Row, appearance_row, dead_letter_row
from transforms.text.redact import feed_name
from transforms.text.urls import registrable_host

STAGE: Final = "feeds"

Followed = PackedRows | Page | Rejected | PageRequest


def follow(orders: Sequence[Order], context: RunContext, rhythm: Rhythm) -> Iterator[Followed]:
    """Poll the feeds of one beat, as a local tick does.

    Args:
        orders: of one beat; their feeds are asked together.
        context: of that beat.
        rhythm: of the beats: of one host no more pages come out than one beat may ask for.

    Yields:
        The rows that polls alone can tell; the pages that feeds give in full; the pages to fetch.
    """
    gone = {page for order in orders for page in order.gone}
    turns = Turns(orders, context, rhythm)
    yield from (each for each in turns.come() if content_id(each.key) not in gone)
    if not any(order.feeds for order in orders):
        return
    history = FeedHistory(context.sink, context.config.as_of)
    for order in orders:
        history.add(order.history)
    feeds = [feed for order in orders for feed in order.feeds]
    with tempfile.TemporaryDirectory(prefix="rasd-") as folder:
        work = Path(folder)
        with Spool(work / "spool") as spool:
            index = FeedIndex(context, history, Progress(quiet=True), work)
            found = list(index.index(feeds, spool))
            yield from _told(index.rows, found, context.provenance)
            wanted = []
            for record in _read(found, feeds, gone):
                if isinstance(record, PageRequest):
                    yield from _seen(record, context.provenance)
                    wanted.append(record)
                else:
                    yield record
            yield from turns.fitting(wanted, index.robots)


def _told(
    rows: Sequence[tuple[str, Row]], found: Sequence[Indexed], provenance: Provenance
) -> list[PackedRows]:
    """The rows that polls alone can tell."""
    rejected = [redact_rejection(each) for each in found if isinstance(each, Rejected)]
    for each in rejected:
        count(STAGE, f"rejected.{each.reason}")
    letters = [("dead_letters", dead_letter_row(each, provenance)) for each in rejected]
    return pack_rows([*rows, *letters])


def _read(
    found: Sequence[Indexed], feeds: Sequence[Feed], gone: set[str]
) -> Iterator[Page | Rejected | PageRequest]:
    """Read the entries under each URL, and join them."""
    facts = [each.facts for each in found if isinstance(each, SeenFeed) and each.facts is not None]
    publishers = publishers_of([*feeds, *facts])
    refs: dict[str, list[Ref]] = defaultdict(list)
    for each in found:
        if isinstance(each, Ref) and content_id(each.key) not in gone:
            refs[each.key].append(each)
    for key, group in sorted(refs.items()):
        for record in read_documents(key, group, online=True, publishers=publishers):
            if isinstance(record, PageRequest):
                yield replace(record, publishers=_publishers_for(record, publishers))
            else:
                yield record


def _publishers_for(wanted: PageRequest, publishers: PublisherIndex) -> PublisherIndex:
    """What is known of the publishers of a page's own feeds, without what only polls need."""
    names = {entry.feed_url for entry in wanted.entries} & publishers.by_feed.keys()
    return PublisherIndex({name: replace(publishers.by_feed[name], headers=()) for name in names})


def _seen(wanted: PageRequest, provenance: Provenance) -> list[PackedRows]:
    """Sightings of a page still to come: should it be lost on the way, it is asked for again.

    What the entry said is told with the page: an entry that has changed stays changed until then.
    """
    told = (replace(each, text_id="") for each in wanted.sightings)
    rows = (("appearances", appearance_row(each, provenance)) for each in told)
    return pack_rows(rows)


class Turns:
    """Sees to it that of one host no more pages are asked for than a beat has room for.

    Args:
        orders: of one beat.
        context: of that beat.
        rhythm: of the beats.
    """

    def __init__(self, orders: Sequence[Order], context: RunContext, rhythm: Rhythm) -> None:
        """Keep the orders; no group is taken yet."""
        self._orders = orders
        self._context = context
        self._rhythm = rhythm
        self._waiting = WaitingPages(context.sink.inbox.files)
        self._come: set[str] = set()
        self._behind = {host_of(name): order for order in orders for name in order.waiting[:1]}

    def come(self) -> Iterator[PageRequest]:
        """Take the groups whose turn it is."""
        for order in self._orders:
            for page in self._waiting.take(order.turn, order.as_of) if order.turn else ():
                self._come.add(page.key)
                yield page

    def fitting(
        self, wanted: Iterable[PageRequest], robots: Iterable[FetchLog]
    ) -> Iterator[PageRequest]:
        """Let through what fits; put the rest down, behind what waits already.

        Args:
            wanted: pages; of a host those at the tops of their feeds' lists go first.
            robots: what robots.txt files have said just now.
        """
        hosts: dict[str, list[PageRequest]] = defaultdict(list)
        for page in sorted(wanted, key=_place):
            hosts[registrable_host(page.url)].append(page)
        known = [log for order in self._orders for log in order.robots]
        pace = HostPace(self._rhythm, self._context.fetching.manners, [*known, *robots])
        as_of = self._context.config.as_of
        for host, pages in sorted(hosts.items()):
            room = pace.room(host)
            ahead = self._behind[host].waiting if host in self._behind else ()
            through = [] if ahead else pages[:room]
            yield from through
            rest = pages[len(through) :]
            if rest:
                before = self._come | self._waiting.keys(ahead)
                rest = [page for page in rest if page.key not in before]
                rest = rest[: room * max(0, MOST - len(ahead))]
                self._waiting.put(host, rest, as_of, room)
                count(STAGE, "pages_put_off", len(rest))


def _place(page: PageRequest) -> tuple[int, str]:
    return min(each.position for each in page.entries), page.key


class PollDue(beam.DoFn):
    """``(registrable host, Order)`` -> what follows from polls; all hosts of a bundle at once.

    Args:
        context: the stream's.
        rhythm: of the beats.
    """

    def __init__(self, context: RunContext, rhythm: Rhythm) -> None:
        """Keep the settings."""
        self._context = context
        self._rhythm = rhythm
        self._orders: dict[datetime, list[Order]] = {}

    def start_bundle(self) -> None:
        """Start with no orders."""
        self._orders = {}

    def process(self, element: tuple[str, Order], claims: Any = CLAIMS) -> None:
        """Take an order in, but for feeds that this very beat has asked already."""
        _, order = element
        beat = order.as_of.isoformat()
        held = Claims.read(claims, order.as_of)
        feeds = [feed for feed in order.feeds if held.take(feed_name(feed.url), order.as_of, beat)]
        turn = order.turn if order.turn and held.take(order.turn, order.as_of, beat) else ""
        held.write(claims)
        if feeds or turn:
            taken = replace(order, feeds=tuple(feeds), turn=turn)
            self._orders.setdefault(order.as_of, []).append(taken)

    def finish_bundle(self) -> Iterator[WindowedValue]:
        """Poll all hosts of the bundle at once, one beat after the other."""
        for as_of, orders in sorted(self._orders.items()):
            context = self._context.at(as_of)
            robots = tuple(log for order in orders for log in order.robots)
            context = replace(context, fetching=replace(context.fetching, robots=robots))
            when = Timestamp.from_utc_datetime(as_of)
            for each in follow(orders, context, self._rhythm):
                yield WindowedValue(each, when, [GlobalWindow()])
