"""Zone names behind a date: what they do to the moment, and to the civil day."""

from __future__ import annotations

import datetime as dt

import pytest

from transforms.text.dates import parse_timestamp


@pytest.mark.parametrize(
    ("raw", "value", "day"),
    [
        ("2023-06-03T02:10:00+04:00[Asia/Dubai]", "2023-06-02T22:10", "2023-06-03"),
        ("2023-06-03T02:10:00[Asia/Dubai]", "2023-06-02T22:10", "2023-06-03"),
        ("2023-06-02T22:10:00Z[Asia/Dubai]", "2023-06-02T22:10", "2023-06-03"),
        ("2023-06-03T02:10+04:00[!Asia/Dubai][u-ca=gregory]", "2023-06-02T22:10", "2023-06-03"),
        ("2023-06-03 02:10:00 Asia/Dubai", "2023-06-02T22:10", "2023-06-03"),
        ("السبت 3 يونيو 2023 - 02:10 (Asia/Dubai)", "2023-06-02T22:10", "2023-06-03"),
        ("2023-06-03 02:10:00 [GMT+4]", "2023-06-02T22:10", "2023-06-03"),
        ("2023-06-03 02:10:00 [+04:00]", "2023-06-02T22:10", "2023-06-03"),
        (
            "Sat Jun 03 2023 02:10:00 GMT+0400 (Gulf Standard Time)",
            "2023-06-02T22:10",
            "2023-06-03",
        ),
        ("2023-06-03T02:10:00+04:00[Mars/Phobos]", "2023-06-02T22:10", "2023-06-03"),
        ("2023-01-15T23:30:00[Europe/London]", "2023-01-15T23:30", "2023-01-15"),
        ("2023-07-15T00:30:00[Europe/London]", "2023-07-14T23:30", "2023-07-15"),
        ("2023-07-15T00:30:00[America/Argentina/Buenos_Aires]", "2023-07-15T03:30", "2023-07-15"),
    ],
)
def test_a_zone_behind_the_clock(raw: str, value: str, day: str) -> None:
    stamp = parse_timestamp(raw)
    assert stamp is not None
    assert stamp.value == dt.datetime.fromisoformat(value).replace(tzinfo=dt.UTC)
    assert (stamp.day.isoformat(), stamp.day_sure) == (day, True)


@pytest.mark.parametrize("raw", ["[Asia/Dubai]", "20 سبتمبر 2023 [10]", "(Asia/Dubai) 2023", "[]"])
def test_brackets_alone_are_no_date(raw: str) -> None:
    assert parse_timestamp(raw) is None


def test_many_brackets_are_read_in_linear_time() -> None:
    assert parse_timestamp("2023-06-03T02:10:00" + "[Asia/Dubai]" * 14) is None
