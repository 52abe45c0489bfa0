"""Every day written in every form is read back, and never as another day."""

from __future__ import annotations

import datetime as dt
from email.utils import format_datetime, parsedate_to_datetime

from hypothesis import given
from hypothesis import strategies as st

from transforms.text.dates import find_dates, parse_timestamp, resolve_date
from transforms.text.dates.anchor import make_anchor, weekday_near

MONTHS = (
    ("يناير", "كانون الثاني", "جانفي"),
    ("فبراير", "شباط", "فيفري"),
    ("مارس", "آذار", "مارس"),
    ("أبريل", "نيسان", "أفريل"),
    ("مايو", "أيار", "ماي"),
    ("يونيو", "حزيران", "جوان"),
    ("يوليو", "تموز", "جويلية"),
    ("أغسطس", "آب", "أوت"),
    ("سبتمبر", "أيلول", "سبتمبر"),
    ("أكتوبر", "تشرين الأول", "أكتوبر"),
    ("نوفمبر", "تشرين الثاني", "نوفمبر"),
    ("ديسمبر", "كانون الأول", "ديسمبر"),
)
WEEKDAYS = ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد")
DAYS = st.dates(dt.date(1900, 1, 1), dt.date(2098, 12, 31))
EASTERN = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def forms(day: dt.date, style: int) -> list[str]:
    month = MONTHS[day.month - 1][style]
    dual = "/".join(MONTHS[day.month - 1][:2])
    weekday = WEEKDAYS[day.weekday()]
    return [
        f"{day.day} {month} {day.year}",
        f"{weekday} {day.day} {month} {day.year}",
        f"{weekday}، {day.day} {dual} {day.year}م",
        f"مساء {weekday} {day.day:02d} {month} من عام {day.year}",
        f"{day.day}/{day.month}/{day.year}",
        f"{day.day:02d}-{day.month:02d}-{day.year}",
        f"{day.year}/{day.month}/{day.day}",
        f"{weekday} الموافق {day.day}.{day.month}.{day.year}",
    ]


@given(DAYS, st.integers(0, 2), st.booleans())
def test_a_day_is_read_back(day: dt.date, style: int, eastern: bool) -> None:
    for form in forms(day, style):
        text = form.translate(EASTERN) if eastern else form
        resolved = resolve_date(text)
        assert resolved is not None, text
        assert (resolved.date, resolved.precision, resolved.basis) == (day, "day", "explicit")
        (mention,) = find_dates(f"وقع الحادث في {text} وفق البيان")
        assert mention.resolved == resolved


@given(DAYS, st.integers(1, 6), st.integers(0, 2))
def test_a_wrong_weekday_is_never_read(day: dt.date, off: int, style: int) -> None:
    wrong = WEEKDAYS[(day.weekday() + off) % 7]
    assert resolve_date(f"{wrong} {day.day} {MONTHS[day.month - 1][style]} {day.year}") is None
    assert resolve_date(f"{wrong} {day.day}/{day.month}/{day.year}") is None


@given(DAYS, st.integers(0, 2), st.integers(-150, 150))
def test_a_date_without_its_year_is_right_or_absent(day: dt.date, style: int, off: int) -> None:
    anchor = day + dt.timedelta(days=off)
    resolved = resolve_date(f"{day.day} {MONTHS[day.month - 1][style]}", anchor=anchor)
    assert resolved is None or resolved.date == day
    weekday = WEEKDAYS[day.weekday()]
    resolved = resolve_date(f"{weekday} {day.day} {MONTHS[day.month - 1][style]}", anchor=anchor)
    assert resolved is not None
    assert resolved.date == day


@given(DAYS, st.integers(0, 6))
def test_weekdays_round_an_anchor(anchor: dt.date, weekday: int) -> None:
    known = make_anchor(anchor, None)
    assert known is not None
    for direction, low, high in (
        ("", -6, 0),
        ("P", -7, -1),
        ("F", 1, 7),
        ("f", 0, 6),
        ("C", -6, 6),
    ):
        day = weekday_near(known, weekday, direction)
        if day is None:
            assert direction == "C" or anchor.year in {1900, 2098}
            continue
        assert day.weekday() == weekday
        assert low <= (day - anchor).days <= high


@given(st.datetimes(dt.datetime(1971, 1, 1), dt.datetime(2068, 1, 1)), st.integers(-12, 14))  # noqa: DTZ001 - hypothesis wants naive bounds
def test_machine_forms_agree_with_the_standard_library(moment: dt.datetime, hours: int) -> None:
    moment = moment.replace(microsecond=0, tzinfo=dt.timezone(dt.timedelta(hours=hours)))
    clock = f"{moment:%I:%M:%S %p} {moment:%z}"
    for raw in (
        moment.isoformat(),
        f"{moment:%Y-%m-%d %H:%M:%S%z}",
        format_datetime(moment),
        f"{moment:%d %b %y %H:%M:%S %z}",
        f"{moment:%a %b %d %H:%M:%S %Y} GMT{moment:%z}",
        f"{moment:%A, %d %B %Y} {clock}",
    ):
        stamp = parse_timestamp(raw)
        assert stamp is not None, raw
        assert stamp.value == moment, raw


@given(
    st.datetimes(dt.datetime(1971, 1, 1), dt.datetime(2068, 1, 1)),  # noqa: DTZ001 - see above
    st.integers(0, 31),
    st.sampled_from("0123456789 :+-TZ,SepWdGMT"),
)
def test_never_another_time_than_the_standard_library(
    moment: dt.datetime, at: int, letter: str
) -> None:
    """A wrong letter somewhere makes it another time for both, or none."""
    right = format_datetime(moment.replace(microsecond=0, tzinfo=dt.UTC))
    raw = right[:at] + letter + right[at + 1 :]
    stamp = parse_timestamp(raw)
    try:
        known = parsedate_to_datetime(raw)
    except (ValueError, TypeError, IndexError):
        return
    if stamp is not None and known.tzinfo is not None and stamp.precision == "second":
        assert stamp.value == known, raw
