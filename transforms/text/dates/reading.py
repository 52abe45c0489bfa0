"""What a date expression means, and what is known when it is read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from transforms.text.dates.absolute import EVE, Slots
from transforms.text.dates.anchor import Anchor
from transforms.text.dates.model import MentionKind, ResolvedDate, ResolvedPrecision

# Token classes of units (see ``lexicon``): duals by their unit, TIMEX letters, periods, directions.
DUALS: Final = dict(zip("UVQZJLGO", "uvmyijds", strict=True))
ISO_UNITS: Final = dict(zip("uvmyijds", ("D", "W", "M", "Y", "H", "M", "DE", "CE"), strict=True))
PERIODS: Final[dict[str, ResolvedPrecision]] = {"v": "week", "m": "month", "y": "year"}
STEPS: Final = {"P": -1, "F": 1, "C": 0, "h": 0}


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


def day_reading(
    date: dt.date | None,
    context: Context,
    *,
    relative: bool,
    slots: Slots | None = None,
) -> Reading:
    """A reading of one day.

    Args:
        date: the day; None gives no reading.
        context: for the zone.
        relative: whether the anchor was needed.
        slots: clock, zone and part of the day, if any were written.
    """
    if date is None:
        return NOTHING
    time = slots.time if slots else None
    precision: ResolvedPrecision = "day"
    if slots and time is not None:
        precision = "second" if slots.second is not None else "minute"
    zone = (slots.zone if slots else None) or context.tz
    resolved = ResolvedDate(date, time, zone, precision, "relative" if relative else "explicit")
    part = slots.daypart if slots and time is None else None
    part = "NI" if part == EVE else part
    return Reading(resolved, value=resolved.value + (f"T{part}" if part else ""))


def period_reading(
    date: dt.date | None, precision: ResolvedPrecision, context: Context, *, relative: bool
) -> Reading:
    """A reading of a week, month or year.

    Args:
        date: its first day; None gives no reading.
        precision: which of them.
        context: for the zone.
        relative: whether the anchor was needed.
    """
    if date is None:
        return NOTHING
    resolved = ResolvedDate(
        date, None, context.tz, precision, "relative" if relative else "explicit"
    )
    return Reading(resolved, value=resolved.value)
