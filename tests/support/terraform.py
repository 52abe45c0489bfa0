"""Reads the files of deploy/terraform/ for tests: blocks, names, words of commands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import hcl2

from pipeline.deploy.plan import TERRAFORM

ROOT: Final = Path(__file__).resolve().parents[2]
FILES: Final = sorted((ROOT / TERRAFORM).glob("*.tf"))
_WORKED_OUT: Final = re.compile(r"\$\{[^}]*\}")
_WORD: Final = re.compile(
    r'"(?P<text>(?:[^"$]|\$\{[^}]*\})*)"|(?P<name>(?:var|local|google)[\w.]+|tostring\([\w.]+\))'
)


@cache
def _parsed(name: str) -> dict[str, Any]:
    with Path(ROOT, TERRAFORM, name).open(encoding="utf-8") as handle:
        found: dict[str, Any] = hcl2.load(handle)
        return found


def _bare(name: str) -> str:
    return name.strip('"')


def variables() -> dict[str, dict[str, Any]]:
    """Every variable by its name."""
    blocks = (block for path in FILES for block in _parsed(path.name).get("variable", []))
    return {_bare(name): about for block in blocks for name, about in block.items()}


def local_values(name: str) -> dict[str, Any]:
    """The locals of one file."""
    blocks = _parsed(name).get("locals", [])
    found = {key: value for block in blocks for key, value in block.items()}
    return {key: value for key, value in found.items() if not key.startswith("__")}


def resources() -> Iterator[str]:
    """Every resource as others name it: ``KIND.NAME``."""
    for path in FILES:
        for block in _parsed(path.name).get("resource", []):
            for kind, named in block.items():
                yield from (f"{_bare(kind)}.{_bare(name)}" for name in named)


def words(expression: Any, rows: Sequence[str] = (), on_dataflow: Sequence[str] = ()) -> list[str]:
    """The words of a command that Terraform has as a list.

    Args:
        expression: a list, or the text of a ``concat`` of lists.
        rows: the words that ``local.rows`` stands for.
        on_dataflow: those that ``local.on_dataflow`` or ``local.on_workers`` stands for.

    Returns:
        The words; what Terraform works out stands as a word of its own.
    """
    text = expression if isinstance(expression, str) else ", ".join(expression)
    found = []
    text = text.removeprefix("${concat(")
    text = text.replace("local.rows", '"ROWS"').replace("local.on_dataflow", '"ON_DATAFLOW"')
    text = text.replace("local.on_workers", '"ON_DATAFLOW"')
    for match in _WORD.finditer(text):
        if match["name"]:
            found.append("5" if match["name"].startswith("tostring") else "gs://x/y")
        elif match["text"] == "ROWS":
            found += rows
        elif match["text"] == "ON_DATAFLOW":
            found += on_dataflow
        else:
            found.append(_WORKED_OUT.sub("gs://x/y", match["text"]))
    return found
