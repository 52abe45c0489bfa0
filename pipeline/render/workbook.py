"""Write rows as an Excel workbook (.xlsx): one sheet, dates as dates, texts as texts.

The same rows give the same bytes: the parts of the archive have a fixed time.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any, BinaryIO, Final
from xml.sax.saxutils import escape

import pyarrow as pa

from pipeline.errors import UsageError
from pipeline.render.flat import flatten, harmless

MAX_CELL: Final = 32_767
"""Characters that Excel holds in a cell; longer texts are cut there and end in an ellipsis."""
MAX_ROWS: Final = 1_048_576
_EXACT: Final = 10**15  # larger whole numbers lose digits in Excel
_TIME: Final = (1980, 1, 1, 0, 0, 0)
_EPOCH: Final = datetime(1899, 12, 30, tzinfo=UTC)
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_KIND: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# What XML cannot hold, and what looks like Excel's own way of writing it (_x000D_).
_ESCAPED: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]|_(?=x[0-9A-Fa-f]{4}_)")
_IMPOSSIBLE: Final = re.compile("[\ud800-\udfff\ufffe\uffff]")
_DATE, _MOMENT, _BOLD = 1, 2, 3  # cell styles
_PARTS: Final = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="rows" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><numFmts count="2">'
    '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>",
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
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _PARTS.items():
            archive.writestr(_part(name), _HEAD + text)
        with archive.open(_part("xl/worksheets/sheet1.xml"), "w", force_zip64=True) as sheet:
            for text in _sheet(rows, raw=raw):
                sheet.write(text.encode("utf-8"))


def _part(name: str) -> zipfile.ZipInfo:
    part = zipfile.ZipInfo(name, _TIME)
    part.compress_type = zipfile.ZIP_DEFLATED
    return part


def _sheet(rows: pa.Table, *, raw: bool) -> Iterator[str]:
    yield f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    yield '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    yield "</sheetView></sheetViews><sheetData>"
    letters = [_letters(number) for number in range(rows.num_columns)]
    yield _row(1, [_text(name, _BOLD) for name in rows.column_names], letters)
    number = 1
    for batch in rows.to_batches(max_chunksize=1000):
        for row in batch.to_pylist():
            number += 1
            yield _row(number, [_cell(value, raw=raw) for value in row.values()], letters)
    yield "</sheetData></worksheet>"


def _row(number: int, cells: Sequence[str], letters: Sequence[str]) -> str:
    named = (
        cell.replace("<c", f'<c r="{column}{number}"', 1)
        for column, cell in zip(letters, cells, strict=True)
    )
    return f'<row r="{number}">{"".join(named)}</row>'


def _cell(value: Any, *, raw: bool) -> str:
    """A cell without its place; nothing for a missing value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, datetime):
        moment = value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
        return _dated(moment, _MOMENT)
    if isinstance(value, date):
        return _dated(datetime(value.year, value.month, value.day, tzinfo=UTC), _DATE)
    if isinstance(value, int | float) and abs(value) < _EXACT:  # no NaN, no infinity
        return f"<c><v>{value!r}</v></c>"
    text = str(value)
    numeric = isinstance(value, int | float)
    return _text(text if raw or numeric else harmless(text))


def _dated(moment: datetime, style: int) -> str:
    """A day or a moment; those that Excel does not count (before 1900) are text."""
    if moment.year < 1901:
        return _text(moment.date().isoformat() if style == _DATE else moment.isoformat())
    days = (moment - _EPOCH).total_seconds() / 86_400
    return f'<c s="{style}"><v>{int(days) if style == _DATE else repr(round(days, 9))}</v></c>'


def _text(text: str, style: int = 0) -> str:
    text = _IMPOSSIBLE.sub("\ufffd", text)
    if len(text) > MAX_CELL:
        text = text[: MAX_CELL - 1] + "…"
    text = _ESCAPED.sub(lambda match: f"_x{ord(match[0]):04X}_", text)
    styled = f' s="{style}"' if style else ""
    return f'<c{styled} t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def _letters(number: int) -> str:
    """The name of a column, from 0: A, B, ... Z, AA."""
    name = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
