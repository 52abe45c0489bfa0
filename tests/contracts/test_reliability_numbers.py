"""The numbers of reliability tests: one table says what each is, and no test names another."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from pipeline_helpers import ROOT

NUMBER = re.compile(r"\bR\d{2}\b")
TABLE = (ROOT / "docs" / "reliability.md").read_text("utf-8")
NUMBERED = set(re.findall(r"^\| (R\d{2}) \|", TABLE, re.MULTILINE))


def _docstring(path: Path) -> str:
    return ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""


TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
NAMED = {path: set(NUMBER.findall(_docstring(path))) for path in TESTS}


@pytest.mark.parametrize(
    "path",
    [path for path, numbers in NAMED.items() if numbers],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_a_number_that_is_named_is_in_the_table(path):
    for number in NAMED[path]:
        assert number in NUMBERED, f"{number} has no row in docs/reliability.md"


def test_the_table_names_the_tests():
    for line in re.findall(r"^\| R\d{2} \|.*$", TABLE, re.MULTILINE):
        number = line[2:5]
        for name in re.findall(r"`(tests/\S+)`", line):
            assert number in NAMED[ROOT / name], f"{name} does not say that it is {number}"
