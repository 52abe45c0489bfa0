"""What is remembered of the coder's tables is forgotten when a user's own ones change."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pipeline_helpers import ROOT

from transforms.enrich import own

FOLDER = ROOT / "transforms" / "enrich"
MODULES = [path for path in sorted(FOLDER.rglob("*.py")) if path.name != "__init__.py"]
SOURCE = "transforms.enrich.own.own_tables"  # who asks this, directly or not, depends on own tables

# They reach it, but what they remember does not hang on it.
APART = {
    "transforms.enrich.rules.load.shipped_rules": "words are only looked up to be refused",
    "transforms.enrich.rules.load.act_rule": "the same",
    "transforms.enrich.events.decide.decision_model": "its methods ask, its weights do not",
}


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def _imports(tree: ast.Module) -> dict[str, str]:
    """Name in a module -> what it stands for, of what it imports from this project."""
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("transforms")
        for alias in node.names
    }


def _functions(path: Path) -> Iterator[tuple[str, set[str]]]:
    """Every function, or class with its methods, and what of the project it names."""
    tree = ast.parse(path.read_text("utf-8"))
    known = _imports(tree)
    parts = [n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    known |= {part.name: f"{_module(path)}.{part.name}" for part in parts}
    for part in parts:
        named = {known[n.id] for n in ast.walk(part) if isinstance(n, ast.Name) and n.id in known}
        named |= {
            f"{known[n.value.id]}.{n.attr}"
            for n in ast.walk(part)
            if isinstance(n, ast.Attribute)
            and isinstance(n.value, ast.Name)
            and n.value.id in known
        }
        yield f"{_module(path)}.{part.name}", named


CALLS = dict(pair for path in MODULES for pair in _functions(path))


def _depends(name: str, seen: set[str]) -> bool:
    if name == SOURCE:
        return True
    if name in seen:
        return False
    seen.add(name)
    return any(_depends(each, seen) for each in CALLS.get(name, ()))


def _remembering() -> Iterator[tuple[str, Any]]:
    for name in CALLS:
        module, _, function = name.rpartition(".")
        found = getattr(importlib.import_module(module), function)
        if hasattr(found, "cache_clear"):
            yield name, found


@pytest.mark.parametrize(("name", "function"), list(_remembering()))
def test_what_depends_on_own_tables_follows_them(name, function):
    if name in APART:
        return
    marked = any(each is function for each in own._following)
    assert marked == _depends(name, set()), (
        f"{name} remembers what own rules, words or names decide: put @follows over its cache"
        if not marked
        else f"{name} asks nothing that own tables decide: it needs no @follows"
    )
