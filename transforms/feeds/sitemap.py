"""News sitemaps and their indexes: by local names, since their namespaces are often wrong."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from itertools import islice
from typing import Any, Final

from transforms.feeds.raw import RawEntry, RawFeed

_MAX_CATEGORIES: Final = 100
_FIELDS: Final = ("loc", "lastmod", "publication_date", "title", "language", "keywords")
_MAX_TEXT: Final = 10_000  # code points of one field
_MAX_FIELDS: Final = 20  # of one item: it has at most a handful
# What lists other things than the page, with addresses and titles of their own.
_MEDIA: Final = re.compile(r"<(?:image|video):(?:image|video)\b", re.IGNORECASE)
_MEDIA_END: Final = re.compile(r"</(?:image|video):(?:image|video)\s*>", re.IGNORECASE)
_ITEM: Final = re.compile(r"<(?:[\w.-]{1,40}:)?(url|sitemap)(?=[\s>])[^<>]*>", re.IGNORECASE)
_FIELD: Final = re.compile(
    rf"<(?:(?!image:|video:)[\w.-]{{1,40}}:)?({'|'.join(_FIELDS)})(?=[\s>])[^<>]*>\s*"
    r"(?:<!\[CDATA\[(.*?)\]\]>|([^<]*))",
    re.DOTALL | re.IGNORECASE,
)


def read_sitemap(root: Any, kind: str) -> RawFeed:
    """Read a sitemap from its tree.

    Args:
        root: the element ``urlset`` or ``sitemapindex``.
        kind: sitemap or sitemapindex.

    Returns:
        Its pages as entries; the sitemaps that an index lists, the latest day first.
    """
    items = ((_local(child), _fields(child)) for child in root)
    return _feed(kind, items)


def read_sitemap_loosely(text: str, kind: str) -> RawFeed:
    """Read what can be read of a sitemap whose tags do not match.

    Args:
        text: the document, without document type.
        kind: sitemap or sitemapindex.
    """
    text = _without_media(text)
    starts = list(_ITEM.finditer(text))
    items = []
    for number, start in enumerate(starts):
        end = starts[number + 1].start() if number + 1 < len(starts) else len(text)
        fields: dict[str, str] = {}
        for match in islice(_FIELD.finditer(text, start.end(), end), _MAX_FIELDS):
            value = match[2] if match[2] is not None else html.unescape(match[3])
            if value.strip():
                fields.setdefault(match[1].lower(), value.strip()[:_MAX_TEXT])
        items.append((start[1].lower(), fields))
    return _feed(kind, items)


def _without_media(text: str) -> str:
    """Take out what lists images and videos; linear, whatever is left open."""
    pieces, position = [], 0
    while (start := _MEDIA.search(text, position)) is not None:
        end = _MEDIA_END.search(text, start.end())
        if end is None:
            break
        pieces.append(text[position : start.start()])
        position = end.end()
    return "".join((*pieces, text[position:]))


def _feed(kind: str, items: Iterable[tuple[str, dict[str, str]]]) -> RawFeed:
    """Sort pages and sitemaps; what has no address is none."""
    feed = RawFeed(kind=kind)
    listed: list[tuple[str, str]] = []
    for name, fields in items:
        address = fields.get("loc", "")
        if name == "sitemap" and address:
            listed.append((fields.get("lastmod", "")[:10], address))
        elif name == "url" and address:
            feed.entries.append(_entry(fields))
    listed.sort(key=lambda each: each[0], reverse=True)
    feed.children = [address for _, address in listed]
    return feed


def _entry(fields: dict[str, str]) -> RawEntry:
    keywords = fields.get("keywords", "")
    return RawEntry(
        link=fields["loc"],
        title=fields.get("title", ""),
        published=fields.get("publication_date", ""),
        updated=fields.get("lastmod", ""),
        updated_may_date=False,
        language=fields.get("language", ""),
        categories=keywords.split(",")[:_MAX_CATEGORIES] if keywords else [],
    )


def _local(element: Any) -> str:
    """The name of an element without its namespace, in lower case; "" for what is none."""
    tag = element.tag
    return str(tag).rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def _fields(item: Any) -> dict[str, str]:
    """The texts of an item: its own, and those of its news and publication elements."""
    found: dict[str, str] = {}
    for child in item:
        name = _local(child)
        if name in {"news", "publication"}:
            for key, value in _fields(child).items():
                found.setdefault(key, value)
        elif name in _FIELDS and not _of_media(child):
            value = "".join(child.itertext()).strip()[:_MAX_TEXT]
            if value:
                found.setdefault(name, value)
    return found


def _of_media(element: Any) -> bool:
    """Whether an element stands for an image or a video, by its prefix."""
    return (element.prefix or "").lower() in {"image", "video"}
