"""Decisions are numbered, listed, of one shape; what the code cites by number is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pipeline_helpers import ROOT

FOLDER = ROOT / "docs" / "decisions"
RECORDS = sorted(FOLDER.glob("[0-9]*.md"))
CITED = re.compile(r"\b[Dd]ecision (\d{4})\b")
SOURCES = [
    path
    for folder in ("pipeline", "transforms", "tests", "docs", "deploy")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".py", ".md", ".toml", ".service"} and "golden" not in path.parts
]


def _name(path: Path) -> str:
    return path.name


def test_numbers_run_without_a_gap():
    numbers = [path.name[:4] for path in RECORDS]
    assert numbers == [f"{number:04d}" for number in range(1, len(RECORDS) + 1)]


@pytest.mark.parametrize("path", RECORDS, ids=_name)
def test_a_record_has_its_shape(path):
    title, dated, *_ = path.read_text("utf-8").splitlines()
    assert title.startswith(f"# {path.name[:4]} "), "the title begins with the number"
    assert re.match(r"\d{4}-\d{2}-\d{2} · \S", dated), "under the title: the date, and what stands"
    headings = re.findall(r"^## (.+)$", path.read_text("utf-8"), re.MULTILINE)
    assert headings[:2] == ["Problem", "Choice"]
    assert set(headings[2:]) <= {"Rejected", "Measured"}


def test_the_index_lists_every_record():
    rows = re.findall(r"^\| \[(\d{4})\]\((\S+)\) \| (.+?) \|", _index(), re.MULTILINE)
    assert [(number, name) for number, name, _ in rows] == [(p.name[:4], p.name) for p in RECORDS]
    for number, name, title in rows:
        assert (FOLDER / name).read_text("utf-8").startswith(f"# {number} {title}\n")


def _index() -> str:
    return (FOLDER / "index.md").read_text("utf-8")


def test_what_is_cited_is_there_and_the_code_cites():
    known = {path.name[:4] for path in RECORDS}
    cited = {}
    for path in SOURCES:
        for number in CITED.findall(path.read_text("utf-8")):
            assert number in known, f"{path.relative_to(ROOT)} cites decision {number}"
            cited.setdefault(number, path)
    in_code = {number for number, path in cited.items() if path.suffix == ".py"}
    assert len(in_code) >= 12
