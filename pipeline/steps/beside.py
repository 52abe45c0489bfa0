"""What a large commit decides in processes beside the launcher: incidents and pairs.

Both are most of what settling costs, know nothing of each other and need only names of files and
light fingerprints; so each is decided in a process of the kind that answers pages, which stands
idle by then. A commit of few rows stays where it is, and so does one to a sink whose copy in
another process would not read the same (decision 0078).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from pipeline.sinks.base import MANY_ROWS, Sink, SinkError, StagedFile
from pipeline.sinks.staged import read_staged, stage_rows
from pipeline.steps import incidents
from pipeline.steps.prints import Dates, Prints, days_near
from pipeline.workers.pool import UNLIMITED, KillablePool
from transforms.dedup import find_pairs
from transforms.records import Duplicate, Fingerprint
from transforms.rows.arrow import to_arrow
from transforms.rows.rows import Provenance, Row
from transforms.settle import Report


@dataclass(frozen=True, slots=True)
class Grouped:
    """What becomes of the table ``incidents``.

    Attributes:
        staged: the rows to write.
        void: keys of rows that no longer hold.
        dates: the partitions in which rows of these keys are stored.
    """

    staged: StagedFile
    void: Sequence[tuple[str]]
    dates: Dates


@dataclass(frozen=True, slots=True)
class IncidentWork:
    """Assign anew the incidents of events that come, change or go.

    Attributes:
        sink: the output, as it is before the commit.
        provenance: who writes the rows.
        commit_id: names the directory of rows that follow.
        files: the events that are brought.
        rows: those that were coded again here.
        void: keys of stored events that no longer hold.
        again: stored articles that are brought again.
        days: the partitions in which they lie.
    """

    sink: Sink
    provenance: Provenance
    commit_id: str
    files: Sequence[StagedFile]
    rows: Sequence[Row]
    void: Sequence[tuple[str]]
    again: Collection[str]
    days: Dates

    def __call__(self) -> Grouped:
        """Look at what is brought and round it.

        Raises:
            SinkError: a file cannot be read or written.
        """
        before = incidents.stored_reports(self.sink, self.again, self.days)
        now: dict[str, Report | None] = {key: None for (key,) in self.void}
        now |= incidents.brought_reports(self._events, before)
        made = incidents.regroup(self.sink, self.provenance, now, before)
        files, folder = self.sink.inbox.files, self.sink.inbox.aside(self.commit_id)
        staged = stage_rows(files, folder, incidents.TABLE, made.rows)
        return Grouped(staged, made.void, made.dates)

    def _events(self, columns: Sequence[str] | None) -> Iterator[pa.Table]:
        """The events that are brought and hold, of files only the columns named."""
        for file in self.files:
            yield read_staged(self.sink.inbox.files, file, columns)
        if self.rows:
            yield to_arrow("events", self.rows, with_date=True)


@dataclass(frozen=True, slots=True)
class PairWork:
    """Find the pairs of new articles, among themselves and with stored ones.

    Attributes:
        sink: the output, as it is before the commit.
        files: the fingerprints that are brought.
        new: the articles that are new or changed, by id, without hashes.
    """

    sink: Sink
    files: Sequence[StagedFile]
    new: Mapping[str, Fingerprint]

    def __call__(self) -> list[Duplicate]:
        """Compare what shares a key.

        Raises:
            SinkError: a file cannot be read.
        """
        if not self.new:
            return []
        prints = Prints(self.sink, self.files)
        load = prints.loader(days_near(self.new.values()))
        return find_pairs(prints.nearby(self.new), touched=self.new, load=load)


def decide(
    sink: Sink, rows: int, grouping: IncidentWork, pairing: PairWork
) -> tuple[Grouped, list[Duplicate]]:
    """Decide incidents and pairs of a commit: of a large one beside one another.

    Args:
        sink: the output.
        rows: how many the commit takes in.
        grouping: what is asked of incidents.
        pairing: what is asked of pairs.

    Raises:
        SinkError: a file cannot be read or written.
    """
    if rows < MANY_ROWS or not sink.reads_beside:
        return grouping(), pairing()
    works: list[Callable[[], Any]] = [grouping, pairing]
    with KillablePool(_decided, UNLIMITED) as pool:
        answers = list(pool.map(works))
    grouped, pairs = answers
    for each in answers:
        if isinstance(each, SinkError):
            raise each
    # A process that has ended over it says little: here its cause is told, or it is done.
    return (
        grouped if isinstance(grouped, Grouped) else grouping(),
        pairs if isinstance(pairs, list) else pairing(),
    )


def _decided(work: Callable[[], Any]) -> Any:
    """The work of the pool; a sink that fails is an answer, too."""
    try:
        return work()
    except SinkError as error:
        return error
