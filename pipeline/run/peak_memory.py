"""What a run costs: peak memory of the process and its children, sampled."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

_PAGE = os.sysconf("SC_PAGE_SIZE")


def _children(pid: int) -> list[int]:
    """The processes that a process has started."""
    found: list[int] = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - names only, often
            text = Path(f"/proc/{pid}/task/{task}/children").read_text(encoding="ascii")
            found.extend(map(int, text.split()))
    except OSError:  # it has ended meanwhile
        return found
    return found


def _private(pid: int) -> int:
    """Resident bytes of a process that it does not share."""
    try:
        fields = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()
    except OSError:
        return 0
    return (int(fields[1]) - int(fields[2])) * _PAGE


def memory_now() -> int:
    """Bytes that this process and all below it hold; 0 where there is no /proc."""
    if not Path("/proc/self/statm").exists():
        return 0
    pending, total = [os.getpid()], 0
    while pending:
        pid = pending.pop()
        total += _private(pid)
        pending.extend(_children(pid))
    return total


class PeakMemory:
    """Samples memory in the background while its context is open.

    Attributes:
        peak: the most bytes seen.
    """

    def __init__(self, seconds: float = 0.5) -> None:
        """Keep the interval between samples."""
        self.peak = 0
        self._seconds = seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def _sample(self) -> None:
        while not self._stop.wait(self._seconds):
            self.peak = max(self.peak, memory_now())

    def __enter__(self) -> Self:
        """Start sampling."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop sampling."""
        self._stop.set()
        self._thread.join()
        self.peak = max(self.peak, memory_now())
