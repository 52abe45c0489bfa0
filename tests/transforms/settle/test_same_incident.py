"""Whether two reports tell one incident: what speaks for it, what against, what forbids it."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from typing import Any

import pytest

from transforms.settle.same_incident import ENOUGH, Report, family_of, points, report_of

KIRKUK = {
    "name": "كركوك", "country": "IRQ", "admin1": "كركوك", "lat": 35.47, "lon": 44.39,
    "precision": "city",
}  # fmt: skip
ERBIL = KIRKUK | {"name": "أربيل", "admin1": "أربيل", "lat": 36.19, "lon": 44.01}
NEARBY = KIRKUK | {"name": "ليلان", "lat": 35.38, "lon": 44.45}
PROVINCE = KIRKUK | {"lat": None, "lon": None, "precision": "admin1"}
IRAQ = KIRKUK | {"name": "العراق", "admin1": None, "precision": "country"}


def row(name: str, text: str = "انفجار في السوق الكبير", **more: Any) -> dict[str, Any]:
    """A row of ``events``; every article reports one event."""
    known = {
        "event_id": name,
        "article_id": f"article of {name}",
        "event_type": "ASSAULT",
        "status": "asserted",
        "confidence": 0.9,
        "actors": [],
        "recipients": [{"country": "IRQ"}],
        "place": KIRKUK,
        "event_date": date(2024, 3, 4),
        "event_date_precision": "day",
        "event_date_basis": "relative",
        "fatalities_min": None,
        "fatalities_max": None,
        "injured_min": None,
        "injured_max": None,
        "trigger": {"text": "انفجار"},
        "evidence": [{"text": text}],
        "event_time": datetime(2024, 3, 4, 12, tzinfo=UTC),
    }
    return known | more


def report(name: str, text: str = "انفجار في السوق الكبير", **more: Any) -> Report:
    found = report_of(row(name, text, **more))
    assert found is not None
    return found


def day(number: int, hour: int = 12) -> dict[str, Any]:
    """Told on a day of March 2024, and dated to it."""
    return {
        "event_time": datetime(2024, 3, number, hour, tzinfo=UTC),
        "event_date": date(2024, 3, number),
    }


FIRST = report("a", fatalities_min=4)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (report("b", "تفجير في سوق شعبي", fatalities_min=9, **day(5) | day(4, 20)), True),
        (report("b", place=NEARBY), True),
        (report("b", place=PROVINCE), True),
        (report("b", place=IRAQ), True),
        (report("b", place=None, event_date_basis="document"), True),
        (report("b", "هجوم على مطعم", place=ERBIL), False),
        (report("b", place=ERBIL, fatalities_min=4), False),
        (report("b", "هجوم على مطعم", place=IRAQ), False),
        (report("b", "هجوم على مطعم", **day(5)), False),
        (report("b", **day(8)), False),
        (report("b", event_time=datetime(2024, 3, 20, tzinfo=UTC)), False),
        (report("b", event_date=None), False),
    ],
)  # fmt: skip
def test_what_tells_one_incident(other, same):
    assert (points(FIRST, other) >= ENOUGH) is same
    assert points(FIRST, other) == points(other, FIRST)


def test_a_report_without_a_day_in_words_may_be_late():
    late = report("b", fatalities_min=4, event_date_basis="document", **day(6))
    assert points(FIRST, late) >= ENOUGH
    assert points(FIRST, report("b", "هجوم على مطعم", fatalities_min=1, **day(6))) < ENOUGH


def test_who_did_it_to_whom_must_not_be_the_other_way_round():
    def acted(by: str, on: str) -> Report:
        parties = {"actors": [{"country": by}], "recipients": [{"country": on}]}
        return report(by, "إطلاق نار في بلدة", **parties)

    assert points(acted("ISR", "PSE"), acted("PSE", "ISR")) < ENOUGH
    assert points(acted("ISR", "PSE"), report("c", "إطلاق نار في بلدة")) >= ENOUGH - 1.0


def test_an_equal_toll_speaks_for_it_and_a_far_smaller_one_against():
    unsure = {"place": IRAQ, "event_date_basis": "document"}
    plain = points(FIRST, report("b", "حادث", **unsure))
    assert points(FIRST, report("b", "حادث", fatalities_min=4, **unsure)) > plain
    assert points(FIRST, report("b", "حادث", fatalities_min=40, **unsure)) < plain


def test_of_one_article_only_violence_is_told_twice():
    twice = {"article_id": FIRST.article_id, "injured_min": 11}
    assert points(FIRST, report("b", **twice)) >= ENOUGH
    arrest = report("c", event_type="COERCE")
    seized = report("d", event_type="COERCE", article_id=arrest.article_id)
    assert points(arrest, seized) == -math.inf
    assert points(arrest, report("d", event_type="SANCTION")) >= ENOUGH


def test_common_words_say_nothing():
    assert points(FIRST, report("b", "قتل أربعة أشخاص مساء اليوم")) < points(FIRST, report("b"))
    assert report("x", "قتل أربعة أشخاص مساء اليوم في هجوم", trigger={"text": "قتل"}).words == b""


@pytest.mark.parametrize(
    "more",
    [{"status": "future"}, {"status": "historical"}, {"confidence": 0.49}],
)
def test_what_takes_no_part(more):
    assert report_of(row("a", **more)) is None


def test_an_undated_article_is_told_when_its_event_happened():
    told = report("a", event_time=None)
    assert told.told == datetime(2024, 3, 4, tzinfo=UTC)
    assert told.stored is None
    alone = report("a", event_time=None, event_date=None)
    assert alone.day is None
    assert report("a", event_date=date(9999, 12, 31)).day is None


def test_families():
    assert family_of("COOPERATE") == family_of("AGREE")
    assert family_of("ASSAULT") != family_of("PROTEST")
