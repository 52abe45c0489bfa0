"""``rasd export``: the tables as plain files to hand on."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from pipeline.errors import Exit, UsageError

EXAMPLES: Final = """\
examples:
  rasd export --data out --output tables
  rasd export --data out --output to-share --no-text --format csv

With --no-text no sentence of anybody's article leaves: ids, codes, spans, dates and the names of
places and parties stay, so that whoever has the articles can find every event in them again. The
name of a party that no table knows is the words of the text.
"""


class Format(StrEnum):
    """How tables are written."""

    parquet = "parquet"
    csv = "csv"


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
) -> int:
    """Write the tables as plain files, one each, to hand on."""
    if output is None:
        raise UsageError("no --output: name a directory for the files")
    from pipeline.render.export import export  # noqa: PLC0415 - Arrow on demand
    from pipeline.sql.data import open_data  # noqa: PLC0415 - the same

    written = export(open_data(data), output, form.value, text=text)
    for name, rows in written.items():
        sys.stderr.write(f"rasd: {output / name}: {rows} rows\n")
    return Exit.DONE
