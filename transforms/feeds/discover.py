"""Find the feeds that a web page announces, when a page stands where a feed was expected."""

from __future__ import annotations

import html
import re
from typing import Final

from transforms.text.encoding import decode_bytes
from transforms.text.urls import canonicalise_url, resolve_link

_HEAD: Final = 500_000  # code points that are searched
_MAX_FEEDS: Final = 50
_LINK_RE: Final = re.compile(r"<(link|a|base)\s([^<>]{1,2000})>", re.IGNORECASE)
_ATTRIBUTE_RE: Final = re.compile(
    r"([a-zA-Z]{1,12})\s{0,5}=\s{0,5}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))"
)
_TYPES: Final = frozenset(
    {
        *("application/rss+xml", "application/atom+xml", "application/rdf+xml"),
        *("application/feed+json", "text/rss+xml", "application/x-rss+xml"),
    }
)
_COMMENTS_RE: Final = re.compile(r"/comments?(?:/|\b)|comments=|تعليقات", re.IGNORECASE)


def discover_feeds(data: bytes, *, url: str, content_type: str = "") -> tuple[str, ...]:
    """List the feeds a page announces in ``<link rel="alternate">``.

    Args:
        data: the page.
        url: where it came from.
        content_type: the response header.

    Returns:
        Absolute addresses in the order of the page, each once, feeds of comments last.
    """
    text = decode_bytes(data, content_type=content_type, markup="html").text[:_HEAD]
    found: dict[str, str] = {}
    base = url
    for match in _LINK_RE.finditer(text):
        known = {
            name.lower(): html.unescape(double or single or bare).strip()
            for name, double, single, bare in _ATTRIBUTE_RE.findall(match[2])
        }
        if match[1].lower() == "base":
            base = resolve_link(url, known.get("href", "")) or base
            continue
        rel = known.get("rel", "").lower().split()
        if known.get("type", "").lower() not in _TYPES or not {"alternate", "feed"} & set(rel):
            continue
        link = resolve_link(base, known.get("href", ""))
        if link:
            found.setdefault(canonicalise_url(link), link)
    ordered = sorted(found.values(), key=lambda link: bool(_COMMENTS_RE.search(link)))
    return tuple(ordered[:_MAX_FEEDS])
