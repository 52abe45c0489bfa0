"""The one schema: what the contract names is there, and every dialect says the same."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import sqlglot

from transforms.records import Actor, Article, Cluster, Duplicate, Event, Evidence, Place, Span
from transforms.rows.arrow import arrow_schema
from transforms.rows.columns import Column
from transforms.rows.dialects import (
    DIALECTS,
    bigquery_fields,
    render_schema,
)
from transforms.rows.schema import PROVENANCE, TABLES, schema_document

WRITERS = ("run_id", "pipeline_version")


def all_columns() -> list[tuple[str, Column]]:
    """Return every column and field with its dotted name."""
    found = []

    def walk(prefix: str, columns: tuple[Column, ...]) -> None:
        for column in columns:
            found.append((f"{prefix}.{column.name}", column))
            walk(f"{prefix}.{column.name}", column.fields)

    for table in TABLES.values():
        walk(table.name, table.columns)
    return found


def test_the_tables_are_those_of_the_contract() -> None:
    assert set(TABLES) == {
        "articles",
        "clusters",
        "duplicates",
        "events",
        "incidents",
        "appearances",
        "dead_letters",
        "fetch_log",
        "feeds",
    }


@pytest.mark.parametrize(
    ("table", "record"),
    [("articles", Article), ("events", Event), ("clusters", Cluster), ("duplicates", Duplicate)],
)
def test_a_table_has_the_columns_of_its_record(table: str, record: type) -> None:
    names = {field.name for field in fields(record)}
    assert set(TABLES[table].names) == names | set(WRITERS)


@pytest.mark.parametrize(
    ("column", "record"),
    [
        ("actors", Actor),
        ("recipients", Actor),
        ("place", Place),
        ("evidence", Evidence),
        ("trigger", Span),
    ],
)
def test_a_struct_has_the_fields_of_its_record(column: str, record: type) -> None:
    found = TABLES["events"].column(column).fields
    assert {field.name for field in found} == {field.name for field in fields(record)}


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_keys_and_partitions_are_columns(table: Any) -> None:
    for name in table.key:
        assert not table.column(name).nullable
    if table.partition not in (None, "date"):
        assert table.column(table.partition).type == "TIMESTAMP"
    assert table.names[-2:] == WRITERS
    assert len(set(table.names)) == len(table.names)
    with pytest.raises(KeyError, match="no column nothing"):
        table.column("nothing")


def test_provenance_is_never_a_fact_alone() -> None:
    for table in TABLES.values():
        assert set(table.names) - PROVENANCE - set(table.key)


@pytest.mark.parametrize(("name", "column"), all_columns(), ids=lambda value: str(value)[:40])
def test_every_column_is_described_in_both_languages(name: str, column: Column) -> None:
    assert len(column.description_en) >= 8, name
    assert column.description_en.endswith("."), name
    assert re.search("[\u0621-\u064a]{2}", column.description_ar), name
    assert column.description_ar.endswith("."), name
    assert column.description_en.isascii(), name
    assert (column.type == "STRUCT") == bool(column.fields), name
    assert not (column.repeated and column.nullable), name


def test_the_schema_document_is_json() -> None:
    document = schema_document()
    assert json.loads(json.dumps(document)) == document


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_names_every_column(dialect: str) -> None:
    text = render_schema(dialect)
    assert text.endswith("\n")
    for name, column in all_columns():
        assert re.search(rf"\b{column.name}\b", text), name


def test_an_unknown_dialect_lists_the_known() -> None:
    with pytest.raises(ValueError, match="bigquery, bigquery-json, duckdb, json, arrow"):
        render_schema("oracle")


def test_duckdb_takes_its_ddl_and_agrees_with_arrow() -> None:
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    con.execute(render_schema("duckdb"))
    for name in TABLES:
        schema = arrow_schema(name, with_date=True)
        found = con.sql(f'SELECT * FROM "{name}"').to_arrow_table().schema
        assert found.names == schema.names
        for one, other in zip(found, schema, strict=True):
            assert one.type == other.type, f"{name}.{one.name}"


def test_bigquery_ddl_parses_and_agrees_with_its_json() -> None:
    statements = sqlglot.parse(render_schema("bigquery"), dialect="bigquery")
    assert len(statements) == len(TABLES)
    described = json.loads(render_schema("bigquery-json"))
    for statement, table in zip(statements, TABLES.values(), strict=True):
        assert statement is not None
        columns = next(iter(statement.find_all(sqlglot.exp.Schema))).expressions
        defined = [c for c in columns if isinstance(c, sqlglot.exp.ColumnDef)]
        names = [column.name for column in defined]
        assert names == [field["name"] for field in described[table.name]]
        assert bigquery_fields(table) == described[table.name]
        text = statement.sql("bigquery")
        assert ("PARTITION BY" in text) == (table.partition is not None)


def test_json_schema_is_strict() -> None:
    definitions = json.loads(render_schema("json"))["$defs"]
    articles = definitions["articles"]
    assert articles["additionalProperties"] is False
    assert "body" in articles["required"]
    assert "title" not in articles["required"]
    assert articles["properties"]["title"]["type"] == ["string", "null"]
    assert None in articles["properties"]["language_verdict"]["enum"]
    place = definitions["events"]["properties"]["place"]
    assert place["type"] == ["object", "null"]
    assert definitions["events"]["properties"]["evidence"]["items"]["additionalProperties"] is False


def test_arrow_types() -> None:
    schema = arrow_schema("events", with_date=True)
    assert schema.field("event_time").type == pa.timestamp("us", tz="UTC")
    assert schema.field("event_date").type == pa.date32()
    assert schema.names[-1] == "date"
    assert "date" not in arrow_schema("events").names
    assert "date" not in arrow_schema("feeds", with_date=True).names
