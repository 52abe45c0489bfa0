"""Dates of feeds and pages as points in time: zones, precision, broken forms."""

from __future__ import annotations

import datetime as dt
from zoneinfo import available_timezones

import pytest

from transforms.text.dates import country_timezone, parse_timestamp
from transforms.text.dates.lexicon import zone_table
from transforms.text.dates.model import ResolvedDate
from transforms.text.dates.timestamp import to_timestamp
from transforms.text.dates.zones import parse_offset, zone_info

ARAB_LEAGUE = (
    "DZA BHR COM DJI EGY IRQ JOR KWT LBN LBY MRT MAR OMN PSE QAT SAU SOM SDN SYR TUN ARE YEM"
)


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("raw", "value", "precision"),
    [
        ("2023-09-20T18:30:00+03:00", utc(2023, 9, 20, 15, 30), "second"),
        ("2023-09-20T18:30Z", utc(2023, 9, 20, 18, 30), "minute"),
        ("Wed, 20 Sep 2023 18:30:00 AST", utc(2023, 9, 20, 15, 30), "second"),
        ("Wed, 20 Sep 2023 06:30 PM EEST", utc(2023, 9, 20, 15, 30), "minute"),
        ("20 سبتمبر 2023 18:30 بتوقيت القاهرة", utc(2023, 9, 20, 15, 30), "minute"),
        ("20 يناير 2023 18:30 بتوقيت القاهرة", utc(2023, 1, 20, 16, 30), "minute"),
        ("2023-09-20T00:30:00+03:00", utc(2023, 9, 19, 21, 30), "second"),
        ("20 سبتمبر 2023", utc(2023, 9, 20), "day"),
        ("2023-09-20", utc(2023, 9, 20), "day"),
        ("20230920", utc(2023, 9, 20), "day"),
        ("2023-09", utc(2023, 9, 1), "month"),
        ("أيلول 2023", utc(2023, 9, 1), "month"),
        ("5/3/1445هـ", utc(2023, 9, 20), "day"),
        ("1695223800", utc(2023, 9, 20, 15, 30), "second"),
        ("1695223800000", utc(2023, 9, 20, 15, 30), "second"),
        ("Wed, 20 Sep 99 18:30:00 GMT", None, None),
        ("Mon, 20 Sep 99 18:30:00 GMT", utc(1999, 9, 20, 18, 30), "second"),
        ("Sat, 31 Dec 2016 23:59:60 GMT", utc(2016, 12, 31, 23, 59, 59), "second"),
    ],
)
def test_absolute_dates(raw: str, value: dt.datetime | None, precision: str | None) -> None:
    stamp = parse_timestamp(raw)
    assert (stamp.value, stamp.precision) == (value, precision) if stamp else value is None


@pytest.mark.parametrize(
    "raw",
    [
        "", "أمس", "قبل ساعتين", "2023", "عام 2023", "0000-00-00T00:00:00Z", "0001-01-01T00:00:00",
        "9999-12-31T23:59:59Z", "2023-09-20T10:00:00+99:99", "2023-09-20T10:61:00Z", "2023-13",
        "2023-09-20T24:30:00Z", "Wed, 20 Foo 2023 10:00:00 GMT", "20 Sep 2023 10:00 XYZ",
        "20 Sep 2023 13:00 AM", "9/12/2023 6:30:00 PM", "13/20/2023 6:30:00 PM",
        "9/20/2023 13:30:00 AM", "1234567890123456", "0000000000",
        "1970-01-01T00:00:00Z", "1900-01-01", "Wed, 32 Sep 2023 10:00:00 GMT",
    ],
)  # fmt: skip
def test_no_timestamp(raw: str) -> None:
    assert parse_timestamp(raw) is None


def test_zones_in_order_of_precedence() -> None:
    raw = "20 سبتمبر 2023 18:30"
    hours = [
        parse_timestamp(raw + " +0200", tz="Asia/Dubai", country="SAU"),
        parse_timestamp(raw, tz="Asia/Dubai", country="SAU"),
        parse_timestamp(raw, tz="-01:30", country="SAU"),
        parse_timestamp(raw, country="sau"),
        parse_timestamp(raw, country="XXX"),
        parse_timestamp(raw, tz="No/Zone"),
        parse_timestamp(raw),
    ]
    assert [stamp.value.strftime("%H:%M") for stamp in hours if stamp] == [
        "16:30", "14:30", "20:00", "15:30", "18:30", "18:30", "18:30",
    ]  # fmt: skip


def test_a_day_stays_the_civil_day_in_every_zone() -> None:
    for tz in ("Pacific/Auckland", "America/New_York", None):
        stamp = parse_timestamp("20 سبتمبر 2023", tz=tz)
        assert stamp is not None
        assert stamp.value == utc(2023, 9, 20)


def test_weeks_and_years_are_no_timestamps() -> None:
    assert to_timestamp(ResolvedDate(dt.date(2023, 9, 18), None, None, "week", "relative")) is None


def test_every_arab_country_and_the_hosts_have_a_zone() -> None:
    for country in f"{ARAB_LEAGUE} GBR USA FRA DEU TUR RUS IRN CHN ISR".split():
        assert country_timezone(country) in available_timezones()
    assert country_timezone("XXX") is None


def test_every_zone_of_the_table_exists() -> None:
    for kind in ("abbr", "city", "country"):
        assert all(zone_info(zone) for zone in zone_table(kind).values())


@pytest.mark.parametrize(
    ("text", "offset"),
    [("+03:00", "+03:00"), ("-0530", "-05:30"), ("GMT+3", "+03:00"), ("utc-11", "-11:00")],
)
def test_offsets(text: str, offset: str) -> None:
    assert parse_offset(text) == offset
    assert zone_info(offset) is not None


@pytest.mark.parametrize("text", ["", "+15:00", "+03:60", "3", "AST"])
def test_no_offset(text: str) -> None:
    assert parse_offset(text) is None
