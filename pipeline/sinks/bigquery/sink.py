"""The BigQuery sink: the tables of the contract in one dataset.

A commit reads what is stored of the staged keys, merges in Python by the one set of rules, loads
what changes into staging tables, one job a table, and then puts it in its place in one
transaction (see ``ledger``). Until that transaction nobody sees anything of it.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pyarrow as pa

from pipeline.sinks.base import CommitReport, OutputRefused, SinkError, StagedFile
from pipeline.sinks.bigquery.address import default_staging, parse_address
from pipeline.sinks.bigquery.backoff import Backoff
from pipeline.sinks.bigquery.failures import explained
from pipeline.sinks.bigquery.ledger import Head, Ledger
from pipeline.sinks.bigquery.load import Loaded, Loader, RefusedRow
from pipeline.sinks.bigquery.merge import TableMerge
from pipeline.sinks.bigquery.names import LABEL, RUNS
from pipeline.sinks.bigquery.read import Reader
from pipeline.sinks.bigquery.session import Session
from pipeline.sinks.bigquery.tables import Tables
from pipeline.sinks.bigquery.views import view_texts
from pipeline.sinks.files import Files, open_files
from pipeline.sinks.inbox import Inbox
from pipeline.sinks.lock import Lock
from pipeline.sinks.parquet.parts import key_strings
from transforms.records import Rejected, content_id
from transforms.rows.rows import Provenance, dead_letter_row
from transforms.rows.schema import STORED

_DEAD_LETTERS: Final = "dead_letters"


class BigQuerySink:
    """Tables in one dataset of BigQuery, and the inbox beside them in a directory or bucket.

    Args:
        uri: ``bigquery://PROJECT.DATASET``, with ``?location=PLACE`` if a place is wanted.
        staging: where rows wait: a directory or ``gs://BUCKET/PATH``; by default a directory of
            this user.
        backoff: when to try again what fails for a while.
    """

    reads_beside = False  # what it has seen of other writers is not in a copy

    def __init__(
        self, uri: str, staging: str | None = None, *, backoff: Backoff | None = None
    ) -> None:
        """Remember where; nothing is read or written yet."""
        self.uri = uri
        self.address = parse_address(uri)
        self._staging = staging
        self._session = Session(self.address, backoff or Backoff())
        self._tables = Tables(self._session)
        self._reader = Reader(self._session)
        self._ledger = Ledger(self._session)
        self._prepared = False
        self._head: Head | None = None
        self._files: Files | None = None
        self._lock: Lock | None = None

    def __reduce__(self) -> tuple[type[BigQuerySink], tuple[str, str | None]]:
        """Travel to a worker as the URI and the staging area."""
        return (type(self), (self.uri, self._staging))

    @property
    def session(self) -> Session:
        """The conversation with BigQuery."""
        return self._session

    @property
    def inbox(self) -> Inbox:
        """Bundles wait in the staging area."""
        return Inbox(self._staging or default_staging(self.address), self._staged_files)

    @property
    def _staged_files(self) -> Files:
        """The files of the staging area."""
        if self._files is None:
            staging = self._staging or default_staging(self.address)
            if "://" in staging and not staging.lower().startswith(("gs://", "file://")):
                raise OutputRefused(f"--staging {staging}: give a directory or gs://BUCKET/PATH")
            self._files = open_files(staging)
        return self._files

    def exists(self) -> bool:
        """Tell whether rasd has written there: the dataset is there, and labelled as ours.

        Raises:
            SinkError: it cannot be asked.
        """
        with explained(self.address):
            dataset = self._tables.find()
        return dataset is not None and LABEL in dataset.labels

    def prepare(self) -> None:
        """Make dataset, tables and views where they are missing, and check those that are there.

        Raises:
            OutputRefused: the dataset is not ours, of another schema, or elsewhere; or it cannot
                be used with these credentials.
            SinkError: BigQuery cannot be reached, or another run is writing.
        """
        self._check_staging()
        self._own()
        self._tables.prepare(view_texts(self.address))
        self._ledger.begin()
        self._reader.forget()
        self._prepared = True
        self._head = None

    def _check_staging(self) -> None:
        """Refuse a bucket that is not there, before anything is fetched or made."""
        files = self._staged_files
        if files.local:
            return
        bucket = files.root.partition("/")[0]
        if Files(files.fs, bucket, local=False).kind() == "missing":
            place = self.address.location or "the dataset's place"
            raise OutputRefused(
                f"--staging {self._staging}: there is no bucket {bucket}; make it with `gcloud "
                f"storage buckets create gs://{bucket}` (in {place}), or name another"
            )

    def _own(self) -> None:
        """Become the one writer to a staging area, or say that another run is.

        A run clears away what dead ones have left there: it must not meet a living one.
        """
        self._staged_files.make_directory("")
        self._lock = self._lock or Lock(self._staged_files)
        if not self._lock.acquire():
            raise SinkError(
                f"another run is writing to {self.address}: wait for it to end, or name another "
                "--output"
            )

    def commit(
        self,
        commit_id: str,
        staged: Sequence[StagedFile],
        void: Mapping[str, Collection[tuple[Any, ...]]] = MappingProxyType({}),
        dates: Mapping[str, Collection[date | None]] = MappingProxyType({}),
    ) -> CommitReport:
        """Merge staged files into the tables by primary key: all of them, or none.

        A row that BigQuery will not take becomes a dead letter ``sink_refused`` of the same
        commit; a stored row of its key stays as it is.

        Args:
            commit_id: names the commit; see ``sinks.base.Sink``. The ledger has it under an id that
                also names the commit before it: the same work on another state is another commit.
            staged: files in the inbox; repeats do no harm.
            void: for each table the keys whose stored rows no longer hold.
            dates: for each table the partitions in which rows of these keys may be stored.

        Returns:
            What changed, by table, and how many staging tables were loaded.

        Raises:
            OutputChanged: somebody else committed since this sink began to read.
            SinkError: it failed, and the tables are as they were.
        """
        if not self._prepared:
            self.prepare()
        head = self._read_head()
        commit_id = content_id(commit_id, head.commit_id)
        if self._ledger.holds(commit_id):
            return CommitReport()
        try:
            report = self._commit(commit_id, head, staged, void, dates)
        except BaseException:
            self._head = None  # who begins again reads again
            raise
        self._head = head.followed_by(commit_id)
        return report

    def _read_head(self) -> Head:
        """Return the commit this sink builds on.

        It is the last one as of its first reading, and then its own: as with a lock, nobody else
        may commit between two commits of one writer, since what it knows would be of before.
        """
        if self._head is None:
            self._head = self._ledger.head()
        return self._head

    def _commit(
        self,
        commit_id: str,
        head: Head,
        staged: Sequence[StagedFile],
        void: Mapping[str, Collection[tuple[Any, ...]]],
        dates: Mapping[str, Collection[date | None]],
    ) -> CommitReport:
        """Merge, load and commit."""
        names: dict[str, list[str]] = {}
        for name, table in sorted({(file.path, file.table) for file in staged}):
            names.setdefault(table, []).append(name)
        gone = {table: key_strings(table, keys) for table, keys in void.items() if keys}
        loader = Loader(self._session, self._staged_files)
        loaded: list[Loaded] = []
        letters: list[dict[str, Any]] = []
        try:
            with tempfile.TemporaryDirectory(prefix="rasd-load-") as folder:
                # dead letters come last: rows refused in other tables are among them
                for table in sorted(STORED, key=lambda name: name == _DEAD_LETTERS):
                    extra = letters if table == _DEAD_LETTERS else []
                    if not (table in names or table in gone or extra):
                        continue
                    merge = TableMerge(self._reader, self._staged_files, table)
                    plan = merge.write(
                        str(Path(folder) / f"{table}.parquet"),
                        names.get(table, []),
                        gone.get(table, ()),
                        # letters of rows refused may be stored under any day
                        None if extra else dates.get(table),
                        extra,
                    )
                    this = loader.load(plan) if plan.count else Loaded(plan, "")
                    self._checkpoint(f"loaded {table}")
                    loaded.append(this)
                    if table == _DEAD_LETTERS and this.refused:
                        raise SinkError(
                            f"{self.address}: BigQuery refuses a dead letter: {this.refused[0].why}"
                        )
                    letters += [self._letter(table, each) for each in this.refused]
            self._checkpoint("loaded")
            made = self._ledger.commit(commit_id, head, loaded)
            self._checkpoint("committed")
        finally:
            loader.clear()
        if not made:
            return CommitReport()
        changes = {each.plan.table: each.plan.changes for each in loaded}
        return CommitReport(changes, sum(bool(each.stage) for each in loaded))

    def _letter(self, table: str, refused: RefusedRow) -> dict[str, Any]:
        """Make the dead letter of a row that BigQuery will not take."""
        row = refused.row
        key = {name: str(row.get(name))[:500] for name in STORED[table].key}
        rejected = Rejected(
            stage="deliver",
            reason="sink_refused",
            detail=f"{table}: {refused.why}",
            url=_short(row.get("url")),
            feed_url=_short(row.get("feed_url")),
            source_id=_short(row.get("source_id")),
            raw_ref=_short(row.get("raw_ref")),
            payload=json.dumps({"table": table, "key": key}, sort_keys=True),
            content_id=content_id(table, *key.values()),
        )
        return dead_letter_row(rejected, self._provenance(row))

    def _provenance(self, row: Mapping[str, Any]) -> Provenance:
        """Return who wrote a row; when, as its bundle says, else now."""
        run_id, version = str(row.get("run_id")), str(row.get("pipeline_version"))
        for bundle in self.inbox.waiting()[0]:
            if bundle.provenance.run_id == run_id:
                return bundle.provenance
        return Provenance(run_id, version, datetime.now(UTC))

    def _checkpoint(self, place: str) -> None:
        """Do nothing: tests that kill a commit half-way override this."""

    def read(
        self,
        table: str,
        columns: Sequence[str] | None = None,
        dates: Collection[date | None] | None = None,
        where: Mapping[str, Collection[Any]] | None = None,
    ) -> pa.Table:
        """Read rows in the order of partition and key; see ``Reader.read``.

        The first reading of a writer puts down which commit was the last one.
        """
        if self._prepared:
            self._read_head()
        return self._reader.read(table, columns, dates, where)

    def dates(self, table: str) -> set[date | None]:
        """Return the partitions that hold rows of a table."""
        if self._prepared:
            self._read_head()
        return self._reader.dates(table)

    def write_manifest(self, run_id: str, manifest: Mapping[str, Any]) -> str:
        """Write the manifest of a run into the hidden table ``_runs`` and return where."""
        from google.cloud import bigquery  # noqa: PLC0415 - takes seconds

        text = json.dumps(manifest, ensure_ascii=False, indent=2, default=str)
        values = {"run_id": run_id, "manifest": text.encode("utf-8", "replace").decode()}
        table = self.address.quoted(RUNS)
        with explained(self.address):
            self._session.query(
                f"MERGE {table} T USING (SELECT @run_id AS run_id, @manifest AS manifest) S "
                "ON T.run_id = S.run_id WHEN MATCHED THEN UPDATE SET manifest = S.manifest "
                "WHEN NOT MATCHED THEN INSERT (run_id, manifest) VALUES (S.run_id, S.manifest)",
                {
                    name: bigquery.ScalarQueryParameter(name, "STRING", value)
                    for name, value in values.items()
                },
            )
        return f"{self.address} {RUNS} {run_id}"

    def close(self) -> None:
        """Let go of the connection, and of the right to write."""
        self._session.close()
        if self._lock is not None:
            self._lock.release()
            self._lock = None


def _short(value: Any) -> str | None:
    """Return a value when it is text of a bearable length."""
    return value if isinstance(value, str) and len(value) < 10_000 else None


def open_sink(uri: str, staging: str | None = None) -> BigQuerySink:
    """Open the sink of a dataset; nothing is read or written yet."""
    return BigQuerySink(uri, staging)
