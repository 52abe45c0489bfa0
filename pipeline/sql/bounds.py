"""Ask DuckDB within bounds: so long, so many rows, on a connection that nobody else waits for."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import UsageError, nearest
from pipeline.sql.catalogue import scripts
from pipeline.sql.dialect import to_duckdb
from transforms.rows.schema import TABLES

MOST_BYTES: Final = 256 << 20
"""What a bounded answer may hold."""
_BATCH: Final = 1_000  # rows that are had at once
_NO_TABLE: Final = re.compile(r"Table with name (\S+) does not exist")
_HUGE: Final = pa.decimal128(38, 0)  # what Arrow makes of a HUGEINT


class TooSlowError(UsageError):
    """A query did not end in the time it was given, and was stopped."""


@dataclass(frozen=True, slots=True)
class Bounded:
    """What a query answered within its bounds.

    Attributes:
        rows: the first rows, at most as many as were asked for.
        more: whether there are others.
    """

    rows: pa.Table
    more: bool


class Asker:
    """Asks over one connection, which answers one query at a time.

    Args:
        connection: to the rows.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Take the connection."""
        self._connection = connection

    def bounded(self, query: str, *, rows: int, seconds: float) -> Bounded:
        """Run one query for so long and for so many rows.

        Args:
            query: a SELECT in the portable subset of BigQuery's dialect.
            rows: how many of its rows are wanted; the others are not made.
            seconds: when to stop it.

        Raises:
            TooSlowError: it was stopped.
            UsageError: it does not parse, is not portable, or names what is not there; or its rows
                are larger than ``MOST_BYTES``.
        """
        translated = to_duckdb(query)
        with (
            self.stopped_after(seconds),
            self._connection.sql(translated).to_arrow_reader(min(rows + 1, _BATCH)) as reader,
        ):
            batches, found, size = [], 0, 0
            for batch in reader:
                batches.append(batch)
                found += batch.num_rows
                size += batch.nbytes
                if size > MOST_BYTES:
                    raise UsageError(
                        f"it answers more than {MOST_BYTES >> 20} MB: name fewer columns, or rows"
                    )
                if found > rows:
                    break
            table = pa.Table.from_batches(batches, reader.schema)
        return Bounded(checked(table.slice(0, rows)), found > rows)

    def batches(self, query: str, *, seconds: float) -> Iterator[pa.Table]:
        """Run one query and give its rows as they are made, however many there are.

        Args:
            query: see ``bounded``.
            seconds: when to stop it; only time in which rows are waited for counts, not what is
                done with them in between.

        Yields:
            Rows, some at a time; at least one table, which may be empty.

        Raises:
            TooSlowError: it was stopped, which may be after some rows.
            UsageError: see ``bounded``.
        """
        translated = to_duckdb(query)
        started = time.monotonic()
        with self.stopped_after(seconds):
            reader = self._connection.sql(translated).to_arrow_reader(_BATCH)
        left = seconds - (time.monotonic() - started)
        with reader:
            told = False
            while True:
                started = time.monotonic()
                with self.stopped_after(max(left, 0.0)):
                    batch = next(reader, None)
                left -= time.monotonic() - started
                if batch is None:
                    break
                if batch.nbytes > MOST_BYTES:
                    raise UsageError(f"it answers more than {MOST_BYTES >> 20} MB at once")
                told = True
                yield checked(pa.Table.from_batches([batch]))
            if not told:
                yield checked(pa.Table.from_batches([], reader.schema))

    @contextmanager
    def stopped_after(self, seconds: float) -> Iterator[None]:
        """Stop what is asked when its time is over, and tell what went wrong in one line.

        Args:
            seconds: when that is.

        Raises:
            TooSlowError: it was stopped.
            UsageError: it went wrong.
        """
        stop = threading.Timer(seconds, self._connection.interrupt)
        stop.start()
        try:
            yield
        except (duckdb.Error, OSError) as error:  # Arrow tells DuckDB's errors as its own
            if "Interrupt" in str(error) or isinstance(error, duckdb.InterruptException):
                raise TooSlowError(
                    f"the query was stopped after {seconds:g} seconds: narrow it"
                ) from error
            raise UsageError(f"the query failed: {explained(str(error))}") from error
        finally:
            stop.cancel()

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()


def explained(message: str) -> str:
    """DuckDB's words in one line, with what it thinks was meant; tables by their own names.

    Args:
        message: of its error.
    """
    said, *rest = message.splitlines() or [""]
    missing = _NO_TABLE.search(said)
    if missing:
        return f"no table or view {missing[1]}{nearest(missing[1], [*TABLES, *scripts('views')])}"
    hints = [line for line in rest if line.startswith(("Candidate", "Did you mean", "Either"))]
    if "Function with name" in said:  # its guesses are DuckDB's own functions
        hints = ["rasd query knows the functions that BigQuery and DuckDB share"]
    return "; ".join([said.split("Error: ", 1)[-1].rstrip("!."), *hints])


def checked(table: pa.Table) -> pa.Table:
    """An answer as BigQuery would give it.

    Args:
        table: as DuckDB gives it.

    Raises:
        UsageError: BigQuery would not: two columns have one name, or a day is in no calendar.
    """
    names = table.column_names
    twice = [name for at, name in enumerate(names) if name in names[:at]]
    if twice:
        raise UsageError(f"two columns are called {twice[0]}: name one of them with AS")
    for field, column in zip(table.schema, table.columns, strict=True):
        if pa.types.is_temporal(field.type) and not _in_calendar(column):
            raise UsageError(f"{field.name} holds a day before year 1 or after year 9999")
    return _with_int64(table)


def _in_calendar(column: pa.ChunkedArray) -> bool:
    found = pc.min_max(column) if pa.types.is_date(column.type) else None
    if pa.types.is_timestamp(column.type):
        found = pc.min_max(column.cast(pa.timestamp(column.type.unit)))
    try:
        return found is None or bool(found.as_py())
    except (OverflowError, ValueError):
        return False


def _with_int64(table: pa.Table) -> pa.Table:
    """Make DuckDB's sums of INT64, 128 bits wide, the INT64 that BigQuery answers with."""
    for index, field in enumerate(table.schema):
        if field.type == _HUGE:
            try:
                column = table.column(index).cast(pa.int64())
            except pa.ArrowInvalid:
                continue  # it does not fit; better wide than wrong
            table = table.set_column(index, field.with_type(pa.int64()), column)
    return table
