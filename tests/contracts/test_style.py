"""The style rules no linter knows: room of modules and functions, words, borders."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from pipeline_helpers import ROOT

SOURCES = sorted(
    path
    for folder in ("pipeline", "transforms", "benchmarks", "tests")
    for path in (ROOT / folder).rglob("*.py")
)
PACKAGES = [path for path in SOURCES if path.parts[len(ROOT.parts)] in {"pipeline", "transforms"}]
# Beam belongs to the wiring; everything else stays testable without it.
BEAM_ALLOWED = {"transforms/beats.py", "transforms/coders.py", "transforms/metrics.py"}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


TRANSFORMS = [path for path in PACKAGES if _name(path).startswith("transforms/")]
PURE = [
    path for path in TRANSFORMS if path.name != "transform.py" and _name(path) not in BEAM_ALLOWED
]


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_a_module_has_at_most_400_lines(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= 400, f"{_name(path)} has {lines} lines: split it where it has two subjects"


@pytest.mark.parametrize("path", PACKAGES, ids=_name)
def test_a_function_has_at_most_60_lines(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            size = node.end_lineno - node.lineno + 1
            assert size <= 60, f"{_name(path)}:{node.lineno} {node.name} has {size} lines"


@pytest.mark.parametrize("path", PURE, ids=_name)
def test_only_the_wiring_knows_beam(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"^\s*(import|from) apache_beam", text, re.MULTILINE), (
        f"{_name(path)} imports apache_beam"
    )


@pytest.mark.parametrize("path", [p for p in PACKAGES if p.name == "transform.py"], ids=_name)
def test_wiring_stays_thin(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 150, f"{_name(path)} holds logic"


def test_the_diagram_fits_a_screen():
    code = (ROOT / "pipeline" / "graph.py").read_text(encoding="utf-8").splitlines()
    assert len([line for line in code if line.strip()]) <= 80


@pytest.mark.parametrize("path", TRANSFORMS, ids=_name)
def test_no_clock_and_no_chance_in_transforms(path):
    """Time comes in from outside; ids are hashes of content."""
    text = path.read_text(encoding="utf-8")
    found = re.findall(
        r"utcnow|datetime\.now|time\.time\(|uuid4|^import random|from random", text, re.MULTILINE
    )
    assert not found, f"{_name(path)}: {found}"


def test_tests_are_no_packages():
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_nothing_speaks_of_a_machine():
    """Paths of a machine in code or docs would be wrong everywhere else."""
    pattern = re.compile(r"/(?:root|work|home/\w+)/")
    for path in [*SOURCES, *(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]:
        if path.name == "test_style.py":
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            assert not pattern.search(line), f"{_name(path)}:{number}: {line.strip()}"
