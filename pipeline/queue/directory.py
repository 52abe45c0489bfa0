"""A queue that is a directory of a disk or a bucket: a file a group, named by its content.

Names begin with the time of the fetch, so that the oldest are taken first. What begins with a dot
or an underscore is no group: files half written, what the fetcher knows, groups kept aside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from typing import Final

from pipeline import storage
from pipeline.errors import UsageError
from pipeline.queue.form import time_in_name, time_of_name
from pipeline.queue.group import MAX_GROUP, Group
from pipeline.sinks.base import SinkError
from pipeline.sinks.files import Files, open_files
from transforms.records import content_id

_REFUSED: Final = "_refused"


class DirectoryQueue:
    """Groups as files.

    Args:
        uri: a path, ``file://DIR`` or ``gs://BUCKET/DIR``.
    """

    lasting = True

    def __init__(self, uri: str) -> None:
        """Remember the URI."""
        self.uri = uri

    def __reduce__(self) -> tuple[type[DirectoryQueue], tuple[str]]:
        """Travel to a worker as the URI alone."""
        return type(self), (self.uri,)

    @cached_property
    def _files(self) -> Files:
        return open_files(self.uri)

    def check(self, *, writing: bool) -> None:
        """See that files can be written there and, where they are only read, removed.

        Raises:
            UsageError: they cannot.
        """
        del writing  # whoever reads a queue removes what it has read
        try:
            storage.check_writable(self.uri)
            self._files.states("", deep=False)
        except (UsageError, SinkError) as error:
            raise UsageError(f"--queue {error}") from error

    def put(self, data: bytes, as_of: datetime) -> None:
        """Write a group down under its name."""
        name = f"{time_in_name(as_of)}-{content_id(data)}.jsonl.gz"
        self._files.write(name, data)

    def orders(self) -> list[str]:
        """The names of the groups that lie there."""
        names = (name for name, _, _ in self._files.states("", deep=False))
        return [name for name in names if not name.startswith((".", "_"))]

    def put_at(self, order: str) -> datetime | None:
        """When a group was put down: as its name says, else its file; None when it is gone."""
        with suppress(ValueError):
            return time_of_name(order.partition("-")[0])
        info = self._files.fs.get_file_info(self._files.path(order))
        found: datetime | None = info.mtime if info.is_file else None
        return found

    def take(self, order: str) -> Iterator[Group]:
        """Read one group; none when it is gone: then it was done."""
        size = self._size(order)
        if size is None:
            return
        data = self._files.read(order) if size <= MAX_GROUP else None
        yield Group(order, data, size, order)

    def _size(self, name: str) -> int | None:
        info = self._files.fs.get_file_info(self._files.path(name))
        return info.size if info.is_file else None

    def done(self, groups: Iterable[Group], refused: Iterable[Group] = ()) -> None:
        """Remove groups; those that could not be read lie in ``_refused`` then."""
        for group in refused:
            if self._size(group.token) is not None:
                self._files.move(group.token, f"{_REFUSED}/{group.token}")
        for group in groups:
            self._files.remove(group.token)


def open_queue(uri: str) -> DirectoryQueue:
    """Open a directory; nothing is read or written yet."""
    return DirectoryQueue(uri)
