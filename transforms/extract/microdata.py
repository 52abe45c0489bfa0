"""Tell a page's own microdata (schema.org itemprops) from that of articles it leads to.

An itemprop belongs to the nearest itemscope round it. Of the scopes that are articles the page's
own is the one with its headline, else with a marked body, else the longest; what stands in related
lists, comments, images and people is never the page's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice
from typing import Any, Final

from lxml import etree

_SCOPES: Final = etree.XPath("//*[@itemscope]")
_BODIES: Final = etree.XPath(".//*[contains(@itemprop, 'rticleBody') or @itemprop='text']")
_ARTICLE: Final = re.compile(
    r"(?:\A|[/:])(?:\w*Article|\w*Posting|Report|CreativeWork|Review)\s*\Z", re.IGNORECASE
)
_PAGE: Final = re.compile(r"(?:\A|[/:])(?:\w*Page|WebSite|Blog|Thing)?\s*\Z", re.IGNORECASE)
_APART: Final = frozenset({"aside", "nav", "menu"})  # a footer may be that of the headline
_NAMED_APART: Final = re.compile(
    r"related|recommend|read-?(?:also|more|next)|see-?also|more-(?:news|stories|from|on)|"
    r"most-(?:read|popular|viewed)|trending|"
    r"latest-?(?:news|posts|articles|widget)|sidebar|carousel|comment(?!ary)|"
    r"next-?(?:article|story|post)|infinite",
    re.IGNORECASE,
)
_HEADINGS: Final = ("h1", "h2", "h3")
_DEPTH: Final = 100  # ancestors that are looked at
_LITTLE: Final = 200  # characters: a scope with less, headline and body apart, is a teaser
_MANY: Final = 3  # such scopes are a list


def own_scope(root: Any, is_headline: Callable[[str], bool]) -> Any | None:
    """Find the scope of the page's own article.

    Args:
        root: the page's tree.
        is_headline: tells whether a heading's text is the page's headline.

    Returns:
        The element; None when no scope is the page's.
    """
    scopes = [each for each in _SCOPES(root) if _is_article(each) and not stands_apart(each)]
    best, best_rank = None, (False, False, 0, _LITTLE - 1)
    for scope in scopes[:200]:
        headed = any(is_headline("".join(h.itertext())) for h in scope.iter(*_HEADINGS))
        length = len("".join(scope.itertext()))
        nested = sum(1 for _ in scope.iterancestors()) if headed else 0  # the innermost of several
        rank = (headed, bool(_BODIES(scope)), nested, length)
        if rank > best_rank:
            best, best_rank = scope, rank
    return None if len(scopes) >= _MANY and not (best_rank[0] or best_rank[1]) else best


def is_own(element: Any, scope: Any | None) -> bool:
    """Whether an element's itemprop speaks of the page's own article.

    Args:
        element: an element with an itemprop.
        scope: what ``own_scope`` found.
    """
    owner = _owner(element)
    if owner is not None and scope is not None and (owner is scope or owner in _above(scope)):
        return True
    of_page = owner is None or _PAGE.search(owner.get("itemtype") or "") is not None
    return of_page and not stands_apart(element)


def is_anothers(element: Any, heading: Any) -> bool:
    """Whether an element stands in the scope of an article that the page's headline is not in."""
    above = _above(heading)
    scopes = (each for each in [element, *_above(element)] if "itemscope" in each.attrib)
    article = next((each for each in scopes if _is_article(each)), None)
    return article is not None and article not in above


def marked_bodies(scope: Any) -> list[Any]:
    """The elements below a scope (or a page) that are marked as the article's body."""
    found: list[Any] = _BODIES(scope)
    return [element for element in found if _owner(element) in {None, scope}]


def _owner(element: Any) -> Any | None:
    """The nearest scope round an element."""
    return next((each for each in _above(element) if "itemscope" in each.attrib), None)


def _above(element: Any) -> list[Any]:
    return list(islice(element.iterancestors(), _DEPTH))


def stands_apart(element: Any) -> bool:
    """Whether an element stands in a box beside the article: related, latest, comments."""
    for _ in range(_DEPTH):
        if element is None or element.tag in {"body", "html"}:
            break
        if element.tag in _APART:
            return True
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        if len(names) > 4 and _NAMED_APART.search(names):
            return next(element.iter("h1"), None) is None
        element = element.getparent()
    return False


def _is_article(scope: Any) -> bool:
    return _ARTICLE.search(scope.get("itemtype") or "") is not None
