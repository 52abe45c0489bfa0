"""``rasd query``: ask the rows in SQL, or run a shipped query."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipeline.errors import Exit, UsageError
from pipeline.sql.catalogue import scripts


class Format(StrEnum):
    """How rows are written."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


def command(
    sql: Annotated[
        str | None,
        typer.Argument(metavar="[SQL]", help="A query in BigQuery's dialect.", show_default=False),
    ] = None,
    *,
    file: Annotated[Path | None, typer.Option(help="Read the query from a file.")] = None,
    named: Annotated[
        str | None, typer.Option(help="Run a shipped query; 'list' lists them.")
    ] = None,
    data: Annotated[str, typer.Option(metavar="URI", help="The output of a run.")] = "out",
    output: Annotated[
        Format, typer.Option("--format", help="How to write the rows.")
    ] = Format.table,
    raw: Annotated[
        bool, typer.Option("--raw", help="CSV exactly as stored: no apostrophe before = + - @.")
    ] = False,
) -> int:
    """Ask the rows in SQL (BigQuery's dialect), or run a shipped query.

    Tables: articles, clusters, duplicates, events, appearances, dead_letters, fetch_log, feeds.
    Views: v_articles, v_stories, v_events, v_event_mentions, v_syndication, v_revisions,
    v_sources, v_timeline, v_actor_pairs, v_map. Without a query the shipped ones are listed.

    Example: rasd query "select event_type, count(*) from v_events group by 1" --data out
    """
    if sum(each is not None for each in (sql, file, named)) > 1:
        raise UsageError("give one of: a query, --file or --named")
    if named == "list" or (sql is None and file is None and named is None):
        _list_queries()
        return Exit.DONE
    query = _query_text(sql, file, named)
    from pipeline.data import open_data  # noqa: PLC0415 - DuckDB and Arrow only when asked
    from pipeline.export import write_table  # noqa: PLC0415 - the same

    if output is Format.parquet and sys.stdout.isatty():
        raise UsageError("Parquet is no text: send standard output to a file")
    write_table(open_data(data).sql(query), output.value, sys.stdout.buffer, raw=raw)
    return Exit.DONE


def _query_text(sql: str | None, file: Path | None, named: str | None) -> str:
    if named is not None:
        shipped = scripts("queries")
        if named not in shipped:
            raise UsageError(f"no shipped query {named}; there are {', '.join(shipped)}")
        return shipped[named].sql
    if file is not None:
        try:
            return file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{file}: {error}") from error
    return sql or ""


def _list_queries() -> None:
    width = max(map(len, scripts("queries")))
    for script in scripts("queries").values():
        sys.stdout.write(f"{script.name:<{width}}  {script.about}\n")
