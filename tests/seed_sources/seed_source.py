"""The sources of the seeds: one TOML file an article, with what a careful reader expects of it.

A copy or a later version of an article names its ``base`` and lists its ``edits``, so that no text
is stored twice. Everything under ``seeds/`` that is a page, a text, a feed or a golden is written
from here by ``python tests/seed_sources/write_seeds.py``.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Outlet:
    """An invented publisher."""

    name: str
    base: str  # scheme and host
    country: str  # ISO 3166 alpha-3
    offset: str  # ±HH:MM


@dataclass(frozen=True, slots=True)
class SeedArticle:
    """One article as its newsroom wrote it, before any site's template.

    ``paragraphs`` starting with ``## `` are subheadings. ``template`` names the site template;
    ``txt``, ``jsonl`` and ``none`` (only in a feed) stand for the other outputs. ``expected``
    holds the hand-made expectations (see ``tests/golden/seeds/README.md``).
    """

    stem: str
    outlet: Outlet
    template: str
    path: str
    title: str
    published: datetime
    paragraphs: tuple[str, ...]
    modified: datetime | None = None
    author: str = ""
    section: str = "أخبار"
    summary: str = ""
    caption: str = ""
    language: str = "ar"
    tags: tuple[str, ...] = ()
    shows: str = ""
    expected: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The canonical URL."""
        return self.outlet.base + self.path

    @property
    def body(self) -> str:
        """The text an extractor should find: paragraphs on lines of their own."""
        return "\n".join(part.removeprefix("## ") for part in self.paragraphs)


@cache
def outlets() -> dict[str, Outlet]:
    """Read the invented publishers by key."""
    raw = tomllib.loads((HERE / "outlets.toml").read_text(encoding="utf-8"))
    return {key: Outlet(**value) for key, value in raw.items()}


@cache
def raw_article(stem: str) -> dict[str, Any]:
    """Read one source file; a copy gets its base's fields, edited.

    Raises:
        ValueError: an edit's ``find`` does not occur exactly once in the base's body.
    """
    path = HERE / "articles" / f"{stem}.toml"
    raw: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    if "base" not in raw:
        return raw
    base = {k: v for k, v in raw_article(raw.pop("base")).items() if k not in {"shows", "modified"}}
    body = base["body"]
    for edit in raw.pop("edits", []):
        if body.count(edit["find"]) != 1:
            raise ValueError(f"{path.name}: not found exactly once: {edit['find']!r}")
        body = body.replace(edit["find"], edit["put"])
    parts = body.strip().split("\n\n")[: raw.pop("keep", None)]
    return base | {"body": "\n\n".join(parts)} | raw


def local(stamp: datetime, outlet: Outlet) -> datetime:
    """Express a time in the publisher's zone."""
    hours, minutes = int(outlet.offset[:3]), int(outlet.offset[0] + outlet.offset[4:])
    return stamp.astimezone(timezone(timedelta(hours=hours, minutes=minutes)))


EXPECTED_KEYS: Final = (
    "events",
    "no_events",
    "cluster",
    "duplicate_kind",
    "revision",
    "rejected",
    "language_verdict",
    "page_date",
    "jsonl",
    "no_title",
)


@cache
def load_article(stem: str) -> SeedArticle:
    """Build one article from its source file."""
    raw = raw_article(stem)
    outlet = outlets()[raw["outlet"]]
    modified = raw.get("modified")
    return SeedArticle(
        stem=stem,
        outlet=outlet,
        template=raw["template"],
        path=raw["path"],
        title=raw["title"],
        published=local(raw["published"], outlet),
        paragraphs=tuple(part.strip() for part in raw["body"].strip().split("\n\n")),
        modified=local(modified, outlet) if modified else None,
        author=raw.get("author", ""),
        section=raw.get("section", "أخبار"),
        summary=raw.get("summary", ""),
        caption=raw.get("caption", ""),
        language=raw.get("language", "ar"),
        tags=tuple(raw.get("tags", ())),
        shows=raw["shows"],
        expected={key: raw[key] for key in EXPECTED_KEYS if key in raw},
    )


@cache
def all_articles() -> tuple[SeedArticle, ...]:
    """Read every article, ordered by file name."""
    stems = sorted(path.stem for path in (HERE / "articles").glob("*.toml"))
    return tuple(load_article(stem) for stem in stems)
