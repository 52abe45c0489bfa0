"""Counters of the stages, through one helper, so that every run's manifest reads the same.

A stage counts what came in, what went out, what it rejected by reason, and its milliseconds.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from apache_beam.metrics import Metrics

PREFIX: Final = "rasd."


def count(stage: str, name: str, amount: int = 1) -> None:
    """Add to a stage's counter.

    Args:
        stage: one word, the folder's name ("extract").
        name: ``in``, ``out``, ``ms`` or ``rejected.<reason>``.
        amount: what to add.
    """
    _counter(stage, name).inc(amount)


@cache
def _counter(stage: str, name: str) -> Any:
    """Make a counter once: it costs ten times what adding to it does."""
    return Metrics.counter(PREFIX + stage, name)
