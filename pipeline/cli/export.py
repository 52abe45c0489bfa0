"""``rasd export``: the tables as plain files to hand on."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from pipeline import log
from pipeline.errors import Exit, UsageError

EXAMPLES: Final = """\
examples:
  rasd export --data out --output tables
  rasd export --data out --output to-share --no-text --format csv
  rasd export --data out --output for-excel --format xlsx      a workbook a table
  rasd export --data out --output map --format geojson         the rows of v_map, for any map
  rasd export --data out --output qgis --format geoparquet     incidents with their points
  rasd export --data out --output gdelt --format gdelt         events and mentions as GDELT has them
  rasd export --data out --output acled --format acled         incidents as ACLED has them
  rasd export --data out --output r --format flat              one CSV of events for R and pandas

With --no-text no sentence of anybody's article leaves: ids, codes, spans, dates and the names of
places and of parties that the dictionaries know stay, so that whoever has the articles can find
every event in them again.
"""


class Format(StrEnum):
    """How tables are written."""

    parquet = "parquet"
    csv = "csv"
    jsonl = "jsonl"
    xlsx = "xlsx"
    geojson = "geojson"
    geoparquet = "geoparquet"
    gdelt = "gdelt"
    polecat = "polecat"
    acled = "acled"
    flat = "flat"


_FOR_EXCEL: Final = (Format.csv, Format.flat, Format.gdelt, Format.acled)


def command(
    data: Annotated[str, typer.Option(metavar="URI", help="The output of a run.")] = "out",
    *,
    output: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the files go.", show_default=False)
    ] = None,
    text: Annotated[
        bool, typer.Option("--text/--no-text", help="With or without what articles say.")
    ] = True,
    form: Annotated[Format, typer.Option("--format", help="How to write.")] = Format.parquet,
    excel: Annotated[
        bool,
        typer.Option("--excel", help="CSV that Excel opens as it is: Arabic intact, flat columns."),
    ] = False,
    raw: Annotated[
        bool,
        typer.Option("--raw", help="Cells exactly as stored: no apostrophe before = + - @."),
    ] = False,
) -> int:
    """Write the tables as plain files to hand on; or a map, or tables for other programs."""
    if output is None:
        raise UsageError("no --output: name a directory for the files")
    if excel and form not in _FOR_EXCEL:
        if form is not Format.parquet:
            raise UsageError(f"--excel is for csv; --format {form.value} needs nothing of it")
        form = Format.csv
    from pipeline.render.export import Wish, export  # noqa: PLC0415 - Arrow on demand
    from pipeline.sql.data import open_data  # noqa: PLC0415 - the same

    written = export(open_data(data), output, Wish(form.value, text, raw, excel))
    for name, rows in written.items():
        log.say(f"{output / name}: {rows} rows")
    return Exit.DONE
