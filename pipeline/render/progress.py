"""Progress of long work: a bar on a terminal, plain lines elsewhere; always on standard error.

Where machines listen (``pipeline.log``) each line is an object.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from pipeline import log


class Progress:
    """Tells a person what a run is doing.

    Args:
        quiet: say nothing.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        """Keep the settings."""
        self._quiet = quiet
        self._console = Console(stderr=True, quiet=quiet, highlight=False)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def say(
        self,
        what: str,
        severity: log.Severity = "INFO",
        *,
        figures: Mapping[str, float] | None = None,
        **labels: str | None,
    ) -> None:
        """Tell one step; severity, figures and labels are for machines (``log.say``)."""
        if log.is_json() and not self._quiet:
            log.say(what, severity, figures=figures, **labels)
        else:
            self._console.print(f"rasd: {what}", markup=False, soft_wrap=True)

    def start(self, what: str, total: int, done: Callable[[], int]) -> None:
        """Follow work piece by piece.

        Args:
            what: the pieces' name.
            total: how many there are.
            done: how many are finished, counted from any number.
        """
        self._stop.clear()
        bar = self._console.is_terminal and not log.is_json()
        follow = self._follow_bar if bar else self._follow_lines
        before = done()

        def since() -> int:
            return min(done() - before, total)

        self._thread = threading.Thread(target=follow, args=(what, total, since), daemon=True)
        self._thread.start()

    def finish(self) -> None:
        """Stop following."""
        if self._thread is not None:
            self._stop.set()
            self._thread.join()
            self._thread = None

    def _follow_bar(self, what: str, total: int, done: Callable[[], int]) -> None:
        columns = (
            TextColumn("rasd: {task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        with Bar(*columns, console=self._console, transient=True) as bar:
            task = bar.add_task(what, total=total)
            while not self._stop.wait(0.2):
                bar.update(task, completed=done())
        self.say(f"{what}: {done()} done")

    def _follow_lines(self, what: str, total: int, done: Callable[[], int]) -> None:
        told = time.monotonic()
        while not self._stop.wait(0.2):
            if time.monotonic() - told >= 10:
                told = time.monotonic()
                self.say(f"{what}: {done()} of {total}")
        self.say(f"{what}: {done()} done")
