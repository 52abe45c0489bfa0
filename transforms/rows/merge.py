"""One row per key: what becomes of a stored row when a run brings its key again.

Pure, and the same for every sink. Rows here are plain dictionaries that carry their partition as
``date`` when the table is partitioned.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, reduce
from typing import Any, Final

from transforms.rows.columns import PARTITION_COLUMN
from transforms.rows.rows import Row, partition_date
from transforms.rows.schema import PROVENANCE, STORED

# What follows from who wrote a row, and from its other columns.
_DERIVED: Final = frozenset({"run_id", "pipeline_version", PARTITION_COLUMN})

# What tells the deliveries of one article apart, the strongest first. Whatever is derived from an
# article follows from these and its text, so that who knows them knows which delivery stands.
DELIVERY: Final = (
    "fetched_at", "published_at", "published_on", "modified_at", "publisher", "agency",
)  # fmt: skip
_OF_DELIVERIES: Final = ("articles", "_fingerprints")


@cache
def fact_columns(table: str) -> tuple[str, ...]:
    """Return the columns that make a row what it is; ``date`` too where it is handed in."""
    spec = STORED[table]
    names = tuple(name for name in spec.names if name not in PROVENANCE)
    return (*names, PARTITION_COLUMN) if spec.partition == PARTITION_COLUMN else names


@cache
def compared_columns(table: str) -> tuple[str, ...]:
    """Return the columns of which one must differ for a stored row to be touched.

    Its facts; and of an article or its fingerprint what tells its deliveries apart.
    """
    facts = fact_columns(table)
    if table not in _OF_DELIVERIES:
        return facts
    return (*facts, *sorted(set(DELIVERY) - set(facts)))


def same_facts(table: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether two rows differ in provenance at most."""
    return all(one.get(name) == other.get(name) for name in fact_columns(table))


def delivery_order(values: Iterable[Any]) -> tuple[tuple[bool, Any], ...]:
    """Make the values of ``DELIVERY`` comparable: the smallest delivery is the one that stands.

    Unknown values come last, so the first fetched stands, then the first published.

    >>> sorted([[None, "a"], [2, "a"], [1, "b"]], key=delivery_order)
    [[1, 'b'], [2, 'a'], [None, 'a']]
    """
    return tuple((value is None, 0 if value is None else value) for value in values)


def _facts(table: str, row: Mapping[str, Any]) -> str:
    """Return what a row says, without who says it, as text that is equal for equal facts."""
    return canonical_json({name: row.get(name) for name in fact_columns(table)})


def _article(table: str, stored: Row, newer: Row) -> Row:
    """Of the deliveries of an article the first fetched stands, whole, whichever came first.

    Of two fetched at once, or at an unknown time, another version of rasd knows better; else the
    smaller one stands.
    """
    old, new = (delivery_order(row.get(name) for name in DELIVERY) for row in (stored, newer))
    if old == new and same_facts(table, stored, newer):
        return stored
    if old == new and stored.get("pipeline_version") == newer.get("pipeline_version"):
        return min(stored, newer, key=lambda row: _facts(table, row))
    return stored if old < new else newer


def _fingerprint(table: str, stored: Row, newer: Row) -> Row:
    """The delivery that stands of its article, with the hashes of the newest version."""
    kept = _article(table, stored, newer)
    if stored["version"] == newer["version"]:
        return kept
    latest = max(stored, newer, key=lambda row: row["version"])
    return dict(latest) | {name: kept[name] for name in (*DELIVERY, "event_time")}


def _replace(table: str, stored: Row, newer: Row) -> Row:
    """Keep the stored row while nothing but provenance differs, else take the newer."""
    return stored if same_facts(table, stored, newer) else newer


def _unless_equal(stored: Row, merged: Row) -> Row:
    """Return the stored row itself when a merge changed nothing but who wrote it."""
    changed = any(stored.get(name) != merged[name] for name in merged if name not in _DERIVED)
    return merged if changed else stored


def _appearance(_table: str, stored: Row, newer: Row) -> Row:
    """Widen the sightings; the rest is that of the latest, an id once known is kept.

    Of two sightings at one time the smaller counts, whichever came first.
    """
    latest = min(newer, stored, key=lambda row: (-row["last_seen_at"].timestamp(), _sighting(row)))
    earlier = newer if latest is stored else stored
    merged = dict(latest)
    for name in ("article_id", "page_id", "url", "text_id"):
        if merged.get(name) is None:
            merged[name] = earlier.get(name)
    merged["first_seen_at"] = min(stored["first_seen_at"], newer["first_seen_at"])
    return _unless_equal(stored, merged)


def _sighting(row: Row) -> str:
    """Return what a sighting saw as text: its ids last, since they may not be known yet."""
    names = ("position", "url", "text_id", "article_id", "page_id")
    return json.dumps([row.get(name) for name in names], ensure_ascii=False)


def _dead_letter(table: str, stored: Row, newer: Row) -> Row:
    """Count the runs it failed in, keep the first failure; a failure after a fix reopens it.

    Of two cases in words, or two inputs to try again, the smaller is kept: not the latest, which
    would depend on the order of delivery.
    """
    kept = min(newer, stored, key=lambda row: _case(table, row))
    merged = dict(kept) | {name: newer.get(name) for name in _OF_THE_LATEST}
    same_run = stored["run_id"] == newer["run_id"]
    merged["attempts"] = (
        max(stored["attempts"], newer["attempts"])
        if same_run
        else stored["attempts"] + newer["attempts"]
    )
    merged["failed_at"] = min(stored["failed_at"], newer["failed_at"])
    mended = stored.get("resolved_at")
    if newer.get("resolved_at") is None and mended is not None and newer["failed_at"] <= mended:
        merged["resolved_at"] = mended
        merged["resolved_run_id"] = stored.get("resolved_run_id")
    return _unless_equal(stored, merged)


def _case(table: str, row: Row) -> str:
    """Return what a dead letter says of its case, as text."""
    return _facts(table, {name: row[name] for name in row if name not in _OF_THE_LATEST})


def _feed(_table: str, stored: Row, newer: Row) -> Row:
    """The latest row; what it does not know (a feed read from a file was not polled) stays."""
    merged = {name: stored.get(name) if value is None else value for name, value in newer.items()}
    return _unless_equal(stored, merged)


_OF_THE_LATEST: Final = ("run_id", "pipeline_version", "resolved_at", "resolved_run_id")

_POLICIES: Final[dict[str, Callable[[str, Row, Row], Row]]] = {
    "articles": _article,
    "_fingerprints": _fingerprint,
    "appearances": _appearance,
    "dead_letters": _dead_letter,
    "feeds": _feed,
}


def merge_rows(table: str, stored: Row, newer: Row) -> Row:
    """Merge two rows of one key.

    Args:
        table: the table's name.
        stored: the row the store holds.
        newer: the row a run brings.

    Returns:
        ``stored`` itself when nothing changes; else the row to store, with the ``date`` it
        belongs to. Articles: the delivery fetched first. Other facts: the newer row, unless only
        provenance differs. Appearances: the first and the latest sighting. Dead letters: attempts
        added up, the first failure kept.
    """
    merged = _POLICIES.get(table, _replace)(table, stored, newer)
    if merged is not stored and STORED[table].partition is not None:
        merged = merged | {PARTITION_COLUMN: partition_date(table, merged)}
    return merged


def stays_when_same(table: str) -> bool:
    """Tell whether a stored row stays as it is when one with the same facts comes."""
    return _POLICIES.get(table, _article) is _article


def canonical_json(row: Mapping[str, Any]) -> str:
    """Return a row as JSON text that is equal for equal rows."""
    return json.dumps(row, ensure_ascii=False, sort_keys=True, default=str)


def fold_rows(table: str, rows: Sequence[Row]) -> Row:
    """Make one row of several that one run brings for one key, whatever their order.

    Among facts without a rule of their own the smallest in canonical form wins.

    Args:
        table: the table's name.
        rows: at least one row; all of one key.
    """
    if len(rows) == 1:
        return rows[0]
    if table not in _POLICIES:
        return min(rows, key=canonical_json)
    # Those of one run meet first: what it brings twice counts as one try.
    ordered = sorted(rows, key=lambda row: (str(row.get("run_id")), canonical_json(row)))[::-1]
    if table == "feeds":  # nobody polls a feed before it is due: the latest poll is due last
        ordered.sort(key=lambda row: (row.get("due_at") is not None, row.get("due_at")))
    return reduce(lambda one, other: merge_rows(table, one, other), ordered)
