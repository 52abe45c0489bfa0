"""Views and shipped queries answer what a person counts by hand from the rows of conftest.py.

The goldens in tests/golden/sql are computed by reasoning, never by running; ``why`` says how.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.sql.catalogue import Script, scripts
from pipeline.sql.data import Answers, open_data
from transforms.rows.schema import TABLES

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "sql"
ALL = [(kind, script) for kind in ("views", "queries") for script in scripts(kind).values()]
every_script = pytest.mark.parametrize(
    ("kind", "script"), ALL, ids=[f"{kind}/{script.name}" for kind, script in ALL]
)
# Views that pass on all columns of a table: view -> (table, key, columns of its own).
PASSED_ON = {
    "v_articles": ("articles", "article_id", 5),
    "v_stories": ("articles", "article_id", 8),
    "v_event_mentions": ("events", "event_id", 9),
    "v_events": ("events", "event_id", 8),
}
# Views in the shapes of other datasets; test_shapes.py holds their columns to the published ones.
SHAPES = {"gdelt_events_v", "gdelt_mentions_v", "polecat_v", "acled_v"}


def ask(data: Answers, kind: str, script: Script) -> pa.Table:
    return data.sql(f"SELECT * FROM {script.name}" if kind == "views" else script.sql)


def plain(value: Any) -> Any:
    """A value as JSON has it; times in UTC."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def listed(table: pa.Table, columns: Sequence[str]) -> list[list[Any]]:
    return [[plain(row[name]) for name in columns] for row in table.to_pylist()]


@every_script
def test_the_answer_is_the_one_counted_by_hand(hand_made_data, kind, script):
    path = GOLDEN / f"{script.name}.json"
    assert path.is_file(), (
        f"{kind}/{script.name}.sql has no golden: count its answer by hand from the rows in "
        f"tests/pipeline/sql/conftest.py and write tests/golden/sql/{script.name}.json "
        '({"why", "columns", "rows"})'
    )
    golden = json.loads(path.read_text("utf-8"))
    table = ask(hand_made_data, kind, script)
    if script.name not in PASSED_ON.keys() | SHAPES:
        assert table.column_names == golden["columns"]
    found = listed(table, golden["columns"])
    if kind == "views":  # a view promises no order
        found.sort(key=repr)
        golden["rows"].sort(key=repr)
    assert found == golden["rows"], golden["why"]
    assert not [field for field in table.schema if pa.types.is_decimal(field.type)]


def test_every_golden_has_its_script():
    assert {path.stem for path in GOLDEN.glob("*.json")} == {script.name for _, script in ALL}


@pytest.mark.parametrize("view", PASSED_ON)
def test_wide_views_pass_their_tables_columns_on(hand_made_data, view):
    table, key, own = PASSED_ON[view]
    stored = {row[key]: row for row in hand_made_data.sql(f"SELECT * FROM {table}").to_pylist()}
    shown = hand_made_data.sql(f"SELECT * FROM {view}")
    names = TABLES[table].names
    assert shown.column_names[: len(names)] == list(names)
    assert len(shown.column_names) == len(names) + own
    for row in shown.to_pylist():
        assert {name: row[name] for name in names} == stored[row[key]]


@every_script
def test_everything_runs_on_an_output_without_tables(empty_data, hand_made_data, kind, script):
    empty = ask(empty_data, kind, script)
    assert empty.num_rows == 0
    assert empty.schema == ask(hand_made_data, kind, script).schema
    assert len(set(empty.column_names)) == empty.num_columns


def one(data: Answers, sql: str) -> Any:
    return data.sql(sql).to_pylist()[0]["x"]


def test_whole_numbers_stay_whole(hand_made_data):
    """A sum of INT64 is an INT64, as in BigQuery; one that does not fit stays wide."""
    table = hand_made_data.sql("SELECT SUM(x) AS x FROM UNNEST([1, 2]) AS x")
    assert table.schema.field("x").type == pa.int64()
    wide = hand_made_data.sql(f"SELECT SUM(x) AS x FROM UNNEST([{2**63 - 1}, 1]) AS x")
    assert wide.to_pylist() == [{"x": 2**63}]


def test_undated_rows_are_loaded_and_the_partition_is_hidden(hand_made_data):
    undated = "SELECT article_id FROM articles WHERE event_time IS NULL ORDER BY article_id"
    assert hand_made_data.sql(undated).column(0).to_pylist() == ["a7", "a9"]
    for table in TABLES:
        assert "date" not in hand_made_data.sql(f"SELECT * FROM {table}").column_names
    counts = {table: one(hand_made_data, f"SELECT COUNT(*) AS x FROM {table}") for table in TABLES}
    assert counts == {
        "articles": 9,
        "clusters": 9,
        "duplicates": 6,
        "events": 15,
        "incidents": 9,
        "appearances": 1,
        "dead_letters": 5,
        "fetch_log": 4,
        "feeds": 1,
    }


@pytest.fixture(scope="module")
def stripped_data(hand_made, tmp_path_factory) -> Answers:
    """The hand-made rows with every array of the events NULL, as other writers may leave them."""
    folder = tmp_path_factory.mktemp("sql-null") / "out"
    shutil.copytree(hand_made, folder)
    paths = list((folder / "events").rglob("*.parquet"))
    assert paths
    for path in paths:
        table = pq.ParquetFile(path).read()
        for index, field in enumerate(table.schema):
            if pa.types.is_list(field.type):
                table = table.set_column(
                    index, field.with_nullable(nullable=True), pa.nulls(table.num_rows, field.type)
                )
        pq.write_table(table, path)
    return open_data(str(folder))


@every_script
def test_null_arrays_do_no_harm(stripped_data, kind, script):
    table = ask(stripped_data, kind, script)
    if script.name in {"evidence", "v_actor_pairs", "dyads"}:  # they show what stood in arrays
        assert table.num_rows == 0
    else:
        golden = json.loads((GOLDEN / f"{script.name}.json").read_text("utf-8"))
        assert table.num_rows == len(golden["rows"])
