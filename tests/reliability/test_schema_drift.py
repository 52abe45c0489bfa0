"""R21: an output written by another version: one with fewer columns is added to, others refused.

R21 (docs/reliability.md): an output of another schema.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hostile_inputs import TEXT
from outputs import facts, files

pytestmark = pytest.mark.reliability
GONE = {"articles": "dateline", "events": "speaker"}  # columns that the older version had not


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = tmp_path_factory.mktemp("drift") / "first.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def stored(run, source, tmp_path_factory):
    ran = run(tmp_path_factory.mktemp("drift") / "out", source)
    assert ran.code == 0, ran.said
    return ran.output


@pytest.fixture
def output(stored, tmp_path):
    """A copy of the stored rows that a test may spoil."""
    return Path(shutil.copytree(stored, tmp_path / "out"))


@pytest.fixture
def more(tmp_path):
    path = tmp_path / "second.txt"
    path.write_text(f"تونس - الوكالة / {TEXT}\nوقال الوزير إن الحوار مستمر.", encoding="utf-8")
    return path


def edit(output: Path, change: Any) -> None:
    """Change what the output remembers of its schema."""
    path = output / "_schema.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    change(told["tables"])
    path.write_text(json.dumps(told), encoding="utf-8")


def make_older(output: Path) -> None:
    """Take columns away, as a version that had not heard of them would have written."""
    for table, column in GONE.items():
        for path in (output / table).rglob("*.parquet"):
            rows: pa.Table = pq.ParquetFile(path).read()
            pq.write_table(rows.drop_columns([column]), path)

    def forget(tables: Any) -> None:
        for table, column in GONE.items():
            columns = tables[table]["columns"]
            columns[:] = [each for each in columns if each["name"] != column]

    edit(output, forget)


def test_r21_an_older_output_is_read_and_added_to(run, output, more):
    before = {table: facts(output, table) for table in GONE}
    make_older(output)
    for table, column in GONE.items():
        old = facts(output, table)
        assert old == [row | {column: None} for row in before[table]], "read by name"
    ran = run(output, more)
    assert ran.code == 0, ran.said
    assert len(facts(output, "articles")) == 2
    for table, column in GONE.items():
        kept = {row[f"{table[:-1]}_id"] for row in before[table]}
        old = [row for row in facts(output, table) if row[f"{table[:-1]}_id"] in kept]
        assert old == [row | {column: None} for row in before[table]]
    told = json.loads((output / "_schema.json").read_text(encoding="utf-8"))
    for table, column in GONE.items():
        assert column in {each["name"] for each in told["tables"][table]["columns"]}
    print(f"R21: older output: {len(kept)} old events kept, new rows beside them")


def _newer(tables: Any) -> None:
    tables["articles"]["columns"].append({"name": "mood", "type": "STRING"})


def _other_key(tables: Any) -> None:
    tables["events"]["key"] = ["event_key"]


@pytest.mark.parametrize("change", [_newer, _other_key])
def test_r21_anything_else_is_refused_and_left_alone(run, output, more, change):
    edit(output, change)
    before = files(output)
    ran = run(output, more)
    assert ran.code == 2, ran.said
    assert "pip install -U rasd" in ran.said
    assert files(output) == before
    print(f"R21: {change.__name__.strip('_')}: refused, nothing touched")
