"""Dataset, tables and views: made from the one schema, added to, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from outputs import put

from pipeline.sinks.base import OutputRefused
from pipeline.sinks.bigquery import BigQuerySink
from pipeline.sinks.bigquery.names import LABEL, OWN
from pipeline.sinks.bigquery.tables import fields_problem, fields_union, relaxed, table_fields
from pipeline.sql.catalogue import scripts
from transforms.rows.schema import STORED, TABLES

Open = Callable[[str], BigQuerySink]


@pytest.fixture
def made(open_quick: Open, dataset: str) -> BigQuerySink:
    """Give a dataset that was made."""
    sink = open_quick(dataset)
    sink.prepare()
    return sink


def test_everything_is_made(made: BigQuerySink) -> None:
    client, path = made.session.client, made.address.path
    names = {item.table_id for item in client.list_tables(path)}
    assert names == {*STORED, *OWN, *scripts("views")}
    assert LABEL in client.get_dataset(path).labels
    for name, table in STORED.items():
        found = client.get_table(made.address.table(name))
        assert LABEL in found.labels
        assert table.description_en in found.description
        assert table.description_ar in found.description
        assert found.clustering_fields == list(table.key)
        partition = found.time_partitioning
        assert (partition and partition.field) == ("date" if table.partition else None)
        assert [field.name for field in found.schema] == [c.name for c in table.stored_columns]
        for field, column in zip(found.schema, table.stored_columns, strict=True):
            assert column.description_ar in field.description


def test_made_again_is_left_alone(made: BigQuerySink, open_quick: Open, rows: Any) -> None:
    put(made, {"articles": [rows.article(1)]})
    client = made.session.client
    names = [item.table_id for item in client.list_tables(made.address.path)]
    before = {name: client.get_table(made.address.table(name)).etag for name in names}
    open_quick(str(made.address)).prepare()
    after = {name: client.get_table(made.address.table(name)).etag for name in names}
    assert after == before


def _change(sink: BigQuerySink, name: str, change: Callable[[list[Any]], list[Any]]) -> None:
    """Make a table anew with other fields, labelled as it was."""
    from google.cloud import bigquery

    client, full = sink.session.client, sink.address.table(name)
    old = client.get_table(full)
    client.delete_table(full)
    table = bigquery.Table(full, schema=change(list(old.schema)))
    table.labels, table.time_partitioning = old.labels, old.time_partitioning
    client.create_table(table)


def test_columns_an_older_version_did_not_know_are_added(
    made: BigQuerySink, open_quick: Open, rows: Any
) -> None:
    dropped = {"summary", "topics", "encoding"}
    _change(made, "articles", lambda fields: [f for f in fields if f.name not in dropped])
    older = open_quick(str(made.address))
    assert older.read("articles", ["summary", "title"]).num_rows == 0  # a reader adds nothing
    older.prepare()
    found = older.session.client.get_table(older.address.table("articles"))
    assert {field.name for field in found.schema} == {
        column.name for column in TABLES["articles"].stored_columns
    }
    put(older, {"articles": [rows.article(1, summary="ملخص")]})
    (row,) = older.read("articles").to_pylist()
    assert row == rows.article(1, summary="ملخص")


def test_a_column_of_a_newer_version_is_refused(made: BigQuerySink, open_quick: Open) -> None:
    from google.cloud import bigquery

    newer = bigquery.SchemaField("mood", "STRING")
    _change(made, "events", lambda fields: [*fields, newer])
    with pytest.raises(OutputRefused, match=r"events.*mood is unknown.*pip install -U") as caught:
        open_quick(str(made.address)).prepare()
    assert "\n" not in str(caught.value)


def test_another_type_is_refused(made: BigQuerySink, open_quick: Open) -> None:
    from google.cloud import bigquery

    other = bigquery.SchemaField("title", "INT64")
    _change(made, "articles", lambda fs: [other if f.name == "title" else f for f in fs])
    with pytest.raises(OutputRefused, match="title is INT64, here STRING"):
        open_quick(str(made.address)).prepare()


def test_a_foreign_dataset_is_refused(made: BigQuerySink, open_quick: Open) -> None:
    from google.cloud import bigquery

    client = made.session.client
    path = f"{made.address.path}_foreign"
    client.create_dataset(path)
    client.create_table(bigquery.Table(f"{path}.mine", [bigquery.SchemaField("x", "STRING")]))
    foreign = open_quick(f"bigquery://{path}")
    with pytest.raises(OutputRefused, match=f"set_label {LABEL}"):
        foreign.prepare()
    assert not foreign.exists()
    assert [item.table_id for item in client.list_tables(path)] == ["mine"]
    shared = client.get_dataset(path)
    shared.labels = {LABEL: "1"}
    client.update_dataset(shared, ["labels"])
    foreign.prepare()
    assert foreign.exists()
    assert len(list(client.list_tables(path))) == 1 + len(STORED) + len(OWN) + len(scripts("views"))


@pytest.mark.parametrize("name", ["articles", "v_events"])
def test_a_foreign_table_of_that_name_is_refused(name: str, open_quick: Open, dataset: str) -> None:
    from google.cloud import bigquery

    sink = open_quick(dataset)
    client, path = sink.session.client, sink.address.path
    client.create_dataset(path)
    shared = client.get_dataset(path)
    shared.labels = {LABEL: "1"}
    client.update_dataset(shared, ["labels"])
    client.create_table(bigquery.Table(f"{path}.{name}", [bigquery.SchemaField("x", "STRING")]))
    with pytest.raises(OutputRefused, match=f"table {name} that rasd did not write") as caught:
        sink.prepare()
    assert "\n" not in str(caught.value)


def test_an_empty_dataset_is_taken(open_quick: Open, dataset: str) -> None:
    sink = open_quick(dataset)
    sink.session.client.create_dataset(sink.address.path)
    assert not sink.exists()
    sink.prepare()
    assert sink.exists()


def test_a_place_is_kept_and_another_refused(open_quick: Open, dataset: str, rows: Any) -> None:
    here = open_quick(f"{dataset}?location=europe-west1")
    here.prepare()
    put(here, {"articles": [rows.article(1)]})
    assert here.session.location == "europe-west1"
    assert open_quick(dataset).read("articles").num_rows == 1
    with pytest.raises(OutputRefused, match=r"lies in europe-west1, not in US"):
        open_quick(f"{dataset}?location=US").prepare()


def test_an_older_view_gets_its_present_text(made: BigQuerySink, open_quick: Open) -> None:
    client = made.session.client
    view = client.get_table(made.address.table("v_sources"))
    text = view.view_query
    view.view_query = f"SELECT 1 AS x FROM {made.address.quoted('articles')}"
    client.update_table(view, ["view_query"])
    dataset = client.get_dataset(made.address.path)
    dataset.labels = {**dataset.labels, "rasd_views": "older"}
    client.update_dataset(dataset, ["labels"])
    open_quick(str(made.address)).prepare()
    assert client.get_table(made.address.table("v_sources")).view_query == text


def test_fields_are_added_within_records() -> None:
    (events,) = [table for table in STORED.values() if table.name == "events"]
    known = table_fields(events)
    stored = [dict(field) for field in known]
    place = next(field for field in stored if field["name"] == "place")
    place["fields"] = place["fields"][:3]
    assert fields_problem(stored, known) == ""
    merged = fields_union(stored, known)
    again = next(field for field in merged if field["name"] == "place")
    assert [f["name"] for f in again["fields"]] == [
        f["name"] for f in next(f for f in known if f["name"] == "place")["fields"]
    ]
    place["fields"] = [*place["fields"], {"name": "mood", "type": "STRING", "mode": "NULLABLE"}]
    assert fields_problem(stored, known) == "place.mood is unknown"


def test_staging_tables_take_any_file() -> None:
    """BigQuery refuses to load an optional field of a file as REQUIRED."""

    def modes(fields: list[dict[str, Any]]) -> set[str]:
        return {f["mode"] for f in fields} | {
            mode for f in fields for mode in modes(f.get("fields", []))
        }

    for table in STORED.values():
        assert modes(relaxed(table_fields(table))) <= {"NULLABLE", "REPEATED"}
