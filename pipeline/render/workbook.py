"""Write rows as an Excel workbook (.xlsx): one sheet, dates as dates, texts as texts.

The same rows give the same bytes.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any, BinaryIO, Final

import pyarrow as pa
from xlsxwriter import Workbook

from pipeline.errors import UsageError
from pipeline.render.flat import flatten
from pipeline.render.values import as_text
from transforms.text.cells import harmless

MAX_CELL: Final = 32_767
"""Characters that Excel holds in a cell; longer texts are cut there and end in an ellipsis."""
MAX_ROWS: Final = 1_048_576
_EXACT: Final = 10**15  # larger whole numbers lose digits in Excel
_FIRST_YEAR: Final = 1901  # that Excel counts for certain
_IMPOSSIBLE: Final = re.compile("[\ud800-\udfff\ufffe\uffff]")  # in XML
_OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def write_workbook(rows: pa.Table, stream: BinaryIO, *, raw: bool = False) -> None:
    """Write rows into a workbook; structures are flattened.

    Args:
        rows: the rows.
        stream: where to.
        raw: texts as they are; otherwise one that begins as a formula does gets an apostrophe.
            Neither is ever run: texts are stored as texts.

    Raises:
        UsageError: Excel holds less rows.
    """
    if rows.num_rows >= MAX_ROWS:
        raise UsageError(
            f"{rows.num_rows} rows are more than an Excel sheet holds ({MAX_ROWS - 1}): "
            "narrow the query, or write csv"
        )
    rows = flatten(rows)
    with Workbook(stream, _OPTIONS) as book:
        book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})
        sheet = book.add_worksheet("rows")
        sheet.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        formats = {
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        }
        for column, name in enumerate(rows.column_names):
            sheet.write(0, column, _held(name), bold)
        number = 0
        for batch in rows.to_batches(max_chunksize=1000):
            for row in batch.to_pylist():
                number += 1
                for column, value in enumerate(row.values()):
                    cell = _cell(value, raw=raw)
                    sheet.write(number, column, cell, formats.get(type(cell)))


def _cell(value: Any, *, raw: bool) -> Any:
    """A value as Excel can hold it: those that it cannot count are texts, times are UTC."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, datetime):
        at = value.astimezone(UTC) if value.tzinfo else value
        return at.replace(tzinfo=None) if at.year >= _FIRST_YEAR else at.isoformat()
    if isinstance(value, date):
        return value if value.year >= _FIRST_YEAR else value.isoformat()
    if isinstance(value, int | float):
        return value if abs(value) < _EXACT else str(value)  # no NaN, no infinity
    text = as_text(value)
    return _held(text if raw else harmless(text))


def _held(text: str) -> str:
    """A text as a cell holds it."""
    text = _IMPOSSIBLE.sub("\ufffd", text)
    return text if len(text) <= MAX_CELL else text[: MAX_CELL - 1] + "…"
