"""Write query results: a table for people, CSV that spreadsheets cannot run, other forms."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Generator, Iterable, Iterator
from datetime import date, datetime
from typing import Any, BinaryIO, Final, Literal

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.render.flat import flatten
from pipeline.render.geojson import write_geojson
from pipeline.render.geoparquet import write_geoparquet
from pipeline.render.terminal import one_line, page
from pipeline.render.values import STRANGE, as_text
from pipeline.render.workbook import MAX_CELL, write_workbook
from transforms.text.cells import harmless

_CELL: Final = 60  # characters of a cell that are shown
_LINE: Final = 400  # the same where a value has lines of its own
_NARROW: Final = 10  # columns of the screen at which a cell can be read, such as a date


def write_table(
    table: pa.Table, form: str, stream: BinaryIO, *, raw: bool = False, excel: bool = False
) -> None:
    """Write rows.

    Args:
        table: the rows.
        form: ``table``, ``csv``, ``tsv``, ``json`` (one object a line, also called ``jsonl``),
            ``parquet``, ``xlsx``, ``geojson`` or ``geoparquet``.
        stream: where to.
        raw: CSV and Excel cells exactly as stored; otherwise text that a spreadsheet would run as a
            formula gets an apostrophe in front, numbers never.
        excel: CSV that Excel opens as it is: with a byte order mark, flat columns, times it reads.

    Raises:
        UsageError: the rows cannot be written in this form.
    """
    if form == "csv":
        _csv(flatten(table) if excel else table, stream, raw=raw, excel=excel)
    elif form == "tsv":
        _tsv(table, stream, raw=raw, excel=excel)
    elif form in {"json", "jsonl"}:
        _json(table, stream)
    elif form == "parquet":
        _parquet(table, stream)
    elif form == "xlsx":
        write_workbook(table, stream, raw=raw)
    elif form == "geojson":
        write_geojson(table, stream)
    elif form == "geoparquet":
        write_geoparquet(table, stream)
    else:
        _text(table, stream)


def written(tables: Iterable[pa.Table], form: str) -> Generator[bytes]:
    """Write rows piece by piece, for people's spreadsheets and for programs; see ``write_table``.

    Args:
        tables: the rows, some at a time, all with the same columns.
        form: ``csv``, as Excel opens it, or ``json``.

    Yields:
        The file's bytes, a piece for each table.
    """
    for number, table in enumerate(tables):
        stream = io.BytesIO()
        if form == "csv":
            _csv(flatten(table), stream, raw=False, excel=True, first=number == 0)
        else:
            _json(table, stream)
        yield stream.getvalue()


def _csv(table: pa.Table, stream: BinaryIO, *, raw: bool, excel: bool, first: bool = True) -> None:
    encoding = "utf-8-sig" if excel and first else "utf-8"
    text = io.TextIOWrapper(stream, encoding=encoding, newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    if first:
        writer.writerow(table.column_names)
    for batch in table.to_batches(max_chunksize=1000):
        for row in batch.to_pylist():
            writer.writerow([_cell(value, raw=raw, excel=excel) for value in row.values()])
    text.detach()


def _tsv(table: pa.Table, stream: BinaryIO, *, raw: bool, excel: bool) -> None:
    """Cells divided by tabs and never quoted, as GDELT's are; blanks within them are made one."""
    if excel:
        stream.write(codecs.BOM_UTF8)
    stream.write("\t".join(table.column_names).encode() + b"\n")
    for batch in table.to_batches(max_chunksize=1000):
        for row in batch.to_pylist():
            cells = (" ".join(str(_cell(value, raw=raw)).split()) for value in row.values())
            stream.write("\t".join(cells).encode() + b"\n")


def _cell(value: Any, *, raw: bool, excel: bool = False) -> Any:
    if value is None:
        return ""
    if isinstance(value, list | dict):
        value = orjson.dumps(value, default=as_text).decode()
    elif isinstance(value, datetime) and excel:
        value = f"{value:%Y-%m-%d %H:%M:%S}"
    elif isinstance(value, datetime | date):
        value = value.isoformat()
    elif isinstance(value, STRANGE):
        value = as_text(value)
    if isinstance(value, str):
        if excel and len(value) > MAX_CELL:  # Excel would spread it over the cells below
            value = value[: MAX_CELL - 2] + "…"
        return value if raw else harmless(value)
    return value


def _json(table: pa.Table, stream: BinaryIO) -> None:
    for batch in table.to_batches(max_chunksize=1000):
        stream.writelines(orjson.dumps(row, default=as_text) + b"\n" for row in batch.to_pylist())


def _parquet(table: pa.Table, stream: BinaryIO) -> None:
    buffer = pa.BufferOutputStream()
    pq.write_table(table, buffer, compression="zstd")
    stream.write(buffer.getvalue())


def _text(table: pa.Table, stream: BinaryIO) -> None:
    rows = [[_shown(value) for value in row.values()] for row in table.to_pylist()]
    with page(stream, width=160) as console:
        if _fits(table.column_names, rows, console.width):
            console.print(_side_by_side(table.schema, rows))
        else:
            _one_by_one(table.column_names, rows, console)
        console.print(f"{table.num_rows} row{'' if table.num_rows == 1 else 's'}", style="dim")


def _fits(names: list[str], rows: list[list[str]], width: int) -> bool:
    """Whether every column can be had at a width at which its cells can be read."""
    longest = [max(map(cell_len, cells)) for cells in zip(names, *rows, strict=True)]
    return sum(min(each, _NARROW) + 3 for each in longest) < width


def _side_by_side(schema: pa.Schema, rows: list[list[str]]) -> Table:
    shown = Table()
    for field in schema:
        numeric = pa.types.is_integer(field.type) or pa.types.is_floating(field.type)
        shown.add_column(field.name, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        shown.add_row(*(Text(cell, justify=_side(cell)) for cell in _shortened(row, _CELL)))
    return shown


def _one_by_one(names: list[str], rows: list[list[str]], console: Console) -> None:
    for number, row in enumerate(rows, 1):
        console.rule(f"row {number}", align="left")
        shown = Table.grid(padding=(0, 2))
        shown.add_column(style="bold")
        shown.add_column(overflow="fold")
        for name, cell in zip(names, _shortened(row, _LINE), strict=True):
            shown.add_row(name, Text(cell))
        console.print(shown)


def _shown(value: Any) -> str:
    return one_line("" if value is None else str(_cell(value, raw=True)))


def _shortened(row: list[str], limit: int) -> Iterator[str]:
    return (cell if cell_len(cell) <= limit else cell[: limit - 1] + "…" for cell in row)


def _side(cell: str) -> Literal["right"] | None:
    """Arabic stands on the right."""
    arabic = sum("\u0600" <= letter <= "\u06ff" for letter in cell) * 2 > len(cell)
    return "right" if arabic else None
