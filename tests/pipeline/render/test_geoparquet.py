"""Incidents as GeoParquet: what the specification of 1.1.0 asks for, read back from the file."""

from __future__ import annotations

import io
import json
import struct
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pipeline_helpers import rasd

from pipeline.render.geoparquet import write_geoparquet
from pipeline.sql.data import open_data

PLACE = pa.struct([("lat", pa.float64()), ("lon", pa.float64())])


def written(*places: dict[str, float | None] | None) -> pa.Table:
    stream = io.BytesIO()
    write_geoparquet(pa.table({"n": range(len(places)), "place": pa.array(places, PLACE)}), stream)
    return pq.read_table(io.BytesIO(stream.getvalue()))


def about(table: pa.Table) -> Any:
    return json.loads(table.schema.metadata[b"geo"])


def point(wkb: bytes) -> tuple[float, float]:
    """Longitude and latitude of a point in WKB; read field by field, as its writer does not."""
    assert wkb[0] == 1  # little-endian
    assert len(wkb) == 21
    assert int.from_bytes(wkb[1:5], "little") == 1  # a point
    return struct.unpack("<d", wkb[5:13])[0], struct.unpack("<d", wkb[13:21])[0]


def test_points_are_wkb_and_what_has_none_stays() -> None:
    gaza, nowhere = {"lat": 31.5, "lon": 34.47}, {"lat": None, "lon": 34.0}
    table = written(gaza, nowhere, None, {"lat": -8.5, "lon": 125.6})
    shapes = table.column("geometry").to_pylist()
    found = [shape and point(shape) for shape in shapes]
    assert found == [(34.47, 31.5), None, None, (125.6, -8.5)]
    assert table.column("n").to_pylist() == [0, 1, 2, 3]
    assert about(table) == {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {
            "geometry": {
                "encoding": "WKB",
                "geometry_types": ["Point"],
                "bbox": [34.47, -8.5, 125.6, 31.5],
            }
        },
    }


def test_without_any_point_nothing_is_said_of_where() -> None:
    for table in (written(), written(None)):
        column = about(table)["columns"]["geometry"]
        assert column == {"encoding": "WKB", "geometry_types": []}
        assert table.schema.field("geometry").type == pa.binary()


@pytest.fixture(scope="module")
def exported(seeds_output: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("geoparquet")
    args = ("export", "--data", str(seeds_output), "--format", "geoparquet", "--output")
    for more in ((), ("--no-text",)):
        done = rasd(*args, str(folder / "".join(more)), *more)
        assert done.returncode == 0, done.stderr.decode()
    return folder


def test_every_incident_is_in_the_file(exported: Path, seeds_output: Path) -> None:
    table = pq.read_table(exported / "incidents.parquet")
    rows = open_data(str(seeds_output)).sql("SELECT incident_id, place FROM v_incidents")
    assert sorted(table.column("incident_id").to_pylist()) == sorted(
        rows.column("incident_id").to_pylist()
    )
    placed = 0
    for row in table.to_pylist():
        if row["geometry"] is not None:
            assert point(row["geometry"]) == (row["place"]["lon"], row["place"]["lat"])
            placed += 1
    assert placed > 20


def test_without_text_no_title_and_no_words_are_there(exported: Path) -> None:
    table = pq.read_table(exported / "--no-text" / "incidents.parquet")
    assert "title" not in table.column_names
    for name in ("actors", "recipients"):
        assert "text" not in [field.name for field in table.schema.field(name).type.value_type]
    assert "text" not in [field.name for field in table.schema.field("place").type]
    assert b"geo" in table.schema.metadata


def test_another_reader_finds_the_column(exported: Path) -> None:
    path = exported / "incidents.parquet"
    keys = duckdb.execute("SELECT key FROM parquet_kv_metadata(?)", [str(path)]).fetchall()
    assert (b"geo",) in keys
