"""One article: its text with everything that was coded marked, its copies, its versions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pipeline.render.explain import ARTICLE_COLUMNS, explain_row, with_reasons
from pipeline.serve import literals
from pipeline.serve.context import PageContext, Panel
from pipeline.serve.highlights import ROLES, differences, highlights_of, paragraphs, pieces
from transforms.enrich.why import Considered
from transforms.records import DEFAULT_CONFIDENCE

_ARTICLE: Final = """\
SELECT *
FROM v_articles
WHERE article_id = {id}"""
_EVENTS: Final = """\
SELECT *
FROM events
WHERE article_id = {id}
ORDER BY trigger.field DESC, trigger.char_start, confidence DESC, event_id"""
_KIN: Final = """\
SELECT
  v.article_id, v.title, v.publisher, v.published_at, v.event_time, v.duplicate_kind, v.revision,
  v.page_id
FROM v_articles AS v
WHERE v.article_id != {id}
  AND (v.page_id = {page} OR v.cluster_id = {cluster})
ORDER BY IF(v.event_time IS NULL, 1, 0), v.event_time, v.article_id
LIMIT 200"""
_OF_EVENTS: Final = """\
SELECT event_id, incident_id
FROM incidents
WHERE event_id IN (SELECT event_id FROM events WHERE article_id = {id})"""
_HEAVIEST: Final = 3  # signs of an event that a hover tells
_ID: Final = re.compile(r"[0-9a-f]{32}")


def article(context: PageContext, article_id: str) -> dict[str, Any] | None:
    """Everything that is known of one article; None when there is none of this id.

    Args:
        context: who asks; ``against`` names another version or copy to compare with.
        article_id: which one.
    """
    wanted = literals.text(article_id)
    found = context.panel("article", _ARTICLE.format(id=wanted), rows=1)
    if not found.rows:
        return None if found.error is None else {"found": found, "article": None}
    row = found.rows[0]
    events = context.panel("events", _EVENTS.format(id=wanted), rows=500)
    sure = [event for event in events.rows if _is_sure(event)]
    marked = {
        field: paragraphs(
            pieces(row[field] or "", highlights_of(_dicts(sure), field, row[field] or ""))
        )
        for field in ("title", "body")
    }
    incidents = context.panel("incidents", _OF_EVENTS.format(id=wanted))
    kin = _KIN.format(
        id=wanted,
        page=literals.text(row["page_id"]),
        cluster=literals.text(row["cluster_id"] or ""),
    )
    return {
        "found": found,
        "article": row,
        "events": events,
        "sure": sure,
        "doubtful": [event for event in events.rows if not _is_sure(event)],
        "incident_of": {each["event_id"]: each["incident_id"] for each in incidents.rows},
        "marked": marked,
        "roles": ROLES,
        "kin": context.panel("kin", kin),
        "compared": _compared(context, row),
    }


def _is_sure(event: Mapping[str, Any]) -> bool:
    return event["confidence"] is None or event["confidence"] >= DEFAULT_CONFIDENCE


def _dicts(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [dict(row) for row in rows]


def _compared(context: PageContext, row: Mapping[str, Any]) -> dict[str, Any] | None:
    """The text against another one, when that is asked for and there."""
    against = context.params.get("against", "")
    if not _ID.fullmatch(against):
        return None
    other = context.panel("against", _ARTICLE.format(id=literals.text(against)), rows=1)
    if not other.rows:
        context.notes.append(context.locale.say("problem.no_article"))
        return None
    texts = [f"{each['title'] or ''}\n{each['body'] or ''}" for each in (other.rows[0], row)]
    return {"with": other.rows[0], "changes": differences(*texts)}


def signs(context: PageContext, article_id: str) -> dict[str, list[tuple[str, str]]]:
    """What weighed most for each event of an article, as today's models and rules see it.

    Args:
        context: who asks.
        article_id: which article.

    Returns:
        The number of an event on the article's page -> its heaviest signs, each in words with its
        weight; nothing of an event that is not coded by the same word any more.
    """
    events = context.panel("events", _EVENTS.format(id=literals.text(article_id)), rows=500)
    _, words = considered(context, article_id)
    found = {}
    for number, event in enumerate(filter(_is_sure, events.rows), 1):
        told = next((word for word in words if _is_of(word, event)), None)
        if told is not None and told.signs:
            found[str(number)] = [
                (context.locale.why(sign), context.locale.weight(weight))
                for sign, weight in told.signs[:_HEAVIEST]
            ]
    return found


def _is_of(word: Considered, event: Mapping[str, Any]) -> bool:
    """Whether an event was told by a word that was considered."""
    trigger = event["trigger"]
    return (
        word.event_type == event["event_type"]
        and word.trigger.field == trigger["field"]
        and word.trigger.char_start < trigger["char_end"]
        and trigger["char_start"] < word.trigger.char_end
    )


def considered(context: PageContext, article_id: str) -> tuple[Panel, Sequence[Considered]]:
    """Every word of an article that was considered, and why it was coded or not.

    Args:
        context: who asks.
        article_id: which article.
    """
    columns = ", ".join(ARTICLE_COLUMNS)
    sql = f"SELECT {columns}\nFROM articles\nWHERE article_id = {literals.text(article_id)}"
    found = context.panel("considered", sql, rows=1)
    if not found.rows:
        return found, ()
    return found, with_reasons(explain_row(found.rows[0])).considered or ()
