"""One writer at a time: a lock file, held by the process for as long as it lives.

A POSIX record lock, not ``flock``: it is not inherited by forked workers, so workers that outlive
a killed run do not keep its successor out.
"""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass, field

from pipeline.store.files import Files, explained

LOCK_NAME = "_lock"


@dataclass(slots=True)
class Lock:
    """The right to write to an output. Buckets have no locks: there one writer is agreed upon."""

    files: Files
    _handle: int | None = field(default=None, init=False)

    @property
    def held(self) -> bool:
        """Whether this process is the writer."""
        return self._handle is not None

    def acquire(self) -> bool:
        """Become the writer without waiting; False when another process is.

        Raises:
            SinkError: the lock file cannot be written.
        """
        if self._handle is not None or not self.files.local:
            return True
        path = self.files.path(LOCK_NAME)
        with explained(path):
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            return False
        self._handle = handle
        return True

    def release(self) -> None:
        """Stop being the writer."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
