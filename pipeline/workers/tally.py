"""Count the documents that were processed, for the progress bar.

It counts in the memory of one process. Where Beam's workers are other processes the launcher sees
nothing of it until the run ends, and no result depends on it.
"""

from __future__ import annotations

from typing import Final

_count: Final = [0]


def tick(amount: int = 1) -> None:
    """Count documents that were answered."""
    _count[0] += amount


def ticked() -> int:
    """Return how many were answered so far."""
    return _count[0]
