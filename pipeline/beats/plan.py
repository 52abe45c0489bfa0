"""One beat of a stream, at one key: settle what lies in the inbox, plan which feeds are asked.

All that is known of feeds is read from the tables; it is kept warm for as long as the worker
lives, and read again when it does not.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import apache_beam as beam

from pipeline.beats.claims import CLAIMS, STAGE, Claims
from pipeline.beats.pace import HostPace, Rhythm
from pipeline.beats.waiting import WaitingPages
from pipeline.context import RunContext
from pipeline.polling.history import FeedHistory, recall_robots
from pipeline.polling.warm import Warm
from pipeline.sinks.base import Changes, Sink, SinkError
from pipeline.sources.feed_list import FeedList
from pipeline.steps.settle import Pace, settle_inbox
from pipeline.steps.takedown import taken_down
from transforms.coders import RecordCoder
from transforms.enrich.own import use
from transforms.feeds import schedule
from transforms.metrics import count
from transforms.records import Feed, FetchLog
from transforms.text.redact import feed_name
from transforms.text.urls import registrable_host

_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Order:
    """What one beat wants of one registrable host.

    Attributes:
        as_of: the beat.
        feeds: to be asked.
        history: what is known of them.
        robots: what robots.txt files of that host said.
        gone: ids of pages that were taken down: they are not asked for.
        turn: the group of pages that have waited and whose turn it is.
        waiting: the groups of that host that nobody has taken.
    """

    as_of: datetime
    feeds: tuple[Feed, ...]
    history: FeedHistory
    robots: tuple[FetchLog, ...] = ()
    gone: frozenset[str] = frozenset()
    turn: str = ""
    waiting: tuple[str, ...] = ()


beam.coders.registry.register_coder(Order, RecordCoder)

Turns = dict[str, tuple[str, tuple[str, ...]]]  # host -> the group it is asked for, all that wait


class Planner:
    """What a stream knows between two beats.

    Args:
        context: the stream's; its config names the list of feeds, if there is one.
        rhythm: of the beats.
    """

    def __init__(self, context: RunContext, rhythm: Rhythm) -> None:
        """Nothing is read yet."""
        self._context = context
        self._rhythm = rhythm
        self._sink: Sink = context.sink
        self._waiting = WaitingPages(context.sink.inbox.files)
        inputs = context.config.inputs
        self._list = FeedList(inputs[0]) if inputs else None
        self._warm: Warm | None = None
        self._pace = Pace(rhythm.settle_minutes)
        self._ordered: dict[str, datetime] = {}  # by feed: when it was due then

    def plan(self, as_of: datetime, claims: Claims) -> list[tuple[str, Order]]:
        """Settle if it is time; order what is due and was not ordered a short while ago.

        Args:
            as_of: the beat.
            claims: those of the feeds; added to.

        Returns:
            Registrable hosts and what is wanted of them, in the order of the hosts.

        Raises:
            UsageError: the list of feeds was never readable.
            SinkError: the tables cannot be read.
        """
        if self._list is None:
            if self._pace.is_time(as_of):
                self._settle(as_of)
            return []
        self._list.read(_LOG.warning)
        feeds = list({feed.url: feed for feed in self._list.feeds}.values())
        warm = self._learn(feeds, as_of)
        if self._pace.is_time(as_of):
            self._settle(as_of)
        free = [feed for feed in feeds if not _is_claimed(feed, warm, claims)]
        self._look_again(_due(free, warm, as_of), warm)
        due = _due(free, warm, as_of)
        pace = HostPace(self._rhythm, self._context.fetching.manners, warm.robots.values())
        ordered = _fitting([*self._ordered_before(free, warm, as_of), *due], pace)
        for feed in ordered:
            due_at = self._ordered[feed.url] = warm.history.states[feed.url].due_at
            # One that is polled again for this beat's sake is due later, and free then.
            claims.take(feed_name(feed.url), as_of, min(due_at, as_of).isoformat())
        count(STAGE, "feeds_ordered", len(ordered))
        return list(self._orders(ordered, warm, as_of, self._turns(pace, as_of, claims)))

    def _turns(self, pace: HostPace, as_of: datetime, claims: Claims) -> Turns:
        """Of each host the group whose turn it is, or none, and all groups that wait."""
        turns = {}
        for host, groups in sorted(self._waiting.look(as_of).items()):
            # A pause that is longer than a beat is kept from one turn to the next.
            rested = (as_of - groups.asked_at).total_seconds() >= pace.delay(host)
            free = groups.names if rested else ()
            if groups.again:  # whatever a later beat has claimed
                claims.take(groups.again, as_of)
            turn = groups.again or next((name for name in free if claims.take(name, as_of)), "")
            turns[host] = turn, tuple(groups.names)
        return turns

    def _ordered_before(self, feeds: Iterable[Feed], warm: Warm, as_of: datetime) -> list[Feed]:
        """The feeds that this very beat has had polled, before the engine forgot it.

        After a failure an engine goes back to its last checkpoint and does beats again. What their
        polls told has come in; the pages they led to may be lost, so they are made again.
        """
        run_id = self._context.provenance.at(as_of).run_id
        before = [feed for feed in feeds if warm.history.polled_by.get(feed.url) == run_id]
        return [
            feed for feed in before if not schedule.is_due(warm.history.states[feed.url], as_of)
        ]

    def _look_again(self, feeds: Iterable[Feed], warm: Warm) -> None:
        """Read of feeds whose polls nobody has heard of what the tables know by now.

        Somebody else may have settled what came of them between two beats.
        """
        states = warm.history.states
        silent = [feed for feed in feeds if self._ordered.get(feed.url) == states[feed.url].due_at]
        warm.history.forget(silent)
        warm.history.recall(silent)

    def _orders(
        self, feeds: Iterable[Feed], warm: Warm, as_of: datetime, turns: Turns
    ) -> Iterator[tuple[str, Order]]:
        gone = frozenset(taken_down(self._sink))
        robots: dict[str, list[FetchLog]] = defaultdict(list)
        for log in warm.robots.values():
            robots[registrable_host(log.url)].append(log)
        hosts: dict[str, list[Feed]] = defaultdict(list)
        for feed in feeds:
            hosts[registrable_host(feed.url)].append(feed)
        for host in sorted(hosts.keys() | turns.keys()):
            each, (turn, waiting) = hosts[host], turns.get(host, ("", ()))
            if not each and not turn:
                continue
            history = warm.history.part(each)
            for feed in each:  # what is ordered is due, even if only because it is done again
                state = history.states[feed.url]
                history.states[feed.url] = replace(state, due_at=min(state.due_at, as_of))
            order = Order(as_of, tuple(each), history, tuple(robots[host]), gone)
            yield host, replace(order, turn=turn, waiting=waiting)

    def _learn(self, feeds: Sequence[Feed], as_of: datetime) -> Warm:
        """Know of each feed what the tables tell, and what waits to go into them."""
        if self._warm is None:
            self._warm = Warm(self._sink, as_of)
            self._warm.know(recall_robots(self._sink, as_of))
        warm = self._warm
        warm.forget_old(as_of)
        warm.history.now = as_of
        warm.history.recall(feeds)
        bundles, broken = self._sink.inbox.waiting()
        for each in broken:
            _LOG.warning("left in the inbox: %s: %s", each.path, each.problem)
        warm.learn(sorted(bundles, key=lambda each: each.provenance.as_of), states=True)
        return warm

    def _settle(self, as_of: datetime) -> None:
        """Fold what lies in the inbox into the tables; another writer's turn is no failure."""
        sink = self._sink
        use(self._context.config.own)
        try:
            sink.prepare()
            try:
                settled = settle_inbox(sink, self._context.provenance.at(as_of))
            finally:
                sink.close()
            if settled.has_news:  # in the words of a stream of one machine, which alarms read
                tables = ("articles", "events", "dead_letters")
                new = [settled.changes.get(table, Changes()).inserted for table in tables]
                _LOG.info("settled: %d new articles, %d events, %d dead letters", *new)
        except SinkError as error:
            count(STAGE, "not_settled")
            _LOG.warning("not settled at this beat: %s", error)
            return


def _fitting(feeds: Iterable[Feed], pace: HostPace) -> list[Feed]:
    """As many feeds of a host as a beat has room for; the others stay due, and go first then.

    Args:
        feeds: those of this very beat come first, whatever else is due.
        pace: tells how many fit.
    """
    fitting: list[Feed] = []
    asked: Counter[str] = Counter()
    for feed in feeds:
        host = registrable_host(feed.url)
        asked[host] += 1
        if asked[host] <= pace.room(host):
            fitting.append(feed)
    count(STAGE, "feeds_put_off", asked.total() - len(fitting))
    return fitting


def _due(feeds: Iterable[Feed], warm: Warm, as_of: datetime) -> list[Feed]:
    """The feeds that are due, those first that have been for longest."""
    states = warm.history.states
    due = [feed for feed in feeds if schedule.is_due(states[feed.url], as_of)]
    return sorted(due, key=lambda feed: (states[feed.url].due_at, feed.url))


def _is_claimed(feed: Feed, warm: Warm, claims: Claims) -> bool:
    """Whether a feed was ordered a short while ago, and is due since then."""
    due_at = warm.history.states[feed.url].due_at
    return claims.holds(feed_name(feed.url), due_at.isoformat())


class PlanBeat(beam.DoFn):
    """``(key, beat)`` -> ``(registrable host, Order)``; all beats have one key.

    Args:
        context: the stream's.
        rhythm: of the beats.
    """

    def __init__(self, context: RunContext, rhythm: Rhythm) -> None:
        """Keep the settings."""
        self._context = context
        self._rhythm = rhythm
        self._planner: Planner | None = None

    def setup(self) -> None:
        """Know nothing yet."""
        self._planner = Planner(self._context, self._rhythm)

    def process(
        self, element: tuple[str, datetime], claims: Any = CLAIMS
    ) -> Iterator[tuple[str, Order]]:
        """Plan one beat."""
        if self._planner is None:
            raise RuntimeError("setup() has not run")
        as_of = element[1]
        held = Claims.read(claims, as_of)
        count(STAGE, "in")
        orders = self._planner.plan(as_of, held)
        held.write(claims)
        yield from orders
