"""Docs are tests: what they name exists, what they show runs, what is generated is up to date."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from pipeline_helpers import ROOT

from pipeline import cli
from pipeline.docgen import reference
from pipeline.evaluation.base import Figure
from pipeline.evaluation.report import explained
from pipeline.evaluation.suites import SUITES
from pipeline.runners import beam_flags
from pipeline.sql.catalogue import scripts
from pipeline.sql.data import open_data

DOCS = ROOT / "docs"
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "deploy").rglob("*.md")),
    *sorted(DOCS.rglob("*.md")),
]
FOLDERS = ("benchmarks", "deploy", "docs", "pipeline", "seeds", "tests", "transforms")
LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")
PATH = re.compile(rf"(?<![\w/.:@-])(?:{'|'.join(FOLDERS)})/[\w./*-]+")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(rasd [^`\n]+)`")
# A line that runs the command: at its start, behind a prompt, a pipe, cron's beat or a unit's key.
COMMAND = re.compile(
    r"^(?:\s*\$ |.*\| |[\d*/ ]*\bcd \S+ && |ExecStart=|docker run [^\n]*? )?"
    r"(?:\S*/)?(rasd [a-z].*)$"
)
TOLERANCE = 0.02


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


every_page = pytest.mark.parametrize("path", PAGES, ids=_name)


def commands(text: str) -> list[str]:
    """Every command line of ``rasd`` that a page shows."""
    found = [line.split("#", 1)[0].strip() for line in INLINE.findall(text)]
    for language, block in FENCE.findall(text):
        if language in {"", "console", "ini", "sh", "bash"}:
            joined = re.sub(r"\\\n\s*", " ", block)
            matches = (COMMAND.match(line) for line in joined.splitlines())
            found += [match[1] for match in matches if match]
    return [line for line in found if not re.match(r"rasd: |rasd \d|rasd \.\.\.", line)]


def words_of(line: str) -> list[str]:
    """A command line as the shell takes it apart."""
    return shlex.split(line.split(" 2>", 1)[0])


def shown_sql() -> Iterator[tuple[str, str]]:
    """Every SQL that a page shows, with where it stands; "..." stands for what a reader adds."""
    for page in PAGES:
        text = page.read_text("utf-8")
        for match in FENCE.finditer(text):
            headings = re.findall(r"^#+ (.+)$", text[: match.start()], re.MULTILINE)
            if match[1] == "sql":
                yield f"{_name(page)}: {headings[-1] if headings else 'top'}", match[2]
        for line in commands(text):
            words = words_of(line)
            if words[1:2] == ["query"] and re.match(r"(?i)select\b", " ".join(words[2:3])):
                yield f"{_name(page)}: {line}", words[2]


SQL = {name: sql for name, sql in shown_sql() if "..." not in sql}


@cache
def options_of(name: str) -> frozenset[str]:
    """The options a command knows, and those it hands on to Beam."""
    known = {*re.findall(r"--[a-z][a-z-]*", cli.help_of(name)), "--help"}
    return frozenset(known | (beam_flags() if name in {"run", "stream"} else set()))


@every_page
def test_links_lead_somewhere(path):
    for target in LINK.findall(path.read_text("utf-8")):
        assert (path.parent / target).exists(), f"links to {target}, which is not there"


@every_page
def test_paths_that_are_named_exist(path):
    for found in PATH.findall(path.read_text("utf-8")):
        named = found.rstrip(".,:;-")
        there = list(ROOT.glob(named)) if "*" in named else [ROOT / named]
        assert any(each.exists() for each in there), f"names {named}, which is not there"


@every_page
def test_commands_that_are_shown_parse(path):
    for line in commands(path.read_text("utf-8")):
        words = words_of(line)
        name = words[1]
        if name.startswith("--") or name == "COMMAND":
            continue
        assert name in cli.COMMANDS, f"{line}: there is no such command"
        for word in words[2:]:
            if word.startswith("--"):
                option = word.split("=", 1)[0]
                assert option in options_of(name), f"{line}: {name} knows no {option}"
        if "--named" in words[:-1]:
            named = words[words.index("--named") + 1]
            assert named in {*scripts("queries"), "list", "NAME"}, f"{line}: no query {named}"


@pytest.fixture(scope="module")
def data(seeds_output):
    return open_data(str(seeds_output))


@pytest.mark.parametrize("name", SQL)
def test_sql_that_is_shown_runs(data, name):
    table = data.sql(SQL[name])
    if name.startswith("docs/cookbook.md"):
        assert table.num_rows > 0, f"{name}: no row of the seeds answers it"


def test_the_checks_see_what_they_are_for():
    """The patterns find commands wherever pages show them, and SQL in and between them."""
    text = (
        "`rasd doctor` and `rasd run a --output b`\n"
        "```\nzcat x.gz | rasd run - --output out\n"
        "*/5 * * * *  cd /srv && .venv/bin/rasd run f --force 2>>log\n```\n"
        "```ini\nExecStart=/srv/.venv/bin/rasd feeds list\n```\n"
        "```\nrasd: done\n```\n"
    )
    assert commands(text) == [
        "rasd doctor",
        "rasd run a --output b",
        "rasd run - --output out",
        "rasd run f --force 2>>log",
        "rasd feeds list",
    ]
    assert LINK.findall("[a](docs/a.md#b), [b](https://b.example), [c](#d)") == ["docs/a.md"]
    assert PATH.findall("in `tests/a/*.py`, /tests/b and x/docs/c") == ["tests/a/*.py"]
    assert "--offline" in options_of("run")
    assert "--offlin" not in options_of("run")
    assert {"--metrics-port", "--archive", "--help"} <= options_of("stream")
    assert "--offline" not in options_of("stream")
    assert "--named" in options_of("query")
    assert sum(name.startswith("docs/cookbook.md") for name in SQL) >= 10
    assert any(": rasd query " in name for name in SQL)


def test_every_query_of_the_cookbook_says_how_to_read_it():
    parts = re.split(r"^## ", (DOCS / "cookbook.md").read_text("utf-8"), flags=re.MULTILINE)[1:]
    for part in parts:
        heading = part.split("\n", 1)[0]
        assert part.count("```sql") == 1, f"{heading}: one query each"
        reading = part.rsplit("```", 1)[1].strip()
        assert len(reading) > 60, f"{heading}: a line on how to read the answer"


@pytest.mark.parametrize("name", reference.GENERATED)
def test_generated_pages_are_up_to_date(name):
    path = DOCS / name
    assert path.is_file(), f"docs/{name} is missing: run `make docs`"
    made = reference.GENERATED[name]().rstrip("\n") + "\n"
    assert path.read_text("utf-8") == made, f"docs/{name} is out of date: run `make docs`"


@pytest.mark.parametrize("columns", ["40", "250", None])
def test_the_terminal_does_not_change_the_pages(monkeypatch, columns):
    before = reference.commands()
    if columns is None:
        monkeypatch.delenv("COLUMNS", raising=False)
    else:
        monkeypatch.setenv("COLUMNS", columns)
    assert reference.commands() == before
    assert os.environ.get("COLUMNS") == columns


def test_every_command_and_script_has_its_place():
    shown, queries = reference.commands(), reference.queries()
    for command in cli.COMMANDS:
        assert f"## rasd {command}\n" in shown
    for script in (*scripts("views").values(), *scripts("queries").values()):
        assert f"### {script.name}\n\n{script.about}\n" in queries


def figure_rows(text: str) -> dict[tuple[str, str], list[str]]:
    """(suite, figure) -> the cells of its row in docs/quality.md; other tables are left out."""
    rows = {}
    suite = ""
    for line in text.splitlines():
        if line.startswith("## "):
            suite = line[3:].strip()
        elif suite in SUITES and line.startswith("| ") and not line.startswith("| figure "):
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
def test_the_quality_page_tells_what_is_measured(quality_reports):
    rows = figure_rows((DOCS / "quality.md").read_text("utf-8"))
    problems = []
    measured = set()
    for report in quality_reports.values():
        for figure in report.figures:
            key = (report.suite, figure.name)
            measured.add(key)
            problems.append(
                wrong(figure, rows[key]) if key in rows else f"{figure.name}: no row of it"
            )
    problems += [f"{suite}: {name} is measured no more" for suite, name in rows.keys() - measured]
    problems = [problem for problem in problems if problem]
    assert not problems, "\n".join(["docs/quality.md is out of date: run `make docs`", *problems])


def test_every_figure_is_explained_in_a_sentence():
    rows = figure_rows((DOCS / "quality.md").read_text("utf-8"))
    assert len(rows) > 50
    for (suite, name), cells in rows.items():
        sentence = explained(suite, name)
        assert sentence.endswith("."), (
            f"write a sentence for {suite}.{name} in pipeline/evaluation/data/figures.toml"
        )
        assert cells[-1] == sentence, "docs/quality.md is stale: run `make docs`"
