"""Texts in the cells of a spreadsheet, where none may be taken for a formula."""

from __future__ import annotations

from typing import Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula."""
    return "'" + text if text.startswith(_FORMULA) else text


def as_it_was(text: str) -> str:
    """Take the apostrophe of ``harmless`` off again."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text
