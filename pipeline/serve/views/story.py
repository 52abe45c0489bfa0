"""Stories: how far each spread, who copies whom; one story's way from publisher to publisher."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from pipeline.serve import literals
from pipeline.serve.context import PageContext, Panel

_STORIES: Final = """\
SELECT cluster_id, article_id, title, publisher, first_published_at, article_count, publisher_count
FROM v_stories"""
_SORTABLE: Final = {
    "article_count": "article_count",
    "publisher_count": "publisher_count",
    "first_published_at": "first_published_at",
    "publisher": "publisher",
    "cluster_id": "cluster_id",
}
_WHO: Final = """\
SELECT origin_publisher, copy_publisher, COUNT(*) AS copies
FROM v_syndication
WHERE NOT same_publisher
GROUP BY origin_publisher, copy_publisher
ORDER BY copies DESC, origin_publisher, copy_publisher
LIMIT 20"""
_SPREAD: Final = """\
SELECT
  v.article_id,
  v.title,
  v.publisher,
  v.agency,
  v.event_time,
  v.duplicate_kind,
  v.revision,
  d.similarity,
  TIMESTAMP_DIFF(v.event_time, h.first_time, MINUTE) AS minutes
FROM v_articles AS v
JOIN (
  SELECT cluster_id, MIN(event_time) AS first_time
  FROM v_articles
  WHERE cluster_id = {id}
  GROUP BY cluster_id
) AS h ON h.cluster_id = v.cluster_id
LEFT JOIN (
  SELECT article_b AS article_id, jaccard AS similarity FROM duplicates WHERE article_a = {id}
  UNION ALL
  SELECT article_a AS article_id, jaccard AS similarity FROM duplicates WHERE article_b = {id}
) AS d ON d.article_id = v.article_id
WHERE v.cluster_id = {id}
ORDER BY IF(v.event_time IS NULL, 1, 0), v.event_time, v.article_id
LIMIT 1000"""


def stories(context: PageContext) -> dict[str, Any]:
    """All stories, and who copies whom.

    Args:
        context: who asks.
    """
    return {
        "stories": context.table("stories", _STORIES, sortable=_SORTABLE, first="-article_count"),
        "who": context.panel("who", _WHO),
    }


def story(context: PageContext, cluster_id: str) -> dict[str, Any] | None:
    """How one story spread; None when there is none of this id.

    Args:
        context: who asks.
        cluster_id: which one.
    """
    spread = context.panel("spread", _SPREAD.format(id=literals.text(cluster_id)))
    if not spread.rows and spread.error is None:
        return None
    return {"spread": spread, "head": _head(spread, cluster_id), "chart": _chart(context, spread)}


def _head(spread: Panel, cluster_id: str) -> Any:
    heads = [row for row in spread.rows if row["article_id"] == cluster_id]
    return next(iter(heads or spread.rows), None)


def _chart(context: PageContext, spread: Panel) -> Panel | None:
    """Its copies over time, a line a publisher; None when there is one alone."""
    dated = [row for row in spread.rows if row["event_time"] is not None]
    if len(dated) < 2:
        return None
    chart = {
        "kind": "spread",
        "points": [
            {
                "at": row["event_time"].isoformat(),
                "who": row["publisher"] or context.locale.say("common.unknown"),
                "name": row["title"] or "",
                "likeness": row["similarity"],
                "lag": context.locale.span(row["minutes"]),
                "href": context.link(f"/article/{row['article_id']}"),
            }
            for row in dated
        ],
    }
    return replace(spread, key="way", chart=chart)
