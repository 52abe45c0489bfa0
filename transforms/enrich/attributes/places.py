"""Where and when: the place and the date of an event from the words around its trigger."""

from __future__ import annotations

import datetime as dt
from typing import Final

from transforms.enrich.events.mention import When
from transforms.enrich.rules.match import TriggerMatch
from transforms.enrich.sentence.annotations import Annotations, Named
from transforms.enrich.sentence.view import Sentence
from transforms.enrich.words import closed_classes
from transforms.enrich.words.tokens import Tokens
from transforms.records import Place
from transforms.text.arabic import normalise_text
from transforms.text.dates import DateMention

_PLACE_OPENERS: Final = frozenset(
    {"في", "قرب", "وسط", "داخل", "ب", "بالقرب", "شمال", "جنوب", "شرق", "غرب", "الي", "علي"}
)
_DIGITS: Final = frozenset("0123456789")


def place_of(
    annotations: Annotations, sentence: Sentence, match: TriggerMatch, taken: set[int]
) -> Place | None:
    """The place of an event: the place of its clause nearest to the trigger, cities first.

    Args:
        annotations: the text.
        sentence: the sentence.
        match: the trigger.
        taken: tokens that name an actor or recipient, unless they also name a smaller place.
    """
    best: tuple[tuple[int, ...], Named] | None = None
    for named in annotations.between(sentence.first, sentence.stop):
        entry = named.entity.place
        if entry is None:
            continue
        token = _place_token(annotations, named)
        rank = _place_rank(sentence, match, named, token, taken)
        if rank is not None and (best is None or rank < best[0]):
            best = (rank, named)
    return None if best is None else _place(annotations.tokens, best[1])


def _place_token(annotations: Annotations, named: Named) -> int:
    start = named.entity.place_start
    if start < 0:
        return named.first
    token = named.first
    while token < named.last and annotations.tokens.ends[token] <= start:
        token += 1
    return token


def _place_rank(
    sentence: Sentence, match: TriggerMatch, named: Named, token: int, taken: set[int]
) -> tuple[int, ...] | None:
    """Sort key of a candidate place, the smallest is the best; None when it is none."""
    entry = named.entity.place
    if entry is None:
        return None
    before = sentence.words[token - 1] if token > sentence.first else ""
    opened = (
        before in _PLACE_OPENERS or sentence.words[token].startswith(("ب", "وب")) or before in _AREA
    )
    country = entry.precision == "country"
    actor = named.entity.kind != "place" and token in taken
    if country and actor and not opened:
        return None
    if named.entity.kind != "place" and not opened:
        return None  # a country or capital that stands for its government
    low, high = sorted((match.head, token))
    breaks = sum(sentence.kind(i) in ".CR" for i in range(low, high))
    behind = 0 if token > match.head else 1
    return (0 if opened else 1, breaks, 1 if country else 0, behind, abs(token - match.head))


_WEEKDAYS: Final = {
    normalise_text(name): number
    for number, names in enumerate(
        ("الاثنين الإثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد")
    )
    for name in names.split()
}
_OTHER_HINTS: Final = normalise_text(
    "قبل بعد منذ غداة عشية مطلع منتصف أواخر أوائل نهاية بداية شهر الشهر عام سنة أسبوع أيام يومين "
    "شهرين عامين أسبوعين سنوات أعوام أسابيع أشهر ساعات الصيف الشتاء الربيع الخريف رمضان محرم صفر "
    "رجب شعبان شوال ذي جمادى ربيع جانفي فيفري أفريل ماي جوان جويلية أوت القرن العقد الثمانينيات "
    "التسعينيات السبعينيات الستينيات البارحة نهارا اليومين الشهرين الأعوام الأيام الأسابيع والشهر "
    "وعام يوما وقبل وبعد ومنذ"
)
_TIME_HINTS: Final = frozenset(_OTHER_HINTS.split()).union(
    *({word, *(letter + word for letter in "ولبف")} for word in closed_classes.TIME_WORDS)
)
_AREA: Final = frozenset(
    [
        "مدينه",
        "بلده",
        "قريه",
        "منطقه",
        "محافظه",
        "ولايه",
        "اقليم",
        "مدينتي",
        "حي",
        "ضاحيه",
        "مخيم",
        "العاصمه",
        "جزيره",
        "مطار",
        "معبر",
        "شارع",
        "ريف",
        "قضاء",
    ]
)


def _place(tokens: Tokens, named: Named) -> Place | None:
    entry = named.entity.place
    if entry is None:
        return None
    low, high = named.entity.place_start, named.entity.place_end
    if low < 0:
        low, high = named.entity.start, named.entity.end
    start, end = tokens.normalised.span(low, high)
    return Place(
        entry.name, tokens.raw[start:end], entry.country, entry.admin1, entry.lat, entry.lon,
        entry.geonames_id, entry.precision, tokens.field, start, end,
    )  # fmt: skip


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
    shifted = _shifted(annotations, match, mentions)
    if shifted is not None:
        return shifted
    best: tuple[tuple[int, int], When] | None = None
    for mention in mentions:
        when = _moment(annotations, mention, ahead=ahead)
        if when is None:
            continue
        low, high = annotations.tokens.range_of(mention.start, mention.end)
        near = low if low > match.last else high
        a, b = sorted((match.head, near))
        breaks = sum(sentence.kind(i) in ".CR" for i in range(a, b))
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


def _moment(annotations: Annotations, mention: DateMention, *, ahead: bool) -> When | None:
    """What a date expression says, a bare weekday by the direction of the event."""
    if mention.kind != "date":
        return None
    text, resolved = annotations.tokens.raw[mention.start : mention.end], mention.resolved
    if resolved is not None:
        return When(resolved.date, resolved.last, _day(resolved.precision), resolved.basis, text)
    if annotations.anchor is None or mention.shift is not None:
        return None
    words = normalise_text(text).split()
    number = next((_WEEKDAYS[w] for w in words if w in _WEEKDAYS), None)
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


def _shifted(
    annotations: Annotations, match: TriggerMatch, mentions: list[DateMention]
) -> When | None:
    """بعد يوم من الاشتباكات: so many days before the moment that the sentence is about."""
    for mention in mentions:
        if mention.shift is None:
            continue
        low, high = annotations.tokens.range_of(mention.start, mention.end)
        if not low <= match.head <= high + 1:
            continue
        base = next(
            (m.resolved.date for m in mentions if m.resolved is not None), annotations.anchor
        )
        if base is None:
            return None
        day = base - dt.timedelta(days=mention.shift)
        text = annotations.tokens.raw[mention.start : mention.end]
        return When(day, day, "day", "relative", text)
    return None


def _day(precision: str) -> str:
    return "day" if precision in {"second", "minute"} else precision


def is_old(when: When | None, anchor: dt.date | None, days: int) -> bool:
    """Whether a dated event lies more than ``days`` before the document."""
    if when is None or anchor is None or when.basis == "document":
        return False
    return (anchor - when.end).days > days


def tells_time(sentence: Sentence) -> bool:
    """Whether a sentence can hold a date expression at all: a number or a word of time."""
    words = sentence.words[sentence.first : sentence.stop]
    return not _TIME_HINTS.isdisjoint(words) or any(word[0] in _DIGITS for word in words)


def mentions_time(sentence: Sentence) -> bool:
    """Whether the sentence carries a time word (for the confidence formula)."""
    return not closed_classes.TIME_WORDS.isdisjoint(sentence.words[sentence.first : sentence.stop])
