"""Docs are tests: every SQL in them runs, what is generated is up to date, figures are true."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pipeline_helpers import ROOT

from pipeline import docs
from pipeline.cli import COMMANDS
from pipeline.data import open_data
from pipeline.evaluation.base import Figure
from pipeline.evaluation.suites import SUITES, run_suites

DOCS = ROOT / "docs"
PAGES = [*sorted(DOCS.glob("*.md")), ROOT / "README.md"]
TOLERANCE = 0.02
# Questions of the cookbook that the seeds need not answer with rows.
MAY_BE_EMPTY = frozenset[str]()


def blocks(language: str) -> Iterator[tuple[str, str]]:
    """Every fenced block of a language, with a name that says where it stands."""
    for page in PAGES:
        text = page.read_text("utf-8")
        for match in re.finditer(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
            headings = re.findall(r"^#+ (.+)$", text[: match.start()], re.MULTILINE)
            yield f"{page.name}: {headings[-1] if headings else 'top'}", match[1]


SQL = dict(blocks("sql"))


def test_there_is_sql_in_the_cookbook():
    assert sum(name.startswith("cookbook.md") for name in SQL) >= 10


@pytest.fixture(scope="module")
def data(seeds_output):
    return open_data(str(seeds_output))


@pytest.mark.parametrize("name", SQL)
def test_every_query_in_the_docs_runs(data, name):
    table = data.sql(SQL[name])
    if name.startswith("cookbook.md") and name not in MAY_BE_EMPTY:
        assert table.num_rows > 0, f"{name}: no row of the seeds answers it"


def test_every_query_of_the_cookbook_says_how_to_read_it():
    parts = re.split(r"^## ", (DOCS / "cookbook.md").read_text("utf-8"), flags=re.MULTILINE)[1:]
    for part in parts:
        heading = part.split("\n", 1)[0]
        assert part.count("```sql") == 1, f"{heading}: one query each"
        reading = part.rsplit("```", 1)[1].strip()
        assert len(reading) > 60, f"{heading}: a line on how to read the answer"


@pytest.mark.parametrize("name", docs.GENERATED)
def test_generated_pages_are_up_to_date(name):
    path = DOCS / name
    assert path.is_file(), f"docs/{name} is missing: run `make docs`"
    made = docs.GENERATED[name]().rstrip("\n") + "\n"
    assert path.read_text("utf-8") == made, f"docs/{name} is out of date: run `make docs`"


@pytest.mark.parametrize("columns", ["40", "250", None])
def test_the_terminal_does_not_change_the_pages(monkeypatch, columns):
    before = docs.commands()
    if columns is None:
        monkeypatch.delenv("COLUMNS", raising=False)
    else:
        monkeypatch.setenv("COLUMNS", columns)
    assert docs.commands() == before
    assert os.environ.get("COLUMNS") == columns


def test_every_command_and_script_has_its_place():
    commands, queries = docs.commands(), docs.queries()
    for command in COMMANDS:
        assert f"## rasd {command}\n" in commands
    for script in (*docs.scripts("views").values(), *docs.scripts("queries").values()):
        assert f"### {script.name}\n\n{script.about}\n" in queries


def test_links_in_the_docs_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8")):
            if "://" not in target and not target.startswith("mailto:"):
                assert (page.parent / target).exists(), f"{page.name}: no {target}"


def figure_rows(text: str) -> dict[tuple[str, str], list[str]]:
    """(suite, figure) -> the cells of its row in docs/quality.md."""
    rows = {}
    suite = ""
    for line in text.splitlines():
        if line.startswith("## "):
            suite = line[3:].strip()
        elif line.startswith("| ") and not line.startswith("| figure "):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            rows[suite, cells[0]] = cells
    return rows


def wrong(figure: Figure, cells: list[str]) -> str:
    """What a row of docs/quality.md says wrongly of a figure; empty when nothing."""
    value = float(cells[1])
    if cells[2] != str(figure.n):
        return f"{figure.name}: n is {figure.n}, not {cells[2]}"
    exact = abs(figure.value) > 1 and float(figure.value).is_integer()
    if abs(value - figure.value) > (0 if exact else TOLERANCE):
        return f"{figure.name}: {figure.value:.4f}, not {value}"
    return ""


def test_wrong_figures_are_told():
    assert wrong(Figure("f1", 0.9, 10), ["f1", "0.91", "10"]) == ""
    assert wrong(Figure("f1", 0.9, 10), ["f1", "0.95", "10"])
    assert wrong(Figure("f1", 0.9, 10), ["f1", "0.9", "11"])
    assert wrong(Figure("found", 12.0, 12), ["found", "12", "12"]) == ""
    assert wrong(Figure("found", 12.0, 12), ["found", "12.01", "12"])


@pytest.mark.slow
def test_the_quality_page_tells_what_is_measured(shared: Path):
    path = DOCS / "quality.md"
    assert path.is_file(), "docs/quality.md is missing: run `make docs`"
    rows = figure_rows(path.read_text("utf-8"))
    problems = []
    measured = set()
    for report in run_suites(SUITES, shared / "data"):
        for figure in report.figures:
            key = (report.suite, figure.name)
            measured.add(key)
            problems.append(
                wrong(figure, rows[key]) if key in rows else f"{figure.name}: no row of it"
            )
    problems += [f"{suite}: {name} is measured no more" for suite, name in rows.keys() - measured]
    problems = [problem for problem in problems if problem]
    assert not problems, "\n".join(["docs/quality.md is out of date: run `make docs`", *problems])
