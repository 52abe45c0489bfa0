"""Read a container that is nothing but paragraphs, without asking trafilatura.

Three containers in four hold only paragraphs and subheadings by the time the page has been cut down
to them. What trafilatura would do to those is known (it drops what is named like apparatus, what is
mostly links, a heading at the end), so what calls for none of it is read directly; everything else
goes to trafilatura.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

from transforms.extract.lines import tidy

_BLOCKS: Final = frozenset({"p", "h2", "h3", "h4"})
_CONTAINERS: Final = frozenset({"div", "section", "article", "main", "td", "center"})
_INLINE: Final = frozenset({"span", "a", "br"})
# Parts of the names by which trafilatura drops elements: what has one is left to its judgement.
_TELLING: Final = re.compile(
    r"shar|social|viral|newsletter|syndication|cookie|tags|sidebar|banner|bread-?crumb|"
    r"button|author|jp-|dpsp|bmdh|footer|nav|menu|elated|message|premium|(?:^|[ -])ad[ -]|"
    r"-ad|dfp|outbrain|taboola|criteo|paid|widget|byline|bar|sociable|embed|consent|modal|permission|next-|"
    r"-stories|popular|more-on|meta|rating|attachment|timestamp|user-|-icon|article-infos|slide|viewport|overlay|"
    r"options|expand|obfuscated|blurred|factbox|yin|zlylin|nfoline|zendesk|comment|comol|disqus|dsq|"
    r"reply|hid|akismet|suggest|noprint|notloaded|teaser|bottom|link|caption|infinite|mvp-",
    re.IGNORECASE,
)
_ATTRIBUTES: Final = frozenset(
    {"class", "id", "dir", "lang", "align", "itemprop", "itemscope", "itemtype", "href", "target"}
    | {"rel", "title", "name", "width", "height", "color", "size", "face", "bgcolor", "valign"}
)
_SHORT: Final = 60  # characters: of a paragraph with links that is no shorter the links may stay
_SHARE: Final = 0.5  # of links in it
_NAMES: Final = re.compile(
    r"\W*(?:drucken|e-?mail|facebook|flipboard|google|instagram|linkedin|mail|pdf|pinterest|pocket|"
    r"print|qq|reddit|twitter|wechat|weibo|whatsapp|xing|mehr zum thema:?|more on this.{0,8})\Z",
    re.IGNORECASE,
)


def plain_paragraphs(container: Any) -> list[str] | None:
    """Read the paragraphs of a container.

    Args:
        container: an element of the cut page.

    Returns:
        Its lines; None when it holds anything but plain paragraphs and subheadings.
    """
    lines: list[str] = []
    heads = 0  # headings that stand last so far
    stack = [iter([container])]
    while stack:
        element = next(stack[-1], None)
        if element is None:
            stack.pop()
            continue
        if (element.tail and element is not container and element.tail.strip()) or (
            element.attrib and not _is_plain(element)
        ):
            return None
        if element.tag in _CONTAINERS or (element.tag == "span" and element.find("p") is not None):
            if element.text and element.text.strip():
                return None
            stack.append(iter(element))
        elif element.tag in _BLOCKS:
            line = _line(element)
            if line is None:
                return None
            if line and not line.isspace():
                heads = heads + 1 if element.tag != "p" else 0
                lines.append(line)
        elif element.tag != "br":
            return None
    lines = lines[: len(lines) - heads]
    return lines if len(set(lines)) == len(lines) else None


def _line(block: Any) -> str | None:
    """The text of a paragraph; None when it is not plain."""
    linked = 0
    if len(block):
        for child in block.iterdescendants():
            if child.tag not in _INLINE or child.tag == "br" or not _is_plain(child):
                return None
            if child.tag == "a":
                linked += len("".join(child.itertext()))
    line = tidy("".join(block.itertext()))
    if linked and (len(line) < _SHORT or linked > _SHARE * len(line) or block.tag != "p"):
        return None
    return None if _NAMES.match(line) else line


def _is_plain(element: Any) -> bool:
    """Whether nothing in an element's attributes would make trafilatura drop it."""
    attributes = element.attrib
    if not attributes:
        return True
    if not _ATTRIBUTES.issuperset(attributes):
        return False
    names = f"{attributes.get('class', '')} {attributes.get('id', '')}"
    return len(names) < 3 or not _is_telling(names)


@lru_cache(maxsize=4096)
def _is_telling(names: str) -> bool:
    return _TELLING.search(names) is not None
