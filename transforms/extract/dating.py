"""Which of several dates of publication is believed, and which civil day it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from transforms.records import Precision, PublishedSource
from transforms.text.dates import (
    civil_day,
    document_weekdays,
    host_timezone,
    locale_timezone,
    possible_days,
)

_FINENESS: Final = {"second": 3, "minute": 2, "day": 1, "month": 0}
TIMES: Final = frozenset({"second", "minute"})
_HALF_HOUR: Final = 1800  # seconds
_MINUTE_OFF: Final = 90  # seconds: one of two writings may leave the seconds out


@dataclass(frozen=True, slots=True)
class Published:
    """When, how exactly, and who says so.

    Attributes:
        at: UTC; None when unknown.
        precision: of ``at``; None with it.
        source: where it was read; "none" when unknown.
        raw: as written; kept also when it could not be believed.
        day: the civil day where the publisher writes; None when unknown.
        day_sure: False when ``day`` may be a neighbour's (see ``Timestamp``).
    """

    at: datetime | None = None
    precision: Precision | None = None
    source: PublishedSource = "none"
    raw: str | None = None
    day: date | None = None
    day_sure: bool = True


def choose(candidates: Iterator[Published]) -> Published:
    """Choose by precedence; a finer time of the same day may refine a coarser one.

    A candidate that comes too late to be believed may still tell the civil day of a time in UTC.

    Args:
        candidates: dates in the order of ``PRECEDENCE``; read lazily.

    Returns:
        The date believed; one with ``at`` None when there is none.
    """
    best: Published | None = None
    for found in candidates:
        if found.at is None or found.precision is None:
            continue
        if best is None:
            best = found
        elif best.precision not in TIMES and _refines(found, best):
            best = found if found.day_sure else _on_day_of(best, found)
        elif not best.day_sure and _tells_day(found, best):
            best = replace(best, day=found.day, day_sure=True)
        if best.precision in TIMES and best.day_sure:
            break
    return best or Published()


def _refines(found: Published, best: Published) -> bool:
    """Whether a date is a finer one of the same civil day, or of the same month."""
    if found.day is None or best.day is None or found.precision is None or best.precision is None:
        return False
    if _FINENESS[found.precision] <= _FINENESS[best.precision]:
        return False
    if best.precision == "month":
        return (found.day.year, found.day.month) == (best.day.year, best.day.month)
    return found.day == best.day or (not found.day_sure and _may_be_of(found, best.day))


def _on_day_of(best: Published, found: Published) -> Published:
    """A finer time whose own day is not sure, on the day that was written."""
    if best.precision == "month":
        return found
    return replace(found, day=best.day, day_sure=True)


def _tells_day(found: Published, best: Published) -> bool:
    """Whether a date is another writing of a moment, one that tells its civil day.

    Two clock times are one moment when they lie within the hour, or apart by whole half hours: a
    time without its zone was read as UTC.
    """
    if not found.day_sure or found.at is None or best.at is None:
        return False
    if not _may_be_of(best, found.day):
        return False
    apart = abs((found.at - best.at).total_seconds())
    halves = abs(apart - round(apart / _HALF_HOUR) * _HALF_HOUR)
    return found.precision not in TIMES or apart < 2 * _HALF_HOUR or halves <= _MINUTE_OFF


def _may_be_of(found: Published, day: date | None) -> bool:
    """Whether a moment may lie on a civil day where Arabic news is written."""
    if found.at is None or day is None or found.precision not in TIMES:
        return False
    first, last = possible_days(found.at)
    return first <= day <= last


def zone_told(stamps: Iterable[str], locales: Iterable[str]) -> str | None:
    """What a page's other stamps and language tags tell of the zone it is written in.

    Args:
        stamps: what the page says of itself, in any form; a moment with an offset other than that
            of UTC tells it ("dateModified": "2024-03-16T01:20:00+03:00").
        locales: language tags with a country ("ar-EG"), the most believable first.

    Returns:
        ±HH:MM or an IANA name; None when nothing tells it, or stamps disagree.
    """
    offsets = {match[1] for stamp in stamps if (match := _OFFSET.search(stamp.strip()[:60]))}
    if len(offsets) == 1:
        (offset,) = offsets
        return f"{offset[:3]}:{offset[-2:]}"
    return next((zone for tag in locales if (zone := locale_timezone(tag))), None)


_OFFSET: Final = re.compile(r"\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?\s?([+-](?!00:?00)\d\d:?\d\d)\Z")


def settle_day(dated: Published, text: str, url: str, zone: str | None = None) -> Published:
    """Decide a day that is not sure by the host's country, the text's "today", or the page's zone.

    Args:
        dated: what is believed.
        text: the article; "اليوم السبت" names its weekday.
        url: the article's address; a domain of a country tells the zone.
        zone: from ``zone_told``.

    Returns:
        The same, its day moved by one where one of them says so.
    """
    if dated.day_sure or dated.at is None:
        return dated
    of_host = host_timezone(url)
    if of_host is None:
        weekdays = document_weekdays(text)
        fitting = {day for day in possible_days(dated.at) if day.weekday() in weekdays}
        if len(weekdays) == len(fitting) == 1:
            return replace(dated, day=fitting.pop(), day_sure=True)
    zone = of_host or zone
    if zone is None:
        return dated
    return replace(dated, day=civil_day(dated.at, tz=zone)[0], day_sure=True)
