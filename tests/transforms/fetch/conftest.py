"""What the tests of fetching share: a local Internet, a client for it, a crawl."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from certificates import Authority
from http_server import GUARD, LocalServer
from pipeline_helpers import SEEDS

from transforms.fetch.client import HttpClient
from transforms.fetch.messages import Limits, Purpose, Request, Response
from transforms.fetch.politeness import Manners
from transforms.fetch.run import FetchSettings

AS_OF = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[LocalServer]:
    """Many hosts on loopback."""
    with LocalServer() as running:
        yield running


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A certificate authority for the tests' hosts."""
    return Authority.make(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def fetch(server: LocalServer) -> Callable[..., Response]:
    """Fetch one URL with a client of its own; further arguments are the client's."""

    def fetch_one(
        url: str, *, seconds: float = 5.0, purpose: Purpose = "article", **more: Any
    ) -> Response:
        asked = {name: more.pop(name) for name in list(more) if name in Request.__slots__}
        settings = {"guard": GUARD, "resolve": server.resolve, **more}
        settings.setdefault("limits", Limits(total_seconds=seconds))

        async def run() -> Response:
            async with HttpClient(**settings) as client:
                return await client.fetch(Request(url, purpose, **asked))

        return asyncio.run(run())

    return fetch_one


@pytest.fixture
def settings(server: LocalServer) -> FetchSettings:
    """Settings of a quick crawl of the local Internet."""
    return FetchSettings(
        AS_OF,
        limits=Limits(total_seconds=1.0),
        manners=Manners(delay_seconds=0.0, backoff_seconds=0.02),
        guard=GUARD,
        resolve=server.resolve,
    )


@pytest.fixture
def stopwatch() -> Callable[[], float]:
    """Seconds since the test began."""
    started = time.monotonic()
    return lambda: time.monotonic() - started


@pytest.fixture(scope="session")
def seed_pages() -> list[Path]:
    """The seeds' pages."""
    return sorted((SEEDS / "pages").glob("*.html"))
