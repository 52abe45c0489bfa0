"""Excel files: what is written is read back, nothing is a formula, structures are flat."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from lxml import etree

from pipeline.errors import UsageError
from pipeline.render import workbook
from pipeline.render.flat import flatten
from pipeline.render.workbook import MAX_CELL, write_workbook
from pipeline.sources.workbook import sheets

PARTY = pa.struct([("country", pa.string()), ("sectors", pa.list_(pa.string()))])
TABLE = pa.table(
    {
        "title": ["=HYPERLINK()", "عنوان", None],
        "n": pa.array([1, 2**60, None], pa.int64()),
        "score": [-4.5, 1e300, float("nan")],
        "yes": [True, False, None],
        "day": pa.array([date(2024, 3, 2), date(1800, 1, 2), None]),
        "at": pa.array([datetime(2024, 3, 2, 14, 30, 1, tzinfo=UTC), None, None]),
        "tags": pa.array([["أ", "ب"], [], None], pa.list_(pa.string())),
        "place": pa.array([{"name": "رفح", "lat": -1.5}, None, None]),
        "actors": pa.array(
            [
                [{"country": "ISR", "sectors": ["MIL", "GOV"]}, {"country": None, "sectors": []}],
                [],
                None,
            ],
            pa.list_(PARTY),
        ),
    }
)


def written(rows, **settings):
    stream = io.BytesIO()
    write_workbook(rows, stream, **settings)
    return stream.getvalue()


def read(data):
    ((_, rows),) = [(name, list(rows)) for name, rows in sheets(data)]
    return rows


def test_what_is_written_is_read_back():
    header, first, second, *rest = read(written(TABLE))
    assert header == [
        "title", "n", "score", "yes", "day", "at", "tags", "place_name", "place_lat",
        "actors_country", "actors_sectors",
    ]  # fmt: skip
    assert first == [
        "'=HYPERLINK()", "1", "-4.5", "true", "2024-03-02", "2024-03-02T14:30:01", "أ; ب", "رفح",
        "-1.5", "ISR; ", "MIL GOV; ",
    ]  # fmt: skip
    assert second == ["عنوان", str(2**60), "1e+300", "false", "1800-01-02"]
    assert rest == [["", "", "nan"]]


def test_flat_rows_have_plain_columns_of_the_same_length():
    flat = flatten(TABLE)
    assert flat.num_rows == TABLE.num_rows
    assert not any(pa.types.is_nested(field.type) for field in flat.schema)
    assert flat.column("actors_country").to_pylist() == ["ISR; ", None, None]


@pytest.mark.parametrize("raw", [True, False])
@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(begin, raw):
    data = written(pa.table({begin: [f"{begin}1+cmd|' /C calc'!A0"]}), raw=raw)
    sheet = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    cells = etree.fromstring(sheet).findall(".//{*}c")
    assert {cell.get("t") for cell in cells} == {"inlineStr"}
    assert b"<f>" not in sheet
    (value,) = read(data)[1]
    assert value == ("" if raw else "'") + f"{begin}1+cmd|' /C calc'!A0"


def test_texts_that_excel_cannot_hold_are_cut_or_written_its_own_way():
    odd = "\x00\x0b_x0041_ & <b> \ufffe"
    _, (short,), (cut,) = read(written(pa.table({"a": [odd, "م" * 40_000]})))
    assert short == "\x00\x0b_x0041_ & <b> \ufffd"
    assert len(cut) == MAX_CELL
    assert cut.endswith("…")


def test_the_same_rows_give_the_same_bytes():
    assert written(TABLE) == written(TABLE)


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch):
    monkeypatch.setattr(workbook, "MAX_ROWS", 3)
    with pytest.raises(UsageError, match="3 rows are more than an Excel sheet holds"):
        written(TABLE)
