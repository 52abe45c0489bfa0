"""When an event happened: the date expressions of its clause, else the day of the article."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from transforms.enrich.rules.match import TriggerMatch
from transforms.enrich.sentence.annotations import Annotations
from transforms.enrich.sentence.view import Sentence
from transforms.enrich.words import closed_classes, lists
from transforms.enrich.words.clitics import with_conjunctions
from transforms.text.arabic import normalise_text
from transforms.text.dates import DateMention, weekdays

_DAY_AFTER: Final = with_conjunctions(lists.words("attributes", "day_after"))
_ENDS: Final = frozenset(".,C")  # kinds of tokens that end what a date is told of
_HANGS: Final = 4  # tokens behind an expression in which the act stands that it dates
_DIGITS: Final = frozenset("0123456789")
_TIME_HINTS: Final = lists.words("attributes", "time_hints").union(
    *({word, *(letter + word for letter in "ولبف")} for word in closed_classes.TIME_WORDS)
)


@dataclass(frozen=True, slots=True)
class When:
    """When an event happened: the first and last possible day, and how it is known."""

    start: dt.date
    end: dt.date
    precision: str
    basis: Literal["explicit", "relative", "document"]
    text: str | None = None


def when_of(
    annotations: Annotations,
    sentence: Sentence,
    match: TriggerMatch,
    mentions: list[DateMention],
    *,
    ahead: bool,
) -> When | None:
    """The date of an event: the mention of its clause nearest to the trigger, else the document's.

    Args:
        annotations: the text.
        sentence: the sentence.
        match: the trigger.
        mentions: the dates of the sentence.
        ahead: whether the event lies in the future (a bare weekday is then the next one).
    """
    fixed = shifted(annotations, sentence, match, mentions)
    if fixed is not None:
        return fixed
    best: tuple[tuple[int, int], When] | None = None
    for mention in mentions:
        when = moment(annotations, mention, ahead=ahead)
        if when is None:
            continue
        low, high = annotations.tokens.range_of(mention.start, mention.end)
        near = low if low > match.last else high
        a, b = sorted((match.head, near))
        breaks = sentence.breaks(a, b)
        if _of_another_verb(sentence, low, breaks, range(max(a, match.last) + 1, b)):
            continue
        rank = (breaks, abs(near - match.head))
        if best is None or rank < best[0]:
            best = (rank, when)
    if best is not None and not _spans_document(best[1], annotations.anchor):
        return best[1]
    return (
        None
        if annotations.anchor is None
        else When(annotations.anchor, annotations.anchor, "day", "document")
    )


def _of_another_verb(sentence: Sentence, low: int, breaks: int, between: range) -> bool:
    """Whether a span (منذ أبريل) belongs to another verb than the trigger."""
    opened = low - 1 >= sentence.first and sentence.words[low - 1] == "منذ"
    if not opened and sentence.words[low] != "منذ":
        return False
    return breaks > 0 or any(sentence.kind(i) == "V" for i in between)


def moment(annotations: Annotations, mention: DateMention, *, ahead: bool) -> When | None:
    """What a date expression says, a bare weekday by the direction of the event."""
    if mention.kind != "date":
        return None
    text, resolved = annotations.tokens.raw[mention.start : mention.end], mention.resolved
    if resolved is not None:
        return When(resolved.date, resolved.last, _day(resolved.precision), resolved.basis, text)
    if annotations.anchor is None or mention.shift is not None:
        return None
    words = normalise_text(text).split()
    number = next((weekdays()[w] for w in words if w in weekdays()), None)
    if number is None:
        return None
    days = (
        (number - annotations.anchor.weekday()) % 7
        if ahead
        else -((annotations.anchor.weekday() - number) % 7)
    )
    day = annotations.anchor + dt.timedelta(days=days)
    return When(day, day, "day", "relative", text)


def _spans_document(when: When, anchor: dt.date | None) -> bool:
    """Whether a long period holds the day of publication, so that it dates nothing closer."""
    if anchor is None or when.precision not in {"month", "year"}:
        return False
    return when.start <= anchor <= when.end


def shifted(
    annotations: Annotations,
    sentence: Sentence,
    match: TriggerMatch,
    mentions: list[DateMention],
    before: dt.date | None = None,
) -> When | None:
    """بعد يوم من الاشتباكات، غداة الهجوم: days before the moment that the sentence is about.

    An act that is dated itself (غداة هجوم وقع الثلاثاء) is left to others.

    Args:
        annotations: the text.
        sentence: the sentence.
        match: the trigger; it hangs on the expression when it stands right behind it.
        mentions: the dates of the sentence.
        before: the day that the sentences before are about; where there is none, the anchor.
    """
    for low, stop, days in _shifts(annotations, sentence, mentions):
        if not low <= match.head < stop + _HANGS or sentence.breaks(stop - 1, match.head):
            continue
        dated = _days_of(annotations, mentions)
        if any(_ENDS.isdisjoint(sentence.stretch(match.head, at) or ".") for at, _ in dated):
            return None
        told = [day for at, day in dated if at < low][-1:] or [day for _, day in dated][:1]
        base = next(iter(told), before or annotations.anchor)
        if base is None:
            return None
        day, tokens = base - dt.timedelta(days=days), annotations.tokens
        text = tokens.raw[slice(*tokens.span(low, stop - 1))]
        return When(day, day, "day", "relative", text)
    return None


def _shifts(
    annotations: Annotations, sentence: Sentence, mentions: list[DateMention]
) -> Iterator[tuple[int, int, int]]:
    """What dates another act by this one: first token, the one behind the last, and days."""
    for mention in mentions:
        if mention.shift is not None:
            yield *annotations.tokens.range_of(mention.start, mention.end), mention.shift
    for index, word in enumerate(sentence.words[sentence.first : sentence.stop], sentence.first):
        if word in _DAY_AFTER:
            yield index, index + 1, 1


def _days_of(annotations: Annotations, mentions: list[DateMention]) -> list[tuple[int, dt.date]]:
    """The dates of a sentence that are days, with their first tokens."""
    found = []
    for mention in mentions:
        when = moment(annotations, mention, ahead=False)
        if when is not None and when.precision == "day":
            found.append((annotations.tokens.range_of(mention.start, mention.end)[0], when.end))
    return found


def _day(precision: str) -> str:
    return "day" if precision in {"second", "minute"} else precision


def is_old(when: When | None, anchor: dt.date | None, days: int) -> bool:
    """Whether a dated event lies more than ``days`` before the document."""
    if when is None or anchor is None or when.basis == "document":
        return False
    return (anchor - when.end).days > days


def undated(when: When | None) -> bool:
    """Whether no words of the sentence date an event."""
    return when is None or when.basis == "document"


def tells_time(sentence: Sentence) -> bool:
    """Whether a sentence can hold a date expression at all: a number or a word of time."""
    words = sentence.words[sentence.first : sentence.stop]
    return not _TIME_HINTS.isdisjoint(words) or not _DIGITS.isdisjoint([word[0] for word in words])


def mentions_time(sentence: Sentence) -> bool:
    """Whether the sentence carries a time word (for the confidence formula)."""
    return not closed_classes.TIME_WORDS.isdisjoint(sentence.words[sentence.first : sentence.stop])
