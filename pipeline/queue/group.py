"""A group: lines that travel together, packed, at most one megabyte (0072)."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any, Final

from pipeline import storage
from pipeline.queue.line import Line, read_line
from pipeline.warc.record import (
    MAX_BODY,
    MAX_KEPT,
    BadRecordError,
    body_of,
    first_record,
)
from transforms.fetch.decoders import BrokenError, TooLargeError
from transforms.records import Page, Rejected, content_id
from transforms.text.packed import is_packed, unpack

MAX_GROUP: Final = 1_000_000  # bytes of a group as it lies in a queue
_MAX_UNPACKED: Final = 64_000_000
_RAW: Final = 4_000_000  # bytes of lines that are packed at once
_LINES: Final = 256  # of a group: those of references are short, their pages are not
_STRETCH: Final = 4 * MAX_KEPT  # bytes of an archive that are held: a whole file of ours


@dataclass(frozen=True, slots=True)
class Group:
    """A group as a queue gives it.

    Attributes:
        name: the file's, or the message's id.
        data: its bytes; None where it is too large to be read.
        size: how many bytes it has.
        token: by which the queue knows it.
    """

    name: str
    data: bytes | None
    size: int
    token: str


class Packer:
    """Packs lines into groups as they come."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._lines: list[bytes] = []
        self._bytes = 0

    def add(self, line: bytes) -> list[bytes]:
        """Take a line in; give the groups that are full.

        Args:
            line: one for which ``fits`` holds.
        """
        self._lines.append(line)
        self._bytes += len(line)
        full = self._bytes >= _RAW or len(self._lines) >= _LINES
        return self.close() if full else []

    def close(self) -> list[bytes]:
        """Give what is left."""
        lines, self._lines, self._bytes = self._lines, [], 0
        return list(_packed(lines))


def fits(line: bytes) -> bool:
    """Whether a line alone makes a group that is not too large."""
    return len(line) <= MAX_GROUP // 2 or len(_pack([line])) <= MAX_GROUP


def _packed(lines: Sequence[bytes]) -> Iterator[bytes]:
    """Pack lines into as few groups as halving finds."""
    if not lines:
        return
    data = _pack(lines)
    if len(data) <= MAX_GROUP or len(lines) == 1:
        yield data
        return
    half = len(lines) // 2
    yield from _packed(lines[:half])
    yield from _packed(lines[half:])


def _pack(lines: Iterable[bytes]) -> bytes:
    """Pack lines; the same lines give the same bytes."""
    return gzip.compress(b"".join(lines), compresslevel=6, mtime=0)


def read_group(group: Group) -> Iterator[Line]:
    """Read a group: each line, archived pages with their content; what is wrong is told of each.

    A group that cannot be read at all is one rejection.
    """
    if group.data is None or group.size > MAX_GROUP:
        detail = f"{group.name}: a group of {group.size} bytes; at most {MAX_GROUP} are taken"
        yield Line(_refused(group, "too_large", detail))
        return
    data = unpack(group.data, _MAX_UNPACKED + 1)
    if len(data) > _MAX_UNPACKED:
        detail = f"{group.name}: more than {_MAX_UNPACKED} bytes unpacked"
        yield Line(_refused(group, "too_large", detail))
        return
    if b"\0" in data or not data.strip():
        reason: Any = "unknown_format" if data.strip() else "empty_input"
        yield Line(_refused(group, reason, f"{group.name}: no lines of JSON"))
        return
    if is_packed(group.data) and not _is_whole(group.data):
        yield Line(_refused(group, "truncated", f"{group.name}: the archive is broken"))
        data = data[: data.rfind(b"\n") + 1]
    contents = Contents()
    for line in data.split(b"\n"):
        if line.strip():
            yield contents.fill(read_line(line))


def _is_whole(data: bytes) -> bool:
    try:
        with gzip.open(BytesIO(data)) as stream:
            while stream.read(1 << 20):
                pass
    except (OSError, EOFError, ValueError):
        return False
    return True


def _refused(group: Group, reason: Any, detail: str) -> Rejected:
    name = f"queue:{group.name}"
    return Rejected("read", reason, detail, url=name, content_id=content_id(name))


class Contents:
    """Brings the contents of pages that lie in an archive; the last stretch read is kept."""

    def __init__(self) -> None:
        """Nothing is read yet."""
        self._path, self._start, self._data = "", 0, b""

    def fill(self, line: Line) -> Line:
        """Give an archived page its content, or say why there is none; others as they are."""
        page = line.record
        if not line.archived or not isinstance(page, Page):
            return line
        try:
            content = self._content(page.raw_ref or "")
        except TooLargeError:
            return replace(line, record=_lost(page, "too_large", f"more than {MAX_BODY} bytes"))
        except storage.UnreadableError as error:
            return replace(line, record=_lost(page, "unreadable", str(error)))
        except (BadRecordError, BrokenError, ValueError) as error:
            return replace(line, record=_lost(page, "truncated", str(error)))
        return replace(line, record=replace(page, content=content))

    def _content(self, raw_ref: str) -> bytes:
        """Read the body of a stored response.

        Raises:
            UnreadableError: the file is gone.
            BadRecordError: there is no such record in it.
            BrokenError, TooLargeError: the body cannot be unpacked.
            ValueError: it is no reference.
        """
        path, _, at = raw_ref.rpartition("#")
        if not path or not at.isdigit():
            raise ValueError(f"{raw_ref:.200}: no reference into an archive")
        offset = int(at)
        ahead = len(self._data) - (offset - self._start)
        at_end = len(self._data) < _STRETCH
        if path != self._path or offset < self._start or not (ahead >= MAX_KEPT or at_end):
            self._path, self._start = path, offset
            self._data = storage.read_raw(path, offset, _STRETCH)
        return body_of(first_record(self._data[offset - self._start :]), MAX_BODY)


def _lost(page: Page, reason: Any, detail: str) -> Rejected:
    return Rejected(
        "read",
        reason,
        detail,
        url=page.url or None,
        feed_url=page.feed_url,
        source_id=page.source_id,
        raw_ref=page.raw_ref,
        sightings=page.sightings,
    )
