"""Bylines of feed entries without addresses, and none where there is no person."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from transforms.feeds.plain import html_to_text, one_line
from transforms.text.bylines import without_label

_MAX_LENGTH: Final = 120  # code points of one name; longer is a sentence
_MAX_FIELD: Final = 500
_MAX_AUTHORS: Final = 20
_EMAIL_RE: Final = re.compile(r"[^\s<>()\"',;]{1,64}@[^\s<>()\"',;@]{1,120}")
_BRACKETS_RE: Final = re.compile(r"\s*[(\[<]\s*[)\]>]\s*")
_WRAPPED_RE: Final = re.compile(r"\s*[(\"'](.*)[)\"']\s*\Z", re.DOTALL)
_SPLIT_RE: Final = re.compile(r"\s*(?:[،؛;|]|\s/\s|\s-\s)\s*")
_URL_RE: Final = re.compile(r"(?:https?:)?//|\bwww\.", re.IGNORECASE)
_LETTER_RE: Final = re.compile(r"[^\W\d_]")
_NOBODY: Final = frozenset(
    [
        *(
            "admin",
            "administrator",
            "anonymous",
            "author",
            "editor",
            "editorial",
            "guest",
            "no-reply",
        ),
        *("n/a", "none", "noreply", "null", "root", "rss", "superuser", "super user", "system"),
        *("unknown", "user", "webmaster", "wordpress", "wpadmin", "ادمن", "أدمن", "المحرر", "محرر"),
        *("المدير", "مدير الموقع", "مدير", "المشرف", "مجهول", "غير معروف", "بدون"),
    ]
)


def clean_authors(fields: Iterable[str]) -> tuple[str, ...]:
    """Read names from author fields.

    Args:
        fields: as written: "a@b.example (Name)", "Name <a@b.example>", "by A، B", HTML.

    Returns:
        The names in order, each once; e-mail addresses, URLs and accounts ("admin") left out.
    """
    names: dict[str, None] = {}
    for raw in fields:
        text = one_line(html_to_text(raw[:_MAX_FIELD]))
        if not text or _URL_RE.search(text):
            continue
        text = _BRACKETS_RE.sub(" ", _EMAIL_RE.sub("", text)).strip()
        wrapped = _WRAPPED_RE.match(text)
        text = wrapped[1] if wrapped else text
        for part in _SPLIT_RE.split(text):
            name = without_label(part).strip(" \t-–—:,.،*_@")
            if len(name) <= _MAX_LENGTH and _LETTER_RE.search(name) and name.lower() not in _NOBODY:
                names[name] = None
    return tuple(names)[:_MAX_AUTHORS]
