"""Tables of documents: CSV, TSV and Excel files, one document a row.

The first row with a value names the columns. What becomes of a row is what becomes of a line of
JSON with the same members (``pipeline.sources.prefetched``): each is put down as one.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import Final

from pipeline import storage
from pipeline.sources import prefetched
from pipeline.sources.base import Ref, Skipped, Unread, empty_file
from pipeline.sources.members import TEXTS, Renames, absent, columns_of, unread, unread_line
from pipeline.sources.spool import Spool
from pipeline.sources.workbook import WorkbookError, sheets
from transforms.records import Rejected, content_id
from transforms.rejects import Reason
from transforms.text.encoding import decode_bytes

_DELIMITERS: Final = ",;\t|"
_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
# What other programs write where a value is missing.
_MISSING: Final = frozenset({"nan", "null", "none", "n/a", "#n/a", "na", "nat", "<na>"})
_MAX_FIELD: Final = 64 * 1024 * 1024  # no document has a right to more
csv.field_size_limit(_MAX_FIELD)

_Found = Ref | Rejected | Skipped | Unread


def index(path: str, spool: Spool, renames: Renames) -> Iterator[_Found]:
    """List the documents of a table; rows that do not fit its header are rejected.

    Args:
        path: a .csv, .tsv or .xlsx file, packed with gzip or not.
        spool: takes the rows.
        renames: from ``--map``: our name -> the column's.

    Raises:
        UnreadableError: the file cannot be read.
    """
    data = storage.read_bytes(path)
    if not data.strip():
        yield empty_file(path)
        return
    if data.startswith(_WORKBOOKS):  # whatever the file is called
        given = sheets(data)
    else:
        text = decode_bytes(data, markup="text").text
        if _is_binary(text):
            yield _rejected(path, "unreadable", "neither text nor an .xlsx workbook")
            return
        given = iter([("", _csv_rows(text))])
    found: list[Skipped] = []
    useful = False
    try:
        for sheet, rows in given:
            for each in _Table(path, sheet, spool, renames).index(rows):
                if isinstance(each, Skipped):
                    found.append(each)
                else:
                    useful = True
                    yield each
    except (WorkbookError, csv.Error) as error:
        yield _rejected(path, "unreadable", str(error))
        return
    if useful or not found:  # a sheet of notes beside the table is no fault
        yield from found
        return
    yield _rejected(path, "unknown_format", "; ".join(each.reason for each in found))


class _Table:
    """One table of a file."""

    def __init__(self, path: str, sheet: str, spool: Spool, renames: Renames) -> None:
        self._path, self._sheet, self._spool, self._renames = path, sheet, spool, renames
        self._name = f"{path}, sheet {sheet}" if sheet else path
        self._spooled = f"{content_id(path, sheet)}.jsonl"
        self._rejected: list[Rejected] = []
        self._seen = 0

    def index(self, rows: Iterator[list[str]]) -> Iterator[_Found]:
        """List the table's documents."""
        header: list[str] = next((row for row in rows if any(map(str.strip, row))), [])
        columns = columns_of(header, self._renames)
        others = [" ".join(name.split()) for n, name in enumerate(header) if n not in columns]
        guesses = unread(filter(None, others), set(columns.values()))
        lacking = absent(self._renames, columns.values())
        if lacking or not TEXTS & set(columns.values()):
            yield Skipped(self._path, self._not_ours(header, guesses, lacking))
            return
        if guesses:
            yield Unread(self._path, guesses)
        lines = self._lines(rows, columns, len(header))
        path = self._spool.write_lines(self._spooled, lines)
        if not self._seen:
            yield _rejected(self._path, "empty_input", f"{self._name}: no rows below the header")
        yield from self._rejected
        yield from prefetched.index(path, self._spool)

    def _not_ours(
        self, header: list[str], guesses: dict[str, str], lacking: tuple[str, ...]
    ) -> str:
        if not header:
            return f"{self._name}: no rows"
        why = unread_line(guesses, lacking)
        return f"{self._name}: {why}" if lacking else f"{self._name}: no column is a text: {why}"

    def _lines(
        self, rows: Iterable[list[str]], columns: dict[int, str], width: int
    ) -> Iterator[bytes]:
        for number, row in enumerate(self._until_torn(rows), 2):
            if not any(map(str.strip, row)):
                continue
            self._seen += 1
            if any(map(str.strip, row[width:])):
                self._reject(number, row, f"{len(row)} cells where the header has {width}")
                continue
            document = {
                member: row[column]
                for column, member in columns.items()
                if column < len(row) and row[column].strip().lower() not in _MISSING | {""}
            }
            if not TEXTS & document.keys():
                self._reject(number, row, "no text in it", reason="empty_input")
                continue
            yield json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")

    def _until_torn(self, rows: Iterable[list[str]]) -> Iterator[list[str]]:
        """The rows up to one that cannot be told from all that follows it."""
        number = 1
        try:
            for row in rows:
                number += 1
                yield row
        except csv.Error as error:
            self._seen += 1
            self._reject(number + 1, [], str(error), reason="unreadable")

    def _reject(self, number: int, row: list[str], why: str, reason: Reason = "schema") -> None:
        begins = " ".join(" ".join(row).split())[:60]
        where = f"{self._sheet}:{number}" if self._sheet else str(number)
        why = f"row {where}: {why}" + (f": {begins} …" if begins else "")
        self._rejected.append(_rejected(self._path, reason, why, f"#{where}"))


def _rejected(path: str, reason: Reason, why: str, where: str = "") -> Rejected:
    detail = why if why.startswith(path) else f"{path}: {why}"
    return Rejected("read", reason, detail, url=f"file:{PurePath(path).name}{where}")


def _is_binary(text: str) -> bool:
    """Whether what was decoded is no text: too much of it is no character that anybody writes."""
    start = text[:4096]
    odd = sum((letter < " " and letter not in "\t\n\r") or letter == "\ufffd" for letter in start)
    return odd > 0.05 * len(start)


def _csv_rows(text: str) -> Iterator[list[str]]:
    """The rows of a CSV or TSV text, whatever divides its cells.

    Raises:
        csv.Error: the last row has a quotation mark without end.
    """
    first, _, rest = text.partition("\n")
    named = first.strip().lower()
    if named.startswith("sep=") and len(named) == 5:  # a line of Excel's own
        delimiter, text = first.strip()[4], rest
    else:
        delimiter = _delimiter(text)
    lines = io.StringIO(text, newline="").readlines()
    reader = csv.reader(lines, delimiter=delimiter)
    held: list[str] | None = None
    begins = ends = 0
    for row in reader:
        if held is not None:
            yield held
            begins = ends
        held, ends = row, reader.line_num
    if held is None:
        return
    try:
        for _ in csv.reader(lines[begins:], delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        if "end of data" in str(error):
            size = len(lines) - begins
            raise csv.Error(f'a quotation mark (") has no end: {size} lines in one row') from error
    yield held


def _delimiter(text: str) -> str:
    """What divides the cells of the header: what stands there most, outside of quotes."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    outside = "".join(header.split('"')[::2])
    counted = Counter(letter for letter in outside if letter in _DELIMITERS)
    return max(_DELIMITERS, key=lambda letter: counted[letter])
