"""Measure where the prose of a page is, and cut the page down to it.

A block is a paragraph, or text that stands directly in a container (with line breaks). Its weight
is its text outside links. The container of the article is the lowest element that still holds
nearly all weight: what trafilatura is then asked to clean is a tenth of the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from lxml import etree

# What never holds an article's prose (trafilatura drops the same).
DROPPED_TAGS: Final = (
    "script", "style", "noscript", "svg", "iframe", "template", "select", "button", "object",
    "embed", "video", "audio", "canvas", "map", "nav", "footer", "aside", "menu", "dialog",
    "input", "textarea", "link", "meta", "applet", "fieldset", "label", "math", "picture",
)  # fmt: skip
# Emphasis parts no text from text; many of them in one paragraph cost trafilatura quadratic time.
STRIPPED_TAGS: Final = (
    "b", "strong", "em", "i", "u", "font", "small", "big", "mark", "abbr", "acronym", "cite",
    "ins", "bdi", "bdo", "wbr", "data", "dfn", "s", "strike", "tt", "nobr", "img",
)  # fmt: skip
_APPARATUS: Final = re.compile(
    r"(?:^|[\s_-])(?:comments?(?:[_-]?(?:list|area|section|wrap\w*|box|form))?|disqus\w*|respond|"
    r"cookies?(?:[_-]\w+)*|consent(?:[_-]\w+)*|gdpr|newsletter|popup|modal)(?:$|[\s_-])",
    re.IGNORECASE,
)
_CONTAINERS: Final = ("div", "td", "article", "section", "main", "li", "blockquote", "center", "dd")
_INLINE: Final = frozenset({"br", "span", "a", "sup", "sub", "q"})
_MIN_BLOCK: Final = 25  # characters
_MAX_BLOCKS: Final = 3000  # the weight of a flood is found well enough in its first part
HEADLINE: Final = 20  # characters of a link that may be a headline
_MAX_CARD: Final = 600  # characters of a teaser card
_FARMS: Final = frozenset(
    {"div", "ul", "ol", "dl", "section", "table", "header", "form", "article"}
)
_FARM: Final = 0.6  # share of links in what is no prose
_KEEP: Final = 0.9  # share of the weight that each step down must keep


@dataclass(slots=True)
class Block:
    """One run of prose.

    Attributes:
        element: where it stands.
        text: its text, white space as in the source.
        weight: characters outside links.
        links: characters inside links.
        card: it opens with a linked headline, so it announces another article.
    """

    element: Any
    text: str
    weight: int
    links: int
    card: bool = False


def find_blocks(root: Any) -> list[Block]:
    """List the blocks of a cleaned tree in document order."""
    blocks = []
    for element in root.iter("p", *_CONTAINERS):
        block = _paragraph(element) if element.tag == "p" else _own_text(element)
        if block is not None:
            blocks.append(block)
            if len(blocks) == _MAX_BLOCKS:
                break
    return blocks


def _paragraph(element: Any) -> Block | None:
    text = "".join(element.itertext())
    if len(text) < _MIN_BLOCK:
        return None
    links = sum(len("".join(link.itertext())) for link in element.iter("a"))
    length = len(" ".join(text.split()))
    if length < _MIN_BLOCK:
        return None
    card = links > 0 and _opens_with_headline(element)
    return Block(element, text, max(0, length - links), links, card)


def _own_text(element: Any) -> Block | None:
    """The text directly in a container, with that of its inline children."""
    parts = [element.text] if element.text else []
    links = 0
    for child in element:
        if child.tag in _INLINE and child.tag != "br":
            inner = "".join(child.itertext()) if child.find(".//p") is None else ""
            parts.append(inner)
            links += len(inner) if child.tag == "a" else 0
        if child.tail:
            parts.append(child.tail)
    text = "".join(parts)
    if len(text) < _MIN_BLOCK:
        return None
    length = len(" ".join(text.split()))
    if length - links < _MIN_BLOCK:
        return None
    return Block(element, text, length - links, links, _opens_with_headline(element))


def _opens_with_headline(element: Any) -> bool:
    """Whether a container starts with a link as long as a headline, set off from what follows."""
    first = next(iter(element), None)
    if first is None or first.tag != "a" or (element.text or "").strip():
        return False
    if len("".join(first.itertext()).strip()) < HEADLINE:
        return False
    follower = first.getnext()
    return not (first.tail or "").strip() and follower is not None and follower.tag in {"br", "p"}


@dataclass(frozen=True, slots=True)
class Region:
    """The article's container.

    Attributes:
        element: the container.
        weight: characters of prose below it.
        total: characters of prose on the whole page.
        longest_run: characters of prose in the one element that directly holds most; paragraphs
            that are wrapped one by one count for what holds the wrappers, teasers in cards with
            headlines of their own do not.
    """

    element: Any
    weight: int
    total: int
    longest_run: int


@dataclass(frozen=True, slots=True)
class Layout:
    """What on a page leads to other articles.

    Attributes:
        teasers: characters of headline-like links outside prose.
        linked_headings: headings that are links.
        flat_headings: those of them that stand between paragraphs, in no card of their own.
    """

    teasers: int
    linked_headings: int
    flat_headings: int = 0


def weigh(blocks: list[Block]) -> dict[Any, int]:
    """Characters of prose in every element that holds some."""
    weights: dict[Any, int] = {}
    for block in blocks:
        if block.links > block.weight:
            continue
        element = block.element
        while element is not None:
            weights[element] = weights.get(element, 0) + block.weight
            element = element.getparent()
    return weights


def find_region(root: Any, blocks: list[Block], weights: dict[Any, int]) -> Region:
    """Find the lowest element below ``root`` that holds nearly all prose of it.

    Args:
        root: the page, or the container that is marked as its article.
        blocks: those of the page.
        weights: what ``weigh`` says of them.
    """
    runs: dict[Any, int] = {}
    for block in blocks:
        if block.links > block.weight or block.card:
            continue
        if root in block.element.iterancestors() or block.element is root:
            holder = _holder(block)
            runs[holder] = runs.get(holder, 0) + block.weight
    total = weights.get(root, 0)
    best = _descend(root, weights) if total else root
    return Region(best, weights.get(best, 0), total, max(runs.values(), default=0))


def _holder(block: Block) -> Any:
    """What a block is a part of: its parent, past wrappers that hold nothing else."""
    element = block.element
    length = len(block.text)
    for _ in range(4):
        parent = element.getparent()
        if parent is None or parent.tag in {"body", "html"}:
            return element if parent is None or element is not block.element else parent
        more = len("".join(parent.itertext()).strip()) > length + 3
        if more:
            return element if block.element.tag != "p" and element is block.element else parent
        element = parent
    return element


def take_out_teasers(page: Any, own: Callable[[str], bool]) -> Layout:
    """Count what links to other articles, and take their cards out, in place.

    A card is the smallest container of a linked heading and its few words.

    Args:
        page: the cleaned tree.
        own: tells whether a heading is the page's own headline.

    Returns:
        What was there before.
    """
    headings = [heading for heading in page.iter("h2", "h3", "h4", "h5") if _linked(heading)]
    headings = [heading for heading in headings if not own("".join(heading.itertext()))]
    teasers, flat = _teasers(page), 0
    if len(headings) >= 3:
        for card in [_card(heading) for heading in headings]:
            follower = card.getnext()
            flat += follower is not None and follower.tag not in {"h2", "h3", "h4", "h5", card.tag}
            remove(card)
    return Layout(teasers, len(headings), flat)


def take_out_farms(container: Any, weights: dict[Any, int]) -> None:
    """Take out of a container, in place, what holds no prose and is mostly links, or nothing.

    Args:
        container: the region of the article.
        weights: what ``weigh`` says; what is not in it holds no block of prose.
    """
    stack = list(container)
    while stack:
        element = stack.pop()
        if element in weights:
            stack.extend(element)
        elif element.tag in _FARMS:
            text = len("".join(element.itertext()).strip())
            linked = sum(len("".join(link.itertext()).strip()) for link in element.iter("a"))
            if not text or linked >= _FARM * text:
                remove(element)


def _linked(heading: Any) -> bool:
    """Whether a heading as a whole is a link, or stands in one."""
    text = len("".join(heading.itertext()).strip())
    inside = sum(len("".join(link.itertext()).strip()) for link in heading.iter("a"))
    return text > 0 and (inside >= 0.8 * text or next(heading.iterancestors("a"), None) is not None)


def _card(heading: Any) -> Any:
    card = heading
    for ancestor in heading.iterancestors():
        if ancestor.tag in {"body", "html", "form", "main"}:
            break
        if len("".join(ancestor.itertext()).strip()) > _MAX_CARD:
            break
        if sum(1 for _ in ancestor.iter("h1", "h2", "h3", "h4", "h5")) > 1:
            break
        card = ancestor
    return card


def _teasers(page: Any) -> int:
    total = 0
    for link in page.iter("a"):
        length = len("".join(link.itertext()).strip())
        if length >= HEADLINE and not _in_prose(link, length):
            total += min(length, 300)
    return total


def _in_prose(link: Any, length: int) -> bool:
    """Whether a link stands in running text: words before it, or many after it in a paragraph."""
    holder = link.getparent()
    if holder is not None and holder.tag == "span":
        holder = holder.getparent()
    if holder is None:
        return False
    before = (holder.text or "").strip()
    if len(before) >= 3 or any((c.tail or "").strip() for c in link.itersiblings(preceding=True)):
        return True
    return holder.tag == "p" and len((link.tail or "").strip()) > 2 * length


def _descend(root: Any, weights: dict[Any, int]) -> Any:
    best = root
    while True:
        need = weights[best] * _KEEP
        heavy = next((child for child in best if weights.get(child, 0) >= need), None)
        if heavy is None or heavy.tag == "p":
            return best
        best = heavy


def clean(root: Any) -> None:
    """Take out, in place, what holds no prose, and unwrap emphasis."""
    etree.strip_elements(root, *DROPPED_TAGS, with_tail=False)
    for figure in [figure for figure in root.iter("figure") if figure.find(".//table") is None]:
        remove(figure)
    etree.strip_tags(root, *STRIPPED_TAGS)
    _take_out_apparatus(root)
    _open_layout_tables(root)


@lru_cache(maxsize=4096)
def _is_apparatus(names: str) -> bool:
    return _APPARATUS.search(names) is not None


def _take_out_apparatus(root: Any) -> None:
    """Take out readers' comments, consent notices and sign-up boxes: prose, but not the page's."""
    total = 0
    for element in list(root.iter("div", "section", "ul", "ol")):
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        if len(names) < 4 or not _is_apparatus(names):
            continue
        if next(element.iter("h1"), None) is not None:
            continue
        total = total or len("".join(root.itertext()))
        if len("".join(element.itertext())) < 0.8 * total:
            remove(element)


def _open_layout_tables(root: Any) -> None:
    """Turn tables that lay out a page (a cell holds prose or blocks) into plain containers."""
    for table in list(root.iter("table")):
        cells = list(table.iter("td"))
        if any(_lays_out(cell) for cell in cells):
            for part in table.iter("table", "tbody", "tr", "td", "th"):
                part.tag = "div"


def _lays_out(cell: Any) -> bool:
    if next(cell.iter("table", "div", "h1", "h2"), None) is not None:
        return True
    return len("".join(cell.itertext())) > 250


def remove(element: Any) -> None:
    """Take an element out of its tree; the text after it stays."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        previous = element.getprevious()
        if previous is None:
            parent.text = (parent.text or "") + " " + element.tail
        else:
            previous.tail = (previous.tail or "") + " " + element.tail
    parent.remove(element)
