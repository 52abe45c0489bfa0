"""One incident: every report of it in time order, its tolls, its parties and codes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from pipeline.serve import literals
from pipeline.serve.context import PageContext, Panel

_INCIDENT: Final = """\
SELECT *
FROM v_incidents
WHERE incident_id = {id}"""
_REPORTS: Final = """\
SELECT
  e.event_id,
  e.article_id,
  a.title,
  a.url,
  a.publisher,
  a.agency,
  e.event_time,
  a.duplicate_kind,
  a.cluster_id,
  a.revision,
  e.fatalities_min,
  e.fatalities_max,
  e.injured_min,
  e.injured_max,
  e.event_date,
  e.confidence,
  e.cameo_code,
  e.goldstein,
  e.modes,
  e.contexts,
  e.rule_id,
  e.evidence[SAFE_OFFSET(0)].text AS sentence
FROM incidents AS i
JOIN events AS e ON e.event_id = i.event_id
JOIN v_articles AS a ON a.article_id = e.article_id
WHERE i.incident_id = {id}
ORDER BY IF(e.event_time IS NULL, 1, 0), e.event_time, e.event_id"""
_PARTIES: Final = """\
WITH told AS (
  SELECT e.actors, e.recipients
  FROM events AS e
  WHERE e.event_id IN (SELECT n.event_id FROM incidents AS n WHERE n.incident_id = {id})
)
SELECT s.side, s.name, s.text, s.country, s.sectors, COUNT(*) AS reports
FROM (
  SELECT 'actor' AS side, p.name, p.text, p.country, ARRAY_TO_STRING(p.sectors, ' ') AS sectors
  FROM told, UNNEST(told.actors) AS p
  UNION ALL
  SELECT 'recipient' AS side, p.name, p.text, p.country, ARRAY_TO_STRING(p.sectors, ' ') AS sectors
  FROM told, UNNEST(told.recipients) AS p
) AS s
GROUP BY s.side, s.name, s.text, s.country, s.sectors
ORDER BY s.side, reports DESC, s.text"""


def incident(context: PageContext, incident_id: str) -> dict[str, Any] | None:
    """Everything that is known of one incident; None when there is none of this id.

    Args:
        context: who asks.
        incident_id: which one.
    """
    wanted = literals.text(incident_id)
    found = context.panel("summary", _INCIDENT.format(id=wanted), rows=1)
    if not found.rows and found.error is None:
        return None
    reports = context.panel("reports", _REPORTS.format(id=wanted))
    return {
        "found": found,
        "incident": found.rows[0] if found.rows else None,
        "reports": reports,
        "tolls": _tolls(context, reports),
        "parties": context.panel("parties", _PARTIES.format(id=wanted)),
    }


def _tolls(context: PageContext, reports: Panel) -> Panel | None:
    """The toll of every report that gives one, over time; None when fewer than two do."""
    steps = [
        {
            "at": row["event_time"].isoformat(),
            "least": row["fatalities_min"],
            "most": row["fatalities_max"] or row["fatalities_min"],
            "who": row["publisher"] or "",
        }
        for row in reports.rows
        if row["event_time"] and row["fatalities_min"] is not None
    ]
    if len(steps) < 2:
        return None
    chart = {"kind": "steps", "steps": steps, "name": context.locale.say("incident.fatalities")}
    return replace(reports, key="tolls", chart=chart)
