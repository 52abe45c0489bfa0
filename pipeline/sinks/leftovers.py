"""What lies in the inbox and will never count: runs that were cut off, files nobody named.

A launcher that is killed leaves the bundles of its run; a job that goes on without it brings more.
They do not count, and no later run will make them: they are told, and removed once nothing was
written there for some days. What counts, or could be mended, is never touched (decision 0070), nor
are pages that wait for their host's turn. Files that no bundle names yet may be those of a stream
at work, which is never held off: they stay for a day at least.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pipeline.sinks.base import SinkError
from pipeline.sinks.inbox import BUNDLE, COMPLETE, HELD, INBOX, WAITING, Inbox

DAYS: Final = 7  # nothing was written for so long: nobody works there any more
_AT_WORK: Final = 1  # day: a worker names what it writes well before that


@dataclass(frozen=True, slots=True)
class Leftover:
    """A directory of the inbox that will never count.

    Attributes:
        folder: relative to the inbox's URI.
        files: how many.
        bytes: all together.
        written_at: when the last of them was written, by the store's own clock.
        dead: a bounded run that never completed, as its bundles or its claim to the output say;
            else files that no manifest names, which a job may still be about to name.
    """

    folder: str
    files: int
    bytes: int
    written_at: datetime
    dead: bool

    def told(self, days: int = DAYS) -> str:
        """One line: what lies there, and what becomes of it."""
        what = "a run that never completed" if self.dead else "files that no bundle names"
        return (
            f"{self.folder}: {what} ({self.files} files, {self.bytes / 1e6:.1f} MB, last written "
            f"{self.written_at:%Y-%m-%d %H:%M} UTC); it does not count, and goes when {days} days "
            "old (rasd settle --sweep 0 removes it now)"
        )


def leftovers(inbox: Inbox) -> list[Leftover]:
    """Find what will never count.

    The caller has the right to write to the output, so that no launcher is at work; a job of an
    engine may still be.

    Returns:
        In the order of their names.

    Raises:
        SinkError: the inbox cannot be listed.
    """
    folders: dict[str, list[tuple[str, int, datetime]]] = defaultdict(list)
    for name, size, written in inbox.files.states(INBOX):
        folder = name.removeprefix(f"{INBOX}/").partition("/")[0]
        folders[f"{INBOX}/{folder}"].append((name, size, written))
    found = []
    folders.pop(WAITING, None)
    for folder, files in sorted(folders.items()):
        names = [name for name, _, _ in files]
        bounded = [_is_bounded(inbox, name) for name in names if name.endswith(BUNDLE)]
        if f"{folder}/{COMPLETE}" in names or not all(bounded):
            continue
        found.append(
            Leftover(
                folder,
                len(files),
                sum(size for _, size, _ in files),
                max(written for _, _, written in files),
                dead=bool(bounded) or f"{folder}/{HELD}" in names,
            )
        )
    return found


def sweep(inbox: Inbox, now: datetime, days: int = DAYS) -> tuple[list[Leftover], list[Leftover]]:
    """Remove what will never count and is old.

    Args:
        inbox: of an output that the caller may write to.
        now: the caller's clock.
        days: nothing was written there for so many days; at least one where no run is known to
            be dead.

    Returns:
        What is gone, and what is left of runs that never completed.

    Raises:
        SinkError: something cannot be removed.
    """
    gone, left = [], []
    for each in leftovers(inbox):
        least = days if each.dead else max(days, _AT_WORK)
        if now - each.written_at >= timedelta(days=least):
            inbox.files.remove_tree(each.folder)
            gone.append(each)
        elif each.dead:
            left.append(each)
    return gone, left


def _is_bounded(inbox: Inbox, name: str) -> bool:
    """Whether a bundle counts only once its run is complete; one not to be read may be mended."""
    try:
        return json.loads(inbox.files.read(name))["bounded"] is True
    except (SinkError, ValueError, KeyError, TypeError):  # or its worker has taken it back
        return False
