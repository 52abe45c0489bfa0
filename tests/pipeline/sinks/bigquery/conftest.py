"""A dataset behind a server that can misbehave, and clients that do not wait long for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from bigquery_emulator import new_dataset
from bigquery_proxy import Proxy, between

from pipeline.sinks.bigquery import BigQuerySink
from pipeline.sinks.bigquery.backoff import Backoff

QUICK = Backoff(first=0.02, longest=1.0, timeout=1.5)


@pytest.fixture
def proxy(bigquery: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """Put our server between this test's clients and the emulator."""
    with between(bigquery) as found:
        monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", found.url)
        yield found


@pytest.fixture
def open_quick(bigquery: str) -> Iterator[Callable[[str], BigQuerySink]]:  # noqa: ARG001 - it must run
    """Open sinks that try again soon."""
    opened: list[BigQuerySink] = []

    def open_one(uri: str) -> BigQuerySink:
        opened.append(BigQuerySink(uri, backoff=QUICK))
        return opened[-1]

    yield open_one
    for sink in opened:
        sink.close()


@pytest.fixture
def dataset() -> str:
    """Name a dataset that is not there yet."""
    return new_dataset()
