"""The handler of each rule of the grammar."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from transforms.text.dates import periods, relative, written
from transforms.text.dates.lexicon import Tokens
from transforms.text.dates.reading import Context, Reading

HANDLERS: Final[dict[str, Callable[[Tokens, Context], Reading | None]]] = {
    "written": written.written,
    "weekofweekday": relative.week_of_weekday,
    "weekday": relative.weekday,
    "dayofmonth": relative.day_of_month,
    "dayword": relative.dayword,
    "named": periods.unknown,
    "hung": relative.hung,
    "ago": relative.ago,
    "later": relative.later,
    "phase": periods.phase,
    "unit": periods.unit,
    "month": written.month,
    "baremonth": written.bare_month,
    "year": written.year,
    "decade": periods.decade,
    "century": periods.century,
    "season": periods.season,
    "vague": periods.vague,
    "set": periods.set_word,
    "clock": periods.unknown,
    "duration": periods.duration,
    "single": periods.single,
}
