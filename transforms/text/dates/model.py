"""What the date functions answer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

ResolvedPrecision = Literal["second", "minute", "day", "week", "month", "year"]
TimestampPrecision = Literal["second", "minute", "day", "month"]
Basis = Literal["explicit", "relative"]
MentionKind = Literal["date", "duration", "set", "vague"]


@dataclass(frozen=True, slots=True)
class ResolvedDate:
    """A date expression, resolved.

    Attributes:
        date: the civil date written; of a longer period its first day (weeks begin on Monday).
        time: the naive clock time written; None when none was.
        tz: the zone written, else the one the caller gave: an IANA name or ±HH:MM; else None.
        precision: what was written.
        basis: ``explicit``, or ``relative`` when the anchor was needed.
    """

    date: dt.date
    time: dt.time | None
    tz: str | None
    precision: ResolvedPrecision
    basis: Basis

    @property
    def last(self) -> dt.date:
        """The last day of the period."""
        if self.precision == "week":
            return self.date + dt.timedelta(days=6)
        if self.precision == "month":
            return (self.date.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - _DAY
        if self.precision == "year":
            return self.date.replace(month=12, day=31)
        return self.date

    @property
    def value(self) -> str:
        """The TIMEX3 value: 2023-09-20, 2023-W38, 2023-09, 2023, 2023-09-20T18:30."""
        if self.precision == "year":
            return f"{self.date.year:04d}"
        if self.precision == "month":
            return f"{self.date.year:04d}-{self.date.month:02d}"
        if self.precision == "week":
            year, week, _ = self.date.isocalendar()
            return f"{year:04d}-W{week:02d}"
        if self.time is not None:
            return f"{self.date.isoformat()}T{self.time:%H:%M}"
        return self.date.isoformat()


_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A written point in time as the tables store it.

    Attributes:
        value: aware, UTC. Of a day or a month: midnight UTC of the civil date written.
        precision: what was written.
        day: the civil day where the publisher writes: the date written, but of a time in UTC the
            day of the publisher's zone, where that is known. Of a month its first day.
        day_sure: False when ``day`` may be a neighbour's: a time in UTC near midnight, the
            publisher's zone unknown.
    """

    value: dt.datetime
    precision: TimestampPrecision
    day: dt.date
    day_sure: bool = True


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date expression in a text.

    Attributes:
        start: its first code point in the original text.
        end: the code point after its last.
        resolved: its date; None when it is relative and no anchor was given, when it hangs on an
            event ("بعد يوم من الاشتباكات"), or when it is no date (a duration, a vague word).
        kind: ``date``; ``duration`` (ثلاثة أيام), ``set`` (يوميا), ``vague`` (مؤخرا).
        value: its TIMEX3 value, also where ``resolved`` cannot hold it: decades (199),
            centuries (19), seasons (2015-WI), P3D, PAST_REF; and what the words say literally
            where ``resolved`` is withheld as unsure. None when it is not known.
        shift: days from the event that the expression hangs on; None when it hangs on none.
    """

    start: int
    end: int
    resolved: ResolvedDate | None
    kind: MentionKind = "date"
    value: str | None = None
    shift: int | None = None
