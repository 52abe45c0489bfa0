"""One history of commits, made up at random, leaves the same rows in every kind of output."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bigquery_emulator import new_dataset

from pipeline.sinks.base import CommitReport, Sink, open_sink
from transforms.records import content_id
from transforms.rows.rows import row_key
from transforms.rows.schema import STORED


def history(rows: Any, dice: random.Random, commits: int) -> Iterator[dict[str, Any]]:
    """Make up commits: rows that come, change and move, and keys that are void."""
    for number in range(commits):
        run, day = f"run{number}", number + 1
        some = [dice.randrange(12) for _ in range(8)]
        when = [dice.choice([None, 1, 2, 3]) for _ in some]
        texts = [dice.choice([None, "ملخص", "خبر"]) for _ in some]
        groups = {
            "articles": [
                rows.article(n, day=1 + n % 3, run=run, summary=text)
                for n, text in zip(some, texts, strict=True)
            ],
            "clusters": [
                rows.cluster(n, dice.randrange(12), day=d, run=run)
                for n, d in zip(some, when, strict=True)
            ],
            "appearances": [
                rows.appearance(f"g{n}", day=dice.randint(1, 9), run=run) for n in some
            ],
            "dead_letters": [
                rows.dead_letter(f"https://a.example/{n}", run=run, day=day) for n in some
            ],
            "events": [rows.event(n, day=dice.choice([1, 2]), run=run) for n in some],
        }
        void = {
            table: [row_key(table, row) for row in dice.sample(group, 2)]
            for table, group in groups.items()
            if dice.random() < 0.4
        }
        void["clusters"] = [(content_id("article", str(dice.randrange(12))),)]
        yield {"run": run, "groups": groups, "void": void}


def commit(sink: Sink, step: dict[str, Any]) -> CommitReport:
    staged = [
        sink.inbox.stage(step["run"], table, part)
        for table, group in step["groups"].items()
        for part in (group[:5], group[5:])
        if part
    ]
    return sink.commit(step["run"], staged, step["void"])


@pytest.mark.usefixtures("bigquery")
@pytest.mark.parametrize("seed", range(2))
def test_every_output_tells_the_same_history(seed: int, tmp_path: Path, rows: Any) -> None:
    steps = list(history(rows, random.Random(seed), 4))  # noqa: S311 - it can be repeated
    sinks = [open_sink(str(tmp_path / "out")), open_sink(new_dataset())]
    for sink in sinks:
        sink.prepare()
    for step in steps:
        one, other = (commit(sink, step) for sink in sinks)
        assert one.tables == other.tables, step["run"]
    for name, table in STORED.items():
        columns = [column.name for column in table.stored_columns]
        here, there = (sink.read(name, columns).to_pylist() for sink in sinks)
        assert here == there, name
