"""Find where a page's own article begins and ends, before its prose is weighed.

Pages go on: infinite scroll and "next story" boxes put whole articles below the one that was asked
for. What is marked as the article's body is believed; what is an article of its own, with a
headline and prose, below the one with the page's headline, is taken out. Sections of one long
article, with a subheading each, are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Final

from transforms.extract import blocks as b
from transforms.extract import microdata, phrases

_BODY_NAMES: Final = re.compile(
    r"(?:\A|\s)(?:article|story|entry|post|news|single|main)[-_]*(?:body|content|text)(?:\s|\Z)|"
    r"(?:\A|\s)(?:body|text)-?(?:article|content)(?:\s|\Z)",
    re.IGNORECASE,
)
_UNIT_NAMES: Final = re.compile(
    r"(?:\A|[\s_-])(?:article|story|post|news|entry|single|hentry)(?:[\s_-]|\Z)", re.IGNORECASE
)
_FOLLOWING_NAMES: Final = re.compile(
    r"next[-_]?(?:article|story|post|news)|(?:article|story|post)[-_]next\b|infinite|auto-?load|"
    r"following[-_]?(?:article|story|post)|load-?more",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(r"\Adata-.*(?:url|href|link|slug|permalink|title)")
_STAMP_NAMES: Final = re.compile(r"date|time|publish|byline|author|meta", re.IGNORECASE)
_CONTAINERS: Final = ("article", "div", "section", "main", "td", "li")
_HEADINGS: Final = ("h1", "h2", "h3")
_LINKED: Final = ("div", "p", "strong", "b")  # what a headline without a heading may stand in
_MAX_LEVELS: Final = 40  # from the headline up; each costs a look at all prose below it
_MAX_BODIES: Final = 50
_OWN: Final = 60  # characters of prose that an article has at least
_WHOLE: Final = 150  # characters of prose below a headline that make it an article of its own
_TRUSTED: Final = 150  # characters of a marked body
_MOST: Final = 0.5  # of the page's prose
_SHARE: Final = 0.25  # of the page's prose: a container that is only named like a body has more


def take_out_following(
    page: Any, is_headline: Callable[[str], bool], is_other: Callable[[str], bool]
) -> None:
    """Take the articles that follow the page's own out, in place.

    Args:
        page: the cleaned tree.
        is_headline: tells whether a heading's text is the page's headline.
        is_other: tells whether it is that of another article which the page describes.
    """
    headline = _headline(page, is_headline)
    if headline is None:
        return
    chain = {headline, *headline.iterancestors()}
    for box in list(page.iter("div", "section", "article", "ul")):
        names = _names(box)
        if len(names) > 4 and _FOLLOWING_NAMES.search(names) and box not in chain:
            b.remove(box)
    level = headline
    for _ in range(_MAX_LEVELS):
        if level is None or level is page:
            return
        for other in [
            *_articles_after(level, headline, is_other),
            *_articles_before(level, is_other),
        ]:
            other.tail = None
            b.remove(other)
        level = level.getparent()


def marked_body(page: Any, scope: Any | None, weigh: Callable[[Any], int]) -> Any | None:
    """Find the container that is marked as the article's body.

    Args:
        page: the cleaned tree.
        scope: the microdata scope of the page's own article; None when there is none.
        weigh: characters of prose in an element.

    Returns:
        The container; None when nothing is marked, or what is marked holds no article.
    """
    total = weigh(page)
    inside = scope if scope is not None and page in set(scope.iterancestors()) else page
    marked = [e for e in microdata.marked_bodies(inside) if not microdata.stands_apart(e)]
    if len(marked) == 1 and weigh(marked[0]) >= _TRUSTED:
        return marked[0]
    named = _outermost(e for e in page.iter("div", "section", "td") if _is_body(e))
    articles = _outermost(e for e in page.iter("article") if not microdata.stands_apart(e))
    if len(named) == 1 and weigh(named[0]) >= max(_TRUSTED, _SHARE * total):
        return named[0]
    if len(articles) == 1:  # unless it has the page's headline, it may be any card
        headed = next(articles[0].iter("h1"), None) is not None
        if weigh(articles[0]) >= max(_TRUSTED, (_SHARE if headed else _MOST) * total):
            return articles[0]
    return None


def _is_body(element: Any) -> bool:
    names = element.get("class") or element.get("id")
    if not names or len(names) < 4:
        return False
    own = f"{element.get('class') or ''} {element.get('id') or ''}"
    return _BODY_NAMES.search(own) is not None and not microdata.stands_apart(element)


def _outermost(elements: Iterator[Any]) -> list[Any]:
    """Those of some elements, in document order, that stand in no other of them."""
    found: list[Any] = []
    for element in islice(elements, _MAX_BODIES):
        if not found or found[-1] not in set(element.iterancestors()):
            found.append(element)
    return found


def _headline(page: Any, is_headline: Callable[[str], bool]) -> Any | None:
    """The element of the page's headline: the heading that says it, else an only h1."""
    firsts = []
    for heading in page.iter(*_HEADINGS):
        if is_headline("".join(heading.itertext())):
            return heading
        if heading.tag == "h1":
            firsts.append(heading)
    return firsts[0] if len(firsts) == 1 else None


def _articles_after(level: Any, headline: Any, is_other: Callable[[str], bool]) -> list[Any]:
    """The siblings after ``level`` that are other articles, or the paragraphs of one.

    ``level`` holds the page's headline. It is a whole article by itself, or its siblings are the
    paragraphs of one; then a heading ends it, and all that follows is another's.
    """
    found = []
    prose = _prose(level) if level is not headline else 0
    own_article = False
    for sibling in level.itersiblings():
        tag = sibling.tag
        linked = tag in _LINKED and prose >= _WHOLE and _is_linked(sibling)
        if tag in _CONTAINERS and not linked:
            headed = _has_headline(sibling)
            if headed and (prose >= _OWN or own_article) and _is_unit(sibling, level, is_other):
                found.append(sibling)
            if headed:  # a section of ours: the sections of a page are no evidence for each other
                continue
            own_article = own_article or (tag == "article" and _prose(sibling) >= _OWN)
        elif prose >= _WHOLE and _starts_article(sibling, tag, is_other):
            return [*found, sibling, *sibling.itersiblings()]
        prose += _prose(sibling)
    return found


def _articles_before(level: Any, is_other: Callable[[str], bool]) -> list[Any]:
    """Whole articles that stand above the page's own as its like: what was featured or pinned."""
    if level.tag not in _CONTAINERS or _prose(level) < _OWN:
        return []
    return [
        sibling
        for sibling in level.itersiblings(preceding=True)
        if sibling.tag == level.tag
        and sibling.get("class") == level.get("class")
        and _has_headline(sibling)
        and _is_unit(sibling, level, is_other)
    ]


def _is_unit(element: Any, own: Any, is_other: Callable[[str], bool]) -> bool:
    """Whether a container with a headline is an article of its own, not a section of ours."""
    if _prose(element) < _WHOLE:
        return False
    if element.tag == "article" or next(element.iter("h1"), None) is not None:
        return True
    if "itemscope" in element.attrib and "Article" in (element.get("itemtype") or ""):
        return True
    heading = next(element.iter(*_HEADINGS))
    alike = element.tag == own.tag and element.get("class") == own.get("class")
    if alike and (_UNIT_NAMES.search(_names(element)) or _has_address(element, heading)):
        return True
    return _is_stamped(heading) or is_other("".join(heading.itertext()))


def _has_address(element: Any, heading: Any) -> bool:
    """Whether a container names an address of its own, or its heading links to one."""
    if heading.find(".//a") is not None:
        return True
    return any(_ADDRESS.search(name) is not None for name in element.attrib)


def _starts_article(element: Any, tag: str, is_other: Callable[[str], bool]) -> bool:
    """Whether a heading or a label between paragraphs starts another article."""
    text = "".join(element.itertext()).strip()
    starts = len(text) <= 60 and phrases.is_next_label(text)
    linked = tag in {*_LINKED, *_HEADINGS} and _is_linked(element)
    if tag == "h1":
        starts = len(text) >= 15 or (linked and _is_stamped(element))
    elif tag in {"h2", "h3"}:
        starts = starts or is_other(text) or ((len(text) >= 20 or linked) and _is_stamped(element))
    elif linked:
        starts = starts or _is_stamped(element)
    return starts and sum(_prose(after) for after in element.itersiblings()) >= _WHOLE


def _is_stamped(heading: Any) -> bool:
    """Whether a date or a byline of its own stands right below a heading."""
    after = heading.getnext()
    if after is None:
        return False
    if after.tag == "time":
        return True
    if len("".join(after.itertext())) > 120:
        return False
    if next(after.iter("time"), None) is not None or _STAMP_NAMES.search(_names(after)):
        return True
    return phrases.is_date_line("".join(after.itertext()).strip())


def _is_linked(element: Any) -> bool:
    """Whether all that an element says is a headline which links to another address."""
    text = " ".join("".join(element.itertext()).split())
    links = [link for link in element.iter("a") if (link.get("href") or "#")[0] != "#"]
    return 5 <= len(text) <= 160 and len(links) == 1 and _outside_links(element) <= 2


def _has_headline(element: Any) -> bool:
    """Whether a container opens with a heading: before it stands hardly any prose."""
    heading = next(element.iter("h1", "h2"), None)
    if heading is None or len("".join(heading.itertext()).strip()) < 10:
        return False
    before = 0
    for paragraph in element.iter("p", heading.tag):
        if paragraph is heading:
            break
        before += len("".join(paragraph.itertext()))
    return before < 100


def _prose(element: Any) -> int:
    """Characters of paragraphs outside links."""
    if element.tag == "p":
        return _outside_links(element)
    if not isinstance(element.tag, str) or element.tag in _HEADINGS:
        return 0
    paragraphs = sum(_outside_links(p) for p in element.iter("p"))
    if paragraphs or element.tag not in _CONTAINERS:
        return paragraphs
    return _outside_links(element) - sum(
        len("".join(heading.itertext())) for heading in element.iter(*_HEADINGS)
    )


def _outside_links(element: Any) -> int:
    text = len(" ".join("".join(element.itertext()).split()))
    return text - sum(len("".join(link.itertext())) for link in element.iter("a"))


def _names(element: Any) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"
