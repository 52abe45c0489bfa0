"""Poll what a beat has ordered: entries become pages, or requests for pages."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import apache_beam as beam
from apache_beam.transforms.window import GlobalWindow
from apache_beam.utils.timestamp import Timestamp
from apache_beam.utils.windowed_value import WindowedValue

from pipeline.beats.claims import CLAIMS, Claims
from pipeline.beats.plan import Order
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
from transforms.records import Feed, Page, Rejected, content_id
from transforms.rows.packed import PackedRows, pack_rows
from transforms.rows.rows import Provenance, Row, appearance_row, dead_letter_row
from transforms.text.redact import feed_name

STAGE: Final = "feeds"

Followed = PackedRows | Page | Rejected | PageRequest


def follow(orders: Sequence[Order], context: RunContext) -> Iterator[Followed]:
    """Poll the feeds of one beat, as a local tick does.

    Args:
        orders: of one beat; their feeds are asked together.
        context: of that beat.

    Yields:
        The rows that polls alone can tell; the pages that feeds give in full; the pages to fetch.
    """
    history = FeedHistory(context.sink, context.config.as_of)
    for order in orders:
        history.add(order.history)
    feeds = [feed for order in orders for feed in order.feeds]
    gone = {page for order in orders for page in order.gone}
    with tempfile.TemporaryDirectory(prefix="rasd-") as folder:
        work = Path(folder)
        with Spool(work / "spool") as spool:
            index = FeedIndex(context, history, Progress(quiet=True), work)
            found = list(index.index(feeds, spool))
            yield from _told(index.rows, found, context.provenance)
            for record in _read(found, feeds, gone):
                if isinstance(record, PageRequest):
                    yield from _seen(record, context.provenance)
                yield record


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
    """Sightings of a page still to come: should it be lost on the way, it is asked for again."""
    rows = (("appearances", appearance_row(each, provenance)) for each in wanted.sightings)
    return pack_rows(rows)


class PollDue(beam.DoFn):
    """``(registrable host, Order)`` -> what follows from polls; all hosts of a bundle at once.

    Args:
        context: the stream's.
    """

    def __init__(self, context: RunContext) -> None:
        """Keep the settings."""
        self._context = context
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
        held.write(claims)
        if feeds:
            taken = replace(order, feeds=tuple(feeds))
            self._orders.setdefault(order.as_of, []).append(taken)

    def finish_bundle(self) -> Iterator[WindowedValue]:
        """Poll all hosts of the bundle at once, one beat after the other."""
        for as_of, orders in sorted(self._orders.items()):
            context = self._context.at(as_of)
            robots = tuple(log for order in orders for log in order.robots)
            context = replace(context, fetching=replace(context.fetching, robots=robots))
            when = Timestamp.from_utc_datetime(as_of)
            for each in follow(orders, context):
                yield WindowedValue(each, when, [GlobalWindow()])
