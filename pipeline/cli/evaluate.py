"""``rasd evaluate``: the quality scoreboard on labelled data."""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from pipeline import log, open_data
from pipeline.cli.shared_options import Names, Rules
from pipeline.errors import Exit, UsageError
from pipeline.evaluation.base import SuiteReport
from pipeline.evaluation.report import as_json, as_table
from pipeline.evaluation.suites import SUITES, need_data, run_suites, without_data
from pipeline.options import own_of

EXAMPLES: Final = """\
examples:
  rasd evaluate --data labelled
  rasd evaluate events dates --data labelled --worst 20
  rasd evaluate --template --data out > mine.csv    fill it in: docs/label-your-own.md
  rasd evaluate --labels mine.csv --worst 20
  rasd evaluate events --data labelled --rules my-rules
"""


_CODED: Final = frozenset({"events", "incidents"})  # the suites that code


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
        str,
        typer.Option(
            metavar="DIR", help="The labelled data: events/, pages/, langid/, neardup/ below it."
        ),
    ] = "../shared/data",
    labels: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Measure event coding on your own labels instead."),
    ] = None,
    template: Annotated[
        bool,
        typer.Option(
            "--template",
            help="Write an empty file of labels for the articles of --data, an output.",
        ),
    ] = False,
    output: Annotated[
        Format, typer.Option("--format", help="How to write the figures.")
    ] = Format.table,
    worst: Annotated[
        int, typer.Option(min=0, metavar="N", help="Also list the N worst cases of each suite.")
    ] = 0,
    rules: Rules = None,
    names: Names = None,
) -> int:
    """Measure quality on labelled data: precision, recall, F1, counts and the worst cases.

    The labelled data are not part of rasd. docs/quality.md holds the figures measured on them. A
    suite without data is left out; with none at all nothing is measured (exit 3).
    """
    own = own_of(rules, names)
    if own is not None and labels is None and not _CODED.issuperset(suite or SUITES):
        raise UsageError(f"--rules and --names go with the suites {', '.join(sorted(_CODED))} only")
    if template:
        return _template(data)
    write = as_json if output is Format.json else as_table
    if labels is not None:
        return _labels(labels, write, worst)
    reports = _reports(suite, Path(data))
    if reports:
        sys.stdout.write(write(reports, worst=worst))
    return Exit.DONE if reports else Exit.NOTHING_USABLE


def _template(data: str) -> int:
    from pipeline.evaluation.labels import TEMPLATE  # noqa: PLC0415 - loads the coder
    from pipeline.render.tables import write_table  # noqa: PLC0415 - Arrow only here

    write_table(open_data(data).sql(TEMPLATE), "csv", sys.stdout.buffer, excel=True)
    return Exit.DONE


def _labels(path: Path, write: Callable[..., str], worst: int) -> int:
    from pipeline.evaluation.labels import evaluate_labels  # noqa: PLC0415 - as above

    sys.stdout.write(write([evaluate_labels(path)], worst=worst))
    return Exit.DONE


def _reports(suite: list[str] | None, data: Path) -> list[SuiteReport]:
    """Run the suites asked for; none when there is nothing to measure, which is told."""
    chosen = suite or list(SUITES)
    unknown = sorted(set(chosen) - set(SUITES))
    if unknown:
        raise UsageError(f"no such suite: {', '.join(unknown)}; there are {', '.join(SUITES)}")
    if not data.is_dir():
        raise UsageError(f"no labelled data at {data}: name its directory with --data")
    missing = without_data(chosen, data)
    if missing and len(missing) == len(need_data(chosen)):
        wanted = ", ".join(f"{name} reads {where}" for name, where in missing.items())
        log.say(f"no labelled data in {data}: {wanted}")
        return []
    for name, where in missing.items():
        log.say(f"suite {name} left out: there is no {where} in {data}")
    return run_suites([name for name in chosen if name not in missing], data)
