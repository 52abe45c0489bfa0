"""The console: any query that ``rasd query`` would run, with the same guard."""

from __future__ import annotations

from typing import Any, Final

from pipeline.serve.context import PageContext, Panel
from pipeline.serve.snapshot import SECONDS
from pipeline.sql.catalogue import scripts
from transforms.rows.schema import TABLES

ROWS: Final = 500
"""Rows of an answer that are shown."""
LONG: Final = 20_000
"""Characters of a query that are read."""
_FIRST: Final = (
    "SELECT event_type, COUNT(*) AS n\nFROM v_events\nGROUP BY event_type\nORDER BY n DESC"
)


def console(context: PageContext, *, run: bool) -> dict[str, Any]:
    """A query and its answer.

    Args:
        context: who asks; ``q`` is the query, ``named`` a shipped one.
        run: whether to run it; one that came with another site's link is only shown.
    """
    named = context.params.get("named", "")
    shipped = scripts("queries")
    given = context.params.get("q", "")[:LONG].strip()
    query = given or (shipped[named].sql.strip() if named in shipped else "")
    result: Panel | None = None
    if query and run:
        result = context.panel("result", query, rows=ROWS, beside=True)
    return {
        "query": query or _FIRST,
        "result": result,
        "held_back": bool(query) and not run,
        "shipped": shipped,
        "views": scripts("views"),
        "tables": TABLES,
        "limits": (ROWS, SECONDS),
    }
