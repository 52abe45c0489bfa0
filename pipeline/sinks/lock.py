"""One writer at a time: a lock file, held by the process for as long as it lives.

A POSIX record lock, not ``flock``: it is not inherited by forked workers, so workers that outlive
a killed run do not keep its successor out (decision 0011). Such a lock belongs to the process and
is lost when any handle of its file is closed, so all sinks of a process share one handle.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from pipeline.sinks.files import Files, explained
from pipeline.sinks.lease import Lease

LOCK_NAME: Final = "_lock"


@dataclass(slots=True)
class _Held:
    """A lock this process holds: which process that is, the handle, and by how many sinks.

    ``commits`` of them are at a commit just now.
    """

    process: int
    handle: int
    count: int
    commits: int = 0


_held: Final[dict[str, _Held]] = {}


@dataclass(slots=True)
class Lock:
    """The right to write to an output; in a bucket it is a lease."""

    files: Files
    held: bool = field(default=False, init=False)
    _lease: Lease | None = field(default=None, init=False)

    def acquire(self) -> bool:
        """Become the writer without waiting; False when another process is.

        Raises:
            SinkError: the lock file cannot be written, or the file system knows no locks.
        """
        if self.held:
            return True
        if not self.files.local:
            self._lease = Lease(self.files.root)
            self.held = self._lease.acquire()
            return self.held
        path, ours = self.files.path(LOCK_NAME), self._ours()
        if ours is not None:
            ours.count += 1
            self.held = True
            return True
        with explained(path):
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                os.close(handle)
                if error.errno in (errno.EACCES, errno.EAGAIN):
                    return False
                raise
        _held[path] = _Held(os.getpid(), handle, 1)
        self.held = True
        return True

    @contextmanager
    def committing(self) -> Iterator[None]:
        """Tell the readers of this process, while it lasts, that a commit is not theirs to finish.

        In a bucket they cannot have the lease meanwhile.
        """
        ours = self._ours()
        if ours is not None:
            ours.commits += 1
        try:
            yield
        finally:
            if ours is not None:
                ours.commits -= 1

    def is_committing(self) -> bool:
        """Whether a sink of this process is at a commit."""
        ours = self._ours()
        return ours is not None and ours.commits > 0

    def _ours(self) -> _Held | None:
        """The lock of this output, if this process holds it."""
        ours = _held.get(self.files.path(LOCK_NAME))
        return ours if ours is not None and ours.process == os.getpid() else None

    def check(self) -> None:
        """Make sure that the right still holds, before anything is published.

        Raises:
            SinkError: another writer has taken over.
        """
        if self._lease is not None:
            self._lease.check()

    def release(self) -> None:
        """Stop being the writer, once for every time it was acquired."""
        if not self.held:
            return
        self.held = False
        if self._lease is not None:
            self._lease.release()
            self._lease = None
            return
        ours = self._ours()
        if ours is None:
            return
        ours.count -= 1
        if ours.count == 0:
            os.close(ours.handle)
            del _held[self.files.path(LOCK_NAME)]
