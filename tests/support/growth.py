"""Does work grow with the length of its input, or with the square of it?

A bound in seconds says as much of the machine as of the work; what two sizes cost in one process,
one after the other, says how it grows.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

FACTOR: Final = 8
"""By how much the larger input is longer: linear work costs 8 times as much, square work 64."""

MOST: Final = 24
"""Times the work that the longer input may cost: between the two, with room for a busy machine."""


def _spent(work: Callable[[], object]) -> float:
    """Seconds of CPU that a piece of work takes."""
    started = time.process_time()
    work()
    return time.process_time() - started


def assert_linear(work: Callable[[int], object], size: int) -> None:
    """Hold work to growing with the length of its input.

    Args:
        work: does the work on an input of so many pieces.
        size: pieces of the larger input; enough of them for square work to be seen.

    Raises:
        AssertionError: in three measurements the larger input cost more than its length explains.
    """
    work(FACTOR)  # what is done once, at first
    ratios = []
    for _ in range(3):
        few = min(_spent(lambda: work(size // FACTOR)) for _ in range(2))
        ratios.append(_spent(lambda: work(size)) / max(few, 0.001))
        if ratios[-1] <= MOST:
            return
    raise AssertionError(f"{FACTOR} times the input costs {min(ratios):.0f} times the work")
