"""No string and no anchor may break the date functions.

R34 (docs/reliability.md): random input for parsers of feeds, dates and URLs and for the
    normaliser.
"""

from __future__ import annotations

import datetime as dt

import pytest
from growth import assert_linear
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.text.dates import document_date, find_dates, parse_timestamp, resolve_date

WORDS = [
    "اليوم",
    "أمس",
    "غداً",
    "بعد",
    "قبل",
    "منذ",
    "يوم",
    "يومين",
    "أسبوع",
    "شهر",
    "عام",
    "سنوات",
    "ساعة",
    "الساعة",
    "والنصف",
    "صباحا",
    "مساء",
    "م",
    "ص",
    "هـ",
    "الأربعاء",
    "الخميس",
    "ليل",
    "سبتمبر",
    "أيلول",
    "رمضان",
    "ربيع",
    "الأول",
    "1445",
    "2023",
    "20",
    "31",
    "0",
    "99",
    "9999",
    "5/3/1445",
    "31/02/2023",
    "18:30",
    "25:99",
    "10,30",
    "الموافق",
    "من",
    "الماضي",
    "المقبل",
    "الجاري",
    "هذا",
    "مطلع",
    "نهاية",
    "القرن",
    "الستينيات",
    "كل",
    "نحو",
    "و",
    "إلى",
    "في",
    "بتوقيت",
    "مكة",
    "GMT+3",
    "+0300",
    "+99:99",
    "T",
    "Z",
    "-",
    "/",
    "(",
    ")",
    "،",
    ".",
    "|",
    "Sep",
    "Wed,",
    "AM",
    "ألف",
    "مليون",
    "خمسة",
    "وعشرين",
]
EXPRESSIONS = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)
ANCHORS = st.one_of(
    st.none(),
    st.dates(),
    st.datetimes(timezones=st.one_of(st.none(), st.just(dt.UTC), st.timezones())),
)
ZONES = st.sampled_from([None, "Asia/Riyadh", "+03:00", "-11:30", "No/Where", "", "../etc"])

pytestmark = pytest.mark.reliability


@settings(max_examples=300)
@given(st.one_of(st.text(max_size=80), EXPRESSIONS), ANCHORS, ZONES)
def test_every_expression_has_an_answer(text: str, anchor: dt.date | None, tz: str | None) -> None:
    resolved = resolve_date(text, anchor=anchor, tz=tz)
    if resolved is not None:
        assert 622 <= resolved.date.year <= 2100
        assert resolved.last >= resolved.date
        assert resolved.value
    stamp = parse_timestamp(text, tz=tz, country="SAU")
    assert stamp is None or stamp.value.utcoffset() == dt.timedelta()


@settings(max_examples=300)
@given(st.one_of(st.text(max_size=200), EXPRESSIONS, st.lists(EXPRESSIONS).map("\n".join)), ANCHORS)
def test_every_text_has_mentions_in_order(text: str, anchor: dt.date | None) -> None:
    position = 0
    for mention in find_dates(text, anchor=anchor):
        assert position <= mention.start < mention.end <= len(text)
        assert mention.resolved is None or mention.kind == "date"
        position = mention.end
    document_date(text)


@pytest.mark.parametrize(
    "piece",
    [
        "20 ",
        "سبتمبر ",
        "الأربعاء ",
        ",",
        "20/",
        "20 سبتمبر، ",
        "قبل ",
        "مئة ",
        "(",
        "9",
        "الساعة 5 ",
    ],
)
def test_repetition_stays_linear(piece: str) -> None:
    assert_linear(lambda n: find_dates(piece * n, anchor=dt.date(2023, 9, 20)), 5_000)
