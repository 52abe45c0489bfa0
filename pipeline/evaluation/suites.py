"""The suites by name, each a module of this package, imported when it runs."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pipeline.errors import UsageError
from pipeline.evaluation.base import Suite, SuiteReport

SUITES: Final = ("extraction", "dates", "language", "dedup", "events", "incidents", "behaviour")

# What a suite reads below the data directory: one of these must be there. Some suites also grade
# what is shipped with them; that alone says nothing of anybody's data.
_NEEDED: Final[dict[str, tuple[str, ...]]] = {
    "extraction": ("pages/manifest.jsonl",),
    "dates": ("events/arabic_timex_news/*.tml",),
    "language": ("langid/langid.jsonl",),
    "dedup": ("neardup/pairs.jsonl",),
    "events": (
        "events/arabic_event_gsr/*",
        "events/news_gold/*",
        "events/seed_gold.json",
        "events/un_quadclass_ar/*",
    ),
    "incidents": (),  # its stories are shipped with it
    "behaviour": (),  # so are its sentences
}


def without_data(names: Sequence[str], data: Path) -> dict[str, str]:
    """Tell which suites have no labelled data.

    Args:
        names: which, of ``SUITES``.
        data: the directory of labelled data.

    Returns:
        What each of them looked for, by its name.
    """
    return {
        name: _NEEDED[name][0]
        for name in names
        if _NEEDED[name] and not any(next(data.glob(pattern), None) for pattern in _NEEDED[name])
    }


def need_data(names: Sequence[str]) -> list[str]:
    """Return those of some suites that read labelled data at all."""
    return [name for name in names if _NEEDED[name]]


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
