"""Refs of one URL -> the page to process, the page to fetch, or why there is none.

Bodies never go through a shuffle: refs are grouped, and everything from reading to delivered files
happens in one fused stage.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import apache_beam as beam

import transforms.coders  # noqa: F401 - registers the coder of records
from pipeline.sources import feeds, pages, prefetched, texts, warc
from pipeline.sources.base import Missed, Ref
from pipeline.steps.fetch import PageRequest
from pipeline.steps.redact import redact_record
from pipeline.storage import UnreadableError
from transforms.feeds.identity import usable_guid
from transforms.feeds.join import is_full, join_page, page_from_summary
from transforms.feeds.publishers import NO_PUBLISHERS, PublisherIndex
from transforms.feeds.schedule import entry_key, text_id
from transforms.metrics import count, measure
from transforms.records import Entry, Page, Rejected, Sighting
from transforms.text.links import names_page
from transforms.text.redact import redact_url

_LOADERS: Final[dict[str, Callable[[Ref], Page | Entry | Missed | Rejected]]] = {
    "text": texts.load,
    "page": pages.load,
    "prefetched": prefetched.load,
    "record": warc.load,
    "entry": feeds.load,
}


def read_documents(
    key: str,
    refs: Iterable[Ref],
    *,
    online: bool = False,
    publishers: PublisherIndex = NO_PUBLISHERS,
) -> list[Page | Rejected | PageRequest]:
    """Read everything that stands under one URL and join it.

    Args:
        key: the canonical URL, or ``file:`` and a hash.
        refs: the given pages and the feed entries of that URL, in any order.
        online: whether a page that no input gave may be fetched.
        publishers: tells publisher, country and zone of a feed or a host.

    Returns:
        The pages to process, entries joined to them; the page to fetch; or why there is none.
    """
    found: list[Page] = []
    entries: list[Entry] = []
    missed: list[Missed] = []
    rejected: list[Page | Rejected | PageRequest] = []
    for ref in sorted(refs, key=lambda ref: (ref.kind, ref.path, ref.offset)):
        try:
            record = _LOADERS[ref.kind](ref)
        except UnreadableError as error:
            rejected.append(Rejected("read", "unreadable", str(error), url=key))
            continue
        if isinstance(record, Page):
            found.append(record)
        elif isinstance(record, Entry):
            entries.append(record)
        elif isinstance(record, Missed):
            missed.append(record)
        else:
            rejected.append(record)
    if not found and not entries:
        return [*rejected, *(each.rejected for each in missed)]
    sightings = _sightings(entries)
    wanting = not found and not any(is_full(entry.content) for entry in entries)
    named = not key.startswith("file:")  # else its link leads to no page of its own
    link = next((entry.url for entry in entries if entry.url.startswith("http") and named), "")
    if online and link and wanting:
        return [*rejected, PageRequest(key, link, tuple(entries), sightings)]
    if wanting and missed:
        last = max(missed, key=_asked)
        made = page_from_summary(last.rejected, entries, key, last.asked_at)
    else:
        made = join_page(found, entries, key=key, use_summary=online and not link)
    joined = [redact_record(publishers.complete(each)) for each in made]
    # Every sighting hangs on the last page, so that each stands in ``appearances`` once.
    return [*rejected, *joined[:-1], replace(joined[-1], sightings=sightings)]


def _asked(missed: Missed) -> tuple[bool, datetime | None, str]:
    return missed.asked_at is not None, missed.asked_at, missed.rejected.detail


def sighting(entry: Entry) -> Sighting:
    """What ``appearances`` keeps of an entry; one without GUID and link goes by its text."""
    url = redact_url(entry.url)
    guid = usable_guid(entry) or (url if names_page(url) else "") or entry_key(entry)
    said = text_id(entry) if entry.seen_at is None else ""
    return Sighting(entry.feed_url, guid, url, entry.position, said, entry.seen_at)


def _sightings(entries: Iterable[Entry]) -> tuple[Sighting, ...]:
    """Every sighting once, in a fixed order."""
    found = {sighting(entry) for entry in entries}
    return tuple(sorted(found, key=lambda each: (each.feed_url, each.position, each.guid)))


@dataclass
class ReadDocuments(beam.PTransform):
    """``(key, refs)`` -> pages, joined with the entries that link to them; and rejections.

    Attributes:
        online: pages that no input gave become ``PageRequest`` (output ``wanted``) instead of
            rejections.
        publishers: tells publisher, country and zone of a feed or a host.
    """

    online: bool = False
    publishers: PublisherIndex = NO_PUBLISHERS

    def expand(self, grouped: Any) -> Any:
        """Read each group."""
        read = grouped | "ReadGroups" >> beam.FlatMap(_read_counted, self.online, self.publishers)
        return read | "PartWanted" >> beam.Partition(_is_wanted, 2)


def _is_wanted(record: Any, _parts: int) -> int:
    return int(isinstance(record, PageRequest))


def _read_counted(
    group: tuple[str, Iterable[Ref]], online: bool, publishers: PublisherIndex
) -> Iterator[Page | Rejected | PageRequest]:
    key, refs = group
    count("read", "in")
    started = time.perf_counter()
    records = read_documents(key, refs, online=online, publishers=publishers)
    measure("read", "microseconds", round((time.perf_counter() - started) * 1e6))
    for record in records:
        count("read", f"rejected.{record.reason}" if isinstance(record, Rejected) else "out")
        yield record
