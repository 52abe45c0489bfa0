"""Render markup as lines of text: one paragraph a line, white space as a browser shows it."""

from __future__ import annotations

from typing import Any, Final

from lxml import etree

_SPACES: Final = ("\n", "\t", "\r", "\f")
_INVISIBLE: Final = frozenset(
    {
        "script", "style", "noscript", "template", "head", "svg", "iframe", "object", "embed",
        "select", "button", "textarea", "video", "audio", "canvas", "map", "form", "figure",
        "figcaption", "nav", "footer", "aside", "menu",
    }
)  # fmt: skip
_INLINE: Final = frozenset(
    {
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn",
        "em", "font", "i", "ins", "kbd", "label", "mark", "q", "s", "samp", "small", "span",
        "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "img",
    }
)  # fmt: skip


def tidy(text: str) -> str:
    """Collapse white space as HTML does; non-breaking spaces and all letters stay."""
    for space in _SPACES:
        if space in text:
            text = text.replace(space, " ")
    while "  " in text:
        text = text.replace("  ", " ")
    return text.strip(" ")


def render_lines(root: Any) -> list[str]:
    """Render an element.

    Args:
        root: an lxml element.

    Returns:
        Its visible text, a line for each block; scripts, forms, figures and navigation left out.
    """
    pieces: list[str] = []
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        if event == "start":
            if tag not in _INLINE:
                pieces.append("\0")
            if tag in _INVISIBLE or not isinstance(tag, str):
                walk.skip_subtree()
            elif element.text:
                pieces.append(element.text)
        else:
            if tag not in _INLINE:
                pieces.append("\0")
            if element.tail and element is not root:
                pieces.append(element.tail)
    return [line for piece in "".join(pieces).split("\0") if (line := tidy(piece))]
