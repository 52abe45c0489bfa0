"""Settle: fold the bundles of the inbox into the tables, in one commit (decision 0035).

Bundles come at least once and in any order; here exactly once is made, and nowhere else. What
stands is decided by ``transforms.settle``; this module reads by key and day what it needs to know
of the tables, and commits. A commit that dies changes nothing, or is finished by the next.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.sinks.base import Changes, OutputChanged, Sink, SinkError, StagedFile
from pipeline.sinks.inbox import INBOX, Broken, Bundle
from pipeline.sinks.staged import read_staged, stage_rows, stage_table
from pipeline.steps import incidents
from pipeline.steps.beside import Grouped, IncidentWork, PairWork, decide
from pipeline.steps.component import Component
from pipeline.steps.prints import TABLE, Dates, Prints, day_of, days_near, remade
from pipeline.steps.takedown import Takedowns, takedowns
from transforms.records import Duplicate, Fingerprint, content_id
from transforms.rows.rows import Provenance, Row, cluster_row, duplicate_row, row_key
from transforms.settle import (
    Precedence,
    code_again,
    lead_to_latest,
    relate,
    weigh_deliveries,
)
from transforms.settle.rows import TEXT

_PAIR: Final = (
    "article_a", "article_b", "kind", "jaccard", "containment", "day_gap", "same_publisher",
    "origin_agency",
)  # fmt: skip
_OF_ARTICLES: Final = ("articles", "events", "clusters", TABLE)
_TRIES: Final = 5  # settlements that another writer may outrun


@dataclass(slots=True)
class Pace:
    """How often a stream settles.

    Attributes:
        minutes: at most so often; 0 whenever it can, None never, since somebody else does.
    """

    minutes: float | None = 0.0
    _last: datetime | None = None

    def is_time(self, now: datetime) -> bool:
        """Tell whether to settle now; if so, it counts as done."""
        if self.minutes is None:
            return False
        if self._last is not None and now - self._last < timedelta(minutes=self.minutes):
            return False
        self._last = now
        return True


@dataclass(frozen=True, slots=True)
class Settled:
    """What settling did.

    Attributes:
        bundles: how many were taken in.
        changes: rows by table.
        broken: bundles that could not be taken in; they stay in the inbox.
    """

    bundles: int = 0
    changes: Mapping[str, Changes] = field(default_factory=dict)
    broken: tuple[Broken, ...] = ()

    @property
    def has_news(self) -> bool:
        """Whether an article, or a failure, is new or changed."""
        found = (self.changes.get(table, Changes()) for table in ("articles", "dead_letters"))
        return any(each.inserted + each.replaced + each.deleted for each in found)


def settle_inbox(sink: Sink, provenance: Provenance, *, force: bool = False) -> Settled:
    """Fold every bundle that counts into the tables.

    Args:
        sink: the output, prepared.
        provenance: who writes the rows that follow from others; bundles of this very run are
            new, whatever was settled before.
        force: treat stored articles as new.

    Raises:
        SinkError: a file cannot be read or written; the tables are as they were.
    """
    bundles, broken = sink.inbox.waiting()
    others = [bundle for bundle in bundles if bundle.provenance.run_id != provenance.run_id]
    again = _settled_before(sink, others)
    fresh = [bundle for bundle in bundles if bundle.bundle_id not in again]
    settled = Settled()
    if fresh:
        try:
            settled = _committed(sink, provenance, fresh, force=force)
        except SinkError:
            damaged = sink.inbox.damaged(fresh)
            if not damaged:
                raise
            broken += damaged.values()
            fresh = [bundle for bundle in fresh if bundle.bundle_id not in damaged]
            bundles = [bundle for bundle in bundles if bundle.bundle_id not in damaged]
            if fresh:
                settled = _committed(sink, provenance, fresh, force=force)
    sink.inbox.discard(bundles)
    return replace(settled, broken=tuple(broken))


def _committed(
    sink: Sink, provenance: Provenance, bundles: Sequence[Bundle], *, force: bool
) -> Settled:
    """Commit bundles; where another writer was faster, decide again on what stands then."""
    for _ in range(_TRIES - 1):
        with suppress(OutputChanged):
            return _Settlement(sink, provenance, bundles, force=force).commit()
    return _Settlement(sink, provenance, bundles, force=force).commit()


def _remake_fingerprints(sink: Sink, provenance: Provenance, near: Dates | None) -> None:
    """Make stored fingerprints anew that are missing, or of another version and needed now."""
    folder, files = f"{INBOX}/remade", sink.inbox.files
    rows = remade(sink, provenance, near)
    staged = [stage_rows(files, folder, TABLE, each) for each in rows]
    if staged:
        sink.commit(content_id("remade", *(file.path for file in staged)), staged)
        sink.inbox.forget("remade")


def _settled_before(sink: Sink, bundles: Sequence[Bundle]) -> set[str]:
    """The bundles that an earlier commit took in: they were delivered again."""
    if not bundles:
        return set()
    ids = [bundle.bundle_id for bundle in bundles]
    found = sink.read("_commits", ("bundle_id",), where={"bundle_id": ids})
    return set(found["bundle_id"].to_pylist())


class _Settlement:
    """One commit: what it takes in, what it has learned, what it adds.

    Args:
        sink: the output.
        provenance: who writes rows.
        bundles: what is taken in.
        force: treat stored articles as new.
    """

    def __init__(
        self, sink: Sink, provenance: Provenance, bundles: Sequence[Bundle], *, force: bool
    ) -> None:
        self._sink = sink
        self._provenance = provenance
        self._bundles = bundles
        self._force = force
        self._id = content_id(*sorted(bundle.bundle_id for bundle in bundles))
        self._files = [file for bundle in bundles for file in bundle.files]
        self._rows: dict[str, list[Row]] = defaultdict(list)
        self._void: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        self._dates: dict[str, Dates] = {table: set() for table in _OF_ARTICLES}

    def commit(self) -> Settled:
        """Decide what stands and commit it.

        Raises:
            SinkError: a file cannot be read or written.
        """
        self._leave_out(takedowns(self._sink))
        prints = Prints(self._sink, self._files)
        brought = prints.brought()
        _remake_fingerprints(self._sink, self._provenance, days_near(brought))
        incidents.complete(self._sink, self._provenance)
        stored = {each.article_id: each for each in prints.of_pages({e.page_id for e in brought})}
        verdict = weigh_deliveries(brought, stored, force=self._force)
        self._locate({each.article_id for each in brought}, stored)
        self._settle_events(verdict)
        again = {each.article_id for each in brought} & stored.keys()
        grouped, pairs = decide(
            self._sink,
            sum(file.count for file in self._files),
            self._incident_work(again, stored),
            PairWork(self._sink, self._staged(TABLE), verdict.new),
        )
        self._take_in(grouped)
        self._settle_sightings(verdict.latest)
        if verdict.new:
            self._settle_relations(prints, verdict, stored, pairs)
        for bundle in self._bundles:
            self._rows["_commits"].append(_commit_row(bundle, self._id, self._provenance))
        self._dates["_commits"] = set()
        inbox = self._sink.inbox
        files, folder = inbox.files, inbox.aside(self._id)
        added = [stage_rows(files, folder, table, rows) for table, rows in self._rows.items()]
        report = self._sink.commit(self._id, [*self._files, *added], self._void, self._dates)
        inbox.forget_asides()
        return Settled(len(self._bundles), report.tables)

    def _leave_out(self, taken: Takedowns) -> None:
        """Take rows of what was taken down out of what was brought."""
        if not taken:
            return
        gone: set[str] = set()
        for file in sorted(self._files, key=lambda each: each.table != "articles"):
            if file.table not in ("articles", "_fingerprints", "events", "appearances"):
                continue
            data = self._read(file)
            left = taken.left_of(file.table, data, gone)
            if left.num_rows == data.num_rows:
                continue
            if file.table == "articles":
                gone |= set(data["article_id"].to_pylist()) - set(left["article_id"].to_pylist())
            self._files = [each for each in self._files if each is not file]
            if left.num_rows:
                self._files.append(self._restage(file.table, left))

    def _restage(self, table: str, data: pa.Table) -> StagedFile:
        inbox = self._sink.inbox
        return stage_table(inbox.files, inbox.aside(self._id), table, data)

    def _locate(self, ids: Collection[str], stored: Mapping[str, Fingerprint]) -> None:
        """Put down in which partitions rows of these articles are stored."""
        days = {day_of(each.event_time) for each in stored.values() if each.article_id in ids}
        for table in _OF_ARTICLES:
            self._dates[table] |= days

    def _staged(self, table: str) -> list[StagedFile]:
        return [file for file in self._files if file.table == table]

    def _read(self, file: StagedFile, columns: Sequence[str] | None = None) -> pa.Table:
        return read_staged(self._sink.inbox.files, file, columns)

    def _replace(self, file: StagedFile, data: pa.Table) -> None:
        """Take rows of a file in the place of the file."""
        self._files = [each for each in self._files if each is not file]
        self._rows[file.table] += data.to_pylist()

    def _settle_events(self, verdict: Precedence) -> None:
        """See that the events of an article are those of the delivery that stands."""
        for file in self._staged("events") if verdict.overruled else ():
            data = self._read(file)
            mask = _in(data["article_id"], verdict.overruled)
            if pc.any(mask).as_py():
                self._replace(file, data.filter(pc.invert(mask)))
        wanted = set(verdict.recoded)
        for file in self._staged("articles") if wanted else ():
            data = self._read(file, TEXT)
            for row in data.filter(_in(data["article_id"], wanted)).to_pylist():
                if row["article_id"] in wanted:
                    wanted.discard(row["article_id"])
                    stands = verdict.new[row["article_id"]]
                    events, letters = code_again(row, stands, self._provenance)
                    self._rows["events"] += events
                    self._rows["dead_letters"] += letters
        if verdict.again:
            self._void_events(verdict.again)

    def _void_events(self, again: Mapping[str, Fingerprint]) -> None:
        """Take out stored events that coding the article again did not find.

        They stem from a delivery that no longer stands, or from rules of another time.
        """
        days = {day_of(each.event_time) for each in again.values()}
        where = {"article_id": again}
        void = set(self._sink.read("events", ("event_id",), days, where)["event_id"].to_pylist())
        for file in self._staged("events") if void else ():
            void.difference_update(self._read(file, ("event_id",))["event_id"].to_pylist())
        void.difference_update(row["event_id"] for row in self._rows["events"])
        self._void["events"] += [(key,) for key in sorted(void)]

    def _incident_work(
        self, again: Collection[str], stored: Mapping[str, Fingerprint]
    ) -> IncidentWork:
        """What is asked of the incidents of events that come, change or go."""
        return IncidentWork(
            self._sink,
            self._provenance,
            self._id,
            self._staged("events"),
            self._rows["events"],
            self._void["events"],
            again,
            {day_of(stored[each].event_time) for each in again},
        )

    def _take_in(self, grouped: Grouped) -> None:
        """Take in what becomes of incidents."""
        self._files.append(grouped.staged)
        self._void[incidents.TABLE] += grouped.void
        self._dates[incidents.TABLE] = grouped.dates

    def _settle_sightings(self, latest: Mapping[str, str]) -> None:
        """Let a sighting of a page with several versions lead to the latest that is known."""
        if not latest:
            return
        for file in self._staged("appearances"):
            data = self._read(file)
            if pc.any(_in(data["page_id"], latest)).as_py():
                self._files = [each for each in self._files if each is not file]
                moved = lead_to_latest(data.to_pylist(), latest)
                self._rows["appearances"] += (row for _, row in moved)
        stored = self._sink.read("appearances", where={"page_id": latest}).to_pylist()
        for before, row in lead_to_latest(stored, latest):
            if before is not row:
                self._void["appearances"].append(row_key("appearances", before))
                self._rows["appearances"].append(row)

    def _settle_relations(
        self,
        prints: Prints,
        verdict: Precedence,
        stored: Mapping[str, Fingerprint],
        found: Sequence[Duplicate],
    ) -> None:
        """Assign every cluster that the pairs of new articles touch."""
        before = {each: stored[each] for each in verdict.changed}
        pages = {each.page_id for each in verdict.new.values()}
        versions = {key: each for key, each in stored.items() if each.page_id in pages}
        component = Component(self._sink, prints, versions | verdict.new)
        component.grow(found, before.values())
        known, pairs = component.known, component.pairs
        made = relate(verdict.new, verdict.changed, known, found, pairs.values())
        self._void["duplicates"] += made.void
        days = {day_of(known[pair.article_a].event_time) for pair in found}
        days |= {day_of(each.event_time) for each in before.values()}
        self._dates["duplicates"] = days | component.days_of(made.void)
        self._dates["clusters"] |= {day_of(known[each].event_time) for each in made.clusters}
        self._rows["duplicates"] += [
            duplicate_row(pair, self._provenance, event_time=known[pair.article_a].event_time)
            for pair in found
        ]
        self._rows["clusters"] += [
            cluster_row(cluster, self._provenance, event_time=known[each].event_time)
            for each, cluster in sorted(made.clusters.items())
        ]


def _in(column: pa.ChunkedArray, values: Iterable[str]) -> Any:
    return pc.is_in(column, value_set=pa.array(values, pa.string()))


def _commit_row(bundle: Bundle, commit_id: str, provenance: Provenance) -> Row:
    return {
        "bundle_id": bundle.bundle_id,
        "commit_id": commit_id,
        "settled_at": provenance.as_of,
        "run_id": bundle.provenance.run_id,
        "pipeline_version": provenance.pipeline_version,
    }
