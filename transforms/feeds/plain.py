"""HTML of a feed's small fields as plain text. Linear in its input, whatever that is."""

from __future__ import annotations

import html
import re
from typing import Final

_TAG_RE: Final = re.compile(r"<(/?)([a-zA-Z][\w:-]*)[^<>]*>|<!--|<[!?/][^<>]*>")
_MARKUP_RE: Final = re.compile(
    r"</?(?:a|abbr|acronym|address|article|audio|b|big|blockquote|br|center|cite|code|dd|div|dl|dt|"
    r"em|embed|figure|font|form|h[1-6]|hr|i|iframe|img|ins|del|li|ol|p|picture|pre|q|s|script|small|"
    r"span|strike|strong|style|sub|sup|table|tbody|td|th|tr|tt|u|ul|video)(?:\s[^<>]*)?/?>|"
    r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,30});",
    re.IGNORECASE,
)
_BREAKS: Final = frozenset(
    [
        *(
            "address",
            "article",
            "aside",
            "blockquote",
            "br",
            "caption",
            "center",
            "dd",
            "div",
            "dl",
        ),
        *("dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5"),
        *("h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "td"),
        *("tbody", "th", "thead", "tr", "ul"),
    ]
)
_SILENT: Final = frozenset({"script", "style", "noscript", "template", "iframe", "svg", "math"})


def looks_like_html(text: str) -> bool:
    """Say whether a text holds a tag or an entity, so that it was meant as HTML."""
    return ("<" in text or "&" in text) and _MARKUP_RE.search(text) is not None


def html_to_text(markup: str) -> str:
    """Take the markup off.

    Args:
        markup: HTML, as broken as feeds have it.

    Returns:
        The text: entities decoded, scripts and comments gone, runs of white space one space,
        every paragraph (block element, ``<br>``) on a line of its own, no blank lines.
    """
    raw = _without_tags(markup) if "<" in markup else markup
    text = html.unescape(raw) if "&" in raw else raw
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def one_line(text: str) -> str:
    """Join a text to one line with single spaces."""
    return " ".join(text.split())


def _without_tags(markup: str) -> str:
    """Replace tags by nothing or a line break; line breaks of the source become spaces."""
    pieces: list[str] = []
    position = 0
    silent = ""  # the element whose text is skipped
    while (match := _TAG_RE.search(markup, position)) is not None:
        if not silent:
            pieces.append(markup[position : match.start()].replace("\n", " "))
        position = match.end()
        name = (match[2] or "").lower()
        if match[0] == "<!--":
            end = markup.find("-->", position)
            position = len(markup) if end < 0 else end + 3
        elif silent:
            silent = "" if match[1] and name == silent else silent
        elif name in _SILENT:
            silent = "" if match[1] or match[0].endswith("/>") else name
        elif name in _BREAKS:
            pieces.append("\n")
    if not silent:
        pieces.append(markup[position:].replace("\n", " "))
    return "".join(pieces)
