"""Which delivery of an article stands when it comes more than once, in one run or over several.

One delivery stands, whole: the one that ``delivery_order`` puts first, which does not depend on
the order in which they come. The store merges the article's own row by the same order; what was
derived from the others is settled here, before the commit. A later delivery changes nothing; an
earlier one takes the place of what is stored, with its events. Likewise a sighting leads to the
latest version of its page, whichever run brought either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from typing import Any, Final, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.sinks.base import Sink, StagedFile
from transforms.dedup import latest_versions
from transforms.dedup.clusters import Clusterable
from transforms.enrich import code_events
from transforms.records import Article, Fingerprint
from transforms.rows.merge import DELIVERY, delivery_order
from transforms.rows.rows import Provenance, Row, event_row, row_key
from transforms.rows.validate import check_row

Keys = list[tuple[Any, ...]]
Void = Mapping[str, Collection[tuple[Any, ...]]]

# What events take from an article beside its text, which is the same in all its deliveries.
_DATING: Final = ("published_at", "published_on", "event_time")
_TEXT: Final = ("article_id", "page_id", "title", "body", "content_hash", "norm_hash")


@dataclass(frozen=True, slots=True)
class _Stored:
    """What is stored of the delivery that has stood so far."""

    article_id: str
    page_id: str
    fetched_at: datetime | None
    published_at: datetime | None
    published_on: date | None
    modified_at: datetime | None
    event_time: datetime | None
    publisher: str | None
    agency: str | None


_COLUMNS: Final = tuple(field.name for field in fields(_Stored))


class _Dated(Protocol):
    @property
    def published_at(self) -> datetime | None: ...

    @property
    def published_on(self) -> date | None: ...

    @property
    def event_time(self) -> datetime | None: ...


class Deliveries:
    """The articles of a run, held against each other and against what is stored.

    Args:
        sink: knows what is stored.
        prints: a fingerprint for every document of the run.
        force: treat stored articles as new.

    Attributes:
        new: the fingerprint, by id, of every article that was not stored, or not like this.
        changed: which of them are stored otherwise.
    """

    def __init__(self, sink: Sink, prints: Iterable[Fingerprint], *, force: bool) -> None:
        """Find out which delivery stands."""
        self._sink = sink
        brought: dict[str, list[Fingerprint]] = defaultdict(list)
        for each in prints:
            brought[each.article_id].append(each)
        pages = {copies[0].page_id for copies in brought.values()}
        stored = _read_stored(sink, pages)
        self.new: dict[str, Fingerprint] = {}
        self.changed: set[str] = set()
        self._again: dict[str, _Stored] = {}  # stored before, and coded by this run
        self._overruled: set[str] = set()  # not all events that the run coded hold
        self._mixed: set[str] = set()  # they are to be coded again
        for article_id, copies in brought.items():
            first = min(copies, key=_order)
            before = stored.get(article_id)
            if before is None:
                self.new[article_id] = first
            elif _order(first) < _order(before):
                self.new[article_id] = first
                self.changed.add(article_id)
            elif force:
                known = {name: getattr(before, name) for name in _COLUMNS}
                self.new[article_id] = replace(first, **known)
            self._compare_dates(first, copies, before)
        versions: dict[str, Clusterable] = {**stored, **self.new}
        self._latest = latest_versions(versions.values())

    def _compare_dates(
        self, first: Fingerprint, copies: Sequence[Fingerprint], before: _Stored | None
    ) -> None:
        """Put down whose events no longer hold."""
        article_id = first.article_id
        stands = before is not None and article_id not in self.changed
        dates = {_dates(each) for each in copies}
        if len(dates) > 1 or (stands and before is not None and dates != {_dates(before)}):
            self._overruled.add(article_id)
            if stands:
                return
            self._mixed.add(article_id)
        if before is not None:
            self._again[article_id] = before

    def settle(
        self, staged: Sequence[StagedFile], provenance: Provenance
    ) -> tuple[list[StagedFile], Void]:
        """See that events and sightings are those of the deliveries and versions that stand.

        Args:
            staged: the files of the run.
            provenance: who writes rows.

        Returns:
            The files to commit, and the keys of stored rows that no longer hold.

        Raises:
            SinkError: a file cannot be read or written.
        """
        files, events = self._settle_events(staged, provenance)
        files, sightings = self._settle_sightings(files, provenance)
        void = {"events": events, "appearances": sightings}
        return files, {table: keys for table, keys in void.items() if keys}

    def _settle_events(
        self, staged: Sequence[StagedFile], provenance: Provenance
    ) -> tuple[list[StagedFile], Keys]:
        """See that the events of an article are those of the delivery that stands."""
        files = [file for file in staged if file.table != "events"]
        for file in staged:
            if file.table == "events":
                files += self._without_overruled(file, provenance)
        again = list(self._coded_again(staged, provenance))
        if again:
            files.append(self._sink.stage(provenance.run_id, "events", again))
        return files, self._void_events(files)

    def _without_overruled(self, file: StagedFile, provenance: Provenance) -> list[StagedFile]:
        """Take the events of deliveries that do not stand out of a file."""
        if not self._overruled:
            return [file]
        data = self._sink.read_staged(file)
        mask = pc.is_in(data["article_id"], value_set=pa.array(self._overruled, pa.string()))
        if not pc.any(mask).as_py():
            return [file]
        rows = data.filter(pc.invert(mask)).to_pylist()
        return [self._sink.stage(provenance.run_id, "events", rows)] if rows else []

    def _coded_again(self, staged: Iterable[StagedFile], provenance: Provenance) -> Iterator[Row]:
        """Code the articles that one run brought with several dates by those that stand."""
        wanted = set(self._mixed)
        for file in staged:
            if not wanted or file.table != "articles":
                continue
            data = self._sink.read_staged(file, _TEXT)
            mask = pc.is_in(data["article_id"], value_set=pa.array(wanted, pa.string()))
            for row in data.filter(mask).to_pylist():
                if row["article_id"] in wanted:
                    wanted.discard(row["article_id"])
                    stands = self.new[row["article_id"]]
                    dates = {name: getattr(stands, name) for name in _DATING}
                    coded = (
                        event_row(event, provenance)
                        for event in code_events(Article(**row, **dates))
                    )
                    yield from (each for each in coded if check_row("events", each) is None)

    def _void_events(self, files: Iterable[StagedFile]) -> Keys:
        """Keys of stored events that the run, coding the article again, did not find.

        They stem from a delivery that no longer stands, or from rules of another time.
        """
        if not self._again:
            return []
        times = [each.event_time for each in self._again.values()]
        days = {None if time is None else time.astimezone(UTC).date() for time in times}
        data = self._sink.read("events", columns=("event_id", "article_id"), dates=days)
        mask = pc.is_in(data["article_id"], value_set=pa.array(self._again, pa.string()))
        void = set(data.filter(mask)["event_id"].to_pylist())
        for file in files:
            if file.table == "events" and void:
                void.difference_update(
                    self._sink.read_staged(file, ("event_id",))["event_id"].to_pylist()
                )
        return [(key,) for key in sorted(void)]

    def _settle_sightings(
        self, staged: Sequence[StagedFile], provenance: Provenance
    ) -> tuple[list[StagedFile], Keys]:
        """Let a sighting of a page with several versions lead to the latest that is known."""
        files: list[StagedFile] = []
        right: list[Row] = []
        for file in staged:
            rows = self._sightings(file) if file.table == "appearances" and self._latest else []
            if not any(row["page_id"] in self._latest for row in rows):
                files.append(file)
                continue
            right += (self._with_latest(row) for row in rows)
        void: Keys = []
        for row in self._stored_sightings():
            if row != self._with_latest(row):
                void.append(row_key("appearances", row))
                right.append(self._with_latest(row))
        if right:
            files.append(self._sink.stage(provenance.run_id, "appearances", right))
        return files, void

    def _stored_sightings(self) -> list[Row]:
        """Read the sightings of pages with several versions, if any leads to an earlier one."""
        if not self._latest:
            return []
        pages = pa.array(self._latest, pa.string())
        ids = self._sink.read("appearances", columns=("page_id", "article_id"))
        ids = ids.filter(pc.is_in(ids["page_id"], value_set=pages))
        pairs = zip(ids["page_id"].to_pylist(), ids["article_id"].to_pylist(), strict=True)
        if all(self._latest[page] == article for page, article in pairs):
            return []
        data = self._sink.read("appearances")
        rows: list[Row] = data.filter(pc.is_in(data["page_id"], value_set=pages)).to_pylist()
        return rows

    def _sightings(self, file: StagedFile) -> list[Row]:
        rows: list[Row] = self._sink.read_staged(file).to_pylist()
        return rows

    def _with_latest(self, row: Row) -> Row:
        latest = self._latest.get(row["page_id"])
        return row if latest is None else row | {"article_id": latest}


def _read_stored(sink: Sink, pages: Iterable[str]) -> dict[str, _Stored]:
    """Read what is stored of these pages: every version."""
    data = sink.read("articles", columns=_COLUMNS)
    mask = pc.is_in(data["page_id"], value_set=pa.array(pages, pa.string()))
    return {row["article_id"]: _Stored(**row) for row in data.filter(mask).to_pylist()}


def _order(delivery: object) -> tuple[tuple[bool, Any], ...]:
    return delivery_order(getattr(delivery, name) for name in DELIVERY)


def _dates(delivery: _Dated) -> tuple[datetime | None, date | None, datetime | None]:
    return delivery.published_at, delivery.published_on, delivery.event_time
