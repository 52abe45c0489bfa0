"""A crawl as a plain function call: its settings as one value, its event loop out of sight."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from transforms.fetch.addresses import Guard
from transforms.fetch.client import USER_AGENT, HttpClient, Resolve
from transforms.fetch.crawl import Clock, Fetched, crawl_batches
from transforms.fetch.messages import Limits, Request
from transforms.fetch.politeness import Manners
from transforms.fetch.robots import RobotsCache
from transforms.records import FetchLog


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """All that a crawl needs to know, as one value that travels to workers.

    Attributes:
        as_of: the run's clock; the log's times are this and what has gone by since.
        limits: what one request may cost.
        manners: how polite to be.
        guard: judges addresses.
        connections: sockets at once.
        proxy: an HTTP proxy's URL.
        trust: more certificate authorities, a PEM file.
        user_agent: names the project and whom to ask.
        resolve: another resolver than the system's; an importable function.
        robots: requests for robots.txt files made before, whose answers may still be good.
    """

    as_of: datetime
    limits: Limits = field(default_factory=Limits)
    manners: Manners = field(default_factory=Manners)
    guard: Guard = field(default_factory=Guard)
    connections: int = 64
    proxy: str | None = None
    trust: str | None = None
    user_agent: str = USER_AGENT
    resolve: Resolve | None = None
    robots: tuple[FetchLog, ...] = ()

    def client(self) -> HttpClient:
        """Make a client, not open yet."""
        return HttpClient(
            limits=self.limits,
            guard=self.guard,
            connections=self.connections,
            resolve=self.resolve,
            proxy=self.proxy,
            trust=self.trust,
            user_agent=self.user_agent,
        )

    def clock(self) -> Clock:
        """Make a clock that shows ``as_of`` now and goes on from there."""
        started = time.monotonic()
        return lambda: self.as_of + timedelta(seconds=time.monotonic() - started)


class Fetcher:
    """Fetches from code that knows no event loop: one clock and one memory of robots.txt files.

    Args:
        settings: how to fetch.
    """

    def __init__(self, settings: FetchSettings) -> None:
        """Start the clock; nothing is opened yet."""
        self._settings = settings
        self._clock = settings.clock()
        self._robots = RobotsCache(settings.robots)

    def set_clock(self, as_of: datetime) -> None:
        """Let the clock show another time now, and go on from there."""
        self._clock = replace(self._settings, as_of=as_of).clock()

    def each(self, requests: Iterable[Request]) -> Iterator[Fetched]:
        """Fetch URLs; an event loop runs in a thread of its own.

        Args:
            requests: what to fetch.

        Yields:
            One answer a request, as they come in; the crawl waits for a reader that is slow.
        """
        work = _Background(requests, self._settings, self._clock, self._robots)
        thread = threading.Thread(target=work.run, name="crawl", daemon=True)
        thread.start()
        try:
            while (item := work.ready.get()) is not None:
                if isinstance(item, BaseException):
                    raise item
                yield from item
                work.ready.task_done()
        finally:
            work.stopped = True
            while thread.is_alive():  # it may wait to hand over its end
                with contextlib.suppress(queue.Empty):
                    work.ready.get(timeout=0.05)


class _Background:
    """A crawl in a thread of its own, and the answers it has ready."""

    def __init__(
        self,
        requests: Iterable[Request],
        settings: FetchSettings,
        clock: Clock,
        robots: RobotsCache,
    ) -> None:
        self.ready: queue.Queue[list[Fetched] | BaseException | None] = queue.Queue()
        self.stopped = False
        self._requests = requests
        self._settings = settings
        self._clock = clock
        self._robots = robots

    def run(self) -> None:
        """Crawl; the last thing ready is None, or the error that ended it."""
        try:
            asyncio.run(self._crawl())
        except BaseException as error:  # noqa: BLE001 - raised again where it is read
            self.ready.put(error)
        else:
            self.ready.put(None)

    async def _crawl(self) -> None:
        settings = self._settings
        async with settings.client() as client:
            found = crawl_batches(
                self._requests,
                client,
                clock=self._clock,
                policy=settings.manners,
                robots=self._robots,
            )
            async with contextlib.aclosing(found):
                async for batch in found:
                    self.ready.put_nowait(batch)
                    # A batch is in memory until it has been read to its end; a thread's queue
                    # has no event that a loop could wait for.
                    while self.ready.unfinished_tasks and not self.stopped:  # noqa: ASYNC110
                        await asyncio.sleep(0.002)
                    if self.stopped:
                        return


def fetch_each(requests: Iterable[Request], settings: FetchSettings) -> Iterator[Fetched]:
    """Fetch URLs in a crawl of their own; see ``Fetcher.each``."""
    return Fetcher(settings).each(requests)


def fetch_all(requests: Iterable[Request], settings: FetchSettings) -> list[Fetched]:
    """Fetch URLs and wait for all of them; see ``Fetcher.each``."""
    return list(fetch_each(requests, settings))
