"""The plans of a commit: tables that many rows come to are merged beside one another.

Merging and encoding are most of what a large commit costs, and tables have nothing to do with each
other until the journal names their files. So each table is merged in a process of the pool that
also answers pages, which stands idle by then; a commit of few rows stays where it is (decision
0073).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.sinks.base import MANY_ROWS, SinkError, StagedFile
from pipeline.sinks.files import Files, open_files
from pipeline.sinks.parquet.parts import key_strings
from pipeline.sinks.parquet.upsert import TableMerge, TablePlan
from pipeline.workers.pool import UNLIMITED, Failure, KillablePool
from transforms.rows.schema import STORED


@dataclass(frozen=True, slots=True)
class TableWork:
    """What a commit asks of one table.

    Attributes:
        table: its name.
        staged: names of staged files.
        void: keys whose stored rows no longer hold, as ``key_strings`` gives them.
        dates: the partitions in which rows of these keys may be stored; None for any.
        rows: how many are staged.
    """

    table: str
    staged: tuple[str, ...]
    void: frozenset[str]
    dates: frozenset[date | None] | None
    rows: int

    def plan(self, files: Files, work: str) -> TablePlan:
        """Merge the table's rows into new files aside.

        Args:
            files: the output.
            work: the directory, in the staging area, for new files.

        Raises:
            SinkError: a file cannot be read or written.
        """
        return TableMerge(files, work, self.table).upsert(self.staged, self.void, self.dates)


@dataclass(frozen=True, slots=True)
class _Planner:
    """The work of the pool: one table's plan.

    Attributes:
        uri: the output, wherever a process stands.
        work: the directory for new files.
    """

    uri: str
    work: str

    def __call__(self, asked: TableWork) -> TablePlan | SinkError:
        """Make a plan, or say why there is none.

        A process that outlives a launcher that was killed must not write where the next one does,
        so each has a directory of its own.
        """
        try:
            return asked.plan(open_files(self.uri), f"{self.work}/{os.getpid()}")
        except SinkError as error:
            return error


def table_works(
    staged: Sequence[StagedFile],
    void: Mapping[str, Collection[tuple[object, ...]]],
    dates: Mapping[str, Collection[date | None]],
) -> list[TableWork]:
    """Part a commit by tables, in the order of the schema.

    Args:
        staged: files in the inbox; repeats do no harm.
        void: for each table the keys whose stored rows no longer hold.
        dates: for each table the partitions in which rows of these keys may be stored.
    """
    names: dict[str, list[str]] = {}
    rows: Counter[str] = Counter()
    for path, table, count in sorted({(file.path, file.table, file.count) for file in staged}):
        names.setdefault(table, []).append(path)
        rows[table] += count
    gone = {table: key_strings(table, keys) for table, keys in void.items() if keys}
    return [
        TableWork(
            table,
            tuple(names.get(table, ())),
            frozenset(gone.get(table, ())),
            frozenset(dates[table]) if table in dates else None,
            rows[table],
        )
        for table in STORED
        if table in names or table in gone
    ]


def make_plans(files: Files, work: str, works: Sequence[TableWork]) -> dict[str, TablePlan]:
    """Merge every table, those of a large commit in processes beside this one.

    Args:
        files: the output.
        work: the directory, in the staging area, for new files.
        works: what is asked of each table.

    Raises:
        SinkError: a file cannot be read or written, or a process has ended over it.
    """
    if sum(each.rows for each in works) < MANY_ROWS:
        return {each.table: each.plan(files, work) for each in works}
    ordered = sorted(works, key=lambda each: -each.rows)  # the longest first
    made: dict[str, TablePlan] = {}
    with KillablePool(_Planner(files.uri(""), work), UNLIMITED) as pool:
        for index, plan in pool.as_completed(ordered):
            table = ordered[index].table
            if isinstance(plan, Failure):
                raise SinkError(
                    f"merging the table {table} into {files.root} failed: {plan.detail}; the "
                    "output is as it was, run the same command again"
                )
            if isinstance(plan, SinkError):
                raise plan
            made[table] = plan
    return {each.table: made[each.table] for each in works}
