"""What each rule of the grammar means."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from transforms.text.dates.absolute import Slots, agrees, gregorian_date, hijri_date, read_slots
from transforms.text.dates.anchor import (
    Anchor,
    directed_year,
    nearest_year,
    shift_period,
    weekday_near,
    weekday_of_week,
)
from transforms.text.dates.lexicon import Tokens
from transforms.text.dates.model import MentionKind, ResolvedDate, ResolvedPrecision

_DUALS: Final = dict(zip("UVQZJLGO", "uvmyijds", strict=True))
_ISO_UNITS: Final = {
    "u": "D",
    "v": "W",
    "m": "M",
    "y": "Y",
    "i": "H",
    "j": "M",
    "d": "DE",
    "s": "CE",
}
_PERIODS: Final[dict[str, ResolvedPrecision]] = {"v": "week", "m": "month", "y": "year"}
_STEPS: Final = {"P": -1, "F": 1, "C": 0, "h": 0}
_NIGHT: Final = "NI"
MAX_COUNT: Final = 400


@dataclass(frozen=True, slots=True)
class Reading:
    """What a rule made of its tokens (see ``DateMention``)."""

    resolved: ResolvedDate | None = None
    kind: MentionKind = "date"
    value: str | None = None
    shift: int | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What a handler may know besides its tokens.

    Attributes:
        anchor: the document's day.
        tz: the zone to report when none is written.
        ahead: whether the clause speaks of the future (decides bare weekdays).
    """

    anchor: Anchor | None
    tz: str | None = None
    ahead: bool = False


NOTHING: Final = Reading()


def _day(
    date: dt.date | None,
    context: Context,
    *,
    relative: bool,
    slots: Slots | None = None,
) -> Reading:
    """A reading of one day, with the clock of the slots."""
    if date is None:
        return NOTHING
    time = slots.time if slots else None
    precision: ResolvedPrecision = "day"
    if slots and time is not None:
        precision = "second" if slots.second is not None else "minute"
    zone = (slots.zone if slots else None) or context.tz
    resolved = ResolvedDate(date, time, zone, precision, "relative" if relative else "explicit")
    part = slots.daypart if slots and time is None else None
    return Reading(resolved, value=resolved.value + (f"T{part}" if part else ""))


def _period(
    date: dt.date | None, precision: ResolvedPrecision, context: Context, *, relative: bool
) -> Reading:
    if date is None:
        return NOTHING
    resolved = ResolvedDate(
        date, None, context.tz, precision, "relative" if relative else "explicit"
    )
    return Reading(resolved, value=resolved.value)


def written(tokens: Tokens, context: Context) -> Reading:
    """A date with a day: Gregorian, Hijri, numeric, dual; the year may be left to the anchor."""
    tokens, relative_days = _without_dayword(tokens)
    tokens, direction = _without_year_words(tokens)
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
        date = gregorian_date(slots.year, slots.month, slots.day)
        if date is None or direction or not agrees(date, slots):
            return NOTHING
        return _day(date, context, relative=False, slots=slots)
    if context.anchor is None:
        return NOTHING
    date = _yearless(slots, context.anchor, direction)
    if date is None or not agrees(date, slots):
        return NOTHING
    if relative_days is not None and context.anchor.plus(relative_days) != date:
        return NOTHING
    return _day(date, context, relative=True, slots=slots)


def _yearless(slots: Slots, anchor: Anchor, direction: str) -> dt.date | None:
    month, day = slots.month or 0, slots.day or 0
    if not direction:
        return nearest_year(anchor, month, day, slots.weekdays)
    if direction.islower():
        return gregorian_date(anchor.day.year + _STEPS[direction.upper()], month, day)
    return directed_year(anchor, month, day, direction)


def _without_gregorian_day(slots: Slots, context: Context, direction: str) -> Reading:
    """Hijri dates, months, years and weekdays that stand alone."""
    if slots.hijri_month is not None:
        if (
            slots.hijri_year is None
            or slots.hijri_day is None
            or slots.month is not None
            or direction
        ):
            return NOTHING
        date = hijri_date(slots.hijri_year, slots.hijri_month, slots.hijri_day)
        if date is None or (slots.weekdays and date.weekday() not in slots.weekdays):
            return NOTHING
        if slots.year not in {None, date.year}:
            return NOTHING
        return _day(date, context, relative=False, slots=slots)
    if slots.day is not None or slots.weekdays or slots.hour is not None or slots.daypart:
        return NOTHING
    if slots.month is not None and slots.year is not None:
        first = gregorian_date(slots.year, slots.month, 1)
        return _period(first, "month", context, relative=False)
    if slots.year is not None and slots.month is None and slots.zone is None:
        return _period(gregorian_date(slots.year, 1, 1), "year", context, relative=False)
    return NOTHING


def _without_dayword(tokens: Tokens) -> tuple[Tokens, int | None]:
    """Take out أمس and its like; their count of days stays."""
    for index, code in enumerate(tokens.codes):
        if code in "@R":
            return tokens.without({index}), int(tokens.values[index] or 0)
    return tokens, None


def _without_year_words(tokens: Tokens) -> tuple[Tokens, str]:
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


def _clock_slots(tokens: Tokens, skipped: str) -> Slots | None:
    """The clock and the part of the day beside a relative day."""
    kept = {index for index, code in enumerate(tokens.codes) if code in skipped}
    return read_slots(tokens.without(kept))


def day_of_month(tokens: Tokens, context: Context) -> Reading:
    """A day of the last, this or the next month ("15 من الشهر الجاري")."""
    if context.anchor is None:
        return NOTHING
    direction = next(code for code in tokens.codes if code in _STEPS)
    first = shift_period(context.anchor, "m", _STEPS[direction])
    place = next(index for index, code in enumerate(tokens.codes) if code in "DN1")
    number = int(tokens.values[place] or 0)
    date = gregorian_date(first.year, first.month, number) if first else None
    weekdays = [tokens.values[index] for index, code in enumerate(tokens.codes) if code == "W"]
    if date is None or (weekdays and date.weekday() not in weekdays):
        return NOTHING
    return _day(date, context, relative=True)


def dayword(tokens: Tokens, context: Context) -> Reading:
    """أمس، غدا، الليلة الماضية, with a part of the day or a clock."""
    slots = _clock_slots(tokens, "@Rrhu")
    if slots is None or context.anchor is None:
        return NOTHING
    index = next(index for index, code in enumerate(tokens.codes) if code in "@Rr")
    if tokens.codes[index] == "r":
        slots.daypart = _NIGHT
    date = context.anchor.plus(int(tokens.values[index] or 0))
    return _day(date, context, relative=True, slots=slots)


def weekday(tokens: Tokens, context: Context) -> Reading:
    """A weekday, alone, with a modifier, or with a day word that it must agree with."""
    direction = next((code for code in tokens.codes if code in "PFC"), "")
    slots = _clock_slots(tokens, "@RrPFC")
    if slots is None or context.anchor is None or not slots.weekdays:
        return NOTHING
    shift = next(
        (int(tokens.values[i] or 0) for i, code in enumerate(tokens.codes) if code in "@Rr"), None
    )
    anchor = context.anchor
    if shift is not None:
        step = dt.timedelta(days=shift)
        fitting = [day + step for day in anchor.near if (day + step).weekday() in slots.weekdays]
        date = fitting[0] if len(fitting) == 1 and not direction else None
        return _day(date, context, relative=True, slots=slots)
    if len(slots.weekdays) != 1:
        return NOTHING
    date = weekday_near(anchor, slots.weekdays[0], direction or ("f" if context.ahead else ""))
    return _day(date, context, relative=True, slots=slots)


def week_of_weekday(tokens: Tokens, context: Context) -> Reading:
    """ "الثلاثاء من الأسبوع الماضي" """
    slots = _clock_slots(tokens, "nvPFCh")
    if slots is None or context.anchor is None or len(slots.weekdays) != 1:
        return NOTHING
    direction = next(code for code in tokens.codes if code in _STEPS)
    date = weekday_of_week(context.anchor, slots.weekdays[0], _STEPS[direction])
    return _day(date, context, relative=True, slots=slots)


def amount(tokens: Tokens) -> tuple[int, str] | None:
    """The number and unit of "ثلاثة أيام", "يومين", "أسبوع"; None when it is open ("أيام")."""
    number: int | None = None
    for index, code in enumerate(tokens.codes):
        if code in "NDYI":
            number = int(str(tokens.values[index])[:9])
        elif code in _DUALS:
            return 2, _DUALS[code]
        elif code in _ISO_UNITS and number is None and tokens.codes[index + 1 :] == "N":
            return (1, code) if tokens.values[index] == tokens.values[index + 1] == 1 else None
        elif code in _ISO_UNITS:
            counted = number if number is not None else int(tokens.values[index] or 0)
            return (counted, code) if 0 < counted <= 9999 else None
    return None


def _about(tokens: Tokens) -> bool:
    return "8" in tokens.codes


def ago(tokens: Tokens, context: Context) -> Reading:
    """قبل ثلاثة أيام، منذ شهرين: the day, week, month or year that far back."""
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
        return _clock_away(context, count, unit, about=_about(tokens))
    if unit == "u":
        found = _day(context.anchor.plus(count), context, relative=True)
    else:
        found = _period(
            shift_period(context.anchor, unit, count), _PERIODS[unit], context, relative=True
        )
    # "قبل نحو أسبوع" names no day: the value stays, the date is open.
    return Reading(None, value=found.value) if _about(tokens) and unit != "y" else found


def _clock_away(context: Context, count: int, unit: str, *, about: bool) -> Reading:
    """Hours and minutes away; without a clock only whole days count."""
    anchor = context.anchor
    if anchor is None or abs(count) > 9999 or about:
        return NOTHING
    if anchor.moment is None:
        days, rest = divmod(abs(count), 24)
        if unit == "j" or rest:
            return NOTHING
        return _day(anchor.plus(days if count > 0 else -days), context, relative=True)
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


def hung(tokens: Tokens, context: Context) -> Reading:
    """ "بعد يوم من ...": hangs on an event, so that only the distance is known."""
    counted = amount(tokens)
    if counted is None or counted[1] not in "uv":
        return NOTHING
    days = counted[0] * (7 if counted[1] == "v" else 1)
    return Reading(shift=days if tokens.codes[0] == "E" else -days)


def phase(tokens: Tokens, context: Context) -> Reading:
    """ "مطلع الأسبوع الماضي", "نهاية الشهر": the period named."""
    return unit(tokens.cut(1, len(tokens.codes)), context, bare=True)


def unit(tokens: Tokens, context: Context, *, bare: bool = False) -> Reading:
    """ "الأسبوع الماضي", "هذا العام"; ``bare``: "الشهر" alone is the document's."""
    codes = tokens.codes.removeprefix("n")
    place = next(index for index, code in enumerate(tokens.codes) if code in _PERIODS)
    if tokens.values[place] != 1:
        return Reading(kind="vague", value="FUTURE_REF" if codes[-1] in "FX" else "PAST_REF")
    if context.anchor is None or codes[-1] in "Xp":
        return NOTHING
    direction = next((code for code in codes if code in _STEPS), "C" if bare else "")
    if not direction:
        return NOTHING
    code = tokens.codes[place]
    if bare and tokens.definite[place] is False and direction == "C" and "h" not in codes:
        return Reading(value=f"UNDEF-{_PERIODS[code]}")
    if bare and code == "v" and direction == "C" and "C" not in codes and "h" not in codes:
        return NOTHING  # "نهاية الأسبوع" may be the last or the next one
    date = shift_period(context.anchor, code, _STEPS[direction])
    return _period(date, _PERIODS[code], context, relative=True)


def month(tokens: Tokens, context: Context) -> Reading:
    """A month with its year, or with "الماضي" and its like; a phase before it."""
    start = tokens.codes.index("M")
    tokens, direction = _without_year_words(tokens.cut(start, len(tokens.codes)))
    slots = read_slots(tokens)
    if slots is None or slots.month is None or slots.day is not None:
        return NOTHING
    if not direction:
        return from_slots(slots, context)
    if context.anchor is None or slots.year is not None:
        return NOTHING
    if direction.islower():
        year = context.anchor.day.year + _STEPS[direction.upper()]
        date = gregorian_date(year, slots.month, 1)
    else:
        date = directed_year(context.anchor, slots.month, None, direction)
    return _period(date, "month", context, relative=True)


def bare_month(tokens: Tokens, context: Context) -> Reading:
    """A month without a year: the document's year when the month is near enough."""
    start = tokens.codes.index("M")
    slots = read_slots(tokens.cut(start, len(tokens.codes)))
    if slots is None or slots.month is None or context.anchor is None:
        return NOTHING
    date = nearest_year(context.anchor, slots.month, 15, [])
    return _period(date.replace(day=1) if date else None, "month", context, relative=True)


def year(tokens: Tokens, context: Context) -> Reading:
    """ "عام 2020", with or without a phase."""
    value = next(tokens.values[i] for i, code in enumerate(tokens.codes) if code == "Y")
    return _period(gregorian_date(int(value or 0), 1, 1), "year", context, relative=False)


def decade(tokens: Tokens, context: Context) -> Reading:  # noqa: ARG001 - handlers are called alike
    """ "الستينيات": 196; "العقد الأول من القرن الماضي" is left open."""
    if tokens.codes == "Kd":
        return Reading(value="UNDEF-decade")
    if "3" not in tokens.codes:
        return NOTHING
    return Reading(value=f"19{int(tokens.values[tokens.codes.index('3')] or 0) // 10}")


def century(tokens: Tokens, context: Context) -> Reading:
    """ "القرن التاسع عشر": 18; "القرن الماضي" by the anchor."""
    if tokens.codes[-1] == "1":
        return Reading(value=f"{int(tokens.values[-1] or 0) - 1:02d}")
    year = context.anchor.day.year if context.anchor else 2000
    return Reading(value=f"{year // 100 - 1:02d}")


def season(tokens: Tokens, context: Context) -> Reading:
    """ "صيف 2015": 2015-SU; without a year the document's."""
    years = [tokens.values[i] for i, code in enumerate(tokens.codes) if code == "Y"]
    name = tokens.values[tokens.codes.index("4")]
    if years:
        return Reading(value=f"{years[0]}-{name}")
    if context.anchor is None or tokens.codes[-1] not in "4C":
        return NOTHING
    return Reading(value=f"{context.anchor.day.year}-{name}")


def vague(tokens: Tokens, context: Context) -> Reading:  # noqa: ARG001 - handlers are called alike
    """ "مؤخرا", "الأيام الماضية": PAST_REF and its like."""
    last = tokens.codes[-1]
    if last == "5":
        return Reading(kind="vague", value=str(tokens.values[-1]))
    return Reading(kind="vague", value="FUTURE_REF" if last in "FX" else "PAST_REF")


def set_word(tokens: Tokens, context: Context) -> Reading:  # noqa: ARG001 - handlers are called alike
    """ "يوميا", "كل أسبوع": P1D, P1W."""
    if tokens.codes == "6":
        return Reading(kind="set", value=str(tokens.values[0]))
    counted = amount(tokens)
    return Reading(kind="set", value=_period_value(counted))


def duration(tokens: Tokens, context: Context) -> Reading:  # noqa: ARG001 - handlers are called alike
    """ "ثلاثة أيام": P3D."""
    return Reading(kind="duration", value=_period_value(amount(tokens)))


def _period_value(counted: tuple[int, str] | None) -> str | None:
    if counted is None:
        return None
    count, code = counted
    if code == "i" and count % 24 == 0:
        count, code = count // 24, "u"
    return f"P{'T' if code in 'ij' else ''}{count}{_ISO_UNITS[code]}"


def single(tokens: Tokens, context: Context) -> Reading | None:
    """ "يوم", "شهر", "ساعة" without number or article: one of them."""
    if tokens.values[0] != 1 or tokens.definite[0]:
        return None
    return duration(tokens, context)


def clock(tokens: Tokens, context: Context) -> Reading:  # noqa: ARG001 - handlers are called alike
    """A clock time without a date: found, not resolved."""
    return NOTHING


HANDLERS: Final[dict[str, Callable[[Tokens, Context], Reading | None]]] = {
    "written": written,
    "weekofweekday": week_of_weekday,
    "weekday": weekday,
    "dayofmonth": day_of_month,
    "dayword": dayword,
    "named": clock,
    "hung": hung,
    "ago": ago,
    "later": later,
    "phase": phase,
    "unit": unit,
    "month": month,
    "baremonth": bare_month,
    "year": year,
    "decade": decade,
    "century": century,
    "season": season,
    "vague": vague,
    "set": set_word,
    "clock": clock,
    "duration": duration,
    "single": single,
}
