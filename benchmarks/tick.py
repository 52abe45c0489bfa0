"""A tick of ten new articles on a long and on a short history, as a ratio in one run.

Settling is timed alone: what reading and coding ten pages costs does not depend on the history.
The histories hold articles of random words, 2,000 a day, each with four events. Run it with
``make bench``; building the long history takes some minutes.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from pipeline.sinks.base import Sink, StagedFile, open_sink
from pipeline.steps.settle import settle_inbox
from transforms.dedup import fingerprint
from transforms.dedup.fingerprint import VERSION
from transforms.records import Article, Cluster, Event, Evidence, Span, content_id
from transforms.rows.rows import (
    Provenance,
    Row,
    article_row,
    cluster_row,
    event_row,
    fingerprint_row,
)

A_DAY: Final = 2_000
TICKS: Final = 7
NEW: Final = 10
START: Final = datetime(2024, 1, 1, tzinfo=UTC)
_SPOKEN: Final = (
    "قال مصدر وزارة الداخلية الشرطة مدينة بغداد القاهرة تونس رئيس اجتماع "
    "لجنة اتفاق هجوم جرحى مستشفى طريق مدرسة سوق نهر جبل بحر صحيفة مراسل "
    "احتجاج حكومة برلمان قانون محكمة حكم سجن زيارة سفير حدود معبر شاحنات "
    "مساعدات أمطار سيول حريق زلزال"
)
_WORDS: Final = _SPOKEN.split()


def article(number: int, day: int) -> Article:
    """An article of 180 random words on a day of the history."""
    dice = random.Random(number)  # noqa: S311 - varied text, no secret
    body = " ".join(f"{dice.choice(_WORDS)}{dice.randrange(30)}" for _ in range(180))
    page, text = content_id("page", str(number)), content_id(body)
    when = START + timedelta(days=day, seconds=number * 43 % 86_400)
    return Article(
        content_id(page, text), page, body, text, text, title=f"خبر {number}",
        published_at=when, event_time=when, fetched_at=when, extractor="bench", publisher="p",
    )  # fmt: skip


def rows_of(articles: Sequence[Article], run: Provenance) -> Iterator[tuple[str, list[Row]]]:
    """The rows of articles as a worker delivers them."""
    yield "articles", [article_row(each, run) for each in articles]
    prints = (fingerprint_row(fingerprint(each), run, version=VERSION) for each in articles)
    yield "_fingerprints", list(prints)
    yield "events", [event_row(_event(each, n), run) for each in articles for n in range(4)]


def _event(each: Article, number: int) -> Event:
    return Event(
        content_id(each.article_id, str(number)), content_id("key", each.article_id),
        each.article_id, "ASSAULT", status="asserted", quad_plover="Q4",
        trigger=Span(each.body[:2], "body", 0, 2), confidence=0.5, rule_id="r", coder_version="1",
        evidence=(Evidence(each.body[:2], "body", 0, 2, 0),), event_time=each.event_time,
    )  # fmt: skip


def _staged(sink: Sink, articles: Sequence[Article], run: Provenance) -> list[StagedFile]:
    return [sink.inbox.stage(run.run_id, table, rows) for table, rows in rows_of(articles, run)]


def build(uri: str, size: int) -> None:
    """Make a history of so many articles: facts and clusters, committed ten days at a time."""
    sink = open_sink(uri)
    sink.prepare()
    for first in range(0, size, 10 * A_DAY):
        run = Provenance(f"history{first}", "bench", START)
        numbers = range(first, min(size, first + 10 * A_DAY))
        articles = [article(number, number // A_DAY) for number in numbers]
        alone = [
            cluster_row(Cluster(each.article_id, each.article_id, None, None, 1), run,
                        event_time=each.event_time)
            for each in articles
        ]  # fmt: skip
        staged = [*_staged(sink, articles, run), sink.inbox.stage(run.run_id, "clusters", alone)]
        sink.commit(run.run_id, staged)
        sink.inbox.forget(run.run_id)
    sink.close()


def ticks(uri: str, size: int, turn: int) -> dict[str, Any]:
    """Settle some ticks on the last day of a history; return their median time and peak memory."""
    sink = open_sink(uri)
    sink.prepare()
    times = []
    for tick in range(TICKS):
        base = 100_000_000 + (turn * TICKS + tick) * NEW
        run = Provenance(f"tick{base}", "bench", START)
        articles = [article(base + n, size // A_DAY - 1) for n in range(NEW)]
        sink.inbox.deliver(run, _staged(sink, articles, run), bounded=False)
        began = time.perf_counter()
        settle_inbox(sink, Provenance(f"settle{base}", "bench", START))
        times.append(time.perf_counter() - began)
    sink.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": statistics.median(times), "megabytes": peak}


def main() -> None:
    """Measure by turns and print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", type=int, default=20_000)
    parser.add_argument("--long", type=int, default=200_000)
    sizes = parser.parse_args()
    found: dict[int, list[dict[str, Any]]] = {sizes.short: [], sizes.long: []}
    with tempfile.TemporaryDirectory() as folder:
        for size in found:
            build(str(Path(folder, str(size))), size)
        for turn in range(3):
            for size, measured in found.items():
                # A process of its own for each, so that its peak memory is its own.
                with multiprocessing.get_context("spawn").Pool(1) as pool:
                    measured.append(pool.apply(ticks, (str(Path(folder, str(size))), size, turn)))
    best = {
        size: {name: min(each[name] for each in measured) for name in ("seconds", "megabytes")}
        for size, measured in found.items()
    }
    short, long = best[sizes.short], best[sizes.long]
    figures = {
        "tick": {str(size): each for size, each in best.items()},
        "time_ratio": round(long["seconds"] / short["seconds"], 2),
        "memory_ratio": round(long["megabytes"] / short["megabytes"], 2),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
