"""Read the stories of ``data/stories_*.toml``: reports of several outlets, and what they tell.

A *mention* is an incident told by a report. Its gold coding is the row of ``events`` that a coder
without fault would make of it; the place is looked up in the gazetteer, as the coder does.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from transforms.enrich.entities.find import find_places
from transforms.records import Article, content_id
from transforms.text.arabic import normalise

Half = Literal["tuning", "held_out"]
DATA: Final = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that happened, as it was in the end.

    Attributes:
        name: its story and its name there.
        event_type: its PLOVER type.
        dead: how many were killed in the end; None when nothing is said.
        hurt: how many were injured.
    """

    name: str
    event_type: str
    dead: int | None
    hurt: int | None


@dataclass(frozen=True, slots=True)
class Mention:
    """An incident told by a report.

    Attributes:
        incident: the name of the incident.
        article: the report.
        field: ``title`` or ``body``, where the words that tell it stand.
        words: where they stand in the field, end-exclusive.
        sentence: where their sentence stands.
        row: the columns of ``events`` that grouping reads, coded without fault.
    """

    incident: str
    article: Article
    field: Literal["title", "body"]
    words: tuple[int, int]
    sentence: tuple[int, int]
    row: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stories:
    """Half of the stories: their reports, incidents and mentions."""

    articles: tuple[Article, ...]
    incidents: tuple[Incident, ...]
    mentions: tuple[Mention, ...]


def path_of(half: Half) -> Path:
    """Where a half of the stories lies."""
    return DATA / f"stories_{half}.toml"


def read_stories(half: Half) -> Stories:
    """Read a half of the stories.

    Args:
        half: ``tuning``, which was looked at while points were set, or ``held_out``.
    """
    articles: list[Article] = []
    incidents: list[Incident] = []
    mentions: list[Mention] = []
    for story in tomllib.loads(path_of(half).read_text("utf-8"))["story"]:
        for name, known in story["incidents"].items():
            full = f"{story['id']}/{name}"
            incidents.append(Incident(full, known["type"], known.get("dead"), known.get("hurt")))
        for report in story["reports"]:
            articles.append(_article(story["id"], report))
            mentions += _mentions(story, report, articles[-1])
    return Stories(tuple(articles), tuple(incidents), tuple(mentions))


def _article(story: str, report: Mapping[str, Any]) -> Article:
    at: datetime = report["at"]
    key = content_id(story, report["outlet"], at.isoformat())
    url = f"https://{report['outlet']}/{key[:8]}"
    return Article(
        key, key, report["body"], key, key, title=report["title"], url=url,
        publisher=report["outlet"], published_at=at, published_on=at.date(), event_time=at,
    )  # fmt: skip


def _mentions(
    story: Mapping[str, Any], report: Mapping[str, Any], article: Article
) -> Iterator[Mention]:
    for told in report["tells"]:
        incident = story["incidents"][told["incident"]]
        field: Literal["title", "body"] = "body" if told["words"] in article.body else "title"
        text = article.body if field == "body" else article.title or ""
        start = text.index(told["words"])
        end = start + len(told["words"])
        sentence = _sentence(text, start, end)
        name = f"{story['id']}/{told['incident']}"
        row = _row(incident, told, article) | {
            "event_id": content_id(article.article_id, name),
            "trigger": {"text": told["words"]},
            "evidence": [{"text": text[slice(*sentence)]}],
        }
        yield Mention(name, article, field, (start, end), sentence, row)


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence of a stretch of text begins and ends."""
    before, after = text.rfind(". ", 0, start), text.find(". ", end)
    return (before + 2 if before >= 0 else 0), (after if after >= 0 else len(text))


def _row(incident: Mapping[str, Any], told: Mapping[str, Any], article: Article) -> dict[str, Any]:
    """What a report says of an incident: what is known of it, unless it says otherwise."""
    known = {**incident, **told}
    name, dead, hurt = known["place"], told.get("dead"), told.get("hurt")
    undated = told.get("undated", False)
    return {
        "article_id": article.article_id,
        "event_type": incident["type"],
        "status": "asserted",
        "confidence": 1.0,
        "actors": [{"country": each} for each in known["actors"]],
        "recipients": [{"country": each} for each in known["recipients"]],
        "place": _place(name, incident["country"]) if name else None,
        "event_date": article.published_on if undated else known["date"],
        "event_date_precision": "day",
        "event_date_basis": "document" if undated else "relative",
        "fatalities_min": dead,
        "fatalities_max": dead,
        "injured_min": hurt,
        "injured_max": hurt,
        "event_time": article.event_time,
    }


@cache
def _place(name: str, country: str) -> dict[str, Any]:
    """A place as the gazetteer knows it; a town of its own when it does not."""
    for entity in find_places(normalise(f"في مدينة {name}")):
        found = entity.place
        if found is not None and found.country == country:
            names = ("name", "country", "admin1", "lat", "lon", "precision")
            return {each: getattr(found, each) for each in names}
    return {"name": name, "country": country, "admin1": None, "lat": None, "precision": "city"}
