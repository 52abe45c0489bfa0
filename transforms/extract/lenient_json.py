"""Read JSON as pages write it: for what it plainly says, not for what the grammar allows.

Templates paste headlines between quotation marks without escaping them, leave commas out or too
many in, wrap scripts in CDATA and comments, and escape the whole for HTML. A strict parse comes
first; only what it refuses is read by hand, in one pass and bounded depth.
"""

from __future__ import annotations

import html
import json
import re
from typing import Any, Final

_MAX_DEPTH: Final = 40
_MAX_LOOK: Final = 300  # characters looked ahead to tell whether a quotation mark closes a text
_WRAPPERS: Final = re.compile(
    r"(?:\s|<!--|-->|//[ \t]*(?=<!)|//[ \t]*(?=\]\])|//[ \t]*(?=-->)|/\*\s*(?=<!\[)|/\*\s*(?=\]\])"
    r"|<!\[CDATA\[\s*(?:\*/)?|\]\]>\s*(?:\*/)?|\ufeff|;)+"
)
_BLANK: Final = re.compile(
    r"(?:\s|\ufeff|//[^\n]*|/\*.*?\*/|<!--|-->|<!\[CDATA\[|\]\]>)*", re.DOTALL
)
_BARE: Final = re.compile(r"[^\s,:{}\[\]\"]+")
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\Z")
_WORDS: Final[dict[str, Any]] = {"true": True, "false": False, "null": None}
_ESCAPE: Final = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_ESCAPED: Final = re.compile(r"(?<!\\)(?:\\\\)*\\\Z")
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "", "f": ""}
_SURROGATES: Final = re.compile("[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]")
# What may stand after the mark that closes a text.
_KEY: Final = r"(?:\"[^\"\n]{1,80}\"|'[^'\n]{1,80}'|[@\w-]{1,40})\s*:"
_CLOSES_KEY: Final = re.compile(r"\s*:")
_CLOSES_VALUE: Final = re.compile(
    rf"\s*(?:\Z|[}}\]]|;|,\s*(?:\Z|[}},\]]|//|/\*|{_KEY})|(?:\s|//[^\n]*)*\"[^\"\n]{{1,80}}\"\s*:)"
)
_CLOSES_ITEM: Final = re.compile(
    r"\s*(?:\Z|[\]}]|,\s*(?:\Z|[\"{\[\],\-\d]|true|false|null|//|/\*))"
)


def load(text: str) -> list[Any]:
    """Parse a script.

    Args:
        text: its content, wrapped, broken or whole.

    Returns:
        The values that stand in it, one after the other; none when nothing can be made out.
    """
    text = _unwrapped(text)
    if not text:
        return []
    try:
        return [json.loads(text, strict=False)]
    except (ValueError, RecursionError):
        pass
    if "&quot;" in text and '"' not in text.replace('\\"', ""):
        return load(html.unescape(text))
    return _Reader(text).values()


def _unwrapped(text: str) -> str:
    """Take comment and CDATA marks, white space and semicolons off both ends."""
    opening = _WRAPPERS.match(text)
    text = text[opening.end() :] if opening else text
    end = len(text)
    while end:
        tail = text[max(0, end - 12) : end].rstrip("; \t\r\n\ufeff")
        kept = end - (min(12, end) - len(tail))
        for mark in ("]]>", "-->", "*/", "//", "/*"):
            if tail.endswith(mark):
                kept -= len(mark)
                break
        if kept == end:
            break
        end = kept
    return text[:end]


class _Reader:
    """A reader that forgives; it never goes back, so its time is linear."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._cut = False  # the text ended within quotes

    def values(self) -> list[Any]:
        """All objects and lists of the text; words between them are passed over."""
        found: list[Any] = []
        while True:
            starts = [at for mark in "{[" if (at := self._text.find(mark, self._at)) >= 0]
            if not starts:
                return found
            self._at = min(starts)
            found.append(self._value(0, _CLOSES_ITEM))

    def _blank(self) -> str:
        """Pass over white space and comments; the character after them, "" at the end."""
        match = _BLANK.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return self._text[self._at : self._at + 1]

    def _value(self, depth: int, closes: re.Pattern[str]) -> Any:
        mark = self._blank()
        if depth > _MAX_DEPTH:
            self._at = len(self._text)
            return None
        if mark == "{":
            return self._object(depth)
        if mark == "[":
            return self._list(depth)
        if mark and mark in "\"'":
            return self._string(closes)
        return self._bare()

    def _object(self, depth: int) -> dict[str, Any]:
        self._at += 1
        found: dict[str, Any] = {}
        while mark := self._blank():
            if mark == "}":
                self._at += 1
                break
            if mark == "]":  # the brace was forgotten; the list goes on
                break
            if mark in ",;:{[":
                self._at += 1
                continue
            key = self._string(_CLOSES_KEY) if mark in "\"'" else str(self._bare())
            if self._blank() == ":":
                self._at += 1
                value = self._value(depth + 1, _CLOSES_VALUE)
                if not (
                    self._cut and isinstance(value, str)
                ):  # the beginning of a text that breaks off says nothing
                    found.setdefault(key, value)
        return found

    def _list(self, depth: int) -> list[Any]:
        self._at += 1
        found = []
        while mark := self._blank():
            if mark == "]":
                self._at += 1
                break
            if mark in ",;:":
                self._at += 1
                continue
            if mark == "}":  # the bracket was forgotten; the object ends
                break
            found.append(self._value(depth + 1, _CLOSES_ITEM))
        return found

    def _string(self, closes: re.Pattern[str]) -> str:
        """Read a text up to the mark that closes it: one that something fitting stands after."""
        mark = self._text[self._at]
        start = at = self._at + 1
        while True:
            at = self._text.find(mark, at)
            if at < 0:
                at = len(self._text)
                self._cut = True
                break
            escaped = _ESCAPED.search(self._text, max(start, at - 20), at)
            if not escaped and closes.match(self._text, at + 1, at + 1 + _MAX_LOOK):
                break
            at += 1
        self._at = at + 1
        return _unescaped(self._text[start:at])

    def _bare(self) -> Any:
        match = _BARE.match(self._text, self._at)
        if match is None:
            self._at += 1
            return None
        self._at = match.end()
        word = match[0].rstrip(";")
        if _NUMBER.match(word):
            return int(word) if word.lstrip("-").isdigit() and len(word) < 300 else float(word)
        return _WORDS.get(word, word.strip("'"))


def _unescaped(text: str) -> str:
    """Undo escapes; one that JSON does not know stands for its character."""
    if "\\" not in text:
        return text
    text = _ESCAPE.sub(
        lambda match: chr(int(match[1], 16)) if match[1] else _ESCAPES.get(match[2], match[2]),
        text,
    )
    return _SURROGATES.sub(
        lambda match: (
            match[0].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            if len(match[0]) == 2
            else "\ufffd"
        ),
        text,
    )
