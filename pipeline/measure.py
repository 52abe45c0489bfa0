"""What a run costs: peak memory of the process and its children, sampled."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

_PAGE = os.sysconf("SC_PAGE_SIZE")


def _children() -> dict[int, list[int]]:
    """Process ids by parent."""
    tree: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):  # noqa: PTH208 - names only, many times a second
        if entry.isdigit():
            try:
                stat = Path(f"/proc/{entry}/stat").read_text(encoding="ascii", errors="replace")
            except OSError:
                continue
            tree.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(entry))
    return tree


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
    tree = _children()
    pending, total = [os.getpid()], 0
    while pending:
        pid = pending.pop()
        total += _private(pid)
        pending.extend(tree.get(pid, ()))
    return total


class PeakMemory:
    """Samples memory in the background while its context is open.

    Attributes:
        peak: the most bytes seen.
    """

    def __init__(self, seconds: float = 0.25) -> None:
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
