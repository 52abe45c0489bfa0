"""Write incidents as GeoParquet 1.1.0, for QGIS, GeoPandas, DuckDB and other maps.

The format is Parquet with a column of geometries and a description of it in the file's metadata
under ``geo``; without a ``crs`` there, coordinates are longitude and latitude in degrees (CRS84).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any, BinaryIO, Final

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

GEOMETRY: Final = "geometry"
INCIDENTS_QUERY: Final = (
    "SELECT * FROM v_incidents ORDER BY IFNULL(event_date, DATE '9999-12-31'), incident_id"
)
_POINT: Final = struct.Struct("<BIdd")  # little-endian, kind of geometry, x, y
_LITTLE: Final = 1
_KIND: Final = 1  # of a point


def write_geoparquet(rows: pa.Table, stream: BinaryIO) -> None:
    """Write rows with a column ``geometry`` after their own: points in WKB.

    Args:
        rows: with a STRUCT ``place`` that has ``lat`` and ``lon`` in degrees; a row without them
            has no geometry, and stays.
        stream: where to.
    """
    points = [_point(place) for place in rows.column("place").to_pylist()]
    shapes = [None if point is None else _POINT.pack(_LITTLE, _KIND, *point) for point in points]
    table = rows.append_column(GEOMETRY, pa.array(shapes, pa.binary()))
    about = orjson.dumps(_described([point for point in points if point is not None]))
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), b"geo": about})
    buffer = pa.BufferOutputStream()
    pq.write_table(table, buffer, compression="zstd")
    stream.write(buffer.getvalue())


def _point(place: dict[str, Any] | None) -> tuple[float, float] | None:
    """Longitude and latitude; None where one is not known."""
    if place is None or place["lon"] is None or place["lat"] is None:
        return None
    return float(place["lon"]), float(place["lat"])


def _described(points: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """What a reader is told of the geometries."""
    column: dict[str, Any] = {"encoding": "WKB", "geometry_types": ["Point"] if points else []}
    if points:
        x, y = zip(*points, strict=True)
        column["bbox"] = [min(x), min(y), max(x), max(y)]
    return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
