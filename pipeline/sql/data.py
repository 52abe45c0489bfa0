"""Open the rows of an output and ask them in SQL: ``open_data(uri).sql("...")``.

Every table and view of the contract is there by its plain name; a missing table is empty. The
hidden partition column ``date`` is not shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol

import duckdb
import pyarrow as pa

from pipeline.errors import UsageError
from pipeline.sinks.base import open_sink
from pipeline.sinks.lock import LOCK_NAME
from pipeline.sinks.parquet.layout import SCHEMA_NAME, STAGING
from pipeline.sql.bounds import Asker, Bounded, checked, explained
from pipeline.sql.catalogue import scripts
from pipeline.sql.dialect import to_duckdb
from transforms.rows.schema import TABLES

_HIDDEN: Final = "date"
# A commit of somebody else takes the files away that a query was about to read: it is asked again.
_GONE: Final = "No such file or directory"
_TRIES: Final = 5
_MARKS: Final = (SCHEMA_NAME, LOCK_NAME, STAGING)  # what a run leaves, even one that fails
# Of a copy these are tables: windows and sums over all events, and what most ask.
_COPIED: Final = ("v_articles", "v_events", "v_incidents", "v_sources")
NO_MAX_BYTES: Final = "--max-bytes is for bigquery:// only: other outputs bill nothing"


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
        self._asker = Asker(self._connection)

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
            raise UsageError(f"the rows cannot be read: {explained(str(error))}") from error

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
                return checked(self._connection.sql(translated).to_arrow_table())
            except duckdb.Error as error:
                tries += 1
                if _GONE not in str(error) or tries == _TRIES or self._uri is None:
                    raise UsageError(f"the query failed: {explained(str(error))}") from error
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
            UsageError: see ``sql``; or its rows are larger than ``bounds.MOST_BYTES``.
        """
        return self._asker.bounded(query, rows=rows, seconds=seconds)

    def beside(self) -> Asker:
        """Ask beside others who ask, and let nobody wait; close it in the end."""
        return Asker(self._connection.cursor())

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
        with self._asker.stopped_after(seconds):
            self._connection.execute(f"CREATE TEMP TABLE {name} AS {translated}")

    def drop(self, name: str) -> None:
        """Let go of a table that was kept."""
        self._connection.execute(f"DROP TABLE {name}")

    def close(self) -> None:
        """Let go of what is held."""
        self._connection.close()


def _connected(where: str, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(where, read_only=read_only)
    # Globally: what is asked beside others has its own connection, and the configuration locked.
    connection.execute("SET GLOBAL TimeZone = 'UTC'; SET enable_progress_bar = false")
    # Arrow scans keep no order anyway; the queries that need one say so.
    connection.execute("SET preserve_insertion_order = false")
    return connection


@cache
def _view(name: str) -> str:
    """A shipped view in DuckDB's dialect."""
    return to_duckdb(scripts("views")[name].sql)


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
