"""Feed documents in files: every entry becomes a ref under the URL it links to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePath

from pipeline import storage
from pipeline.sources.base import Indexed, Ref, SeenFeed
from pipeline.sources.spool import Spool, read_record
from pipeline.storage import UnreadableError
from pipeline.workers.pool import Failure, KillablePool, Workers
from transforms.feeds import parse_feed
from transforms.feeds.identity import entry_keys
from transforms.fetch.addresses import split_login
from transforms.records import Entry, Feed, ParsedFeed, Rejected
from transforms.text.redact import feed_name, redact_url

Answered = tuple[bytes, Feed, str, str, dict[str, str]]  # body, feed, its name, base, headers


def index(paths: Sequence[str], spool: Spool, workers: Workers) -> Iterator[Indexed]:
    """List the entries of feed files; each is put down in the spool.

    Args:
        paths: the files.
        spool: takes the entries, which may carry full articles.
        workers: who parses, so that no file can hang or end the run.
    """
    if not paths:
        return
    with KillablePool(parse_file, workers) as pool:
        for path, parsed in zip(paths, pool.map(paths), strict=True):
            yield from _listed(path, parsed, spool)


def parse_file(path: str) -> ParsedFeed | Rejected:
    """Read and parse one feed file; it knows its own address, or goes by its name."""
    name = f"file:{PurePath(path).name}"
    try:
        data = storage.read_bytes(path)
    except UnreadableError as error:
        return Rejected("read", "unreadable", str(error), url=name)
    parsed = parse_feed(data, url=name, headers={})
    address = feed_name(parsed.self_url) or name
    entries = tuple(replace(entry, feed_url=address) for entry in parsed.entries)
    return replace(parsed, url=address, entries=entries)


def parse_answered(answered: Answered) -> ParsedFeed:
    """Parse a feed that a server answered with; links are relative to where it came from.

    No name of it or of its entries shows a secret. Runs in a worker: nobody knows what came.
    """
    body, feed, name, base, headers = answered
    parsed = parse_feed(body, url=split_login(base)[0], headers=headers, feed=feed)
    entries = tuple(
        replace(entry, feed_url=name, guid=_public_guid(entry)) for entry in parsed.entries
    )
    return replace(parsed, url=name, entries=entries, hub_url=redact_url(parsed.hub_url))


def _public_guid(entry: Entry) -> str:
    """An entry's GUID without secrets; one whose link has some goes by the link without them."""
    if entry.guid:
        return redact_url(entry.guid)
    public = redact_url(entry.url)
    return public if public != entry.url else ""


def _listed(path: str, parsed: ParsedFeed | Rejected | Failure, spool: Spool) -> Iterator[Indexed]:
    name = f"file:{PurePath(path).name}"
    if isinstance(parsed, Failure):
        yield Rejected("feeds", parsed.reason, f"{path}: {parsed.detail}", url=name)
        return
    if isinstance(parsed, Rejected):
        yield parsed
        return
    if parsed.reason is not None:
        yield Rejected("feeds", parsed.reason, f"{path}: {parsed.detail}", url=parsed.url)
    if parsed.entries or parsed.reason is None:
        yield SeenFeed(path, replace(parsed, entries=()))
    for entry, key in zip(parsed.entries, entry_keys(parsed.entries), strict=True):
        yield Ref(key, "entry", *spool.put(entry))


def load(ref: Ref) -> Entry:
    """Read one entry back from the spool."""
    entry: Entry = read_record(storage.read_bytes(ref.path, ref.offset, ref.length))
    return entry
