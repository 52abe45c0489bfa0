"""Records become rows: flat dictionaries with exactly the columns of their table.

A row is the record plus who made it. Text is cleaned in one place only, here, and without moving
an offset: a lone surrogate, which no UTF-8 store can hold, becomes one U+FFFD. Everything else,
NUL and bidi marks included, is legal in all stores and stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from functools import cache
from operator import attrgetter
from typing import Any, Final

from transforms.records import (
    Article,
    Cluster,
    Duplicate,
    Entry,
    Event,
    Feed,
    Fingerprint,
    Rejected,
    Sighting,
    content_id,
)
from transforms.rejects import RETRIABLE
from transforms.rows.columns import PARTITION_COLUMN
from transforms.rows.schema import STORED

Row = dict[str, Any]

_SURROGATES: Final = re.compile("[\ud800-\udfff]")
_MAX_DETAIL: Final = 2_000  # code points: one case in words, not a dump
_MAX_PAYLOAD: Final = 1_000_000  # code points: well under the row limit in any script


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who wrote a row, and when.

    Attributes:
        run_id: the run's id.
        pipeline_version: the version of rasd.
        as_of: the run's only clock reading.
    """

    run_id: str
    pipeline_version: str
    as_of: datetime

    def at(self, beat: datetime | None) -> Provenance:
        """Who writes what a beat of a stream has set off; without a beat it is this one."""
        if beat is None:
            return self
        run_id = content_id(self.run_id, beat.isoformat())
        return Provenance(run_id, self.pipeline_version, beat)


def clean_text(text: str) -> str:
    """Replace lone surrogates by U+FFFD, one for one; return the same object when there are none.

    Trying to encode is many times faster than searching, and nearly every text is clean.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return _SURROGATES.sub("\ufffd", text)
    return text


@cache
def _getter(record: type) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    """Return a record type's field names and a function that reads them all at once."""
    names = tuple(field.name for field in fields(record))
    return names, attrgetter(*names)


def _plain(value: Any) -> Any:
    """Turn a record's value into plain row values: dicts, lists, cleaned text, scalars."""
    if value is None or isinstance(value, (bool, int, float, datetime, date)):
        return value
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, (tuple, list)):
        return [_plain(element) for element in value]
    if is_dataclass(value):
        names, read = _getter(value.__class__)
        return {name: _plain(part) for name, part in zip(names, read(value), strict=True)}
    return value  # validate_row says what is wrong with it


def _stamp(row: Row, provenance: Provenance) -> Row:
    """Add the provenance columns to a row, in place, and return it."""
    row["run_id"] = provenance.run_id
    row["pipeline_version"] = provenance.pipeline_version
    return row


def article_row(article: Article, provenance: Provenance) -> Row:
    """Make the row of ``articles``."""
    return _stamp(_plain(article), provenance)


def event_row(event: Event, provenance: Provenance) -> Row:
    """Make the row of ``events``."""
    return _stamp(_plain(event), provenance)


def duplicate_row(
    duplicate: Duplicate, provenance: Provenance, *, event_time: datetime | None
) -> Row:
    """Make the row of ``duplicates``.

    Args:
        duplicate: the verified pair.
        provenance: who writes it.
        event_time: that of ``article_a``; its UTC date is the row's partition.
    """
    row = _stamp(_plain(duplicate), provenance)
    row[PARTITION_COLUMN] = _utc_date(event_time)
    return row


def cluster_row(cluster: Cluster, provenance: Provenance, *, event_time: datetime | None) -> Row:
    """Make the row of ``clusters``.

    Args:
        cluster: where the article stands.
        provenance: who writes it.
        event_time: the article's; its UTC date is the row's partition.
    """
    row = _stamp(_plain(cluster), provenance)
    row[PARTITION_COLUMN] = _utc_date(event_time)
    return row


def incident_row(
    event_id: str, incident_id: str, provenance: Provenance, *, day: date | None
) -> Row:
    """Make the row of ``incidents``.

    Args:
        event_id: the event.
        incident_id: that of the first report of its incident.
        provenance: who writes it.
        day: the row's partition, that of the event.
    """
    row: Row = {"event_id": event_id, "incident_id": incident_id}
    return _stamp(row, provenance) | {PARTITION_COLUMN: day}


def fingerprint_row(fingerprint: Fingerprint, provenance: Provenance, *, version: int) -> Row:
    """Make the row of the hidden table ``_fingerprints``.

    Args:
        fingerprint: of a stored article.
        provenance: who writes it.
        version: how its hashes were made.
    """
    names, read = _getter(Fingerprint)
    row: Row = dict(zip(names, read(fingerprint), strict=True))
    for name in ("publisher", "agency"):
        row[name] = _plain(row[name])
    row["version"] = version
    return _stamp(row, provenance)


def dead_letter_row(rejected: Rejected, provenance: Provenance) -> Row:
    """Make the row of ``dead_letters``: first try, failed at the run's ``as_of``.

    The id is a hash of the stage, the reason and the URL, else of what identifies the content.
    Detail and payload are cut so that a dead letter can itself always be written.
    """
    subject = (
        rejected.url
        or rejected.content_id
        or rejected.source_id
        or rejected.payload
        or rejected.detail
    )
    payload, detail = rejected.payload, rejected.detail
    if payload is not None and len(payload) > _MAX_PAYLOAD:
        detail = f"{detail} (payload of {len(payload)} characters not kept)".lstrip()
        payload = None
    row = {
        "dead_letter_id": content_id(rejected.stage, rejected.reason, subject),
        "stage": rejected.stage,
        "reason": rejected.reason,
        "detail": detail[:_MAX_DETAIL] or None,
        "retriable": rejected.reason in RETRIABLE,
        "attempts": 1,
        "url": rejected.url,
        "feed_url": rejected.feed_url,
        "source_id": rejected.source_id,
        "payload": payload,
        "raw_ref": rejected.raw_ref,
        "failed_at": provenance.as_of,
        "resolved_at": None,
        "resolved_run_id": None,
    }
    return _stamp({name: _plain(value) for name, value in row.items()}, provenance)


def resolved_row(stored: Mapping[str, Any], provenance: Provenance) -> Row:
    """Mark a stored dead letter as mended by this run; merged, it adds no attempt."""
    row = {name: stored.get(name) for name in STORED["dead_letters"].names}
    row |= {
        "attempts": 0,
        "resolved_at": provenance.as_of,
        "resolved_run_id": provenance.run_id,
    }
    return _stamp(row, provenance)


def appearance_row(
    entry: Entry | Sighting,
    provenance: Provenance,
    *,
    article_id: str | None = None,
    page_id: str | None = None,
    seen_at: datetime | None = None,
) -> Row:
    """Make the row of ``appearances`` for one sighting.

    Args:
        entry: the entry as the feed listed it; its GUID, else its URL, is the key.
        provenance: who writes it.
        article_id: the article it became, when it is known.
        page_id: the page it links to, when it is known.
        seen_at: when the feed was read; when left out, as the sighting says, else the run's
            ``as_of``.
    """
    remembered = entry.seen_at if isinstance(entry, Sighting) else None
    seen = seen_at or remembered or provenance.as_of
    row = {
        "feed_url": entry.feed_url,
        "guid": entry.guid or entry.url,
        "article_id": article_id,
        "page_id": page_id,
        "url": entry.url or None,
        "position": entry.position,
        "text_id": (entry.text_id or None) if isinstance(entry, Sighting) else None,
        "first_seen_at": seen,
        "last_seen_at": seen,
    }
    return _stamp({name: _plain(value) for name, value in row.items()}, provenance)


def feed_row(
    feed: Feed,
    provenance: Provenance,
    *,
    health: str | None = None,
    due_at: datetime | None = None,
    state: str | None = None,
) -> Row:
    """Make the row of ``feeds``.

    Args:
        feed: the feed as the registry knows it, its poll interval brought up to date.
        provenance: who writes it.
        health: the outcome of the latest poll; None when it was not polled.
        due_at: when to ask it again.
        state: JSON text that the next poll goes on from.
    """
    row = {
        "feed_url": feed.url,
        "publisher": feed.publisher,
        "country": feed.country,
        "language": feed.language,
        "category": feed.category,
        "tz": feed.tz,
        "poll_seconds": feed.poll_seconds,
        "health": health,
        "due_at": due_at,
        "state": state,
    }
    return _stamp({name: _plain(value) for name, value in row.items()}, provenance)


def fetch_log_row(values: Mapping[str, Any], provenance: Provenance) -> Row:
    """Make the row of ``fetch_log`` from its columns; those left out are NULL."""
    row = {name: _plain(values.get(name)) for name in STORED["fetch_log"].names}
    return _stamp(row, provenance)


def _utc_date(moment: datetime | None) -> date | None:
    """Return the UTC date of an aware moment."""
    return None if moment is None else moment.astimezone(UTC).date()


def partition_date(table: str, row: Mapping[str, Any]) -> date | None:
    """Return the hidden column ``date`` of a row.

    Args:
        table: the table's name.
        row: one of its rows, valid.

    Returns:
        The UTC date of the table's partition column; what the row carries as ``date`` where that
        is the date of its article; None for a row without a time and an unpartitioned table.
    """
    source = STORED[table].partition
    if source is None:
        return None
    value: Any = row.get(source)
    return value if source == PARTITION_COLUMN else _utc_date(value)


def row_key(table: str, row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return a row's primary key."""
    return tuple(row[name] for name in STORED[table].key)
