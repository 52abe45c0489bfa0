"""How a partition's file is encoded: the same bytes however it is made, no weight for nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from outputs import staged_rows

from pipeline.sinks.base import SinkError
from pipeline.sinks.files import Files
from pipeline.sinks.parquet import ParquetSink, parts
from pipeline.sinks.parquet import writer as written
from transforms.rows.arrow import arrow_schema


def committed(root: Path, rows: list[dict[str, Any]]) -> list[Path]:
    sink = ParquetSink(str(root))
    sink.prepare()
    sink.commit("run", [sink.inbox.stage("run", "articles", rows)])
    sink.close()
    return sorted((root / "articles").rglob("*.parquet"))


def test_ranges_are_kept_of_keys_times_and_numbers_alone(tmp_path: Path, rows: Any) -> None:
    bodies = [f"نص {n} " * 500 for n in range(3)]
    (path,) = committed(tmp_path / "out", [rows.article(n, body=bodies[n]) for n in range(3)])
    group = pq.ParquetFile(path).metadata.row_group(0)
    columns = [group.column(index) for index in range(group.num_columns)]
    kept = {each.path_in_schema for each in columns if each.is_stats_set}
    assert {"article_id", "event_time", "published_at", "arabic_share"} <= kept
    assert not {"body", "title", "url", "topics.list.element.code"} & kept


def test_a_small_file_compresses_its_long_leaves_and_keeps_the_schema(
    tmp_path: Path, rows: Any
) -> None:
    given = [rows.article(n, body=f"نص {n} " * 500) for n in range(20)]
    (path,) = committed(tmp_path / "out", given)
    parquet = pq.ParquetFile(path)
    group = parquet.metadata.row_group(0)
    columns = [group.column(index) for index in range(group.num_columns)]
    packed = {each.path_in_schema for each in columns if each.compression == "ZSTD"}
    assert "body" in packed
    assert "language" not in packed
    assert parquet.schema_arrow.equals(arrow_schema("articles"), check_metadata=False)


def test_partitions_encoded_beside_one_another_are_those_encoded_in_turn(
    tmp_path: Path, rows: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = [rows.article(n, day=1 + n % 25) for n in range(120)]
    beside = [path.relative_to(tmp_path / "a") for path in committed(tmp_path / "a", given)]
    monkeypatch.setattr(written, "_WAITING", 0)
    in_turn = [path.relative_to(tmp_path / "b") for path in committed(tmp_path / "b", given)]
    assert len(beside) == 25
    assert beside == in_turn


def test_a_row_that_cannot_be_encoded_ends_the_commit_and_leaves_nothing(
    tmp_path: Path, rows: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "out"
    before = committed(root, [rows.article(n, day=1 + n % 5) for n in range(10)])
    encode = parts.PartWriter.encode

    def fails(self: parts.PartWriter) -> None:
        encode(self)
        if self.name.endswith("00003.new"):
            raise SinkError("no")

    monkeypatch.setattr(parts.PartWriter, "encode", fails)
    sink = ParquetSink(str(root))
    sink.prepare()
    late = [rows.article(n, day=1 + n % 9) for n in range(10, 40)]
    with pytest.raises(SinkError, match="no"):
        sink.commit("late", [sink.inbox.stage("late", "articles", late)])
    sink.close()
    assert sorted((root / "articles").rglob("*.parquet")) == before
    assert not list(root.rglob("*.new"))


def test_a_staged_file_is_whole_though_the_disk_is_not_waited_for(
    tmp_path: Path, rows: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[bool] = []
    writing = Files.writing

    def noted(self: Files, name: str, *, durable: bool = True) -> Any:
        waited.append(durable)
        return writing(self, name, durable=durable)

    monkeypatch.setattr(Files, "writing", noted)
    sink = ParquetSink(str(tmp_path / "out"))
    sink.prepare()
    staged = sink.inbox.stage("run", "articles", [rows.article(n) for n in range(5)])
    assert waited == [False]
    assert len(staged_rows(sink, staged)) == 5
    sink.commit("run", [staged])
    # the schema and the journal are waited for; the parts are, all at once, before the journal
    assert waited == [False, True, True]
