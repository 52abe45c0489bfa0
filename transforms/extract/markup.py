"""Make a tree of a page, once, in bounded time, whatever the page does.

libxml2 has three traps: the attributes of one element cost quadratic time, nesting beyond 2,048
loses the text without a word, and a flood of elements makes everything after it slow. Each is met
here by simplifying the markup before (or instead of) trusting it.
"""

from __future__ import annotations

import re
from typing import Any, Final

from lxml import etree

MAX_CHARS: Final = 12_000_000  # a longer page is no news page
MAX_ELEMENTS: Final = 20_000  # above it a page is simplified; real news pages stay under 6,000
_SUSPICIOUS: Final = 6_000  # tags from which on it is asked whether one element holds a flood
_MAX_ANCHORS: Final = 2_500  # links that a simplified page may keep
_MANY_EQUALS: Final = 20_000  # fewer attributes than this are parsed in half a second at worst
_MAX_TAG_ATTRIBUTES: Final = 300

# What no sink takes and no text needs: C0 controls but tab, LF, CR; lone surrogates; noncharacters.
_CONTROLS: Final = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff"
# Marks that turn the reading order round or hide: spoofing in a headline, nothing in prose.
_MISLEADING: Final = "\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb"
_MARKS: Final = tuple("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\ufffe\uffff")
_CONTROL_BYTES: Final = bytes([*range(9), 11, 12, *range(14, 32), 127])
_UNSTORABLE: Final = re.compile(f"[{_CONTROLS}]")
_UNSHOWN: Final = re.compile(f"[{_CONTROLS}{_MISLEADING}]")
_FLOODED: Final = etree.XPath("boolean(//*[count(*) > 2500])")
_NULL_REFERENCE: Final = re.compile(r"&#(?:0+|x0+)(?![0-9a-f]);?", re.IGNORECASE)
_TAG: Final = re.compile(
    r"""<(?P<name>[a-zA-Z][^\s>/"']*+)(?:[^>"']++|"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))*+(?:>|\Z)"""
)
# In a simplified page only the tags that part text from text or carry metadata are left.
_NOT_KEPT: Final = re.compile(
    r"</?(?!(?:p|br|h[1-6]|title|meta|link|html|head|body|script|style|a)\b)[a-zA-Z!][^<>]*>",
    re.IGNORECASE,
)
_ANCHOR: Final = re.compile(r"</?a\b[^<>]*>", re.IGNORECASE)


def storable(text: str) -> str:
    """Drop the characters that sinks refuse (NUL, other C0 controls, lone surrogates)."""
    return _UNSTORABLE.sub("", text) if _UNSTORABLE.search(text) else text


def displayable(text: str) -> str:
    """``storable``, and without the marks that reverse or hide text (bidi overrides, BOM)."""
    return _UNSHOWN.sub("", text) if _UNSHOWN.search(text) else text


def _has_unshown(text: str) -> bool:
    """``displayable``'s question, asked of a whole page at the speed of memory."""
    if any(mark in text for mark in _MARKS):
        return True
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return len(data.translate(None, _CONTROL_BYTES)) < len(data)


def parse_page(text: str) -> Any | None:
    """Parse a decoded page.

    Args:
        text: the page's markup.

    Returns:
        The root or None when there is nothing to parse. Markup that attacks the parser is
        simplified; its text is kept. Elements are plain lxml ones: the classes of ``lxml.html``
        cost a Python call an element.
    """
    text = displayable(text) if _has_unshown(text) else text
    if "&#" in text:
        text = _NULL_REFERENCE.sub("", text)
    if text.count("=") > _MANY_EQUALS:
        text = _TAG.sub(_without_flood, text)
    tags = text.count("<")
    if tags > 2 * MAX_ELEMENTS:
        return _parse(simplified(text))
    root = _parse(text)
    if root is not None and (_too_deep(root) or (tags > _SUSPICIOUS and _FLOODED(root))):
        root = _parse(simplified(text))
    return root


def simplified(text: str) -> str:
    """Reduce markup to paragraphs, headings and metadata; anchors go when they are a flood too."""
    text = _NOT_KEPT.sub(" ", text)
    return _ANCHOR.sub(" ", text) if text.count("<a") > _MAX_ANCHORS else text


def _without_flood(match: re.Match[str]) -> str:
    tag = match.group()
    return f"<{match['name']}>" if tag.count("=") > _MAX_TAG_ATTRIBUTES else tag


def _parse(text: str) -> Any | None:
    # A parser of its own for each page: its error log tells whether text was lost.
    parser = etree.HTMLParser(
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        default_doctype=False,
        encoding="utf-8",
        huge_tree=True,
    )
    try:
        return etree.HTML(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def _too_deep(root: Any) -> bool:
    """Whether the parser gave up on nesting, or left a tree that recursion could not walk."""
    log = root.getroottree().parser.error_log
    return any("Excessive depth" in entry.message for entry in log[-2:])
