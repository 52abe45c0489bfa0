"""What a suite of the quality scoreboard is: labelled data in, figures and worst cases out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number.

    Attributes:
        name: what was measured, stable, in snake case ("body_f1_mean").
        value: a share between 0 and 1 unless the name says otherwise.
        n: how many cases stand behind it.
        bar: the value to reach; None when there is none.
        higher_is_better: the direction of the bar.
        low: lower end of a 95 % bootstrap interval; None when it was not drawn.
        high: upper end.
    """

    name: str
    value: float
    n: int
    bar: float | None = None
    higher_is_better: bool = True
    low: float | None = None
    high: float | None = None

    @property
    def reached(self) -> bool | None:
        """Whether the bar is reached; None without a bar."""
        if self.bar is None:
            return None
        return self.value >= self.bar if self.higher_is_better else self.value <= self.bar


@dataclass(frozen=True, slots=True)
class Case:
    """One wrong answer, for ``--worst``. ``badness`` sorts them, the worst highest."""

    id: str
    expected: str
    got: str
    badness: float = 1.0


@dataclass(frozen=True, slots=True)
class SuiteReport:
    """What a suite says.

    Attributes:
        suite: its name.
        figures: what it measured.
        cases: its wrong answers.
        data_hash: of the data it read.
        own_hashes: of the data of single figures, where a suite reads several sets: by name.
    """

    suite: str
    figures: tuple[Figure, ...]
    cases: tuple[Case, ...]
    data_hash: str
    own_hashes: Mapping[str, str] = field(default_factory=dict)

    def hash_of(self, figure: str) -> str:
        """The hash of the data that a figure was measured on."""
        return self.own_hashes.get(figure, self.data_hash)


class Suite(Protocol):
    """A module of this package: ``NAME``, and ``run`` over a data directory."""

    NAME: str

    def run(self, data: Path) -> SuiteReport:
        """Measure on the labelled data below ``data``.

        Raises:
            FileNotFoundError: the suite's data is not there.
        """
        ...
