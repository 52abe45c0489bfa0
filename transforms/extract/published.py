"""When an article was published: gather what is written, believe it in one fixed order.

Precedence, best first (``PRECEDENCE``): what the caller gave; JSON-LD; meta tags (Open Graph,
Dublin Core, microdata); the feed's entry; the visible date (``<time>``, a line by the headline);
the URL's path; the text itself. A finer time of the same civil day from a lower source replaces
a coarser one of a higher source. What does not parse, lies before 1990 or more than a day after
the fetch is passed over; when nothing is left the date is unknown. Nothing is ever guessed.

The civil day is the publisher's: the date as it is written, with whatever zone beside it. Only a
time in UTC says nothing of the publisher's clock; its day is that of his zone, and where that is
unknown and midnight near, the day that another writing on the page, the host's country, or the
text's own "today" with its weekday, names.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any, Final

from transforms.extract import microdata
from transforms.extract.bylines import Near
from transforms.extract.dating import TIMES, Published, choose
from transforms.extract.lines import tidy
from transforms.extract.markup import storable
from transforms.extract.metadata import PageMeta
from transforms.records import Page, Precision, PublishedSource
from transforms.text.dates import (
    civil_day,
    document_date,
    parse_timestamp,
)

PRECEDENCE: Final = ("given", "jsonld", "meta", "feed", "html", "url", "text")
_META_KEYS: Final = (
    "article:published_time", "article:published", "og:article:published_time",
    "og:published_time", "datepublished", "article:post_date", "publish-date", "publish_date",
    "publishdate", "pubdate", "pub_date", "date_published", "datecreated", "dc.date.issued",
    "dcterms.issued", "dcterms.created", "dc.date.created", "dc.date", "dcterms.date",
    "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "citation_date",
    "citation_publication_date", "originalpublicationdate", "published_at", "date",
)  # fmt: skip
_MODIFIED_KEYS: Final = (
    "article:modified_time", "og:updated_time", "datemodified", "dcterms.modified",
    "dc.date.modified", "last-modified", "article:modified",
)  # fmt: skip
_OLDEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
_DAY: Final = timedelta(days=1)
_URL_DATES: Final = (
    re.compile(r"/(?P<y>(?:19|20)\d\d)[/_-](?P<m>\d{1,2})[/_-](?P<d>\d{1,2})(?=[/_.-]|\Z)"),
    re.compile(r"/(?P<y>20\d\d)/[a-z_-]{3,30}/(?P<m>\d{1,2})/(?P<d>\d{1,2})/"),
    re.compile(r"[/_-](?P<y>20\d\d)(?P<m>[01]\d)(?P<d>[0-3]\d)(?=[/_.-]|\Z)"),
)
_DATE_NAMES: Final = re.compile(
    r"date|time|publish|created|posted|submitted|entry-meta|post-meta|article-info|news-info|tarikh",
    re.IGNORECASE,
)
_RDFA: Final = re.compile(
    r"(?:^|[\s:])(?:date|created|issued|dateCreated|datePublished)(?=\s|$)", re.IGNORECASE
)
_NOT_PUBLISHED: Final = re.compile(
    r"modif|updat|تحديث|تعديل|related|comment|sidebar|widget|footer|today|current|weather|clock",
    re.IGNORECASE,
)
_LABEL: Final = re.compile(
    r"^(?:.{0,20}?\b(?:بواسطة|by)\b.{1,60}?\s(?:في|بتاريخ|يوم|on)\s"
    r"|.{0,40}?(?:نشرت?|النشر|أضيف|بتاريخ|تاريخ|published|posted on|on))\s*"
    r"(?:في|بتاريخ|يوم|الخبر|:)?\s*:?\s*",
    re.IGNORECASE,
)
_HAS_DATE: Final = re.compile(r"\d{4}|[٠-٩]{4}|\d{1,2}[/.-]\d{1,2}[/.-]\d{2}")


@dataclass(frozen=True, slots=True)
class _Context:
    tz: str | None
    country: str | None
    latest: datetime | None
    alone: bool = False  # a plain text: nothing else can date it


def context_of(page: Page) -> _Context:
    """How a page's dates are to be read: its zone, its country, and what is too late."""
    latest = page.fetched_at + _DAY if page.fetched_at else None
    alone = page.kind == "text" and page.entry is None
    return _Context(page.tz, page.publisher_country, latest, alone)


def parse_date(raw: str, context: _Context, source: PublishedSource) -> Published | None:
    """Read one written date; None when it does not parse or cannot be."""
    raw = tidy(storable(html.unescape(raw[:1000])))[:200]
    if not raw:
        return None
    stamp = parse_timestamp(raw, tz=context.tz, country=context.country)
    if stamp is None or not _possible(stamp.value, context):
        return None
    return Published(stamp.value, stamp.precision, source, raw, stamp.day, stamp.day_sure)


def _possible(value: datetime, context: _Context) -> bool:
    return value >= _OLDEST and (context.latest is None or value <= context.latest)


def published_of_page(page: Page, meta: PageMeta, root: Any, url: str) -> Published:
    """Date a page.

    Args:
        page: the page with what was given and its feed entry.
        meta: its metadata.
        root: its tree, not yet cut.
        url: its address, for dates in the path.

    Returns:
        What is believed (see the module's text); the text itself, which comes last, is not known
        here yet.
    """
    context = context_of(page)
    found = choose(_candidates(page, meta, root, url, context))
    if found.at is not None:
        return found
    return Published(raw=_raw_at_hand(page, meta))


def _candidates(
    page: Page, meta: PageMeta, root: Any, url: str, context: _Context
) -> Iterator[Published]:
    given = parse_date(page.published, context, "feed") if page.published else None
    if given:
        yield given
        if given.day_sure or given.precision not in TIMES:
            return
    yield from _first(_jsonld_dates(meta), context, "jsonld")
    yield from _first(_meta_dates(meta, root), context, "meta")
    fed = published_of_entry(page, context)
    if fed:
        yield fed
    seen = (parse_date(raw, context, "html") for raw in _visible_dates(meta.near))
    visible = choose(islice((one for one in seen if one), 8))
    if visible.at is not None:
        yield visible
    in_url = url_date(url, context)
    if in_url:
        yield in_url


def _first(raws: Iterator[str], context: _Context, source: PublishedSource) -> Iterator[Published]:
    """The first of several writings that parses."""
    parsed = (parse_date(raw, context, source) for raw in raws)
    found = next((one for one in parsed if one), None)
    if found:
        yield found


def published_of_entry(page: Page, context: _Context) -> Published | None:
    """The date of the feed's entry."""
    entry = page.entry
    if entry is None:
        return None
    written = parse_date(entry.published_raw, context, "feed")
    if entry.published_at is None or not _possible(entry.published_at, context):
        return written
    at, precision = entry.published_at, entry.published_precision or "second"
    if written is not None and written.at is not None and abs(written.at - at) < _DAY:
        # The entry may have been read before its publisher was known: the day is as written.
        return replace(written, at=at, precision=precision)
    day, sure = at.date(), True
    if precision in TIMES:
        day, sure = civil_day(at, tz=context.tz, country=context.country)
    return Published(at, precision, "feed", entry.published_raw or None, day, sure)


def _jsonld_dates(meta: PageMeta) -> Iterator[str]:
    for key in ("datePublished", "dateCreated", "uploadDate"):
        value = meta.structured.article.get(key)
        if isinstance(value, str):
            yield value


def _meta_dates(meta: PageMeta, root: Any) -> Iterator[str]:
    for key in _META_KEYS:
        if key in meta.metas:
            yield meta.metas[key]
    for element in root.iter("time", "span", "div", "abbr", "p"):
        named = (element.get("itemprop") or "").lower() == "datepublished"
        if named and microdata.is_own(element, meta.scope):
            yield element.get("datetime") or element.get("content") or "".join(element.itertext())


def _visible_dates(near: list[Near]) -> Iterator[str]:
    """Dates a reader sees at the headline: ``<time>`` first, then elements named so, then any."""
    usable = [place for place in near if not _misleading(place)]
    yield from _rdfa_dates(usable)
    for place in usable:
        if place.element.tag == "time":
            yield place.element.get("datetime") or ""
            yield place.text
    for place in usable:
        if _DATE_NAMES.search(_names(place.element)):
            yield from _dates_in(place.text)
            for part in place.element:
                yield from _dates_in(tidy("".join(part.itertext())))
    for place in usable:
        for own in (tidy(place.element.text or ""), tidy((place.element.tail or "")[:200])):
            if 8 <= len(own) <= 70:
                yield from _dates_in(own)


def _rdfa_dates(near: list[Near]) -> Iterator[str]:
    """RDFa as Drupal writes it: a hidden element whose content is the time."""
    for place in near:
        if _RDFA.search(place.element.get("property") or ""):
            yield place.element.get("content") or ""


def _names(element: Any) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"


def _misleading(place: Near) -> bool:
    """Whether an element dates something else: a change, a teaser, today."""
    parent = place.element.getparent()
    names = _names(place.element) + ("" if parent is None else _names(parent))
    return bool(_NOT_PUBLISHED.search(names) or _NOT_PUBLISHED.search(place.text[:120]))


def _dates_in(text: str) -> Iterator[str]:
    """What in a short line may be a date: the line, without its label, or one part of it."""
    if len(text) > 120 or not _HAS_DATE.search(text):
        return
    yield text
    yield _LABEL.sub("", text)
    for part in re.split(r"\s*[|•·]\s*|\s{2,}| - ", text):
        if _HAS_DATE.search(part) and part != text:
            yield part
            yield _LABEL.sub("", part)


def url_date(url: str, context: _Context) -> Published | None:
    """The day that a URL's path names; months alone are too little."""
    for pattern in _URL_DATES:
        match = pattern.search(url)
        if match is None:
            continue
        try:
            day = date(int(match["y"]), int(match["m"]), int(match["d"]))
        except ValueError:
            continue
        value = datetime(day.year, day.month, day.day, tzinfo=UTC)
        if _possible(value, context):
            return Published(value, "day", "url", match.group().strip("/_-"), day)
    return None


def text_date(text: str, context: _Context) -> Published | None:
    """The day that a text dates itself by."""
    found = document_date(text, alone=context.alone)
    if found is None:
        return None
    day, raw, precision = found
    value = datetime(day.year, day.month, day.day, tzinfo=UTC)
    known: Precision = "month" if precision == "month" else "day"
    return Published(value, known, "text", raw, day) if _possible(value, context) else None


def modified_of_page(page: Page, meta: PageMeta) -> datetime | None:
    """When the page says it was last changed; None when it does not or cannot be."""
    context = context_of(page)
    raws = [meta.structured.article.get("dateModified")]
    raws.extend(meta.metas.get(key) for key in _MODIFIED_KEYS)
    for raw in raws:
        found = parse_date(raw, context, "meta") if isinstance(raw, str) else None
        if found:
            return found.at
    return page.entry.modified_at if page.entry else None


def _raw_at_hand(page: Page, meta: PageMeta) -> str | None:
    """A written date that could not be believed, kept for the record."""
    raws = [page.published, *_jsonld_dates(meta)]
    raws.extend(meta.metas[key] for key in _META_KEYS if key in meta.metas)
    raws.append(page.entry.published_raw if page.entry else "")
    return next((tidy(raw)[:200] for raw in raws if raw and raw.strip()), None)
