"""Invented pages for the is-article question: index pages, hard articles, walls.

The templates and texts stand in ``index_pages.toml``. A page is a menu, then ``before``, the
``card`` repeated ``cards`` times (in each of ``groups``, framed by ``group`` and ``group_end``),
``after``, a footer. In any part ``{headline 3}``, ``{link 3}``, ``{text 1 2}`` (from sentence 1,
two of them) and the named heads are filled in; in a card ``{n}``, ``{title}``, ``{link}``,
``{text}``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

_SLOT: Final = re.compile(r"\{([a-z]+)(?: ([\w ]+))?\}")


@dataclass(frozen=True, slots=True)
class InventedPage:
    """A page and what must become of it.

    Attributes:
        name: of its template.
        markup: the page.
        reason: why it must be refused; None for an article.
    """

    name: str
    markup: str
    reason: str | None


def invented_pages() -> Iterator[InventedPage]:
    """Build all pages; the same ones every time."""
    for kind, reason in (("index", "not_an_article"), ("article", None), ("wall", None)):
        for template in _data()[kind]:
            yield InventedPage(
                f"{kind}/{template['name']}", _page(template), template.get("reason", reason)
            )


@cache
def _data() -> Any:
    text = files("pipeline.evaluation").joinpath("index_pages.toml").read_text("utf-8")
    return tomllib.loads(text)


def _headline(number: int) -> str:
    headlines: list[str] = _data()["headlines"]
    return headlines[number % len(headlines)]


def _link(number: int) -> str:
    return f'<a href="/news/{10400 + number}/story-{number}">{_headline(number)}</a>'


def _text(number: int, sentences: int) -> str:
    all_sentences: list[str] = _data()["sentences"]
    return " ".join(all_sentences[(number + i) % len(all_sentences)] for i in range(sentences))


def _fill(part: str) -> str:
    """Fill the slots of one part."""

    def slot(match: re.Match[str]) -> str:
        name, rest = match[1], match[2] or ""
        if name == "headline":
            return _headline(int(rest))
        if name == "link":
            return _link(int(rest))
        if name == "text":
            first, number = rest.split()
            return _text(int(first), int(number))
        filled: str = _data()["heads"].get(f"{name} {rest}", match[0])
        return filled

    return _SLOT.sub(slot, part)


def _cards(template: dict[str, Any], start: int) -> str:
    sentences = template.get("sentences", 1)
    return "".join(
        template.get("card", "")
        .replace("{n}", str(number))
        .replace("{title}", _headline(number))
        .replace("{link}", _link(number))
        .replace("{text}", _text(number, sentences))
        for number in range(start, start + template.get("cards", 0))
    )


def _page(template: dict[str, Any]) -> str:
    sections: list[str] = _data()["sections"]
    groups = "".join(
        template.get("group", "").replace("{section}", sections[group % len(sections)])
        + _cards(template, template.get("start", 0) + 3 * group)
        + template.get("group_end", "")
        for group in range(template.get("groups", 1))
    )
    menu = "".join(f'<li><a href="/{i}">{name}</a></li>' for i, name in enumerate(sections))
    title, head = _fill(template["title"]), _fill(template.get("head", ""))
    return (
        '<!DOCTYPE html><html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>'
        f"{title} - الوادي الإخباري</title>{head}</head>"
        f'<body><div id="top"><ul class="menu">{menu}</ul></div>{_fill(template.get("before", ""))}'
        f'{groups}{_fill(template.get("after", ""))}<div class="foot"><p>جميع الحقوق محفوظة لموقع '
        "الوادي الإخباري 2024</p></div></body></html>"
    )
