"""Counters of the stages, through one helper, so that every run's manifest reads the same.

A stage counts what came in, what went out, what it rejected by reason, and its milliseconds.
"""

from __future__ import annotations

from typing import Final

from apache_beam.metrics import Metrics

PREFIX: Final = "rasd."


def count(stage: str, name: str, amount: int = 1) -> None:
    """Add to a stage's counter.

    Args:
        stage: one word, the folder's name ("extract").
        name: ``in``, ``out``, ``ms`` or ``rejected.<reason>``.
        amount: what to add.
    """
    Metrics.counter(PREFIX + stage, name).inc(amount)


def count_timings(timings_ms: dict[str, float]) -> None:
    """Add one document's milliseconds, by stage.

    Args:
        timings_ms: stage name -> milliseconds.
    """
    for stage, milliseconds in timings_ms.items():
        # Counters are integers: microseconds, so that fast stages do not round to nothing.
        count(stage, "us", round(milliseconds * 1000))
