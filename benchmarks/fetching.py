"""Pages a second of our crawl against bare aiohttp with the same limits, as a ratio in one run.

Both fetch the same pages from a server in a process of its own: one request in flight a host, the
same number of sockets, the same deadline. The bare loop reads bodies and does nothing else: no
robots.txt, no guard, no cap, no log. Run it with ``python -m benchmarks.fetching``.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import aiohttp

from transforms.fetch.addresses import Guard
from transforms.fetch.messages import Limits, Request
from transforms.fetch.politeness import Manners
from transforms.fetch.run import FetchSettings, fetch_each

ROOT: Final = Path(__file__).resolve().parents[1]
SOCKETS: Final = 64
SECONDS: Final = 30.0
BAR: Final = 0.7


def _serve(pipe: Connection) -> None:
    """Serve a page of a news site's size at every address, until told to stop."""
    sys.path.insert(0, str(ROOT / "tests" / "support"))
    from http_faults import answer  # noqa: PLC0415 - the tests' server, not a package
    from http_server import LocalServer  # noqa: PLC0415 - the same

    page = max((ROOT / "seeds" / "pages").glob("*.html"), key=lambda path: path.stat().st_size)
    body = page.read_bytes()
    while len(body) < 60_000:
        body += body
    with LocalServer(fallback=answer(body)) as server:
        pipe.send(server.port)
        pipe.recv()


@contextmanager
def serving() -> Iterator[int]:
    """Run the server in a process of its own; gives its port."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(there,))
    process.start()
    try:
        yield here.recv()
    finally:
        here.send(None)
        process.join(10)


async def _bare(by_host: list[list[str]]) -> int:
    connector = aiohttp.TCPConnector(limit=SOCKETS, limit_per_host=1)
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    size = 0

    async def one_host(session: aiohttp.ClientSession, urls: list[str]) -> None:
        nonlocal size
        for url in urls:
            async with session.get(url) as response:
                body = await response.read()
                size += len(body)

    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        await asyncio.gather(*(one_host(session, urls) for urls in by_host))
    return size


def bare_rate(by_host: list[list[str]]) -> tuple[float, int]:
    """Fetch with bare aiohttp; gives pages a second and bytes."""
    started = time.perf_counter()
    size = asyncio.run(_bare(by_host))
    return sum(map(len, by_host)) / (time.perf_counter() - started), size


def our_rate(by_host: list[list[str]]) -> tuple[float, int]:
    """Fetch with our crawl; gives pages a second and bytes."""
    import ipaddress  # noqa: PLC0415 - only here

    settings = FetchSettings(
        datetime.now(UTC),
        limits=Limits(total_seconds=SECONDS),
        manners=Manners(delay_seconds=0.0),
        guard=Guard(stand_ins=(ipaddress.IPv4Network("127.77.0.0/16"),)),
        connections=SOCKETS,
    )
    started = time.perf_counter()
    size = 0
    for fetched in fetch_each([Request(url) for urls in by_host for url in urls], settings):
        if fetched.response.reason:
            raise RuntimeError(fetched.response)
        size += len(fetched.response.body)
    return sum(map(len, by_host)) / (time.perf_counter() - started), size


def measure(pages: int, hosts: int, rounds: int) -> dict[str, Any]:
    """Run both in turn.

    Args:
        pages: in all.
        hosts: over which they are spread.
        rounds: the median of so many counts.

    Returns:
        Both rates and their ratio.
    """
    with serving() as port:
        by_host = [
            [f"http://127.77.1.{host + 1}:{port}/{i}" for i in range(pages // hosts)]
            for host in range(hosts)
        ]
        bare_rate([urls[:2] for urls in by_host])
        rates: dict[str, list[float]] = {"bare": [], "ours": []}
        for _ in range(rounds):
            bare, expected = bare_rate(by_host)
            ours, size = our_rate(by_host)
            if size != expected:
                raise RuntimeError(f"{size} bytes instead of {expected}")
            rates["bare"].append(bare)
            rates["ours"].append(ours)
    found = {name: statistics.median(each) for name, each in rates.items()}
    pairs = zip(rates["ours"], rates["bare"], strict=True)
    return {**found, "ratio": statistics.median(ours / bare for ours, bare in pairs)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=5000)
    parser.add_argument("--hosts", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    found = measure(options.pages, options.hosts, options.rounds)
    print(
        f"fetch: {options.pages} pages, {options.hosts} hosts: {found['ours']:.0f} pages/s, "
        f"bare aiohttp {found['bare']:.0f}; ratio {found['ratio']:.2f} (bar {BAR})"
    )


if __name__ == "__main__":
    main()
