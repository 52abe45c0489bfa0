"""The same SQL where BigQuery runs it: as written, only that tables are named in full.

A plain name of a table becomes the table of the dataset without the hidden column ``date``; a
view's becomes the dataset's view, or that of this version of rasd where the dataset is older.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from typing import Final

import pyarrow as pa
from sqlglot import exp
from sqlglot.optimizer.scope import traverse_scope

from pipeline import log
from pipeline.errors import UsageError, nearest
from pipeline.sinks.bigquery.failures import explained, one_line
from pipeline.sinks.bigquery.names import VIEWS_LABEL
from pipeline.sinks.bigquery.read import Reader
from pipeline.sinks.bigquery.session import Session
from pipeline.sinks.bigquery.sink import BigQuerySink
from pipeline.sinks.bigquery.tables import Tables, sql_type, views_mark
from pipeline.sql.catalogue import scripts
from pipeline.sql.dialect import parse
from transforms.rows.columns import PARTITION_COLUMN
from transforms.rows.dialects import bigquery_fields
from transforms.rows.schema import TABLES

MAX_BYTES: Final = 10_000_000_000  # a query may bill so many unless told otherwise
_UNITS: Final = ("bytes", "kB", "MB", "GB", "TB", "PB")


def _real_tables(tree: exp.Query) -> list[exp.Table]:
    """Return the names of tables in a query that stand for no part of the query itself."""
    found: dict[int, exp.Table] = {}
    for scope in traverse_scope(tree):
        for source in scope.sources.values():
            if isinstance(source, exp.Table):
                found[id(source)] = source
    return list(found.values())


def name_in_full(sql: str, full: Callable[[str], str]) -> str:
    """Replace the plain names of tables in a query; all else stays as it is written.

    Args:
        sql: one query of the portable subset.
        full: gives what stands for a name; raises ``UsageError`` for one it does not know.

    Returns:
        The query. A table without an alias keeps its plain name as one.

    Raises:
        UsageError: the query is refused (see ``parse``), or names a table otherwise than plainly.
    """
    changes: list[tuple[int, int, str]] = []
    for table in _real_tables(parse(sql)):
        if table.db or table.catalog or not isinstance(table.this, exp.Identifier):
            raise UsageError(
                f"{table.sql(dialect='bigquery')}: name tables plainly, without project or dataset"
            )
        name = table.name
        alias = "" if table.alias else f" AS `{name}`"
        start, end = table.this.meta["start"], table.this.meta["end"] + 1
        changes.append((start, end, f"{full(name)}{alias}"))
    for start, end, text in sorted(changes, reverse=True):
        sql = sql[:start] + text + sql[end:]
    return sql


def _known(name: str) -> str:
    """Return a table or view by its own name; SQL does not tell capitals apart.

    Raises:
        UsageError: there is none.
    """
    names = [*TABLES, *scripts("views")]
    for each in names:
        if each.lower() == name.lower():
            return each
    raise UsageError(f"the query failed: no table or view {name}{nearest(name, names)}")


def _shown(path: str, table: str) -> str:
    """Return what stands for a table: all of it but the hidden column."""
    full = f"`{path}.{table}`"
    if TABLES[table].partition is None:
        return full
    return f"(SELECT * EXCEPT (`{PARTITION_COLUMN}`) FROM {full})"


def qualified_views(path: str) -> dict[str, str]:
    """Return the text of each view for a dataset, those that others build on first.

    Args:
        path: ``PROJECT.DATASET``.
    """

    def full(name: str) -> str:
        known = _known(name)
        return _shown(path, known) if known in TABLES else f"`{path}.{known}`"

    return {view.name: name_in_full(view.sql, full) for view in scripts("views").values()}


def _with_missing(path: str, table: str, present: Collection[str]) -> str:
    """Return what stands for a table of an older dataset: NULL for columns it does not have."""
    missing = [column for column in TABLES[table].columns if column.name not in present]
    if present and not missing:
        return _shown(path, table)
    types = {field["name"]: sql_type(field) for field in bigquery_fields(TABLES[table])}
    columns = [
        f"`{column.name}`"
        if column.name in present
        else f"CAST(NULL AS {types[column.name]}) AS `{column.name}`"
        for column in TABLES[table].columns
    ]
    source = f"`{path}.{table}`" if present else "(SELECT 1) WHERE FALSE"
    return f"(SELECT {', '.join(columns)} FROM {source})"


class BigQueryData:
    """The rows of a dataset, asked where they lie.

    Args:
        uri: ``bigquery://PROJECT.DATASET``.
        max_bytes: a query that would bill more is refused by BigQuery.
        say: told before each query what a dry run says of it; on standard error by default.
    """

    def __init__(
        self, uri: str, *, max_bytes: int = MAX_BYTES, say: Callable[[str], None] | None = None
    ) -> None:
        """Look whether the dataset is there.

        Raises:
            UsageError: it is not, or it cannot be used.
        """
        sink = BigQuerySink(uri)
        self._session: Session = sink.session
        self._reader = Reader(self._session)
        self._max_bytes = max_bytes
        self._say = say or _on_stderr
        with explained(sink.address):
            dataset = Tables(self._session).find()
        if dataset is None or not any(map(self._reader.columns, TABLES)):
            raise UsageError(f"no output at {uri}: make one with rasd run INPUT --output {uri}")
        mark = views_mark(qualified_views(sink.address.path))
        self._views_are_ours = dataset.labels.get(VIEWS_LABEL) == mark

    def _full(self, name: str) -> str:
        known, path = _known(name), self._session.address.path
        if known in TABLES:
            return _with_missing(path, known, self._reader.columns(known))
        if self._views_are_ours:
            return f"`{path}.{known}`"
        return f"(\n{name_in_full(scripts('views')[known].sql, self._full)}\n)"

    def sql(self, query: str) -> pa.Table:
        """Run one query in the portable subset of BigQuery's dialect.

        What a dry run says it reads is told first; a query over the limit is not run.

        Args:
            query: a SELECT.

        Returns:
            Its rows.

        Raises:
            UsageError: it does not parse, is not portable, names what is not there, or would cost
                more than the limit.
        """
        text = name_in_full(query, self._full)
        with explained(self._session.address):
            try:
                self._dry_run(text)
                job = self._session.query(text, max_bytes=self._max_bytes)
                return self._session.rows(job)
            except Exception as error:
                refused = _refusal(error, self._max_bytes)
                if refused is None:
                    raise
                raise UsageError(refused) from error

    def _dry_run(self, text: str) -> None:
        """Ask what a query would read, and say it."""
        job = self._session.raw(
            "query",
            text,
            job_config=self._session.config(dry_run=True),
            location=self._session.location,
            job_retry=None,
        )
        size = int(job.total_bytes_processed or 0)
        self._say(f"BigQuery: the query reads {in_words(size)}")
        if size > self._max_bytes:
            raise UsageError(
                f"the query reads {in_words(size)}, and {in_words(self._max_bytes)} are allowed: "
                f"ask for fewer columns or days, or allow more with --max-bytes {size}"
            )


def _refusal(error: Exception, max_bytes: int) -> str | None:
    """Return what to say of a query that BigQuery refuses; None for any other failure."""
    if getattr(error, "code", None) != 400:
        return None
    said = one_line(error)
    if "bytes billed" in said.lower() or "bytesBilledLimitExceeded" in repr(error):
        return (
            f"the query failed: it would bill more than {in_words(max_bytes)}; ask for fewer "
            f"columns or days, or allow more with --max-bytes"
        )
    return f"the query failed: {said}"


def in_words(size: int) -> str:
    """Return a number of bytes with its unit, in powers of ten as BigQuery bills them."""
    amount = float(size)
    for unit in _UNITS:
        if amount < 1000 or unit == _UNITS[-1]:
            break
        amount /= 1000
    return f"{size} bytes" if unit == "bytes" else f"{amount:.1f} {unit}"


def _on_stderr(line: str) -> None:
    if log.is_json():
        log.say(line)
    else:
        sys.stderr.write(line + "\n")
