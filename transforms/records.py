"""The records in flight: frozen, slotted, Beam-free.

Data goes one way and every arrow of the diagram is one of these types:
``Feed`` -> ``Entry`` -> ``Page`` -> ``Document`` (an ``Article`` with its ``Event``s and its
``Fingerprint``) -> rows. Every stage may answer ``Rejected`` instead, which becomes a dead
letter. ``Article`` and ``Event`` carry exactly the columns of their tables (see
``transforms.rows.schema``) without provenance, so that a row is the record plus who made it.

Times are timezone-aware UTC datetimes; ids are content hashes (``content_id``); offsets are code
points, end-exclusive.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal

from transforms.rejects import Reason

PageKind = Literal["html", "fragment", "text", "body"]
TextField = Literal["title", "body"]
Precision = Literal["second", "minute", "day", "month"]
PublishedSource = Literal["feed", "jsonld", "meta", "html", "url", "text", "none"]
Verdict = Literal["ar", "mixed", "other"]
DEFAULT_CONFIDENCE: Final = 0.5  # from which an event counts, unless a query says otherwise
Status = Literal["asserted", "future", "hypothetical", "negated", "historical"]
DuplicateKind = Literal["exact", "near", "contained", "revision"]


def content_id(*parts: str | bytes) -> str:
    """Hash content to an id.

    Args:
        parts: one part is hashed as it is; several are joined by newlines.

    Returns:
        The first 32 hex digits of the sha256.
    """
    raw = [part if isinstance(part, bytes) else part.encode("utf-8", "replace") for part in parts]
    return hashlib.sha256(b"\n".join(raw)).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed URL and what is known of it before it is polled (the registry's entry)."""

    url: str
    publisher: str | None = None
    country: str | None = None  # ISO 3166 alpha-3
    language: str | None = None
    category: str | None = None
    tz: str | None = None  # IANA name or ±HH:MM
    poll_seconds: int | None = None
    alternatives: tuple[str, ...] = ()
    user_agent: str | None = None
    headers: tuple[tuple[str, str], ...] = ()  # values may name ${ENVIRONMENT} variables


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a feed, as the feed gives it (markup of title and summary already taken off)."""

    feed_url: str
    guid: str  # the feed's own id; "" when it gives none
    url: str  # absolute, as the feed links it (not canonical); "" when it gives none
    position: int  # 0 is the top of the feed
    title: str = ""
    summary: str = ""  # plain text, paragraphs on lines of their own
    content: str = ""  # full content as HTML; "" when the feed gives only a summary
    authors: tuple[str, ...] = ()
    published_raw: str = ""
    published_at: datetime | None = None
    published_precision: Precision | None = None
    modified_at: datetime | None = None
    language: str | None = None
    categories: tuple[str, ...] = ()
    fetched_at: datetime | None = None  # when its feed was read online
    seen_at: datetime | None = None  # when it was listed, for one that is only remembered


@dataclass(frozen=True, slots=True)
class Sighting:
    """An entry seen in a feed: what ``appearances`` keeps of it."""

    feed_url: str
    guid: str
    url: str
    position: int
    text_id: str = ""  # hash of what the entry said; "" where that is not known
    seen_at: datetime | None = None  # when it was listed; None for now


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed document, parsed. ``reason`` is set when nothing could be read from it."""

    url: str
    kind: Literal["rss", "atom", "rdf", "json", "sitemap", "sitemapindex", "unknown"]
    entries: tuple[Entry, ...] = ()
    title: str = ""
    language: str | None = None
    home_url: str = ""
    self_url: str = ""
    hub_url: str = ""  # WebSub
    ttl_seconds: int | None = None
    skip_hours: tuple[int, ...] = ()  # of the day (UTC) in which it wants to be left alone
    skip_days: tuple[int, ...] = ()  # the same of the week, 0 is Monday
    children: tuple[str, ...] = ()  # a sitemap index: the sitemaps it lists
    reason: Reason | None = None
    detail: str = ""
    dropped: int = 0  # entries beyond the cap


@dataclass(frozen=True, slots=True)
class Page:
    """One document as it came in: a fetched response, a given file, a feed entry's own content.

    ``kind`` says what ``content`` is: ``html`` a whole page in its own bytes; ``fragment`` HTML
    of an article's body only (full feed content), UTF-8; ``text`` a plain .txt article, UTF-8;
    ``body`` an article body given as text (prefetched, or a feed's summary), UTF-8.
    """

    content: bytes
    kind: PageKind
    url: str = ""  # requested URL; "" when the page must tell it itself
    final_url: str = ""  # after redirects; "" when the same
    content_type: str = ""  # the header's value, with its charset
    http_status: int | None = None
    fetched_at: datetime | None = None
    source_id: str | None = None
    raw_ref: str | None = None
    title: str = ""  # given from outside (prefetched); wins over the page's own
    published: str = ""  # given from outside, as written
    publisher: str | None = None
    publisher_country: str | None = None
    tz: str | None = None  # of the publisher, when known
    feed_url: str | None = None
    entry: Entry | None = None  # the earliest sighting of this page in a feed
    sightings: tuple[Sighting, ...] = ()  # every one
    payload: str | None = None  # JSON text that names this input again, for a replay
    identity: str = ""  # what names it when its link leads to many texts; "" when the link does


@dataclass(frozen=True, slots=True)
class Topic:
    """An IPTC Media Topic of an article."""

    code: str
    label_ar: str
    label_en: str
    score: float


@dataclass(frozen=True, slots=True)
class Article:
    """The extracted text with its metadata: the columns of ``articles``."""

    article_id: str
    page_id: str
    body: str
    content_hash: str
    norm_hash: str
    source_id: str | None = None
    url: str | None = None
    canonical_url: str | None = None
    feed_url: str | None = None
    publisher: str | None = None
    publisher_country: str | None = None
    guid: str | None = None
    title: str | None = None
    summary: str | None = None
    authors: tuple[str, ...] = ()
    agency: str | None = None
    dateline: str | None = None
    published_at: datetime | None = None
    published_on: date | None = None  # the civil day where the publisher writes
    published_precision: Precision | None = None
    published_source: PublishedSource = "none"
    published_raw: str | None = None
    modified_at: datetime | None = None
    fetched_at: datetime | None = None
    event_time: datetime | None = None
    language: str | None = None
    language_verdict: Verdict | None = None
    arabic_share: float | None = None
    topics: tuple[Topic, ...] = ()
    extractor: str = ""
    extraction_confidence: float | None = None
    raw_ref: str | None = None
    http_status: int | None = None
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of an article's title or body: ``text == field[char_start:char_end]``."""

    text: str
    field: TextField
    char_start: int
    char_end: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """A mention of an event: the clause that reports it. ``paragraph`` counts from 0."""

    text: str
    field: TextField
    char_start: int
    char_end: int
    paragraph: int


@dataclass(frozen=True, slots=True)
class Actor:
    """An actor or a recipient (PLOVER). An unknown one has no span and the sector UNK."""

    name: str | None
    text: str | None = None
    country: str | None = None  # ISO 3166 alpha-3
    sectors: tuple[str, ...] = ()
    field: TextField | None = None
    char_start: int | None = None
    char_end: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event happened. ``precision`` is city, admin1, region or country."""

    name: str
    text: str
    country: str | None = None  # ISO 3166 alpha-3
    admin1: str | None = None
    lat: float | None = None
    lon: float | None = None
    geonames_id: int | None = None
    precision: str | None = None
    field: TextField | None = None
    char_start: int | None = None
    char_end: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One coded event: the columns of ``events``."""

    event_id: str
    event_key: str
    article_id: str
    event_type: str
    status: Status
    quad_plover: str
    trigger: Span
    evidence: tuple[Evidence, ...]
    confidence: float  # calibrated; see ``DEFAULT_CONFIDENCE``
    rule_id: str
    coder_version: str
    modes: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()
    quad_gdelt: str | None = None
    cameo_code: str | None = None
    cameo_root: str | None = None
    goldstein: float | None = None
    plover_score: float | None = None
    actors: tuple[Actor, ...] = ()
    recipients: tuple[Actor, ...] = ()
    place: Place | None = None
    event_date: date | None = None
    event_date_start: date | None = None
    event_date_end: date | None = None
    event_date_precision: str | None = None
    event_date_basis: Literal["explicit", "relative", "document"] | None = None
    event_date_text: str | None = None
    fatalities_min: int | None = None
    fatalities_max: int | None = None
    injured_min: int | None = None
    injured_max: int | None = None
    speaker: str | None = None
    claim_status: str | None = None
    event_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What deduplication needs of an article, small enough to travel through a shuffle.

    All hashes are packed little-endian: ``keys`` are sampled word-run hashes (uint64) two copies
    meet by; ``shingles`` the distinct word 3-grams of the body in text order (uint32); ``words``
    its distinct word stems, sorted; ``names`` and ``numbers`` those of them that tell two
    fillings of one template apart.
    """

    article_id: str
    page_id: str
    norm_hash: str
    published_at: datetime | None
    event_time: datetime | None
    publisher: str | None
    agency: str | None
    tokens: int
    keys: bytes = b""
    shingles: bytes = b""
    words: bytes = b""
    names: bytes = b""
    numbers: bytes = b""
    guid: str | None = None  # the feed's own id, when it can name an entry
    modified_at: datetime | None = None
    fetched_at: datetime | None = None
    published_on: date | None = None


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A verified pair of articles within seven days: the columns of ``duplicates``."""

    article_a: str  # article_a < article_b
    article_b: str
    kind: DuplicateKind
    jaccard: float
    containment: float
    day_gap: float | None
    same_publisher: bool | None
    origin_agency: str | None


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where an article stands among its copies and versions: the columns of ``clusters``."""

    article_id: str
    cluster_id: str  # the head's article_id
    duplicate_kind: DuplicateKind | None  # None for the head
    duplicate_of: str | None
    revision: int  # 1 for the first version of a page


@dataclass(frozen=True, slots=True)
class Document:
    """A page taken through decode, extract, language and events in one pure call."""

    article: Article
    events: tuple[Event, ...] = ()
    fingerprint: Fingerprint | None = None
    sightings: tuple[Sighting, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FetchLog:
    """One try to fetch a URL, redirects included: the columns of ``fetch_log``. No secrets."""

    url: str
    purpose: Literal["feed", "article", "robots", "sitemap"]
    started_at: datetime
    outcome: str  # ok, not_modified, an alarm such as soft_empty, or a reject reason
    final_url: str | None = None
    elapsed_ms: int | None = None
    status: int | None = None  # of the last hop that answered
    bytes: int | None = None  # decoded
    etag: str | None = None
    last_modified: str | None = None
    items_total: int | None = None
    items_new: int | None = None
    retry_after_s: int | None = None
    robots: str | None = None  # what a robots.txt says to us


@dataclass(frozen=True, slots=True)
class Rejected:
    """An element that could not go on: one reason of the closed list, and enough to replay it.

    ``article`` is kept for explanation only (a text that is not Arabic is still shown);
    ``payload`` is JSON text that names the input again (a file and offset, or the line itself).
    """

    stage: str
    reason: Reason
    detail: str = ""
    url: str | None = None
    feed_url: str | None = None
    source_id: str | None = None
    payload: str | None = None
    raw_ref: str | None = None
    content_id: str | None = None  # identifies the element when it has no URL
    article: Article | None = None
    sightings: tuple[Sighting, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)
