"""Days counted from the document's day: day words, weekdays, distances."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from transforms.text.dates.absolute import EVE, Slots, gregorian_date, read_slots
from transforms.text.dates.anchor import shift_period, weekday_near, weekday_of_week
from transforms.text.dates.lexicon import Tokens
from transforms.text.dates.model import ResolvedDate
from transforms.text.dates.reading import (
    DUALS,
    ISO_UNITS,
    NOTHING,
    PERIODS,
    STEPS,
    Context,
    Reading,
    day_reading,
    period_reading,
)


def _clock_slots(tokens: Tokens, skipped: str) -> Slots | None:
    """The clock and the part of the day beside a relative day."""
    kept = {index for index, code in enumerate(tokens.codes) if code in skipped}
    return read_slots(tokens.without(kept))


def dayword(tokens: Tokens, context: Context) -> Reading:
    """أمس، غدا، الليلة الماضية, with a part of the day or a clock."""
    slots = _clock_slots(tokens, "@Rrhu")
    if slots is None or context.anchor is None:
        return NOTHING
    index = next(index for index, code in enumerate(tokens.codes) if code in "@Rr")
    if tokens.codes[index] == "r":
        slots.daypart = "NI"
    date = context.anchor.plus(int(tokens.values[index] or 0))
    return day_reading(date, context, relative=True, slots=slots)


def weekday(tokens: Tokens, context: Context) -> Reading:
    """A weekday, alone, with a modifier, or with a day word that it must agree with."""
    direction = next((code for code in tokens.codes if code in "PFC"), "")
    if any(code == "u" and tokens.values[i] == 0 for i, code in enumerate(tokens.codes)):
        return Reading(kind="set", value="P1W")  # "أيام السبت"
    slots = _clock_slots(tokens, "@Rr~PFCBE")
    if slots is None or context.anchor is None or not slots.weekdays:
        return NOTHING
    shift = next(
        (int(tokens.values[i] or 0) for i, code in enumerate(tokens.codes) if code in "@Rr~"), None
    )
    anchor = context.anchor
    if shift is not None:
        step = dt.timedelta(days=shift)
        fitting = [day + step for day in anchor.near if (day + step).weekday() in slots.weekdays]
        if len(fitting) == 1 and not direction:
            return day_reading(fitting[0], context, relative=True, slots=slots)
        # The weekday contradicts: no date. The value still says what the day word alone would.
        alone = day_reading(anchor.plus(shift), context, relative=True, slots=slots)
        return replace(alone, resolved=None)
    if not _one_day(slots) or slots.daypart == EVE:
        return NOTHING
    date = weekday_near(anchor, slots.weekdays[0], direction or ("f" if context.ahead else ""))
    if date is not None and ("B" in tokens.codes or "E" in tokens.codes):  # "قبل الماضي"
        date += dt.timedelta(days=7 if "E" in tokens.codes else -7)
    return day_reading(date, context, relative=True, slots=slots)


def _one_day(slots: Slots) -> bool:
    """Whether the weekdays name one day: one, or a night between two ("ليل الجمعة - السبت")."""
    if len(slots.weekdays) == 1:
        return True
    first, second = slots.weekdays
    return slots.daypart == "NI" and (second - first) % 7 == 1


def week_of_weekday(tokens: Tokens, context: Context) -> Reading:
    """A weekday of the last, this or the next week ("الثلاثاء من الأسبوع الماضي")."""
    slots = _clock_slots(tokens, "nvPFCh")
    if slots is None or context.anchor is None or len(slots.weekdays) != 1:
        return NOTHING
    direction = next(code for code in tokens.codes if code in STEPS)
    date = weekday_of_week(context.anchor, slots.weekdays[0], STEPS[direction])
    return day_reading(date, context, relative=True, slots=slots)


def day_of_month(tokens: Tokens, context: Context) -> Reading:
    """A day of the last, this or the next month ("15 من الشهر الجاري")."""
    if context.anchor is None:
        return NOTHING
    direction = next(code for code in tokens.codes if code in STEPS)
    first = shift_period(context.anchor, "m", STEPS[direction])
    place = next(index for index, code in enumerate(tokens.codes) if code in "DN1")
    number = int(tokens.values[place] or 0)
    date = gregorian_date(first.year, first.month, number) if first else None
    weekdays = [tokens.values[index] for index, code in enumerate(tokens.codes) if code == "W"]
    if date is None or (weekdays and date.weekday() not in weekdays):
        return NOTHING
    return day_reading(date, context, relative=True)


def amount(tokens: Tokens) -> tuple[int, str] | None:
    """The number and unit of "ثلاثة أيام", "يومين", "أسبوع"; None when it is open ("أيام")."""
    number: int | None = None
    for index, code in enumerate(tokens.codes):
        if code in "NDYI":
            number = int(str(tokens.values[index])[:9])
        elif code in DUALS:
            return 2, DUALS[code]
        elif code in ISO_UNITS and number is None and tokens.codes[index + 1 :] == "N":
            return (1, code) if tokens.values[index] == tokens.values[index + 1] == 1 else None
        elif code in ISO_UNITS:
            counted = number if number is not None else int(tokens.values[index] or 0)
            return (counted, code) if 0 < counted <= 9999 else None
    return None


def ago(tokens: Tokens, context: Context) -> Reading:
    """قبل ثلاثة أيام، منذ شهرين: the day, week, month or year that far back."""
    if amount(tokens) is None:  # "قبل أيام"
        return Reading(kind="vague", value="PAST_REF")
    return _away(tokens, context, -1)


def later(tokens: Tokens, context: Context) -> Reading:
    """بعد يومين: the day, week, month or year that far ahead."""
    return _away(tokens, context, 1)


def _away(tokens: Tokens, context: Context, sign: int) -> Reading:
    counted = amount(tokens)
    if counted is None or context.anchor is None:
        return NOTHING
    count, unit = counted
    count *= sign
    if unit in "ds":
        return NOTHING
    if unit in "ij":
        return _clock_away(context, count, unit, about="8" in tokens.codes)
    if unit == "u":
        found = day_reading(context.anchor.plus(count), context, relative=True)
    else:
        found = period_reading(
            shift_period(context.anchor, unit, count), PERIODS[unit], context, relative=True
        )
    # "قبل نحو أسبوع" names no day: the value stays, the date is open.
    return Reading(None, value=found.value) if "8" in tokens.codes and unit != "y" else found


def _clock_away(context: Context, count: int, unit: str, *, about: bool) -> Reading:
    """Hours and minutes away; without a clock only whole days count."""
    anchor = context.anchor
    if anchor is None or abs(count) > 9999 or about:
        return NOTHING
    if anchor.moment is None:
        days, rest = divmod(abs(count), 24)
        if unit == "j" or rest:
            return NOTHING
        return day_reading(anchor.plus(days if count > 0 else -days), context, relative=True)
    step = dt.timedelta(hours=count) if unit == "i" else dt.timedelta(minutes=count)
    moment = anchor.moment + step
    resolved = ResolvedDate(
        moment.date(),
        moment.time().replace(second=0, microsecond=0),
        context.tz or anchor.tz,
        "minute",
        "relative",
    )
    return Reading(resolved, value=resolved.value)


def hung(tokens: Tokens, context: Context) -> Reading:  # noqa: ARG001 - handlers are called alike
    """A form: "بعد يوم من ...": hangs on an event, so that only the distance is known."""
    counted = amount(tokens)
    if counted is None or counted[1] not in "uv":
        return NOTHING
    days = counted[0] * (7 if counted[1] == "v" else 1)
    return Reading(shift=days if tokens.codes[0] == "E" else -days)
