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
_PAIRED: Final = (
    "a|abbr|article|aside|b|blockquote|center|div|em|figcaption|figure|font|h[1-6]|i|iframe|li|ol|p|"
    "script|section|small|span|strike|strong|style|table|tbody|td|th|tr|u|ul|video"
)
# A tag that closes, or one that needs no closing: nobody writes them but to be obeyed.
_CLOSED_RE: Final = re.compile(
    rf"</(?:{_PAIRED})\s{{0,20}}>|<(?:br|hr|img)(?:\s[^<>]{{0,2000}})?/?>", re.IGNORECASE
)
_ESCAPED_RE: Final = re.compile(
    rf"&(?:amp;){{0,3}}lt;(?:/(?:{_PAIRED})\s{{0,20}}|(?:br|hr|img)(?:\s[^<>]{{0,200}}?)?/?)"
    r"&(?:amp;){0,3}gt;",
    re.IGNORECASE,
)
_CODE_RE: Final = re.compile(r"<(?:code|pre|kbd|samp)[\s>]", re.IGNORECASE)
_AMPERSANDS_RE: Final = re.compile(r"&(?:amp;)+", re.IGNORECASE)
_LEFT_OVER_RE: Final = re.compile(
    r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|amp|quot|apos|lt|gt|nbsp|hellip|[lr][sd]quo|[lr]aquo|"
    r"[nm]dash|zwn?j|[lr]lm|bull|middot|copy|reg|trade);"
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


def holds_markup(text: str) -> bool:
    """Say whether a text that is declared as plain is HTML all the same: it closes elements."""
    return "<" in text and _CLOSED_RE.search(text) is not None


def unescape_markup(markup: str) -> str:
    """Undo escaping that was done once too often.

    Args:
        markup: HTML in which tags may stand as text (``&lt;p&gt;``, ``&amp;lt;p&amp;gt;``).

    Returns:
        HTML with these as tags, when they close what they open and the page does not show code;
        else the same.
    """
    if (
        "lt;" not in markup
        or "gt;" not in markup
        or not _ESCAPED_RE.search(markup)
        or _CODE_RE.search(markup)
    ):
        return markup
    markup = _AMPERSANDS_RE.sub("&", markup)
    for written, letter in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#39;", "'")):
        markup = markup.replace(written, letter)
    return markup


def unescape_rest(text: str) -> str:
    """Decode the references that are left in a text: nobody means "&quot;" by itself."""
    for _ in range(2):
        if "&" not in text:
            break
        text = _LEFT_OVER_RE.sub(lambda match: html.unescape(match[0]), text)
    return text


def html_to_text(markup: str) -> str:
    """Take the markup off.

    Args:
        markup: HTML, as broken as feeds have it; escaped once too often, too.

    Returns:
        The text: entities decoded, scripts and comments gone, runs of white space one space,
        every paragraph (block element, ``<br>``) on a line of its own, no blank lines.
    """
    markup = unescape_markup(markup)
    raw = _without_tags(markup) if "<" in markup else markup
    text = unescape_rest(html.unescape(raw)) if "&" in raw else raw
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
