"""Bytes of a feed -> its entries, whatever the format and however broken.

The way: decode by our own decoder, clean (``clean``), read the well-formed by lxml (``tree``),
mend and read again, read the rest by feedparser's loose parser (``loose``), then understand the
fields here: links absolute, dates in UTC, texts plain, authors clean.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, cast

from transforms.feeds.authors import clean_authors
from transforms.feeds.clean import Source, close_fields, count_items, prepare, repair
from transforms.feeds.jsonfeed import read_json
from transforms.feeds.links import absolute_link
from transforms.feeds.loose import affordable, read_loosely
from transforms.feeds.plain import (
    html_to_text,
    one_line,
    unescape_markup,
    unescape_rest,
)
from transforms.feeds.raw import RawEntry, RawFeed
from transforms.feeds.sitemap import read_sitemap_loosely
from transforms.feeds.tree import read_tree
from transforms.records import Entry, Feed, ParsedFeed
from transforms.rejects import Reason
from transforms.text.dates import Timestamp, parse_timestamp
from transforms.text.encoding import decode_bytes
from transforms.text.packed import is_packed, unpack
from transforms.text.urls import resolve_link

Kind = Literal["rss", "atom", "rdf", "json", "sitemap", "sitemapindex", "unknown"]

MAX_BYTES: Final = 16 * 1024 * 1024
MAX_ENTRIES: Final = 5_000
_MAX_TITLE: Final = 2_000  # code points
_MAX_SUMMARY: Final = 100_000
_MAX_CATEGORIES: Final = 50
_FULL_TEXT: Final = 1_200  # code points of a description that is an article, not a summary of one
_CUT_OFF_RE: Final = re.compile(
    r"(?:\.\.\.|…|\[…\]|\[\.\.\.\]|المزيد|more)\W{0,5}\Z", re.IGNORECASE
)
_WHOLE_RE: Final = re.compile(r"</(?:[\w.-]{1,40}:)?(?:item|entry|url|sitemap)\s*>", re.IGNORECASE)
_LANGUAGE_RE: Final = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,3}\Z")


def parse_feed(
    data: bytes,
    *,
    url: str,
    headers: Mapping[str, str] | None = None,
    feed: Feed | None = None,
    max_bytes: int = MAX_BYTES,
    max_entries: int = MAX_ENTRIES,
) -> ParsedFeed:
    """Read a feed document.

    Args:
        data: the document: RSS 0.9 to 2.0, RDF, Atom, JSON Feed, a (news) sitemap or an index;
            packed with gzip or not.
        url: where it came from; the base of relative links.
        headers: of the response; Content-Type and Content-Location are used.
        feed: what the registry knows; its zone and country are used for dates without a zone.
        max_bytes: what lies beyond is cut off.
        max_entries: the entries beyond are counted in ``dropped``.

    Returns:
        The feed. ``reason`` is set when nothing could be read: empty_input, not_a_feed (a web
        page, another format), bad_feed (broken), too_large (nothing whole within the cap). Never
        raises.
    """
    packed = is_packed(data)
    data = unpack(data, max_bytes + 1)
    if not data.strip():
        if packed:
            return _nothing(url, "bad_feed", "a gzip archive with nothing in it that can be read")
        return _nothing(url, "empty_input", "no bytes")
    known = {name.lower(): value for name, value in (headers or {}).items()}
    cut, beyond = "", 0
    if len(data) > max_bytes:
        cut = f"cut at {max_bytes} of {len(data)} bytes"
        beyond = data.count(b"<item", max_bytes) + data.count(b"<entry", max_bytes)
        data = data[:max_bytes]
    text = decode_bytes(data, content_type=known.get("content-type", ""), markup="xml").text
    text = text.lstrip("\ufeff \t\r\n\x00")
    base = resolve_link(url, known.get("content-location", "")) or url
    if text[:1] in {"{", "["}:
        found = _read_json(text)
    else:
        found = _read_xml(text, base, max_entries, whole=not cut)
    raw = found.raw
    if raw is None:
        web_page = found.detail == _WEB_PAGE
        return _nothing(url, *(found.why if web_page or not cut else ("too_large", cut)))
    if not raw.children and not any(each.says_something for each in raw.entries):
        if cut:
            return _nothing(url, "too_large", cut)
        if found.listed:
            return _nothing(url, "bad_feed", f"{found.listed} items, of which none could be read")
    return _understand(raw, url, base, feed, max_entries, found.dropped + beyond, cut)


@dataclass(frozen=True, slots=True)
class _Found:
    """What a reader made of a text.

    Attributes:
        raw: the feed; None when there is none, for the reason and detail beside it.
        dropped: items that were left out.
        listed: items that begin in the text.
    """

    raw: RawFeed | None
    dropped: int = 0
    listed: int = 0
    reason: Reason = "not_a_feed"
    detail: str = ""

    @property
    def why(self) -> tuple[Reason, str]:
        """Why there is no feed."""
        return self.reason, self.detail


_WEB_PAGE: Final = "a web page"


def _read_json(text: str) -> _Found:
    raw = read_json(text)
    return _Found(None, detail="JSON") if raw is None else _Found(raw, listed=raw.listed)


def _read_xml(text: str, base: str, max_entries: int, *, whole: bool) -> _Found:
    source = prepare(text, max_entries)
    if not whole and source.kind and _WHOLE_RE.search(source.text) is None:
        return _Found(None, reason="too_large")  # its first entry alone is
    raw, left_out = _read(source, base)
    if raw is not None:
        return _Found(raw, source.dropped + left_out, count_items(source.text, source.kind))
    if source.is_html:
        return _Found(None, detail=_WEB_PAGE)
    if not source.root:
        return _Found(None, detail="no markup")
    if not source.kind:
        return _Found(None, detail=f"root element {source.root[:40]}")
    return _Found(None, reason="bad_feed", detail="no item could be read")


def _read(source: Source, base: str) -> tuple[RawFeed | None, int]:
    """Read XML by the first reader that can; with it, how many items were left out."""
    if source.is_html or not source.root:
        return None, 0
    if source.kind:
        raw = read_tree(source.text, source.kind)
        if raw is not None:
            return raw, 0
    mended = repair(source)
    closed = close_fields(mended)
    raw = None
    if source.kind:
        raw = read_tree(mended, source.kind) or read_tree(closed, source.kind)
    if raw is None and source.kind.startswith("sitemap"):
        raw = read_sitemap_loosely(mended, source.kind)
    if raw is not None:
        return raw, 0
    text = affordable(mended)
    raw = read_loosely(text, source.kind, base)
    if closed != mended and not (raw and all(each.says_something for each in raw.entries)):
        text, mended = affordable(closed), closed
        raw = read_loosely(text, source.kind, base)
    if raw is None or (not source.kind and not raw.entries and raw.kind == "unknown"):
        return None, 0
    return raw, count_items(mended[len(text) :], source.kind)


def _nothing(url: str, reason: Reason, detail: str) -> ParsedFeed:
    return ParsedFeed(url, "unknown", reason=reason, detail=detail)


def _understand(
    raw: RawFeed,
    url: str,
    base: str,
    feed: Feed | None,
    max_entries: int,
    dropped: int,
    detail: str,
) -> ParsedFeed:
    tz = feed.tz if feed else None
    country = feed.country if feed else None
    language = _language(raw.language)
    if not resolve_link("", base):  # a file: it may know its own address
        base = resolve_link("", raw.self_link) or absolute_link("", raw.home) or base
    kept = raw.entries[:max_entries]
    entries = tuple(
        _entry(each, position, url, base, language, tz, country)
        for position, each in enumerate(kept)
    )
    return ParsedFeed(
        url=url,
        kind=cast("Kind", raw.kind),
        entries=entries,
        title=one_line(html_to_text(raw.title))[:_MAX_TITLE],
        language=language,
        home_url=absolute_link(base, raw.home),
        self_url=resolve_link(base, raw.self_link),
        hub_url=resolve_link(base, raw.hub),
        ttl_seconds=raw.ttl_seconds,
        skip_hours=raw.skip_hours,
        skip_days=raw.skip_days,
        children=tuple(filter(None, (absolute_link(base, each) for each in raw.children))),
        detail=detail,
        dropped=dropped + len(raw.entries) - len(kept),
    )


def _entry(
    raw: RawEntry,
    position: int,
    url: str,
    base: str,
    language: str | None,
    tz: str | None,
    country: str | None,
) -> Entry:
    title = html_to_text(raw.title) if raw.title_is_html else _lines(raw.title)
    summary = html_to_text(raw.summary) if raw.summary_is_html else _lines(raw.summary)
    content = unescape_markup(raw.content)
    if not content and len(summary) >= _FULL_TEXT and not _CUT_OFF_RE.search(summary[-20:]):
        content, summary = unescape_markup(raw.summary), ""
    modified = parse_timestamp(raw.updated, tz=tz, country=country) if raw.updated else None
    written, published = _published(raw, modified, tz, country)
    guid, address = _identity(raw, base)
    return Entry(
        feed_url=url,
        guid=guid,
        url=address,
        position=position,
        title=one_line(title)[:_MAX_TITLE],
        summary=summary[:_MAX_SUMMARY],
        content=content,
        authors=clean_authors(raw.authors),
        published_raw=written[:200],
        published_at=published.value if published else None,
        published_precision=published.precision if published else None,
        modified_at=modified.value if modified else None,
        language=_language(raw.language) or language,
        categories=_categories(raw.categories),
    )


def _published(
    raw: RawEntry, modified: Timestamp | None, tz: str | None, country: str | None
) -> tuple[str, Timestamp | None]:
    """The first date of publication that can be read, and how it is written.

    An unreadable one hides no other. Without any the last change stands for it, where the format
    means that by it (Atom); never in a sitemap.
    """
    written = [each for each in (raw.published, *raw.also_published) if each]
    for each in written:
        found = modified if each == raw.updated else parse_timestamp(each, tz=tz, country=country)
        if found is not None:
            return each, found
    if not raw.updated_may_date:
        return (written or [""])[0], None
    if modified is not None:
        return raw.updated, modified
    return (written or [raw.updated])[0], None


def _identity(raw: RawEntry, base: str) -> tuple[str, str]:
    """Find the entry's GUID and its own page: its link, else a GUID that is one.

    A GUID that is a permalink without its host ("/news/1") is made absolute, as readers do.
    """
    inner = (resolve_link(base, raw.base) or base) if raw.base else base
    link = absolute_link(inner, raw.link) if raw.link else ""
    permalink = raw.guid_is_link and raw.guid != "" and " " not in raw.guid
    if not permalink and not raw.guid.startswith(("http://", "https://")):
        return raw.guid, link
    page = absolute_link(inner, raw.guid)
    return (page if raw.guid[:1] == "/" and page else raw.guid), link or page


def _lines(text: str) -> str:
    """The lines of a plain text; one whose markup was escaped is HTML after all."""
    if unescape_markup(text) != text:
        return html_to_text(text)
    lines = (one_line(line) for line in unescape_rest(text).split("\n"))
    return "\n".join(line for line in lines if line)


def _language(tag: str) -> str | None:
    tag = tag.strip()
    return tag.replace("_", "-").lower() if _LANGUAGE_RE.match(tag) else None


def _categories(names: list[str]) -> tuple[str, ...]:
    clean = (one_line(html_to_text(name))[:200] for name in names)
    return tuple(dict.fromkeys(name for name in clean if name))[:_MAX_CATEGORIES]
