"""Any date that a feed or a page states -> a point in time in UTC."""

from __future__ import annotations

import datetime as dt
from typing import Final

from transforms.text.dates.formats import split_zone
from transforms.text.dates.model import ResolvedDate, Timestamp
from transforms.text.dates.resolve import resolve_date
from transforms.text.dates.zones import country_timezone, zone_info

_UTC: Final = frozenset({"UTC", "+00:00", "-00:00"})
# Arabic news is written from the American west coast to Pakistan.
_WEST: Final = dt.timedelta(hours=-8)
_EAST: Final = dt.timedelta(hours=5)
# Zero of Unix, OLE Automation and SQL Server clocks.
_NULL_DATES: Final = frozenset({dt.date(1970, 1, 1), dt.date(1899, 12, 30), dt.date(1900, 1, 1)})


def parse_timestamp(
    raw: str, *, tz: str | None = None, country: str | None = None
) -> Timestamp | None:
    """Read an absolute date as a feed or a page writes it.

    Args:
        raw: ISO 8601, RFC 822 and its broken forms, Arabic date lines.
        tz: zone of the feed or publisher, when known; a zone in the text wins over it.
        country: the publisher's country (ISO 3166 alpha-3), the next best.

    Returns:
        The time; None when it is relative, impossible or unsure. Without any zone UTC is meant.
    """
    resolved = resolve_date(raw)
    if resolved is None or resolved.basis != "explicit":
        return None
    _, named = split_zone(raw.strip())
    return to_timestamp(resolved, tz=named or tz, country=country)


def to_timestamp(
    resolved: ResolvedDate, *, tz: str | None = None, country: str | None = None
) -> Timestamp | None:
    """Turn a resolved date into a point in time.

    Args:
        resolved: the date; its own zone wins.
        tz: the zone otherwise.
        country: else the zone of this country (ISO 3166 alpha-3), else UTC.

    Returns:
        The time; None for a week or a year, which no timestamp can hold, and for the days that
        systems write when they know none.
    """
    precision = resolved.precision
    if precision in {"week", "year"} or resolved.date in _NULL_DATES:
        return None
    if resolved.time is None:
        midnight = dt.datetime.combine(resolved.date, dt.time(0), tzinfo=dt.UTC)
        return Timestamp(midnight, "month" if precision == "month" else "day", resolved.date)
    name = resolved.tz or tz or (country_timezone(country) if country else None)
    zone = (zone_info(name) if name else None) or dt.UTC
    moment = dt.datetime.combine(resolved.date, resolved.time, tzinfo=zone)
    value = moment.astimezone(dt.UTC)
    day, sure = resolved.date, True
    if resolved.tz in _UTC:
        day, sure = civil_day(value, tz=tz, country=country)
    return Timestamp(value, "second" if precision == "second" else "minute", day, sure)


def civil_day(
    moment: dt.datetime, *, tz: str | None = None, country: str | None = None
) -> tuple[dt.date, bool]:
    """Tell the civil day of a moment that is known in UTC only, where the publisher writes.

    Machines write UTC whoever publishes: it says nothing of where he is.

    Args:
        moment: aware.
        tz: the publisher's zone, when known.
        country: else his country (ISO 3166 alpha-3).

    Returns:
        The day in his zone, else in UTC; and whether it is sure: without a zone only where all
        zones of the Arabic press have the same day.
    """
    utc = moment.astimezone(dt.UTC)
    name = tz or (country_timezone(country) if country else None)
    zone = zone_info(name) if name else None
    if zone is not None:
        return utc.astimezone(zone).date(), True
    return utc.date(), possible_days(utc) == (utc.date(), utc.date())


def possible_days(moment: dt.datetime) -> tuple[dt.date, dt.date]:
    """The first and the last civil day that a moment may have where Arabic news is written."""
    utc = moment.astimezone(dt.UTC)
    return (utc + _WEST).date(), (utc + _EAST).date()
