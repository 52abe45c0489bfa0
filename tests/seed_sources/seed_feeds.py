"""Seed feeds: RSS 2.0, Atom and RDF written from ``feeds/*.toml``.

Nothing but the standard library writes them: a seed must be able to be wrong on purpose, which a
feed library would prevent.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape
from pathlib import Path
from typing import Any, Final

from seed_source import HERE, Outlet, load_article, local, outlets


@dataclass(frozen=True, slots=True)
class SeedEntry:
    """One item of a seed feed, and what becomes of it offline."""

    title: str
    link: str
    published: datetime | None
    date_text: str  # as the feed writes it
    summary: str
    content: str  # HTML; "" for a summary-only entry
    guid: str
    outcome: str  # joined | article | not_fetched
    page: str  # the given page (file stem) that answers for it
    article: str  # the source of its text


@dataclass(frozen=True, slots=True)
class SeedFeed:
    """One seed feed."""

    stem: str
    file: str
    kind: str
    outlet: Outlet
    url: str
    title: str
    shows: str
    entries: tuple[SeedEntry, ...]
    cut: int = 0  # bytes to cut off the end


def _entry(raw: dict[str, Any], kind: str, outlet: Outlet) -> SeedEntry:
    source = load_article(raw["article"]) if "article" in raw else None
    published: datetime | None = raw.get("published", source.published if source else None)
    when = local(published, outlet) if published and raw.get("date") != "" else None
    written = format_datetime(when) if when else ""
    if when and kind != "rss":
        written = when.isoformat()
    link: str = raw.get("link", "")
    if source and not link.startswith("http"):
        link = source.url + link
    summary: str = raw.get("summary", source.summary if source else "")
    content = ""
    if source and raw.get("content") == "full":
        content = "".join(
            f"<h3>{p[3:]}</h3>" if p.startswith("## ") else f"<p>{escape(p, quote=False)}</p>"
            for p in source.paragraphs
        )
    return SeedEntry(
        title=raw.get("title", source.title if source else ""),
        link=link,
        published=when,
        date_text=raw.get("date", written),
        summary=summary,
        content=content,
        guid=raw.get("guid", source.url if source else link),
        outcome=raw["outcome"],
        page=raw.get("page", raw.get("article", "") if raw["outcome"] == "joined" else ""),
        article=raw.get("article", ""),
    )


def load_feed(path: Path) -> SeedFeed:
    """Read one feed's source."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    outlet = outlets()[raw["outlet"]]
    return SeedFeed(
        stem=path.stem,
        file=raw["file"],
        kind=raw["kind"],
        outlet=outlet,
        url=outlet.base + raw["path"],
        title=raw["title"],
        shows=raw["shows"],
        entries=tuple(_entry(item, raw["kind"], outlet) for item in raw["entry"]),
        cut=raw.get("cut", 0),
    )


def all_feeds() -> tuple[SeedFeed, ...]:
    """Read every seed feed, ordered by file name."""
    return tuple(load_feed(path) for path in sorted((HERE / "feeds").glob("*.toml")))


def _tag(name: str, text: str, attributes: str = "") -> str:
    return f"      <{name}{attributes}>{escape(text, quote=False)}</{name}>\n" if text else ""


def _rss(feed: SeedFeed) -> str:
    items = "".join(
        "    <item>\n"
        + _tag("title", entry.title)
        + _tag("link", entry.link)
        + _tag("guid", entry.guid, ' isPermaLink="false"')
        + _tag("pubDate", entry.date_text)
        + _tag("description", entry.summary)
        + (
            f"      <content:encoded><![CDATA[{entry.content}]]></content:encoded>\n"
            if entry.content
            else ""
        )
        + "    </item>\n"
        for entry in feed.entries
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:atom="http://www.w3.org/2005/Atom">\n  <channel>\n'
        f"    <title>{feed.title}</title>\n    <link>{feed.outlet.base}/</link>\n"
        f'    <atom:link href="{feed.url}" rel="self" type="application/rss+xml"/>\n'
        f"    <description>{feed.title}</description>\n    <language>ar</language>\n"
        f"{items}  </channel>\n</rss>\n"
    )


def _atom(feed: SeedFeed) -> str:
    items = "".join(
        "    <entry>\n"
        + _tag("title", entry.title)
        + f'      <link rel="alternate" type="text/html" href="{escape(entry.link)}"/>\n'
        + _tag("id", entry.guid)
        + _tag("published", entry.date_text)
        + _tag("updated", entry.date_text)
        + _tag("summary", entry.summary)
        + _tag("content", entry.content, ' type="html"')
        + "    </entry>\n"
        for entry in feed.entries
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ar">\n'
        f"  <title>{feed.title}</title>\n  <id>{feed.url}</id>\n"
        f'  <link rel="self" href="{feed.url}"/>\n'
        f'  <link rel="alternate" href="{feed.outlet.base}/"/>\n'
        f"  <updated>{feed.entries[0].date_text}</updated>\n{items}</feed>\n"
    )


def _rdf(feed: SeedFeed) -> str:
    listed = "".join(f'<rdf:li rdf:resource="{escape(entry.link)}"/>' for entry in feed.entries)
    items = "".join(
        f'  <item rdf:about="{escape(entry.link)}">\n'
        + _tag("title", entry.title)
        + _tag("link", entry.link)
        + _tag("description", entry.summary)
        + _tag("dc:date", entry.date_text)
        + "  </item>\n"
        for entry in feed.entries
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f'  <channel rdf:about="{feed.url}">\n    <title>{feed.title}</title>\n'
        f"    <link>{feed.outlet.base}/</link>\n    <description>{feed.title}</description>\n"
        f"    <dc:language>ar</dc:language>\n"
        f"    <items><rdf:Seq>{listed}</rdf:Seq></items>\n  </channel>\n{items}</rdf:RDF>\n"
    )


WRITERS: Final = {"rss": _rss, "atom": _atom, "rdf": _rdf}


def render_feed(feed: SeedFeed) -> bytes:
    """Write a feed, cut short when it is the broken one.

    Returns:
        UTF-8 bytes.
    """
    data = WRITERS[feed.kind](feed).encode()
    return data[: len(data) - feed.cut]
