"""Write query results: a table for people, CSV that spreadsheets cannot run, JSON, Parquet."""

from __future__ import annotations

import csv
import io
import sys
from datetime import date, datetime
from typing import Any, BinaryIO, Final

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table
from rich.text import Text

# A spreadsheet takes a cell that starts with one of these for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_CELL: Final = 60


def write_table(table: pa.Table, form: str, stream: BinaryIO, *, raw: bool = False) -> None:
    """Write rows.

    Args:
        table: the rows.
        form: ``table``, ``csv``, ``json`` or ``parquet``.
        stream: where to.
        raw: CSV cells exactly as stored; otherwise text that a spreadsheet would run as a formula
            gets an apostrophe in front, numbers never.
    """
    writers = {"csv": _csv, "json": _json, "parquet": _parquet, "table": _text}
    writers[form](table, stream, raw)


def _csv(table: pa.Table, stream: BinaryIO, raw: bool) -> None:
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow(table.column_names)
    for batch in table.to_batches(max_chunksize=1000):
        for row in batch.to_pylist():
            writer.writerow([_cell(value, raw=raw) for value in row.values()])
    text.detach()


def _cell(value: Any, *, raw: bool) -> Any:
    if value is None:
        return ""
    if isinstance(value, list | dict):
        value = orjson.dumps(value, default=str).decode()
    elif isinstance(value, datetime | date):
        value = value.isoformat()
    if isinstance(value, str) and not raw and value.startswith(_FORMULA):
        return "'" + value
    return value


def _json(table: pa.Table, stream: BinaryIO, _raw: bool) -> None:
    for batch in table.to_batches(max_chunksize=1000):
        stream.writelines(orjson.dumps(row, default=str) + b"\n" for row in batch.to_pylist())


def _parquet(table: pa.Table, stream: BinaryIO, _raw: bool) -> None:
    buffer = pa.BufferOutputStream()
    pq.write_table(table, buffer, compression="zstd")
    stream.write(buffer.getvalue())


def _text(table: pa.Table, stream: BinaryIO, _raw: bool) -> None:
    text = io.TextIOWrapper(stream, encoding="utf-8", write_through=True)
    console = Console(file=text, width=None if sys.stdout.isatty() else 160, highlight=False)
    shown = Table()
    for field in table.schema:
        numeric = pa.types.is_integer(field.type) or pa.types.is_floating(field.type)
        shown.add_column(field.name, justify="right" if numeric else "left", overflow="fold")
    for row in table.to_pylist():
        shown.add_row(*(_shown(value) for value in row.values()))
    console.print(shown)
    console.print(f"{table.num_rows} rows", style="dim")
    text.detach()


def _shown(value: Any) -> Text:
    """A cell for the eye: shortened, Arabic to the right."""
    plain = "" if value is None else str(_cell(value, raw=True))
    plain = " ".join(plain.split())
    if len(plain) > _CELL:
        plain = plain[: _CELL - 1] + "…"
    arabic = sum("\u0600" <= letter <= "\u06ff" for letter in plain) * 2 > len(plain)
    return Text(plain, justify="right" if arabic else "default")
