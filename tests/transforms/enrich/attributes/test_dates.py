"""When an event happened."""

from __future__ import annotations

import datetime as dt

import pytest
from coded import WEDNESDAY, coded

from transforms.enrich.attributes.dates import (
    When,
    is_old,
    mentions_time,
    tells_time,
    undated,
    when_of,
)


def _when(text: str, event_type: str = "ASSAULT", *, ahead: bool = False, day=WEDNESDAY):
    found = coded(text, day)
    dates = found.annotations.dates(0, found.sentence.stop)
    return when_of(found.annotations, found.sentence, found.match(event_type), dates, ahead=ahead)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("قصف الجيش القرية أمس.", "2024-03-12"),
        ("قصف الجيش القرية الأحد.", "2024-03-10"),
        ("قصف الجيش القرية في 5 مارس 2024.", "2024-03-05"),
        ("قصف الجيش القرية.", "2024-03-13"),
    ],
)
def test_the_nearest_date_counts_else_the_documents(text, day) -> None:
    assert str(_when(text).start) == day


def test_a_bare_weekday_follows_the_direction_of_the_event() -> None:
    assert str(_when("يلتقي الرئيسان الأحد.", "CONSULT", ahead=True).start) == "2024-03-17"


def test_what_comes_so_long_after_an_event_dates_it() -> None:
    assert str(_when("بعد يوم من هجوم المسلحين على القرية.").start) == "2024-03-12"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("أغلقت المدارس أبوابها أمس الثلاثاء غداة هجوم على القرية.", "2024-03-11"),
        ("وجاءت الخطوة غداة قصف الجيش القرية.", "2024-03-12"),
        ("غداة هجوم دام على القرية، أعلن الوزير الأحد الحداد.", "2024-03-09"),
        ("سافر الوزير غداة هجوم وقع الأحد على القرية.", "2024-03-10"),
        ("وصل الوفد الثلاثاء بعد ثلاثة أيام من هجوم على القرية.", "2024-03-09"),
    ],
)
def test_what_comes_the_day_after_an_act_dates_it(text, day) -> None:
    assert str(_when(text).start) == day


def test_without_an_anchor_nothing_is_dated() -> None:
    assert _when("قصف الجيش القرية.", day=None) is None
    assert undated(None)
    assert undated(When(WEDNESDAY, WEDNESDAY, "day", "document"))


def test_old_is_told_by_words_only() -> None:
    long_ago = dt.date(2020, 1, 1)
    assert is_old(When(long_ago, long_ago, "day", "explicit"), WEDNESDAY, 60)
    assert not is_old(When(long_ago, long_ago, "day", "document"), WEDNESDAY, 60)
    assert not is_old(None, WEDNESDAY, 60)


def test_hints_of_time() -> None:
    assert tells_time(coded("قصف الجيش القرية مطلع الشهر.").sentence)
    assert not tells_time(coded("قصف الجيش القرية.").sentence)
    assert mentions_time(coded("قصف الجيش القرية أمس.").sentence)
