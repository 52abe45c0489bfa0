"""The day of an article, from its own text."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from transforms.text.arabic import normalise_text
from transforms.text.dates.find import find_dates
from transforms.text.dates.lexicon import tokenise
from transforms.text.dates.model import DateMention, TimestampPrecision

_LEAD_PARAGRAPHS: Final = 3
_LEAD: Final = 1500  # code points in which an article states its own day
_BODY: Final = 20_000  # code points read for relative expressions


def document_date(
    text: str, *, alone: bool = False
) -> tuple[dt.date, str, TimestampPrecision] | None:
    """Tell an article's day when its text says so.

    A full date of the first paragraphs that carries its weekday is a candidate. Relative
    expressions with a weekday anywhere (اليوم الأربعاء، أمس الثلاثاء، غدا الخميس) fix the weekday
    of the document's own day: they must all fix the same, and the candidate's. A date alone, even
    with its weekday, may be that of an event: without such a confirmation there is no answer.

    Args:
        text: title and body, or the body.
        alone: the text is all there is of the document (a plain .txt file). Then a date with its
            weekday in the lead is its own without a confirmation, unless the text names a later
            day or another weekday as its own.

    Returns:
        The day, the expression as written, and its precision; None when no date is the article's
        own or two are in question.
    """
    weekdays = document_weekdays(text)
    if len(weekdays) != 1:
        return _lead_date(text) if alone and not weekdays else None
    lead = "\n".join([line for line in text.split("\n") if line.strip()][:_LEAD_PARAGRAPHS])[:_LEAD]
    days: dict[dt.date, str] = {}
    for mention in find_dates(lead):
        date = _full_date(mention)
        raw = lead[mention.start : mention.end]
        if date is not None and date.weekday() in weekdays and _WEEKDAY.search(raw):
            days.setdefault(date, raw)
    if len(days) != 1:
        return None
    day, raw = days.popitem()
    return day, raw, "day"


def _lead_date(text: str) -> tuple[dt.date, str, TimestampPrecision] | None:
    """The one full date with its weekday in the lead, if the text names no later day."""
    lines = [line for line in text.split("\n") if line.strip()]
    lead = "\n".join(lines[:2])[:_LEAD]
    days: dict[dt.date, str] = {}
    for mention in find_dates(lead):
        date, raw = _full_date(mention), lead[mention.start : mention.end]
        if date is not None and _WEEKDAY.search(raw):
            days.setdefault(date, raw)
    if len(days) != 1:
        return None
    day, raw = days.popitem()
    later = [date for each in find_dates(text) if (date := _full_date(each)) and date > day]
    return None if later else (day, raw, "day")


def _full_date(mention: DateMention) -> dt.date | None:
    """The day of a mention that states day, month and year."""
    resolved = mention.resolved
    if resolved is None or resolved.basis != "explicit":
        return None
    return resolved.date if resolved.precision in {"day", "minute", "second"} else None


# A day word with the weekday it must be.
_FIXED: Final = re.compile(r"(?<![=?])[@R],?\(?u?W(?!,?W)")
_WEEKDAY: Final = re.compile(
    r"ال[\u0640]?(?:[اإأ]?ثنين|ثلاثاء|[اأإ]ربعاء|خميس|جمعة|سبت|[اأ]حد)(?![\u0621-\u064a])"
)


def document_weekdays(text: str) -> set[int]:
    """The weekdays that the text's relative expressions give to its own day.

    Args:
        text: the article.

    Returns:
        Weekdays, 0 is Monday: one when the expressions agree, none without any.
    """
    tokens = tokenise(normalise_text(text[:_BODY]))
    return {
        (int(tokens.values[match.end() - 1] or 0) - int(tokens.values[match.start()] or 0)) % 7
        for match in _FIXED.finditer(tokens.codes)
    }
