"""Say whether a link can name one page.

Feeds and pages give links that lead to many things: the front page, a section, "#", "N/A". Such a
link says nothing about which text is which, so no identity may be built on it.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote, urlsplit

from transforms.text import arabic
from transforms.text.urls import canonicalise_url

_PLACEHOLDER: Final = re.compile(
    r"(?:n/?a|none|null|nil|undefined|unknown|nan|no-?link|no-?url|todo|tbd|test|link|url|false|0|"
    r"لا ?يوجد|غير متوفر|بدون|[#?\-–—_.*/\s]*|javascript:.*|about:blank|about:srcdoc)",
    re.IGNORECASE,
)
_FRONT: Final = re.compile(
    r"/?(?:(?:[a-z]{2}(?:-[a-z]{2})?|arabic|arb|home|main|index|default|front|الرييسيه)"
    r"(?:\.\w{2,5})?/?)?",
    re.IGNORECASE,
)
_SECTION: Final = re.compile(
    r"/(?:category|categories|tag|tags|author|authors|search|archive|archives|rss|feed|تصنيف|قسم|"
    r"وسم|وسوم|بحث|ارشيف)(?:/[^/]{1,40})?(?:/page)?(?:/\d{1,4})?/?\Z",
    re.IGNORECASE,
)
_NAMING: Final = re.compile(r"\d{3,}|(?:[^/\-_\s]+[-_ ]){3,}[^/\-_\s]+")


def is_placeholder(text: str) -> bool:
    """Whether a text stands where a link or an id should, and is none ("N/A", "#", "null")."""
    return _PLACEHOLDER.fullmatch(arabic.normalise_text(text).strip()) is not None


def leads_nowhere(url: str) -> bool:
    """Whether a link is a placeholder, as it stands or made absolute."""
    try:
        path = urlsplit(url).path.rstrip("/") if "://" in url else url
    except ValueError:
        return False
    if is_placeholder(url) or not path:
        return is_placeholder(url)
    segments = unquote(path).split("/")
    if segments[-1] == "0" and len(segments) > 1:
        return False  # a page by its number; the bare number stands for no link
    return is_placeholder(segments[-1]) or is_placeholder("/".join(segments[-2:]))


def names_page(url: str) -> bool:
    """Whether a link can lead to one text and no other.

    Args:
        url: a link, absolute or as written.

    Returns:
        False for what is no http(s) URL, a placeholder, a front page, a section's, tag's or
        author's page, or a search.
    """
    canonical = canonicalise_url(url)
    if not canonical.startswith(("http://", "https://")):
        return False
    try:
        parts = urlsplit(canonical)
    except ValueError:
        return False
    path = unquote(parts.path).strip()
    if parts.fragment or parts.query:
        return True  # a route, or an id in the query
    if _FRONT.fullmatch(arabic.normalise_text(path)):
        return False
    if leads_nowhere(canonical):
        return False
    section = _SECTION.search(arabic.normalise_text(path))
    return section is None or _NAMING.search(path.rsplit("/", 1)[-1]) is not None


def names_entry(guid: str) -> bool:
    """Whether a feed's id can name one entry: no placeholder, no link that names no page."""
    guid = guid.strip()
    if is_placeholder(guid):
        return False
    return not guid.startswith(("http://", "https://")) or names_page(guid)


def is_less_than(claim: str, url: str) -> bool:
    """Whether an address that a page claims names less than the one it was fetched from.

    Args:
        claim: its rel=canonical, say.
        url: where it came from.

    Returns:
        True when the claim is a folder above the page's address, or the address without the query
        that names the page: templates claim their section's address for every article in it.
    """
    try:
        said, got = urlsplit(canonicalise_url(claim)), urlsplit(canonicalise_url(url))
    except ValueError:
        return False
    if said.netloc != got.netloc or (said.path, said.query) == (got.path, got.query):
        return False
    if said.query or _NAMING.search(unquote(said.path).rsplit("/", 1)[-1]):
        return False
    if said.path == got.path:
        return re.search(r"\d{2,}", got.query) is not None
    above = said.path.rstrip("/") + "/"
    rest = unquote(got.path[len(above) :]) if got.path.startswith(above) else ""
    return _NAMING.search(rest) is not None
