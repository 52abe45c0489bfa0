"""``rasd query``: ask the rows in SQL, or run a shipped query."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from pipeline.cli.shared_options import MaxBytes
from pipeline.errors import Exit, UsageError, nearest
from pipeline.sql.catalogue import scripts
from transforms.rows.schema import TABLES

EXAMPLES: Final = """\
tables:  articles events incidents clusters duplicates appearances dead_letters fetch_log feeds
views:   v_incidents (what happened)   v_events (what was told)
         v_event_mentions (every mention, every status)
         v_stories (no copies)         v_articles (every text)
         v_syndication v_revisions v_sources v_timeline v_actor_pairs v_map v_health
         gdelt_events_v gdelt_mentions_v polecat_v acled_v

examples:
  rasd query --named events --data out
  rasd query "SELECT event_type, COUNT(*) AS n FROM v_events GROUP BY 1" --data out
  rasd query --file q.sql --data out --format csv > rows.csv
  rasd query --named events --data out --excel > events.csv
  rasd query "SELECT * FROM v_map" --data out --format geojson > map.geojson
"""


class Format(StrEnum):
    """How rows are written."""

    table = "table"
    csv = "csv"
    json = "json"
    jsonl = "jsonl"
    parquet = "parquet"
    xlsx = "xlsx"
    geojson = "geojson"


_BINARY: Final = (Format.parquet, Format.xlsx)


def command(
    sql: Annotated[
        str | None,
        typer.Argument(metavar="[SQL]", help="A query in BigQuery's dialect.", show_default=False),
    ] = None,
    *,
    file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Read the query from a file.")
    ] = None,
    named: Annotated[
        str | None, typer.Option(metavar="NAME", help="Run a shipped query; 'list' lists them.")
    ] = None,
    data: Annotated[str, typer.Option(metavar="URI", help="The output of a run.")] = "out",
    output: Annotated[
        Format, typer.Option("--format", help="How to write the rows.")
    ] = Format.table,
    max_bytes: MaxBytes = None,
    raw: Annotated[
        bool,
        typer.Option("--raw", help="Cells exactly as stored: no apostrophe before = + - @."),
    ] = False,
    excel: Annotated[
        bool,
        typer.Option("--excel", help="CSV that Excel opens as it is: Arabic intact, flat columns."),
    ] = False,
) -> int:
    """Ask the rows in SQL (BigQuery's dialect), or run a shipped query.

    Without a query the shipped ones are listed. A table with too many columns for the screen is
    shown row by row.

    docs/schema.md says what the columns mean, docs/cookbook.md has sixteen longer queries.
    """
    if sum(each is not None for each in (sql, file, named)) > 1:
        raise UsageError("give one of: a query, --file or --named")
    if named == "list" or (sql is None and file is None and named is None):
        _list_queries()
        return Exit.DONE
    query = _query_text(sql, file, named)
    from pipeline.render.tables import write_table  # noqa: PLC0415 - the same
    from pipeline.sql.data import open_data  # noqa: PLC0415 - DuckDB and Arrow only when asked

    if output in _BINARY and sys.stdout.isatty():
        raise UsageError(f"{output.value} is no text: send standard output to a file")
    if excel and output is Format.table:
        output = Format.csv
    if excel and output is not Format.csv:
        raise UsageError(f"--excel is for csv; --format {output.value} needs nothing of it")
    rows = open_data(data, max_bytes=max_bytes).sql(query)
    write_table(rows, output.value, sys.stdout.buffer, raw=raw, excel=excel)
    return Exit.DONE


def _query_text(sql: str | None, file: Path | None, named: str | None) -> str:
    if named is not None:
        shipped = scripts("queries")
        if named not in shipped:
            raise UsageError(f"no shipped query {named}{nearest(named, shipped)}")
        return shipped[named].sql
    if file is not None:
        try:
            return file.read_text(encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{file}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise UsageError(f"{file}: no text in UTF-8, at byte {error.start}") from error
    return _not_a_name(sql or "")


def _not_a_name(sql: str) -> str:
    """Refuse a file's or a shipped query's name where SQL was due."""
    word = sql.strip()
    if word in scripts("queries"):
        raise UsageError(f"{word} is a shipped query: rasd query --named {word}")
    if word in TABLES or word in scripts("views"):
        example = f"SELECT * FROM {word} LIMIT 10"  # noqa: S608 - shown, not run
        raise UsageError(f'{word} is a table: rasd query "{example}"')
    if len(word.split()) == 1 and (word.endswith(".sql") or Path(word).is_file()):
        raise UsageError(f"{word} is a file: rasd query --file {word}")
    return sql


def _list_queries() -> None:
    width = max(map(len, scripts("queries")))
    for script in scripts("queries").values():
        sys.stdout.write(f"{script.name:<{width}}  {script.about}\n")
