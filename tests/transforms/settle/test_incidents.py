"""Incidents of any reports: the same whatever the order, and first reports are the earliest."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.settle.incidents import assign_incidents
from transforms.settle.same_incident import ENOUGH, Report, points

START = datetime(2024, 3, 4, tzinfo=UTC)
TOWNS = {None: None, "كركوك": (35.47, 44.39), "أربيل": (36.19, 44.01), "ليلان": (35.38, 44.45)}


@st.composite
def drawn_reports(draw: st.DrawFn, most: int = 12) -> list[Report]:
    """Reports so close to each other that many are linked and many are not."""
    number = draw(st.integers(1, most))
    return [_report(draw, each) for each in range(number)]


def _report(draw: st.DrawFn, number: int) -> Report:
    told = START + timedelta(hours=6 * draw(st.integers(0, 40)))
    town = draw(st.sampled_from(list(TOWNS)))
    kind = draw(st.sampled_from(("ASSAULT", "ASSAULT", "COERCE", "SANCTION")))
    words = sorted(draw(st.sets(st.integers(1, 4), max_size=3)))
    return Report(
        event_id=f"{number:02d}",
        article_id=str(draw(st.integers(0, number))),
        event_type=kind,
        family="COERCE" if kind == "SANCTION" else kind,
        told=told,
        stored=told.date(),
        day=told.date() - timedelta(days=draw(st.integers(0, 3))),
        sure=draw(st.booleans()),
        place=town,
        where=(draw(st.sampled_from(("IRQ", "IRQ", None))), None),
        point=TOWNS[town],
        actors=(),
        recipients=draw(st.sampled_from(((), ("IRQ",), ("IRN", "IRQ")))),
        toll=(draw(st.sampled_from((None, 3, 9))), None),
        words=b"".join(each.to_bytes(4, "little") for each in words),
    )


@settings(max_examples=200, derandomize=True)
@given(reports=drawn_reports(), data=st.data())
def test_any_order_gives_the_same_incidents(reports, data):
    once = assign_incidents(reports)
    assert assign_incidents(data.draw(st.permutations(reports))) == once
    known = {each.event_id: each for each in reports}
    assert once.keys() == known.keys()
    for each, first in once.items():
        assert once[first] == first
        assert known[first].order <= known[each].order


@settings(max_examples=200, derandomize=True)
@given(reports=drawn_reports())
def test_a_report_begins_an_incident_unless_an_earlier_one_is_linked(reports):
    incidents = assign_incidents(reports)
    for report in reports:
        linked = [
            each
            for each in reports
            if each.order < report.order
            and each.family == report.family
            and each.countries & report.countries
            and points(each, report) >= ENOUGH
        ]
        if not linked:
            assert incidents[report.event_id] == report.event_id


def test_a_chain_of_days_is_no_incident():
    """One attack a day in one town, each like the one before: as many incidents, not one."""

    def attack(number: int) -> Report:
        told = START + timedelta(days=number)
        return Report(
            event_id=f"{number:02d}", article_id=str(number), event_type="ASSAULT",
            family="ASSAULT", told=told, stored=told.date(), day=told.date(), sure=True,
            place="كركوك", where=("IRQ", "كركوك"), point=(35.47, 44.39), actors=(),
            recipients=("IRQ",), toll=(None, None), words=number.to_bytes(4, "little"),
        )  # fmt: skip

    reports = [attack(number) for number in range(20)]
    assert len(set(assign_incidents(reports).values())) == 20


def test_a_thousand_copies_are_one_incident():
    first = Report(
        event_id="0000", article_id="0", event_type="PROTEST", family="PROTEST", told=START,
        stored=START.date(), day=date(2024, 3, 4), sure=False, place=None, where=("TUN", None),
        point=None, actors=("TUN",), recipients=(), toll=(None, None), words=b"\1\0\0\0\2\0\0\0",
    )  # fmt: skip
    copies = [replace(first, event_id=f"{n:04d}", article_id=str(n)) for n in range(1_000)]
    assert set(assign_incidents(copies).values()) == {"0000"}
