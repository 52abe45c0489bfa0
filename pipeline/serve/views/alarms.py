"""What needs a look: feeds that are silent, fail or wait, news that comes late, dead letters."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from pipeline.serve.charts import by_hour
from pipeline.serve.context import PageContext, Panel

# Time is told from the last request on record, not from a clock: rows of last year say what they
# said then. A feed that was taken off the list stays in the registry; it is spoken of for as long
# as a week after it was due. Lag is not told of the first day on record: a first run brings what
# was published before it.
_ALARMS: Final = """\
WITH hours AS (
  SELECT
    DATE_DIFF(day, DATE '1970-01-01', DAY) * 24 + hour AS h,
    requests,
    articles,
    lag_minutes
  FROM v_health
),
newest AS (
  SELECT
    (SELECT MAX(UNIX_MICROS(started_at)) FROM fetch_log) AS micros,
    MAX(IF(requests > 0, h, NULL)) AS h,
    MIN(IF(requests > 0, h, NULL)) AS first_h
  FROM hours
),
listed AS (
  SELECT f.feed_url, f.health, f.due_at
  FROM feeds AS f
  CROSS JOIN newest AS n
  WHERE f.due_at IS NULL OR UNIX_MICROS(f.due_at) >= IFNULL(n.micros, 0) - 604800000000
),
brought AS (
  SELECT feed_url, MAX(DIV(UNIX_MICROS(first_seen_at), 3600000000)) AS h
  FROM appearances
  GROUP BY feed_url
),
found AS (
  SELECT 1 AS place, 'silent' AS alarm, COUNT(*) AS n, MIN(f.feed_url) AS example
  FROM listed AS f
  JOIN brought AS b ON b.feed_url = f.feed_url
  CROSS JOIN newest AS n
  WHERE n.h >= b.h + 24
  UNION ALL
  SELECT 2 AS place, 'failing' AS alarm, COUNT(*) AS n, MIN(feed_url) AS example
  FROM listed
  WHERE health = 'failed'
  UNION ALL
  SELECT 3 AS place, 'odd' AS alarm, COUNT(*) AS n, MIN(feed_url) AS example
  FROM listed
  WHERE health IN ('overlap_lost', 'soft_empty', 'capped')
  UNION ALL
  SELECT 4 AS place, 'overdue' AS alarm, COUNT(*) AS n, MIN(f.feed_url) AS example
  FROM listed AS f
  CROSS JOIN newest AS n
  WHERE UNIX_MICROS(f.due_at) < n.micros - 600000000
  UNION ALL
  SELECT
    5 AS place,
    'late' AS alarm,
    CAST(ROUND(SUM(o.lag_minutes * o.articles) / SUM(o.articles)) AS INT64) AS n,
    CAST(NULL AS STRING) AS example
  FROM hours AS o
  CROSS JOIN newest AS n
  WHERE o.lag_minutes IS NOT NULL AND o.h > n.h - 24 AND o.h >= n.first_h + 24
  HAVING SUM(o.lag_minutes * o.articles) / SUM(o.articles) > 360
  UNION ALL
  SELECT 6 AS place, 'letters' AS alarm, COUNT(*) AS n, MIN(reason) AS example
  FROM dead_letters
  WHERE resolved_at IS NULL AND (retriable OR stage IN ('rows', 'deliver'))
)
SELECT alarm, n, example
FROM found
WHERE n > 0
ORDER BY place"""
_REQUESTS: Final = "SELECT COUNT(*) AS requests FROM fetch_log"
# A week, where something happened in every hour.
_BY_HOUR: Final = """\
SELECT day, hour, requests, failed_requests, articles, lag_minutes, dead_letters, silent_feeds
FROM v_health
ORDER BY day DESC, hour DESC
LIMIT 168"""
_PLACES: Final = {"late": "by_hour", "letters": "letters"}


def alarms(context: PageContext) -> dict[str, Any]:
    """What needs a look, and whether that can be told at all.

    Args:
        context: who asks.

    Returns:
        ``alarms``, a panel with a row for each: ``alarm``, ``n`` (feeds, dead letters, or minutes
        of ``late``), ``example``; ``alarm_places``, where on the page of feeds each is shown;
        ``watched``, False where no request is on record, so that only dead letters can be told.
    """
    asked = context.panel("requests", _REQUESTS, rows=1)
    return {
        "alarms": context.panel("alarms", _ALARMS),
        "alarm_places": _PLACES,
        "watched": bool(asked.rows and asked.rows[0]["requests"]),
    }


def health(context: PageContext) -> Panel:
    """How fetching did, hour by hour: the last hours on record, newest first.

    Args:
        context: who asks.
    """
    panel = context.panel("by_hour", _BY_HOUR)
    names = {key: context.locale.say(f"feeds.{key}") for key in ("articles", "failed_requests")}
    return replace(panel, chart=by_hour(panel.rows, names))
