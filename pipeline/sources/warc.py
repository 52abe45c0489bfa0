"""Web archives: every stored HTML response is a page, every stored feed lists entries.

Read record by record, so that an archive of any size passes in flat memory: Common Crawl's news
archives, and what ``--archive`` has written (extracting again without fetching again).
"""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from pipeline.pool import Failure, KillablePool
from pipeline.sources import storage
from pipeline.sources.base import Indexed, Ref, SeenFeed, Skipped
from pipeline.sources.feeds import entry_key
from pipeline.sources.spool import Spool
from transforms.feeds import parse_feed
from transforms.records import Page, ParsedFeed, Rejected
from transforms.text.dates import parse_timestamp
from transforms.text.urls import canonicalise_url

_HTML: Final = ("text/html", "application/xhtml")
_FEED: Final = ("application/rss", "application/atom", "application/rdf", "application/feed+json")
_MAX_BODY: Final = 16 * 1024 * 1024
# What warcio raises on a damaged archive: its own error, and whatever a torn header makes of it.
_BROKEN: Final = (
    ArchiveLoadFailed, EOFError, OSError, zlib.error, gzip.BadGzipFile,
    AttributeError, LookupError, TypeError, ValueError,
)  # fmt: skip


def index(path: str, spool: Spool) -> Iterator[Indexed]:
    """List the responses of an archive.

    Args:
        path: a ``.warc`` or ``.warc.gz`` file.
        spool: takes the entries of archived feeds.
    """
    passed_over: Counter[str] = Counter()
    try:
        with storage.open_raw(path) as stream, KillablePool(_parsed, processes=1) as pool:
            records = ArchiveIterator(stream)
            for record in records:
                kind = _kind(record)
                if kind == "feed":
                    yield from _feed(record, path, spool, pool)
                    continue
                offset = records.get_record_offset()
                records.read_to_end()
                if kind != "page":
                    passed_over[kind] += 1
                    continue
                if getattr(record.raw_stream, "limit", 0) > 0:  # less came than was announced
                    raise EOFError(f"the record of {_url(record)} is cut")
                key = canonicalise_url(_url(record))
                yield Ref(key, "record", path, offset, records.get_record_length())
    except _BROKEN as error:
        detail = f"{path}: the archive ends or breaks off: {error}"
        yield Rejected("read", "truncated", detail, url=f"file:{path.rsplit('/', 1)[-1]}")
    for what, count in sorted(passed_over.items()):
        yield Skipped(path, f"{count} records: {what}")


def load(ref: Ref) -> Page | Rejected:
    """Read one archived response."""
    data = storage.read_raw(ref.path, ref.offset, ref.length)
    try:
        record = next(iter(ArchiveIterator(io.BytesIO(data))))
        body = record.content_stream().read(_MAX_BODY + 1)
    except (*_BROKEN, StopIteration) as error:
        return Rejected("read", "truncated", f"{ref.path}: {error}", url=ref.key)
    url = _url(record)
    if len(body) > _MAX_BODY:
        detail = f"{ref.path}: more than {_MAX_BODY >> 20} MB unpacked"
        return Rejected("read", "too_large", detail, url=url)
    where = {"path": ref.path, "offset": ref.offset, "length": ref.length}
    return Page(
        body,
        "html",
        url=url,
        final_url=record.rec_headers.get_header("WARC-Final-URI") or url,
        content_type=_content_type(record),
        http_status=_status(record),
        fetched_at=_time(record.rec_headers.get_header("WARC-Date")),
        raw_ref=f"{ref.path}#{ref.offset}",
        payload=json.dumps(where, ensure_ascii=False),
    )


def _parsed(response: tuple[bytes, str, str]) -> ParsedFeed:
    """Parse an archived feed; runs in a worker, as nobody knows what the archive holds."""
    data, url, content_type = response
    return parse_feed(data, url=url, headers={"content-type": content_type})


def _feed(
    record: Any, path: str, spool: Spool, pool: KillablePool[tuple[bytes, str, str], ParsedFeed]
) -> Iterator[Indexed]:
    url = _url(record)
    data = record.content_stream().read(_MAX_BODY)
    (parsed,) = pool.map([(data, url, _content_type(record))])
    if isinstance(parsed, Failure):
        yield Rejected("feeds", parsed.reason, f"{path}: {parsed.detail}", url=url)
        return
    if parsed.reason is not None:
        yield Rejected("feeds", parsed.reason, f"{path}: {parsed.detail}", url=url)
        return
    yield SeenFeed(path, replace(parsed, entries=()))
    for entry in parsed.entries:
        yield Ref(entry_key(entry), "entry", *spool.put(entry))


def _kind(record: Any) -> str:
    """What a record is to us: a page, a feed, or in words why it is passed over."""
    if record.rec_type != "response" or not _url(record).startswith(("http://", "https://")):
        return f"no web response ({record.rec_type})"
    status = _status(record)
    if status is None or not 200 <= status < 300:
        return f"status {status}"
    content_type = _content_type(record).lower()
    if content_type.startswith(_FEED) or ("xml" in content_type and "xhtml" not in content_type):
        return "feed"
    if content_type.startswith(_HTML) or not content_type:
        return "page"
    return f"content type {content_type.split(';')[0][:60]}"


def _url(record: Any) -> str:
    return (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<> ")


def _content_type(record: Any) -> str:
    headers = record.http_headers
    return (headers.get_header("Content-Type") or "") if headers else ""


def _status(record: Any) -> int | None:
    headers = record.http_headers
    code = headers.get_statuscode() if headers else ""
    return int(code) if code and code.isascii() and code.isdigit() and len(code) <= 3 else None


def _time(written: str | None) -> datetime | None:
    stamp = parse_timestamp(written) if written else None
    return None if stamp is None else stamp.value.astimezone(UTC)
