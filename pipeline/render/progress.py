"""Progress of long work: a bar on a terminal, plain lines elsewhere; always on standard error."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar


class Progress:
    """Tells a person what a run is doing.

    Args:
        quiet: say nothing.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        """Keep the settings."""
        self._console = Console(stderr=True, quiet=quiet, highlight=False)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def say(self, what: str) -> None:
        """Tell one step."""
        self._console.print(f"rasd: {what}", markup=False, soft_wrap=True)

    def start(self, what: str, total: int, done: Callable[[], int]) -> None:
        """Follow work piece by piece.

        Args:
            what: the pieces' name.
            total: how many there are.
            done: how many are finished, counted from any number.
        """
        self._stop.clear()
        follow = self._follow_bar if self._console.is_terminal else self._follow_lines
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
