"""What the reliability tests share: good pages as neighbours, and a way to run and to count."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from pipeline_helpers import rasd
from seed_pages import SITES, _variant, render

from pipeline.sql.data import open_data
from transforms.rejects import REASONS

AS_OF = "2026-01-01T00:00:00Z"


class Ran(NamedTuple):
    """A finished run: what it left, and what it said."""

    output: Path
    code: int
    said: str
    manifest: dict[str, Any]

    def rows(self, table: str, columns: str = "*") -> list[dict[str, Any]]:
        """The rows of a table."""
        found: list[dict[str, Any]] = (
            open_data(str(self.output)).sql(f"SELECT {columns} FROM {table}").to_pylist()
        )
        return found


@pytest.fixture(scope="session")
def run() -> Callable[..., Ran]:
    """Run the command offline over inputs; it must not crash, and every reason must be listed."""

    def run_over(
        output: Path, *inputs: str | Path, options: tuple[str, ...] = (), stdin: bytes | None = None
    ) -> Ran:
        clock = () if "--as-of" in options else ("--as-of", AS_OF)
        done = rasd(
            "run", *map(str, inputs), "--output", str(output), "--offline", *clock, *options,
            stdin=stdin, timeout=1800,
        )  # fmt: skip
        said = done.stderr.decode("utf-8", "replace")
        assert "Traceback" not in said, said
        manifests = sorted(
            (output / "_runs").glob("*.json"), key=lambda path: path.stat().st_mtime_ns
        )
        manifest = json.loads(manifests[-1].read_text(encoding="utf-8")) if manifests else {}
        ran = Ran(output, done.returncode, said, manifest)
        if done.returncode == 0:
            reasons = {row["reason"] for row in ran.rows("dead_letters", "reason")}
            assert reasons <= set(REASONS)
        return ran

    return run_over


@pytest.fixture(scope="session")
def good_pages(tmp_path_factory: pytest.TempPathFactory, sized: Callable[[int, int], int]) -> Path:
    """A directory of different news pages: 1,000 of 80 to 120 KB at full size.

    At small size there are 120, and three of four come without the menus and scripts.
    """
    folder = tmp_path_factory.mktemp("good") / "pages"
    folder.mkdir()
    bare_share = sized(4, 1)
    for number in range(sized(120, 1_000)):
        article = _variant(number, random.Random(number))  # noqa: S311 - varied text, no secret
        size = 0 if number % bare_share else 80_000
        data = render(list(SITES)[number % len(SITES)], article, padding=size)
        (folder / f"good-{number:04}.html").write_bytes(data)
    return folder
