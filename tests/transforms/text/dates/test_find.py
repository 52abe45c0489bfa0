"""Mentions of dates in running text, and the article's own day."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from transforms.text.arabic import normalise
from transforms.text.dates import document_date, find_dates
from transforms.text.dates.document import document_weekdays

ANCHOR = dt.date(2023, 9, 20)


def found(text: str, anchor: dt.date | None = ANCHOR) -> list[tuple[str, str | None]]:
    return [
        (text[mention.start : mention.end], mention.resolved.value if mention.resolved else None)
        for mention in find_dates(text, anchor=anchor)
        if mention.kind == "date"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "قال مساء الأربعاء 20 سبتمبر/أيلول 2023، إن",
            [("مساء الأربعاء 20 سبتمبر/أيلول 2023", "2023-09-20")],
        ),
        (
            "وصل أمس الثلاثاء ويغادر غداً الخميس",
            [("أمس الثلاثاء", "2023-09-19"), ("غداً الخميس", "2023-09-21")],
        ),
        ("وقع قبل يومين في حلب", [("قبل يومين", "2023-09-18")]),
        (
            "وقع الحادث في 5 ربيع الأول 1445هـ الموافق 20 سبتمبر 2023م",
            [("5 ربيع الأول 1445هـ الموافق 20 سبتمبر 2023م", "2023-09-20")],
        ),
        ("وبالأمس قال", [("الأمس", "2023-09-19")]),
        ("خلال الأسبوع الماضي", [("الأسبوع الماضي", "2023-W37")]),
        ("منذ حرب عام 1967 وفي العام الماضي", [("عام 1967", "1967"), ("العام الماضي", "2022")]),
        ("من 10 إلى 15 أكتوبر 2023", [("10", "2023-10-10"), ("15 أكتوبر 2023", "2023-10-15")]),
        ("يومي 10 و11 أبريل المقبل", [("10", "2024-04-10"), ("11 أبريل المقبل", "2024-04-11")]),
        ("(20 /تموز - يوليو / 1955م)", [("20 /تموز - يوليو / 1955م", "1955-07-20")]),
        ("شهر آب لعام 2001", [("شهر آب لعام 2001", "2001-08")]),
        ("بدأ في أغسطس وانتهى", [("أغسطس", "2023-08")]),
        ("بدأ في مارس وانتهى", [("مارس", None)]),
        ("ولد (1949) في", [("1949", "1949")]),
        ("في العام 1263م", [("العام 1263م", "1263")]),
        ("في العام 1263", [("العام 1263", None)]),
        ("سنة 1445 هـ", [("سنة 1445 هـ", None)]),
        ("ليل الثلاثاء - الأربعاء", [("ليل الثلاثاء - الأربعاء", "2023-09-19")]),
        (
            "الساعة 10:30 صباح اليوم الأربعاء",
            [("الساعة 10:30 صباح اليوم الأربعاء", "2023-09-20T10:30")],
        ),
    ],
)
def test_spans_and_days(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "مدير عام الشركة", "رجب طيب أردوغان", "في تلك الجمعة", "وغدا الحمام حجة", "ألامس النجوم",
        "سنة بعد سنة", "الرأي العام العربي", "200 في المئة", "لا شيء هنا", "قتل 2000 شخص", "",
    ],
)  # fmt: skip
def test_no_date_there(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "في اليوم التالي",
        "وفي اليوم نفسه قال",
        "نفس اليوم",
        "قناة روسيا اليوم",
        "اليوم العالمي للمرأة",
        "أمس الأربعاء",
        "قبل أيام",
        "نهاية الأسبوع",
        "بعد يوم من الاشتباكات",
        "وعاد بعد يومين",
        "القرن الماضي",
    ],
)  # fmt: skip
def test_open_mentions_stay_unresolved(text: str) -> None:
    assert all(value is None for _, value in found(text))


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("استمرت 44 يوما", "duration", "P44D"),
        ("استمرت ثلاثة أشهر", "duration", "P3M"),
        ("طوال 24 ساعة", "duration", "P1D"),
        ("طوال ساعتين", "duration", "PT2H"),
        ("كل أسبوع", "set", "P1W"),
        ("يوميا", "set", "P1D"),
        ("أيام السبت", "set", "P1W"),
        ("مؤخرا", "vague", "PAST_REF"),
        ("الأيام المقبلة", "vague", "FUTURE_REF"),
        ("السنوات الماضية", "vague", "PAST_REF"),
        ("القرن التاسع عشر", "date", "18"),
        ("القرن الماضي", "date", "19"),
        ("أوائل التسعينيات", "date", "199"),
        ("صيف 2022", "date", "2022-SU"),
        ("صيف العام المقبل", "date", "2024-SU"),
        ("الشتاء", "date", "2023-WI"),
        ("نهاية شهر", "date", "UNDEF-month"),
        ("نهاية عقد", "date", "UNDEF-decade"),
        ("صباح أمس", "date", "2023-09-19TMO"),
        ("الليلة الماضية", "date", "2023-09-19TNI"),
        ("قبل نحو أسبوعين", "date", "2023-W36"),
    ],
)
def test_timex_values(text: str, kind: str, value: str) -> None:
    (mention,) = find_dates(text, anchor=ANCHOR)
    assert (mention.kind, mention.value) == (kind, value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("في الأول من سبتمبر", "2023-09-01"),
        ("في الأسبوع الأول من سبتمبر 2023", None),
        ("النصف الثاني من سبتمبر 2023", None),
        ("هجمات 11 سبتمبر 2001", "2001-09-11"),
        ("هجمات 11 سبتمبر", None),
        ("مدينة 6 أكتوبر", None),
        ("حتى الأحد", None),
        ("أجلت للأحد", None),
        ("قبل الأحد", None),
        ("يعقد المجلس الخميس جلسة", None),
        ("يذكر أن الوفد وصل الأحد", "2023-09-17"),
        ("الأحد بعد المقبل", "2023-10-01"),
    ],
)
def test_the_surroundings_may_leave_a_day_open(text: str, value: str | None) -> None:
    ((_, found_value),) = found(text)
    assert found_value == value


def test_an_anchored_expression_gives_its_distance() -> None:
    for text, shift in (
        ("بعد يوم من الاشتباكات", 1),
        ("قبل يومين من الاجتماع", -2),
        ("بعد أسبوع من الهجوم", 7),
    ):
        (mention,) = find_dates(text, anchor=ANCHOR)
        assert (mention.shift, mention.resolved) == (shift, None)


def test_a_weekday_in_a_future_clause_is_the_next_one() -> None:
    assert found("سيجتمع الوفد الخميس") == [("الخميس", "2023-09-21")]
    assert found("من المقرر أن يصل الأحد") == [("الأحد", "2023-09-24")]
    assert found("سيجتمع الوفد كما قال الخميس") == [("الخميس", "2023-09-14")]
    assert found("سيارة انفجرت الخميس") == [("الخميس", "2023-09-14")]
    assert found("ستعود بعد يومين") == [("بعد يومين", "2023-09-22")]


def test_without_an_anchor_relative_mentions_are_found_unresolved() -> None:
    assert found("وصل أمس الثلاثاء عام 2023", None) == [
        ("أمس الثلاثاء", None),
        ("عام 2023", "2023"),
    ]


def test_spans_are_of_the_original_text() -> None:
    text = "قُتِلَ يَومَ الأَرْبِعـــاءِ ٢٠ سبتمبر ٢٠٢٣ شخص"
    (mention,) = find_dates(text, normalised=normalise(text))
    assert text[mention.start : mention.end].endswith("٢٠٢٣")
    assert mention.resolved is not None
    assert mention.resolved.date == ANCHOR


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("قال اليوم الأربعاء 20 سبتمبر 2023 كلاما", dt.date(2023, 9, 20)),
        (
            "عمان في الأربعاء 20 سبتمبر 2023\nقتل أمس الثلاثاء شخص\nويجتمعون غدا الخميس",
            dt.date(2023, 9, 20),
        ),
        ("أعلنت اللجنة الأربعاء 20 سبتمبر 2023 الفوز", None),  # may be the day of an event
        (
            "في 27 سبتمبر 2020 بدأت الحرب. وقال اليوم الأحد",
            None,
        ),  # background, no weekday of its own
        ("الأربعاء 20 سبتمبر 2023. أمس الخميس", None),
        ("اليوم الأربعاء 20 سبتمبر 2023. أمس الأحد", None),
        ("الأربعاء 20 سبتمبر 2023 والأربعاء 13 سبتمبر 2023. أمس الثلاثاء", None),
        ("أمس الثلاثاء وصل الوفد", None),
        ("", None),
    ],
)
def test_the_articles_own_day(text: str, day: dt.date | None) -> None:
    answer = document_date(text)
    assert (answer[0] if answer else None) == day


def test_background_paragraphs_do_not_count() -> None:
    text = "خبر اليوم الأربعاء\nفقرة\nفقرة\nفي الأربعاء 20 سبتمبر 2023 وقع كذا"
    assert document_date(text) is None
    assert document_weekdays(text) == {2}


def test_the_seed_article(shared: Path) -> None:
    text = (shared / "seeds/000_a5a7ca26a8a469ec.txt").read_text(encoding="utf-8")
    assert document_date(text) == (
        dt.date(2023, 9, 20),
        "مساء الأربعاء 20 سبتمبر/أيلول 2023",
        "day",
    )
    values = dict(found(text))
    assert values["أمس الثلاثاء"] == "2023-09-19"
    assert values["غداً الخميس"] == "2023-09-21"
    assert values["27 سبتمبر/أيلول 2020"] == "2020-09-27"


LEAD = "استأنف الجيش غاراته على المدينة، صباح الجمعة 1 ديسمبر/كانون الأول 2023، بعد هدنة.\n"


def test_a_text_that_stands_alone_is_dated_by_its_lead() -> None:
    assert document_date(LEAD) is None
    found = document_date(LEAD, alone=True)
    assert found is not None
    assert found[0] == dt.date(2023, 12, 1)
    assert document_date(LEAD + "وتعقد القمة الأحد 10 ديسمبر 2023.", alone=True) is None
    assert document_date("اندلعت الحرب في 27 سبتمبر 2020.", alone=True) is None
    two = "وقع هجوم الجمعة 1 ديسمبر 2023 وآخر السبت 2 ديسمبر 2023."
    assert document_date(two, alone=True) is None
