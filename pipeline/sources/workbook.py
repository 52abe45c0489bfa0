"""Excel workbooks (.xlsx) as rows of text.

An .xlsx file is a zip archive of XML parts. Only what a table of documents needs is read: cells in
their rows, texts, numbers, dates. Formulas count by the value that was last worked out.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final

from lxml import etree

_MAX_BYTES: Final = 1024 * 1024 * 1024  # of one part, unpacked
_OLD: Final = b"\xd0\xcf\x11\xe0"  # begins .xls files, and workbooks with a password
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_QUOTED: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')  # of a format: no letters of its own
_DATE_FORMATS: Final = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_EPOCHS: Final = {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}  # noqa: DTZ001 - civil

Row = list[str]


class WorkbookError(Exception):
    """A file that is no workbook that can be read; the message is one line."""


def sheets(data: bytes) -> Iterator[tuple[str, Iterator[Row]]]:
    """Read the visible sheets of a workbook.

    Args:
        data: the file.

    Yields:
        The name of a sheet and its rows, each from column A on. Dates are ISO 8601 civil times;
        cells without a value and those that show an error are "".

    Raises:
        WorkbookError: it is no workbook, or a broken or huge one.
    """
    if data.startswith(_OLD):
        raise WorkbookError("an old .xls workbook, or one with a password: save it as plain .xlsx")
    with _in_one_line(), zipfile.ZipFile(io.BytesIO(data)) as archive:
        book = _Book(archive)
        for name, part in book.parts():
            yield name, book.rows(part)


@contextmanager
def _in_one_line() -> Iterator[None]:
    """Tell what is wrong with a workbook, whichever library found it."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise WorkbookError(f"no whole .xlsx workbook: {error}") from error
    except (etree.XMLSyntaxError, LookupError, ValueError, OverflowError) as error:
        raise WorkbookError(f"a broken .xlsx workbook: {error}") from error


class _Book:
    """What the cells of a workbook refer to."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = {name.lower(): name for name in archive.namelist()}
        self._texts = list(self._shared_texts())
        self._dates = self._date_styles()
        book = self._tree("xl/workbook.xml")
        settings = next(_of(book, "workbookPr"), None)
        self._from_1904 = settings is not None and settings.get("date1904") in {"1", "true"}
        self._sheets = list(_of(book, "sheet"))

    def parts(self) -> Iterator[tuple[str, str]]:
        """The name of each visible sheet and the part it lies in."""
        relations = self._tree("xl/_rels/workbook.xml.rels")
        targets = {each.get("Id"): each.get("Target") for each in _of(relations, "Relationship")}
        for sheet in self._sheets:
            if sheet.get("state", "visible") != "visible":
                continue
            key = next(value for name, value in sheet.attrib.items() if _local(name) == "id")
            target = targets[key]
            yield sheet.get("name", ""), target.lstrip("/") if target[0] == "/" else f"xl/{target}"

    def rows(self, part: str) -> Iterator[Row]:
        """The rows of a sheet, from the first to the last that has a cell."""
        with _in_one_line(), self._open(part) as stream:
            for _, element in _parsed(stream, "{*}row"):
                row: Row = []
                for cell in element:
                    if _local(cell.tag) != "c":
                        continue
                    column = _column(cell.get("r", ""), len(row))
                    row.extend([""] * (column - len(row)))
                    row.append(self._value(cell))
                yield row
                element.clear()

    def _value(self, cell: Any) -> str:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return _text_of(cell)
        written = next((each.text or "" for each in cell if _local(each.tag) == "v"), "")
        if kind == "s":
            return self._texts[int(written)] if written else ""
        if kind == "b":
            return "true" if written == "1" else "false"
        if kind in {"str", "d"}:
            return _unescaped(written)
        if kind == "e" or not written:
            return ""
        return self._number(float(written), int(cell.get("s", "0")))

    def _number(self, value: float, style: int) -> str:
        if style in self._dates and 0 <= value < 2_958_466:  # the year 10000
            moment = _EPOCHS[self._from_1904] + timedelta(seconds=round(value * 86_400))
            return moment.date().isoformat() if value == int(value) else moment.isoformat()
        return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)

    def _shared_texts(self) -> Iterator[str]:
        if "xl/sharedstrings.xml" in self._names:
            with self._open("xl/sharedStrings.xml") as stream:
                for _, element in _parsed(stream, "{*}si"):
                    yield _text_of(element)
                    element.clear()

    def _date_styles(self) -> frozenset[int]:
        """The numbers of the cell styles that show a number as a date."""
        if "xl/styles.xml" not in self._names:
            return frozenset()
        styles = self._tree("xl/styles.xml")
        own = {
            int(each.get("numFmtId", "0"))
            for each in _of(styles, "numFmt")
            if re.search("[dmyhs]", _QUOTED.sub("", each.get("formatCode", "").lower()))
        }
        cells = next(_of(styles, "cellXfs"), ())
        used = [int(each.get("numFmtId", "0")) for each in cells]
        return frozenset(n for n, kind in enumerate(used) if kind in _DATE_FORMATS | own)

    def _tree(self, part: str) -> Any:
        with self._open(part) as stream:
            return etree.parse(stream, etree.XMLParser(resolve_entities=False, no_network=True))

    def _open(self, part: str) -> Any:
        name = self._names.get(part.lower())
        if name is None:
            raise WorkbookError(f"no .xlsx workbook: it has no {part}")
        if self._archive.getinfo(name).file_size > _MAX_BYTES:
            raise WorkbookError(f"{part} has more than {_MAX_BYTES >> 30} GB unpacked")
        return self._archive.open(name)


def _parsed(stream: Any, tag: str) -> Any:
    return etree.iterparse(stream, tag=tag, resolve_entities=False, no_network=True)


def _of(tree: Any, name: str) -> Iterator[Any]:
    """The elements of a local name: strict workbooks have namespaces of their own."""
    return tree.iter(f"{{*}}{name}")


def _local(name: Any) -> str:
    return str(name).rpartition("}")[2]


def _text_of(element: Any) -> str:
    """The text of a cell, its runs joined; how it is read aloud (rPh) is left out."""
    runs = (each.text or "" for each in _of(element, "t") if _local(each.getparent().tag) != "rPh")
    return _unescaped("".join(runs))


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


def _column(reference: str, otherwise: int) -> int:
    """The column of a cell such as ``AB12``, from 0; never before the one that is due."""
    letters = reference.rstrip("0123456789")
    if not (letters.isascii() and letters.isalpha()) or len(letters) > 3:
        return otherwise
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return max(number - 1, otherwise)
