"""The worked examples in docstrings run, and the central pure functions have one."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest
from pipeline_helpers import ROOT

WITH_EXAMPLES = sorted(
    path
    for folder in ("pipeline", "transforms")
    for path in (ROOT / folder).rglob("*.py")
    if ">>> " in path.read_text("utf-8")
)
CENTRAL = (
    "transforms/settle/precedence.py",
    "transforms/settle/relations.py",
    "transforms/settle/rows.py",
    "transforms/rows/merge.py",
    "transforms/dedup/clusters.py",
    "transforms/text/arabic.py",
    "transforms/text/urls.py",
)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=_name)
def test_the_examples_of_a_module_run(path):
    module = importlib.import_module(_name(path).removesuffix(".py").replace("/", "."))
    outcome = doctest.testmod(module)
    assert outcome.attempted
    assert not outcome.failed, f"{_name(path)}: an example answers otherwise"


@pytest.mark.parametrize("name", CENTRAL)
def test_the_central_functions_have_one(name):
    assert ROOT / name in WITH_EXAMPLES, f"{name}: show by example what its function does"
