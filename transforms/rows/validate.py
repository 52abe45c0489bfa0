"""Rows are held against the schema before any sink: a store must never be the first to notice."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from transforms.records import Rejected, content_id
from transforms.rows.columns import PARTITION_COLUMN, Column
from transforms.rows.schema import STORED

MAX_ROW_BYTES: Final = 4_000_000
_TOO_LARGE: Final = "row is too large"
_INT64: Final = 2**63


def _string(value: Any) -> str:
    """Say what keeps a value from being a STRING; empty when nothing does."""
    if not isinstance(value, str):
        return f"is {type(value).__name__}, not STRING"
    try:
        value.encode()
    except UnicodeEncodeError:
        return "holds a lone surrogate"
    return ""


def _int64(value: Any) -> str:
    """Say what keeps a value from being an INT64."""
    if not isinstance(value, int) or isinstance(value, bool):
        return f"is {type(value).__name__}, not INT64"
    return "" if -_INT64 <= value < _INT64 else "is beyond INT64"


def _float64(value: Any) -> str:
    """Say what keeps a value from being a FLOAT64; only finite numbers are."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return f"is {type(value).__name__}, not FLOAT64"
    try:
        return "" if math.isfinite(value) else "is not a finite number"
    except OverflowError:
        return "is beyond FLOAT64"


def _bool(value: Any) -> str:
    """Say what keeps a value from being a BOOL."""
    return "" if isinstance(value, bool) else f"is {type(value).__name__}, not BOOL"


def _bytes(value: Any) -> str:
    """Say what keeps a value from being BYTES."""
    return "" if isinstance(value, bytes) else f"is {type(value).__name__}, not BYTES"


def _timestamp(value: Any) -> str:
    """Say what keeps a value from being a TIMESTAMP: it must know its zone."""
    if not isinstance(value, datetime):
        return f"is {type(value).__name__}, not TIMESTAMP"
    if value.tzinfo is None:
        return "is a time without a zone"
    try:
        value.astimezone(UTC)
    except OverflowError:
        return "is beyond the years 1 to 9999"
    return ""


def _date(value: Any) -> str:
    """Say what keeps a value from being a DATE."""
    fits = isinstance(value, date) and not isinstance(value, datetime)
    return "" if fits else f"is {type(value).__name__}, not DATE"


_CHECKS: Final[dict[str, Callable[[Any], str]]] = {
    "STRING": _string,
    "INT64": _int64,
    "FLOAT64": _float64,
    "BOOL": _bool,
    "BYTES": _bytes,
    "TIMESTAMP": _timestamp,
    "DATE": _date,
}


def _check_fields(
    columns: tuple[Column, ...], row: Mapping[str, Any], prefix: str, problems: list[str]
) -> None:
    """Add the problems of a row, or of a STRUCT, to the list."""
    known = 0
    for column in columns:
        if column.name in row:
            known += 1
        _check_column(column, row.get(column.name), prefix + column.name, problems)
    if known < len(row):
        names = {column.name for column in columns}
        problems += [f"{prefix}{name} is no column" for name in sorted(set(row) - names)]


def _check_column(column: Column, value: Any, path: str, problems: list[str]) -> None:
    """Add the problems of one column's value to the list."""
    if value is None:
        if not column.nullable:
            problems.append(f"{path} is missing")
    elif not column.repeated:
        _check_value(column, value, path, problems)
    elif isinstance(value, (list, tuple)):
        for index, element in enumerate(value):
            _check_value(column, element, f"{path}[{index}]", problems)
    else:
        problems.append(f"{path} is {type(value).__name__}, not ARRAY")


def _check_value(column: Column, value: Any, path: str, problems: list[str]) -> None:
    """Add the problems of one value, or of one ARRAY element, to the list."""
    if column.type == "STRUCT":
        if isinstance(value, Mapping):
            _check_fields(column.fields, value, f"{path}.", problems)
        else:
            problems.append(f"{path} is {type(value).__name__}, not STRUCT")
        return
    problem = _CHECKS[column.type](value)
    if problem:
        problems.append(f"{path} {problem}")
    elif column.values and value not in column.values:
        problems.append(f"{path} is {value[:40]!r}, not one of {', '.join(column.values)}")


def row_bytes(value: Any) -> int:
    """Return the size of a row as stores count it: UTF-8 bytes of text, 8 for any other value."""
    if value is None:
        return 0
    if isinstance(value, str):
        return 2 + (len(value) if value.isascii() else len(value.encode("utf-8", "replace")))
    if isinstance(value, bytes):
        return len(value)
    if isinstance(value, Mapping):
        return sum(row_bytes(part) for part in value.values())
    if isinstance(value, (list, tuple)):
        return sum(row_bytes(element) for element in value)
    return 8


def validate_row(table: str, row: Mapping[str, Any]) -> list[str]:
    """Hold a row against its table, strictly.

    Args:
        table: the table's name.
        row: the row; it may carry ``date`` where the partition is handed in with the row.

    Returns:
        Every problem in words, the column first; empty for a row any sink can take. Types, NULLs,
        unknown columns, closed lists, lone surrogates, numbers that are not finite or beyond
        64 bits, times without a zone, and rows over 4 MB.
    """
    spec = STORED[table]
    problems: list[str] = []
    columns = spec.columns
    if spec.partition == PARTITION_COLUMN and PARTITION_COLUMN in row:
        columns = spec.stored_columns
    _check_fields(columns, row, "", problems)
    size = row_bytes(row)
    if size > MAX_ROW_BYTES:
        problems.append(f"{_TOO_LARGE}: {size} bytes, at most {MAX_ROW_BYTES} are stored")
    return problems


def check_row(table: str, row: Mapping[str, Any]) -> Rejected | None:
    """Answer a row no sink may see with its dead letter.

    Args:
        table: the table's name.
        row: the row.

    Returns:
        None for a good row; else ``Rejected`` of stage ``rows``, with reason ``row_too_large``
        when that is all that is wrong, else ``schema``. Its payload names the table and the key.
    """
    problems = validate_row(table, row)
    if not problems:
        return None
    too_large = all(problem.startswith(_TOO_LARGE) for problem in problems)
    key = {name: str(row.get(name))[:500] for name in STORED[table].key}
    return Rejected(
        stage="rows",
        reason="row_too_large" if too_large else "schema",
        detail=f"{table}: " + "; ".join(problems[:5]),
        url=_text_or_none(row.get("url")),
        feed_url=_text_or_none(row.get("feed_url")),
        source_id=_text_or_none(row.get("source_id")),
        raw_ref=_text_or_none(row.get("raw_ref")),
        payload=json.dumps({"table": table, "key": key}, sort_keys=True),
        content_id=content_id(table, *key.values()),
    )


def _text_or_none(value: Any) -> str | None:
    """Return a value when it is text of a bearable length."""
    return value if isinstance(value, str) and len(value) < 10_000 else None
