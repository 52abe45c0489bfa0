"""The store against a dictionary: random commits in tiny chunks must end in the same rows."""

from __future__ import annotations

import contextlib
import pickle
import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from outputs import delete, keys_of, put

from pipeline.sinks.base import SinkError
from pipeline.sinks.parquet import ParquetSink, parts, sorting, upsert
from pipeline.sinks.parquet.compare import equal_rows
from pipeline.sinks.parquet.sorting import sorted_chunks
from transforms.rows.arrow import to_arrow
from transforms.rows.merge import fold_rows, merge_rows
from transforms.rows.rows import partition_date, row_key
from transforms.rows.schema import TABLES

Model = dict[str, dict[Any, dict[str, Any]]]


def brought(rows: Any, dice: random.Random, run: str, day: int) -> dict[str, list[dict[str, Any]]]:
    """Make the rows of one random run."""
    numbers = [dice.randrange(40) for _ in range(dice.randrange(30))]
    days = [None, 5, 6]
    return {
        "articles": [
            rows.article(n, day=dice.choice(days), run=run, summary=dice.choice("ab"))
            for n in numbers
        ],
        "clusters": [
            rows.cluster(n, dice.choice([n, 0]), day=dice.choice(days), run=run) for n in numbers
        ],
        "appearances": [
            rows.appearance(
                f"g{n}", run=run, day=dice.choice([day, 3]), article_id=dice.choice([None, "a"])
            )
            for n in numbers
        ],
        "dead_letters": [rows.dead_letter(f"u{n}", run=run, day=day) for n in numbers],
        "feeds": [
            {
                "feed_url": f"f{n}",
                "health": dice.choice("ab"),
                "run_id": run,
                "pipeline_version": "1",
            }
            for n in numbers
        ],
    }


def apply(model: Model, groups: dict[str, list[dict[str, Any]]]) -> None:
    """Do to the dictionary what a commit does to the store."""
    for table, group in groups.items():
        full = [
            dict.fromkeys(TABLES[table].names) | row | {"date": partition_date(table, row)}
            for row in group
        ]
        for key in {row_key(table, row) for row in full}:
            newest = fold_rows(table, [row for row in full if row_key(table, row) == key])
            stored = model.setdefault(table, {}).get(key)
            model[table][key] = newest if stored is None else merge_rows(table, stored, newest)


def state(sink: ParquetSink, table: str) -> dict[Any, dict[str, Any]]:
    """Read a table with its partitions, by key."""
    partitioned = TABLES[table].partition is not None
    columns = [*TABLES[table].names, *(["date"] if partitioned else [])]
    found = sink.read(table, columns).to_pylist()
    assert len(found) == len(keys_of(sink, table))
    return {row_key(table, row): row | {"date": row.get("date")} for row in found}


@pytest.mark.parametrize("seed", range(6))
def test_random_commits_end_as_in_a_dictionary(
    seed: int, tmp_path: Path, rows: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(seed)  # noqa: S311 - repeatable
    for module in (parts, upsert):
        monkeypatch.setattr(module, "_READ_AT_ONCE", 3, raising=False)
        monkeypatch.setattr(module, "ROW_GROUP", dice.choice([2, 3, 7]), raising=False)
    monkeypatch.setattr(
        upsert,
        "sorted_chunks",
        lambda chunks, column: sorted_chunks(chunks, column, run_bytes=2_000),
    )
    monkeypatch.setattr(sorting, "_PIECE_BYTES", 500)
    sink = ParquetSink(str(tmp_path / "out"))
    sink.prepare()
    model: Model = {}
    for number in range(6):
        run = f"run{number}"
        groups = brought(rows, dice, run, number + 1)
        void = {
            table: dice.sample(sorted(kept), min(2, len(kept))) for table, kept in model.items()
        }
        for table, keys in void.items():
            for key in keys:
                del model[table][key]
        apply(model, groups)
        staged = []
        for table, group in groups.items():
            size = dice.randrange(1, 9)
            staged += [
                sink.inbox.stage(run, table, group[at : at + size])
                for at in range(0, len(group), size)
            ]
        sink.commit(run, staged, void)
        for table, expected in model.items():
            plain = {key: row | {"date": row.get("date")} for key, row in expected.items()}
            assert state(sink, table) == plain, (seed, run, table)
        gone = {
            table: dice.sample(sorted(kept), min(3, len(kept))) for table, kept in model.items()
        }
        delete(sink, gone)
        for table, keys in gone.items():
            for key in keys:
                del model[table][key]
            assert set(state(sink, table)) == set(model[table])


def test_a_change_late_in_a_partition_keeps_what_stands_before(
    tmp_path: Path, rows: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "ROW_GROUP", 4)
    sink = ParquetSink(str(tmp_path / "out"))
    sink.prepare()
    base = rows.article(0)
    group = [base | {"article_id": f"{n:03d}"} for n in range(30)]
    put(sink, {"articles": group}, "r1")
    late = [*group[:25], group[25] | {"summary": "x"}, *group[26:]]
    put(sink, {"articles": late}, "r2")
    assert sink.read("articles").to_pylist() == late


def test_two_files_in_a_partition_are_merged(tmp_path: Path, rows: Any) -> None:
    sink = ParquetSink(str(tmp_path / "out"))
    sink.prepare()
    put(sink, {"articles": [rows.article(1), rows.article(2)]}, "r1")
    (path,) = (tmp_path / "out/articles").rglob("*.parquet")
    other = ParquetSink(str(tmp_path / "other"))
    other.prepare()
    other.commit("r1", [other.inbox.stage("r1", "articles", [rows.article(n) for n in (3, 4)])])
    (foreign,) = (tmp_path / "other/articles").rglob("*.parquet")
    foreign.rename(path.with_name("by-hand.parquet"))
    assert sink.read("articles").num_rows == 4
    put(sink, {"articles": [rows.article(5)]}, "r2")
    assert len(list((tmp_path / "out/articles").rglob("*.parquet"))) == 1
    assert len(keys_of(sink, "articles")) == 5


@pytest.mark.parametrize("run_bytes", [1, 300, 10_000, 10_000_000])
def test_the_spilling_sort(run_bytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sorting, "_PIECE_BYTES", 200)
    dice = random.Random(run_bytes)  # noqa: S311 - repeatable
    values = [f"{dice.randrange(300):03d}" for _ in range(1_000)]
    chunks = (pa.table({"key": values[at : at + 37]}) for at in range(0, 1_000, 37))
    found = list(sorted_chunks(chunks, "key", run_bytes=run_bytes))
    assert [key for chunk in found for key in chunk["key"].to_pylist()] == sorted(values)
    ends = [(chunk["key"][0].as_py(), chunk["key"][-1].as_py()) for chunk in found]
    assert all(one[1] < other[0] for one, other in pairwise(ends))
    assert list(sorted_chunks(iter([]), "key")) == []


def test_rows_are_compared_by_column(rows: Any) -> None:
    one = [rows.event(n) | {"speaker": None if n % 2 else "x"} for n in range(4)]
    other = [dict(row) for row in one]
    other[1]["speaker"] = "y"
    other[2]["evidence"] = []
    columns = ["event_id", "speaker", "evidence", "event_date"]
    same = equal_rows(to_arrow("events", one), to_arrow("events", other), columns)
    assert same.to_pylist() == [True, False, False, True]


def test_a_reader_finishes_a_commit_of_its_own_process(
    tmp_path: Path, rows: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stopped(ParquetSink):
        def _checkpoint(self, place: str) -> None:
            if place == "journal":
                raise KeyboardInterrupt

    sink = Stopped(str(tmp_path / "out"))
    sink.prepare()
    with pytest.raises(KeyboardInterrupt):
        put(sink, {"articles": [rows.article(1)]}, "r1")
    journal = (tmp_path / "out/_commit.json").read_bytes()
    # a reader that may not write reads past it
    reader = ParquetSink(sink.uri)

    def refuse(_self: ParquetSink) -> bool:
        raise SinkError("read-only")

    with monkeypatch.context() as patch:
        patch.setattr(ParquetSink, "recover", refuse)
        assert reader.read("articles").num_rows == 1
        assert reader.dataset("articles", [None]).count_rows() == 0
    assert (tmp_path / "out/_commit.json").read_bytes() == journal
    assert pickle.loads(pickle.dumps(reader)).read("articles").num_rows == 1  # noqa: S301 - ours
    assert not (tmp_path / "out/_commit.json").exists()
    with contextlib.suppress(KeyboardInterrupt):
        put(sink, {"articles": [rows.article(2)]}, "r2")
    assert sink.read("articles").num_rows == 2
