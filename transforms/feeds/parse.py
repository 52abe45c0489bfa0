"""Bytes of a feed -> its entries, whatever the format and however broken.

The way: decode by our own decoder, clean (``clean``), read the well-formed by lxml (``tree``),
mend and read again, read the rest by feedparser's loose parser (``loose``), then understand the
fields here: links absolute, dates in UTC, texts plain, authors clean.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal, cast

from transforms.feeds.authors import clean_authors
from transforms.feeds.clean import Source, count_items, prepare, repair
from transforms.feeds.jsonfeed import read_json
from transforms.feeds.loose import affordable, read_loosely
from transforms.feeds.plain import html_to_text, one_line
from transforms.feeds.raw import RawEntry, RawFeed
from transforms.feeds.tree import read_tree
from transforms.records import Entry, Feed, ParsedFeed
from transforms.rejects import Reason
from transforms.text.dates import parse_timestamp
from transforms.text.encoding import decode_bytes
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
        data: the document: RSS 0.9 to 2.0, RDF, Atom, JSON Feed, a (news) sitemap or an index.
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
    if not data.strip():
        return ParsedFeed(url, "unknown", reason="empty_input", detail="no bytes")
    known = {name.lower(): value for name, value in (headers or {}).items()}
    detail, beyond = "", 0
    if len(data) > max_bytes:
        detail = f"cut at {max_bytes} of {len(data)} bytes"
        beyond = data.count(b"<item", max_bytes) + data.count(b"<entry", max_bytes)
        data = data[:max_bytes]
    text = decode_bytes(data, content_type=known.get("content-type", ""), markup="xml").text
    text = text.lstrip("\ufeff \t\r\n\x00")
    base = resolve_link(url, known.get("content-location", "")) or url
    if text[:1] in {"{", "["}:
        raw, dropped = read_json(text), 0
        if raw is None:
            return _nothing(url, "too_large" if detail else "not_a_feed", detail or "JSON")
    else:
        source = prepare(text, max_entries)
        if detail and source.kind and _WHOLE_RE.search(source.text) is None:
            return _nothing(url, "too_large", detail)  # its first entry alone is
        raw, left_out = _read(source, base)
        dropped = source.dropped + left_out + beyond
        if raw is None:
            return _unread(url, source, detail)
    if detail and not raw.entries and not raw.children:
        return _nothing(url, "too_large", detail)
    return _understand(raw, url, base, feed, max_entries, dropped, detail)


def _read(source: Source, base: str) -> tuple[RawFeed | None, int]:
    """Read XML by the first reader that can; with it, how many items were left out."""
    if source.is_html or not source.root:
        return None, 0
    if source.kind:
        raw = read_tree(source.text, source.kind)
        if raw is not None:
            return raw, 0
    mended = repair(source)
    raw = read_tree(mended, source.kind) if source.kind else None
    if raw is not None:
        return raw, 0
    text = affordable(mended)
    raw = read_loosely(text, source.kind, base)
    if raw is None or (not source.kind and not raw.entries and raw.kind == "unknown"):
        return None, 0
    return raw, count_items(mended[len(text) :], source.kind)


def _unread(url: str, source: Source, detail: str) -> ParsedFeed:
    """Say why nothing could be read."""
    if source.is_html:
        return _nothing(url, "not_a_feed", "a web page")
    if detail:
        return _nothing(url, "too_large", detail)
    if not source.root:
        return _nothing(url, "not_a_feed", "no markup")
    if not source.kind:
        return _nothing(url, "not_a_feed", f"root element {source.root[:40]}")
    return _nothing(url, "bad_feed", "no item could be read")


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
        base = resolve_link("", raw.self_link) or resolve_link("", raw.home) or base
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
        home_url=resolve_link(base, raw.home),
        self_url=resolve_link(base, raw.self_link),
        hub_url=resolve_link(base, raw.hub),
        ttl_seconds=raw.ttl_seconds,
        skip_hours=raw.skip_hours,
        skip_days=raw.skip_days,
        children=tuple(filter(None, (resolve_link(base, each) for each in raw.children))),
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
    title = html_to_text(raw.title) if raw.title_is_html else raw.title
    summary = html_to_text(raw.summary) if raw.summary_is_html else _lines(raw.summary)
    content = raw.content
    if not content and len(summary) >= _FULL_TEXT and not _CUT_OFF_RE.search(summary[-20:]):
        content, summary = raw.summary, ""
    published = parse_timestamp(raw.published, tz=tz, country=country) if raw.published else None
    if raw.updated == raw.published:
        modified = published
    else:
        modified = parse_timestamp(raw.updated, tz=tz, country=country) if raw.updated else None
    if published is None and modified is not None and not raw.published:
        published = modified
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
        published_raw=(raw.published or raw.updated)[:200],
        published_at=published.value if published else None,
        published_precision=published.precision if published else None,
        modified_at=modified.value if modified else None,
        language=_language(raw.language) or language,
        categories=_categories(raw.categories),
    )


def _identity(raw: RawEntry, base: str) -> tuple[str, str]:
    """Find the entry's GUID and its own page: its link, else a GUID that is one.

    A GUID that is a permalink without its host ("/news/1") is made absolute, as readers do.
    """
    inner = (resolve_link(base, raw.base) or base) if raw.base else base
    link = resolve_link(inner, raw.link) if raw.link else ""
    permalink = raw.guid_is_link and raw.guid != "" and " " not in raw.guid
    if not permalink and not raw.guid.startswith(("http://", "https://")):
        return raw.guid, link
    page = resolve_link(inner, raw.guid)
    return (page if raw.guid[:1] == "/" and page else raw.guid), link or page


def _lines(text: str) -> str:
    lines = (one_line(line) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _language(tag: str) -> str | None:
    tag = tag.strip()
    return tag.replace("_", "-").lower() if _LANGUAGE_RE.match(tag) else None


def _categories(names: list[str]) -> tuple[str, ...]:
    clean = (one_line(html_to_text(name))[:200] for name in names)
    return tuple(dict.fromkeys(name for name in clean if name))[:_MAX_CATEGORIES]
