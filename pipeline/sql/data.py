"""Open the rows of an output and ask them in SQL: ``open_data(uri).sql("...")``.

Every table and view of the contract is there by its plain name; a missing table is empty. The
hidden partition column ``date`` is not shown.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import UsageError, nearest
from pipeline.sinks.base import open_sink
from pipeline.sinks.lock import LOCK_NAME
from pipeline.sinks.parquet.layout import SCHEMA_NAME, STAGING
from pipeline.sql.catalogue import scripts
from pipeline.sql.dialect import to_duckdb
from transforms.rows.schema import TABLES

_HIDDEN: Final = "date"
# A commit of somebody else takes the files away that a query was about to read: it is asked again.
_GONE: Final = "No such file or directory"
_TRIES: Final = 5
_MARKS: Final = (SCHEMA_NAME, LOCK_NAME, STAGING)  # what a run leaves, even one that fails
_NO_TABLE: Final = re.compile(r"Table with name (\S+) does not exist")
# Of a copy these are tables: windows and sums over all events, and what most ask.
_COPIED: Final = ("v_articles", "v_events", "v_incidents", "v_sources")
NO_MAX_BYTES: Final = "--max-bytes is for bigquery:// only: other outputs bill nothing"
_HUGE: Final = pa.decimal128(38, 0)  # what Arrow makes of a HUGEINT
MOST_BYTES: Final = 256 << 20
"""What a bounded answer may hold."""
_BATCH: Final = 1_000  # rows that are had at once


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


class Answers(Protocol):
    """The rows of an output, whatever holds them."""

    def sql(self, query: str) -> pa.Table:
        """Run one query in the portable subset of BigQuery's dialect and return its rows."""
        ...


class Data:
    """The rows of one output, read where they lie, or from a copy of them.

    Args:
        uri: the output of a run.
        copy: a file that is not there yet; all rows are copied into it, and asked there. That
            costs once what each query costs otherwise, and what happens to the output afterwards
            is not seen.
        given: gives the rows of a table, where they are not in files at ``uri``.
    """

    def __init__(
        self,
        uri: str,
        *,
        copy: Path | None = None,
        given: Callable[[str], pa.Table] | None = None,
    ) -> None:
        """Register tables and views; no row is read yet unless it is copied.

        Raises:
            UsageError: there is no output at ``uri``, or DuckDB cannot be asked about it.
        """
        self._copied = copy is not None
        self._uri = uri if copy is None and given is None else None  # where to look again
        self._connection = _connected(":memory:" if copy is None else str(copy))
        for table, rows in (
            self._tables(uri) if given is None else ((each, given(each)) for each in TABLES)
        ):
            self._register(table, rows)
        for view in scripts("views").values():
            kind = "TABLE" if self._copied and view.name in _COPIED else "VIEW"
            self._make(f'CREATE {kind} "{view.name}" AS {_view(view.name)}')
            if self._copied and view.name == "v_articles":
                self._texts_once()
        if copy is not None:  # nobody changes it from here on, whatever a query says
            self._connection.close()
            self._connection = _connected(str(copy), read_only=True)
            self._connection.execute("SET memory_limit = '50%'")
        # A query reads the rows and nothing else: no file, no URL, as in BigQuery.
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")

    @staticmethod
    def _tables(uri: str) -> Iterator[tuple[str, Any]]:
        """The tables that lie at an address, and what reads them."""
        sink: Any = open_sink(uri)
        if sink.files.kind() != "directory":
            raise UsageError(f"no output at {uri}: make one with rasd run INPUT --output {uri}")
        for table in TABLES:
            yield table, sink.dataset(table)
        if all(sink.files.kind(name) == "missing" for name in _MARKS):
            raise UsageError(
                f"no output at {uri}: rasd has not written to this directory; name the one given "
                "to rasd run --output"
            )

    def _register(self, table: str, dataset: Any) -> None:
        self._connection.register(f"_{table}", dataset)
        hidden = _HIDDEN in dataset.schema.names and _HIDDEN not in TABLES[table].names
        columns = f"* EXCLUDE ({_HIDDEN})" if hidden else "*"
        # The names come from the schema in the code, never from a user.
        select = f'SELECT {columns} FROM "_{table}"'  # noqa: S608
        kind = "TABLE" if self._copied and table != "articles" else "VIEW"
        self._make(f'CREATE {kind} "{table}" AS {select}')
        if kind == "TABLE":
            self._connection.unregister(f"_{table}")

    def _texts_once(self) -> None:
        """Let articles of a copy be columns of v_articles, so that no text is copied twice."""
        columns = ", ".join(f'"{name}"' for name in TABLES["articles"].names)
        self._make(f"CREATE OR REPLACE VIEW articles AS SELECT {columns} FROM v_articles")  # noqa: S608
        self._connection.unregister("_articles")

    def _make(self, statement: str) -> None:
        """Make a table or view; of a copy this reads the rows."""
        try:
            self._connection.execute(statement)
        except (duckdb.Error, OSError) as error:  # a full disk, files that went meanwhile
            raise UsageError(f"the rows cannot be read: {_explained(str(error))}") from error

    def sql(self, query: str) -> pa.Table:
        """Run one query in the portable subset of BigQuery's dialect.

        Args:
            query: a SELECT.

        Returns:
            Its rows.

        Raises:
            UsageError: it does not parse, is not portable, or names what is not there.
        """
        translated = to_duckdb(query)
        tries = 0
        while True:
            try:
                return _checked(self._connection.sql(translated).to_arrow_table())
            except duckdb.Error as error:
                tries += 1
                if _GONE not in str(error) or tries == _TRIES or self._uri is None:
                    raise UsageError(f"the query failed: {_explained(str(error))}") from error
                for table, rows in self._tables(self._uri):
                    self._connection.register(f"_{table}", rows)

    def bounded(self, query: str, *, rows: int, seconds: float) -> Bounded:
        """Run one query as ``sql`` does, for so long and for so many rows.

        Args:
            query: a SELECT.
            rows: how many of its rows are wanted; the others are not made.
            seconds: when to stop it.

        Raises:
            TooSlowError: it was stopped.
            UsageError: see ``sql``; or its rows are larger than ``MOST_BYTES``.
        """
        translated = to_duckdb(query)
        with (
            self._stopped_after(seconds),
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
        return Bounded(_checked(table.slice(0, rows)), found > rows)

    def keep(self, name: str, query: str, *, seconds: float) -> None:
        """Keep what a query answers as a table beside the rows, until it is dropped.

        Args:
            name: of the table, which is not there yet.
            query: a SELECT.
            seconds: when to stop it.

        Raises:
            TooSlowError: it was stopped.
            UsageError: see ``sql``.
        """
        translated = to_duckdb(query)
        with self._stopped_after(seconds):
            self._connection.execute(f"CREATE TEMP TABLE {name} AS {translated}")

    def drop(self, name: str) -> None:
        """Let go of a table that was kept."""
        self._connection.execute(f"DROP TABLE {name}")

    @contextmanager
    def _stopped_after(self, seconds: float) -> Iterator[None]:
        """Stop what is asked when its time is over, and tell what went wrong in one line."""
        stop = threading.Timer(seconds, self._connection.interrupt)
        stop.start()
        try:
            yield
        except (duckdb.Error, OSError) as error:  # Arrow tells DuckDB's errors as its own
            if "Interrupt" in str(error) or isinstance(error, duckdb.InterruptException):
                raise TooSlowError(
                    f"the query was stopped after {seconds:g} seconds: narrow it"
                ) from error
            raise UsageError(f"the query failed: {_explained(str(error))}") from error
        finally:
            stop.cancel()

    def close(self) -> None:
        """Let go of what is held."""
        self._connection.close()


def _connected(where: str, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(where, read_only=read_only)
    connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
    # Arrow scans keep no order anyway; the queries that need one say so.
    connection.execute("SET preserve_insertion_order = false")
    return connection


@cache
def _view(name: str) -> str:
    """A shipped view in DuckDB's dialect."""
    return to_duckdb(scripts("views")[name].sql)


def _explained(message: str) -> str:
    """DuckDB's words in one line, with what it thinks was meant; tables by their own names."""
    said, *rest = message.splitlines() or [""]
    missing = _NO_TABLE.search(said)
    if missing:
        return f"no table or view {missing[1]}{nearest(missing[1], [*TABLES, *scripts('views')])}"
    hints = [line for line in rest if line.startswith(("Candidate", "Did you mean", "Either"))]
    if "Function with name" in said:  # its guesses are DuckDB's own functions
        hints = ["rasd query knows the functions that BigQuery and DuckDB share"]
    return "; ".join([said.split("Error: ", 1)[-1].rstrip("!."), *hints])


def _checked(table: pa.Table) -> pa.Table:
    """An answer as BigQuery would give it.

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


def open_data(uri: str, *, max_bytes: int | None = None) -> Answers:
    """Open the rows of an output, for notebooks and scripts.

    Args:
        uri: a directory, ``parquet://DIR``, ``gs://...`` or ``bigquery://PROJECT.DATASET``.
        max_bytes: what one query may have BigQuery bill; 10 GB when left out.

    Returns:
        The data; ask it with ``.sql(...)``.

    Raises:
        UsageError: there is no output at ``uri``, or it bills nothing and is given a limit.
    """
    if uri.lower().startswith(("bigquery://", "bq://")):
        from pipeline.sql.bigquery import MAX_BYTES, BigQueryData  # noqa: PLC0415 - only for it

        return BigQueryData(uri, max_bytes=MAX_BYTES if max_bytes is None else max_bytes)
    if max_bytes is not None:
        raise UsageError(NO_MAX_BYTES)
    return Data(uri)
