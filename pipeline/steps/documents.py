"""Everything that stands under one URL -> the page to process, the page to fetch, or why none.

It runs where refs are grouped, and for a page that stands alone in the worker process that goes on
to process it, which must not load Beam: so its bytes pass no other process (decision 0073).
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from pipeline.sources import feeds, pages, prefetched, texts, warc
from pipeline.sources.base import Missed, Ref
from pipeline.steps.redact import redact_record
from pipeline.storage import UnreadableError
from transforms.feeds.identity import usable_guid
from transforms.feeds.join import is_full, join_page, page_from_summary
from transforms.feeds.publishers import NO_PUBLISHERS, PublisherIndex
from transforms.feeds.schedule import entry_key, text_id
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


Counts = Counter[tuple[str, str]]  # (stage, counter) -> how many
Measured = tuple[str, str, int]  # stage, distribution, a value


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A page that no input gave: its entries ask for it.

    Attributes:
        key: the canonical URL.
        url: as the earliest entry links it.
        entries: every entry that links to it.
        sightings: the same, as ``appearances`` keeps them.
        publishers: tells publisher, country and zone of its feeds, where the step does not know.
    """

    key: str
    url: str
    entries: tuple[Entry, ...]
    sightings: tuple[Sighting, ...]
    publishers: PublisherIndex = NO_PUBLISHERS


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


@dataclass(frozen=True, slots=True)
class GivenPage:
    """A page that stands alone under its URL: nothing is joined to it, and nothing is fetched.

    Attributes:
        key: the canonical URL, or ``file:`` and a hash.
        ref: where it lies.
        online: whether a page that no input gave would be fetched.
    """

    key: str
    ref: Ref
    online: bool

    @classmethod
    def of(cls, key: str, refs: Sequence[Ref], *, online: bool) -> GivenPage | None:
        """Return the page that some refs name, if they name one page and no entry of a feed."""
        if len(refs) != 1 or refs[0].kind == "entry":
            return None
        return cls(key, refs[0], online)

    def read(self, publishers: PublisherIndex) -> tuple[Page | Rejected, Counts, Measured]:
        """Read it.

        Args:
            publishers: tells publisher, country and zone of a feed or a host.

        Returns:
            The page, or why there is none; what is counted over it; how long it took.
        """
        counts: Counts = Counter({("read", "in"): 1})
        started = time.thread_time()
        (record,) = read_documents(self.key, [self.ref], online=self.online, publishers=publishers)
        measured = ("read", "microseconds", round((time.thread_time() - started) * 1e6))
        if isinstance(record, PageRequest):
            raise TypeError(f"{self.key} is a page, and was to be fetched")
        counts["read", told(record)] += 1
        return record, counts, measured


def told(record: Page | Rejected | PageRequest) -> str:
    """Return the counter of the stage ``read`` that a record falls under."""
    return f"rejected.{record.reason}" if isinstance(record, Rejected) else "out"
