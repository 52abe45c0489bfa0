"""The rows that settling changes: events of the delivery that stands, sightings of the latest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from transforms.enrich import code_events
from transforms.records import Article, Event, Fingerprint
from transforms.rows.rows import Provenance, Row, dead_letter_row, event_row
from transforms.rows.validate import check_row

# What coding needs of an article beside its dates: the same in all its deliveries.
TEXT = ("article_id", "page_id", "title", "body", "content_hash", "norm_hash")
_DATES = ("published_at", "published_on", "event_time")


def event_rows(events: Iterable[Event], provenance: Provenance) -> tuple[list[Row], list[Row]]:
    """Make the rows of events, each held against the schema.

    Args:
        events: of an article.
        provenance: who writes the rows.

    Returns:
        Rows of ``events``; and rows of ``dead_letters`` for those that the schema refuses.
    """
    rows: list[Row] = []
    letters: list[Row] = []
    for event in events:
        row = event_row(event, provenance)
        refused = check_row("events", row)
        if refused is None:
            rows.append(row)
        else:
            letters.append(dead_letter_row(refused, provenance))
    return rows, letters


def code_again(
    row: Mapping[str, object], stands: Fingerprint, provenance: Provenance
) -> tuple[list[Row], list[Row]]:
    """Code an article by the dates of the delivery that stands.

    Args:
        row: the columns ``TEXT`` of any delivery of it.
        stands: the delivery whose dates count.
        provenance: who writes the rows.

    Returns:
        The rows of its events; and dead letters for those that the schema refuses.
    """
    text = {name: row[name] for name in TEXT}
    dates = {name: getattr(stands, name) for name in _DATES}
    article = Article(**text, **dates)  # type: ignore[arg-type]
    return event_rows(code_events(article), provenance)


def lead_to_latest(sightings: list[Row], latest: Mapping[str, str]) -> Iterator[tuple[Row, Row]]:
    """Let sightings of a page with several versions lead to its latest.

    Args:
        sightings: rows of ``appearances``.
        latest: page id -> article id, of pages with several versions.

    Yields:
        Each row as it was and as it has to be; the same object twice when nothing changes.

    >>> row = {"page_id": "p", "article_id": "first"}
    >>> [(before, after)] = lead_to_latest([row], {"p": "second"})
    >>> before["article_id"], after["article_id"]
    ('first', 'second')
    """
    for row in sightings:
        wanted = latest.get(row["page_id"], row["article_id"])
        yield row, row if wanted == row["article_id"] else row | {"article_id": wanted}
