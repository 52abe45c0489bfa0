"""Join all that is known of one URL (pages, feed entries) into the pages to process.

A given or fetched page wins over full feed content, which wins over a summary. The answer does
not depend on the order in which pages and entries come in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from transforms.feeds.plain import html_to_text
from transforms.records import Entry, Feed, Page, Rejected, content_id

MIN_CONTENT: Final = 400  # letters of feed content that need no fetch
MIN_SUMMARY: Final = 30  # letters that make a sentence

_LETTER_RE: Final = re.compile(r"[^\W\d_]")
_CUT_OFF_RE: Final = re.compile(
    r"(?:\.\.\.|…|\[…\]|\[\.\.\.\]|(?:اقرأ|قراءة|للمزيد|المزيد|read more|continue reading)"
    r"[^.\n]{0,80})\W{0,5}\Z",
    re.IGNORECASE,
)
_LAST: Final = datetime.max.replace(tzinfo=UTC)

# A page, the entry it was made of, and the sighting it hangs on where that is not the earliest.
_Made = tuple[Page, Entry | None, Entry | None]


def join_page(
    pages: Sequence[Page],
    entries: Sequence[Entry],
    *,
    key: str = "",
    feeds: Mapping[str, Feed] | None = None,
    failure: Rejected | None = None,
    use_summary: bool = False,
) -> list[Page | Rejected]:
    """Join the pages and the feed entries of one canonical URL.

    Args:
        pages: given or fetched for it.
        entries: every sighting of it in a feed.
        key: the canonical URL, or what names the entries when their link names no page; names a
            rejection when no entry has a URL.
        feeds: the registry by feed URL; fills in publisher, country and zone.
        failure: why the page could not be had, when it was asked for.
        use_summary: whether a summary may stand in for the page (online, after a failure).

    Returns:
        The distinct pages, each with the earliest sighting as its entry; without any page those
        made of full feed content, each with the earliest sighting that has no other full content;
        then of a summary; else one rejection (``failure``, or
        not_fetched). Sorted; nothing for no input.
    """
    if not pages and not entries:
        return []
    first = min(entries, key=_sighting_order) if entries else None
    made = _distinct(pages) if pages else _from_content(entries)
    if not made and use_summary and entries:
        made = _from_summary(entries)
    if made:
        identity = key if key.startswith("file:") and not pages else ""
        return [
            replace(_joined(page, own, seen or first, feeds or {}), identity=identity)
            for page, own, seen in made
        ]
    feed_url = min((entry.feed_url for entry in entries), default=None)
    return [_rejected(first, key, failure, feed_url)]


def page_from_summary(
    failure: Rejected, entries: Sequence[Entry], key: str, asked_at: datetime | None
) -> list[Page | Rejected]:
    """Make a page of the summary that a feed gives of one that could not be had.

    Args:
        failure: why it could not.
        entries: those that link to it.
        key: its canonical URL.
        asked_at: when it was asked for.

    Returns:
        The page; the failure when the summary says too little.
    """
    made = join_page([], entries, key=key, failure=failure, use_summary=True)
    return [
        replace(each, fetched_at=asked_at) if isinstance(each, Page) else each
        for each in made or [failure]
    ]


def is_full(content: str) -> bool:
    """Say whether a feed's content is the article itself: long enough and not cut off."""
    if len(content) < MIN_CONTENT:
        return False
    text = html_to_text(content)
    return len(_LETTER_RE.findall(text)) >= MIN_CONTENT and not _CUT_OFF_RE.search(text[-120:])


def _sighting_order(entry: Entry) -> tuple[object, ...]:
    """Order sightings: the earliest, then the smallest feed URL, then whatever is left."""
    return (
        entry.published_at or _LAST,
        entry.feed_url,
        entry.position,
        entry.guid,
        entry.url,
        entry.title,
        content_id(entry.summary, entry.content),
        repr(entry),
    )


def _distinct(pages: Sequence[Page]) -> list[_Made]:
    """Keep each content once: of equal ones the first fetched, that with the smallest names.

    Those fetched at once that say different things of themselves all stay: which of them stands
    is decided by their rows, as it would be if they came in several runs.
    """
    best: dict[tuple[str, bytes, str], dict[Page, Page]] = {}
    for page in sorted(pages, key=_page_order):
        same = best.setdefault((page.kind, page.content, page.title), {})
        if all(page.fetched_at == each.fetched_at for each in same):
            same.setdefault(replace(page, source_id=None, payload=None), page)
    return [(page, None, None) for same in best.values() for page in same.values()]


def _page_order(page: Page) -> tuple[object, ...]:
    return (
        page.fetched_at or _LAST,
        page.source_id is None,  # an id the user gave is carried through
        page.source_id or "",
        page.url,
        page.raw_ref or "",
        page.kind,
        page.title,
        content_id(page.content),
        page.payload or "",
        page.feed_url or "",
    )


def _from_content(entries: Sequence[Entry]) -> list[_Made]:
    """Make a page of each different full content; one that is part of another is left out.

    A sighting with another full content says nothing of a page: so a version is the same whether
    or not the run that brings it brings the others.
    """
    texts: dict[str, Entry] = {}
    others: list[Entry] = []
    for entry in sorted(entries, key=_sighting_order):
        if is_full(entry.content):
            texts.setdefault(" ".join(html_to_text(entry.content).split()), entry)
        else:
            others.append(entry)
    made: list[_Made] = []
    for text, entry in texts.items():
        if not any(text in other for other in texts if len(other) > len(text)):
            parts = [each for other, each in texts.items() if other in text]
            first = min((*parts, *others[:1]), key=_sighting_order)
            made.append((_page(entry, "fragment"), entry, first))
    return made


def _from_summary(entries: Sequence[Entry]) -> list[_Made]:
    """Make a page of the longest text the feeds give, when it is at least a sentence."""
    choose: Callable[[Entry], tuple[object, ...]] = lambda entry: (  # noqa: E731 - a sort key
        -len(_text(entry)),
        *_sighting_order(entry),
    )
    best = min(entries, key=choose)
    if len(_LETTER_RE.findall(_text(best))) < MIN_SUMMARY:
        return []
    return [(_page(best, "body"), best, None)]


def _text(entry: Entry) -> str:
    content = html_to_text(entry.content)
    return max(content, entry.summary, key=len)


def _page(entry: Entry, kind: str) -> Page:
    if kind == "fragment":
        data = entry.content.encode("utf-8", "replace")
        return Page(data, "fragment", url=entry.url, fetched_at=entry.fetched_at)
    data = _text(entry).encode("utf-8", "replace")
    return Page(data, "body", url=entry.url, fetched_at=entry.fetched_at)


def _joined(page: Page, own: Entry | None, first: Entry | None, feeds: Mapping[str, Feed]) -> Page:
    """Hang the earliest sighting on a page, in the words of the entry the page was made of."""
    if first is None:
        return page
    feed = feeds.get(first.feed_url)
    entry = replace(first, content="")  # the page's own bytes are the content
    if own is not None:
        entry = replace(
            entry,
            title=own.title or first.title,
            summary=own.summary,
            authors=own.authors or first.authors,
            modified_at=own.modified_at,
        )
    return replace(
        page,
        entry=entry,
        url=page.url or first.url,
        feed_url=page.feed_url or first.feed_url,
        publisher=page.publisher or (feed.publisher if feed else None),
        publisher_country=page.publisher_country or (feed.country if feed else None),
        tz=page.tz or (feed.tz if feed else None),
    )


def _rejected(
    first: Entry | None, key: str, failure: Rejected | None, feed_url: str | None
) -> Rejected:
    """Say why there is no page; of the smallest feed, since a dead letter keeps no sightings."""
    url = (first.url if first else "") or key or None
    if failure is not None:
        return replace(failure, url=failure.url or url, feed_url=failure.feed_url or feed_url)
    if first is not None and not first.url:
        return Rejected(
            "feeds",
            "no_text",
            "an entry without a link or full content",
            url=url,
            feed_url=feed_url,
        )
    return Rejected(
        "fetch",
        "not_fetched",
        "the feed gives no full content and the page was not given",
        url=url,
        feed_url=feed_url,
    )
