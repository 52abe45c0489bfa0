"""Namespaces of feeds: what they stand for, and what is meant where they are wrong or missing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

# Namespace, as ``plain`` spells it -> what stands before an element's name in ``tree``.
_PREFIXES: Final = {
    "http://backend.userland.com/rss": "",
    "http://backend.userland.com/rss2": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://purl.org/rss/1.0": "",
    "http://my.netscape.com/rdf/simple/0.9": "",
    "http://channel.netscape.com/rdf/simple/0.9": "",
    "http://example.com/newformat": "",
    "http://example.com/necho": "",
    "http://purl.org/echo": "",
    "uri/of/echo/namespace": "",
    "http://purl.org/pie": "",
    "http://purl.org/atom/ns": "",
    "http://www.w3.org/2005/atom": "",
    "http://purl.org/rss/1.0/modules/rss091": "",
    "http://www.sitemaps.org/schemas/sitemap/0.9": "",
    "http://www.google.com/schemas/sitemap/0.84": "",
    "http://www.google.com/schemas/sitemap/0.9": "",
    "http://purl.org/dc/elements/1.1": "dc:",
    "http://purl.org/dc/elements/1.0": "dc:",
    "http://purl.org/dc/terms": "dcterms:",
    "http://purl.org/rss/1.0/modules/content": "content:",
    "http://purl.org/rss/1.0/modules/syndication": "sy:",
    "http://search.yahoo.com/mrss": "media:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
    "http://example.com/dtds/podcast-1.0.dtd": "itunes:",
    "http://www.w3.org/1999/xhtml": "xhtml:",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns": "rdf:",
    "http://www.google.com/schemas/sitemap-news/0.9": "news:",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner:",
    "http://www.pheedo.com/namespace/pheedo": "pheedo:",
}
# What a prefix stands for wherever it is declared as something unknown, or not at all.
_USUAL: Final = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
    "pheedo": "http://www.pheedo.com/namespace/pheedo",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
}
# The namespace of a root without a prefix, by the root's name.
_OF_ROOT: Final = {
    "feed": "http://www.w3.org/2005/Atom",
    "urlset": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "sitemapindex": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "rss": "http://backend.userland.com/rss2",
    "channel": "http://backend.userland.com/rss2",
}
_ROOT_TAG: Final = re.compile(
    r"<(?:([\w.-]{1,40}):)?([a-zA-Z][\w.-]{0,40})((?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*)(?=/?>)"
)
_DECLARED: Final = re.compile(r"\sxmlns(?::([\w.-]{1,40}))?\s*=\s*(?:\"([^\"<]*)\"|'([^'<]*)')")
_USED: Final = re.compile(
    r"</?([a-zA-Z_][\w.-]{0,40}):|\s([a-zA-Z_][\w.-]{0,40}):[\w.-]{1,40}\s*=\s*[\"']"
)
_MOST_PREFIXES: Final = 50


def plain(namespace: str) -> str:
    """Spell a namespace as all its variants are spelled: lower case, http, no mark at its end."""
    namespace = namespace.strip().lower().replace("https://", "http://", 1)
    return namespace.rstrip("/#")


def prefix_of(namespace: str) -> str | None:
    """What stands before the names of a namespace's elements; None for one nobody knows."""
    return _PREFIXES.get(plain(namespace))


def with_namespaces(text: str, *, undeclared: bool = False) -> str:
    """Correct the declarations of a root element where they are wrong or missing.

    Args:
        text: a feed from its root's start tag on.
        undeclared: also declare the prefixes that nothing declares; looks at the whole text.

    Returns:
        The text, its root's start tag changed at most: a usual prefix (news, dc ...) that stands
        for an unknown namespace stands for the usual one, and so does the root's own.
    """
    root = _ROOT_TAG.match(text)
    if root is None:
        return text
    attributes = _DECLARED.sub(lambda match: _declaration(match, root[1], root[2]), root[3])
    if undeclared:
        known = {match[1] or "" for match in _DECLARED.finditer(root[3])} | {"xml", "xmlns"}
        attributes += "".join(_missing(_USED.finditer(text), known))
    return text[: root.start(3)] + attributes + text[root.end(3) :]


def _declaration(match: re.Match[str], own: str | None, name: str) -> str:
    prefix = match[1]
    if prefix_of(match[2] or match[3] or "") is not None:
        return match[0]
    usual = _USUAL.get(prefix.lower()) if prefix else None
    if usual is None and prefix == own:
        usual = _OF_ROOT.get(name.lower())
    return match[0] if usual is None else f' xmlns{":" if prefix else ""}{prefix or ""}="{usual}"'


def _missing(used: Iterable[re.Match[str]], known: set[str]) -> Iterable[str]:
    """Declarations of the prefixes that are used and not known."""
    for match in used:
        prefix = match[1] or match[2]
        if prefix in known or len(known) > _MOST_PREFIXES:
            continue
        known.add(prefix)
        yield f' xmlns:{prefix}="{_USUAL.get(prefix.lower(), f"urn:undeclared:{prefix}")}"'
