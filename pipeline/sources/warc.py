"""Web archives: every stored HTML response is a page, every stored feed lists entries.

Read record by record, so that an archive of any size passes in flat memory: Common Crawl's news
archives, and what ``--archive`` has written. Ours say what each response was asked for and what
became of it; extracted again they give the rows of the run that wrote them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePath
from typing import Final

from pipeline import storage
from pipeline.sources.base import Indexed, Missed, Ref, SeenFeed, Skipped
from pipeline.sources.feeds import Answered, parse_answered
from pipeline.sources.spool import Spool
from pipeline.warc.fields import RequestFields, read_capture
from pipeline.warc.framing import Damage, Framed, framed
from pipeline.warc.record import (
    MAX_BODY,
    MAX_KEPT,
    BadRecordError,
    Record,
    body_of,
    first_record,
    parse_record,
)
from pipeline.workers.pool import Failure, KillablePool, Workers
from transforms.feeds.identity import entry_keys
from transforms.fetch.decoders import BrokenError, TooLargeError
from transforms.fetch.messages import Response
from transforms.fetch.walls import find_wall
from transforms.records import Page, ParsedFeed, Rejected
from transforms.rejects import Reason
from transforms.text.redact import redact_url
from transforms.text.urls import canonicalise_url

_HTML: Final = ("text/html", "application/xhtml")
_FEED: Final = ("application/rss", "application/atom", "application/rdf", "application/feed+json")

_Pool = KillablePool[Answered, ParsedFeed]


def index(path: str, spool: Spool, workers: Workers) -> Iterator[Indexed]:
    """List the responses of an archive.

    Args:
        path: a ``.warc`` or ``.warc.gz`` file.
        spool: takes the entries of archived feeds.
        workers: whose limits hold for a feed; one parses, as the feeds come one by one.

    Raises:
        UnreadableError: the file itself cannot be read.
    """
    passed_over: Counter[str] = Counter()
    packed = path.lower().endswith(".gz")
    one = replace(workers, processes=1)
    with storage.open_raw(path) as stream, KillablePool(parse_answered, one) as pool:
        for found in framed(stream, packed=packed, keep=MAX_KEPT):
            if isinstance(found, Damage):
                yield _lost(path, found)
                continue
            try:
                record = parse_record(found.data, found.size)
            except BadRecordError as error:
                yield _lost(path, Damage(found.offset, found.length, str(error)))
                continue
            yield from _listed(record, found, path, spool, pool, passed_over)
    for what, count in sorted(passed_over.items()):
        yield Skipped(path, f"{count} records: {what}")


def _listed(
    record: Record,
    found: Framed,
    path: str,
    spool: Spool,
    pool: _Pool,
    passed_over: Counter[str],
) -> Iterator[Indexed]:
    """What one record adds to the index; one passed over is counted."""
    capture = read_capture(record.fields)
    kind = _kind(record, capture)
    if kind in {"feed", "page"} and not record.whole:
        yield _too_large(path, record.url)
    elif kind == "feed":
        yield from _feed(record, capture, path, spool, pool)
    elif kind == "page":
        key = canonicalise_url(redact_url(record.url))
        yield Ref(key, "record", path, found.offset, found.length)
    else:
        passed_over[kind] += 1


def load(ref: Ref) -> Page | Missed | Rejected:
    """Read one archived response, or why there was none."""
    data = storage.read_raw(ref.path, ref.offset, ref.length)
    raw_ref = f"{ref.path}#{ref.offset}"
    try:
        record = first_record(data)
        body = body_of(record, MAX_BODY)
    except (BadRecordError, BrokenError) as error:
        detail = f"{ref.path}: {error}"
        return Rejected("read", "truncated", detail, url=ref.key, raw_ref=raw_ref)
    except TooLargeError:
        return _too_large(ref.path, ref.key)
    capture = read_capture(record.fields)
    if capture is not None:
        missed = _missed(record, capture, body, raw_ref)
        if missed is not None:
            return missed
    where = {"path": ref.path, "offset": ref.offset, "length": ref.length}
    return Page(
        body,
        "html",
        url=record.url,
        final_url=record.final_url,
        content_type=record.headers.get("content-type", ""),
        http_status=record.status,
        fetched_at=record.date,
        raw_ref=raw_ref,
        payload=json.dumps(where, ensure_ascii=False),
    )


def _missed(record: Record, capture: RequestFields, body: bytes, raw_ref: str) -> Missed | None:
    """Why a page that we asked for is none, as it was then or as we would say now."""
    reason, detail = capture.reason, capture.detail
    if reason is None:
        reason = find_wall(Response(record.url, record.final_url, record.status, body=body))
        detail = f"a {reason} page"
    if reason is None:
        return None
    known = raw_ref if record.status is not None else None
    return Missed(Rejected("fetch", reason, detail, url=record.url, raw_ref=known), record.date)


def _feed(
    record: Record, capture: RequestFields | None, path: str, spool: Spool, pool: _Pool
) -> Iterator[Indexed]:
    """List the entries of an archived feed, or tell why there are none."""
    known = capture is not None
    capture = capture or RequestFields("feed")
    facts = capture.facts(redact_url(record.url))
    if capture.reason is not None:
        yield _no_feed(facts.url, capture.reason, capture.detail)
        return
    try:
        body = body_of(record, MAX_BODY)
    except BrokenError as error:
        yield _no_feed(facts.url, "truncated", f"{path}: {error}")
        return
    except TooLargeError:
        yield _too_large(path, facts.url)
        return
    (parsed,) = pool.map([(body, facts, facts.url, record.final_url, dict(record.headers))])
    if isinstance(parsed, Failure) or parsed.reason is not None:
        yield _no_feed(facts.url, parsed.reason or "bad_feed", parsed.detail)
        return
    yield SeenFeed(path, replace(parsed, entries=()), facts if known else None)
    public = [replace(entry, url=redact_url(entry.url)) for entry in parsed.entries]
    for entry, key in zip(parsed.entries, entry_keys(public), strict=True):
        yield Ref(key, "entry", *spool.put(replace(entry, fetched_at=capture.read_at)))


def _kind(record: Record, capture: RequestFields | None) -> str:
    """What a record is to us: a page, a feed, or in words why it is passed over."""
    if not record.url.startswith(("http://", "https://")):
        return f"no web response ({record.kind})"
    if capture is not None and (capture.reason is not None or _is_answer(record)):
        return "feed" if capture.is_feed else "page"
    if record.kind != "response":
        return f"no web response ({record.kind})"
    return _kind_of_content(record) if _is_answer(record) else f"status {record.status}"


def _kind_of_content(record: Record) -> str:
    """The same, of a response that nobody says the purpose of."""
    content_type = record.headers.get("content-type", "").lower()
    if content_type.startswith(_FEED) or ("xml" in content_type and "xhtml" not in content_type):
        return "feed"
    if content_type.startswith(_HTML) or not content_type:
        return "page"
    return f"content type {content_type.split(';')[0][:60]}"


def _is_answer(record: Record) -> bool:
    return record.status is not None and 200 <= record.status < 300


def _lost(path: str, damage: Damage) -> Rejected:
    """Tell which bytes of an archive are lost."""
    name, reach = PurePath(path).name, damage.offset + damage.length
    until = f"{reach - 1}" if damage.length >= 0 else "the end"
    return Rejected(
        "read",
        "truncated" if damage.at_end else "unreadable",
        f"{path}: bytes {damage.offset} to {until} are lost: {damage.why}",
        url=f"file:{name}#{damage.offset}",
        raw_ref=f"{path}#{damage.offset}",
    )


def _too_large(path: str, url: str) -> Rejected:
    detail = f"{path}: more than {MAX_BODY >> 20} MB unpacked"
    return Rejected("read", "too_large", detail, url=redact_url(url))


def _no_feed(url: str, reason: Reason, detail: str) -> Rejected:
    return Rejected("feeds", reason, f"{reason}: {detail}", url=url, feed_url=url)
