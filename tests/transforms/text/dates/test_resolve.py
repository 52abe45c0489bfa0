"""Date expressions: what they mean, and when there must be no answer."""

from __future__ import annotations

import datetime as dt

import pytest

from pipeline.evaluation.dates import answer, read_strings
from transforms.text.dates import ResolvedDate, resolve_date

ANCHOR = dt.date(2023, 9, 20)  # a Wednesday


def table() -> list[tuple[str, str, str, str, str]]:
    from importlib.resources import files

    text = files("pipeline.evaluation").joinpath("data", "date_strings.tsv").read_text("utf-8")
    return list(read_strings(text))


@pytest.mark.parametrize("row", table(), ids=lambda row: f"{row[0]}:{row[1]}")
def test_the_table_of_expressions(row: tuple[str, str, str, str, str]) -> None:
    _, expression, anchor, tz, expected = row
    assert answer(expression, anchor, tz) == expected


def test_the_table_covers_every_class() -> None:
    rows = table()
    classes = {row[0] for row in rows}
    assert classes >= {
        "dual_month", "levantine", "maghreb", "egypt_gulf", "hijri", "digits", "numeric", "iso",
        "rfc", "ampm", "zone", "relative", "abstain",
    }  # fmt: skip
    assert len(rows) >= 150
    assert sum(row[4] == "none" for row in rows) >= 30


def test_an_answer_has_every_part() -> None:
    assert resolve_date("الأربعاء 20 سبتمبر/أيلول 2023 - 6:30 م بتوقيت مكة") == ResolvedDate(
        dt.date(2023, 9, 20), dt.time(18, 30), "Asia/Riyadh", "minute", "explicit"
    )


@pytest.mark.parametrize(
    ("expression", "value", "last"),
    [
        ("20 سبتمبر 2023", "2023-09-20", dt.date(2023, 9, 20)),
        ("20 سبتمبر 2023 18:30", "2023-09-20T18:30", dt.date(2023, 9, 20)),
        ("الأسبوع الجاري", "2023-W38", dt.date(2023, 9, 24)),
        ("فبراير 2024", "2024-02", dt.date(2024, 2, 29)),
        ("عام 2020", "2020", dt.date(2020, 12, 31)),
    ],
)
def test_value_and_last_day(expression: str, value: str, last: dt.date) -> None:
    resolved = resolve_date(expression, anchor=ANCHOR)
    assert resolved is not None
    assert (resolved.value, resolved.last) == (value, last)


def test_relative_needs_an_anchor_and_says_so() -> None:
    assert resolve_date("أمس الثلاثاء") is None
    resolved = resolve_date("أمس الثلاثاء", anchor=ANCHOR)
    assert resolved is not None
    assert resolved.basis == "relative"


def test_a_weekday_that_contradicts_is_no_date() -> None:
    assert resolve_date("الخميس 20 سبتمبر 2023") is None
    assert resolve_date("أمس الأربعاء", anchor=ANCHOR) is None
    assert resolve_date("الخميس 18 سبتمبر", anchor=ANCHOR) is None


def test_around_midnight_the_weekday_decides() -> None:
    late = dt.datetime(2023, 9, 20, 21, 30, tzinfo=dt.UTC)  # Thursday in Riyadh already
    early = dt.datetime(2023, 9, 21, 0, 40)  # noqa: DTZ001 - a naive anchor is the case
    for anchor in (late, early):
        for expression, day in (("اليوم الخميس", 21), ("اليوم الأربعاء", 20), ("الخميس", 21)):
            resolved = resolve_date(expression, anchor=anchor)
            assert resolved is not None
            assert resolved.date == dt.date(2023, 9, day)


def test_the_zone_asked_for_gives_the_civil_day() -> None:
    late = dt.datetime(2023, 9, 20, 21, 30, tzinfo=dt.UTC)
    for zone in ("Asia/Riyadh", "+03:00"):
        today = resolve_date("اليوم", anchor=late, tz=zone)
        assert today == ResolvedDate(dt.date(2023, 9, 21), None, zone, "day", "relative")
    hours = resolve_date("قبل ساعتين", anchor=late, tz="Asia/Riyadh")
    assert hours == ResolvedDate(
        dt.date(2023, 9, 20), dt.time(22, 30), "Asia/Riyadh", "minute", "relative"
    )
    unknown = resolve_date("قبل ساعتين", anchor=late, tz="Nowhere/Else")
    assert unknown is not None
    assert unknown.time == dt.time(19, 30)
    plain = resolve_date("قبل ساعتين", anchor=late)
    assert plain is not None
    assert plain.tz == "+00:00"


def test_midnight_sharp_is_a_day_without_a_clock() -> None:
    stored = dt.datetime(2023, 9, 20, tzinfo=dt.UTC)
    assert resolve_date("قبل 3 ساعات", anchor=stored) is None
    assert resolve_date("اليوم الثلاثاء", anchor=stored) is None
    assert resolve_date("اليوم", anchor=stored, tz="America/New_York") == ResolvedDate(
        dt.date(2023, 9, 20), None, "America/New_York", "day", "relative"
    )


@pytest.mark.parametrize(
    "anchor", [dt.date.min, dt.date.max, dt.date(1800, 1, 1), dt.date(2099, 12, 31)]
)
def test_anchors_at_the_ends_of_time(anchor: dt.date) -> None:
    for expression in (
        "غدا",
        "قبل 9999 سنة",
        "بعد 9999 شهر",
        "بعد 9999 يوما",
        "الأسبوع الماضي",
        "29 فبراير",
    ):
        resolved = resolve_date(expression, anchor=anchor)
        assert resolved is None or 1800 <= resolved.date.year <= 2100


@pytest.mark.parametrize("weekday", ["السبت", "الأحد", "الاثنين", "الثلاثاء"])
def test_this_weeks_weekday_only_where_all_weeks_agree(weekday: str) -> None:
    resolved = resolve_date(f"{weekday} الجاري", anchor=ANCHOR)
    assert (resolved is None) == (weekday in {"السبت", "الأحد"})


def test_numbers_too_long_and_texts_too_long() -> None:
    assert resolve_date("قبل " + "9" * 100 + " يوما", anchor=ANCHOR) is None
    assert resolve_date("20 سبتمبر 2023 " * 30) is None


@pytest.mark.parametrize(
    "expression",
    [
        "الليلة الماضية",
        "الثلاثاء من الأسبوع الماضي",
        "15 من الشهر الجاري",
        "بعد يوم",
        "20 سبتمبر الماضي",
        "سبتمبر من العام الماضي",
        "في شهر سبتمبر",
        "مطلع الأسبوع الماضي",
        "العام قبل الماضي",
    ],
)
def test_every_relative_form_needs_its_anchor(expression: str) -> None:
    assert resolve_date(expression) is None
    assert resolve_date(expression, anchor=ANCHOR) is not None


@pytest.mark.parametrize(
    "expression",
    [
        "31 من الشهر الجاري",
        "الأحد 15 من الشهر الجاري",
        "الثلاثاء الأربعاء من الأسبوع الماضي",
        "الثلاثاء / الخميس",
        "قبل 3 عقود",
        "قبل 3 دقائق",
        "بعد قرن من",
        "ليل الثلاثاء - الخميس",
        "20 سبتمبر 2023 الماضي",
        "سبتمبر 2023 الماضي",
        "سبتمبر/أكتوبر الماضي",
        "الساعة 5 الساعة 6 اليوم",
        "20 سبتمبر 2023 صباحا مساء صباحا",
        "20 سبتمبر 2023 18:30 19:30",
        "2023/123/1",
        "12/3/456",
    ],
)
def test_contradictions_and_leftovers_have_no_date(expression: str) -> None:
    assert resolve_date(expression, anchor=ANCHOR) is None
