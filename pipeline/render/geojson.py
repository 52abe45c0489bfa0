"""Write rows that have a point as GeoJSON (RFC 7946), for maps."""

from __future__ import annotations

from typing import Any, BinaryIO, Final

import orjson
import pyarrow as pa

from pipeline.errors import UsageError

_LAT, _LON = "lat", "lon"
MAP_QUERY: Final = "SELECT * FROM v_map ORDER BY IFNULL(event_date, DATE '9999-12-31'), event_id"


def write_geojson(rows: pa.Table, stream: BinaryIO) -> int:
    """Write a feature a row; one without a point is left out, as no map can show it.

    Args:
        rows: with columns ``lat`` and ``lon`` in degrees; the others become properties.
        stream: where to.

    Returns:
        How many features were written.

    Raises:
        UsageError: there are no such columns.
    """
    if not {_LAT, _LON} <= set(rows.column_names):
        raise UsageError(
            "GeoJSON needs columns lat and lon: ask v_map, or select place.lat AS lat, "
            "place.lon AS lon"
        )
    written = 0
    stream.write(b'{"type":"FeatureCollection","features":[')
    for batch in rows.to_batches(max_chunksize=1000):
        for row in batch.to_pylist():
            feature = _feature(row)
            if feature is not None:
                stream.write((b",\n" if written else b"\n") + orjson.dumps(feature, default=str))
                written += 1
    stream.write(b"\n]}\n")
    return written


def _feature(row: dict[str, Any]) -> dict[str, Any] | None:
    lat, lon = row.pop(_LAT), row.pop(_LON)
    if lat is None or lon is None:
        return None
    point = {"type": "Point", "coordinates": [lon, lat]}
    feature: dict[str, Any] = {"type": "Feature", "geometry": point, "properties": row}
    if row.get("event_id"):
        feature["id"] = row["event_id"]
    return feature
