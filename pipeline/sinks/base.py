"""What a sink is, and how a URI finds its own."""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol

from pipeline.errors import Exit, UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from pipeline.sinks.inbox import Inbox

# A scheme names the module of this package that serves it.
SCHEMES: Final[dict[str, str]] = {
    "parquet": "parquet",
    "file": "parquet",
    "gs": "parquet",
    "bigquery": "bigquery",
    "bq": "bigquery",
}
# From so many rows on it pays to start processes for the parts of a commit.
MANY_ROWS: Final = 20_000
_SCHEME: Final = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*)://")


class SinkError(Exception):
    """A sink cannot go on; the message is one line: what, where, and what to do.

    Attributes:
        exit_code: how a command ends that meets it; its line needs no name of an exception.
    """

    exit_code: ClassVar[int] = Exit.FAILED


class OutputRefused(SinkError, UsageError):  # noqa: N818 - it is a refusal; callers read it as one
    """The output named cannot be used as asked: another URI, or another command, is needed."""


class OutputChanged(SinkError):  # noqa: N818 - it is no fault; callers begin again
    """Another commit landed since this sink began to read: read again, then commit again."""


@dataclass(frozen=True, slots=True)
class StagedFile:
    """Rows a worker has written down, not yet part of the output. It travels by its name.

    Attributes:
        path: relative to the inbox's URI.
        table: the table's name.
        count: its number of rows.
    """

    path: str
    table: str
    count: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What a commit did to one table, in rows.

    Attributes:
        inserted: keys the table did not have.
        replaced: keys whose row changed.
        unchanged: keys brought again with nothing new.
        deleted: keys taken out.
    """

    inserted: int = 0
    replaced: int = 0
    unchanged: int = 0
    deleted: int = 0


@dataclass(frozen=True, slots=True)
class CommitReport:
    """What a commit did: changes by table, and how many files it wrote."""

    tables: Mapping[str, Changes] = field(default_factory=dict)
    files: int = 0


class Sink(Protocol):
    """A place for the tables. A constructor does no I/O; a sink can be pickled to a worker."""

    uri: str
    reads_beside: bool  # a copy of it in another process of this machine reads what it reads

    def exists(self) -> bool:
        """Tell whether rasd has written there."""
        ...

    def prepare(self) -> None:
        """Check that the output can be written, mend what a dead run left, become its one writer.

        Raises:
            SinkError: it cannot be written, or another run is writing.
            OutputRefused: it holds something else, or another schema.
        """
        ...

    @property
    def inbox(self) -> Inbox:
        """Where workers put rows for this output until they are settled."""
        ...

    def commit(
        self,
        commit_id: str,
        staged: Sequence[StagedFile],
        void: Mapping[str, Collection[tuple[Any, ...]]] = ...,
        dates: Mapping[str, Collection[date | None]] = ...,
    ) -> CommitReport:
        """Merge staged files into the tables by primary key, all of them or none.

        How a staged and a stored row of one key become one is said by ``transforms.rows.merge``,
        for every sink.

        Args:
            commit_id: names the commit. Made again on what it made, it changes nothing; after
                rows of it were taken out, it brings them back.
            staged: files in the inbox; repeats do no harm.
            void: for each table the keys whose stored rows no longer hold: they go, unless staged
                ones take their place.
            dates: for each table the partitions in which rows of these keys may be stored, beside
                those the staged rows name; a table left out is looked through.

        Raises:
            OutputChanged: another writer committed since this sink began to read; nothing was
                changed.
            SinkError: it failed; nothing was changed, or whoever comes next finishes it.
        """
        ...

    def read(
        self,
        table: str,
        columns: Sequence[str] | None = None,
        dates: Collection[date | None] | None = None,
        where: Mapping[str, Collection[Any]] | None = None,
    ) -> pa.Table:
        """Read rows in the order of partition and key.

        Args:
            table: the table's name; a missing one is empty.
            columns: only these, ``date`` among them if wanted; all but ``date`` when left out. A
                column missing in older data is NULL.
            dates: only these partitions; None for all.
            where: only rows in which any of these columns holds one of its values.
        """
        ...

    def dates(self, table: str) -> set[date | None]:
        """Return the partitions that hold rows of a table."""
        ...

    def write_manifest(self, run_id: str, manifest: Mapping[str, Any]) -> str:
        """Write the manifest of a run beside the data and return where."""
        ...

    def close(self) -> None:
        """Stop being the one writer."""
        ...


def open_sink(uri: str, staging: str | None = None) -> Sink:
    """Open the sink a URI names. Nothing is read or written yet.

    Args:
        uri: a path, or ``scheme://...`` with one of ``SCHEMES``.
        staging: where rows wait until they are settled, for a sink that has no place for them
            itself: a directory, or ``gs://BUCKET/PATH``.

    Returns:
        The sink.

    Raises:
        OutputRefused: an empty URI, an unknown scheme, a sink that is not built yet, or a staging
            area for a sink that has no use for it.
    """
    if not uri.strip():
        raise OutputRefused("the output is empty: give a directory, such as --output out")
    match = _SCHEME.match(uri)
    scheme = match[1].lower() if match else "file"
    module = SCHEMES.get(scheme)
    if module is None:
        known = ", ".join(f"{name}://" for name in SCHEMES)
        raise OutputRefused(f"unknown scheme {scheme}:// in {uri}: give a path or one of {known}")
    name = f"pipeline.sinks.{module}"
    if importlib.util.find_spec(name) is None:
        raise OutputRefused(
            f"{scheme}:// is not built yet: write Parquet with --output DIR and load that"
        )
    sink: Sink = importlib.import_module(name).open_sink(uri, staging)
    return sink
