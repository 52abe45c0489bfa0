"""Rows wait for a file of their table in bounded memory, however long they are."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.sinks.base import StagedFile
from pipeline.sinks.parquet import ParquetSink
from pipeline.steps import deliver
from transforms.rows.packed import pack_rows
from transforms.rows.rows import Provenance

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def staged(sink: ParquetSink, rows: list[tuple[str, dict[str, Any]]]) -> list[StagedFile]:
    bundle = deliver._DeliverBundle(sink.inbox, Provenance("run", "1", NOW), bounded=True)
    bundle.start_bundle()
    for row in rows:
        for packed in pack_rows([row]):
            bundle.process(packed)
    names = [each.value for each in bundle.finish_bundle()]
    (delivered,) = sink.inbox.of_run("run")
    assert names == [delivered.bundle_id]
    sink.inbox.forget("run")
    return list(delivered.files)


def letter(number: int, detail: str) -> tuple[str, dict[str, Any]]:
    return "dead_letters", {
        "dead_letter_id": f"{number:04}", "stage": "read", "reason": "bad_json", "detail": detail,
    }  # fmt: skip


@pytest.fixture
def sink(tmp_path: Path) -> ParquetSink:
    made = ParquetSink(str(tmp_path / "out"))
    made.prepare()
    return made


def test_long_rows_fill_a_file_before_many_do(
    sink: ParquetSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "BYTES_A_FILE", 80_000)
    monkeypatch.setattr(deliver, "ROWS_A_FILE", 50)
    long = [letter(n, f"{n} " + "ن" * 10_000) for n in range(10)]
    assert sorted(file.count for file in staged(sink, long)) == [2, 4, 4]
    short = [letter(n, str(n)) for n in range(120)]
    assert sorted(file.count for file in staged(sink, short)) == [20, 50, 50]


def test_each_table_has_a_file_of_its_own(
    sink: ParquetSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "ROWS_A_FILE", 2)
    feeds = [("feeds", {"feed_url": f"https://a.test/{n}"}) for n in range(3)]
    letters = [letter(n, "x") for n in range(3)]
    rows = [row for both in zip(feeds, letters, strict=True) for row in both]
    found = sorted((file.table, file.count) for file in staged(sink, rows))
    assert found == [("dead_letters", 1), ("dead_letters", 2), ("feeds", 1), ("feeds", 2)]
