"""An empty output; rows of every table, small and valid, with a switch for what a test needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from bigquery_emulator import new_dataset

from pipeline.sinks.base import Sink, open_sink
from pipeline.sinks.parquet import ParquetSink
from transforms.records import Article, Cluster, Entry, Event, Evidence, Rejected, Span, content_id
from transforms.rows.rows import (
    Provenance,
    appearance_row,
    article_row,
    cluster_row,
    dead_letter_row,
    event_row,
)

Row = dict[str, Any]
Make = Callable[..., Row]


def provenance(run: str = "run1", day: int = 1) -> Provenance:
    """Make a run's provenance; ``day`` is that of its clock, in November 2023."""
    return Provenance(run, "0.1.0", datetime(2023, 11, day, tzinfo=UTC))


class Rows:
    """Makers of rows; a number names the article."""

    provenance = staticmethod(provenance)

    @staticmethod
    def article(
        number: int, *, day: int | None = 20, body: str = "نص", run: str = "run1", **more: Any
    ) -> Row:
        """Make an article published on a day of September 2023; None for an undated one."""
        time = None if day is None else datetime(2023, 9, day, 12, tzinfo=UTC)
        article = Article(
            article_id=content_id("article", str(number)),
            page_id=content_id("page", str(number)),
            body=body,
            content_hash=content_id(body),
            norm_hash=content_id(body),
            title=f"عنوان {number}",
            published_at=time,
            event_time=time,
            extractor="test",
            **more,
        )
        return article_row(article, provenance(run))

    @staticmethod
    def event(number: int, *, day: int = 20, run: str = "run1") -> Row:
        """Make an event of the article of that number."""
        article_id = content_id("article", str(number))
        event = Event(
            event_id=content_id(article_id, "ASSAULT"),
            event_key=content_id("key", str(number)),
            article_id=article_id,
            event_type="ASSAULT",
            status="asserted",
            quad_plover="Q4",
            trigger=Span("نص", "body", 0, 2),
            evidence=(Evidence("نص", "body", 0, 2, 0),),
            confidence=0.5,
            rule_id="r",
            coder_version="1",
            event_time=datetime(2023, 9, day, 12, tzinfo=UTC),
        )
        return event_row(event, provenance(run))

    @staticmethod
    def cluster(number: int, head: int, *, day: int | None = 20, run: str = "run1") -> Row:
        """Put an article into the cluster of another."""
        time = None if day is None else datetime(2023, 9, day, tzinfo=UTC)
        kind = None if number == head else "near"
        cluster = Cluster(
            content_id("article", str(number)),
            content_id("article", str(head)),
            kind,  # type: ignore[arg-type]
            None if number == head else content_id("article", str(head)),
            1,
        )
        return cluster_row(cluster, provenance(run), event_time=time)

    @staticmethod
    def dead_letter(url: str, *, run: str = "run1", day: int = 1) -> Row:
        """Make a dead letter of a page that timed out."""
        rejected = Rejected("fetch", "timeout", "after 10 s", url=url)
        return dead_letter_row(rejected, provenance(run, day))

    @staticmethod
    def appearance(
        guid: str, *, run: str = "run1", day: int = 1, article_id: str | None = None
    ) -> Row:
        """Make a sighting."""
        entry = Entry("https://a.example/feed", guid, f"https://a.example/{guid}", 0)
        return appearance_row(entry, provenance(run, day), article_id=article_id)


@pytest.fixture
def sink(tmp_path: Path) -> ParquetSink:
    """Give an empty output in ``tmp_path / "out"``."""
    result = ParquetSink(str(tmp_path / "out"))
    result.prepare()
    return result


@pytest.fixture(params=["parquet", "bigquery"])
def uri(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Name an output that is not there yet, of each kind."""
    if request.param == "parquet":
        return str(tmp_path / "out")
    request.getfixturevalue("bigquery")
    return new_dataset()


@pytest.fixture
def any_sink(uri: str) -> Sink:
    """Give an empty output of each kind."""
    result = open_sink(uri)
    result.prepare()
    return result


@pytest.fixture
def rows() -> type[Rows]:
    """Give the makers of rows."""
    return Rows
