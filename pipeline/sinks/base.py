"""What a sink is, and how a URI finds its own."""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Protocol

from pipeline.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

# A scheme names the module of this package that serves it.
SCHEMES: Final[dict[str, str]] = {
    "parquet": "parquet",
    "file": "parquet",
    "gs": "parquet",
    "bigquery": "bigquery",
    "bq": "bigquery",
}
_SCHEME: Final = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*)://")


class SinkError(Exception):
    """A sink cannot go on; the message is one line: what, where, and what to do."""


class OutputRefused(SinkError, UsageError):  # noqa: N818 - it is a refusal; callers read it as one
    """The output named cannot be used as asked: another URI, or another command, is needed."""


@dataclass(frozen=True, slots=True)
class StagedFile:
    """Rows a worker has written down, not yet part of the output. It travels by its name.

    Attributes:
        path: relative to the output.
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

    def prepare(self) -> None:
        """Check that the output can be written, mend what a dead run left, become its one writer.

        Raises:
            SinkError: it cannot be written, or another run is writing.
            OutputRefused: it holds something else, or another schema.
        """
        ...

    def stage(self, run_id: str, table: str, rows: Sequence[Mapping[str, Any]]) -> StagedFile:
        """Write valid rows aside; from any process, as often as a bundle is retried."""
        ...

    def read_staged(self, staged: StagedFile, columns: Sequence[str] | None = None) -> pa.Table:
        """Read a staged file back; all columns, ``date`` last, when none are named."""
        ...

    def commit(
        self,
        run_id: str,
        staged: Sequence[StagedFile],
        void: Mapping[str, Collection[tuple[Any, ...]]] = ...,
    ) -> CommitReport:
        """Merge staged files into the tables by primary key, all of them or none.

        Stored rows of the keys in ``void`` no longer hold: they go, unless staged ones take their
        place.
        """
        ...

    def delete(self, keys: Mapping[str, Collection[tuple[Any, ...]]]) -> CommitReport:
        """Take rows out of the tables by primary key, all of them or none."""
        ...

    def read(
        self,
        table: str,
        columns: Sequence[str] | None = None,
        dates: Collection[date | None] | None = None,
    ) -> pa.Table:
        """Read a table; a missing one is empty, a column missing in older files is NULL."""
        ...

    def keys(self, table: str) -> set[tuple[Any, ...]]:
        """Read the primary keys of a table."""
        ...

    def write_manifest(self, run_id: str, manifest: Mapping[str, Any]) -> str:
        """Write the manifest of a run beside the data and return where."""
        ...

    def close(self) -> None:
        """Stop being the one writer."""
        ...


def open_sink(uri: str) -> Sink:
    """Open the sink a URI names. Nothing is read or written yet.

    Args:
        uri: a path, or ``scheme://...`` with one of ``SCHEMES``.

    Returns:
        The sink.

    Raises:
        OutputRefused: an empty URI, an unknown scheme, or a sink that is not built yet.
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
    sink: Sink = importlib.import_module(name).open_sink(uri)
    return sink
