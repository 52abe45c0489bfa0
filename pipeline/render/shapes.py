"""Rows in the shapes of GDELT, POLECAT and ACLED, as files that programs written for them read.

The views ``gdelt_events_v``, ``gdelt_mentions_v``, ``polecat_v`` and ``acled_v`` say what stands in
which column; here they are asked in a fixed order, and named as the files of those datasets are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import pyarrow as pa


class Asked(Protocol):
    """The rows of an output."""

    def sql(self, query: str) -> pa.Table:
        """Run one query."""
        ...


@dataclass(frozen=True, slots=True)
class Shape:
    """One file in the shape of another dataset.

    Attributes:
        file: its name.
        query: gives its rows; equal rows aside, their order is fixed.
        form: how it is written.
        names: columns that name parties.
        quotes: columns in the words of an article.
        spaced: the dataset's own headers have spaces where SQL has underscores.
    """

    file: str
    query: str
    form: str
    names: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()
    spaced: bool = False


SHAPES: Final[Mapping[str, tuple[Shape, ...]]] = {
    "gdelt": (
        Shape(
            "gdelt_events.tsv",
            "SELECT * FROM gdelt_events_v ORDER BY IFNULL(SQLDATE, 99999999), GLOBALEVENTID",
            "tsv",
            names=("Actor1Name", "Actor2Name"),
        ),
        Shape(
            "gdelt_mentions.tsv",
            "SELECT * FROM gdelt_mentions_v ORDER BY GLOBALEVENTID, IFNULL(MentionTimeDate, 0), "
            "IFNULL(MentionIdentifier, ''), SentenceID, ActionCharOffset, Actor1CharOffset, "
            "Actor2CharOffset, Confidence, MentionDocLen",
            "tsv",
        ),
    ),
    "polecat": (
        Shape(
            "polecat.tsv",
            "SELECT * FROM polecat_v ORDER BY IFNULL(Event_Date, DATE '9999-12-31'), Event_ID",
            "tsv",
            names=("Actor_Name", "Recipient_Name"),
            quotes=("Actor_Name_Raw", "Recipient_Name_Raw", "Raw_Placename"),
            spaced=True,
        ),
    ),
    "acled": (
        Shape(
            "acled.csv",
            "SELECT * FROM acled_v ORDER BY IFNULL(event_date, DATE '9999-12-31'), event_id_cnty",
            "csv",
            names=("actor1", "actor2"),
            quotes=("notes",),
        ),
    ),
}


def emptied(rows: pa.Table, columns: tuple[str, ...]) -> pa.Table:
    """Leave columns without values; a shape keeps all its columns.

    Args:
        rows: the table.
        columns: the names.
    """
    for name in columns:
        index = rows.schema.get_field_index(name)
        field = rows.schema.field(index)
        rows = rows.set_column(index, field, pa.nulls(rows.num_rows, field.type))
    return rows


def spaced(rows: pa.Table) -> pa.Table:
    """Name columns with spaces for underscores."""
    return rows.rename_columns([name.replace("_", " ") for name in rows.column_names])
