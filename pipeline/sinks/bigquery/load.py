"""Load a file into a staging table; rows that BigQuery will not take are found and left out.

A staging table is named by the content of what is loaded, and a job by its table: work that was
cut off is found again as it was left, and two writers never load into one table unless they load
the same.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.sinks.base import SinkError
from pipeline.sinks.bigquery.backoff import reason_of
from pipeline.sinks.bigquery.failures import explained, one_line
from pipeline.sinks.bigquery.merge import COMES, TablePlan
from pipeline.sinks.bigquery.names import LABELS, OP, STAGE
from pipeline.sinks.bigquery.session import Session, failure, job_id, same_rows
from pipeline.sinks.bigquery.tables import relaxed, schema_fields
from pipeline.sinks.files import Files
from pipeline.sinks.parquet.parts import key_column
from transforms.rows.dialects import bigquery_fields
from transforms.rows.schema import STORED

FOLDER: Final = "_load"  # below a staging area in a bucket: files on their way
_LEVELS: Final = 4  # how often a refused file is cut again: with the first try, five a row
_MOST_LOADS: Final = 200  # of one table in one commit, beyond which it is no matter of single rows
_REFUSALS: Final = frozenset({"invalid", "invalidQuery"})  # what a job says of a file's content
_KEPT: Final = timedelta(days=1)  # a staging table nobody removed goes by itself


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row BigQuery does not take.

    Attributes:
        row: the row, as a dictionary, without ``_op``.
        why: BigQuery's words.
    """

    row: dict[str, Any]
    why: str


@dataclass(slots=True)
class Loaded:
    """A staging table with the rows of a plan.

    Attributes:
        plan: what was to be loaded; its counts no longer name rows left out.
        stage: the staging table's name; empty when nothing is left to load.
        refused: rows left out.
    """

    plan: TablePlan
    stage: str
    refused: list[RefusedRow] = field(default_factory=list)


class _Refusal(Exception):  # noqa: N818 - it is an answer
    """BigQuery read a file and does not take what is in it."""


class Loader:
    """Loads files of a commit.

    Args:
        session: whose dataset.
        files: the staging area; files go through it when it is a bucket.
    """

    def __init__(self, session: Session, files: Files) -> None:
        """Remember where; nothing is loaded yet."""
        self._session = session
        self._files = files
        self._loads = 0
        self._stages: list[str] = []

    def load(self, plan: TablePlan) -> Loaded:
        """Load the file of a plan, once if all of it is taken.

        Raises:
            SinkError: BigQuery cannot be reached or refuses the file as a whole.
        """
        self._loads = 0
        with explained(self._session.address):
            try:
                stage = self._load(plan.table, Path(plan.path), plan.count)
                return Loaded(plan, stage)
            except _Refusal as refusal:
                return self._without_refused(plan, str(refusal))

    def _without_refused(self, plan: TablePlan, why: str) -> Loaded:
        """Find the rows that are refused and load the others."""
        data = pq.read_table(plan.path)
        part = Path(plan.path).with_suffix(".part")
        bad = dict(self._search(plan.table, data, 0, why, part))
        keys = key_column(plan.table, data)
        refused_keys = pa.array({keys[at].as_py() for at in bad}, pa.string())
        keep = pc.invert(pc.is_in(keys, value_set=refused_keys))
        rest = data.filter(keep)
        refused = []
        for at, words in sorted(bad.items()):
            row = data.slice(at, 1).to_pylist()[0]
            if row.pop(OP) not in COMES:
                raise SinkError(f"{self._session.address}: BigQuery refuses a key of {plan.table}")
            refused.append(RefusedRow(row, words))
        plan.ops.clear()
        plan.ops.update(rest.column(OP).to_pylist())
        if not rest.num_rows:
            return Loaded(plan, "", refused)
        try:
            pq.write_table(rest, part)
            stage = self._load(plan.table, part, rest.num_rows)
        except _Refusal as refusal:
            raise SinkError(
                f"{self._session.address}: BigQuery refuses a file of {plan.table} of which it "
                f"took every part: {refusal}"
            ) from refusal
        return Loaded(plan, stage, refused)

    def _search(
        self, table: str, data: pa.Table, start: int, why: str, file: Path, levels: int = _LEVELS
    ) -> Iterator[tuple[int, str]]:
        """Cut a refused file until the rows at fault are alone.

        A file is cut in two, or into as many parts as it takes to get at single rows in as many
        steps as are left: no row is tried more than five times.
        """
        if data.num_rows == 1:
            yield start, why
            return
        parts = max(2, _root(data.num_rows, levels))
        size = -(-data.num_rows // parts)
        for at in range(0, data.num_rows, size):
            part = data.slice(at, size)
            if self._loads >= _MOST_LOADS:
                raise SinkError(
                    f"{self._session.address}: BigQuery refuses too many rows of {table} for it to "
                    f"be a matter of single ones: {why}"
                )
            try:
                pq.write_table(part, file)
                self._load(table, file, part.num_rows)
            except _Refusal as refusal:
                yield from self._search(table, part, start + at, str(refusal), file, levels - 1)

    def _load(self, table: str, file: Path, count: int) -> str:
        """Load a local file into a staging table of its own and return that table's name."""
        self._loads += 1
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()[:16]
        stage = f"{STAGE}{table}_{digest}"
        self._make(table, stage)
        if stage not in self._stages:
            self._stages.append(stage)
        name = job_id(str(self._session.address), stage)
        job = self._run(stage, file, name)
        if failure(job) is None and not self._holds(stage, count):
            # it was loaded before, and the table has gone since
            job = self._run(stage, file, f"{name}_{datetime.now(UTC):%Y%m%dT%H%M%S}")
        error = failure(job)
        if error is None:
            same_rows(count, job.output_rows, f"{self._session.address} {table}")
            return stage
        if reason_of(error) not in _REFUSALS:
            raise error
        raise _Refusal(one_line(error)) from error

    def _run(self, stage: str, file: Path, name: str) -> Any:
        """Load a file into a staging table and return the job, which ended well or not."""
        with self._source(stage, file) as start:
            return self._session.run(start, name)

    def _make(self, table: str, stage: str) -> None:
        """Make a staging table, which goes by itself when nobody removes it."""
        from google.cloud import bigquery  # noqa: PLC0415 - takes seconds

        wanted = bigquery.Table(self._session.address.table(stage), schema=_stage_fields(table))
        wanted.expires = datetime.now(UTC) + _KEPT
        wanted.labels = LABELS
        self._session.raw("create_table", wanted, exists_ok=True)

    def _holds(self, stage: str, count: int) -> bool:
        """Return whether a staging table has the rows loaded into it."""
        found = self._session.raw("get_table", self._session.address.table(stage))
        return found.num_rows is None or int(found.num_rows) == count

    @contextlib.contextmanager
    def _source(self, stage: str, file: Path) -> Iterator[Any]:
        """Give the function that starts a load job: from the disk, or through the bucket."""
        target = self._session.address.table(stage)
        config = self._config(stage)
        client, location = self._session.client, self._session.location
        if self._files.local:
            with file.open("rb") as stream:
                yield lambda this: self._session.backoff(client.load_table_from_file)(
                    stream,
                    target,
                    rewind=True,
                    num_retries=0,
                    job_id=this,
                    location=location,
                    job_config=config,
                    timeout=self._session.backoff.timeout,
                )
            return
        name = f"{FOLDER}/{stage}.parquet"
        with file.open("rb") as source, self._files.writing(name) as copy:
            shutil.copyfileobj(source, copy)
        try:
            yield lambda this: self._session.raw(
                "load_table_from_uri",
                f"gs://{self._files.path(name)}",
                target,
                job_id=this,
                location=location,
                job_config=config,
            )
        finally:
            self._files.remove(name)

    def _config(self, stage: str) -> Any:
        """Say how a file is loaded: schema given, lists as lists, over what was there."""
        from google.cloud import bigquery  # noqa: PLC0415 - takes seconds

        table = stage.removeprefix(STAGE).rpartition("_")[0]
        config = bigquery.LoadJobConfig(
            source_format="PARQUET",
            write_disposition="WRITE_TRUNCATE",
            schema=_stage_fields(table),
            labels={"tool": "rasd"},
        )
        lists: Any = bigquery.format_options.ParquetOptions  # it is untyped
        config.parquet_options = lists()
        config.parquet_options.enable_list_inference = True
        return config

    def clear(self) -> None:
        """Remove the staging tables made; what cannot be removed goes by itself."""
        for stage in self._stages:
            with contextlib.suppress(Exception):
                self._session.raw(
                    "delete_table", self._session.address.table(stage), not_found_ok=True
                )
        self._stages.clear()


def _stage_fields(table: str) -> list[Any]:
    """Return the fields of a staging table: the table's, and what becomes of a row."""
    fields = relaxed(bigquery_fields(STORED[table]))
    return schema_fields([*fields, {"name": OP, "type": "STRING", "mode": "NULLABLE"}])


def _root(number: int, degree: int) -> int:
    """Return the smallest whole number whose power is at least the given one."""
    root = 1
    while root ** max(1, degree) < number:
        root += 1
    return root
