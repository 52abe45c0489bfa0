"""Write the figures of suites: a table for people, JSON for programs, Markdown for the docs."""

from __future__ import annotations

import io
import tomllib
from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from pipeline.evaluation.base import Figure, SuiteReport


@cache
def _sentences() -> dict[str, dict[str, str]]:
    text = files("pipeline.evaluation").joinpath("data", "figures.toml").read_text("utf-8")
    return tomllib.loads(text)


def explained(suite: str, name: str) -> str:
    """What a figure says, in a sentence (``data/figures.toml``); "" when nobody has written it.

    Args:
        suite: its suite.
        name: its name; one in full goes before a family, a longer pattern before a shorter one.
    """
    known = _sentences().get(suite, {})
    families = sorted((each for each in known if fnmatchcase(name, each)), key=len, reverse=True)
    return known.get(name) or next((known[each] for each in families), "")


def _value(figure: Figure) -> str:
    return f"{figure.value:.4f}" if figure.value != int(figure.value) else f"{figure.value:.0f}"


def _bar(figure: Figure) -> str:
    if figure.bar is None:
        return ""
    return f"{'>=' if figure.higher_is_better else '<='} {figure.bar:g}"


def _reached(figure: Figure) -> str:
    return {None: "", True: "yes", False: "no"}[figure.reached]


def as_table(reports: Sequence[SuiteReport], *, worst: int = 0) -> str:
    """Write figures for a person.

    Args:
        reports: what the suites said.
        worst: how many of each suite's worst cases to list.
    """
    stream = io.StringIO()
    console = Console(file=stream, width=110)
    for report in reports:
        table = Table(title=report.suite, title_justify="left")
        for heading in ("figure", "value", "n", "bar", "reached", "95 % interval"):
            table.add_column(heading)
        for figure in report.figures:
            interval = "" if figure.low is None else f"{figure.low:.3f} to {figure.high:.3f}"
            table.add_row(
                figure.name, _value(figure), str(figure.n), _bar(figure), _reached(figure), interval
            )
        console.print(table)
        for case in _worst(report, worst):
            console.print(
                f"  {case['id']}\n    expected {case['expected']}\n    got      {case['got']}",
                markup=False,
            )
    return stream.getvalue()


def as_json(reports: Sequence[SuiteReport], *, worst: int = 0) -> str:
    """Write figures for a program: one object with a member for each suite."""
    document = {
        report.suite: {
            "data_hash": report.data_hash,
            "figures": {
                figure.name: {
                    "value": figure.value,
                    "n": figure.n,
                    "bar": figure.bar,
                    "higher_is_better": figure.higher_is_better,
                    "reached": figure.reached,
                    "says": explained(report.suite, figure.name),
                    "low": figure.low,
                    "high": figure.high,
                }
                for figure in report.figures
            },
            "worst": _worst(report, worst),
        }
        for report in reports
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode() + "\n"


def as_markdown(reports: Sequence[SuiteReport]) -> str:
    """Write figures for the docs."""
    lines = []
    for report in reports:
        lines += [
            f"## {report.suite}",
            "",
            "| figure | value | n | bar | reached | what it says |",
            "|---|---|---|---|---|---|",
        ]
        for figure in report.figures:
            says = explained(report.suite, figure.name)
            cells = (figure.name, _value(figure), str(figure.n), _bar(figure), _reached(figure))
            lines.append(f"| {' | '.join((*cells, says))} |")
        lines.append("")
    return "\n".join(lines)


def _worst(report: SuiteReport, count: int) -> list[dict[str, Any]]:
    ordered = sorted(report.cases, key=lambda case: (-case.badness, case.id))
    return [{"id": case.id, "expected": case.expected, "got": case.got} for case in ordered[:count]]
