"""Articles that come as plain text: .txt files, prefetched bodies, full feed content."""

from __future__ import annotations

import re
from typing import Any, Final

from transforms.extract import phrases
from transforms.extract.lines import render_lines
from transforms.extract.markup import displayable, parse_page, storable
from transforms.text.encoding import decode_bytes

_MAX_TITLE: Final = 120
_FINAL_PUNCTUATION: Final = ".،؛؟!?…:;,"
_BLANK_LINE: Final = re.compile(r"\r?\n[ \t]*\r?\n")


def split_title(text: str) -> tuple[str | None, str]:
    """Split a plain text into title and body.

    The first line is the title when it is at most 120 characters long, does not end in final
    punctuation and a blank line follows it. The body is what stands after that blank line (or
    the whole text), its code points unchanged but for line breaks at its very ends.

    Args:
        text: the decoded file, without a byte order mark.

    Returns:
        (title or None, body).
    """
    text = text.strip("\r\n")
    match = _BLANK_LINE.search(text)
    if match:
        first, rest = text[: match.start()], text[match.end() :].strip("\r\n")
        title = first.strip()
        short = 0 < len(title) <= _MAX_TITLE and "\n" not in first
        if short and title[-1] not in _FINAL_PUNCTUATION and rest.strip():
            return title, rest
    return None, text


def read_text(data: bytes, content_type: str) -> tuple[str, str]:
    """Decode plain text.

    Returns:
        (text without unstorable characters, name of the encoding).
    """
    decoded = decode_bytes(data, content_type=content_type, markup="text")
    return storable(decoded.text).removeprefix("\ufeff"), decoded.encoding


def fragment_text(markup: str) -> str:
    """Render full feed content (HTML of a body) as paragraphs, its boilerplate lines dropped."""
    if "<" not in markup and "&" not in markup:
        return "\n".join(line for raw in markup.split("\n") if (line := raw.strip()))
    root: Any = parse_page(f"<html><body><div>{markup}</div></body></html>")
    if root is None:
        return ""
    lines = render_lines(root)
    lines = [displayable(line) for line in lines]
    kept = [line for line in lines if not phrases.is_boilerplate_line(line)]
    return "\n".join(kept or lines)
