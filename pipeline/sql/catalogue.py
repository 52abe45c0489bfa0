"""The shipped views and queries: one file each, the first comment says what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, Literal

# Views that build on others come after them.
VIEW_ORDER: Final = (
    "v_articles",
    "v_stories",
    "v_event_mentions",
    "v_events",
    "v_incidents",
    "v_syndication",
    "v_revisions",
    "v_sources",
    "v_timeline",
    "v_actor_pairs",
    "v_map",
    "v_health",
    "gdelt_events_v",
    "gdelt_mentions_v",
    "polecat_v",
    "acled_v",
)


@dataclass(frozen=True, slots=True)
class Script:
    """A view or query in BigQuery's dialect.

    Attributes:
        name: the file's name.
        about: what it answers, from its first comment.
        sql: the query.
    """

    name: str
    about: str
    sql: str


@cache
def scripts(kind: Literal["views", "queries"]) -> dict[str, Script]:
    """Load the shipped scripts.

    Returns:
        Name -> script; views in the order in which they build on each other.
    """
    found = {}
    for entry in files("pipeline.sql").joinpath(kind).iterdir():
        if entry.name.endswith(".sql"):
            sql = entry.read_text(encoding="utf-8")
            comment = [line[2:].strip() for line in sql.splitlines() if line.startswith("--")]
            name = entry.name.removesuffix(".sql")
            found[name] = Script(name, " ".join(comment), sql)
    order = VIEW_ORDER if kind == "views" else tuple(sorted(found))
    return {name: found[name] for name in order}
