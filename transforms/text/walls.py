"""The words of paywalls, logins and consent notices: one table for whoever meets such a page.

Whether the words make a wall is for the caller to judge: a fetched page is judged before it is
read, an extracted one with its headline and text at hand.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final

from transforms.text import arabic

_TABLE: Final = "data/wall_phrases.tsv"


def fold(text: str) -> str:
    """Write a text as the table's patterns expect it, white space as single blanks."""
    return " ".join(arabic.normalise_text(text).lower().split())


def asks_to_subscribe(folded: str) -> bool:
    """Whether a text (see ``fold``) says that the rest is for subscribers."""
    return _pattern("paywall", "text").search(folded) is not None


def asks_to_log_in(folded: str) -> bool:
    """Whether a text asks its reader to log in."""
    return _pattern("login", "demand").search(folded) is not None


def login_words(folded: str) -> list[str]:
    """The words of a login form that stand in a text."""
    return _pattern("login", "form").findall(folded)


def is_login_title(folded: str) -> bool:
    """Whether a title is that of a login page."""
    return _pattern("login", "title").search(folded) is not None


def consent_words(folded: str) -> list[str]:
    """The words of a consent notice that stand in a text."""
    return _pattern("consent", "notice").findall(folded)


def is_consent_title(folded: str) -> bool:
    """Whether a title is that of a consent notice."""
    return _pattern("consent", "title").search(folded) is not None


def _pattern(wall: str, place: str) -> re.Pattern[str]:
    return _patterns()[wall, place]


@cache
def _patterns() -> dict[tuple[str, str], re.Pattern[str]]:
    table = files("transforms.text").joinpath(_TABLE).read_text("utf-8")
    rows: dict[tuple[str, str], list[str]] = {}
    for line in table.splitlines():
        if line and not line.startswith("#"):
            wall, place, pattern = line.split("\t")
            rows.setdefault((wall, place), []).append(f"(?:{pattern})")
    return {key: re.compile("|".join(patterns)) for key, patterns in rows.items()}
