"""One WARC record: its fields, the HTTP message in it, and the body without its codings."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from pipeline.warc.framing import Framed, framed
from transforms.fetch.decoders import BodyReader, BrokenError
from transforms.text.dates import parse_timestamp

MAX_BODY: Final = 16 * 1024 * 1024
MAX_KEPT: Final = MAX_BODY + 256 * 1024  # a body and the headers before it
_END: Final = re.compile(rb"\r?\n\r?\n")
_STATUS: Final = re.compile(r"HTTP/\d(?:\.\d)?[ \t]+(\d{3})\b")
_CHUNK_SIZE: Final = re.compile(rb"[ \t]*([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
_SHOWN: Final = 60  # characters of a strange word


class BadRecordError(Exception):
    """A record that is not what it says; one line."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it was archived.

    Attributes:
        kind: response, request, revisit, metadata ...
        fields: the record's own, names in lower case.
        status: of the HTTP response in it.
        headers: of the HTTP message, names in lower case.
        payload: what follows the headers, codings and all.
        whole: whether the payload is all there.
    """

    kind: str
    fields: Mapping[str, str] = field(default_factory=dict)
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    payload: bytes = b""
    whole: bool = True

    @property
    def url(self) -> str:
        """What was requested; some programs write it in angle brackets."""
        return self.fields.get("warc-target-uri", "").strip("<> ").replace(" ", "%20")

    @property
    def final_url(self) -> str:
        """Where redirects led, when an archive of ours says so."""
        return self.fields.get("warc-final-uri", "") or self.url

    @property
    def date(self) -> datetime | None:
        """When it was fetched."""
        written = self.fields.get("warc-date", "")
        try:
            moment = datetime.fromisoformat(written)
        except ValueError:
            stamp = parse_timestamp(written) if written else None
            return None if stamp is None else stamp.value.astimezone(UTC)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def parse_record(data: bytes, size: int) -> Record:
    """Read a record.

    Args:
        data: the record, or its beginning.
        size: all of its bytes.

    Raises:
        BadRecordError: no record, or one that is cut or has others behind it.
    """
    head, block, begun = _parted(data)
    if not head.startswith("WARC/"):
        raise BadRecordError(f"no WARC record: {head[:_SHOWN]!r}")
    named = _fields(head)
    kind = named.get("warc-type", "").lower()
    length = named.get("content-length", "")
    if not kind or not (length.isascii() and length.isdigit() and len(length) <= 15):
        raise BadRecordError("a record without type or length")
    left = int(length)
    beyond = size - begun - left
    if beyond < 0:
        raise BadRecordError(f"a record of {left} bytes is cut by {-beyond}")
    behind = data[begun + left :].strip()
    if behind.startswith(b"WARC/"):
        raise BadRecordError("several records in one gzip block: unpack the file with gunzip")
    if behind:
        raise BadRecordError("a record is longer than it says")
    return _read_block(kind, named, block[:left], whole=len(block) >= left)


def _read_block(kind: str, named: Mapping[str, str], block: bytes, *, whole: bool) -> Record:
    """Take the HTTP response out of the record's block."""
    if kind != "response" or "http" not in named.get("content-type", "application/http"):
        return Record(kind, named, payload=block, whole=whole)
    head, payload, _ = _parted(block)
    status = _STATUS.match(head)
    if status is None:
        return Record(kind, named, payload=block, whole=whole)
    headers = _fields(head)
    return Record(kind, named, int(status[1]), headers, payload, whole)


def _parted(data: bytes) -> tuple[str, bytes, int]:
    """Part a head from what follows, and say where that begins."""
    end = _END.search(data)
    if end is None:
        return _text(data), b"", len(data)
    return _text(data[: end.start()]), data[end.end() :], end.end()


def _text(head: bytes) -> str:
    try:
        return head.decode("utf-8")
    except UnicodeDecodeError:
        return head.decode("latin-1")


def _fields(head: str) -> dict[str, str]:
    """Read ``name: value`` lines below the first, folded ones too; a name's first value counts."""
    found: dict[str, str] = {}
    last = ""
    for line in head.split("\n")[1:]:
        if line[:1] in {" ", "\t"} and last:
            found[last] = f"{found[last]} {line.strip()}"
            continue
        name, colon, value = line.partition(":")
        last = name.strip().lower() if colon else ""
        if last:
            found.setdefault(last, value.strip())
    return found


def body_of(record: Record, max_bytes: int) -> bytes:
    """Undo the codings of a response's payload.

    Many archives keep the headers of codings that were undone before archiving: a payload that
    does not begin as its header says is taken as it is.

    Args:
        record: a response.
        max_bytes: the most that may come out.

    Raises:
        BrokenError: a coded payload that breaks off or is damaged.
        TooLargeError: more than ``max_bytes``.
    """
    payload = record.payload
    if "chunked" in record.headers.get("transfer-encoding", "").lower():
        payload = _unchunked(payload)
    coding = record.headers.get("content-encoding", "")
    if not _is_coded(payload, coding):
        coding = ""
    reader = BodyReader(coding, max_bytes)
    reader.feed(payload)
    return reader.finish()


def _unchunked(data: bytes) -> bytes:
    """Join the chunks of a body.

    Raises:
        BrokenError: it begins in chunks and does not end so.
    """
    if _CHUNK_SIZE.match(data) is None:
        return data
    parts: list[bytes] = []
    at = 0
    while found := _CHUNK_SIZE.match(data, at):
        size = int(found[1], 16)
        if size == 0:
            return b"".join(parts)
        begin, end = found.end(), found.end() + size
        parts.append(data[begin:end])
        at = end + len(data[end : end + 2]) - len(data[end : end + 2].lstrip(b"\r\n"))
    raise BrokenError("the chunked body breaks off")


def _is_coded(payload: bytes, coding: str) -> bool:
    """Whether a payload begins as its coding does; brotli has no sign, text shows it is none."""
    name = coding.rsplit(",", maxsplit=1)[-1].strip().lower()
    if name in {"gzip", "x-gzip"}:
        return payload.startswith(b"\x1f\x8b")
    if name == "zstd":
        return payload.startswith(b"\x28\xb5\x2f\xfd")
    return payload.lstrip()[:1] != b"<"


def first_record(data: bytes) -> Record:
    """Read the record that some bytes of an archive begin with.

    Args:
        data: a stretch of the file; what follows the record is not looked at.

    Raises:
        BadRecordError: they begin with none.
    """
    frame = next(framed(io.BytesIO(data), packed=False, keep=MAX_KEPT), None)
    if isinstance(frame, Framed):
        return parse_record(frame.data, frame.size)
    raise BadRecordError("no record there: the archive has changed since it was indexed")
