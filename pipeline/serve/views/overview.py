"""The overview: what came in, what happened in it, who covers it, what needs a look."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from pipeline.serve.charts import bucket, over_time, unit_of
from pipeline.serve.context import PageContext, Panel
from pipeline.serve.views.alarms import alarms

_FIGURES: Final = """\
SELECT
  (SELECT COUNT(*) FROM articles) AS articles,
  (SELECT COUNT(DISTINCT cluster_id) FROM clusters) AS stories,
  (SELECT COUNT(*) FROM v_incidents) AS incidents,
  (SELECT COUNT(DISTINCT publisher) FROM articles) AS publishers,
  (SELECT COUNT(DISTINCT place.country) FROM v_incidents) AS countries,
  (SELECT COUNT(*) FROM dead_letters WHERE resolved_at IS NULL) AS dead_letters,
  (SELECT MIN(DATE(event_time)) FROM articles) AS first_day,
  (SELECT MAX(DATE(event_time)) FROM articles) AS last_day"""

_BY_DAY: Final = """\
SELECT period, SUM(articles) AS articles, SUM(incidents) AS incidents
FROM (
  SELECT {article_day} AS period, 1 AS articles, 0 AS incidents
  FROM articles WHERE event_time IS NOT NULL
  UNION ALL
  SELECT {incident_day} AS period, 0 AS articles, 1 AS incidents
  FROM v_incidents WHERE first_reported_at IS NOT NULL
)
GROUP BY period
ORDER BY period"""

_BY_TYPE: Final = """\
SELECT event_type, COUNT(*) AS incidents
FROM v_incidents
GROUP BY event_type
ORDER BY incidents DESC, event_type"""

_BY_COUNTRY: Final = """\
SELECT
  place.country AS country,
  COUNT(*) AS incidents,
  SUM(IFNULL(fatalities_max, IFNULL(fatalities_min, 0))) AS fatalities
FROM v_incidents
WHERE place.country IS NOT NULL
GROUP BY country
ORDER BY incidents DESC, country
LIMIT 12"""

_BY_PUBLISHER: Final = """\
SELECT publisher, publisher_country, pages, copies, events
FROM v_sources
ORDER BY pages DESC, publisher
LIMIT 12"""

# The worst incident of each article: looked for among the latest ones, since all are many.
_LATEST: Final = """\
SELECT
  incident_id, event_type, event_date, place.name AS place_name, place.country AS country, title,
  article_count, fatalities_min, fatalities_max, last_reported_at
FROM (
  SELECT *
  FROM v_incidents
  ORDER BY IF(last_reported_at IS NULL, 1, 0), last_reported_at DESC, incident_id
  LIMIT 1000
)
WHERE TRUE
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY title ORDER BY IFNULL(fatalities_max, fatalities_min) DESC, article_count DESC,
    incident_id
) = 1
ORDER BY IF(last_reported_at IS NULL, 1, 0), last_reported_at DESC, incident_id
LIMIT 7"""


def overview(context: PageContext) -> dict[str, Any]:
    """Everything at a glance.

    Args:
        context: who asks.
    """
    figures = context.panel("figures", _FIGURES, rows=1)
    return {
        "figures": figures,
        "by_day": _by_day(context, figures),
        "by_type": bars(context.panel("by_type", _BY_TYPE)),
        "by_country": bars(context.panel("by_country", _BY_COUNTRY)),
        "by_publisher": bars(context.panel("by_publisher", _BY_PUBLISHER), "pages"),
        "latest": context.panel("latest", _LATEST),
        **alarms(context),
    }


def _by_day(context: PageContext, figures: Panel) -> Panel:
    known = figures.rows[0] if figures.rows else {"first_day": None, "last_day": None}
    unit = unit_of(known["first_day"], known["last_day"])
    sql = _BY_DAY.format(
        article_day=bucket("DATE(event_time)", unit),
        incident_day=bucket("DATE(first_reported_at)", unit),
    )
    panel = context.panel("by_day", sql)
    names = {key: context.locale.say(f"overview.{key}") for key in ("articles", "incidents")}
    chart = over_time(
        panel.rows,
        unit,
        series=names,
        value=lambda row: [(key, int(row[key])) for key in names],
        stacked=False,
    )
    return replace(panel, chart=chart)


def bars(panel: Panel, column: str = "incidents") -> Panel:
    """A panel with the greatest value of a column, that the others are measured against.

    Args:
        panel: the panel.
        column: which column.
    """
    greatest = max((int(row[column]) for row in panel.rows), default=1)
    return replace(panel, chart={"greatest": max(greatest, 1), "column": column})
