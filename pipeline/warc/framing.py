"""Find the records of a WARC file as ranges of bytes, skipping what is damaged (decision 0023).

Every record of a ``.warc.gz`` is a gzip member of its own, so a reader that loses its way finds
the next record by the beginning of a member that unpacks to one; in a ``.warc`` it is found by its
first line. A library that stops at the first broken byte would lose the rest of a large archive.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

_CHUNK: Final = 64 * 1024
_OUT: Final = 1024 * 1024  # bytes unpacked at once
_MAX_HEAD: Final = 64 * 1024  # of the WARC header
_MAX_RECORD: Final = 4 * 1024**3  # unpacked
_MAX_DAMAGES: Final = 200  # places; a file with more is no archive any more
_MAGIC: Final = b"\x1f\x8b\x08"
_TRIAL: Final = 1024  # packed bytes that give a record's first word
# A damaged member is noticed behind the damage, at times in the members that follow: a reader
# that has lost its way reads at most one stored block further.
_BACK: Final = 128 * 1024
_VERSION: Final = b"WARC/"
_END: Final = re.compile(rb"\r?\n\r?\n")
_NEXT: Final = re.compile(rb"WARC/\d\.\d+\r?\n[A-Za-z-]{1,40}:")
_LENGTH: Final = re.compile(rb"(?mi)^content-length:[ \t]*(\d{1,15})[ \t]*\r?$")


@dataclass(frozen=True, slots=True)
class Framed:
    """A record.

    Attributes:
        offset: its first byte in the file.
        length: its bytes in the file.
        data: the record unpacked, or as much of it as is kept.
        size: all of its bytes unpacked.
    """

    offset: int
    length: int
    data: bytes
    size: int


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes of the file that no record can be read from.

    Attributes:
        offset: the first of them.
        length: how many; -1 is the rest of the file.
        why: in words.
        at_end: whether the file just ends too early.
    """

    offset: int
    length: int
    why: str
    at_end: bool = False


class _TornError(Exception):
    """A record that cannot be read to its end."""

    def __init__(self, why: str, reached: int, *, at_end: bool = False) -> None:
        super().__init__(why)
        self.reached = reached
        self.at_end = at_end


class _Reader:
    """A stream that knows where it is and takes bytes back."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._ahead = b""
        self.position = 0

    def read(self, size: int = _CHUNK) -> bytes:
        data: bytes = self._ahead[:size] or self._stream.read(size)
        self._ahead = self._ahead[size:]
        self.position += len(data)
        return data

    def back(self, data: bytes) -> None:
        self._ahead = data + self._ahead
        self.position -= len(data)

    def seek(self, position: int) -> None:
        self._stream.seek(position)
        self._ahead = b""
        self.position = position


def framed(stream: Any, *, packed: bool, keep: int) -> Iterator[Framed | Damage]:
    """Cut an archive into its records.

    Args:
        stream: binary, seekable.
        packed: whether the file's name says gzip; its first bytes have the last word.
        keep: how many unpacked bytes of each record to give.

    Yields:
        Records in their order, and between them what is damaged.
    """
    reader = _Reader(stream)
    head = reader.read(len(_VERSION))
    reader.back(head)
    packed = head.startswith(_MAGIC) or (packed and head != _VERSION)
    take, find = (_member, _next_member) if packed else (_block, _next_block)
    for _ in range(_MAX_DAMAGES):
        start = reader.position
        try:
            while (record := take(reader, keep)) is not None:
                yield record
                start = reader.position
        except _TornError as torn:
            following = find(reader, max(start + 1, torn.reached - _BACK))
            length = -1 if following is None else following - start
            yield Damage(start, length, str(torn), at_end=torn.at_end and following is None)
            if following is None:
                return
        else:
            return
    yield Damage(reader.position, -1, f"more than {_MAX_DAMAGES} damaged places; given up")


def _member(reader: _Reader, keep: int) -> Framed | None:
    """Read one gzip member; None at the end of the file."""
    start = reader.position
    decoder = zlib.decompressobj(16 + zlib.MAX_WBITS)
    kept = bytearray()
    size = 0
    while not decoder.eof:
        chunk = reader.read()
        if not chunk and reader.position == start:
            return None
        if not chunk:
            raise _TornError("the file ends within a record", reader.position, at_end=True)
        while chunk and not decoder.eof:
            try:
                piece = decoder.decompress(chunk, _OUT)
            except zlib.error as error:
                why = str(error).rpartition(": ")[2]
                raise _TornError(f"not readable as gzip ({why})", reader.position) from error
            chunk = decoder.unconsumed_tail
            size += len(piece)
            kept += piece[: max(0, keep - len(kept))]
            if size > _MAX_RECORD:
                raise _TornError("a record of more than 4 GB", reader.position)
    reader.back(decoder.unused_data)
    return Framed(start, reader.position - start, bytes(kept), size)


def _next_member(reader: _Reader, start: int) -> int | None:
    """Find the next gzip member that holds a record, from a place on, and go there."""
    reader.seek(start)
    window, base = b"", start
    while True:
        chunk = reader.read()
        window += chunk
        at = window.find(_MAGIC)
        while at >= 0 and (not chunk or len(window) - at >= _TRIAL):
            if _begins_record(window[at : at + _TRIAL]):
                reader.seek(base + at)
                return base + at
            at = window.find(_MAGIC, at + 1)
        if not chunk:
            return None
        done = at if at >= 0 else max(0, len(window) - len(_MAGIC) + 1)
        window, base = window[done:], base + done


def _begins_record(packed: bytes) -> bool:
    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(packed, 8).startswith(_VERSION)
    except zlib.error:
        return False


def _block(reader: _Reader, keep: int) -> Framed | None:
    """Read one record that is not packed; None at the end of the file."""
    start = reader.position
    head = _head(reader)
    if head is None:
        return None
    announced = _LENGTH.search(head)
    if not head.startswith(_VERSION) or announced is None:
        raise _TornError("no record begins here", start)
    kept = bytearray(head[:keep])
    left = int(announced[1])
    while left:
        chunk = reader.read(min(left, _CHUNK))
        if not chunk:
            raise _TornError("the file ends within a record", start, at_end=True)
        kept += chunk[: max(0, keep - len(kept))]
        left -= len(chunk)
    size = reader.position - start
    behind = reader.read(4)
    reader.back(behind)
    if behind.strip(b"\r\n"):
        raise _TornError("a record is longer than it says, or shorter", start)
    _skip_blank(reader)
    return Framed(start, reader.position - start, bytes(kept), size)


def _skip_blank(reader: _Reader) -> None:
    while chunk := reader.read(_CHUNK):
        rest = chunk.lstrip(b"\r\n")
        if rest:
            reader.back(rest)
            return


def _head(reader: _Reader) -> bytes | None:
    """Take the lines up to the first empty one, with it."""
    start = reader.position
    head = b""
    while len(head) < _MAX_HEAD:
        chunk = reader.read()
        head += chunk
        end = _END.search(head)
        if end is not None:
            reader.back(head[end.end() :])
            return head[: end.end()]
        if not chunk:
            break
    if not head:
        return None
    at_end = len(head) < _MAX_HEAD and head.startswith(_VERSION[: len(head)])
    why = "the file ends within a record" if at_end else "no record begins here"
    raise _TornError(why, start, at_end=at_end)


def _next_block(reader: _Reader, start: int) -> int | None:
    """Find the next two lines that begin a record, from a place on, and go there."""
    reader.seek(start)
    window, base = b"", start
    while chunk := reader.read():
        window += chunk
        found = _NEXT.search(window)
        if found is not None:
            reader.seek(base + found.start())
            return base + found.start()
        done = max(0, len(window) - 64)  # a record's beginning may stand at the end
        window, base = window[done:], base + done
    return None
