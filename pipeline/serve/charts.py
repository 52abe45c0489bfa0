"""What a chart draws, as data: the page's script makes pictures of it, a table tells the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from pipeline.serve.filters import types

QUADS: Final = (
    "material_conflict",
    "verbal_conflict",
    "verbal_cooperation",
    "material_cooperation",
)
"""From conflict to cooperation: the order in which they are stacked."""
# Longest span in days -> what its days are put together by.
_UNITS: Final = ((62, "DAY"), (1100, "WEEK"), (14_600, "MONTH"))
_MOST: Final = 400  # bars of a chart
_SIDES: Final = ("actor_country", "recipient_country")

Row = Mapping[str, Any]


def unit_of(first: date | None, last: date | None) -> str:
    """What the days of a time are put together by, so that a chart can be read.

    Args:
        first: the first day.
        last: the last one.

    Returns:
        ``DAY``, ``WEEK``, ``MONTH`` or ``YEAR``.
    """
    days = (last - first).days if first and last else 0
    return next((unit for most, unit in _UNITS if days <= most), "YEAR")


def bucket(column: str, unit: str) -> str:
    """The first day of the unit that a day is in, as SQL.

    Args:
        column: SQL of a DATE.
        unit: see ``unit_of``.
    """
    if unit == "DAY":
        return column
    return f"DATE_TRUNC({column}, {'WEEK(MONDAY)' if unit == 'WEEK' else unit})"


def _days(first: date, last: date, unit: str) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        if unit in {"DAY", "WEEK"}:
            day += timedelta(days=1 if unit == "DAY" else 7)
        else:
            months = day.year * 12 + day.month - 1 + (1 if unit == "MONTH" else 12)
            day = date(months // 12, months % 12 + 1, 1)


def over_time(
    rows: Sequence[Row],
    unit: str,
    *,
    series: Mapping[str, str],
    value: Callable[[Row], Iterable[tuple[str, int]]],
    stacked: bool,
) -> dict[str, Any]:
    """Bars over time, gaps included.

    Args:
        rows: with ``period``, a day.
        unit: what a bar stands for.
        series: key -> what it is called.
        value: a row -> the series it counts for, and how much.
        stacked: bars on top of each other, or beside.
    """
    counts: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        for key, number in value(row):
            counts[row["period"]][key] += number
    days = list(_days(min(counts), max(counts), unit)) if counts else []
    if len(days) > _MOST:
        days = sorted(counts)
    return {
        "kind": "time",
        "unit": unit,
        "stacked": stacked,
        "days": [day.isoformat() for day in days],
        "series": [
            {
                "key": key,
                "name": name,
                "values": [counts[day][key] if day in counts else 0 for day in days],
            }
            for key, name in series.items()
        ],
    }


def by_hour(rows: Sequence[Row], series: Mapping[str, str]) -> dict[str, Any]:
    """Bars hour by hour (UTC), gaps included where they leave the bars room.

    Args:
        rows: with ``day`` and ``hour``, no two of one hour, and a column of counts for each series.
        series: column -> what it is called.
    """
    found = {_hour(row): row for row in rows}
    hours, said = sorted(found), "%Y-%m-%d %H:%M"
    if hours and (span := round((hours[-1] - hours[0]) / timedelta(hours=1)) + 1) <= _MOST:
        hours, said = [hours[0] + timedelta(hours=n) for n in range(span)], "%m-%d %H:%M"
    return {
        "kind": "time",
        "unit": "HOUR",
        "stacked": False,
        "days": [hour.strftime(said) for hour in hours],
        "series": [
            {
                "key": key,
                "name": name,
                "values": [int(found[hour][key]) if hour in found else 0 for hour in hours],
            }
            for key, name in series.items()
        ],
    }


def _hour(row: Row) -> datetime:
    return datetime.combine(row["day"], time(row["hour"]))


def by_quad(row: Row) -> Iterator[tuple[str, int]]:
    """A row's count for the quad class of its event type."""
    yield types().get(row["event_type"], QUADS[0]), int(row["incidents"])


def points(
    rows: Sequence[Row], link: Callable[[Row], str], name: Callable[[Row], str]
) -> dict[str, Any]:
    """Places on a map.

    Args:
        rows: with ``lat``, ``lon``, ``place_precision`` and ``incidents``.
        link: where a click on a place leads.
        name: what a place is called.
    """
    return {
        "kind": "map",
        "points": [
            {
                "name": name(row),
                "at": [row["lon"], row["lat"]],
                "n": int(row["incidents"]),
                "dead": int(row["fatalities"] or 0),
                "ring": row["place_precision"] == "country",
                "href": link(row),
            }
            for row in rows
        ],
    }


def network(rows: Sequence[Row], name: Callable[[str], str]) -> dict[str, Any]:
    """Who acts on whom: countries, and arrows between them.

    Args:
        rows: with ``actor_country``, ``recipient_country``, ``incidents`` and ``conflict``.
        name: what a country is called.
    """
    weight: dict[str, int] = defaultdict(int)
    for row in rows:
        weight[row["actor_country"]] += int(row["incidents"])
        weight[row["recipient_country"]] += int(row["incidents"])
    tied = {row[side] for row in rows for side in _SIDES if len({row[each] for each in _SIDES}) > 1}
    busiest = sorted(tied, key=lambda code: (-weight[code], code))
    return {
        "kind": "network",
        "nodes": [{"id": code, "name": name(code), "n": weight[code]} for code in busiest],
        "links": [
            {
                "from": row["actor_country"],
                "to": row["recipient_country"],
                "n": int(row["incidents"]),
                "conflict": float(row["conflict"]),
            }
            for row in rows
            if row["actor_country"] != row["recipient_country"]
        ],
    }


def matrix(rows: Sequence[Row], most: int = 14) -> dict[str, Any]:
    """The same as a table of countries: the most active ones.

    Args:
        rows: see ``network``.
        most: rows and columns at most.
    """
    counts: dict[tuple[str, str], int] = defaultdict(int)
    acting: dict[str, int] = defaultdict(int)
    receiving: dict[str, int] = defaultdict(int)
    for row in rows:
        actor, recipient, n = row["actor_country"], row["recipient_country"], int(row["incidents"])
        counts[actor, recipient] += n
        acting[actor] += n
        receiving[recipient] += n
    greatest = max(counts.values(), default=1)
    return {
        "actors": sorted(acting, key=lambda code: (-acting[code], code))[:most],
        "recipients": sorted(receiving, key=lambda code: (-receiving[code], code))[:most],
        "counts": dict(counts),
        "shade": {pair: 1 + int(8 * (n / greatest) ** 0.5) for pair, n in counts.items()},
    }
