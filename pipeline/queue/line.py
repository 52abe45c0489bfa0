"""A line of a queue: a page to be processed, or a row that a fetcher alone can tell (0072).

Whatever a line says was true when its group was made: ``as_of`` is the clock it was made by. A
line without our mark is a prefetched document, as ``rasd run`` reads them: another fetcher than
ours may fill a queue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import orjson

from pipeline.queue.form import to_moment, to_plain, to_record
from pipeline.sources.prefetched import page_of, read_object, refused
from transforms.records import Page, Rejected
from transforms.rows.rows import Row
from transforms.rows.schema import STORED
from transforms.rows.validate import check_row

MARK: Final = "rasd_queue"
VERSION: Final = 1
# What polls and fetches come to; articles and events are made where the queue is read.
TOLD: Final = frozenset({"appearances", "dead_letters", "feeds", "fetch_log"})


@dataclass(frozen=True, slots=True)
class Line:
    """What one line says.

    Attributes:
        record: a page; a row with its table; or why the line is neither.
        as_of: when it was made; None for a line that is not ours.
        archived: the page's content lies where ``raw_ref`` says.
        given: it is a prefetched document of somebody else.
    """

    record: Page | tuple[str, Row] | Rejected
    as_of: datetime | None = None
    archived: bool = False
    given: bool = False


def page_line(page: Page, as_of: datetime, *, archived: bool = False) -> bytes:
    """Write a page down.

    Args:
        page: to be processed elsewhere.
        as_of: the clock it was fetched by.
        archived: leave its content out: it lies in the archive, at the page's ``raw_ref``.
    """
    kept = replace(page, content=b"") if archived else page
    more = {"archived": True} if archived else {}
    return _written(as_of, {"page": to_plain(kept)} | more)


def row_line(table: str, row: Mapping[str, Any], as_of: datetime) -> bytes:
    """Write down a row of one of the tables ``TOLD``."""
    told = dict(row)
    if table == "appearances":
        told["article_id"] = None  # a fetcher has no articles, and notes there what it handed on
    return _written(as_of, {"table": table, "row": told})


def _written(as_of: datetime, said: Mapping[str, Any]) -> bytes:
    return orjson.dumps({MARK: VERSION, "as_of": as_of.isoformat(), **said}) + b"\n"


def read_line(line: bytes) -> Line:
    """Read a line; what is wrong with it is its record then."""
    document = read_object(line)
    if isinstance(document, Rejected):
        return Line(document)
    if MARK not in document:
        return Line(page_of(document, line), given=True)
    if document[MARK] != VERSION:
        return Line(
            refused(
                line,
                "unknown_format",
                f"a line of version {document[MARK]!r:.40}; this rasd reads {VERSION}: "
                "pip install -U rasd",
            )
        )
    try:
        return _said(document)
    except ValueError as error:
        return Line(refused(line, "bad_json", f"no line of a queue: {error}"))


def _said(document: Mapping[str, Any]) -> Line:
    """Read what a line of ours says.

    Raises:
        ValueError: it is not what it has to be.
    """
    as_of = to_moment(document.get("as_of"), "as_of")
    if "page" in document:
        page = to_record(Page, document["page"])
        return Line(page, as_of, archived=bool(document.get("archived")))
    table, row = document.get("table"), document.get("row")
    if table not in TOLD or not isinstance(row, Mapping):
        raise ValueError("neither a page nor a row that a fetcher tells")
    made = _row(table, row)
    return Line(check_row(table, made) or (table, made), as_of)


def _row(table: str, given: Mapping[str, Any]) -> Row:
    """Make a row of JSON's values; the schema has the last word on them."""
    times = {column.name for column in STORED[table].columns if column.type == "TIMESTAMP"}
    return {
        name: to_moment(each, name) if name in times and each is not None else each
        for name, each in given.items()
    }
