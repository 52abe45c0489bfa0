"""``rasd prune``: retention and takedown, in every table, in one commit (decision 0044).

Before a day: articles of earlier days go, with all that hangs on them. A page or an article: it
goes and is remembered, so that no later run, replay or archive brings it back. Copies of an
article that goes get a new head in the same commit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final

import pyarrow.compute as pc

from pipeline.sinks.base import Changes, Sink
from pipeline.sinks.inbox import INBOX
from pipeline.sinks.staged import stage_rows
from pipeline.steps import incidents
from pipeline.steps.component import Component
from pipeline.steps.prints import Prints, day_of
from pipeline.steps.settle import settle_inbox
from transforms.records import Fingerprint, content_id
from transforms.rows.rows import Provenance, Row, cluster_row, row_key
from transforms.rows.schema import STORED
from transforms.settle import relate
from transforms.settle.same_incident import TELLING
from transforms.text.urls import canonicalise_url

_OF_ARTICLES: Final = ("articles", "events", "clusters", "_fingerprints")
_BY_DAY: Final = ("fetch_log", "dead_letters", "_commits")

Void = dict[str, set[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Pruned:
    """What went, in rows by table."""

    changes: Mapping[str, Changes] = field(default_factory=dict)

    def gone(self, table: str) -> int:
        """How many rows of a table went."""
        return self.changes.get(table, Changes()).deleted


def prune(
    sink: Sink,
    provenance: Provenance,
    *,
    before: date | None = None,
    url: str | None = None,
    article_id: str | None = None,
) -> Pruned:
    """Take rows out for good.

    Args:
        sink: the output, prepared.
        provenance: who does it, and when.
        before: take out what is of earlier days (by event time; a dead letter, a request and a
            sighting by its own). Undated articles stay.
        url: take this page down: every version of it.
        article_id: take this version down.

    Returns:
        What went.

    Raises:
        SinkError: it cannot be written; nothing has gone.
    """
    settle_inbox(sink, provenance)
    incidents.complete(sink, provenance)
    void: Void = {table: set() for table in STORED}
    rows: dict[str, list[Row]] = {}
    gone: dict[str, Fingerprint] = {}
    if before is not None:
        gone |= _older(sink, before, void)
    if url is not None:
        page_id = content_id(canonicalise_url(url))
        gone |= _by_id(Prints(sink, ()).of_pages({page_id}))
        _take_down_page(sink, url, page_id, void)
        rows["_removed"] = [_removed("page", page_id, provenance)]
    if article_id is not None:
        gone |= _by_id(Prints(sink, ()).of_articles({article_id}, None))
        rows.setdefault("_removed", []).append(_removed("article", article_id, provenance))
    _void_articles(sink, gone, void, sightings=before is None)
    rows["clusters"] = _new_heads(sink, gone, void, provenance)
    rows[incidents.TABLE] = _new_first_reports(sink, gone, before, void, provenance)
    folder = f"{INBOX}/{provenance.run_id}"
    staged = [
        stage_rows(sink.inbox.files, folder, table, each) for table, each in rows.items() if each
    ]
    commit_id = content_id(provenance.run_id, *(file.path for file in staged))
    report = sink.commit(commit_id, staged, {table: keys for table, keys in void.items() if keys})
    sink.inbox.forget(provenance.run_id)
    return Pruned(report.tables)


def _older(sink: Sink, before: date, void: Void) -> dict[str, Fingerprint]:
    """Void what is of earlier days; return the articles among it."""
    for table in _BY_DAY:
        days = {day for day in sink.dates(table) if day is not None and day < before}
        void[table] |= _keys(sink, table, days)
    days = {day for day in sink.dates("appearances") if day is not None and day < before}
    columns = (*STORED["appearances"].key, "last_seen_at")
    for row in sink.read("appearances", columns, days).to_pylist() if days else ():
        if row["last_seen_at"].date() < before:  # a feed still lists the others
            void["appearances"].add(row_key("appearances", row))
    days = {day for day in sink.dates("_fingerprints") if day is not None and day < before}
    return _by_id(Prints(sink, ()).of_days(days)) if days else {}


def _keys(sink: Sink, table: str, days: Collection[date | None]) -> set[tuple[Any, ...]]:
    if not days:
        return set()
    rows = sink.read(table, STORED[table].key, days).to_pylist()
    return {row_key(table, row) for row in rows}


def _take_down_page(sink: Sink, url: str, page_id: str, void: Void) -> None:
    """Void what names a page without being a version of it."""
    addresses = {url, canonicalise_url(url)}
    named = sink.read("articles", ("url", "canonical_url"), where={"page_id": {page_id}})
    for column in ("url", "canonical_url"):
        addresses.update(value for value in named[column].to_pylist() if value)
    seen = sink.read(
        "appearances", (*STORED["appearances"].key, "url"),
        where={"page_id": {page_id}, "url": addresses},
    )  # fmt: skip
    addresses.update(value for value in seen["url"].to_pylist() if value)
    void["appearances"] |= {row_key("appearances", row) for row in seen.to_pylist()}
    logs = (("dead_letters", ("url",)), ("fetch_log", ("url", "final_url")))
    for table, columns in logs:
        addresses |= _addresses(sink, table, columns, page_id)
    for table, columns in logs:
        found = sink.read(table, STORED[table].key, where=dict.fromkeys(columns, addresses))
        void[table] |= {row_key(table, row) for row in found.to_pylist()}


def _addresses(sink: Sink, table: str, columns: Sequence[str], page_id: str) -> set[str]:
    """The addresses in a table that lead to a page, however each is written."""
    data = sink.read(table, columns)
    written = {url for name in columns for url in pc.unique(data[name]).to_pylist() if url}
    return {url for url in written if content_id(canonicalise_url(url)) == page_id}


def _void_articles(
    sink: Sink, gone: Mapping[str, Fingerprint], void: Void, *, sightings: bool
) -> None:
    """Void the rows that hang on articles."""
    if not gone:
        return
    days = {day_of(each.event_time) for each in gone.values()}
    where = {"article_id": gone.keys()}
    for table in _OF_ARTICLES:
        found = sink.read(table, STORED[table].key, days, where).to_pylist()
        void[table] |= {row_key(table, row) for row in found}
    if sightings:
        found = sink.read("appearances", STORED["appearances"].key, where=where).to_pylist()
        void["appearances"] |= {row_key("appearances", row) for row in found}


def _new_heads(
    sink: Sink, gone: Mapping[str, Fingerprint], void: Void, provenance: Provenance
) -> list[Row]:
    """Assign the clusters of what is left of the components that lose an article."""
    if not gone:
        return []
    prints = Prints(sink, ())
    versions = _by_id(prints.of_pages({each.page_id for each in gone.values()}))
    component = Component(sink, prints, dict(gone) | versions)
    component.grow(())
    left = {key: each for key, each in component.known.items() if key not in gone}
    void["duplicates"] |= {key for key in component.pairs if not gone.keys().isdisjoint(key)}
    kept = [pair for key, pair in component.pairs.items() if key not in void["duplicates"]]
    made = relate(left, (), left, (), kept)
    return [
        cluster_row(cluster, provenance, event_time=left[each].event_time)
        for each, cluster in sorted(made.clusters.items())
    ]


def _new_first_reports(
    sink: Sink,
    gone: Mapping[str, Fingerprint],
    before: date | None,
    void: Void,
    provenance: Provenance,
) -> list[Row]:
    """Assign the incidents of what is left beside the events that go."""
    void[incidents.TABLE] = void["events"]
    near = {
        key: day_of(each.event_time)
        for key, each in gone.items()
        if before is None or each.event_time is None or _touches(each.event_time, before)
    }
    stored = incidents.stored_reports(sink, near, set(near.values()))
    return incidents.regroup(sink, provenance, dict.fromkeys(stored), stored).rows


def _touches(moment: datetime, before: date) -> bool:
    """Whether an article of a day that goes may tell of an incident that others tell later."""
    return moment >= datetime(before.year, before.month, before.day, tzinfo=UTC) - TELLING


def _by_id(prints: Iterable[Fingerprint]) -> dict[str, Fingerprint]:
    return {each.article_id: each for each in prints}


def _removed(kind: str, value: str, provenance: Provenance) -> Row:
    return {
        "kind": kind,
        "value": value,
        "removed_at": provenance.as_of,
        "run_id": provenance.run_id,
        "pipeline_version": provenance.pipeline_version,
    }


def is_known(sink: Sink, article_id: str) -> bool:
    """Tell whether an article is stored."""
    found = sink.read("_fingerprints", ("article_id",), where={"article_id": {article_id}})
    return bool(pc.any(pc.equal(found["article_id"], article_id)).as_py())
