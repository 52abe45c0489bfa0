"""Fetch many URLs from many hosts at once, each host politely, each URL answered exactly once."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import heapq
import itertools
import math
import time
from collections.abc import AsyncGenerator, Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from transforms.fetch.addresses import BlockedError
from transforms.fetch.client import HttpClient
from transforms.fetch.messages import Request, Response, chained
from transforms.fetch.politeness import HostSchedule, Manners, retry_after_seconds
from transforms.fetch.robots import RobotsCache, RobotsPolicy, origin_of, policy_of
from transforms.records import FetchLog
from transforms.rejects import Reason
from transforms.text.redact import redact_text, redact_url
from transforms.text.urls import registrable_host

Clock = Callable[[], datetime]

_MANNERS: Final = Manners()
_READY: Final = 256  # answers that may wait for whoever reads them
READY_BYTES: Final = 16 * 1024 * 1024  # of their bodies; with more of them nothing is sent


@dataclass(frozen=True, slots=True)
class Fetched:
    """A request and its one answer.

    Attributes:
        request: as it was asked.
        response: the last try's.
        log: a row for every try, and for robots.txt files fetched on the way.
    """

    request: Request
    response: Response
    log: tuple[FetchLog, ...] = ()


@dataclass(slots=True)
class _Job:
    """A request on its way: which hop, which try."""

    request: Request
    current: Request
    attempt: int = 1
    started_at: datetime | None = None
    legs: list[Response] = field(default_factory=list)
    log: list[FetchLog] = field(default_factory=list)


@dataclass(slots=True)
class _Site:
    """A registrable host: its schedule, and what is to be asked of it, by the time it is ready."""

    schedule: HostSchedule
    jobs: list[tuple[float, int, _Job]] = field(default_factory=list)
    workers: int = 0
    policies: asyncio.Lock = field(default_factory=asyncio.Lock)


async def crawl(
    requests: Iterable[Request],
    client: HttpClient,
    *,
    clock: Clock,
    policy: Manners = _MANNERS,
    robots: RobotsCache | None = None,
) -> AsyncGenerator[Fetched, None]:
    """Fetch URLs, many hosts at once.

    Args:
        requests: what to fetch; of equal ones (URL and purpose) the first counts.
        client: an open client.
        clock: the time of day, for the log and for a Retry-After that names a date.
        policy: how polite to be with each registrable host.
        robots: what is known of robots.txt files; give the same one to the next crawl.

    Yields:
        One answer a request, as they come in.
    """
    batches = crawl_batches(requests, client, clock=clock, policy=policy, robots=robots)
    async with contextlib.aclosing(batches):
        async for batch in batches:
            for fetched in batch:
                yield fetched


async def crawl_batches(
    requests: Iterable[Request],
    client: HttpClient,
    *,
    clock: Clock,
    policy: Manners = _MANNERS,
    robots: RobotsCache | None = None,
) -> AsyncGenerator[list[Fetched], None]:
    """Do as ``crawl``, handing over all that is ready at once.

    Args:
        requests: see ``crawl``, as for the rest.
        client: an open client.
        clock: the time of day.
        policy: how polite to be.
        robots: what is known of robots.txt files.

    Yields:
        Lists of answers, never empty.
    """
    work = _Crawl(client, policy, robots or RobotsCache(), clock)
    try:
        work.add(requests)
        while work.pending:
            batch = [await work.done.get()]
            while not work.done.empty():
                batch.append(work.done.get_nowait())
            yield batch
            work.read(batch)
    finally:
        await work.stop()


class _Crawl:
    """The sites of one crawl and their workers."""

    def __init__(
        self, client: HttpClient, manners: Manners, robots: RobotsCache, clock: Clock
    ) -> None:
        self.pending = 0
        self.done: asyncio.Queue[Fetched] = asyncio.Queue(_READY)
        self._client = client
        self._manners = manners
        self._robots = robots
        self._clock = clock
        self._sites: dict[str, _Site] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._order = itertools.count()
        self._slots = asyncio.Semaphore(client.connections)
        self._robots_log: list[FetchLog] = []
        self._held = 0  # bytes of bodies that nobody has read yet
        self._room = asyncio.Event()

    def add(self, requests: Iterable[Request]) -> None:
        """Take the requests in and start."""
        known: set[tuple[str, str]] = set()
        for request in requests:
            key = request.url, request.purpose
            if key not in known:
                known.add(key)
                self.pending += 1
                self._push(_Job(request, request), 0.0)

    def read(self, batch: Iterable[Fetched]) -> None:
        """Note that answers have been read."""
        for fetched in batch:
            self.pending -= 1
            self._held -= len(fetched.response.body)
        self._room.set()

    async def stop(self) -> None:
        """End all workers."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _push(self, job: _Job, ready_at: float) -> None:
        host = _site_of(job.current.url)
        site = self._sites.get(host)
        if site is None:
            site = self._sites[host] = _Site(HostSchedule(host, self._manners))
        heapq.heappush(site.jobs, (ready_at, next(self._order), job))
        if site.workers < self._manners.in_flight:
            site.workers += 1
            task = asyncio.get_running_loop().create_task(self._serve(site))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _serve(self, site: _Site) -> None:
        """Work through the jobs of a site, one after the other."""
        try:
            while site.jobs:
                ready_at, _, job = heapq.heappop(site.jobs)
                try:
                    await self._do(site, job, ready_at)
                except Exception as error:  # noqa: BLE001 - a bug costs one answer, not the crawl
                    await self._refuse(job, "crashed", f"{type(error).__name__}: {error}")
        finally:
            site.workers -= 1

    async def _do(self, site: _Site, job: _Job, ready_at: float) -> None:
        """Take a job one hop further."""
        try:
            url = self._client.target(job.current)
        except BlockedError as error:
            await self._refuse(job, "blocked_address", str(error))
            return
        if ready_at:
            await _sleep_until(ready_at)
        policy = await self._policy(site, origin_of(url))
        if not policy.allows(url):
            await self._refuse(job, policy.reason, policy.why)
            return
        left = self._client.limits.total_seconds - sum(leg.elapsed_ms for leg in job.legs) / 1000
        leg = await self._send(site, job, url, max(0.0, left))
        if leg is None:
            await self._refuse(job, "not_fetched", site.schedule.closed)
            return
        job.legs.append(leg)
        if leg.moved_to:
            job.current = job.current.redirected(leg.moved_to)
            self._push(job, 0.0)
            return
        await self._ended(site, job)

    async def _send(self, site: _Site, job: _Job, url: str, seconds: float) -> Response | None:
        """Send a request when it is its turn; None when the host is left alone."""
        if not await self._turn(site):
            return None
        async with self._slots:
            while self._held > READY_BYTES:  # whoever reads is slower than we are
                self._room.clear()
                await self._room.wait()
            job.started_at = job.started_at or self._clock()
            site.schedule.started(time.monotonic())
            try:
                response = await self._client.send(job.current, seconds=seconds, target=url)
            except BaseException:
                site.schedule.in_flight -= 1
                raise
            self._finished(site, response)
        return response

    async def _turn(self, site: _Site) -> bool:
        """Wait until a site may be asked; whether it may."""
        schedule = site.schedule
        while not schedule.closed:
            wait = schedule.wait(time.monotonic())
            if wait == 0:
                return True
            await asyncio.sleep(0.01 if wait is None else wait)
        return False

    def _finished(self, site: _Site, response: Response) -> None:
        epoch = self._clock().timestamp() if response.retry_after else 0.0
        site.schedule.finished(response, time.monotonic(), epoch=epoch)

    async def _policy(self, site: _Site, origin: str) -> RobotsPolicy:
        """What the robots.txt of an origin says; fetched when it is not known."""
        policy = self._robots.get(origin, self._clock().timestamp())
        if policy is not None and policy.crawl_delay is None:
            return policy
        async with site.policies:
            policy = self._robots.get(origin, self._clock().timestamp())
            if policy is None:
                policy = await self._ask_robots(site, origin)
                self._robots.put(origin, policy, self._clock().timestamp())
            asked = policy.crawl_delay
            if asked is not None:
                site.schedule.crawl_delay = max(asked, site.schedule.crawl_delay or 0.0)
                site.schedule.lengthen()
            return policy

    async def _ask_robots(self, site: _Site, origin: str) -> RobotsPolicy:
        request = Request(f"{origin}/robots.txt", "robots")
        for attempt in itertools.count(1):
            if not await self._turn(site):
                break
            async with self._slots:
                started_at = self._clock()
                site.schedule.started(time.monotonic())
                response = await self._client.fetch(request)
                self._finished(site, response)
            policy, row = policy_of(response), _log_row(request, response, started_at)
            if response.reason is None:
                row = replace(row, robots=policy.text)
            self._robots_log.append(row)
            wait = site.schedule.again(response, attempt)
            if wait is None:
                return policy
            await asyncio.sleep(wait)
        return RobotsPolicy(None, allow_all=False, reason="not_fetched", why=site.schedule.closed)

    async def _ended(self, site: _Site, job: _Job) -> None:
        """A chain of hops has ended: try again, or answer."""
        response = chained(job.legs)
        self._note(job, response)
        wait = site.schedule.again(response, job.attempt)
        if wait is None:
            await self._answer(job, response)
            return
        job.attempt += 1
        job.current, job.legs, job.started_at = job.request, [], None
        self._push(job, time.monotonic() + wait)

    async def _refuse(self, job: _Job, reason: Reason, detail: str) -> None:
        """Answer without sending (any further)."""
        url = job.current.url
        leg = Response(url, url, reason=reason, detail=redact_text(detail))
        response = chained([*job.legs, leg])
        self._note(job, response)
        await self._answer(job, replace(response, url=job.request.url))

    def _note(self, job: _Job, response: Response) -> None:
        job.log.append(_log_row(job.request, response, job.started_at or self._clock()))

    async def _answer(self, job: _Job, response: Response) -> None:
        log = (*self._robots_log, *job.log)
        self._robots_log.clear()
        self._held += len(response.body)
        await self.done.put(Fetched(job.request, response, log))


def _site_of(url: str) -> str:
    """The registrable host of a URL; its scheme and authority decide, so they are the key."""
    return _site_of_origin(url[: url.find("/", 8)] if "/" in url[8:] else url)


@functools.lru_cache(maxsize=4096)
def _site_of_origin(origin: str) -> str:
    return registrable_host(origin)


async def _sleep_until(moment: float) -> None:
    wait = moment - time.monotonic()
    if wait > 0:
        await asyncio.sleep(wait)


def _log_row(request: Request, response: Response, started_at: datetime) -> FetchLog:
    """The row of a try; its URLs carry no secrets."""
    outcome = response.reason or ("not_modified" if response.status == 304 else "ok")
    asked = None
    if response.retry_after:
        epoch = (started_at + timedelta(milliseconds=response.elapsed_ms)).timestamp()
        asked = retry_after_seconds(response.retry_after, epoch)
    return FetchLog(
        url=redact_url(request.url),
        purpose=request.purpose,
        started_at=started_at,
        outcome=outcome,
        final_url=redact_url(response.final_url),
        elapsed_ms=response.elapsed_ms,
        status=response.status,
        bytes=len(response.body),
        etag=response.headers.get("etag"),
        last_modified=response.headers.get("last-modified"),
        retry_after_s=None if asked is None else min(math.ceil(asked), 2**53),
    )
