"""JSON Feed (versions 1 and 1.1), as forgiving as the rest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from transforms.feeds.clean import legal
from transforms.feeds.plain import holds_markup
from transforms.feeds.raw import RawEntry, RawFeed

_MAX_DEPTH: Final = 100  # nesting beyond it is an attack on the JSON reader


def read_json(text: str) -> RawFeed | None:
    """Read a JSON Feed.

    Returns:
        The feed; None when the text is no JSON, or JSON of another kind.
    """
    if text.count("[") + text.count("{") > _MAX_DEPTH and _too_deep(text):
        return None
    try:
        document = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    items = document.get("items")
    version = document.get("version")
    if not isinstance(items, list) or not (isinstance(version, str) or "title" in document):
        return None
    hubs = [each for each in _list(document, "hubs") if isinstance(each, dict)]
    return RawFeed(
        kind="json",
        title=_string(document, "title"),
        language=_string(document, "language"),
        home=_string(document, "home_page_url"),
        self_link=_string(document, "feed_url"),
        hub=_string(hubs[0], "url") if hubs else "",
        entries=[_entry(each) for each in items if isinstance(each, dict)],
        listed=len(items),
    )


def _too_deep(text: str) -> bool:
    """Say whether brackets nest too deep, strings aside; linear."""
    depth = 0
    in_string = False
    skip = False
    for letter in text:
        if skip:
            skip = False
        elif letter == "\\":
            skip = in_string
        elif letter == '"':
            in_string = not in_string
        elif not in_string and letter in "[{":
            depth += 1
            if depth > _MAX_DEPTH:
                return True
        elif not in_string and letter in "]}":
            depth -= 1
    return False


def _entry(item: Mapping[str, Any]) -> RawEntry:
    text, title, summary = (_string(item, name) for name in ("content_text", "title", "summary"))
    people = [
        each for each in (*_list(item, "authors"), item.get("author")) if isinstance(each, dict)
    ]
    return RawEntry(
        guid=_identity(item),
        guid_is_link=True,
        link=_string(item, "url") or _string(item, "external_url"),
        title=title,
        title_is_html=holds_markup(title),
        summary=summary,
        summary_is_html=holds_markup(summary),
        content=_string(item, "content_html")
        or (text if holds_markup(text) else _paragraphs(text)),
        authors=[_string(each, "name") for each in people],
        published=_string(item, "date_published"),
        updated=_string(item, "date_modified"),
        language=_string(item, "language"),
        categories=[legal(each) for each in _list(item, "tags") if isinstance(each, str)],
    )


def _identity(item: Mapping[str, Any]) -> str:
    value = item.get("id")
    if isinstance(value, str):
        return legal(value).strip()
    return str(value) if isinstance(value, int | float) else ""


def _paragraphs(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"<p>{line}</p>" for line in escaped.split("\n") if line.strip())


def _string(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    return legal(value).strip() if isinstance(value, str) else ""


def _list(item: Mapping[str, Any], name: str) -> list[Any]:
    value = item.get(name)
    return value if isinstance(value, list) else []
