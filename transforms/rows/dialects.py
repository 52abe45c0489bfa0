"""The one schema in the words of others: BigQuery, DuckDB, JSON Schema, Arrow, a dictionary."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from transforms.rows.columns import DATE_COLUMN, PARTITION_COLUMN, Column, Table
from transforms.rows.schema import SCHEMA_VERSION, TABLES

_DUCKDB_TYPES: Final = {
    "STRING": "VARCHAR",
    "INT64": "BIGINT",
    "FLOAT64": "DOUBLE",
    "BOOL": "BOOLEAN",
    "BYTES": "BLOB",
    "TIMESTAMP": "TIMESTAMPTZ",
    "DATE": "DATE",
}
_JSON_TYPES: Final[dict[str, dict[str, Any]]] = {
    "STRING": {"type": "string"},
    "INT64": {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1},
    "FLOAT64": {"type": "number"},
    "BOOL": {"type": "boolean"},
    "BYTES": {"type": "string", "contentEncoding": "base64"},
    "TIMESTAMP": {"type": "string", "format": "date-time"},
    "DATE": {"type": "string", "format": "date"},
}


def bigquery_fields(table: Table) -> list[dict[str, Any]]:
    """Return a table's schema in BigQuery's JSON form (``TableSchema.fields``), ``date`` last."""
    return [_bigquery_field(column) for column in table.stored_columns]


def _bigquery_field(column: Column) -> dict[str, Any]:
    """Return one field in BigQuery's JSON form."""
    mode = "REPEATED" if column.repeated else "NULLABLE" if column.nullable else "REQUIRED"
    field: dict[str, Any] = {
        "name": column.name,
        "type": column.type,
        "mode": mode,
        "description": column.description_en,
    }
    if column.fields:
        field["fields"] = [_bigquery_field(inner) for inner in column.fields]
    return field


def _bigquery_type(column: Column) -> str:
    """Return a column's type in BigQuery's DDL."""
    kind: str = column.type
    if column.type == "STRUCT":
        inner = (
            f"`{field.name}` {_bigquery_type(field)}"
            + ("" if field.nullable or field.repeated else " NOT NULL")
            for field in column.fields
        )
        kind = f"STRUCT<{', '.join(inner)}>"
    return f"ARRAY<{kind}>" if column.repeated else kind


def bigquery_ddl(table: Table) -> str:
    """Return the CREATE TABLE of a table in BigQuery's dialect: partitioned, clustered by key."""
    lines = []
    for column in table.stored_columns:
        null = "" if column.nullable or column.repeated else " NOT NULL"
        text = json.dumps(column.description_en, ensure_ascii=False)
        lines.append(
            f"  `{column.name}` {_bigquery_type(column)}{null} OPTIONS(description={text})"
        )
    key = ", ".join(f"`{name}`" for name in table.key)
    lines.append(f"  PRIMARY KEY ({key}) NOT ENFORCED")
    partition = f"PARTITION BY `{PARTITION_COLUMN}`\n" if table.partition else ""
    text = json.dumps(table.description_en, ensure_ascii=False)
    return (
        f"CREATE TABLE IF NOT EXISTS `{table.name}` (\n"
        + ",\n".join(lines)
        + f"\n)\n{partition}CLUSTER BY {key}\nOPTIONS(description={text});\n"
    )


def _duckdb_type(column: Column) -> str:
    """Return a column's type in DuckDB's dialect."""
    if column.type == "STRUCT":
        inner = ", ".join(f'"{field.name}" {_duckdb_type(field)}' for field in column.fields)
        kind = f"STRUCT({inner})"
    else:
        kind = _DUCKDB_TYPES[column.type]
    return f"{kind}[]" if column.repeated else kind


def duckdb_ddl(table: Table) -> str:
    """Return the CREATE TABLE of a table in DuckDB's dialect, descriptions as comments."""
    lines = [
        f'  "{column.name}" {_duckdb_type(column)}{"" if column.nullable else " NOT NULL"},'
        f"  -- {column.description_en}"
        for column in table.stored_columns
    ]
    key = ", ".join(f'"{name}"' for name in table.key)
    body = "\n".join((*lines, f"  PRIMARY KEY ({key})"))
    return f'-- {table.description_en}\nCREATE TABLE IF NOT EXISTS "{table.name}" (\n{body}\n);\n'


def _json_value(column: Column) -> dict[str, Any]:
    """Return the JSON Schema of one value of a column: an ARRAY's element, not the ARRAY."""
    if column.type == "STRUCT":
        return _json_object(column.fields)
    schema = dict(_JSON_TYPES[column.type])
    if column.values:
        schema["enum"] = list(column.values)
    return schema


def _json_column(column: Column) -> dict[str, Any]:
    """Return the JSON Schema of a column, NULL and ARRAY included."""
    schema = _json_value(column)
    if column.repeated:
        schema = {"type": "array", "items": schema}
    elif column.nullable:
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    return schema | {"description": column.description_en}


def _json_object(columns: tuple[Column, ...]) -> dict[str, Any]:
    """Return the JSON Schema of an object with these columns and no others."""
    return {
        "type": "object",
        "properties": {column.name: _json_column(column) for column in columns},
        "required": [column.name for column in columns if not column.nullable],
        "additionalProperties": False,
    }


def json_schema() -> dict[str, Any]:
    """Return one JSON Schema (draft 2020-12) with a definition per table, ``date`` included."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "rasd",
        "version": SCHEMA_VERSION,
        "$defs": {
            table.name: _json_object(table.stored_columns) | {"description": table.description_en}
            for table in TABLES.values()
        },
    }


def _arrow_text() -> str:
    """Return every table's Arrow schema as pyarrow prints it."""
    # pyarrow is slow to import, and only this dialect needs it
    from transforms.rows.arrow import arrow_schema  # noqa: PLC0415

    parts = []
    for name in TABLES:
        text = arrow_schema(name, with_date=True).to_string(show_field_metadata=False)
        parts.append(f"# {name}\n{text}\n")
    return "\n".join(parts)


def _json_text(value: object) -> str:
    """Return indented JSON text with Arabic left readable."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


_RENDERERS: Final[dict[str, Callable[[], str]]] = {
    "bigquery": lambda: "\n".join(bigquery_ddl(table) for table in TABLES.values()),
    "bigquery-json": lambda: _json_text(
        {table.name: bigquery_fields(table) for table in TABLES.values()}
    ),
    "duckdb": lambda: "\n".join(duckdb_ddl(table) for table in TABLES.values()),
    "json": lambda: _json_text(json_schema()),
    "arrow": _arrow_text,
}
DIALECTS: Final[tuple[str, ...]] = tuple(_RENDERERS)


def render_schema(dialect: str) -> str:
    """Write all tables in one dialect, for ``rasd schema``.

    Args:
        dialect: one of ``DIALECTS``.

    Returns:
        Text that ends with a newline: DDL (bigquery, duckdb), JSON (json, bigquery-json), or a
        listing (arrow).

    Raises:
        ValueError: no such dialect; the message lists those there are.
    """
    renderer = _RENDERERS.get(dialect)
    if renderer is None:
        raise ValueError(f"unknown dialect {dialect!r}; there are: {', '.join(DIALECTS)}")
    return renderer()


def _type_text(column: Column) -> str:
    """Return a column's type for a reader."""
    kind = "STRUCT" if column.type == "STRUCT" else column.type
    return f"ARRAY&lt;{kind}&gt;" if column.repeated else kind


def _dictionary_lines(column: Column, prefix: str = "") -> Iterator[str]:
    """Yield the dictionary lines of a column and of its fields below it."""
    english = column.description_en
    if column.values:
        english += " One of: " + ", ".join(f"`{value}`" for value in column.values) + "."
    null = "yes" if column.nullable else "no"
    yield (
        f"| `{prefix}{column.name}` | {_type_text(column)} | {null} | {english} "
        f"| {column.description_ar} |"
    )
    for field in column.fields:
        yield from _dictionary_lines(field, f"{prefix}{column.name}.")


def _partition_text(table: Table) -> str:
    """Say in words what the hidden column holds."""
    if table.partition is None:
        return "not partitioned"
    if table.partition == PARTITION_COLUMN:
        return f"partitioned by `{PARTITION_COLUMN}`, the UTC date of its article's `event_time`"
    return f"partitioned by `{PARTITION_COLUMN}`, the UTC date of `{table.partition}`"


def data_dictionary() -> str:
    """Write docs/schema.md: every table and column, in English and Arabic."""
    lines = [
        "# The tables",
        "",
        "Generated from `transforms/rows` by `make docs`; edit the descriptions there.",
        "",
        "The same tables, names and types hold in Parquet and in BigQuery. Times are UTC with",
        "microseconds. Offsets count code points, end-exclusive:",
        "`text == SUBSTR(body, char_start + 1, char_end - char_start)`. An array is never NULL.",
        f"`{PARTITION_COLUMN}` is hidden: {DATE_COLUMN.description_en}",
    ]
    for table in TABLES.values():
        key = ", ".join(f"`{name}`" for name in table.key)
        lines += [
            "",
            f"## {table.name}",
            "",
            table.description_en,
            "",
            table.description_ar,
            "",
            f"Primary key {key}; {_partition_text(table)}.",
            "",
            "| column | type | NULL | what it holds | الوصف |",
            "|---|---|---|---|---|",
            *(line for column in table.columns for line in _dictionary_lines(column)),
        ]
    return "\n".join(lines) + "\n"
