"""Read what a page says of itself in JSON-LD (schema.org), tolerantly and in bounded time."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final

_MAX_SCRIPT: Final = 300_000  # characters
_MAX_SCRIPTS: Final = 20
_MAX_NODES: Final = 3000
_TRAILING_COMMA: Final = re.compile(r",\s*([}\]])")
_ARTICLE: Final = re.compile(
    r"(?:\w*Article|BlogPosting|\w*NewsArticle|Report|LiveBlogPosting|Posting)\Z"
)
_LISTING: Final = frozenset(
    {"ItemList", "CollectionPage", "SearchResultsPage", "CategoryCodeSet", "Blog", "MediaGallery"}
)
_OF_OTHERS: Final = frozenset(
    {
        "itemListElement", "hasPart", "mentions", "citation", "isPartOf", "relatedLink",
        "comment", "review", "about", "mainEntity", "blogPost",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StructuredData:
    """What the page's JSON-LD says.

    Attributes:
        article: the node of the page's own article; {} when there is none.
        is_listing: a node says that the page is a list or collection.
        listed: how many articles stand inside lists.
        publisher: name of the organisation behind the page; "" when unknown.
    """

    article: dict[str, Any]
    is_listing: bool
    listed: int
    publisher: str


def read_jsonld(root: Any) -> StructuredData:
    """Read all JSON-LD scripts of a page's tree."""
    articles: list[dict[str, Any]] = []
    listing, listed, organisation = False, 0, ""
    for node, of_others in _nodes(root):
        types = node_types(node)
        if any(_ARTICLE.match(name) for name in types):
            if of_others:
                listed += 1
            else:
                articles.append(node)
        listing = listing or (not of_others and not _LISTING.isdisjoint(types))
        if {"Organization", "NewsMediaOrganization"} & types and not organisation:
            organisation = text_of(node.get("name"))
    article = max(articles, key=_richness, default={})
    publisher = text_of(_first(article.get("publisher")).get("name")) or organisation
    if len(articles) > 3:
        listed += len(articles)
    return StructuredData(article, listing, listed, publisher)


def _richness(node: dict[str, Any]) -> int:
    return sum(bool(node.get(key)) for key in ("datePublished", "headline", "author", "publisher"))


def _nodes(root: Any) -> list[tuple[dict[str, Any], bool]]:
    """All typed nodes, and whether each belongs to something else that the page only lists."""
    stack: list[tuple[Any, bool]] = []
    scripts = [s for s in root.iter("script") if "ld+json" in (s.get("type") or "").lower()]
    stack.extend((_load(script.text or ""), False) for script in scripts[:_MAX_SCRIPTS])
    found = []
    steps = 0
    while stack and steps < _MAX_NODES:
        value, of_others = stack.pop()
        steps += 1
        if isinstance(value, list):
            stack.extend((item, of_others) for item in value[:500])
        elif isinstance(value, dict):
            if "@type" in value:
                found.append((value, of_others))
            stack.extend(
                (item, of_others or key in _OF_OTHERS)
                for key, item in value.items()
                if isinstance(item, (dict, list))
            )
    return found


def _load(text: str) -> Any:
    """Parse one script; a second try mends what is commonly broken; None when it stays broken."""
    if len(text) > _MAX_SCRIPT:
        return None
    text = text.strip().removeprefix("<![CDATA[").removesuffix("]]>").strip().rstrip(";")
    for attempt in (text, _TRAILING_COMMA.sub(r"\1", text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


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
