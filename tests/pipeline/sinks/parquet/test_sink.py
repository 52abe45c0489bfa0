"""The Parquet sink: layout, one row per key, what a commit changes and what it leaves alone."""

from __future__ import annotations

import json
import pickle
import random
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from outputs import delete, keys_of, parquet_files, put

from pipeline.sinks.base import Changes, OutputRefused, SinkError
from pipeline.sinks.lock import Lock
from pipeline.sinks.parquet import ParquetSink
from transforms.rows.rows import resolved_row
from transforms.rows.schema import TABLES, schema_document


def test_layout_is_hive_partitioned(sink: ParquetSink, rows: Any, tmp_path: Path) -> None:
    put(
        sink,
        {
            "articles": [rows.article(1), rows.article(2, day=21), rows.article(3, day=None)],
            "feeds": [
                {
                    "feed_url": "https://a.example/feed",
                    "run_id": "run1",
                    "pipeline_version": "0.1.0",
                }
            ],
        },
    )
    directories = {str(Path(name).parent) for name in parquet_files(tmp_path / "out")}
    assert directories == {
        "articles/date=2023-09-20",
        "articles/date=2023-09-21",
        "articles/date=__HIVE_DEFAULT_PARTITION__",
        "feeds",
    }
    assert json.loads((tmp_path / "out/_schema.json").read_text()) == schema_document()
    assert not (tmp_path / "out/_staging/run1").exists()
    assert not (tmp_path / "out/_commit.json").exists()


def test_duckdb_reads_the_directory_itself(sink: ParquetSink, rows: Any, tmp_path: Path) -> None:
    put(sink, {"articles": [rows.article(1), rows.article(2, day=None)]})
    glob = tmp_path / "out/articles/**/*.parquet"
    found = duckdb.sql(
        "SELECT typeof(date), date FROM read_parquet($glob, hive_partitioning=true) ORDER BY 2",
        params={"glob": str(glob)},
    ).fetchall()
    assert found == [("DATE", date(2023, 9, 20)), ("DATE", None)]


def test_duckdb_scans_the_dataset_with_a_filter_on_date(sink: ParquetSink, rows: Any) -> None:
    put(sink, {"articles": [rows.article(n, day=n or None) for n in range(4)]})
    articles = sink.dataset("articles")
    con = duckdb.connect()
    con.register("articles", articles)
    count = "SELECT count(*) FROM articles WHERE "
    assert con.execute(count + "date = DATE '2023-09-02'").fetchall() == [(1,)]
    assert con.execute(count + "date IS NULL").fetchall() == [(1,)]
    assert con.execute(count + "date >= DATE '2023-09-02'").fetchall() == [(2,)]


def test_read_gives_what_was_put(sink: ParquetSink, rows: Any) -> None:
    row = rows.article(1)
    event = rows.event(1)
    put(sink, {"articles": [row], "events": [event]})
    assert sink.read("articles").to_pylist() == [row]
    assert sink.read("events").to_pylist() == [event]
    assert sink.read("articles", ["article_id", "date"]).to_pylist() == [
        {"article_id": row["article_id"], "date": date(2023, 9, 20)}
    ]
    assert keys_of(sink, "articles") == {(row["article_id"],)}


def test_read_by_dates(sink: ParquetSink, rows: Any) -> None:
    put(sink, {"articles": [rows.article(1), rows.article(2, day=21), rows.article(3, day=None)]})
    assert sink.read("articles", dates=[date(2023, 9, 21), None]).num_rows == 2
    assert sink.read("articles", dates=[]).num_rows == 0


@pytest.mark.parametrize("table", TABLES)
def test_a_missing_table_is_empty(table: str, tmp_path: Path) -> None:
    sink = ParquetSink(str(tmp_path / "nowhere"))
    found = sink.read(table)
    assert found.num_rows == 0
    assert tuple(found.column_names) == TABLES[table].names
    assert not (tmp_path / "nowhere").exists()


def test_order_does_not_matter(tmp_path: Path, rows: Any) -> None:
    articles = [rows.article(n, day=(n % 3) or None) for n in range(60)]
    events = [rows.event(n, day=1 + n % 3) for n in range(60)]
    outputs = []
    for number in range(3):
        dice = random.Random(number)  # noqa: S311 - a shuffle that can be repeated
        dice.shuffle(articles)
        dice.shuffle(events)
        sink = ParquetSink(str(tmp_path / f"out{number}"))
        sink.prepare()
        size = 7 + 10 * number  # bundles are cut differently too
        staged = [
            sink.inbox.stage("run1", table, group[at : at + size])
            for table, group in (("articles", articles), ("events", events))
            for at in range(0, 60, size)
        ]
        dice.shuffle(staged)
        sink.commit("run1", staged)
        outputs.append(parquet_files(tmp_path / f"out{number}"))
    assert outputs[0] == outputs[1] == outputs[2]


def test_a_retried_bundle_stages_the_same_file(sink: ParquetSink, rows: Any) -> None:
    group = [rows.article(n) for n in range(5)]
    first, second = (
        sink.inbox.stage("r", "articles", group),
        sink.inbox.stage("r", "articles", group[::-1]),
    )
    assert first == second
    report = sink.commit("r", [first, second, first])
    assert report.tables["articles"] == Changes(inserted=5)


def test_rows_are_sorted_by_key_within_a_file(sink: ParquetSink, rows: Any, tmp_path: Path) -> None:
    put(sink, {"articles": [rows.article(n) for n in range(50)]})
    (path,) = (tmp_path / "out/articles").rglob("*.parquet")
    keys = pq.read_table(path, columns=["article_id"], partitioning=None)["article_id"].to_pylist()
    assert keys == sorted(keys)
    assert pq.ParquetFile(path).metadata.row_group(0).column(0).compression == "ZSTD"


def test_the_same_again_rewrites_nothing(sink: ParquetSink, rows: Any, tmp_path: Path) -> None:
    put(sink, {"articles": [rows.article(n) for n in range(9)], "clusters": [rows.cluster(1, 1)]})
    before = parquet_files(tmp_path / "out")
    report = put(
        sink,
        {
            "articles": [rows.article(n, run="run2") for n in range(9)],
            "clusters": [rows.cluster(1, 1, run="run2")],
        },
        "run2",
    )
    assert parquet_files(tmp_path / "out") == before
    assert report.files == 0
    assert report.tables["articles"] == Changes(unchanged=9)


def test_only_touched_partitions_are_rewritten(
    sink: ParquetSink, rows: Any, tmp_path: Path
) -> None:
    put(sink, {"articles": [rows.article(1), rows.article(2, day=21)]})
    before = parquet_files(tmp_path / "out")
    put(sink, {"articles": [rows.article(3, day=21)]}, "run2")
    after = parquet_files(tmp_path / "out")
    kept = set(before) & set(after)
    assert {Path(name).parent.name for name in kept} == {"date=2023-09-20"}
    assert len(after) == 2
    assert sink.read("articles").num_rows == 3


def test_a_changed_fact_replaces(sink: ParquetSink, rows: Any) -> None:
    put(sink, {"articles": [rows.article(1), rows.article(2)]})
    newer = rows.article(1, run="run2", summary="ملخص")
    report = put(sink, {"articles": [newer]}, "run2")
    assert report.tables["articles"] == Changes(replaced=1)
    stored = {row["title"]: row for row in sink.read("articles").to_pylist()}
    assert stored["عنوان 1"]["summary"] == "ملخص"
    assert stored["عنوان 2"]["run_id"] == "run1"


def test_a_key_that_moves_leaves_its_old_partition(
    sink: ParquetSink, rows: Any, tmp_path: Path
) -> None:
    put(sink, {"clusters": [rows.cluster(1, 1, day=None), rows.cluster(2, 2, day=5)]})
    moved = [rows.cluster(1, 2, day=5, run="run2"), rows.cluster(3, 3, day=5, run="run2")]
    put(sink, {"clusters": moved}, "run2")
    found = sink.read("clusters", ["article_id", "cluster_id", "date"]).to_pylist()
    assert len(found) == 3
    assert {row["date"] for row in found} == {date(2023, 9, 5)}
    assert [path.name for path in (tmp_path / "out/clusters").iterdir()] == ["date=2023-09-05"]
    put(sink, {"clusters": [rows.cluster(3, 3, day=6, run="run3")]}, "run3")
    assert sink.read("clusters", dates=[date(2023, 9, 6)]).num_rows == 1
    assert len(keys_of(sink, "clusters")) == sink.read("clusters").num_rows == 3


def test_appearances_keep_the_first_and_the_latest_sighting(sink: ParquetSink, rows: Any) -> None:
    put(sink, {"appearances": [rows.appearance("g", day=5, article_id="a")]})
    put(sink, {"appearances": [rows.appearance("g", day=9, run="run2")]}, "run2")
    put(sink, {"appearances": [rows.appearance("g", day=2, run="run3")]}, "run3")
    (row,) = sink.read("appearances", [*TABLES["appearances"].names, "date"]).to_pylist()
    assert row["first_seen_at"] == datetime(2023, 11, 2, tzinfo=UTC)
    assert row["last_seen_at"] == datetime(2023, 11, 9, tzinfo=UTC)
    assert row["article_id"] == "a"
    assert row["date"] == date(2023, 11, 2)


def test_dead_letters_count_runs_and_can_be_resolved(sink: ParquetSink, rows: Any) -> None:
    url = "https://a.example/1"
    put(sink, {"dead_letters": [rows.dead_letter(url), rows.dead_letter(url)]})
    put(sink, {"dead_letters": [rows.dead_letter(url)]})  # the same run, committed once more
    assert sink.read("dead_letters").to_pylist()[0]["attempts"] == 1
    put(sink, {"dead_letters": [rows.dead_letter(url, run="run2", day=3)]}, "run2")
    (row,) = sink.read("dead_letters").to_pylist()
    assert (row["attempts"], row["failed_at"].day) == (2, 1)
    mended = resolved_row(row, rows.provenance("run3", 4))
    put(sink, {"dead_letters": [mended]}, "run3")
    (row,) = sink.read("dead_letters").to_pylist()
    assert (row["attempts"], row["resolved_run_id"], row["failed_at"].day) == (2, "run3", 1)
    put(sink, {"dead_letters": [rows.dead_letter(url, run="run4", day=5)]}, "run4")
    (row,) = sink.read("dead_letters").to_pylist()
    assert (row["attempts"], row["resolved_at"]) == (3, None)


def test_delete_by_key(sink: ParquetSink, rows: Any) -> None:
    group = [rows.article(n, day=20 + n % 2) for n in range(6)]
    put(sink, {"articles": group, "events": [rows.event(n) for n in range(6)]})
    gone = {
        "articles": [(group[1]["article_id"],), (group[3]["article_id"],), ("unknown",)],
        "events": [(rows.event(1)["event_id"],)],
        "clusters": [("unknown",)],
    }
    report = delete(sink, gone)
    assert report.tables["articles"] == Changes(deleted=2)
    assert len(keys_of(sink, "articles")) == 4
    assert len(keys_of(sink, "events")) == 5
    delete(sink, {"articles": [(group[5]["article_id"],)]})
    assert sink.read("articles", dates=[date(2023, 9, 21)]).num_rows == 0


def test_keys_of_several_columns_cannot_collide(sink: ParquetSink, rows: Any) -> None:
    group = []
    for feed, guid in (("a\x1f", "b"), ("a", "\x1fb"), ("a\\u", "b"), ("a", "\\ub")):
        group.append(rows.appearance("x") | {"feed_url": feed, "guid": guid})
    put(sink, {"appearances": group})
    assert keys_of(sink, "appearances") == {(row["feed_url"], row["guid"]) for row in group}
    put(sink, {"appearances": group}, "run2")
    assert sink.read("appearances").num_rows == 4


def test_many_rows_cross_the_chunks(sink: ParquetSink, rows: Any) -> None:
    base = rows.article(0)
    many = [base | {"article_id": f"{n * 7919 % 20011:08d}"} for n in range(9_000)]
    put(sink, {"articles": many[:6_000]})
    again = [row | {"summary": "x"} for row in many[5_000:]]
    report = put(sink, {"articles": [*again, *again[:10]]}, "run2")
    assert report.tables["articles"] == Changes(inserted=3_000, replaced=1_000)
    found = sink.read("articles", ["article_id", "summary"]).to_pylist()
    assert [row["article_id"] for row in found] == sorted(row["article_id"] for row in many)
    assert sum(row["summary"] == "x" for row in found) == 4_000


def test_a_sink_travels_without_the_lock(sink: ParquetSink) -> None:
    copy = pickle.loads(pickle.dumps(sink))  # noqa: S301 - our own bytes
    assert copy.uri == sink.uri
    assert copy._lock is None


def test_two_processes_cannot_write(sink: ParquetSink) -> None:
    code = f"from pipeline.sinks.parquet import ParquetSink as P; P({sink.uri!r}).prepare()"
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "another run is writing to" in result.stderr
    sink.close()
    assert subprocess.run(command, check=False).returncode == 0


def test_a_lock_is_shared_within_a_process(sink: ParquetSink) -> None:
    other = Lock(sink.files)
    assert other.acquire()
    other.release()
    other.release()
    test_two_processes_cannot_write(sink)


def test_prepare_leaves_what_others_put_into_the_inbox(sink: ParquetSink, rows: Any) -> None:
    staged = sink.inbox.stage("dead", "articles", [rows.article(1)])
    sink.close()
    sink.prepare()
    assert sink.files.kind(staged.path) == "file"


def test_the_manifest_is_written_beside_the_data(sink: ParquetSink, tmp_path: Path) -> None:
    path = sink.write_manifest("abc", {"inputs": ["أ"], "at": datetime(2023, 1, 1, tzinfo=UTC)})
    assert Path(path) == tmp_path / "out/_runs/abc.json"
    assert json.loads(Path(path).read_text(encoding="utf-8"))["inputs"] == ["أ"]


def test_a_file_is_no_output(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputRefused, match="is a file"):
        ParquetSink(str(tmp_path / "file")).prepare()
    with pytest.raises(OutputRefused, match="below the file"):
        ParquetSink(str(tmp_path / "file/below")).prepare()


def test_a_staged_file_that_is_gone_stops_the_commit(
    sink: ParquetSink, rows: Any, tmp_path: Path
) -> None:
    put(sink, {"articles": [rows.article(1)]})
    before = parquet_files(tmp_path / "out")
    staged = sink.inbox.stage("run2", "articles", [rows.article(2)])
    (tmp_path / "out" / staged.path).unlink()
    with pytest.raises(SinkError, match="cannot use"):
        sink.commit("run2", [staged])
    assert parquet_files(tmp_path / "out") == before
