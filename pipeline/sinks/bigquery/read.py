"""Read rows of a dataset by key and day, as Arrow tables of the schema."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.sinks.bigquery.failures import explained
from pipeline.sinks.bigquery.session import Session, array_parameter
from pipeline.sinks.parquet.parts import KEY, conform, key_column
from transforms.rows.arrow import arrow_schema
from transforms.rows.columns import PARTITION_COLUMN
from transforms.rows.schema import STORED

# Values of one query's parameters: the request has to stay well below 10 MB.
_VALUES_AT_ONCE: Final = 20_000
_ESCAPED: Final = re.compile(r"\\(.)")  # see key_column
_ESCAPES: Final = {"\\": "\\", "u": "\x1f"}


class Reader:
    """Reads the tables of a session's dataset.

    Args:
        session: whose dataset.
    """

    def __init__(self, session: Session) -> None:
        """Remember the session; nothing is read yet."""
        self._session = session
        self._columns: dict[str, frozenset[str]] = {}

    def forget(self) -> None:
        """Look again which columns the tables have: they may have been given more."""
        self._columns.clear()

    def columns(self, table: str) -> frozenset[str]:
        """Return the columns a table has in the dataset; none when it is missing."""
        if table not in self._columns:
            with explained(self._session.address):
                self._columns[table] = self._look(table)
        return self._columns[table]

    def _look(self, table: str) -> frozenset[str]:
        from google.api_core.exceptions import NotFound  # noqa: PLC0415 - only where needed

        name = self._session.address.table(table)
        try:
            found = self._session.raw("get_table", name)
        except NotFound:
            return frozenset()
        if self._session.location is None:
            self._session.location = found.location
        return frozenset(field.name for field in found.schema)

    def read(
        self,
        table: str,
        columns: Sequence[str] | None = None,
        dates: Collection[date | None] | None = None,
        where: Mapping[str, Collection[Any]] | None = None,
    ) -> pa.Table:
        """Read rows in the order of partition and key.

        Args:
            table: the table's name; a missing one is empty.
            columns: only these, ``date`` among them if wanted; all but ``date`` when left out.
            dates: only these partitions; None for all.
            where: only rows in which any of these columns holds one of its values.

        Returns:
            The rows; NULL where an older table lacks a column.
        """
        spec = STORED[table]
        wanted = list(spec.names if columns is None else columns)
        order = [*([PARTITION_COLUMN] if spec.partition else []), *spec.key]
        asked = list(dict.fromkeys([*wanted, *order]))
        pieces = list(self._pieces(table, asked, dates, where))
        schema = pa.schema([arrow_schema(table, with_date=True).field(name) for name in asked])
        found = pa.concat_tables(
            [schema.empty_table(), *(conform(each, schema) for each in pieces)]
        )
        if len(pieces) > 1:
            found = _once(table, found)
        return found.sort_by([(name, "ascending") for name in order]).select(wanted)

    def _pieces(
        self,
        table: str,
        columns: Sequence[str],
        dates: Collection[date | None] | None,
        where: Mapping[str, Collection[Any]] | None,
    ) -> Iterator[pa.Table]:
        """Ask one query, or as many as the values asked for need."""
        present = self.columns(table)
        if not present or (dates is not None and not dates):
            return
        if where is None:
            yield self._ask(table, columns, dates, {})
            return
        for name, values in where.items():
            if name not in present:
                continue
            ordered = iter(sorted({value for value in values if value is not None}))
            while some := list(islice(ordered, _VALUES_AT_ONCE)):
                yield self._ask(table, columns, dates, {name: some})

    def _ask(
        self,
        table: str,
        columns: Sequence[str],
        dates: Collection[date | None] | None,
        where: Mapping[str, Sequence[Any]],
    ) -> pa.Table:
        """Ask for rows of these days whose columns all hold one of the values named."""
        present = self.columns(table)
        conditions: list[str] = []
        parameters: dict[str, Any] = {}
        if dates is not None and STORED[table].partition is not None:
            condition, days = day_condition(dates)
            conditions.append(condition)
            parameters |= days
        for number, (name, values) in enumerate(where.items()):
            parameter = f"values{number}"
            kind = STORED[table].column(name).type if name != PARTITION_COLUMN else "DATE"
            parameters[parameter] = array_parameter(parameter, kind, values)
            conditions.append(f"`{name}` IN UNNEST(@{parameter})")
        names = ", ".join(f"`{name}`" for name in columns if name in present)
        sql = f"SELECT {names} FROM {self._session.address.quoted(table)}"
        if conditions:
            sql += " WHERE " + " AND ".join(f"({each})" for each in conditions)
        return self._session.select(sql, parameters)

    def dates(self, table: str) -> set[date | None]:
        """Return the partitions that hold rows of a table; that of an unpartitioned one is None."""
        if not self.columns(table):
            return set()
        name = self._session.address.quoted(table)
        if STORED[table].partition is None:
            some = self._session.select(f"SELECT 1 AS x FROM {name} LIMIT 1")
            return {None} if some.num_rows else set()
        found = self._session.select(f"SELECT DISTINCT `{PARTITION_COLUMN}` FROM {name}")
        return set(found.column(0).to_pylist())

    def places(
        self, table: str, keys: Collection[str], dates: Collection[date | None] | None
    ) -> dict[str, date | None]:
        """Find where rows of keys are stored, reading only the columns of the key.

        Args:
            table: the table's name.
            keys: primary keys in the form of ``key_column``.
            dates: the partitions to look in; None for all.

        Returns:
            For each key that is stored its partition; None in an unpartitioned table.
        """
        spec = STORED[table]
        asked = [*spec.key, *([PARTITION_COLUMN] if spec.partition else [])]
        wanted = pa.array(sorted(keys), pa.string())
        found: dict[str, date | None] = {}
        for piece in self._holding(table, list(dict.fromkeys(asked)), keys, dates):
            stored = key_column(table, piece)
            held = piece.append_column(KEY, stored).filter(pc.is_in(stored, value_set=wanted))
            days = (
                held.column(PARTITION_COLUMN).to_pylist()
                if spec.partition
                else [None] * held.num_rows
            )
            found |= dict(zip(held.column(KEY).to_pylist(), days, strict=True))
        return found

    def rows(
        self, table: str, keys: Collection[str], dates: Collection[date | None]
    ) -> dict[str, dict[str, Any]]:
        """Read the stored rows of keys, with ``date`` where the table is partitioned."""
        schema = arrow_schema(table, with_date=True)
        wanted = pa.array(sorted(keys), pa.string())
        found: dict[str, dict[str, Any]] = {}
        for piece in self._holding(table, schema.names, keys, dates):
            data = conform(piece, schema)
            stored = key_column(table, data)
            here = pc.is_in(stored, value_set=wanted)
            names = stored.filter(here).to_pylist()
            found |= dict(zip(names, data.filter(here).to_pylist(), strict=True))
        return found

    def _holding(
        self,
        table: str,
        columns: Sequence[str],
        keys: Collection[str],
        dates: Collection[date | None] | None,
    ) -> Iterator[pa.Table]:
        """Read columns of rows among which those of the keys are; some hundred others may be."""
        if not keys or not self.columns(table) or (dates is not None and not dates):
            return
        parts = key_parts(table, keys)
        ordered = iter(range(len(parts)))
        while some := list(islice(ordered, _VALUES_AT_ONCE)):
            columns_of = zip(*(parts[at] for at in some), strict=True)
            where = {
                name: sorted(set(values))
                for name, values in zip(STORED[table].key, columns_of, strict=True)
            }
            yield self._ask(table, columns, dates, where)


def day_condition(dates: Collection[date | None]) -> tuple[str, dict[str, Any]]:
    """Say in SQL that a row lies in one of these partitions; also which parameters that needs."""
    days = sorted(day for day in dates if day is not None)
    parts: list[str] = []
    parameters: dict[str, Any] = {}
    if days:
        # the range lets BigQuery skip partitions before it knows the list
        parts.append(
            f"`{PARTITION_COLUMN}` BETWEEN DATE '{days[0]}' AND DATE '{days[-1]}' "
            f"AND `{PARTITION_COLUMN}` IN UNNEST(@days)"
        )
        parameters["days"] = array_parameter("days", "DATE", days)
    if len(days) < len(set(dates)):
        parts.append(f"`{PARTITION_COLUMN}` IS NULL")
    return " OR ".join(f"({part})" for part in parts), parameters


def key_parts(table: str, keys: Collection[str]) -> list[tuple[Any, ...]]:
    """Return keys in the form of ``key_column`` as tuples of their columns' values."""
    schema = arrow_schema(table)
    names = STORED[table].key
    if len(names) == 1:
        columns = [sorted(keys)]
    else:
        split = [key.split("\x1f") for key in sorted(keys)]
        columns = [
            [_ESCAPED.sub(lambda found: _ESCAPES[found[1]], parts[at]) for parts in split]
            for at in range(len(names))
        ]
    typed = [
        pa.array(column, pa.string()).cast(schema.field(name).type).to_pylist()
        for name, column in zip(names, columns, strict=True)
    ]
    return list(zip(*typed, strict=True))


def _once(table: str, data: pa.Table) -> pa.Table:
    """Keep one row of each key: several queries may have found it."""
    keys = key_column(table, data)
    first = pa.table({"key": keys, "row": range(data.num_rows)}).group_by("key")
    return data.take(first.aggregate([("row", "min")]).column("row_min"))
