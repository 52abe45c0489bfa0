"""Make feed text safe and readable before any XML parser sees it, in linear time.

What is taken off or mended here is what breaks parsers or makes them expensive: document types
and entities, control characters, references to characters that do not exist, stray ampersands,
junk before the root, an item that was cut off, more items than anybody needs.
"""

from __future__ import annotations

import html
import html.entities
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from transforms.feeds.namespaces import with_namespaces

_ILLEGAL_RE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_NAME_RE: Final = re.compile(r"<(?:[\w.-]{1,40}:)?([a-zA-Z][\w.-]{0,40})(?=[\s/>])")
_ENTITY_RE: Final = re.compile(
    r"<!ENTITY\s{1,20}([\w.-]{1,40})\s{1,20}(?:\"([^\"<>&%]{0,200})\"|'([^'<>&%]{0,200})')"
)
_REFERENCE_RE: Final = re.compile(
    r"&(?:#([xX][0-9a-fA-F]{1,8}|[0-9]{1,9});|([a-zA-Z][\w.-]{0,40});)?"
)
_ITEM_RE: Final = re.compile(r"<((?:[\w.-]{1,40}:)?(?:item|entry))(?=[\s>])", re.IGNORECASE)
_PAGE_RE: Final = re.compile(r"<((?:[\w.-]{1,40}:)?(?:url|sitemap))(?=[\s>])", re.IGNORECASE)
_BUILT_IN: Final = frozenset({"amp", "lt", "gt", "quot", "apos"})
_HTML_ROOTS: Final = frozenset({"html", "head", "body", "script", "div", "table", "center", "meta"})
_ROOTS: Final = {
    "rss": "rss",
    "feed": "atom",
    "rdf": "rdf",
    "channel": "rss",
    "urlset": "sitemap",
    "sitemapindex": "sitemapindex",
}
_KNOWN_ROOT_RE: Final = re.compile(
    r"<(?:[\w.-]{1,40}:)?(rss|feed|rdf|channel|urlset|sitemapindex)(?=[\s/>])", re.IGNORECASE
)


# Windows-1252 punctuation that came through as C1 control characters, raw or as references.
_C1_RE: Final = re.compile("&#(?:1[2-5][0-9]|[xX](?:7[fF]|[89][0-9a-fA-F]));|[\x80-\x84\x86-\x9f]")


@dataclass(frozen=True, slots=True)
class Source:
    """A feed's text, ready for a parser.

    Attributes:
        text: begins with the root's start tag.
        root: the root's local name in lower case; "" when there is no element.
        kind: rss, atom, rdf, sitemap, sitemapindex; "" when the root tells nothing.
        is_html: whether a web page stands where the feed should.
        entities: internal entities with harmless values.
        dropped: items beyond the cap, cut off.
    """

    text: str
    root: str
    kind: str
    is_html: bool = False
    entities: Mapping[str, str] = field(default_factory=dict)
    dropped: int = 0


def legal(text: str) -> str:
    """Take out characters that no text may hold: controls, lone surrogates, non-characters."""
    return _ILLEGAL_RE.sub("", text) if _ILLEGAL_RE.search(text) else text


def prepare(text: str, max_entries: int) -> Source:
    """Cut a feed's text down to its root element and at most ``max_entries`` items."""
    text = _C1_RE.sub(_from_windows, legal(text))
    start, entities = _skip_prolog(text)
    match = _NAME_RE.match(text, start)
    name = match[1].lower() if match else ""
    if name in _HTML_ROOTS or text[start : start + 15].lower().startswith("<!doctype html"):
        known = None if name == "html" else _KNOWN_ROOT_RE.search(text, start)
        if known is None:
            return Source(text[start:], name or "html", "", is_html=True)
        match, name, start = known, known[1].lower(), known.start()
    elif name not in _ROOTS:  # junk in front, such as a PHP warning
        known = _KNOWN_ROOT_RE.search(text, start)
        if known is not None:
            match, name, start = known, known[1].lower(), known.start()
        elif match is None:
            return Source("", "", "")
    kind = _ROOTS.get(name, "")
    body, dropped = _cap(text[start:], kind, max_entries)
    return Source(body, name, kind, entities=entities, dropped=dropped)


def _from_windows(match: re.Match[str]) -> str:
    written = match[0] if match[0][0] == "&" else f"&#{ord(match[0])};"
    return html.unescape(written).replace("\x7f", "")


def repair(source: Source) -> str:
    """Mend the mistakes feeds make, so that a strict parser may read the text after all.

    Returns:
        The text with references a parser would refuse or expand replaced, and cut back to the
        last whole item when the end is missing (open elements closed).
    """
    budget = [len(source.text)]  # expansion of internal entities, in characters
    pieces = []
    for piece, is_data in _outside_cdata(with_namespaces(source.text, undeclared=True)):
        if is_data:
            pieces.append(piece)
        else:
            mended = _REFERENCE_RE.sub(lambda m: _reference(m, source.entities, budget), piece)
            pieces.append(mended.replace("<!DOCTYPE", "&lt;!DOCTYPE").replace("<!ENTITY", ""))
    return _close("".join(pieces), source)


# Fields that hold text and nothing else; the short ones hold no markup either.
_SHORT: Final = frozenset(
    ["title", "link", "guid", "id", "pubdate", "published", "updated", "date", "origlink", "name"]
)
_FIELDS: Final = _SHORT | frozenset(
    ["description", "summary", "content", "encoded", "category", "creator", "author", "comments"]
)
_HOLDERS: Final = frozenset(["item", "entry", "channel", "feed", "rss", "rdf"])
_FIELD_RE: Final = re.compile(
    r"<((?:[\w.-]{1,40}:)?([a-zA-Z]{1,20}))((?:\s[^<>]{0,2000})?(?<!/))>"
    r"((?>[^<]+|<!\[CDATA\[.*?\]\]>)*+)(</(?:[\w.-]{1,40}:)?([\w.-]{1,40})\s*>)?",
    re.DOTALL,
)


def close_fields(text: str) -> str:
    """Close the fields of a feed whose end tag is mistyped or missing.

    Args:
        text: a feed that is not well-formed.

    Returns:
        The same, where a field is closed by another name, or runs into the next one.
    """
    if text.count("<![CDATA[") != text.count("]]>"):
        return text
    return _FIELD_RE.sub(_closed, text)


def _closed(match: re.Match[str]) -> str:
    name, local, end = match[1], match[2].lower(), match[5]
    if local not in _FIELDS or (end and end[2:-1].strip() == name):
        return match[0]
    opened = f"<{name}{match[3]}>{match[4]}"
    if end and match[6].lower() in _HOLDERS:
        return f"{opened}</{name}>{end}"
    if end:
        return f"{opened}</{name}>"
    return f"{opened}</{name}>" if local in _SHORT and match[4].strip() else match[0]


def _skip_prolog(text: str) -> tuple[int, dict[str, str]]:
    """Step over declarations, comments and the document type; collect harmless entities."""
    position, end = 0, len(text)
    entities: dict[str, str] = {}
    while position < end:
        position = text.find("<", position)
        if position < 0:
            return end, entities
        if text.startswith("<?", position):
            found = text.find("?>", position)
            closed = found + 2 if found >= 0 else text.find(">", position) + 1
        elif text.startswith("<!--", position):
            closed = text.find("-->", position) + 3
        elif text.startswith("<!", position):
            closed = _doctype_end(text, position)
            if text[position : position + 15].lower().startswith("<!doctype html"):
                return position, entities
            subset = text[position:closed]
            entities = {m[1]: m[2] or m[3] or "" for m in _ENTITY_RE.finditer(subset)}
        else:
            return position, entities
        if closed <= position:
            return end, entities
        position = closed
    return end, entities


def _doctype_end(text: str, start: int) -> int:
    """Find the end of ``<!...>`` with an internal subset; 0 when it has none."""
    bracket = text.find("[", start)
    close = text.find(">", start)
    if close < 0:
        return 0
    if bracket < 0 or bracket > close:
        return close + 1
    end = _SUBSET_END_RE.search(text, bracket)
    return end.end() if end else 0


_SUBSET_END_RE: Final = re.compile(r"\]\s{0,100}>")


def _items(kind: str) -> re.Pattern[str]:
    """Choose the pattern that finds the items of a kind of feed."""
    return _PAGE_RE if kind.startswith("sitemap") else _ITEM_RE


def _cap(text: str, kind: str, max_entries: int) -> tuple[str, int]:
    """Cut the text in front of the first item beyond the cap."""
    if text.count("<") <= max_entries:
        return text, 0
    starts = [match.start() for match in _items(kind).finditer(text)]
    if len(starts) <= max_entries:
        return text, 0
    return text[: starts[max_entries]], len(starts) - max_entries


def _outside_cdata(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the text in pieces, with whether a piece is a CDATA section."""
    position = 0
    while (start := text.find("<![CDATA[", position)) >= 0:
        end = text.find("]]>", start)
        if end < 0:
            break
        yield text[position:start], False
        yield text[start : end + 3], True
        position = end + 3
    yield text[position:], False


def _reference(match: re.Match[str], entities: Mapping[str, str], budget: list[int]) -> str:
    """Write a character or entity reference in a form every parser reads in the same way."""
    number, name = match[1], match[2]
    if number is not None:
        code = int(number[1:], 16) if number[0] in "xX" else int(number)
        if _is_legal(code):
            return match[0]
        return "" if _is_nothing(code) else "\ufffd"
    if name is None:
        return "&amp;"
    if name in _BUILT_IN:
        return match[0]
    if name in entities:
        budget[0] -= len(entities[name])
        return entities[name] if budget[0] >= 0 else ""
    known = html.entities.name2codepoint.get(name)
    return chr(known) if known is not None else f"&amp;{name};"


def _is_legal(code: int) -> bool:
    return (
        code in {9, 10, 13}
        or (32 <= code < 0xD800 and code != 127)
        or 0xE000 <= code < 0xFFFE
        or 0x10000 <= code <= 0x10FFFF
    )


def _is_nothing(code: int) -> bool:
    """Whether a character says nothing, so that it may vanish: a control or a non-character."""
    return code < 32 or code == 127 or 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE


def count_items(text: str, kind: str) -> int:
    """Count the items that begin in a text."""
    return sum(1 for _ in _items(kind).finditer(text))


def _close(text: str, source: Source) -> str:
    """Close the root of a text that ends in the middle, leaving out the unfinished item."""
    if not source.kind or re.search(
        rf"</[\w.:-]{{0,41}}{source.root}\s*>", text[-400:], re.IGNORECASE
    ):
        return text
    last = None
    for match in _items(source.kind).finditer(text):
        last = match
    if last is not None:
        name = last[1]
        end = text.rfind(f"</{name}")
        if end >= 0:
            text = text[:end] + f"</{name}>"
    head = text[:2000]
    opened = _NAME_RE.match(head)
    root = head[1 : opened.end()] if opened else source.root
    inner = "</channel>" if source.root == "rss" and "</channel" not in text else ""
    return f"{text}{inner}</{root}>"
