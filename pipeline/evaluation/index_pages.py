"""Invented pages for the is-article question: index pages, hard articles, walls.

The templates and texts stand in ``index_pages.toml`` and ``odd_pages.toml``. A page is a menu,
then ``before``, the ``card`` repeated ``cards`` times (in each of ``groups``, framed by ``group``
and ``group_end``), ``after``, a footer. In any part ``{headline 3}``, ``{link 3}``, ``{text 1 2}``
(from sentence 1, two of them) and the named heads are filled in; in a card ``{n}``, ``{title}``,
``{link}``, ``{text}``, ``{section}``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

_FILES: Final = ("index_pages.toml", "odd_pages.toml")
_OUTLET: Final = "الوادي الإخباري"
_SLOT: Final = re.compile(r"\{([a-z]+)(?: ([\w ]+))?\}")


@dataclass(frozen=True, slots=True)
class InventedPage:
    """A page and what must become of it.

    Attributes:
        name: of its template.
        markup: the page.
        reason: why it must be refused; None for an article.
        outlet: the invented site in whose manner it is made.
        held: it was written after the gate's weights were set, and never tuned on.
        url: its address; "" when nothing is to be told by it.
    """

    name: str
    markup: str
    reason: str | None
    outlet: str = _OUTLET
    held: bool = False
    url: str = ""


def invented_pages() -> Iterator[InventedPage]:
    """Build all pages; the same ones every time."""
    for name in _FILES:
        pages = _Pages(_data(name))
        for kind, reason in (("index", "not_an_article"), ("article", None), ("wall", None)):
            for template in pages.data.get(kind, ()):
                yield InventedPage(
                    f"{kind}/{template['name']}",
                    pages.page(template),
                    template.get("reason", reason),
                    template.get("outlet", _OUTLET),
                    template.get("held", False),
                    template.get("url", ""),
                )


@cache
def _data(name: str) -> Any:
    return tomllib.loads(files("pipeline.evaluation").joinpath(name).read_text("utf-8"))


class _Pages:
    """Makes pages of the texts and templates of one file."""

    def __init__(self, data: Any) -> None:
        self.data = data

    def page(self, template: dict[str, Any]) -> str:
        """Build the page of a template."""
        sections: list[str] = self.data["sections"]
        outlet = template.get("outlet", _OUTLET)
        groups = "".join(
            template.get("group", "").replace("{section}", sections[group % len(sections)])
            + self._cards(template, template.get("start", 0) + 3 * group)
            + template.get("group_end", "")
            for group in range(template.get("groups", 1))
        )
        menu = "".join(f'<li><a href="/{i}">{name}</a></li>' for i, name in enumerate(sections))
        title, head = self._fill(template["title"]), self._fill(template.get("head", ""))
        before, after = (self._fill(template.get(part, "")) for part in ("before", "after"))
        return (
            '<!DOCTYPE html><html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>'
            f"{title} - {outlet}</title>{head}</head>"
            f'<body><div id="top"><ul class="menu">{menu}</ul></div>{before}{groups}{after}'
            f'<div class="foot"><p>جميع الحقوق محفوظة لموقع {outlet} 2024</p></div></body></html>'
        )

    def _headline(self, number: int) -> str:
        headlines: list[str] = self.data["headlines"]
        return headlines[number % len(headlines)]

    def _link(self, number: int) -> str:
        return f'<a href="/news/{10400 + number}/story-{number}">{self._headline(number)}</a>'

    def _text(self, number: int, sentences: int) -> str:
        all_sentences: list[str] = self.data["sentences"]
        return " ".join(all_sentences[(number + i) % len(all_sentences)] for i in range(sentences))

    def _fill(self, part: str) -> str:
        """Fill the slots of one part."""

        def slot(match: re.Match[str]) -> str:
            name, rest = match[1], match[2] or ""
            if name == "headline":
                return self._headline(int(rest))
            if name == "link":
                return self._link(int(rest))
            if name == "text":
                first, number = rest.split()
                return self._text(int(first), int(number))
            filled: str = self.data["heads"].get(f"{name} {rest}", match[0])
            return filled

        return _SLOT.sub(slot, part)

    def _cards(self, template: dict[str, Any], start: int) -> str:
        sections: list[str] = self.data["sections"]
        sentences = template.get("sentences", 1)
        return "".join(
            template.get("card", "")
            .replace("{n}", str(number))
            .replace("{section}", sections[number % len(sections)])
            .replace("{title}", self._headline(number))
            .replace("{link}", self._link(number))
            .replace("{text}", self._text(number, sentences))
            for number in range(start, start + template.get("cards", 0))
        )
