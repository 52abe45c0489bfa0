"""Links as feeds write them, made absolute: also those that have lost their scheme."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from transforms.text.urls import resolve_link

# "http:/host", "https//host", "http:host", "https:///host": a scheme that was damaged.
_DAMAGED: Final = re.compile(
    r"(https?)(?:://{2,}|:/(?!/)|//|:(?=[\w-]+\.)|%3a//)(?=[\w-])", re.IGNORECASE
)
_TWICE: Final = re.compile(r"https?:/{0,2}(?=https?:/)", re.IGNORECASE)
_HOST: Final = re.compile(r"(?:[\w-]{1,63}\.){1,8}([^\W\d_]{2,24})(?::\d{1,5})?(?=[/?#]|\Z)")
_FILES: Final = frozenset(
    [
        *("asp", "aspx", "atom", "cfm", "cgi", "do", "gif", "htm", "html", "jpeg", "jpg", "js"),
        *("json", "jsp", "pdf", "php", "png", "rdf", "rss", "shtml", "svg", "txt", "webp", "xml"),
    ]
)


def absolute_link(base: str, href: str) -> str:
    """Make a link of a feed absolute.

    Args:
        base: the URL it was found at; "" when there is none.
        href: the link as written. One that begins with a host ("www.a.example/1",
            "a.example/1") has lost its scheme; a name with the ending of a file has not.

    Returns:
        An absolute http(s) URL; "" when there is none.
    """
    link = href.strip()
    link = _TWICE.sub("", link, count=1)
    link = _DAMAGED.sub(lambda match: f"{match[1]}://", link, count=1) if _damaged(link) else link
    match = _HOST.match(link)
    if match is None or (match[1].lower() in _FILES and not link.lower().startswith("www.")):
        return resolve_link(base, link)
    rooted = match.end() < len(link) or link.lower().startswith("www.")
    if not rooted and not _same_site(base, match[0]):
        return resolve_link(base, link)
    scheme = "http" if base.startswith("http:") else "https"
    return resolve_link("", f"{scheme}://{link}")


def _damaged(link: str) -> bool:
    return _DAMAGED.match(link) is not None


def _same_site(base: str, host: str) -> bool:
    """Whether a bare name is the host of the base: "a.example" alone may be a file's name."""
    try:
        own = urlsplit(base).hostname or ""
    except ValueError:
        return False
    return own.removeprefix("www.") == host.lower().removeprefix("www.")
