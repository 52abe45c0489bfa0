"""Documents and rejections -> rows of their tables, each held against the schema."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import apache_beam as beam

from pipeline.steps.deliver import TableRow
from pipeline.steps.process import Outcome
from pipeline.steps.redact import redact_rejection
from transforms.dedup.fingerprint import VERSION
from transforms.metrics import count
from transforms.records import Document, FetchLog
from transforms.rows.rows import (
    Provenance,
    appearance_row,
    article_row,
    dead_letter_row,
    event_row,
    fetch_log_row,
    fingerprint_row,
)
from transforms.rows.validate import check_row


@dataclass
class KeepStorable(beam.PTransform):
    """Documents that no table may hold leave nothing: no events, no fingerprint, no cluster.

    One outside the dates asked for is dropped; one whose article the schema refuses becomes a
    rejection. Everything else passes.
    """

    provenance: Provenance
    from_date: date | None = None
    to_date: date | None = None

    def expand(self, outcomes: Any) -> Any:
        """Pass on what can be stored."""
        return outcomes | "StorableOf" >> beam.FlatMap(self.storable_of)

    def storable_of(self, outcome: Outcome) -> Iterator[Outcome]:
        """The outcome, its rejection, or nothing."""
        if not isinstance(outcome, Document):
            yield outcome
            return
        article = outcome.article
        if not self._wanted(article.event_time):
            count("rows", "outside_dates")
            if article.published_on is not None and self._within(article.published_on):
                count("rows", "outside_dates_in_utc_only")
            return
        if article.event_time is None and (self.from_date or self.to_date):
            count("rows", "undated_kept")
        refused = check_row("articles", article_row(outcome.article, self.provenance))
        if refused is None:
            yield outcome
            return
        count("rows", f"rejected.{refused.reason}")
        yield replace(refused, sightings=outcome.sightings)

    def _wanted(self, moment: datetime | None) -> bool:
        if moment is None or (self.from_date is None and self.to_date is None):
            return True
        return self._within(moment.astimezone(UTC).date())

    def _within(self, day: date) -> bool:
        return (self.from_date or day) <= day <= (self.to_date or day)


@dataclass
class MakeRows(beam.PTransform):
    """Storable documents and rejections -> rows of their tables, each held against the schema."""

    provenance: Provenance

    def expand(self, outcomes: Any) -> Any:
        """Make the rows of each outcome."""
        return outcomes | "RowsOf" >> beam.FlatMap(self.rows_of)

    def rows_of(self, outcome: Outcome) -> Iterator[TableRow]:
        """The rows that one outcome gives; a row the schema refuses becomes a dead letter."""
        for table, row in self._all_rows(outcome):
            count("rows", "in")
            # An article was held against its table already (``KeepStorable``).
            refused = None if table == "articles" else check_row(table, row)
            if refused is not None:
                count("rows", f"rejected.{refused.reason}")
                yield "dead_letters", dead_letter_row(refused, self.provenance)
                continue
            count("rows", "out")
            yield table, row

    def _all_rows(self, outcome: Outcome) -> Iterator[TableRow]:
        if isinstance(outcome, FetchLog):
            yield "fetch_log", fetch_log_row(asdict(outcome), self.provenance)
            return
        article = outcome.article if isinstance(outcome, Document) else None
        if isinstance(outcome, Document):
            yield "articles", article_row(outcome.article, self.provenance)
            for event in outcome.events:
                yield "events", event_row(event, self.provenance)
            if outcome.fingerprint is not None:
                marks = fingerprint_row(outcome.fingerprint, self.provenance, version=VERSION)
                yield "_fingerprints", marks
        else:
            yield "dead_letters", dead_letter_row(redact_rejection(outcome), self.provenance)
        for seen in outcome.sightings:
            yield (
                "appearances",
                appearance_row(
                    seen,
                    self.provenance,
                    article_id=article.article_id if article else None,
                    page_id=article.page_id if article else None,
                ),
            )
