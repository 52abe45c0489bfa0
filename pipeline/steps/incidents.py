"""Assign incidents anew where reports come, change or go, reading by day (decision 0055).

What a report changes lies after it, and what decides an incident before it; both are at most
``REACH`` links away. Stored reports are read for the days round those that are looked at, so a
tick costs what it brings and a backfill finds what lies beside it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice, product
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.sinks.base import Sink, StagedFile
from pipeline.sinks.inbox import INBOX
from pipeline.sinks.staged import stage_rows
from pipeline.steps.prints import Dates
from transforms.records import DEFAULT_CONFIDENCE, content_id
from transforms.rows.merge import fold_rows
from transforms.rows.rows import Provenance, Row, incident_row
from transforms.settle.incidents import REACH, ReportIndex
from transforms.settle.same_incident import (
    COLUMNS,
    DAY_GAP,
    PARTS,
    TELLING,
    Report,
    family_of,
    report_of,
)

TABLE: Final = "incidents"
_ROWS_AT_ONCE: Final = 256  # of what a commit brings
_DAYS_AT_ONCE: Final = 16  # partitions that are read in one go
_FOLDER: Final = "incidents"
_Cell = tuple[str, str, date]


@dataclass(slots=True)
class Regrouped:
    """What becomes of the table ``incidents``.

    Attributes:
        rows: those to write.
        void: keys of rows that no longer hold.
        dates: the partitions in which rows of these keys are stored.
    """

    rows: list[Row] = field(default_factory=list)
    void: list[tuple[str]] = field(default_factory=list)
    dates: Dates = field(default_factory=set)


def regroup(
    sink: Sink,
    provenance: Provenance,
    now: Mapping[str, Report | None],
    before: Mapping[str, Report],
) -> Regrouped:
    """Assign the incidents of reports that come, change or go, and of those that this changes.

    Args:
        sink: the output, as it is before the change.
        provenance: who writes the rows.
        now: by event id, every report that is brought; None for an event that tells of none, or
            is gone.
        before: those of them that are stored, as they are stored.

    Returns:
        The rows that follow, whatever the order in which reports came.
    """
    changed = {key for key, report in now.items() if report != before.get(key)}
    if not changed:
        return Regrouped()
    index = ReportIndex()
    stored = _Stored(sink, changed, index)
    if sink.dates("events"):  # a new output has nothing beside what is brought
        index.load = stored.load
    touched = {key: report for key in changed if (report := now[key]) is not None}
    for report in touched.values():
        index.add(report, brought=True)
    gone = [before[key] for key in changed if key in before]
    frontier = [*touched.values(), *gone]
    stored.prepare(frontier)
    for _ in range(REACH):
        later = {
            each.event_id: each for one in frontier for each in index.later(one, touched.keys())
        }
        frontier = list(later.values())
        touched |= later
    made = Regrouped()
    for report in sorted(touched.values(), key=lambda each: each.order):
        incident = index.incident(report)
        made.rows.append(incident_row(report.event_id, incident, provenance, day=report.stored))
    made.void = [(key,) for key in sorted(changed) if key in before and now[key] is None]
    made.dates = {each.stored for each in (*touched.values(), *gone)}
    return made


class _Stored:
    """The stored reports, read by day as they are needed; those that change are left out.

    Args:
        sink: the output.
        changed: event ids whose stored rows are passed over.
        index: where the reports are put.
    """

    def __init__(self, sink: Sink, changed: Collection[str], index: ReportIndex) -> None:
        self._sink = sink
        self._index = index
        self._known = set(changed)
        self._days = sink.dates("events")
        self._read: dict[date | None, set[date]] = defaultdict(set)
        self._batches: list[pa.RecordBatch] = []
        self._waiting: dict[_Cell, list[tuple[int, int]]] = defaultdict(list)
        self._put: set[str] = set()

    def prepare(self, reports: Iterable[Report]) -> None:
        """Read at once what looking round some reports will need.

        Args:
            reports: any.
        """
        if not self._days:
            return
        wanted: dict[date | None, set[date]] = defaultdict(set)
        dated = [each for each in reports if each.day is not None]
        for each in dated:
            self._want(wanted, each, each.told - TELLING, each.told + TELLING)
        self._fetch(wanted)
        self._take({cell for each in dated for cell in _cells_near(each)})

    def load(self, report: Report, first: datetime, last: datetime) -> None:
        """Put the stored reports into the index that may be linked with one.

        Args:
            report: the one.
            first: the earliest time they may have been told at.
            last: the latest.
        """
        if not self._days:
            return
        wanted: dict[date | None, set[date]] = defaultdict(set)
        self._want(wanted, report, first, last)
        self._fetch(wanted)
        self._take(_cells_near(report))

    def _want(
        self,
        wanted: dict[date | None, set[date]],
        report: Report,
        first: datetime,
        last: datetime,
    ) -> None:
        """Put down what has to be read: event days by partition."""
        days = _days_near(report)
        span = (last.date() - first.date()).days
        for day in (None, *(first.date() + timedelta(days=more) for more in range(span + 1))):
            if day in self._days and not self._read[day].issuperset(days):
                wanted[day] |= days

    def _fetch(self, wanted: Mapping[date | None, set[date]]) -> None:
        """Read partitions, some at a time."""
        ordered = iter(sorted(wanted, key=lambda day: day or date.min))
        while some := list(islice(ordered, _DAYS_AT_ONCE)):
            days = set().union(*(wanted[each] for each in some))
            data = self._sink.read("events", COLUMNS, some, {"event_date": days})
            for batch in data.filter(_may_tell(data)).to_batches():
                self._keep(batch)
            for each in some:
                self._read[each] |= days

    def _take(self, cells: Iterable[_Cell]) -> None:
        """Make reports of the rows that were read and may be linked with some."""
        rows: dict[int, set[int]] = defaultdict(set)
        for cell in cells:
            for batch, row in self._waiting.pop(cell, ()):
                rows[batch].add(row)
        for batch, some in rows.items():
            for each in self._batches[batch].take(pa.array(sorted(some))).to_pylist():
                found = report_of(each)
                if found is not None and found.event_id not in self._put:
                    self._put.add(found.event_id)
                    self._index.add(found)

    def _keep(self, batch: pa.RecordBatch) -> None:
        """Remember where the rows of a batch lie, by what may link them."""
        self._batches.append(batch)
        ids, types, days = (
            batch[name].to_pylist() for name in ("event_id", "event_type", "event_date")
        )
        for row, countries in enumerate(_countries(batch)):
            if ids[row] in self._known:
                continue
            self._known.add(ids[row])
            family = family_of(types[row])
            for country in countries or {""}:
                self._waiting[family, country, days[row]].append((len(self._batches) - 1, row))


def _days_near(report: Report) -> set[date]:
    """The days that reports linked with one may date it to."""
    if report.day is None:
        return set()
    return {report.day + timedelta(days=gap) for gap in range(-DAY_GAP, DAY_GAP + 1)}


def _cells_near(report: Report) -> set[_Cell]:
    """Where reports lie that may be linked with one."""
    near = product(report.countries, _days_near(report))
    return {(report.family, country, day) for country, day in near}


def _countries(batch: pa.RecordBatch) -> list[set[str]]:
    """The countries of each row's place and parties."""
    found: list[set[str]] = [
        {place["country"]} - {None} if place else set() for place in batch["place"].to_pylist()
    ]
    for name in ("actors", "recipients"):
        rows = pc.list_parent_indices(batch[name]).to_pylist()
        named = pc.struct_field(pc.list_flatten(batch[name]), "country").to_pylist()
        for row, country in zip(rows, named, strict=True):
            if country:
                found[row].add(country)
    return found


def stored_reports(sink: Sink, articles: Collection[str], dates: Dates) -> dict[str, Report]:
    """Read the reports of stored articles.

    Args:
        sink: the output.
        articles: their ids.
        dates: the partitions in which they lie.

    Returns:
        By event id.
    """
    if not articles:
        return {}
    rows = sink.read("events", COLUMNS, dates, {"article_id": articles}).to_pylist()
    return reports_of(rows)


def brought_reports(
    events: Callable[[Sequence[str] | None], Iterable[pa.Table]], before: Collection[str]
) -> dict[str, Report | None]:
    """Read what a commit brings.

    Args:
        events: returns its tables of ``events`` with the columns named (parts of nested ones by
            their path, or whole), all for None, each time it is called; some rows come twice.
        before: event ids of stored reports.

    Returns:
        By event id; None for a stored one that tells of no incident any more.
    """
    now: dict[str, Report | None] = {}
    unlike: set[str] = set()  # brought more than once, not alike
    ids = pa.chunked_array([data["event_id"] for data in events(("event_id",))], pa.string())
    repeated = _repeated(ids)
    for data in events(PARTS):
        found: dict[str, Report] = {}
        # Some rows at a time: what is made of many at once outlives their use, and costs
        # the garbage collector more than it does to read.
        for batch in data.filter(_may_tell(data)).to_batches(_ROWS_AT_ONCE):
            found |= reports_of(_rows_of(batch))
        again = pc.is_in(data["event_id"], value_set=repeated) if len(repeated) else None
        here = [] if again is None else data["event_id"].filter(again).to_pylist()
        unlike |= {key for key, count in Counter(here).items() if count > 1}
        unlike |= {key for key in here if key in now and now[key] != found.get(key)}
        now |= dict.fromkeys(here) | found
    if unlike:
        now |= _folded(events(None), unlike)
    stored = pa.array(before, pa.string())
    gone = stored.filter(pc.is_in(stored, value_set=ids.combine_chunks())).to_pylist()
    return dict.fromkeys(gone) | {key: each for key, each in now.items() if each is not None}


def _repeated(ids: pa.ChunkedArray) -> pa.Array:
    """Those that are there more than once."""
    if pc.count_distinct(ids).as_py() == len(ids):
        return pa.array([], pa.string())
    counts = ids.value_counts()
    return counts.field("values").filter(pc.greater(counts.field("counts"), 1))


def _rows_of(batch: pa.RecordBatch) -> Iterator[Row]:
    """The rows of a batch, read column by column: a third of what row by row costs."""
    columns = (column.to_pylist() for column in batch.columns)
    for values in zip(*columns, strict=True):
        yield dict(zip(batch.schema.names, values, strict=True))


def _folded(events: Iterable[pa.Table], keys: Collection[str]) -> dict[str, Report | None]:
    """What becomes of events that are brought several times: their rows are folded into one."""
    rows: dict[str, list[Row]] = defaultdict(list)
    wanted = pa.array(sorted(keys), pa.string())
    for data in events:
        for row in data.filter(pc.is_in(data["event_id"], value_set=wanted)).to_pylist():
            rows[row["event_id"]].append(row)
    return {key: report_of(fold_rows("events", each)) for key, each in rows.items()}


def _may_tell(data: pa.Table) -> pa.ChunkedArray:
    """Which rows of ``events`` take part in incidents (see ``report_of``)."""
    return pc.and_(
        pc.equal(data["status"], "asserted"),
        pc.greater_equal(data["confidence"], DEFAULT_CONFIDENCE),
    )


def reports_of(rows: Iterable[Row]) -> dict[str, Report]:
    """Read the reports among rows of ``events``, by event id."""
    found = (report_of(row) for row in rows)
    return {each.event_id: each for each in found if each is not None}


def complete(sink: Sink, provenance: Provenance) -> None:
    """Assign the incidents of an output that has none: it was written by an older version.

    Args:
        sink: the output, prepared.
        provenance: who writes the rows.
    """
    days = set() if sink.dates(TABLE) else sink.dates("events")
    ordered = iter(sorted(days, key=lambda day: day or date.min))
    staged: list[StagedFile] = []
    while some := list(islice(ordered, _DAYS_AT_ONCE)):
        reports = reports_of(sink.read("events", COLUMNS, some).to_pylist())
        rows = regroup(sink, provenance, reports, {}).rows
        mine = [row for row in rows if row["event_id"] in reports]
        if mine:
            staged.append(stage_rows(sink.inbox.files, f"{INBOX}/{_FOLDER}", TABLE, mine))
    if staged:
        sink.commit(content_id(_FOLDER, *(file.path for file in staged)), staged)
        sink.inbox.forget(_FOLDER)
