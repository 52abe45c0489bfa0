"""The list of feeds of a stream: it is read again when it changes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline import storage
from pipeline.errors import UsageError, not_there
from pipeline.sources.files import feeds_of
from transforms.records import Feed


@dataclass(slots=True)
class FeedList:
    """A list of feeds that may change under a stream.

    Attributes:
        source: a file, an object in a bucket, or an address.
        feeds: the last good list.
    """

    source: str
    feeds: tuple[Feed, ...] = ()
    _mark: str = ""
    _told: str = ""

    def read(self, say: Callable[[str], None]) -> None:
        """Read the list if it has changed; keep the last good one if it cannot be read.

        Raises:
            UsageError: it could never be read.
        """
        try:
            mark = self._look()
            if mark == self._mark:
                return
            self._mark = mark
            found = feeds_of(self.source)
        except (UsageError, storage.UnreadableError) as error:
            if not self.feeds:
                raise UsageError(str(error)) from error
            self._tell_once(f"{error}; going on with the {len(self.feeds)} feeds known", say)
            return
        if self.feeds:
            say(f"{self.source} has changed: {len(found)} feeds")
        self.feeds = found

    def _look(self) -> str:
        """A mark of the list's content; an address is its own list."""
        if self.source.startswith(("http://", "https://")):
            return self.source
        if not storage.is_remote(self.source) and not Path(self.source).is_file():
            raise UsageError(not_there(self.source))
        return hashlib.sha256(storage.read_bytes(self.source)).hexdigest()

    def _tell_once(self, what: str, say: Callable[[str], None]) -> None:
        if what != self._told:
            self._told = what
            say(what)
