"""Counters and distributions of the stages, through one helper: every engine calls them the same.

A stage counts what came in, what went out and what it rejected by reason; of a page it measures
microseconds, bytes, words. Names are those of the table in ``pipeline.run.measures``.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from apache_beam.metrics import Metrics

PREFIX: Final = "rasd."


def count(stage: str, name: str, amount: int = 1) -> None:
    """Add to a stage's counter.

    Args:
        stage: one word, the folder's name ("extract").
        name: ``in``, ``out`` or ``rejected.<reason>``.
        amount: what to add.
    """
    _counter(stage, name).inc(amount)


def measure(stage: str, name: str, value: int) -> None:
    """Add a value to a stage's distribution.

    Args:
        stage: one word, the folder's name ("extract").
        name: ``microseconds``, ``bytes``, ``words`` ...
        value: a whole number; microseconds, since fast stages would round to nothing.
    """
    _distribution(stage, name).update(value)


def measure_all(measured: Iterable[tuple[str, str, int]]) -> None:
    """Add values, each with its stage and name."""
    for stage, name, value in measured:
        _distribution(stage, name).update(value)


def full_name(stage: str, name: str) -> str:
    """The name in front of Beam: whole, since some engines show it without its namespace.

    >>> full_name("extract", "rejected.no_text")
    'rasd_extract_rejected.no_text'
    """
    return f"rasd_{stage}_{name}"


def taken_apart(namespace: str, name: str) -> tuple[str, str] | None:
    """Stage and name of a metric as Beam gives it back; None when it is not ours."""
    stage = namespace.removeprefix(PREFIX)
    if stage == namespace:
        return None
    return stage, name.removeprefix(full_name(stage, ""))


@cache
def _counter(stage: str, name: str) -> Any:
    """Make a counter once: it costs ten times what adding to it does."""
    return Metrics.counter(PREFIX + stage, full_name(stage, name))


@cache
def _distribution(stage: str, name: str) -> Any:
    return Metrics.distribution(PREFIX + stage, full_name(stage, name))
