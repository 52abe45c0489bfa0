"""Feeds and dead letters: how every feed does, what could not go on, and how to try again."""

from __future__ import annotations

import shlex
from typing import Any, Final

from pipeline.serve import literals
from pipeline.serve.context import PageContext
from pipeline.serve.views.alarms import health
from transforms.rejects import REASONS

_FEEDS: Final = """\
SELECT
  f.feed_url,
  f.publisher,
  f.country,
  f.health,
  p.polled_at,
  p.failures,
  a.entries,
  a.last_seen_at
FROM feeds AS f
LEFT JOIN (
  SELECT feed_url, COUNT(*) AS entries, MAX(last_seen_at) AS last_seen_at
  FROM appearances
  GROUP BY feed_url
) AS a ON a.feed_url = f.feed_url
LEFT JOIN (
  SELECT
    url,
    MAX(started_at) AS polled_at,
    SUM(IF(status >= 200 AND status < 400, 0, 1)) AS failures
  FROM fetch_log
  WHERE purpose = 'feed'
  GROUP BY url
) AS p ON p.url = f.feed_url"""
_SORTABLE: Final = {
    "publisher": "publisher",
    "entries": "entries",
    "last_seen_at": "last_seen_at",
    "polled_at": "polled_at",
    "failures": "failures",
    "health": "health",
    "feed_url": "feed_url",
}
_REASONS: Final = """\
SELECT stage, reason, retriable, COUNT(*) AS dead_letters, MIN(url) AS example_url,
  MIN(detail) AS example
FROM dead_letters
WHERE resolved_at IS NULL
GROUP BY stage, reason, retriable
ORDER BY dead_letters DESC, stage, reason"""
_LETTERS: Final = """\
SELECT dead_letter_id, failed_at, stage, reason, detail, url, feed_url, attempts
FROM dead_letters
WHERE resolved_at IS NULL{where}"""
_LETTERS_SORTABLE: Final = {
    "failed_at": "failed_at",
    "stage": "stage",
    "reason": "reason",
    "attempts": "attempts",
    "dead_letter_id": "dead_letter_id",
}


def feeds(context: PageContext) -> dict[str, Any]:
    """How every feed does, and what could not go on.

    Args:
        context: who asks; ``reason`` narrows the dead letters.
    """
    reason = context.params.get("reason", "")
    if reason and reason not in REASONS:
        label = context.locale.say("feeds.reason")
        context.notes.append(context.locale.say("problem.field", name=label, value=reason[:40]))
        reason = ""
    where = f" AND reason = {literals.text(reason)}" if reason else ""
    letters = _LETTERS.format(where=where)
    return {
        "by_hour": health(context),
        "feeds": context.table("feeds", _FEEDS, sortable=_SORTABLE, first="-entries"),
        "reasons": context.panel("reasons", _REASONS),
        "reason": reason,
        "letters": context.table(
            "letters", letters, sortable=_LETTERS_SORTABLE, first="-failed_at"
        ),
        "command": f"rasd replay --data {shlex.quote(context.data.uri)}"
        + (f" --reason {reason}" if reason else ""),
    }
