"""Incidents by what they are: as a list, over time, on a map, as a network, as a matrix."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from pipeline.serve.charts import (
    QUADS,
    Row,
    bucket,
    by_quad,
    matrix,
    network,
    over_time,
    points,
    unit_of,
)
from pipeline.serve.context import PageContext, Panel
from pipeline.serve.filters import STATUSES, Filters, filters_of, modes, sectors, types
from pipeline.serve.search import WITHIN
from pipeline.serve.texts import codes_of

PLACES: Final = 2_000
"""Places that are drawn at most, the busiest first."""
PAIRS: Final = 120
"""Pairs of countries that are drawn at most, likewise."""
WAYS: Final = ("list", "timeline", "map", "network", "matrix")

_LIST: Final = """\
SELECT
  {ids},
  i.event_date,
  i.event_type,
  i.title,
  i.place.name AS place_name,
  i.place.country AS country,
  i.actors,
  i.recipients,
  i.fatalities_min,
  i.fatalities_max,
  IFNULL(i.fatalities_max, i.fatalities_min) AS fatalities,
  i.article_count,
  i.last_reported_at
FROM {rows}{where}"""
_SORTABLE: Final = {
    "event_date": "event_date",
    "event_type": "event_type",
    "place_name": "place_name",
    "fatalities": "fatalities",
    "article_count": "article_count",
    "last_reported_at": "last_reported_at",
}
_RANGE: Final = """\
SELECT MIN(i.event_date) AS first_day, MAX(i.event_date) AS last_day, COUNT(*) AS incidents
FROM {rows}{where}"""
_TIMELINE: Final = """\
SELECT {period} AS period, i.event_type, COUNT(*) AS incidents
FROM {rows}{where}
GROUP BY period, i.event_type
ORDER BY period, i.event_type"""
_MAP: Final = """\
SELECT
  i.place.name AS place_name,
  i.place.country AS country,
  i.place.precision AS place_precision,
  i.place.lat AS lat,
  i.place.lon AS lon,
  COUNT(*) AS incidents,
  SUM(IFNULL(i.fatalities_max, IFNULL(i.fatalities_min, 0))) AS fatalities
FROM {rows}{where}
GROUP BY place_name, country, place_precision, lat, lon
ORDER BY incidents DESC, country, place_name"""
# The countries of a side as one text, such as 'ISR,USA'. There are far fewer of them than
# incidents, and only they are taken apart: both lists unnested of each incident cost four times
# as much.
_COUNTRIES: Final = "ARRAY_TO_STRING(ARRAY(SELECT p.country FROM UNNEST(i.{side}) AS p), ',')"
_PAIRS: Final = """\
WITH told AS (
  SELECT
    {acting} AS acting,
    {receiving} AS receiving,
    COUNT(*) AS incidents,
    SUM(IF(i.event_type IN ({conflict}), 1, 0)) AS conflicts
  FROM {rows}{where}
  GROUP BY acting, receiving
)
SELECT
  a.country AS actor_country,
  r.country AS recipient_country,
  SUM(t.incidents) AS incidents,
  SUM(t.conflicts) / SUM(t.incidents) AS conflict
FROM told AS t
JOIN (
  SELECT DISTINCT n.acting, country FROM told AS n, UNNEST(SPLIT(n.acting, ',')) AS country
) AS a ON a.acting = t.acting
JOIN (
  SELECT DISTINCT n.receiving, country FROM told AS n, UNNEST(SPLIT(n.receiving, ',')) AS country
) AS r ON r.receiving = t.receiving
WHERE a.country <> '' AND r.country <> ''
GROUP BY a.country, r.country
ORDER BY incidents DESC, actor_country, recipient_country"""
_CHOICES: Final = """\
SELECT i.place.country AS country, COUNT(*) AS incidents
FROM v_incidents AS i
WHERE i.place.country IS NOT NULL
GROUP BY country
ORDER BY incidents DESC, country"""
_PUBLISHERS: Final = """\
SELECT publisher, COUNT(*) AS articles
FROM articles
WHERE publisher IS NOT NULL
GROUP BY publisher
ORDER BY articles DESC, publisher
LIMIT 300"""


def incidents(context: PageContext) -> dict[str, Any]:
    """The incidents that are wanted, in the way that is wanted.

    Args:
        context: who asks; the fields of ``filters`` say for what, ``view`` in which way.
    """
    filters = filters_of(context.params)
    for name, value in filters.wrong.items():
        label = context.locale.say(f"incident.{name}")
        context.notes.append(context.locale.say("problem.field", name=label, value=value[:40]))
    way = context.params.get("view", WAYS[0])
    way = way if way in WAYS else WAYS[0]
    choices = _choices(context)
    context.kept = filters.searches()
    asked = _RANGE.format(rows=filters.rows(), where=filters.where())
    found = context.panel("range", asked, rows=1)
    return {
        "filters": filters,
        "way": way,
        "ways": WAYS,
        "found": found,
        "choices": choices,
        "conditions": _conditions(context, filters, choices),
        "panel": _PANELS[way](context, filters, found),
        "matrix": matrix,
    }


def _conditions(
    context: PageContext, filters: Filters, choices: Mapping[str, list[tuple[str, str]]]
) -> list[tuple[str, str]]:
    """What is asked for, as it is called: the form shows it only where it is unfolded."""
    say = context.locale.say
    return [
        (say(f"incident.{name}"), dict(choices.get(name, ())).get(value, value))
        for name, value in filters.values.items()
    ]


def _choices(context: PageContext) -> dict[str, list[tuple[str, str]]]:
    """What the fields of the form offer."""
    say = context.locale

    def countries(codes: Iterable[str]) -> list[tuple[str, str]]:
        return sorted(((code, say.country(code)) for code in codes), key=lambda each: each[1])

    places = [row["country"] for row in context.panel("choices", _CHOICES).rows]
    parties = countries(codes_of("country"))
    publishers = [row["publisher"] for row in context.panel("choices", _PUBLISHERS).rows]
    kinds = sorted(types(), key=lambda code: (QUADS.index(types()[code]), code))
    parts = [(code, say.of("sector", code)) for code in sectors()]
    return {
        "within": [(code, say.of("within", code)) for code in WITHIN],
        "status": [(code, say.of("told", code)) for code in STATUSES],
        "type": [(code, say.of("type", code)) for code in kinds],
        "quad": [(code, say.of("quad", code)) for code in QUADS],
        "mode": [(code, code) for code in modes()],
        "country": countries(places),
        "actor": parties,
        "recipient": parties,
        "actor_sector": parts,
        "recipient_sector": parts,
        "publisher": [(each, each) for each in publishers],
    }


def _list(context: PageContext, filters: Filters, found: Panel) -> Panel:
    key = "event_id" if filters.status else "incident_id"
    ids = "i.event_id,\n  i.article_id" if filters.status else "i.incident_id"
    sql = _LIST.format(ids=ids, rows=filters.rows(), where=filters.where())
    total = found.rows[0]["incidents"] if found.rows else None
    by = _SORTABLE | {key: key}
    return context.table("list", sql, sortable=by, first="-event_date", total=total)


def _and(where: str, condition: str) -> str:
    return f"{where}\n  AND {condition}" if where else f"\nWHERE {condition}"


def timeline(context: PageContext, filters: Filters, found: Panel) -> Panel:
    """Incidents over time, by quad class.

    Args:
        context: who asks.
        filters: which ones.
        found: with their ``first_day`` and ``last_day``.
    """
    known = found.rows[0] if found.rows else {"first_day": None, "last_day": None}
    unit = unit_of(known["first_day"], known["last_day"])
    where = _and(filters.where(), "i.event_date IS NOT NULL")
    period = bucket("i.event_date", unit)
    sql = _TIMELINE.format(period=period, rows=filters.rows(), where=where)
    panel = context.panel("timeline", sql)
    names = {quad: context.locale.of("quad", quad) for quad in QUADS}
    chart = over_time(panel.rows, unit, series=names, value=by_quad, stacked=True)
    return replace(panel, chart=chart | {"href": context.here(view="list", list_page=None)})


def on_map(context: PageContext, filters: Filters, _found: Panel) -> Panel:
    """Incidents where they happened.

    Args:
        context: who asks.
        filters: which ones.
    """
    where = _and(filters.where(), "i.place.lat IS NOT NULL AND i.place.lon IS NOT NULL")
    panel = context.panel("map", _MAP.format(rows=filters.rows(), where=where), rows=PLACES)

    def name(row: Row) -> str:
        country = context.locale.country(row["country"])
        return (
            country if row["place_precision"] == "country" else f"{row['place_name']} · {country}"
        )

    def link(row: Row) -> str:
        return context.here(
            view="list", place=row["place_name"], country=row["country"], list_page=None
        )

    return replace(panel, chart=points(panel.rows, link, name))


def _pairs(key: str) -> Callable[[PageContext, Filters, Panel], Panel]:
    def panel_of(context: PageContext, filters: Filters, _found: Panel) -> Panel:
        conflict = ", ".join(f"'{c}'" for c, quad in types().items() if quad.endswith("conflict"))
        sql = _PAIRS.format(
            acting=_COUNTRIES.format(side="actors"),
            receiving=_COUNTRIES.format(side="recipients"),
            rows=filters.rows(),
            where=filters.where(),
            conflict=conflict,
        )
        panel = context.panel(key, sql, rows=PAIRS)
        if key == "matrix":  # a table
            return panel
        chart = network(panel.rows, context.locale.country)
        return replace(panel, chart=chart | {"href": context.here(view="list", list_page=None)})

    return panel_of


dyads: Final = _pairs("network")
_PANELS: Final[dict[str, Callable[[PageContext, Filters, Panel], Panel]]] = {
    "list": _list,
    "timeline": timeline,
    "map": on_map,
    "network": dyads,
    "matrix": _pairs("matrix"),
}
