"""A large commit merges its tables in processes: the same files, and a failure is told as ever."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.sinks.base import CommitReport, SinkError
from pipeline.sinks.parquet import ParquetSink, plans


def files_of(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*.parquet")}


def given(rows: Any, first: int = 0) -> dict[str, list[dict[str, Any]]]:
    numbers = range(first, first + 40)
    return {
        "articles": [rows.article(n, day=1 + n % 7) for n in numbers],
        "clusters": [rows.cluster(n, n, day=1 + n % 7) for n in numbers],
    }


def committed(root: Path, tables: dict[str, list[dict[str, Any]]], name: str) -> CommitReport:
    sink = ParquetSink(str(root))
    sink.prepare()
    try:
        return sink.commit(name, [sink.inbox.stage(name, *each) for each in tables.items()])
    finally:
        sink.close()


def test_tables_merged_in_processes_are_those_merged_here(
    tmp_path: Path, rows: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = [committed(tmp_path / "a", given(rows, each), f"c{each}") for each in (0, 20)]
    monkeypatch.setattr(plans, "MANY_ROWS", 1)
    monkeypatch.chdir(tmp_path)  # a relative output is where this process stands
    beside = [committed(Path("b"), given(rows, each), f"c{each}") for each in (0, 20)]
    assert beside == here
    assert files_of(tmp_path / "b") == files_of(tmp_path / "a")
    assert not list((tmp_path / "b").rglob("*.new"))


def test_a_process_that_cannot_read_ends_the_commit_and_leaves_the_output(
    tmp_path: Path, rows: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    committed(tmp_path / "out", given(rows), "first")
    before = files_of(tmp_path / "out" / "articles")
    monkeypatch.setattr(plans, "MANY_ROWS", 1)
    sink = ParquetSink(str(tmp_path / "out"))
    sink.prepare()
    staged = sink.inbox.stage("run", "articles", [rows.article(n) for n in range(90, 95)])
    (tmp_path / "out" / staged.path).write_bytes(b"PAR1 but no more")
    with pytest.raises(SinkError, match=staged.path):
        sink.commit("late", [staged])
    sink.close()
    assert files_of(tmp_path / "out" / "articles") == before
    assert not list((tmp_path / "out").rglob("*.new"))
