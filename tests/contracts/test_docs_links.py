"""What the docs name exists: links, paths, commands with their options, and SQL that runs."""

from __future__ import annotations

import re
import shlex
from functools import cache
from pathlib import Path

import pytest
from pipeline_helpers import ROOT

from pipeline import cli
from pipeline.data import open_data
from pipeline.docs import GENERATED
from pipeline.options import FLAGS
from pipeline.sql.catalogue import scripts

DOCS = [
    path
    for path in (
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "deploy" / "README.md",
        *sorted((ROOT / "docs").glob("*.md")),
    )
    if path.exists()
]
# Made by `make docs` or `make bench`; a fresh checkout may not have them yet.
MADE: set[str] = set()
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


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _exists(path: Path) -> bool:
    return path.exists() or (path.parent == ROOT / "docs" and path.name in MADE)


def commands(text: str) -> list[str]:
    """Every command line of ``rasd`` that a page shows."""
    found = [line.split("#", 1)[0].strip() for line in INLINE.findall(text)]
    for language, block in FENCE.findall(text):
        if language in {"", "ini", "sh", "bash"}:
            joined = re.sub(r"\\\n\s*", " ", block)
            matches = (COMMAND.match(line) for line in joined.splitlines())
            found += [match[1] for match in matches if match]
    return [line for line in found if not re.match(r"rasd: |rasd \d|rasd \.\.\.", line)]


@cache
def options_of(name: str) -> frozenset[str]:
    """The options a command knows."""
    if name == "run":
        ours = {f"--{flag.name.replace('_', '-')}" for flag in FLAGS}
        return frozenset({*ours, "--help"})
    return frozenset({*re.findall(r"--[a-z][a-z-]*", cli.help_of(name)), "--help"})


@pytest.mark.parametrize("path", DOCS, ids=_name)
def test_links_lead_somewhere(path):
    for target in LINK.findall(path.read_text(encoding="utf-8")):
        there = (path.parent / target).resolve()
        assert _exists(there), f"{_name(path)} links to {target}, which is not there"


@pytest.mark.parametrize("path", DOCS, ids=_name)
def test_paths_that_are_named_exist(path):
    for found in PATH.findall(path.read_text(encoding="utf-8")):
        named = found.rstrip(".,:;-")
        there = list(ROOT.glob(named)) if "*" in named else [ROOT / named]
        assert any(map(_exists, there)), f"{_name(path)} names {named}, which is not there"


@pytest.mark.parametrize("path", DOCS, ids=_name)
def test_commands_that_are_shown_parse(path):
    for line in commands(path.read_text(encoding="utf-8")):
        words = shlex.split(line.split(" 2>", 1)[0])
        name = words[1]
        where = f"{_name(path)}: {line}"
        if name.startswith("--") or name == "COMMAND":
            continue
        assert name in cli.COMMANDS, f"{where}: there is no such command"
        for word in words[2:]:
            if word.startswith("--"):
                option = word.split("=", 1)[0]
                assert option in options_of(name), f"{where}: {name} knows no {option}"
        if "--named" in words[:-1]:
            named = words[words.index("--named") + 1]
            assert named in {*scripts("queries"), "list", "NAME"}, f"{where}: no query {named}"


@pytest.mark.parametrize("path", DOCS, ids=_name)
def test_sql_that_is_shown_runs(path, tmp_path):
    """Over empty tables: names, types and the portable dialect are right."""
    text = path.read_text(encoding="utf-8")
    shown = [block for language, block in FENCE.findall(text) if language == "sql"]
    for line in commands(text):
        words = shlex.split(line.split(" 2>", 1)[0])
        if words[1] == "query" and len(words) > 2 and re.match(r"(?i)select\b", words[2]):
            shown.append(words[2])
    if not shown or path.name in GENERATED:  # generated pages have tests of their own
        return
    data = open_data(str(tmp_path))
    for sql in shown:
        if "..." not in sql:
            data.sql(sql)


def test_the_checks_see_what_they_are_for():
    """The patterns find commands wherever pages show them."""
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
    assert "--offline" in options_of("run")
    assert "--offlin" not in options_of("run")
    assert "--named" in options_of("query")
