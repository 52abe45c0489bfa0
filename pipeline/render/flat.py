"""Rows without structure: what spreadsheets, R and pandas take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pyarrow as pa

from pipeline.render.values import as_text

BETWEEN: Final = "; "  # stands between the elements of a list


def flatten(rows: pa.Table) -> pa.Table:
    """Make every column one of plain values.

    A STRUCT becomes a column a field (``place.name`` is ``place_name``), an ARRAY one text with its
    elements joined, an ARRAY of STRUCT such a text for every field. The n-th element of one is the
    n-th of another; a missing one is empty.

    Args:
        rows: any rows.
    """
    columns: dict[str, Any] = {}
    for field in rows.schema:
        columns.update(_flat(field.name, field.type, rows.column(field.name)))
    return pa.table(columns)


def _flat(name: str, kind: pa.DataType, column: Any) -> Iterator[tuple[str, Any]]:
    if pa.types.is_struct(kind):
        values = column.to_pylist()
        for field in kind:
            inner = [None if each is None else each[field.name] for each in values]
            yield from _flat(f"{name}_{field.name}", field.type, pa.array(inner, field.type))
    elif pa.types.is_list(kind) and pa.types.is_struct(kind.value_type):
        values = column.to_pylist()
        for field in kind.value_type:
            inner = [None if not each else [e[field.name] for e in each] for each in values]
            yield f"{name}_{field.name}", pa.array(map(_joined, inner), pa.string())
    elif pa.types.is_list(kind):
        yield name, pa.array(map(_joined, column.to_pylist()), pa.string())
    else:
        yield name, column


def _joined(values: list[Any] | None) -> str | None:
    """The elements of a list as one text; None where there is none."""
    if not values or all(each in (None, "", []) for each in values):
        return None
    return BETWEEN.join(_element(each) for each in values)


def _element(value: Any) -> str:
    if value is None:
        return ""
    return " ".join(map(as_text, value)) if isinstance(value, list) else as_text(value)
