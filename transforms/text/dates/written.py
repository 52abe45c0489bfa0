"""Dates with a day, a month or a year of their own: what ``Slots`` mean."""

from __future__ import annotations

import datetime as dt
from typing import Final

from transforms.text.dates.absolute import (
    LAST_YEAR,
    Slots,
    agrees,
    gregorian_date,
    hijri_date,
    read_slots,
)
from transforms.text.dates.anchor import Anchor, directed_year, nearest_year
from transforms.text.dates.lexicon import Tokens
from transforms.text.dates.reading import (
    NOTHING,
    STEPS,
    Context,
    Reading,
    day_reading,
    period_reading,
)

_FIRST_YEAR: Final = 1500  # an earlier year without its era may be a Hijri one
_FIRST_WRITTEN_YEAR: Final = 622


def written(tokens: Tokens, context: Context) -> Reading:
    """A date with a day: Gregorian, Hijri, numeric, dual; the year may be left to the anchor."""
    tokens, relative_days = _without_dayword(tokens)
    tokens, direction = take_direction(tokens)
    slots = read_slots(tokens)
    if slots is None:
        return NOTHING
    return from_slots(slots, context, direction=direction, relative_days=relative_days)


def from_slots(
    slots: Slots, context: Context, *, direction: str = "", relative_days: int | None = None
) -> Reading:
    """Resolve the slots of a date line.

    Args:
        slots: what was written.
        context: anchor and zone.
        direction: P, F, C for "الماضي" and its like instead of a year; lower case when it is
            said of the year ("من العام الماضي").
        relative_days: of a day word beside the date (أمس), else None.
    """
    if slots.month is None or slots.day is None:
        return _without_gregorian_day(slots, context, direction)
    if slots.year is not None:
        date = None if direction else gregorian_date(slots.year, slots.month, slots.day)
    elif context.anchor is not None:
        date = _yearless(slots, context.anchor, direction)
        if relative_days is not None and context.anchor.plus(relative_days) != date:
            date = None
    else:
        date = None
    if date is None or not agrees(date, slots):
        if direction == "C" and context.anchor is not None:  # "11 أبريل الجاري" in another month
            return Reading(value=f"{context.anchor.day.year}-{slots.month:02d}-{slots.day:02d}")
        return NOTHING
    return day_reading(date, context, relative=slots.year is None, slots=slots)


def _yearless(slots: Slots, anchor: Anchor, direction: str) -> dt.date | None:
    month, day = slots.month or 0, slots.day or 0
    if not direction:
        return nearest_year(anchor, month, day, slots.weekdays)
    if direction.islower():
        return gregorian_date(anchor.day.year + STEPS[direction.upper()], month, day)
    return directed_year(anchor, month, day, direction)


def _without_gregorian_day(slots: Slots, context: Context, direction: str) -> Reading:
    """Hijri dates, months and years that stand alone."""
    if slots.hijri_month is not None:
        return NOTHING if direction else _hijri_only(slots, context)
    beside = slots.day, slots.hour, slots.daypart, slots.zone, *slots.weekdays
    if slots.year is None or any(part is not None for part in beside):
        return NOTHING
    first = gregorian_date(slots.year, slots.month or 1, 1)
    return period_reading(first, "month" if slots.month else "year", context, relative=False)


def _hijri_only(slots: Slots, context: Context) -> Reading:
    """A Hijri date without a Gregorian one; a Gregorian year may stand beside it."""
    if slots.hijri_year is None or slots.hijri_day is None or slots.month is not None:
        return NOTHING
    date = hijri_date(slots.hijri_year, slots.hijri_month or 0, slots.hijri_day)
    if date is None or not agrees(date, slots) or slots.year not in {None, date.year}:
        return NOTHING
    return day_reading(date, context, relative=False, slots=slots)


def _without_dayword(tokens: Tokens) -> tuple[Tokens, int | None]:
    """Take out أمس and its like; their count of days stays."""
    for index, code in enumerate(tokens.codes):
        if code in "@R":
            return tokens.without({index}), int(tokens.values[index] or 0)
    return tokens, None


def take_direction(tokens: Tokens) -> tuple[Tokens, str]:
    """Take out "الماضي", "من العام المقبل", "هذا العام"; the direction stays."""
    codes = tokens.codes
    for index, code in enumerate(codes):
        if code in "PFC":
            year_before = index > 0 and codes[index - 1] == "y"
            dropped = {index, index - 1} if year_before else {index}
            return tokens.without(dropped), code.lower() if year_before else code
        if code == "h":
            return tokens.without({index, index + 1}), "c"
    return tokens, ""


def month(tokens: Tokens, context: Context) -> Reading:
    """A month with its year, or with "الماضي" and its like; a phase before it."""
    start = tokens.codes.index("M")
    tokens, direction = take_direction(tokens.cut(start, len(tokens.codes)))
    slots = read_slots(tokens)
    if slots is None or slots.month is None or slots.day is not None:
        return NOTHING
    if not direction:
        return from_slots(slots, context)
    if context.anchor is None or slots.year is not None:
        return NOTHING
    if direction.islower():
        year = context.anchor.day.year + STEPS[direction.upper()]
        date = gregorian_date(year, slots.month, 1)
    else:
        date = directed_year(context.anchor, slots.month, None, direction)
    return period_reading(date, "month", context, relative=True)


def bare_month(tokens: Tokens, context: Context) -> Reading:
    """A month without a year: the document's year when the month is near enough."""
    start = tokens.codes.index("M")
    slots = read_slots(tokens.cut(start, len(tokens.codes)))
    if slots is None or slots.month is None or context.anchor is None:
        return NOTHING
    date = nearest_year(context.anchor, slots.month, 15, [])
    return period_reading(date.replace(day=1) if date else None, "month", context, relative=True)


def year(tokens: Tokens, context: Context) -> Reading:
    """A form: "عام 2020", with or without a phase."""
    value = next(tokens.values[i] for i, code in enumerate(tokens.codes) if code == "Y")
    number = int(value or 0)
    era = tokens.values[-1] if tokens.codes[-1] == "e" else None
    first = _FIRST_YEAR if era is None else _FIRST_WRITTEN_YEAR
    if era == "h" or not first <= number <= LAST_YEAR:
        return Reading(value=None if era == "h" else f"{number:04d}")
    return period_reading(dt.date(number, 1, 1), "year", context, relative=False)
