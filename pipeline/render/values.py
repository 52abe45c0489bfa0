"""Values that are no plain text, as text that people and programs know."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any, Final

import pyarrow as pa

STRANGE: Final = (bytes, timedelta, pa.MonthDayNano)
"""What BYTES and INTERVAL are in Python."""


def as_text(value: Any) -> str:
    """A value as text.

    Args:
        value: of a row. BYTES become base64, as BigQuery writes them; an INTERVAL a duration of
            ISO 8601; everything else what Python makes of it.

    Example:
        >>> as_text(b"rasd"), as_text(pa.MonthDayNano([14, 3, -5_400_000_000_000]))
        ('cmFzZA==', 'P1Y2M3DT-1H-30M')
    """
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, timedelta):
        value = pa.MonthDayNano([0, 0, value // timedelta(microseconds=1) * 1000])
    if isinstance(value, pa.MonthDayNano):
        return _duration(value.months, value.days, value.nanoseconds)
    return str(value)


def _duration(months: int, days: int, nanoseconds: int) -> str:
    seconds, part = divmod(abs(nanoseconds), 10**9)
    sign = "-" if nanoseconds < 0 else ""
    parts = ((seconds // 3600, "H"), (seconds // 60 % 60, "M"))
    time = "".join(f"{sign}{n}{unit}" for n, unit in parts if n)
    if seconds % 60 or part:
        time += sign + f"{seconds % 60}.{part:09}".rstrip("0").rstrip(".") + "S"
    years, rest = abs(months) // 12, abs(months) % 12
    back = "-" if months < 0 else ""
    day = "".join(f"{back}{n}{unit}" for n, unit in ((years, "Y"), (rest, "M")) if n)
    day += f"{days}D" if days else ""
    return f"P{day}" + (f"T{time}" if time else "") if day or time else "PT0S"
