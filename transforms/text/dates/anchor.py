"""The day that relative dates count from, and counting from it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from transforms.text.dates.absolute import FIRST_YEAR, LAST_YEAR, gregorian_date
from transforms.text.dates.zones import zone_info

_LATE: Final = 20  # from this hour UTC on, part of the Arab world has the next day already
_EARLY: Final = 3  # before this hour a text may still speak of the day before as today
_WEEK_STARTS: Final = (0, 5, 6)  # Monday, Saturday, Sunday: all are in use


@dataclass(frozen=True, slots=True)
class Anchor:
    """A document's day.

    Attributes:
        day: the civil day.
        moment: the clock too, when known (naive: the civil time of the zone asked for).
        near: the days that the text may mean by "today": one, or two around midnight.
        tz: the zone of ``moment``; None when unknown.
    """

    day: dt.date
    moment: dt.datetime | None
    near: tuple[dt.date, ...]
    tz: str | None = None

    def plus(self, days: int) -> dt.date | None:
        """The day some days away; None outside the years a date may have."""
        try:
            found = self.day + dt.timedelta(days=days)
        except OverflowError:
            return None
        return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def make_anchor(anchor: dt.date | dt.datetime | None, tz: str | None) -> Anchor | None:
    """Read an anchor.

    Args:
        anchor: a civil day, or a moment. Midnight sharp counts as a day without a clock: that is
            how day precision is stored.
        tz: the zone whose civil day is meant; without it that of the moment itself.

    Returns:
        The anchor; None without one, or outside the years a date may have.
    """
    if anchor is None or not FIRST_YEAR < anchor.year < LAST_YEAR:
        return None
    if not isinstance(anchor, dt.datetime):
        return Anchor(anchor, None, (anchor,), tz)
    if anchor.time() == dt.time(0):
        return Anchor(anchor.date(), None, (anchor.date(),), tz)
    near_zone = tz is None and anchor.tzinfo is not None
    written = tz
    if anchor.tzinfo is not None:
        zone = zone_info(tz) if tz else None
        anchor = anchor.astimezone(zone) if zone else anchor
        written = tz if zone else _offset(anchor)
    day = anchor.date()
    near = [day]
    if anchor.hour >= _LATE and near_zone:
        near.append(day + dt.timedelta(days=1))
    if anchor.hour < _EARLY:
        near.append(day - dt.timedelta(days=1))
    return Anchor(day, anchor.replace(tzinfo=None), tuple(near), written)


def _offset(moment: dt.datetime) -> str:
    minutes = round((moment.utcoffset() or dt.timedelta()).total_seconds() / 60)
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def nearest_year(anchor: Anchor, month: int, day: int, weekdays: list[int]) -> dt.date | None:
    """The year of a date written without one.

    The year of the document and the nearest such day must be the same; across the turn of the
    year the nearest counts when it lies within two months. A weekday beside it decides alone.

    Args:
        anchor: the document's day.
        month: 1-12.
        day: of the month.
        weekdays: those written beside the date, none if empty.

    Returns:
        The date; None when two years are in question.
    """
    years = (anchor.day.year - 1, anchor.day.year, anchor.day.year + 1)
    days = [found for year in years if (found := gregorian_date(year, month, day))]
    if weekdays:
        days = [found for found in days if found.weekday() in weekdays]
    if not days:
        return None
    best = min(days, key=lambda found: abs((found - anchor.day).days))
    distance = abs((best - anchor.day).days)
    if best.year == anchor.day.year or distance <= 60 or weekdays:
        return best if distance <= 190 else None
    return None


def directed_year(anchor: Anchor, month: int, day: int | None, direction: str) -> dt.date | None:
    """The last or next such day or month ("22 مارس الماضي", "نوفمبر المقبل").

    Args:
        anchor: the document's day.
        month: 1-12.
        day: of the month; None for the month itself.
        direction: P (past), F (future) or C (this very month).

    Returns:
        The first day of it; None when there is none (الجاري in another month).
    """
    here = (anchor.day.year, anchor.day.month)
    if direction == "C":
        if month != anchor.day.month:
            return None
        return gregorian_date(anchor.day.year, month, day or 1)
    step = -1 if direction == "P" else 1
    year = anchor.day.year
    if day is None:
        passed = (year, month) >= here if step < 0 else (year, month) <= here
    else:
        found = gregorian_date(year, month, day)
        if found is None:
            return None
        passed = found >= anchor.day if step < 0 else found <= anchor.day
    return gregorian_date(year + step if passed else year, month, day or 1)


def weekday_near(anchor: Anchor, weekday: int, direction: str) -> dt.date | None:
    """A weekday as news means it.

    Args:
        anchor: the document's day.
        weekday: 0 is Monday.
        direction: "" the last one, the document's own day included; P before it; F after it; "f"
            the next one, the document's own day included; C of the current week.

    Returns:
        The day; None for C where weeks that begin on Saturday, Sunday and Monday differ.
    """
    if not direction:
        # Around midnight the text's own day may be the other one.
        for day in anchor.near:
            if day.weekday() == weekday:
                return day
    back = (anchor.day.weekday() - weekday) % 7
    if direction == "C":
        return weekday_of_week(anchor, weekday, 0)
    if direction == "P":
        return anchor.plus(-(back or 7))
    if direction == "F":
        return anchor.plus(7 - back)
    if direction == "f":
        return anchor.plus((7 - back) % 7)
    return anchor.plus(-back)


def weekday_of_week(anchor: Anchor, weekday: int, weeks: int) -> dt.date | None:
    """A weekday of the current, last or next week; None where the common weeks differ."""
    found: set[int] = set()
    for first in _WEEK_STARTS:
        opened = (anchor.day.weekday() - first) % 7
        found.add((weekday - first) % 7 - opened + 7 * weeks)
    return anchor.plus(found.pop()) if len(found) == 1 else None


def shift_period(anchor: Anchor, unit: str, count: int) -> dt.date | None:
    """The first day of the week, month or year some units away.

    Args:
        anchor: the document's day.
        unit: v week, m month, y year.
        count: how many, negative is back.
    """
    if unit == "v":
        monday = anchor.plus(7 * count)
        return monday - dt.timedelta(days=monday.weekday()) if monday else None
    if unit == "m":
        months = anchor.day.year * 12 + anchor.day.month - 1 + count
        return gregorian_date(months // 12, months % 12 + 1, 1)
    return gregorian_date(anchor.day.year + count, 1, 1)
