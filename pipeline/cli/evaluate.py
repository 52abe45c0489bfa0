"""``rasd evaluate``: the quality scoreboard on labelled data."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from pipeline.errors import Exit, UsageError
from pipeline.evaluation.report import as_json, as_table
from pipeline.evaluation.suites import SUITES, run_suites, without_data

EXAMPLES: Final = """\
examples:
  rasd evaluate --data labelled
  rasd evaluate events dates --data labelled --worst 20
"""


class Format(StrEnum):
    """How figures are written."""

    table = "table"
    json = "json"


def command(
    suite: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SUITE]...", help=f"Which suites: {', '.join(SUITES)}; all by default."
        ),
    ] = None,
    *,
    data: Annotated[
        Path,
        typer.Option(
            metavar="DIR", help="The labelled data: events/, pages/, langid/, neardup/ below it."
        ),
    ] = Path("../shared/data"),
    output: Annotated[
        Format, typer.Option("--format", help="How to write the figures.")
    ] = Format.table,
    worst: Annotated[
        int, typer.Option(min=0, metavar="N", help="Also list the N worst cases of each suite.")
    ] = 0,
) -> int:
    """Measure quality on labelled data: precision, recall, F1, counts and the worst cases.

    The labelled data are not part of rasd. docs/quality.md holds the figures measured on them. A
    suite without data is left out; with none at all nothing is measured (exit 3).
    """
    chosen = suite or list(SUITES)
    unknown = sorted(set(chosen) - set(SUITES))
    if unknown:
        raise UsageError(f"no such suite: {', '.join(unknown)}; there are {', '.join(SUITES)}")
    if not data.is_dir():
        raise UsageError(f"no labelled data at {data}: name its directory with --data")
    missing = without_data(chosen, data)
    if len(missing) == len(chosen):
        wanted = ", ".join(f"{name} reads {where}" for name, where in missing.items())
        sys.stderr.write(f"rasd: no labelled data in {data}: {wanted}\n")
        return Exit.NOTHING_USABLE
    for name, where in missing.items():
        sys.stderr.write(f"rasd: suite {name} left out: there is no {where} in {data}\n")
    reports = run_suites([name for name in chosen if name not in missing], data)
    write = as_json if output is Format.json else as_table
    sys.stdout.write(write(reports, worst=worst))
    return Exit.DONE
