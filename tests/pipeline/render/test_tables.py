"""Rows leave as CSV, JSON, Parquet or a table; spreadsheets run nothing (R16).

R16 (docs/reliability.md): cells that begin with = + - @ tab or CR.
"""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.render.tables import write_table
from pipeline.serve.texts import locale_of

DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"]


def written(table, form, *, raw=False):
    stream = io.BytesIO()
    write_table(table, form, stream, raw=raw)
    return stream.getvalue()


@pytest.mark.reliability
def test_formulas_get_an_apostrophe_and_numbers_never():
    table = pa.table({"text": DANGEROUS, "number": [-1, -2, -3, -4, -5, -6]})
    rows = list(csv.reader(io.StringIO(written(table, "csv").decode(), newline="")))[1:]
    assert [row[0] for row in rows] == ["'" + text for text in DANGEROUS]
    assert [row[1] for row in rows] == ["-1", "-2", "-3", "-4", "-5", "-6"]
    print(f"R16: {len(rows)} of {len(rows)} dangerous cells prefixed, 0 numbers")


@pytest.mark.reliability
def test_raw_csv_is_exact():
    values = [*DANGEROUS, 'quote " and , comma', "two\nlines", "عربي\u202eعكس", ""]
    table = pa.table({"text": values})
    rows = list(csv.reader(io.StringIO(written(table, "csv", raw=True).decode(), newline="")))[1:]
    assert [row[0] if row else "" for row in rows] == values


def test_nested_values_and_times_in_csv_and_json():
    table = pa.table(
        {
            "at": pa.array([datetime(2024, 1, 2, tzinfo=UTC)], pa.timestamp("us", tz="UTC")),
            "names": [["أ", "ب"]],
            "none": pa.array([None], pa.string()),
        }
    )
    text = written(table, "csv").decode()
    assert "2024-01-02T00:00:00+00:00" in text
    assert '["أ","ب"]'.replace('"', '""') in text
    row = orjson.loads(written(table, "json"))
    assert row["names"] == ["أ", "ب"]
    assert row["none"] is None


def test_parquet_round_trip():
    table = pa.table({"x": [1, 2], "s": ["أ", None]})
    assert pq.read_table(pa.BufferReader(written(table, "parquet"))).equals(table)


def test_table_shows_every_row_and_counts_them():
    text = written(pa.table({"n": [1, 2], "s": ["خبر طويل " * 30, "b"]}), "table").decode()
    assert "2 rows" in text
    assert "…" in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"rasd\xff", "cmFzZP8="),
        (pa.MonthDayNano([14, 3, 0]), "P1Y2M3D"),
        (pa.MonthDayNano([-14, -3, -1_500_000_000]), "P-1Y-2M-3DT-1.5S"),
        (timedelta(hours=25, minutes=1), "PT25H1M"),
        (timedelta(0), "PT0S"),
    ],
)
def test_bytes_and_intervals_are_texts_that_people_know(value, text):
    table = pa.table({"x": [value], "list": [[value]]})
    assert list(csv.reader(io.StringIO(written(table, "csv").decode())))[1][0] == text
    assert orjson.loads(written(table, "json")) == {"x": text, "list": [text]}
    assert locale_of("en", None).value(value) == text
