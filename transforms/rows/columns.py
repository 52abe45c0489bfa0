"""What a column and a table are: the vocabulary the table modules are written in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

ColumnType = Literal[
    "STRING",
    "INT64",
    "FLOAT64",
    "BOOL",
    "BYTES",
    "TIMESTAMP",  # UTC, microseconds
    "DATE",
    "STRUCT",
]

PARTITION_COLUMN: Final = "date"


@dataclass(frozen=True, slots=True)
class Column:
    """One column, or one field of a STRUCT.

    Attributes:
        name: snake case, stable for ever.
        type: the type of the value, or of one element when ``repeated``.
        repeated: an ARRAY of ``type``; an array is never NULL, an empty one stands for none.
        nullable: whether the value may be NULL.
        fields: the fields of a STRUCT.
        description_en: what it holds, for a reader of English.
        description_ar: the same in Arabic.
        values: the closed list of a STRING's values; empty when it is open.
    """

    name: str
    type: ColumnType
    repeated: bool = False
    nullable: bool = True
    fields: tuple[Column, ...] = ()
    description_en: str = ""
    description_ar: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Attributes:
        name: its plain name in SQL.
        key: the primary key; one row per key at every commit.
        partition: the column whose UTC date is the hidden column ``date``; ``date`` itself when
            the date is handed in with the row (that of its article); None when unpartitioned.
        columns: all columns but the hidden one.
        description_en: one sentence on what a row is.
        description_ar: the same in Arabic.
    """

    name: str
    key: tuple[str, ...]
    partition: str | None
    columns: tuple[Column, ...]
    description_en: str
    description_ar: str

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the columns, without the hidden one."""
        return tuple(column.name for column in self.columns)

    @property
    def stored_columns(self) -> tuple[Column, ...]:
        """Return the columns as a database holds them: with ``date`` last when partitioned."""
        return self.columns if self.partition is None else (*self.columns, DATE_COLUMN)

    def column(self, name: str) -> Column:
        """Return one column by its name.

        Raises:
            KeyError: the table has no such column.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"table {self.name} has no column {name}")


def column(
    name: str,
    type_: ColumnType,
    english: str,
    arabic: str,
    *,
    required: bool = False,
    values: Sequence[str] = (),
) -> Column:
    """Build a plain column.

    Args:
        name: the column's name.
        type_: its type.
        english: its description in English.
        arabic: its description in Arabic.
        required: refuse NULL.
        values: the closed list of its values, if there is one.

    Returns:
        The column.
    """
    return Column(
        name,
        type_,
        nullable=not required,
        description_en=english,
        description_ar=arabic,
        values=tuple(values),
    )


def array(
    name: str,
    type_: ColumnType,
    english: str,
    arabic: str,
    *,
    fields: Sequence[Column] = (),
) -> Column:
    """Build an ARRAY column: never NULL, possibly empty, its elements never NULL."""
    return Column(
        name,
        type_,
        repeated=True,
        nullable=False,
        fields=tuple(fields),
        description_en=english,
        description_ar=arabic,
    )


def struct(
    name: str,
    english: str,
    arabic: str,
    fields: Sequence[Column],
    *,
    required: bool = False,
) -> Column:
    """Build a STRUCT column."""
    return Column(
        name,
        "STRUCT",
        nullable=not required,
        fields=tuple(fields),
        description_en=english,
        description_ar=arabic,
    )


DATE_COLUMN: Final = Column(
    PARTITION_COLUMN,
    "DATE",
    description_en="The partition: a UTC date; NULL for rows without a time. Hidden by rasd query.",
    description_ar="قسم التخزين: تاريخ بالتوقيت العالمي، وفارغ لما لا وقت له. لا يظهره rasd query.",
)

PROVENANCE_COLUMNS: Final = (
    column(
        "run_id",
        "STRING",
        "The run that wrote this row; its manifest is _runs/<run_id>.json.",
        "معرّف التشغيلة التي كتبت هذا السطر، وبيانها في _runs/<run_id>.json.",
        required=True,
    ),
    column(
        "pipeline_version",
        "STRING",
        "The version of rasd that wrote this row.",
        "إصدار رصد الذي كتب هذا السطر.",
        required=True,
    ),
)
