"""The suites by name, each a module of this package, imported when it runs."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pipeline.errors import UsageError
from pipeline.evaluation.base import Suite, SuiteReport

SUITES: Final = ("extraction", "dates", "language", "dedup", "events")


def run_suites(names: Sequence[str], data: Path) -> list[SuiteReport]:
    """Run suites.

    Args:
        names: which, of ``SUITES``.
        data: the directory of labelled data.

    Raises:
        UsageError: a suite's data is not there.
    """
    reports = []
    for name in names:
        suite: Suite = importlib.import_module(f"pipeline.evaluation.{name}")
        try:
            reports.append(suite.run(data))
        except FileNotFoundError as error:
            raise UsageError(f"suite {name}: no labelled data at {error.filename}") from error
    return reports
