"""Written dates: day, month, year, weekday, clock and zone in whatever order they stand.

The parts of a date line are gathered into slots and must agree: two month names are the same
month, a Hijri date lies within two days of the Gregorian one beside it (calendars by sighting
differ from the computed one), a weekday is the day's own. What does not agree, or is left over,
makes the whole no date.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from hijridate import Hijri

from transforms.text.dates.lexicon import Tokens
from transforms.text.dates.zones import parse_offset

EVE: Final = "EVE"  # ليلة, عشية: the evening before the day named, or of it
FIRST_YEAR: Final = 1800
LAST_YEAR: Final = 2100
_HIJRI_YEARS: Final = range(1343, 1501)  # what the Umm al-Qura tables cover
_BARE_HIJRI_YEARS: Final = range(1400, 1460)  # years that need no era mark
_SIGHTING: Final = 2  # days that a local Hijri calendar may differ
_NUMERIC: Final = re.compile(r"(\d{1,4})[/.\-\\](\d{1,2})[/.\-\\](\d{1,4})")
_CLOCK: Final = re.compile(r"(\d{1,2})[:.,hH](\d{2})(?::(\d{2})(?:\.\d+)?)?")
_IGNORED: Final = frozenset(",-/|():.nmuyo09<+#")


@dataclass(slots=True)
class Slots:
    """The parts of a written date, as far as they were given."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    hijri_year: int | None = None
    hijri_month: int | None = None
    hijri_day: int | None = None
    weekdays: list[int] = field(default_factory=list)
    hour: int | None = None
    minute: int = 0
    second: int | None = None
    half: str | None = None  # am, pm, noon, night
    spoken: bool = False  # an hour without minutes in digits: needs its half of the day
    daypart: str | None = None
    zone: str | None = None
    numeric: str | None = None  # a Gregorian numeric date as written
    swapped: tuple[int, int] | None = None  # its month and day if the month comes first
    era: set[str] = field(default_factory=set)

    @property
    def time(self) -> dt.time | None:
        """The clock time; None when there is none. ``valid_time`` says whether it is possible."""
        hour = clock_hour(self.hour, self.half or self.daypart) if self.hour is not None else None
        return None if hour is None else dt.time(hour, self.minute, self.second or 0)

    @property
    def valid_time(self) -> bool:
        """False when the clock cannot be read (25:00, 13 ص)."""
        if self.hour is None:
            return True
        possible = self.minute < 60 and (self.second or 0) < 60
        return possible and clock_hour(self.hour, self.half or self.daypart) is not None

    @property
    def hijri(self) -> bool:
        """Whether anything of a Hijri date was given."""
        return self.hijri_month is not None


def clock_hour(hour: int, half: str | None) -> int | None:
    """The hour of the day.

    Args:
        hour: as written.
        half: am, pm, noon, night, a TIMEX part of the day (MO, MI, AF, EV, NI) or None.

    Returns:
        0 to 23; None when hour and half contradict each other (13 ص) or leave the day open
        (12 ليلا).
    """
    if half is None:
        return hour if hour < 24 else None
    return _HOURS[half].get(hour)


# Hour as written -> hour of the day, by the half of the day; an hour that is missing there
# contradicts it (13 ص) or leaves the day open (12 ليلا).
_MORNING: Final = {12: 0, **{hour: hour for hour in range(12)}}
_NOON: Final = {**{hour: hour for hour in range(10, 16)}, **{hour: hour + 12 for hour in (1, 2, 3)}}
_EVENING: Final = {
    **{hour: hour for hour in range(12, 24)},
    **{hour: hour + 12 for hour in range(1, 12)},
}
_NIGHT: Final = {
    **{hour: hour for hour in (1, 2, 3, 4, *range(18, 24))},
    **{hour: hour + 12 for hour in range(7, 12)},
}
_HOURS: Final = {
    **dict.fromkeys(("am", "MO"), _MORNING),
    **dict.fromkeys(("noon", "MI"), _NOON),
    **dict.fromkeys(("pm", "AF", "EV"), _EVENING),
    **dict.fromkeys(("night", "NI", EVE), _NIGHT),
}


def read_slots(tokens: Tokens) -> Slots | None:
    """Gather the parts of a written date.

    Args:
        tokens: the date line, nothing else in it.

    Returns:
        The slots; None when a token is no part of a date or two parts contradict each other.
    """
    slots = Slots()
    used: set[int] = set()
    for index, code in enumerate(tokens.codes):
        if index in used:
            continue
        reader = _READERS.get(code)
        if reader is None:
            if code not in _IGNORED:
                return None
        elif not reader(slots, tokens, index, used):
            return None
    if not slots.valid_time:
        return None
    if slots.swapped is not None and not _decide_order(slots, tokens):
        return None
    if slots.spoken and (slots.hour or 0) <= 12 and not (slots.half or slots.daypart):
        slots.hour = None  # "الساعة السادسة": of the morning or of the evening
    return slots


def _neighbour(tokens: Tokens, index: int, step: int, skip: str) -> int:
    """The nearest token in a direction whose code is not in ``skip``; -1 at the end."""
    index += step
    while 0 <= index < len(tokens.codes) and tokens.codes[index] in skip:
        index += step
    return index if 0 <= index < len(tokens.codes) else -1


def _number(tokens: Tokens, index: int) -> int:
    return int(tokens.values[index] or 0)


def _month(slots: Slots, tokens: Tokens, index: int, used: set[int]) -> bool:
    """A month name: its day stands before it, or behind it in the English order."""
    hijri = tokens.codes[index] == "H"
    month = _number(tokens, index)
    place = _day_of_month(tokens, index, used)
    day = None
    if place is not None:
        used.add(place)
        day = _number(tokens, place)
    if hijri:
        known = (slots.hijri_month, slots.hijri_day)
        slots.hijri_month, slots.hijri_day = month, day if day is not None else known[1]
    else:
        known = (slots.month, slots.day)
        slots.month, slots.day = month, day if day is not None else known[1]
    if known[0] is None:
        return True
    return known[0] == month and day in {None, known[1]}


def _day_of_month(tokens: Tokens, index: int, used: set[int]) -> int | None:
    """Where the day of a month name stands."""
    before = _neighbour(tokens, index, -1, "nm/-,.(")
    if before >= 0 and tokens.codes[before] in "DN1" and before not in used:
        return before
    after = _neighbour(tokens, index, 1, "/-.,")
    if after < 0 or tokens.codes[after] != "D" or tokens.codes[after + 1 : after + 2] in {"A", "T"}:
        return None
    # The number belongs to the next month name when one follows it.
    following = _neighbour(tokens, after, 1, "nm/-,.")
    return None if following >= 0 and tokens.codes[following] in "MH" else after


def _day(slots: Slots, tokens: Tokens, index: int, used: set[int]) -> bool:
    """A small number: a day before its month, or an hour."""
    after = _neighbour(tokens, index, 1, "nm/-,.")
    if after >= 0 and tokens.codes[after] in "MH":
        return True  # the month takes it
    previous = tokens.codes[index - 1] if index else ""
    following = tokens.codes[index + 1 : index + 2]
    before = _neighbour(tokens, index, -1, "/-.,")
    english = before >= 0 and tokens.codes[before] == "M" and slots.day is None
    if slots.hour is None and (previous == "o" or following in {"A", "T", "2"}) and not english:
        slots.hour, slots.spoken = _number(tokens, index), True
        return _half_of_hour(slots, tokens, index, used)
    return False


def _half_of_hour(slots: Slots, tokens: Tokens, index: int, used: set[int]) -> bool:
    """Minutes in words ("والنصف"), and the half of the day, after an hour."""
    following = index + 1
    if tokens.codes[following : following + 1] == "2" and slots.hour is not None:
        used.add(following)
        minutes = _number(tokens, following)
        if minutes < 0:
            slots.hour = (slots.hour - 1) or 12
        slots.minute = minutes % 60
        following += 1
    return _take_half(slots, tokens, following, used)


def _take_half(slots: Slots, tokens: Tokens, index: int, used: set[int]) -> bool:
    code = tokens.codes[index : index + 1]
    if code and (code in "AT" or (code == "e" and tokens.values[index] == "g")):
        used.add(index)
        slots.half = "pm" if code == "e" else str(tokens.values[index])
    return True


def _clock(slots: Slots, tokens: Tokens, index: int, used: set[int]) -> bool:
    """A clock time in digits."""
    match = _CLOCK.fullmatch(str(tokens.values[index]))
    if match is None or slots.hour is not None:
        return False
    slots.hour, slots.minute = int(match.group(1)), int(match.group(2))
    slots.second = int(match.group(3)) if match.group(3) else None
    return _take_half(slots, tokens, index + 1, used)


def _dotted(slots: Slots, tokens: Tokens, index: int, used: set[int]) -> bool:
    """18.30 or 18,30: a clock time only beside a word that says so."""
    following = tokens.codes[index + 1 : index + 2]
    named = index > 0 and tokens.codes[index - 1] == "o"
    return (named or following in {"A", "T", "z", "e"}) and _clock(slots, tokens, index, used)


def _year(slots: Slots, tokens: Tokens, index: int, used: set[int]) -> bool:
    """A year of four digits, by its size and its era mark."""
    value = _number(tokens, index)
    following = tokens.codes[index + 1 : index + 2]
    era = str(tokens.values[index + 1]) if following == "e" else ""
    if following == "e":
        used.add(index + 1)
    if era == "h" or (not era and value in _BARE_HIJRI_YEARS and slots.hijri):
        known, slots.hijri_year = slots.hijri_year, value
        return value in _HIJRI_YEARS and known in {None, value}
    known, slots.year = slots.year, value
    return FIRST_YEAR <= value <= LAST_YEAR and known in {None, value}


def _numeric_date(slots: Slots, tokens: Tokens, index: int, used: set[int]) -> bool:
    """A date in digits: day first, or year first; month first where the day is above twelve."""
    match = _NUMERIC.fullmatch(str(tokens.values[index]))
    if match is None:
        return False
    parts = match.groups()
    if len(parts[0]) == 4 and len(parts[2]) <= 2:
        year, month, day = (int(part) for part in parts)
    elif len(parts[2]) == 4 and len(parts[0]) <= 2:
        day, month, year = (int(part) for part in parts)
    else:
        return False
    following = tokens.codes[index + 1 : index + 2]
    era = str(tokens.values[index + 1]) if following == "e" else ""
    if following == "e":
        used.add(index + 1)
    american = len(parts[2]) == 4 and "." not in match.group() and day <= 12 and not era
    if american and 12 < month <= 31:
        day, month = month, day
    elif american and day != month:
        slots.swapped = day, month
    if not 1 <= month <= 12:
        return False
    if era == "h" or (not era and year in _BARE_HIJRI_YEARS):
        fresh = slots.hijri_month is None
        slots.hijri_year, slots.hijri_month, slots.hijri_day = year, month, day
        return fresh
    if (slots.month, slots.day, slots.year) not in {(None, None, None), (month, day, year)}:
        return False
    slots.numeric = str(tokens.values[index])
    slots.year, slots.month, slots.day = year, month, day
    return FIRST_YEAR <= year <= LAST_YEAR


def _decide_order(slots: Slots, tokens: Tokens) -> bool:
    """Let a weekday decide between day and month first where a machine wrote the date.

    A weekday without its article (Tue, ثلاثاء) or with a clock beside the date is a machine's.
    In prose the day comes first, and a weekday that does not fit contradicts.

    Returns:
        False when both orders fit in a form that is written in either ("Tue, 07/11/2023",
        "الثلاثاء, 07/11/2023 - 17:57").
    """
    if slots.year is None or slots.month is None or slots.day is None or slots.swapped is None:
        return True
    here = gregorian_date(slots.year, slots.month, slots.day)
    there = gregorian_date(slots.year, *slots.swapped)
    if there is None or not slots.weekdays or not agrees(there, slots):
        return True
    short = any(
        code in "Ww" and not tokens.definite[index] for index, code in enumerate(tokens.codes)
    )
    if here is None or not agrees(here, slots):
        if short or "t" in tokens.codes:
            slots.month, slots.day = slots.swapped
        return True
    return not short and not _CONTENT_SYSTEM.fullmatch(tokens.codes)


# Drupal's own form, whose order is that of the site's language: weekday, date - clock.
_CONTENT_SYSTEM: Final = re.compile("[Ww],f-tA?")


def _weekday(slots: Slots, tokens: Tokens, index: int, used: set[int]) -> bool:  # noqa: ARG001 - readers are called alike
    slots.weekdays.append(_number(tokens, index))
    return len(slots.weekdays) <= 2


def _daypart(slots: Slots, tokens: Tokens, index: int, used: set[int]) -> bool:  # noqa: ARG001 - readers are called alike
    """A part of the day before the date, or an am/pm word at some distance from its clock."""
    if tokens.codes[index] == "A":
        if slots.half is not None:
            return False
        slots.half = str(tokens.values[index])
        return True
    slots.daypart = str(tokens.values[index])
    return True


def _zone(slots: Slots, tokens: Tokens, index: int, used: set[int]) -> bool:  # noqa: ARG001 - readers are called alike
    written = str(tokens.values[index])
    zone = parse_offset(written) or (written if "/" in written or written == "UTC" else None)
    if zone is None:
        return False
    if slots.zone == "+00:00":  # "GMT +0300"
        slots.zone = None
    known, slots.zone = slots.zone, zone
    return known in {None, zone}


def _era(slots: Slots, tokens: Tokens, index: int, used: set[int]) -> bool:  # noqa: ARG001 - as the others
    return tokens.codes[index - 1 : index] in {"Y", "f"}


_READERS: Final[dict[str, Callable[[Slots, Tokens, int, set[int]], bool]]] = {
    "M": _month, "H": _month, "D": _day, "N": _day, "1": _day, "$": _day, "Y": _year,
    "f": _numeric_date, "t": _clock, "q": _dotted, "W": _weekday, "w": _weekday,
    "T": _daypart, "A": _daypart,
    "z": _zone, "e": _era,
}  # fmt: skip


def gregorian_date(year: int, month: int, day: int) -> dt.date | None:
    """A date, or None when the calendar has no such day."""
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12):
        return None
    if not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    return dt.date(year, month, day)


def hijri_date(year: int, month: int, day: int) -> dt.date | None:
    """The Gregorian day of a Hijri date (Umm al-Qura), or None when it does not exist."""
    if year not in _HIJRI_YEARS or not 1 <= month <= 12 or not 1 <= day <= 30:
        return None
    try:
        found = Hijri(year, month, day).to_gregorian()
    except (ValueError, OverflowError):
        return None
    return dt.date(found.year, found.month, found.day)


def agrees(found: dt.date, slots: Slots) -> bool:
    """Whether weekday and Hijri date beside a Gregorian date say the same day.

    Args:
        found: the Gregorian day.
        slots: the date line. Of two weekdays ("ليل الثلاثاء الأربعاء") one must fit.
    """
    if slots.weekdays and found.weekday() not in slots.weekdays:
        return False
    if slots.hijri_year and slots.hijri_month and slots.hijri_day:
        other = hijri_date(slots.hijri_year, slots.hijri_month, slots.hijri_day)
        return other is not None and abs((other - found).days) <= _SIGHTING
    return True
