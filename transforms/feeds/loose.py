"""What is not well-formed: feedparser's forgiving parser, with its expensive corners cut.

Only its loose parser is used, on text that ``clean`` has mended (no document type, no entities,
no illegal references), never its network, file or encoding code. Some of its steps take time
quadratic in one field; those fields are cut before it sees them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, Final

from feedparser.api import LooseFeedParser

from transforms.feeds.plain import looks_like_html
from transforms.feeds.raw import RawEntry, RawFeed, ttl_seconds

_MAX_TEXT: Final = 4_000_000  # code points; honest broken feeds are far smaller
_MAX_MARKS: Final = {"<": 25_000, "&": 100_000}  # each tag costs feedparser some 20 us
_MAX_BASE: Final = 2_000  # code points of a base that nested xml:base attributes build up
_MAX_AUTHOR: Final = 500  # code points
_MAX_TAGS: Final = 100  # feedparser compares each tag with all before it
_LONG_TAG_RE: Final = re.compile(r"<([a-zA-Z][\w:.-]{0,60})[^<>]{20000,}>?")
_LINKS: Final = ("feedburner_origlink", "pheedo_origlink", "link")
_MARKUP_TYPES: Final = frozenset({"text/html", "application/xhtml+xml"})


class _Guarded(LooseFeedParser):
    """feedparser's loose parser without its quadratic steps."""

    resolve_relative_uris = False
    sanitize_html = False

    def unknown_starttag(self, tag: str, attrs: list[tuple[str, str]]) -> None:
        """Handle a start tag, once a base grown too long has been forgotten."""
        base: str = getattr(self, "baseuri", "")
        if len(base) > _MAX_BASE:
            self.baseuri = ""
        super().unknown_starttag(tag, attrs)

    def _sync_author_detail(self, key: str = "author") -> None:
        """Keep a person's name as written: feedparser's pattern for e-mails is quadratic."""
        context = self._get_context()
        people = context.get(f"{key}s")
        if people and people[-1]:
            return
        written = context.get(key)
        if isinstance(written, str) and people:
            people[-1]["name"] = written[:_MAX_AUTHOR]

    def _add_tag(self, term: str | None, scheme: str | None, label: str | None) -> None:
        if len(self._get_context().setdefault("tags", [])) < _MAX_TAGS:
            super()._add_tag(term, scheme, label)


def affordable(text: str) -> str:
    """Cut a text where reading it loosely would take more than about a second."""
    text = text[:_MAX_TEXT]
    for mark, limit in _MAX_MARKS.items():
        if text.count(mark) > limit:
            *_, last = islice(re.finditer(mark, text), limit)
            text = text[: last.start()]
    return text


def read_loosely(text: str, kind: str, url: str) -> RawFeed | None:
    """Read what can be read from a broken feed.

    Args:
        text: mended, ``affordable`` text from the root's start tag on.
        kind: what the root says the feed is; "" when it says nothing.
        url: the feed's address, the base of relative links.

    Returns:
        The feed; None when feedparser gave up on it.
    """
    parser = _Guarded(url, None, "utf-8", {})
    try:
        parser.feed(_LONG_TAG_RE.sub(r"<\1>", text))
    except (ValueError, TypeError, LookupError, AttributeError, RuntimeError, AssertionError):
        if not parser.entries:
            return None
    feed = RawFeed(kind=kind or _kind(parser.version))
    found = parser.feeddata
    feed.title = _string(found, "title")
    feed.language = _string(found, "language")
    feed.home = _string(found, "link")
    for link in _dicts(found.get("links")):
        if link.get("rel") == "self" and not feed.self_link:
            feed.self_link = _string(link, "href")
        elif link.get("rel") == "hub" and not feed.hub:
            feed.hub = _string(link, "href")
    feed.ttl_seconds = ttl_seconds(
        _string(found, "ttl"),
        _string(found, "sy_updateperiod"),
        _string(found, "sy_updatefrequency"),
    )
    feed.entries = [_entry(each) for each in parser.entries]
    return feed


def _kind(version: str) -> str:
    if version.startswith("atom"):
        return "atom"
    if version in {"rss090", "rss10"}:
        return "rdf"
    return "rss" if version.startswith("rss") else "unknown"


def _entry(item: Mapping[str, Any]) -> RawEntry:
    title_kind = _detail_type(item, "title_detail")
    title = _string(item, "title")
    summary = _string(item, "summary")
    contents = list(_dicts(item.get("content")))
    content = max((_string(each, "value") for each in contents), key=len, default="")
    if content and summary == content:
        summary = ""
    return RawEntry(
        guid=_string(item, "id"),
        guid_is_link=bool(item.get("guidislink")),
        link=next(filter(None, (_string(item, name) for name in _LINKS)), ""),
        title=title,
        title_is_html=title_kind in _MARKUP_TYPES or looks_like_html(title),
        summary=summary,
        summary_is_html=looks_like_html(summary),
        content=content,
        authors=_authors(item),
        published=_string(item, "published"),
        also_published=[_string(item, name) for name in ("created", "updated")],
        updated=_string(item, "updated"),
        language=_string(item, "language"),
        categories=[
            _string(tag, "label") or _string(tag, "term") for tag in _dicts(item.get("tags"))
        ],
    )


def _authors(item: Mapping[str, Any]) -> list[str]:
    return [_string(each, "name") for each in _dicts(item.get("authors"))]


def _detail_type(item: Mapping[str, Any], name: str) -> str:
    detail = dict.get(item, name) if isinstance(item, dict) else None
    return str(detail.get("type", "")) if isinstance(detail, dict) else ""


def _string(item: Mapping[str, Any], name: str) -> str:
    """Read a field that feedparser sometimes fills with something else than text."""
    value = dict.get(item, name) if isinstance(item, dict) else None
    return value.strip() if isinstance(value, str) else ""


def _dicts(values: object) -> Iterable[Mapping[str, Any]]:
    if isinstance(values, list):
        for value in values:
            if isinstance(value, dict):
                yield value
