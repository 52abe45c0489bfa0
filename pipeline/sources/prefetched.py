"""Prefetched documents: JSON lines with a page or a body somebody else has fetched."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import orjson
import pybase64

from pipeline import storage
from pipeline.sources.base import Ref, Unread
from pipeline.sources.members import MEMBERS, NO_RENAMES, Renames, absent, rename, unread
from pipeline.sources.spool import Spool
from transforms.records import Page, Rejected, content_id
from transforms.rejects import Reason
from transforms.text.dates import parse_timestamp
from transforms.text.encoding import decode_bytes
from transforms.text.redact import feed_name, redact_text, redact_url
from transforms.text.urls import canonicalise_url

_PAYLOAD_CAP: Final = 64 * 1024
_LINE_CAP: Final = 64 * 1024 * 1024  # no document has a right to more
_WIDE: Final = ("utf-16", "utf-32")
_NAMES: Final = 200  # of members that nothing reads; a broken export may have one a line
# What Python's own reader takes and orjson does not: half a surrogate pair, NaN, Infinity.
_LENIENT: Final = re.compile(rb"\\u[dD][89a-fA-F]|NaN|Infinity")


def index(
    path: str, spool: Spool, renames: Renames = NO_RENAMES
) -> Iterator[Ref | Rejected | Unread]:
    """List the documents of a file under their canonical URLs; broken lines are rejected.

    Args:
        path: a file of JSON lines: UTF-8, with a byte order mark or without; UTF-16; windows-1256.
        spool: takes the file where it does not lie as plain UTF-8 under our names.
        renames: from ``--map``.
    """
    given, path = path, _plain(path, spool, renames)
    others: dict[str, None] = {}
    present: set[str] = set()
    for offset, line in storage.open_lines(path):
        if not line.strip():
            continue
        document = read_object(line)
        if isinstance(document, Rejected):
            yield document
            continue
        if len(others) < _NAMES:
            others.update(dict.fromkeys(name for name in document if name not in MEMBERS))
        present.update(document)
        key = _linked(document)
        if key is None:
            page = page_of(document, line)
            if isinstance(page, Rejected):
                yield page
                continue
            key = f"file:{content_id(page.title, page.content)}"
        if len(line) > _LINE_CAP:
            yield _too_large(document, line, key)
            continue
        yield Ref(key, "prefetched", path, offset, len(line))
    lacking = absent(renames, present)
    if others or lacking:
        yield Unread(given, unread(others, present), lacking)


def _linked(document: dict[str, Any]) -> str | None:
    """The canonical URL a document names, without decoding its page; None when it names none."""
    url = document.get("url")
    return (canonicalise_url(url) or None) if isinstance(url, str) else None


def _too_large(document: dict[str, Any], line: bytes, key: str) -> Rejected:
    page = page_of(document, line)
    if isinstance(page, Rejected):
        return page
    detail = f"a line of {len(line)} bytes"
    url, source_id = page.url or None, page.source_id
    return Rejected("read", "too_large", detail, url, source_id=source_id, content_id=key)


def _plain(path: str, spool: Spool, renames: Renames) -> str:
    """Put a file down as UTF-8 lines under our names, where it does not lie so already."""
    if storage.is_packed_file(path):
        import gzip  # noqa: PLC0415 - rarely needed

        storage.read_bytes(path)  # a broken archive is told before half of it is taken
        with gzip.open(path) as stream:
            path = spool.take(f"{content_id(path)}.jsonl", stream)  # type: ignore[arg-type]
    if decode_bytes(storage.read_bytes(path, 0, 400), markup="text").encoding.startswith(_WIDE):
        text = decode_bytes(storage.read_bytes(path), markup="text").text
        lines = (line.encode("utf-8", "replace") for line in text.split("\n"))
        path = spool.write_lines(f"{content_id(path, 'wide')}.jsonl", lines)
    if renames:
        lines = (_renamed(line, renames) for _, line in storage.open_lines(path))
        path = spool.write_lines(f"{content_id(path, 'renamed')}.jsonl", lines)
    return path


def _renamed(line: bytes, renames: Renames) -> bytes:
    """A line under our names; one that cannot be read stays as it is, to be told later."""
    document = read_object(line)
    if isinstance(document, Rejected):
        return line.strip()
    return json.dumps(rename(document, renames), ensure_ascii=False).encode("utf-8", "replace")


def load(ref: Ref) -> Page | Rejected:
    """Read one document."""
    return parse_line(storage.read_bytes(ref.path, ref.offset, ref.length))


def parse_line(line: bytes) -> Page | Rejected:
    """Make a page of a prefetched document.

    Args:
        line: one JSON object: ``{"id"?, "url"?, "html_base64"? | "html"? | "body"?, "title"?,
            "published_at"?, "fetched_at"?, "content_type"?, "feed_url"?, "publisher"?}``.

    Returns:
        The page; or ``Rejected`` (read, bad_json) when the line is no such object.
    """
    document = read_object(line)
    return document if isinstance(document, Rejected) else page_of(document, line)


def read_object(line: bytes) -> dict[str, Any] | Rejected:
    """Read a line of JSON as the object it has to be."""
    try:
        given = _read(line.strip().removeprefix(codecs.BOM_UTF8))
    except (ValueError, RecursionError) as error:
        return _bad(f"not a JSON object: {error}", _payload(line))
    if not isinstance(given, dict):
        return _bad(f"a JSON {type(given).__name__} where an object was expected", _payload(line))
    return given


def page_of(given: dict[str, Any], line: bytes) -> Page | Rejected:
    """Make a page of a document; see ``parse_line``.

    Args:
        given: its members.
        line: the line it stood in.
    """
    payload = _payload(line)
    source_id = None
    try:
        source_id = _text(given, "id") or None
        content, kind, content_type = _content(given)
        return Page(
            content,
            kind,
            url=_text(given, "url"),
            content_type=content_type,
            fetched_at=_time(_text(given, "fetched_at")),
            source_id=source_id,
            title=_text(given, "title"),
            published=_text(given, "published_at"),
            publisher=_text(given, "publisher") or None,
            feed_url=feed_name(_text(given, "feed_url")) or None,
            payload=_public(given, payload) if len(line) <= _PAYLOAD_CAP else None,
        )
    except ValueError as error:
        return _bad(str(error), payload, source_id)


def _payload(line: bytes) -> str:
    """What a dead letter keeps of a line; what ends it is no part of it."""
    begins = line.strip().removeprefix(codecs.BOM_UTF8)[:_PAYLOAD_CAP]
    try:
        return begins.decode("utf-8").strip()
    except UnicodeDecodeError:
        return decode_bytes(begins, markup="text").text.strip()


def _public(given: dict[str, Any], payload: str) -> str:
    """The line without secrets in its addresses; its texts are somebody's own words."""
    masked = {name: redact_url(_text(given, name)) for name in ("url", "feed_url") if name in given}
    if all(shown == _text(given, name) for name, shown in masked.items()):
        return payload
    return json.dumps(given | masked, ensure_ascii=False)


def _read(line: bytes) -> Any:
    """Read a line, and what other programs write for JSON.

    Half a surrogate pair, which orjson refuses, costs one character only; NaN and Infinity, as
    Python writes what is missing, are nothing; a line that is no UTF-8 is decoded as Arabic text.

    Raises:
        ValueError: it is not JSON.
        RecursionError: it is nested without end.
    """
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        decoded = decode_bytes(line, markup="text")
        if decoded.encoding == "utf-8" and not decoded.replaced and not _LENIENT.search(line):
            raise
        return json.loads(decoded.text, parse_constant=lambda _: None)


def _content(given: dict[str, Any]) -> tuple[bytes, Any, str]:
    """The document's bytes, their kind and content type, in the order of precedence.

    Raises:
        ValueError: a member is not what it has to be.
    """
    if given.get("html_base64"):
        text = _text(given, "html_base64")
        try:
            data = pybase64.b64decode(text, validate=True)
        except ValueError as error:
            raise ValueError("html_base64 is no base64, or is cut off") from error
        return data, "html", _text(given, "content_type")
    if given.get("html"):
        return _bytes(given, "html", "\n"), "html", "text/html; charset=utf-8"
    return _bytes(given, "body", "\n\n"), "body", "text/plain; charset=utf-8"


def _text(given: dict[str, Any], name: str, between: str = " ") -> str:
    """A member as text; a list of texts (paragraphs, say) is joined.

    Raises:
        ValueError: it is neither.
    """
    value = given.get(name)
    if isinstance(value, list):
        if any(isinstance(each, list | dict) for each in value):
            raise ValueError(f"{name} is a list of objects where text was expected")
        return between.join(str(each) for each in value if each not in (None, ""))
    if isinstance(value, dict):
        raise ValueError(f"{name} is an object where text was expected")  # noqa: TRY004 - of JSON
    return "" if value is None else str(value)


def _bytes(given: dict[str, Any], name: str, between: str) -> bytes:
    return _text(given, name, between).encode("utf-8", "replace")


def _time(written: str) -> datetime | None:
    stamp = parse_timestamp(written) if written else None
    return None if stamp is None else stamp.value.astimezone(UTC)


def refused(line: bytes, reason: Reason, detail: str) -> Rejected:
    """Tell why a line cannot be read; the dead letter keeps its beginning."""
    return replace(_bad(detail, _payload(line)), reason=reason)


def _bad(detail: str, payload: str, source_id: str | None = None) -> Rejected:
    return Rejected(
        "read",
        "bad_json",
        detail,
        source_id=source_id,
        payload=redact_text(payload),
        content_id=content_id(payload),
    )
