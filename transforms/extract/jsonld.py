"""Read what a page says of itself in JSON-LD (schema.org), tolerantly and in bounded time.

A page's scripts may describe many articles: its own, those it links to, the updates of a live
blog. Its own is the node that the page is said to be about (``mainEntity``), else the one whose
address is the page's, else the one with the page's headline, else the first in the document. A
node that names another address and another headline is never the page's.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from transforms.extract import lenient_json
from transforms.text import arabic
from transforms.text.urls import canonicalise_url

_MAX_SCRIPT: Final = 300_000  # characters
_MAX_SCRIPTS: Final = 20
_MAX_NODES: Final = 3000
_MAX_OTHERS: Final = 50
_ARTICLE: Final = re.compile(
    r"(?:\w*Article|BlogPosting|\w*NewsArticle|Report|LiveBlogPosting|Posting)\Z"
)
_LISTING: Final = frozenset(
    {
        "ItemList", "CollectionPage", "SearchResultsPage", "CategoryCodeSet", "Blog",
        "MediaGallery", "ProfilePage",
    }
)  # fmt: skip
# Below a typed node only these lead on to what the page itself is.
_OF_PAGE: Final = frozenset({"@graph", "mainEntity", "mainEntityOfPage", "mainContentOfPage"})
_UNCOUNTED: Final = frozenset({"liveBlogUpdate", "comment", "review"})
_WORD: Final = re.compile(r"\w+")
_SAME: Final = 0.8  # share of a headline's words from which it is the page's own
_RELATED: Final = 0.3  # share of a headline's words below which it is another article's


@dataclass(frozen=True, slots=True)
class StructuredData:
    """What the page's JSON-LD says.

    Attributes:
        article: the node of the page's own article, references resolved; {} when there is none.
        is_listing: a node says that the page is a list or collection.
        listed: how many articles stand inside lists.
        publisher: name of the organisation behind the page; "" when unknown.
        others: the headlines of other articles that the page describes.
    """

    article: dict[str, Any]
    is_listing: bool
    listed: int
    publisher: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """A typed node and where it was found."""

    node: dict[str, Any]
    own: bool  # nothing says that it is only listed, mentioned or part of something
    main: bool  # another node calls it what the page is about
    counted: bool  # of others: an article that the page leads to


def read_jsonld(
    root: Any, *, addresses: tuple[str, ...] = (), headlines: tuple[str, ...] = ()
) -> StructuredData:
    """Read all JSON-LD scripts of a page's tree.

    Args:
        root: the tree.
        addresses: where the page is and what it calls its address.
        headlines: its title and first headings.
    """
    values = _values(root)
    named = _named(values)
    articles: list[_Found] = []
    others: list[dict[str, Any]] = []
    listing, listed, organisation = False, 0, ""
    for found in _nodes(values, named):
        types = node_types(found.node)
        if any(_ARTICLE.match(name) for name in types):
            if found.own:
                articles.append(found)
            else:
                listed += found.counted
                others += [found.node] if found.counted else []
        listing = listing or (found.own and not _LISTING.isdisjoint(types))
        if {"Organization", "NewsMediaOrganization"} & types and not organisation:
            organisation = text_of(found.node.get("name"))
    distinct = {id(found.node) for found in articles}
    if len(distinct) > 3:
        listed += len(distinct)
    own = _choose(articles, addresses, headlines)
    article = _resolved(own, named)
    publisher = text_of(_first(article.get("publisher")).get("name")) or organisation
    others += [found.node for found in articles if own and found.node is not own]
    told = (text_of(node.get("headline")) for node in others[:_MAX_OTHERS])
    told = (html.unescape(headline) for headline in told if headline)
    return StructuredData(article, listing, listed, publisher, tuple(told))


def _choose(
    articles: list[_Found], addresses: tuple[str, ...], headlines: tuple[str, ...]
) -> dict[str, Any]:
    """The node of the page's own article; {} when there is none."""
    if not articles:
        return {}
    here = {canonicalise_url(address) for address in addresses if address}
    titles = [words for title in headlines if (words := _words(title))]
    best: dict[str, Any] = {}
    best_rank = (0, 0)
    for found in articles:
        there = {canonicalise_url(address) for address in _addresses(found.node)}
        said = _words(text_of(found.node.get("headline") or found.node.get("name")))
        likeness = max((_likeness(said, title) for title in titles), default=0.0)
        is_here = bool(here & there)
        elsewhere = bool(there) and not is_here
        contradicts = elsewhere and said and titles and likeness < _RELATED
        if contradicts and (here or not found.main):
            continue
        rank = (1 + found.main + is_here + (likeness >= _SAME), int(not elsewhere))
        if rank > best_rank:
            best, best_rank = found.node, rank
    return best


def _addresses(node: dict[str, Any]) -> Iterator[str]:
    """The addresses by which a node says where its article stands."""
    for key in ("url", "mainEntityOfPage", "@id"):
        value = node.get(key)
        for each in value if isinstance(value, list) else [value]:
            address = each.get("@id") or each.get("url") if isinstance(each, dict) else each
            if isinstance(address, str) and address.startswith(("http://", "https://")):
                yield address.partition("#")[0]


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(arabic.normalise_text(html.unescape(text[:500])).lower()))


def _likeness(said: frozenset[str], title: frozenset[str]) -> float:
    """Share of the shorter one's words that both have; of a single word only if that is all."""
    if said == title:
        return 1.0
    shorter = min(len(said), len(title))
    return len(said & title) / shorter if shorter > 1 else 0.0


def _values(root: Any) -> list[Any]:
    scripts = [s for s in root.iter("script") if "ld+json" in (s.get("type") or "").lower()]
    texts = (script.text or "" for script in scripts[:_MAX_SCRIPTS])
    return [
        value for text in texts if len(text) <= _MAX_SCRIPT for value in lenient_json.load(text)
    ]


def _named(values: list[Any]) -> dict[str, dict[str, Any]]:
    """The nodes with an ``@id``, what several places say of one of them put together."""
    named: dict[str, dict[str, Any]] = {}
    stack = list(reversed(values))
    for _ in range(_MAX_NODES):
        if not stack:
            break
        value = stack.pop()
        if isinstance(value, dict):
            name = value.get("@id")
            if isinstance(name, str) and len(value) > 1:
                known = named.setdefault(name, value)
                alike = "@type" not in value or node_types(known) == node_types(value)
                if known is not value and alike:
                    for key, said in value.items():
                        known.setdefault(key, said)
            stack.extend(reversed([v for v in value.values() if isinstance(v, (dict, list))]))
        elif isinstance(value, list):
            stack.extend(reversed(value[:500]))
    return named


def _nodes(values: list[Any], named: dict[str, dict[str, Any]]) -> list[_Found]:
    """All typed nodes in document order."""
    stack: list[tuple[Any, _Found]] = [
        (value, _Found({}, own=True, main=False, counted=False)) for value in reversed(values)
    ]
    found: list[_Found] = []
    for _ in range(_MAX_NODES):
        if not stack:
            break
        value, at = stack.pop()
        if isinstance(value, list):
            stack.extend((item, at) for item in reversed(value[:500]))
        elif isinstance(value, dict):
            if at.main and set(value) == {"@id"}:
                value = named.get(str(value["@id"]), value)
            if "@type" in value:
                found.append(_Found(value, at.own, at.main, at.counted))
            inner = [item for item in value.items() if isinstance(item[1], (dict, list))]
            stack.extend((item, _below(value, key, at)) for key, item in reversed(inner))
    return found


def _below(node: dict[str, Any], key: str, at: _Found) -> _Found:
    """Whose the nodes under a key are."""
    own = at.own and ("@type" not in node or key in _OF_PAGE)
    main = own and key == "mainEntity"
    return _Found({}, own=own, main=main, counted=not own and key not in _UNCOUNTED)


def _resolved(node: dict[str, Any], named: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """A copy of a node with the nodes it refers to in their places, its texts unescaped."""
    return {key: _filled(value, named) for key, value in node.items()}


def _filled(value: Any, named: dict[str, dict[str, Any]]) -> Any:
    if isinstance(value, list):
        return [_filled(each, named) for each in value[:100]]
    if isinstance(value, dict):
        name = value.get("@id")
        known = named.get(name, {}) if isinstance(name, str) and not value.get("name") else {}
        return {key: _unescaped(said) for key, said in {**known, **value}.items()}
    return _unescaped(value)


def _unescaped(value: Any) -> Any:
    return html.unescape(value) if isinstance(value, str) and "&" in value else value


def node_types(node: dict[str, Any]) -> set[str]:
    """The types of a node, without a namespace."""
    kinds = node.get("@type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return {str(kind).rsplit("/", 1)[-1].rsplit(":", 1)[-1] for kind in kinds if kind}


def text_of(value: Any) -> str:
    """A JSON-LD value as text: of several the first, of a node its name."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or value.get("@id") or ""
    return value.strip() if isinstance(value, str) else ""


def _first(value: Any) -> dict[str, Any]:
    if isinstance(value, list):
        value = value[0] if value else {}
    return value if isinstance(value, dict) else {"name": value}


def author_names(node: dict[str, Any]) -> list[str]:
    """Names of an article's authors that are not said to be organisations."""
    value = node.get("author") or node.get("creator") or []
    names = []
    for author in value if isinstance(value, list) else [value]:
        if isinstance(author, dict) and "Organization" in node_types(author):
            continue
        names.append(text_of(author))
    return [name for name in names if name]
