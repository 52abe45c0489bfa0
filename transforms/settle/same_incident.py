"""Decide of two events in different articles whether they tell one thing that happened.

Points for and against, added up (decision 0055): the day, the place, the parties, the toll, the
wording. Each says little, since a follow-up names no day, a first report no town and every outlet
has its own words; together they are enough. The points were set on the tuning half of the stories
of ``rasd evaluate incidents`` and judged on the other half.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from struct import pack
from typing import Any, Final

from transforms.dedup.marks import stem_of
from transforms.dedup.tokens import words_of
from transforms.records import DEFAULT_CONFIDENCE

# Types that one act is told by, depending on who tells it.
_FAMILIES: Final = (
    frozenset({"AGREE", "COOPERATE"}),
    frozenset({"CONCEDE", "RETREAT"}),
    frozenset({"COERCE", "SANCTION"}),
)
# What one article may tell twice, the dead in one sentence and the injured in another. Of all else
# the coder knows better what it holds apart.
_TOLD_TWICE: Final = frozenset({"ASSAULT", "PROTEST"})
_IN_WORDS: Final = ("explicit", "relative")  # a date that the text gives; else it is the report's
_NEVER: Final = datetime.max.replace(tzinfo=UTC)
_FIRST_YEAR, _LAST_YEAR = 1000, 9000  # days beyond leave no room for days around them

TELLING: Final = timedelta(days=7)  # two reports of one incident are at most so far apart,
DAY_GAP: Final = 3  # and so many days the days that they date it to
ENOUGH: Final = 4.0  # points from which two reports tell one incident
_WORDING: Final = 8.0  # points of equal wording
_TOWN_KM: Final = 25.0
_CHANCE: Final = 2  # tolls up to here are often equal by chance
_FAR: Final = 4  # so many times another toll is very different
_AREAS: Final = frozenset({"country", "region"})


Site = tuple[str | None, tuple[str | None, str | None], tuple[float, float] | None]


@dataclass(frozen=True, slots=True)
class Report:
    """What grouping reads of an event: one article's report of something that happened.

    Attributes:
        event_id: the event.
        article_id: where it is reported.
        event_type: its PLOVER type.
        family: the types that one act may be told by; see ``family_of``.
        told: when it was reported: the article's event time, else the event's own day.
        stored: the partition of its article.
        day: the civil day it happened on, or began; None leaves it alone.
        sure: whether the text gives the day; else it is the day of the report.
        place: the name of a town or province; None for a country or none at all.
        where: country and province of the place.
        point: latitude and longitude of a town, in degrees.
        actors: countries of the actors.
        recipients: countries of the recipients.
        toll: killed and injured, at least; None where nothing is said.
        words: sorted hashes (uint32) of the stems of its evidence, without common words.
        site: where it happened, as far as it is told.
        countries: those it has to do with; the empty name when there is none.
        order: the order of reports: the earliest first.
    """

    event_id: str
    article_id: str
    event_type: str
    family: str
    told: datetime
    stored: date | None
    day: date | None
    sure: bool
    place: str | None
    where: tuple[str | None, str | None]
    point: tuple[float, float] | None
    actors: tuple[str, ...]
    recipients: tuple[str, ...]
    toll: tuple[int | None, int | None]
    words: bytes
    site: Site = field(init=False, compare=False, repr=False)
    countries: frozenset[str] = field(init=False, compare=False, repr=False)
    order: tuple[datetime, str] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Derive once what the search asks for again and again."""
        country = self.where[0]
        near = frozenset((*self.actors, *self.recipients, *([country] if country else [])))
        object.__setattr__(self, "site", (self.place, self.where, self.point))
        object.__setattr__(self, "countries", near or frozenset({""}))
        object.__setattr__(self, "order", (self.told, self.event_id))


# What ``report_of`` reads of a row of ``events``.
COLUMNS: Final = (
    "event_id", "article_id", "event_type", "status", "confidence", "actors", "recipients", "place",
    "event_date", "event_date_precision", "event_date_basis", "fatalities_min", "fatalities_max",
    "injured_min", "injured_max", "trigger", "evidence", "event_time",
)  # fmt: skip
# The same where a file can be read by the parts of its nested columns.
PARTS: Final = (
    *(name for name in COLUMNS if name not in {"actors", "recipients", "place", "evidence"}),
    "actors.list.element.country", "recipients.list.element.country", "evidence.list.element.text",
    "place.precision", "place.name", "place.country", "place.admin1", "place.lat", "place.lon",
)  # fmt: skip


@cache
def family_of(event_type: str) -> str:
    """Return what the types that tell one act have in common: the first of them by name.

    >>> family_of("RETREAT"), family_of("ASSAULT")
    ('CONCEDE', 'ASSAULT')
    """
    return min(next((each for each in _FAMILIES if event_type in each), {event_type}))


def report_of(row: Mapping[str, Any]) -> Report | None:
    """Read a row of ``events``.

    Args:
        row: its columns ``COLUMNS``.

    Returns:
        The report; None for one that takes no part in incidents: not asserted, or below the
        default confidence.
    """
    if row["status"] != "asserted" or row["confidence"] < DEFAULT_CONFIDENCE:
        return None
    day, told = row["event_date"], row["event_time"]
    stored = None if told is None else told.astimezone(UTC).date()
    if told is None:  # an undated article is told when its event happened
        told = _NEVER if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC)
    if any(each is None or not _FIRST_YEAR < each.year < _LAST_YEAR for each in (day, told)):
        day = None
    place = row["place"] or {}
    town = place.get("precision") == "city"
    text = " ".join([row["trigger"]["text"], *(each["text"] for each in row["evidence"])])
    return Report(
        event_id=row["event_id"],
        article_id=row["article_id"],
        event_type=row["event_type"],
        family=family_of(row["event_type"]),
        told=told.astimezone(UTC),
        stored=stored,
        day=day,
        sure=row["event_date_basis"] in _IN_WORDS and row["event_date_precision"] in (None, "day"),
        place=None if place.get("precision") in _AREAS else place.get("name"),
        where=(place.get("country"), place.get("admin1")),
        point=(place["lat"], place["lon"]) if town and place.get("lat") is not None else None,
        actors=_countries(row["actors"]),
        recipients=_countries(row["recipients"]),
        toll=(_least(row, "fatalities"), _least(row, "injured")),
        words=_words(text),
    )


def _countries(parties: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(sorted({each["country"] for each in parties if each["country"]}))


def _least(row: Mapping[str, Any], what: str) -> int | None:
    low: int | None = row[f"{what}_min"]
    return low if low is not None else row[f"{what}_max"]


@lru_cache(maxsize=1 << 12)
def _words(text: str) -> bytes:
    stems = set(map(stem_of, words_of(text))) - _common_words()
    return pack(f"<{len(stems)}I", *sorted(stems))


@cache
def _common_words() -> frozenset[int]:
    """The hashes of words that say nothing of which incident it is."""
    text = files("transforms.settle").joinpath("common_words.txt").read_text("utf-8")
    lines = (line.partition(": ")[2] for line in text.splitlines() if not line.startswith("#"))
    return frozenset(map(stem_of, " ".join(lines).split()))


def points(one: Report, other: Report) -> float:
    """Say how much speaks for two reports telling one incident; ``ENOUGH`` is enough.

    Args:
        one: a report.
        other: another one, of the same family.

    Returns:
        Points; minus infinity where it cannot be.
    """
    first, last = (one, other) if one.told < other.told else (other, one)
    together = one.article_id == other.article_id
    if together and one.family not in _TOLD_TWICE:
        return -math.inf
    total = _day_points(first, last) + place_points(one.site, other.site)
    if total == -math.inf:
        return total
    total += _party_points(one, other) + _toll_points(first, last)
    if one.event_type != other.event_type:
        total -= 1.0
    if together:
        total -= 1.5  # the coder held them apart
    if total + _WORDING < ENOUGH:
        return total
    return total + _WORDING * _wording(one.words, other.words)


def _day_points(first: Report, last: Report) -> float:
    """Of the days they date it to, and of those they are told on."""
    if first.day is None or last.day is None or last.told - first.told > TELLING:
        return -math.inf
    gap = abs((first.day - last.day).days)
    if gap > DAY_GAP:
        return -math.inf
    return (_SURE if first.sure and last.sure else _UNSURE)[gap]


# By the days between: where both texts give the day, and where one does not.
_SURE: Final = (2.0, -1.0, -2.5, -2.5)
_UNSURE: Final = (1.0, 0.5, 0.0, -0.5)


@lru_cache(maxsize=1 << 16)
def place_points(one: Site, other: Site) -> float:
    """Say how much the places of two reports speak for one incident.

    Args:
        one: where a report tells it.
        other: where another one does.

    Returns:
        Points; minus infinity for two towns that are not one.
    """
    (mine, (country, province), point), (theirs, (land, region), there) = one, other
    if country and land and country != land:
        return -2.5
    if mine is None or theirs is None:
        return 0.5
    if mine == theirs:
        return 2.5
    if mine == region or theirs == province:
        return 1.5
    if point and there and _kilometres(point, there) <= _TOWN_KM:
        return 1.5
    return -math.inf


def _kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The distance of two points, flat: good enough for tens of kilometres."""
    north = one[0] - other[0]
    east = (one[1] - other[1]) * math.cos(math.radians((one[0] + other[0]) / 2))
    return 111.2 * math.hypot(north, east)


def _party_points(one: Report, other: Report) -> float:
    """Of the countries of their parties, whoever of them acts; but not the other way round."""
    actors, recipients = set(one.actors), set(one.recipients)
    mine, theirs = actors | recipients, {*other.actors, *other.recipients}
    if not mine or not theirs:
        return 0.0
    crossed = actors.intersection(other.recipients) and recipients.intersection(other.actors)
    if crossed and not (actors & {*other.actors} or recipients & {*other.recipients}):
        return -3.0
    if mine == theirs:
        return 1.0
    return 0.5 if mine & theirs else -1.0


def _toll_points(first: Report, last: Report) -> float:
    """Of their tolls: an equal one speaks for it, a fallen or very different one against."""
    total = 0.0
    for before, after in zip(first.toll, last.toll, strict=True):
        if before is None or after is None:
            continue
        if before == after:
            total += 1.0 if before > _CHANCE else 0.25
        elif max(before, after) > _FAR * max(1, min(before, after)):
            total -= 1.0
        elif after < before and first.told < last.told:
            total -= 0.5
    return total


def _wording(one: bytes, other: bytes) -> float:
    """How much of their wording they share, 0 to 1."""
    mine, theirs = _unpacked(one), _unpacked(other)
    size = len(mine) * len(theirs)
    return len(mine & theirs) / math.sqrt(size) if size else 0.0


@lru_cache(maxsize=1 << 14)
def _unpacked(words: bytes) -> frozenset[int]:
    return frozenset(memoryview(words).cast("I"))
