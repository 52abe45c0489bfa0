"""Keep out what was taken down: it is not fetched, read or stored again (decision 0041)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.sinks.base import Sink

TABLE: Final = "_removed"
# By which column a row of a table belongs to what was taken down.
_PAGES: Final = {"articles": "page_id", "_fingerprints": "page_id", "appearances": "page_id"}
_ARTICLES: Final = ("articles", "_fingerprints", "events", "appearances")


@dataclass(frozen=True, slots=True)
class Takedowns:
    """What was taken down of an output.

    Attributes:
        pages: page ids: no version of them is stored.
        articles: article ids.
    """

    pages: frozenset[str] = frozenset()
    articles: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Tell whether anything was taken down."""
        return bool(self.pages or self.articles)

    def left_of(self, table: str, data: pa.Table, gone: Collection[str] = ()) -> pa.Table:
        """Leave out the rows of what was taken down.

        Args:
            table: the table's name.
            data: some of its rows.
            gone: more article ids that go: those of pages that were taken down.
        """
        mask = pa.array([False] * data.num_rows)
        if table in _PAGES:
            mask = pc.or_(mask, _in(data[_PAGES[table]], self.pages))
        if table in _ARTICLES:
            mask = pc.or_(mask, _in(data["article_id"], self.articles | set(gone)))
        return data.filter(pc.invert(mask))


def takedowns(sink: Sink) -> Takedowns:
    """Read what was taken down of an output."""
    rows = sink.read(TABLE, ("kind", "value")).to_pylist()
    return Takedowns(
        frozenset(row["value"] for row in rows if row["kind"] == "page"),
        frozenset(row["value"] for row in rows if row["kind"] == "article"),
    )


def taken_down(sink: Sink) -> frozenset[str]:
    """Read the ids of the pages that were taken down."""
    return takedowns(sink).pages


def _in(column: pa.ChunkedArray, values: Iterable[str]) -> Any:
    return pc.fill_null(pc.is_in(column, value_set=pa.array(sorted(values), pa.string())), False)  # noqa: FBT003 - Arrow's own signature
