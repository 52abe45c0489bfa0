"""Site templates: an article as the HTML page of a news site, clutter and all.

``render`` makes one page; ``bench_pages`` makes any number of different ones of 80-120 KB, as real
news pages are, from the sentences of the seeds.
"""

from __future__ import annotations

import json
import random
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from html import escape
from string import Template
from typing import Any, Final, Literal

from hijridate import Gregorian
from seed_source import HERE, SeedArticle, all_articles, outlets


@dataclass(frozen=True, slots=True)
class Site:
    """What a template tells of the publication date, and its encoding."""

    source: Literal["jsonld", "meta", "html", "url", "text", "none"]
    precision: Literal["second", "minute", "day"]
    zoned: bool = False  # is the zone written?
    encoding: str = "utf-8"


SITES: Final = {
    "jsonld": Site("jsonld", "second", zoned=True),
    "opengraph": Site("meta", "second", zoned=True),
    "aspnet": Site("html", "minute"),
    "amp": Site("jsonld", "second", zoned=True),
    "cp1256": Site("html", "minute", encoding="windows-1256"),
    "cp1256_bare": Site("html", "minute", encoding="windows-1256"),
    "levant": Site("html", "day"),
    "maghreb": Site("html", "minute"),
    "hijri": Site("html", "day"),
    "related": Site("html", "second", zoned=True),
    "comments": Site("jsonld", "second", zoned=True),
    "saved": Site("meta", "day"),
    "urldate": Site("url", "day"),
}


@cache
def clutter() -> dict[str, Any]:
    """Read what stands round an article."""
    return tomllib.loads((HERE / "clutter.toml").read_text(encoding="utf-8"))


@cache
def _template(name: str) -> Template:
    return Template((HERE / "templates" / f"{name}.html").read_text(encoding="utf-8"))


def _items(texts: list[str], folder: str) -> str:
    return "".join(
        f'<li><a href="/{folder}/{place}">{text}</a></li>' for place, text in enumerate(texts)
    )


def _cards(texts: list[str]) -> str:
    return "".join(
        f'<div class="card"><a href="/story/{place}"><img src="/thumb/{place}.jpg" alt="">'
        f"<h6>{text}</h6></a><span>قبل {place + 2} ساعات</span></div>"
        for place, text in enumerate(texts)
    )


def _comments(pairs: list[list[str]], when: datetime) -> str:
    return "".join(
        f'<li class="comment"><cite>{name}</cite>'
        f'<time datetime="{(when + timedelta(hours=7 * place + 3)).isoformat()}">'
        f"{_long(when + timedelta(hours=7 * place + 3))}</time><p>{text}</p></li>"
        for place, (name, text) in enumerate(pairs)
    )


def _rotated(key: str, article: SeedArticle, count: int) -> list[Any]:
    """Give an article its own choice of clutter, the same every time."""
    pool: list[Any] = clutter()[key]
    start = (len(article.title) * 7 + len(article.body)) % len(pool)
    return (pool[start:] + pool[:start])[:count]


def _calendar(name: str) -> list[str]:
    names: list[str] = clutter()["calendar"][name]
    return names


def _day(when: datetime) -> str:
    return _calendar("days")[when.weekday()]


def _long(when: datetime, months: str = "plain", *, clock: bool = True) -> str:
    text = f"{_day(when)} {when.day} {_calendar(months)[when.month - 1]} {when.year}"
    return f"{text} - {when:%H:%M}" if clock else text


def _hijri(when: datetime) -> str:
    hijri = Gregorian(when.year, when.month, when.day).to_hijri()
    return f"{_day(when)} {hijri.day} {_calendar('hijri')[hijri.month - 1]} {hijri.year} هـ"


def _news_article(article: SeedArticle) -> dict[str, Any]:
    data: dict[str, Any] = {
        "@type": "NewsArticle",
        "headline": article.title,
        "datePublished": article.published.isoformat(),
        "dateModified": (article.modified or article.published).isoformat(),
        "mainEntityOfPage": {"@type": "WebPage", "@id": article.url},
        "inLanguage": article.language,
        "publisher": {"@type": "Organization", "name": article.outlet.name},
    }
    if article.author:
        data["author"] = [{"@type": "Person", "name": article.author}]
    return data


def _dates(article: SeedArticle) -> dict[str, str]:
    when = article.published
    half = "ص" if when.hour < 12 else "م"
    return {
        "published_iso": when.isoformat(),
        "published_day": f"{when:%Y-%m-%d}",
        "date_gregorian": _long(when),
        "date_long": _long(when),
        "date_levant": _long(when, "levant", clock=False),
        "date_maghreb": _long(when, "maghreb"),
        "date_hijri": _hijri(when),
        "date_numeric": f"{when:%d/%m/%Y %I:%M} {half}",
        "date_dashes": f"{when:%Y-%m-%d %H:%M}",
    }


def _paragraphs(parts: tuple[str, ...]) -> str:
    return "\n".join(
        f"<h3>{escape(part[3:], quote=False)}</h3>"
        if part.startswith("## ")
        else f"<p>{escape(part, quote=False)}</p>"
        for part in parts
    )


def _padding(article: SeedArticle, size: int, encoding: str) -> dict[str, str]:
    """Fill a page up as real ones are: half scripts, a third related cards, the rest menus."""
    if size <= 0:
        return {"pad_head": "", "pad_menu": "", "pad_related": ""}
    menu_block = f'<ul class="sub">{_items(_rotated("menu", article, 24), "tag")}</ul>'
    card_block = f'<div class="grid">{_cards(_rotated("related", article, 22))}</div>'
    menus = menu_block * (size * 15 // 100 // len(menu_block.encode(encoding)))
    cards = card_block * (size * 30 // 100 // len(card_block.encode(encoding)))
    left = size - len(menus.encode(encoding)) - len(cards.encode(encoding))
    seed = len(article.body) + len(article.title)
    head = ["<script>var cfg={"]
    while left > 0:
        turn = seed + len(head)
        head.append(
            f'"slot{turn}":{{"id":"div-gpt-{turn * 7919 % 99991}","sizes":[[300,250],[728,90]],'
            f'"targeting":{{"pos":"p{turn % 17}","sec":"s{turn % 5}"}},"lazy":{turn % 3}}},\n'
        )
        left -= len(head[-1])
    head.append("};</script>")
    return {"pad_head": "".join(head), "pad_menu": menus, "pad_related": cards}


def _fields(article: SeedArticle, padding: int, encoding: str) -> dict[str, str]:
    related: list[str] = _rotated("related", article, 12)
    parts = article.paragraphs
    middle = max(1, len(parts) // 2)
    news = _news_article(article)
    graph = {"@graph": [{"@type": "WebSite", "name": article.outlet.name}, news]}
    plain = {
        "title": article.title,
        "outlet": article.outlet.name,
        "summary": article.summary or article.title,
        "caption": article.caption or "صورة أرشيفية",
        "author": article.author or article.outlet.name,
        "section": article.section,
        "url": article.url,
        "lang": article.language,
        "tags": "، ".join(article.tags),
    }
    return {
        **{key: escape(value) for key, value in plain.items()},
        **_dates(article),
        **_padding(article, padding, encoding),
        "dir": "ltr" if article.language == "en" else "rtl",
        "url_length": f"{len(article.url):04d}",
        "jsonld": json.dumps({"@context": "https://schema.org", **news}, ensure_ascii=False),
        "jsonld_graph": json.dumps({"@context": "https://schema.org", **graph}, ensure_ascii=False),
        "all": _paragraphs(parts),
        "first_half": _paragraphs(parts[:middle]),
        "second_half": _paragraphs(parts[middle:]),
        "menu": _items(clutter()["menu"], "section"),
        "menu_inline": " | ".join(clutter()["menu"]),
        "share": _items(clutter()["share"], "share"),
        "share_inline": " ".join(clutter()["share"]),
        "related": _cards(related),
        "related_short": _items(related[:3], "n"),
        "related_one": related[0],
        "ticker": related[-1],
        "comments": _comments(_rotated("comments", article, 10), article.published),
        "comments_short": _comments(_rotated("comments", article, 2), article.published),
        "newsletter": clutter()["newsletter"],
        "google": clutter()["google"],
        "copyright": clutter()["copyright"],
    }


def render(template: str, article: SeedArticle, *, padding: int = 0) -> bytes:
    """Render an article as a page of a site.

    Args:
        template: a key of ``SITES``.
        article: what to render.
        padding: bytes of menus, scripts and related boxes to add, about.

    Returns:
        The page in the site's own encoding.

    Raises:
        KeyError: no such template.
    """
    encoding = SITES[template].encoding
    page = _template(template).substitute(_fields(article, padding, encoding))
    return page.encode(encoding, "xmlcharrefreplace")


@cache
def _pool() -> tuple[str, ...]:
    """Collect the paragraphs that benchmark bodies are made of."""
    parts = {
        part
        for article in all_articles()
        if article.language == "ar" and article.template in SITES
        for part in article.paragraphs
        if not part.startswith("## ") and len(part) > 80
    }
    return tuple(sorted(parts))


@cache
def _swaps() -> tuple[re.Pattern[str], dict[str, tuple[str, ...]]]:
    groups: dict[str, tuple[str, ...]] = {k: tuple(v) for k, v in clutter()["swap"].items()}
    words = {word: group for group in groups.values() for word in group}
    pattern = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{pattern}|\d{{1,3}})(?!\w)"), words


def _varied(text: str, rng: random.Random) -> str:
    """Exchange names, places and numbers of up to three digits."""
    pattern, words = _swaps()

    def other(match: re.Match[str]) -> str:
        word = match[0]
        if word in words:
            return rng.choice(words[word])
        return str(rng.randint(10 ** (len(word) - 1), 10 ** len(word) - 1))

    return pattern.sub(other, text)


def _variant(index: int, rng: random.Random) -> SeedArticle:
    """Recombine the seeds' paragraphs into a new article."""
    pool, models = _pool(), [a for a in all_articles() if a.template in SITES]
    model = models[index % len(models)]
    outlet = sorted(outlets().items())[index % len(outlets())][1]
    parts = [_varied(part, rng) for part in rng.sample(pool, rng.randint(8, 14))]
    parts.append(
        f"وكانت حصيلة سابقة أوردها المراسلون في {rng.choice(clutter()['swap']['places'])} "
        f"قد أشارت إلى {rng.randint(100, 999)} حالة في {index + 1000} موقعاً، بحسب "
        f"{rng.choice(clutter()['swap']['names'])}."
    )
    when = model.published.replace(minute=index % 60) + timedelta(days=index % 300)
    title = _varied(parts[0].split("،")[0][:90], rng).strip()
    return replace(
        model,
        stem=f"bench-{index}",
        outlet=outlet,
        path=f"/{when:%Y/%m/%d}/bench-{index}",
        title=title,
        published=when,
        modified=None,
        language="ar",
        paragraphs=tuple(parts),
    )


def bench_pages(n: int) -> Iterator[tuple[str, bytes]]:
    """Make ``n`` different pages of 80-120 KB, the same ones every time.

    Args:
        n: how many.

    Yields:
        (canonical URL, page bytes); the templates take turns.
    """
    names = list(SITES)
    for index in range(n):
        rng = random.Random(index)  # noqa: S311 - varied text, no secret
        article = _variant(index, rng)
        template = names[index % len(names)]
        size = 80_000 + index * 7919 % 40_000
        bare = len(render(template, article))
        yield article.url, render(template, article, padding=size - bare)
