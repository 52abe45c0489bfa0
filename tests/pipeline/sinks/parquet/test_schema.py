"""What an output remembers of its own form: older is added to, other is refused.

R21 (docs/reliability.md): an output of another schema.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from outputs import parquet_files, put

from pipeline.sinks.base import OutputRefused
from pipeline.sinks.parquet import ParquetSink
from transforms.rows.schema import schema_document


def edit_schema(root: Path, change: Any) -> None:
    """Change the remembered schema of an output."""
    document = json.loads((root / "_schema.json").read_text())
    change(document["tables"])
    (root / "_schema.json").write_text(json.dumps(document))


def _other_type(tables: Any) -> None:
    tables["articles"]["columns"][0]["type"] = "INT64"


def _other_field(tables: Any) -> None:
    place = next(c for c in tables["events"]["columns"] if c["name"] == "place")
    place["fields"].append({"name": "planet", "type": "STRING"})


def _other_column(tables: Any) -> None:
    tables["articles"]["columns"].append({"name": "mood", "type": "STRING"})


def _other_key(tables: Any) -> None:
    tables["events"]["key"] = ["event_key"]


def _other_table(tables: Any) -> None:
    tables["moods"] = tables["feeds"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_other_type, "articles.source_id is INT64|articles.article_id is INT64"),
        (_other_field, "events.place.planet is unknown"),
        (_other_column, "articles.mood is unknown"),
        (_other_key, "events has another key"),
        (_other_table, "moods is unknown"),
        (lambda tables: tables.update(feeds=3), "cannot be read"),
    ],
)
def test_another_schema_is_refused(
    sink: ParquetSink, rows: Any, tmp_path: Path, change: Any, words: str
) -> None:
    put(sink, {"articles": [rows.article(1)]})
    before = parquet_files(tmp_path / "out")
    edit_schema(tmp_path / "out", change)
    for act in (sink.prepare, lambda: sink.read("articles")):
        with pytest.raises(OutputRefused, match=words) as caught:
            act()
        assert "pip install -U rasd" in str(caught.value)
    assert parquet_files(tmp_path / "out") == before


def test_foreign_parquet_is_refused(tmp_path: Path, rows: Any, sink: ParquetSink) -> None:
    put(sink, {"articles": [rows.article(1)]})
    (tmp_path / "out/_schema.json").unlink()
    with pytest.raises(OutputRefused, match=r"no _schema\.json"):
        sink.prepare()


def test_an_older_additive_schema_is_read_and_added_to(
    sink: ParquetSink, rows: Any, tmp_path: Path
) -> None:
    put(sink, {"events": [rows.event(1), rows.event(2)], "articles": [rows.article(1)]})
    (path,) = (tmp_path / "out/events").rglob("*.parquet")
    old = pq.read_table(path, partitioning=None)
    place = old.schema.get_field_index("place")
    old = old.drop_columns(["claim_status"]).set_column(place, "place", [[{"name": "بغداد"}, None]])
    pq.write_table(old, path)

    def older(tables: Any) -> None:
        columns = tables["events"]["columns"]
        tables["events"]["columns"] = [c for c in columns if c["name"] != "claim_status"]
        found = next(c for c in columns if c["name"] == "place")
        found["fields"] = [f for f in found["fields"] if f["name"] == "name"]
        del tables["fetch_log"]

    edit_schema(tmp_path / "out", older)
    sink.prepare()
    found = sink.read("events", ["claim_status", "place"]).to_pylist()
    assert [row["claim_status"] for row in found] == [None, None]
    assert found[0]["place"]["name"] == "بغداد"
    assert found[0]["place"]["lat"] is None
    put(sink, {"events": [rows.event(3)]}, "run2")
    assert sink.read("events").num_rows == 3
    assert json.loads((tmp_path / "out/_schema.json").read_text()) == schema_document()
