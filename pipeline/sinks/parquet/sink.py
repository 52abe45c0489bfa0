"""The Parquet sink: Hive-partitioned tables on a disk or in a bucket.

A run writes in three steps. Workers stage rows in files of their own. One commit merges them by
key into new files aside. Then the journal ``_commit.json`` is the point of no return: before it
the output is as it was, after it whoever comes next finishes the renames and deletes it names.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds

from pipeline.sinks.base import CommitReport, OutputRefused, SinkError, StagedFile
from pipeline.sinks.files import Files, explained, lasting_uri, open_files
from pipeline.sinks.inbox import INBOX, Inbox
from pipeline.sinks.lock import Lock
from pipeline.sinks.parquet.layout import (
    JOURNAL_NAME,
    RUNS,
    SCHEMA_NAME,
    STAGING,
    check_schema,
    partition_day,
    read_journal,
    table_parts,
)
from pipeline.sinks.parquet.parts import dataset, holding, narrowed
from pipeline.sinks.parquet.plans import make_plans, table_works
from pipeline.sinks.parquet.upsert import TablePlan
from transforms.rows.schema import STORED, schema_document


class ParquetSink:
    """Tables as ``TABLE/date=YYYY-MM-DD/*.parquet`` below one directory.

    Args:
        uri: a path, ``parquet://DIR``, ``file://DIR`` or ``gs://BUCKET/DIR``.
    """

    reads_beside = True

    def __init__(self, uri: str) -> None:
        """Remember the URI; nothing is read or written yet."""
        self.uri = uri
        self._opened: Files | None = None
        self._lock: Lock | None = None

    def __reduce__(self) -> tuple[type[ParquetSink], tuple[str]]:
        """Travel to a worker as the URI alone: the right to write stays where it was given."""
        return (type(self), (lasting_uri(self.uri, self.files),))

    @property
    def files(self) -> Files:
        """The files of the output."""
        if self._opened is None:
            self._opened = open_files(self.uri)
        return self._opened

    def exists(self) -> bool:
        """Tell whether the directory holds tables, or bundles for them."""
        return self.files.kind(SCHEMA_NAME) == "file" or self.files.kind(INBOX) == "directory"

    def prepare(self) -> None:
        """Check the output, become its one writer, and mend what a dead run left.

        A missing directory is made here: the lock is the first thing written to it.

        Raises:
            OutputRefused: it is a file, or holds another schema.
            SinkError: it cannot be written, or another run is writing to it.
        """
        kind = self.files.kind()
        if kind == "file":
            raise OutputRefused(f"{self.files.root} is a file: name a directory for the output")
        if kind == "directory":
            check_schema(self.files)
        self._writable()
        self.files.make_directory("")
        self._own()
        self.recover()
        self.files.remove_tree(STAGING)

    def _writable(self) -> None:
        """Refuse an output that cannot be written, before anything is made."""
        if not self.files.local:
            return
        path = Path(self.files.root)
        while not path.exists() and path != path.parent:
            path = path.parent
        if not path.is_dir():
            raise OutputRefused(f"{self.files.root} lies below the file {path}: name another")
        if not os.access(path, os.W_OK | os.X_OK):
            raise SinkError(
                f"cannot write to {self.files.root}: {path} is read-only or not yours; "
                "name an output you may write, or change its permissions"
            )

    def _own(self) -> Lock:
        """Become the one writer, or say that another is."""
        self._lock = self._lock or Lock(self.files)
        if not self._lock.acquire():
            raise SinkError(
                f"another run is writing to {self.files.root}: wait for it to end, "
                "or name another output"
            )
        return self._lock

    def recover(self) -> bool:
        """Finish a commit that was cut off past its point of no return.

        Returns:
            Whether there was one.
        """
        journal = read_journal(self.files)
        if journal is None:
            return False
        self._finish(journal)
        return True

    @property
    def inbox(self) -> Inbox:
        """Bundles lie beside the tables they are for."""
        return Inbox(self.uri, self.files)

    def commit(
        self,
        commit_id: str,
        staged: Sequence[StagedFile],
        void: Mapping[str, Collection[tuple[Any, ...]]] = MappingProxyType({}),
        dates: Mapping[str, Collection[date | None]] = MappingProxyType({}),
    ) -> CommitReport:
        """Merge staged files into the tables by primary key: all of them, or none.

        Args:
            commit_id: names the directory of the commit's work.
            staged: files in the inbox; repeats do no harm.
            void: for each table the keys whose stored rows no longer hold: they go, unless staged
                ones take their place.
            dates: for each table the partitions in which rows of these keys may be stored.

        Returns:
            What changed, by table.

        Raises:
            SinkError: the merge failed, and the output is as it was; or it failed past the point
                of no return, and the next run or reader finishes it.
        """
        works = table_works(staged, void, dates)
        return self._publish(commit_id, lambda work: make_plans(self.files, work, works))

    def _publish(self, commit_id: str, plan: Callable[[str], dict[str, TablePlan]]) -> CommitReport:
        """Commit what is planned, while no reader of this process takes it for cut off."""
        self.files.make_directory("")
        with self._own().committing():
            self.recover()
            return self._published(commit_id, plan)

    def _published(
        self, commit_id: str, plan: Callable[[str], dict[str, TablePlan]]
    ) -> CommitReport:
        """Make plans, write them to the journal, carry them out."""
        work = f"{STAGING}/{commit_id}"
        try:
            plans = plan(work)
            self._checkpoint("merged")
            journal = {
                "commit_id": commit_id,
                "moves": [
                    [source, target]
                    for table in plans.values()
                    for target, source in table.moves.items()
                ],
                "deletes": [name for table in plans.values() for name in table.deletes],
            }
            if check_schema(self.files):
                self.files.write(SCHEMA_NAME, _json_bytes(schema_document()))
            for _, target in journal["moves"]:
                self.files.make_directory(target.rpartition("/")[0])
            self._checkpoint("schema")
            if journal["moves"] or journal["deletes"]:
                if self._lock is not None:
                    self._lock.check()
                self.files.sync()  # the journal must not name a file the disk does not have
                self.files.write(JOURNAL_NAME, _json_bytes(journal))
        except BaseException:
            with contextlib.suppress(SinkError):
                # a journal that did get written needs these files
                if self.files.kind(JOURNAL_NAME) == "missing":
                    self.files.remove_tree(work)
            raise
        self._checkpoint("journal")
        self._finish(journal)
        self.files.remove_tree(work)
        changes = {table: made.changes for table, made in plans.items()}
        return CommitReport(changes, len(journal["moves"]))

    def _finish(self, journal: Mapping[str, Any]) -> None:
        """Carry out a journal; as often as it takes."""
        for source, target in journal["moves"]:
            if self.files.kind(source) == "file":
                self.files.move(source, target)
                self._checkpoint("move")
            elif self.files.kind(target) != "file":
                raise SinkError(
                    f"a commit to {self.files.root} was cut off and its file {source} is gone: "
                    f"delete {JOURNAL_NAME} to go back to what was before it, then run it again"
                )
        for name in journal["deletes"]:
            self.files.remove(name)
            self._checkpoint("delete")
        self.files.sync()  # nor may it go before what it asks for is there
        self.files.remove(JOURNAL_NAME)

    def _checkpoint(self, place: str) -> None:
        """Do nothing: tests that kill a commit half-way override this."""

    def _settle(self) -> None:
        """Before reading: check the schema, and finish a commit that was cut off, if one can.

        Where it cannot be finished (another process or thread is at it, or the output is
        read-only) the journal is read as if it were.
        """
        if self.files.kind() != "directory" or read_journal(self.files) is None:
            return
        lock = self._lock or Lock(self.files)
        with contextlib.suppress(SinkError):
            if lock.held:
                self.recover()
            elif not lock.is_committing() and lock.acquire():
                try:
                    self.recover()
                finally:
                    lock.release()

    def dataset(self, table: str, dates: Collection[date | None] | None = None) -> ds.Dataset:
        """Return a table as an Arrow dataset, ``date`` last: what DuckDB scans without copying.

        Args:
            table: the table's name.
            dates: only these partitions; None for all.

        Raises:
            OutputRefused: the output's schema is not one this version can read.
        """
        self._settle()
        if self.files.kind() == "directory":
            check_schema(self.files)
        return dataset(self.files, table, table_parts(self.files, table), dates)

    def read(
        self,
        table: str,
        columns: Sequence[str] | None = None,
        dates: Collection[date | None] | None = None,
        where: Mapping[str, Collection[Any]] | None = None,
    ) -> pa.Table:
        """Read rows in the order of partition and key.

        Args:
            table: the table's name.
            columns: only these, ``date`` among them if wanted; all but ``date`` when left out.
            dates: only these partitions; None for all.
            where: only rows in which any of these columns holds one of its values.

        Returns:
            The rows; none when the table is missing, NULL where an older file lacks a column.
        """
        wanted = list(STORED[table].names if columns is None else columns)
        rows = None if where is None else holding(table, where)
        for attempt in range(3):
            found = self.dataset(table, dates)
            try:
                with explained(self.files.path(table)):
                    found = found if rows is None else narrowed(found, rows)
                    return found.to_table(columns=wanted, filter=rows)
            except SinkError as error:
                # a commit in another process may have replaced a file that was just listed
                if attempt == 2 or not isinstance(error.__cause__, FileNotFoundError):
                    raise
        raise AssertionError  # pragma: no cover - the loop returns or raises

    def dates(self, table: str) -> set[date | None]:
        """Return the partitions that hold rows of a table."""
        return {partition_day(part.partition) for part in table_parts(self.files, table)}

    def write_manifest(self, run_id: str, manifest: Mapping[str, Any]) -> str:
        """Write ``_runs/<run_id>.json`` in one step and return its path."""
        name = f"{RUNS}/{run_id}.json"
        self.files.write(name, _json_bytes(manifest))
        return self.files.path(name)

    def close(self) -> None:
        """Stop being the one writer."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None


def _json_bytes(value: object) -> bytes:
    """Return indented JSON, Arabic left readable."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=str)
    return (text + "\n").encode("utf-8", "replace")


def open_sink(uri: str, staging: str | None = None) -> ParquetSink:
    """Open the Parquet sink of a URI; nothing is read or written yet.

    Raises:
        OutputRefused: a staging area is named; rows for Parquet wait beside its tables.
    """
    if staging is not None:
        raise OutputRefused(
            f"--staging is for bigquery:// only: rows for {uri} wait in the output itself"
        )
    return ParquetSink(uri)
