"""The schema as Arrow, and rows as Arrow tables.

Every Arrow field is nullable: NOT NULL is held by ``validate_row`` before a row gets here, and a
nullable field is what an older file, a Parquet reader and DuckDB all agree on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

import pyarrow as pa

from transforms.rows.columns import PARTITION_COLUMN, Column
from transforms.rows.rows import partition_date
from transforms.rows.schema import STORED

_SCALARS: Final[dict[str, pa.DataType]] = {
    "STRING": pa.string(),
    "INT64": pa.int64(),
    "FLOAT64": pa.float64(),
    "BOOL": pa.bool_(),
    "BYTES": pa.binary(),
    "TIMESTAMP": pa.timestamp("us", tz="UTC"),
    "DATE": pa.date32(),
}


def arrow_type(column: Column) -> pa.DataType:
    """Return the Arrow type of a column; an ARRAY's element is called ``element``."""
    if column.type == "STRUCT":
        kind = pa.struct([pa.field(field.name, arrow_type(field)) for field in column.fields])
    else:
        kind = _SCALARS[column.type]
    return pa.list_(pa.field("element", kind)) if column.repeated else kind


@cache
def arrow_schema(table: str, *, with_date: bool = False) -> pa.Schema:
    """Return the Arrow schema of a table.

    Args:
        table: the table's name.
        with_date: add the hidden partition column ``date`` of a partitioned table.

    Raises:
        KeyError: no such table.
    """
    spec = STORED[table]
    columns = spec.stored_columns if with_date else spec.columns
    return pa.schema([pa.field(column.name, arrow_type(column)) for column in columns])


def to_arrow(table: str, rows: Sequence[Mapping[str, Any]], *, with_date: bool = False) -> pa.Table:
    """Turn validated rows into an Arrow table of the table's schema, in the given order.

    Args:
        table: the table's name.
        rows: valid rows (see ``validate_row``); a missing key is NULL.
        with_date: add each row's partition date as the column ``date``.

    Returns:
        The Arrow table, one chunk a column.
    """
    schema = arrow_schema(table)
    result = pa.Table.from_pylist(list(rows), schema=schema)
    if with_date and STORED[table].partition is not None:
        dates = pa.array([partition_date(table, row) for row in rows], pa.date32())
        result = result.append_column(PARTITION_COLUMN, dates)
    return result


def form_problem(table: str, found: pa.Schema) -> str:
    """Say why rows of another schema cannot be taken as rows of a table.

    Args:
        table: the table's name.
        found: the schema of a file of it, ``date`` included.

    Returns:
        What is wrong and what to do; empty for the table's own schema and for an older one, which
        lacks columns that may be NULL.
    """
    known = arrow_schema(table, with_date=True)
    missing = {*STORED[table].key, *({PARTITION_COLUMN} & set(known.names))} - set(found.names)
    if missing:
        return f"lacks the column {min(missing)}: delete the bundle"
    for field in found:
        if field.name not in known.names:
            return f"has a column {field.name} that is unknown here: pip install -U rasd"
        if not _fits(field.type, known.field(field.name).type):
            return f"has another kind of column {field.name}: pip install -U rasd"
    return ""


def _fits(found: pa.DataType, known: pa.DataType) -> bool:
    """Whether values of a type are values of the known one; a STRUCT may lack fields."""
    if pa.types.is_list(known):
        return pa.types.is_list(found) and _fits(found.value_type, known.value_type)
    if not pa.types.is_struct(known):
        return bool(found == known)
    if not pa.types.is_struct(found):
        return False
    fields = {each.name: each.type for each in known}
    return all(each.name in fields and _fits(each.type, fields[each.name]) for each in found)
