"""The report: key figures, when, where, who, the largest incidents with their sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from pipeline.serve import literals
from pipeline.serve.charts import Row, matrix
from pipeline.serve.context import PageContext, Panel
from pipeline.serve.filters import Filters
from pipeline.serve.views.incidents import dyads, on_map, timeline
from pipeline.serve.views.overview import bars

_FIGURES: Final = """\
SELECT
  COUNT(*) AS incidents,
  COUNT(DISTINCT i.place.country) AS countries,
  SUM(IFNULL(i.fatalities_min, 0)) AS fatalities_min,
  SUM(IFNULL(i.fatalities_max, IFNULL(i.fatalities_min, 0))) AS fatalities_max,
  SUM(IFNULL(i.injured_max, IFNULL(i.injured_min, 0))) AS injured,
  MIN(i.event_date) AS first_day,
  MAX(i.event_date) AS last_day
FROM v_incidents AS i{where}"""
_SOURCES: Final = """\
SELECT COUNT(*) AS articles, COUNT(DISTINCT publisher) AS publishers
FROM articles"""
_BY_TYPE: Final = """\
SELECT i.event_type, COUNT(*) AS incidents
FROM v_incidents AS i{where}
GROUP BY i.event_type
ORDER BY incidents DESC, i.event_type"""
_LARGEST: Final = """\
SELECT
  i.incident_id, i.event_type, i.event_date, i.title, i.url, i.place.name AS place_name,
  i.place.country AS country, i.actors, i.recipients, i.fatalities_min, i.fatalities_max,
  i.injured_min, i.injured_max, i.article_count, i.origin_count
FROM v_incidents AS i{where}
ORDER BY
  IFNULL(i.fatalities_max, IFNULL(i.fatalities_min, 0)) DESC, i.origin_count DESC,
  i.article_count DESC, i.incident_id
LIMIT 10"""
_TOLD_BY: Final = """\
SELECT n.incident_id, a.publisher, a.url, a.title, a.event_time
FROM incidents AS n
JOIN events AS e ON e.event_id = n.event_id
JOIN articles AS a ON a.article_id = e.article_id
WHERE n.incident_id IN ({ids})
GROUP BY n.incident_id, a.publisher, a.url, a.title, a.event_time
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY n.incident_id ORDER BY IF(a.event_time IS NULL, 1, 0), a.event_time, a.url, a.title
) <= 20
ORDER BY n.incident_id, IF(a.event_time IS NULL, 1, 0), a.event_time, a.url, a.title"""
_NOBODY: Final = "''"


def report(context: PageContext, filters: Filters) -> dict[str, Any]:
    """Everything that stands in a report.

    Args:
        context: in which locale.
        filters: which incidents.
    """
    where = filters.where()
    figures = context.panel("figures", _FIGURES.format(where=where), rows=1)
    largest = context.panel("largest", _LARGEST.format(where=where), rows=10)
    ids = ", ".join(literals.text(row["incident_id"]) for row in largest.rows) or _NOBODY
    told = context.panel("sources", _TOLD_BY.format(ids=ids), rows=500)
    by_type = context.panel("by_type", _BY_TYPE.format(where=where))
    shown: dict[str, Any] = {
        "figures": figures,
        "sources": context.panel("made_from", _SOURCES, rows=1),
        "timeline": timeline(context, filters, figures),
        "map": on_map(context, filters, figures),
        "by_type": bars(by_type),
        "dyads": dyads(context, filters, figures),
        "largest": largest,
        "told": told,
        "told_by": _told_by(told.rows),
        "filters": filters,
        "period": _period(context, filters),
        "matrix": matrix,
    }
    return shown | {"asked": [each for each in shown.values() if isinstance(each, Panel)]}


def _period(context: PageContext, filters: Filters) -> str:
    """The days that were asked for, also where nothing was found; "" where none were."""
    first, last = (
        context.locale.day(date.fromisoformat(filters.values[name]))
        if name in filters.values
        else ""
        for name in ("from", "to")
    )
    if first and last:
        return f"{first} – {last}"
    if first:
        return context.locale.say("report.since", day=first)
    return context.locale.say("report.until", day=last) if last else ""


def _told_by(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Incident -> the articles that tell it, one an address."""
    found: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in rows:
        found[row["incident_id"]].setdefault(row["url"] or row["title"] or "", row)
    return {incident: list(articles.values()) for incident, articles in found.items()}
