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


def document_date(text: str) -> tuple[dt.date, str, TimestampPrecision] | None:
    """Tell an article's day when its text says so.

    A full date of the first paragraphs is a candidate. Relative expressions with a weekday (اليوم
    الأربعاء، أمس الثلاثاء، غدا الخميس) fix the weekday of the document's day, all the same one; a
    candidate must agree, and without such expressions it must carry its own weekday.

    Args:
        text: title and body, or the body.

    Returns:
        The day, the expression as written, and its precision; None when no date is the article's
        own or two are in question.
    """
    lead = "\n".join([line for line in text.split("\n") if line.strip()][:_LEAD_PARAGRAPHS])[:_LEAD]
    candidates = [mention for mention in find_dates(lead) if _is_full(mention)]
    if not candidates:
        return None
    weekdays = document_weekdays(text)
    if len(weekdays) > 1:
        return None
    days = {
        mention.resolved.date: lead[mention.start : mention.end]
        for mention in reversed(candidates)
        if mention.resolved and _own(mention, lead, weekdays)
    }
    if len(days) != 1:
        return None
    day, raw = days.popitem()
    return day, raw, "day"


def _is_full(mention: DateMention) -> bool:
    resolved = mention.resolved
    return (
        resolved is not None
        and resolved.basis == "explicit"
        and resolved.precision in {"day", "minute", "second"}
    )


# A day word with the weekday it must be.
_FIXED: Final = re.compile(r"(?<![=?])[@R],?\(?u?W(?!,?W)")
_WEEKDAY: Final = re.compile(r"(?:الا?[إأ]?ثنين|الثلاثاء|ال[أا]ربعاء|الخميس|الجمعة|السبت|ال[أا]حد)")


def _own(mention: DateMention, lead: str, weekdays: set[int]) -> bool:
    """Whether a full date may be the document's day."""
    if mention.resolved is None:
        return False
    if weekdays:
        return mention.resolved.date.weekday() in weekdays
    return bool(_WEEKDAY.search(lead, mention.start, mention.end))


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
