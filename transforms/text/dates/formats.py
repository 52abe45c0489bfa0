"""Dates as machines write them: ISO 8601, RFC 822 and its broken forms, en-US, epoch seconds."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final, Literal

from transforms.text.dates.absolute import clock_hour, gregorian_date
from transforms.text.dates.lexicon import zone_table
from transforms.text.dates.zones import parse_offset, zone_info

_ISO: Final = re.compile(
    r"(\d{4})(-?)(\d{2})\2(\d{2})"
    r"(?:[T\s]\s*(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,]\d{1,9})?)?\s*([zZ]|UTC|GMT|[+\-]\d{2}(?::?\d{2})?)?)?"
)
_ISO_MONTH: Final = re.compile(r"(\d{4})-(\d{2})")
_RFC: Final = re.compile(
    r"(?:([A-Za-z]{3,9})\.?\s*,?\s*)?(\d{1,2})[\s\-]+([A-Za-z]{3,9})\.?[\s\-]+(\d{2}|\d{4}),?"
    r"(?:\s+|T)(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([AaPp]\.?[Mm]\.?)?\s*"
    r"((?:GMT|UTC|UT)?\s*[+\-]\d{1,2}:?\d{2}|[A-Za-z]{1,4}(?:[+\-]\d{1,2})?)?"
)
_US: Final = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4}),?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AaPp])\.?[Mm]\.?"
)
_EPOCH: Final = re.compile(r"(\d{10})(?:\d{3}|\.\d+)?")
_EPOCH_FIRST: Final = 631_152_000  # 1990: smaller numbers are counters, not times
# What may follow a clock: JavaScript's zone name, Java's and RFC 9557's zone id, a bare one.
_COMMENT: Final = re.compile(r"(?<=[+\-]\d{4}) ?\([^()]*\)$")
_BRACKETS: Final = re.compile(
    r"(?<=[\dZzM\])صم]) ?(?:\[!?([^\[\]()]{1,60})\]|\(([^\[\]()]{1,60})\))$"
)
_AREA_CITY: Final = re.compile(r"(?<=[\dZz]) ([A-Z][A-Za-z]+(?:/[A-Z][A-Za-z_]+){1,2})$")
_TAGS: Final = re.compile(r"!?[a-z][\w-]*=[\w-]+")


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine-written date."""

    date: dt.date
    time: dt.time | None
    tz: str | None
    precision: Literal["second", "minute", "day", "month"]


def split_zone(raw: str) -> tuple[str, str | None]:
    """Take off the name of a zone that stands behind a date.

    Args:
        raw: the date, trimmed.

    Returns:
        The date without it, and the zone: an IANA name or ±HH:MM ("[Asia/Riyadh]", "(GMT+3)",
        "Asia/Riyadh"). None when there is none, or one whose name only explains the offset
        ("(Arabian Standard Time)").
    """
    zone = None
    for _ in range(_MOST_BRACKETS):
        match = _BRACKETS.search(raw) or _AREA_CITY.search(raw)
        if match is None:
            break
        name = next(filter(None, match.groups()))
        known = _named_zone(name)
        if known is None and not _TAGS.fullmatch(name) and "/" not in name:
            break
        zone = known or zone
        raw = raw[: match.start()]
    return _COMMENT.sub("", raw), zone


def _named_zone(name: str) -> str | None:
    """The zone of a name in brackets; None for a name that is no zone's."""
    name = name.strip()
    if _IANA.fullmatch(name) and zone_info(name) is not None:
        return name
    return parse_offset(name) or zone_table("abbr").get(name.lower())


_MOST_BRACKETS: Final = 3
_IANA: Final = re.compile(r"[A-Z][A-Za-z]+(?:/[A-Z][A-Za-z_+-]+(?:\d{1,2})?){1,2}")


def read_machine(raw: str) -> Machine | Literal[False] | None:
    """Read a machine-written date.

    Args:
        raw: the string, trimmed.

    Returns:
        The date; False when the form is a machine's but the date is impossible or open (en-US
        order with two numbers up to twelve); None when the form is none of these.
    """
    for pattern, reader in ((_ISO, _iso), (_RFC, _rfc), (_US, _us), (_EPOCH, _epoch)):
        match = pattern.fullmatch(raw)
        if match is not None:
            found = reader(match)
            return found if found is None or found else False
    match = _ISO_MONTH.fullmatch(raw)
    if match is not None:
        first = gregorian_date(int(match.group(1)), int(match.group(2)), 1)
        return Machine(first, None, None, "month") if first else False
    return None


Read = Machine | Literal[False] | None


def _build(date: dt.date | None, clock: tuple[str, str, str | None], tz: str | None) -> Read:
    """A date with a clock time; 24:00 is the next day's midnight, a leap second the 59th."""
    hour, minute, second = int(clock[0]), int(clock[1]), int(clock[2] or 0)
    if date is None or minute > 59 or second > 60:
        return False
    if hour == 24 and minute == second == 0:
        date, hour = date + dt.timedelta(days=1), 0
    if hour > 23:
        return False
    time = dt.time(hour, minute, min(second, 59))
    return Machine(date, time, tz, "second" if clock[2] is not None else "minute")


def _iso(match: re.Match[str]) -> Read:
    year, _, month, day, hour, minute, second, zone = match.groups()
    date = gregorian_date(int(year), int(month), int(day))
    if hour is None:
        if not match.group(2):
            return None if date is None else Machine(date, None, None, "day")
        return Machine(date, None, None, "day") if date else False
    tz = None
    if zone:
        tz = "+00:00" if zone[0] not in "+-" else parse_offset(zone)
        if tz is None:
            return False
    return _build(date, (hour, minute, second), tz)


def _rfc(match: re.Match[str]) -> Read:
    weekday, day, month_name, year, hour, minute, second, half, zone = match.groups()
    month = _MONTHS.get(month_name[:3].lower())
    if month is None:
        return None
    full_year = int(year) + ((2000 if int(year) < 70 else 1900) if len(year) == 2 else 0)
    date = gregorian_date(full_year, month, int(day))
    if date is None:
        return False
    # A generator may take the weekday from another zone: one day off is no contradiction.
    named = _WEEKDAYS.get((weekday or "")[:3].lower(), date.weekday())
    if (date.weekday() - named) % 7 not in {0, 1, 6}:
        return False
    if half:
        converted = clock_hour(int(hour), "am" if half[0] in "aA" else "pm")
        if converted is None:
            return False
        hour = str(converted)
    tz = _zone(zone)
    return False if tz is False else _build(date, (hour, minute, second), tz)


def _zone(zone: str | None) -> str | Literal[False] | None:
    """An offset or a known abbreviation; False for an unknown one."""
    if not zone:
        return None
    zone = zone.replace(" ", "")
    return parse_offset(zone) or zone_table("abbr").get(zone.lower()) or False


def _us(match: re.Match[str]) -> Read:
    first, second_part, year, hour, minute, second, half = match.groups()
    low, high = int(first), int(second_part)
    if low <= 12 and high <= 12 and low != high:
        return False
    day, month = (low, high) if low > 12 else (high, low)
    converted = clock_hour(int(hour), "am" if half in "aA" else "pm")
    if converted is None:
        return False
    date = gregorian_date(int(year), month, day)
    return _build(date, (str(converted), minute, second), None)


def _epoch(match: re.Match[str]) -> Read:
    seconds = int(match.group(1))
    if not _EPOCH_FIRST <= seconds <= 4_102_444_800:
        return False
    moment = dt.datetime.fromtimestamp(seconds, tz=dt.UTC)
    return Machine(moment.date(), moment.time(), "+00:00", "second")


_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_WEEKDAYS: Final = {
    name: number for number, name in enumerate(["mon", "tue", "wed", "thu", "fri", "sat", "sun"])
}
