"""Prefetched documents: JSON lines with a page or a body somebody else has fetched."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import orjson
import pybase64

from pipeline import storage
from pipeline.sources.base import Ref
from pipeline.sources.spool import Spool
from transforms.records import Page, Rejected, content_id
from transforms.text.dates import parse_timestamp
from transforms.text.redact import feed_name, redact_text, redact_url
from transforms.text.urls import canonicalise_url

_PAYLOAD_CAP: Final = 64 * 1024
_LINE_CAP: Final = 64 * 1024 * 1024  # no document has a right to more
_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")


def index(path: str, spool: Spool) -> Iterator[Ref | Rejected]:
    """List the documents of a file under their canonical URLs; broken lines are rejected."""
    if storage.is_packed_file(path):
        import gzip  # noqa: PLC0415 - rarely needed

        storage.read_bytes(path)  # a broken archive is told before half of it is taken
        with gzip.open(path) as stream:
            path = spool.take(f"{content_id(path)}.jsonl", stream)  # type: ignore[arg-type]
    for offset, line in storage.open_lines(path):
        if not line.strip():
            continue
        key = _linked(line)
        if key is None:
            page = parse_line(line)
            if isinstance(page, Rejected):
                yield page
                continue
            key = f"file:{content_id(page.title, page.content)}"
        if len(line) > _LINE_CAP:
            yield _too_large(line, key)
            continue
        yield Ref(key, "prefetched", path, offset, len(line))


def _linked(line: bytes) -> str | None:
    """The canonical URL a line names, without decoding its page; None when that must be asked."""
    try:
        given = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return canonicalise_url(_text(given, "url")) or None if isinstance(given, dict) else None


def _too_large(line: bytes, key: str) -> Rejected:
    page = parse_line(line)
    if isinstance(page, Rejected):
        return page
    detail = f"a line of {len(line)} bytes"
    url, source_id = page.url or None, page.source_id
    return Rejected("read", "too_large", detail, url, source_id=source_id, content_id=key)


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
    line = line.strip()  # what ends it is no part of it, nor of what is said of it
    payload = line[:_PAYLOAD_CAP].decode("utf-8", "replace").strip()
    try:
        given = _read(line)
    except (ValueError, RecursionError) as error:
        return _bad(f"not a JSON object: {error}", payload)
    if not isinstance(given, dict):
        return _bad(f"a JSON {type(given).__name__} where an object was expected", payload)
    source_id = _text(given, "id") or None
    try:
        content, kind, content_type = _content(given)
    except ValueError:
        return _bad("html_base64 is no base64, or is cut off", payload, source_id)
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


def _public(given: dict[str, Any], payload: str) -> str:
    """The line without secrets in its addresses; its texts are somebody's own words."""
    masked = {name: redact_url(_text(given, name)) for name in ("url", "feed_url") if name in given}
    if all(shown == _text(given, name) for name, shown in masked.items()):
        return payload
    return json.dumps(given | masked, ensure_ascii=False)


def _read(line: bytes) -> Any:
    """Read a line; half a surrogate pair, which orjson refuses, costs one character only.

    Raises:
        ValueError: it is not JSON.
        RecursionError: it is nested without end.
    """
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        if not _SURROGATE.search(line):
            raise
        return json.loads(line, parse_constant=_refuse)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _content(given: dict[str, Any]) -> tuple[bytes, Any, str]:
    """The document's bytes, their kind and content type, in the order of precedence."""
    if given.get("html_base64"):
        data = pybase64.b64decode(_text(given, "html_base64"), validate=True)
        return data, "html", _text(given, "content_type")
    if given.get("html"):
        return _bytes(given, "html"), "html", "text/html; charset=utf-8"
    return _bytes(given, "body"), "body", "text/plain; charset=utf-8"


def _text(given: dict[str, Any], name: str) -> str:
    value = given.get(name)
    return "" if value is None else str(value)


def _bytes(given: dict[str, Any], name: str) -> bytes:
    return _text(given, name).encode("utf-8", "replace")


def _time(written: str) -> datetime | None:
    stamp = parse_timestamp(written) if written else None
    return None if stamp is None else stamp.value.astimezone(UTC)


def _bad(detail: str, payload: str, source_id: str | None = None) -> Rejected:
    return Rejected(
        "read",
        "bad_json",
        detail,
        source_id=source_id,
        payload=redact_text(payload),
        content_id=content_id(payload),
    )
