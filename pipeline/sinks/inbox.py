"""The inbox: where workers put rows, at least once, until settle folds them in (decision 0035).

A worker writes the rows of a bundle as Parquet files named by their content, then one small
manifest that names them. Only bundles whose manifest is there count; those of a bounded run only
once the run is marked complete, so that half a run is never seen. Everything of a run lies below
``_inbox/<run_id>/``.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from pipeline.sinks.base import SinkError, StagedFile
from pipeline.sinks.files import Files, lasting_uri, open_files
from pipeline.sinks.staged import DIGEST, opened, stage_rows, stage_table
from transforms.records import content_id
from transforms.rows.arrow import form_problem
from transforms.rows.packed import PackedRows, order_rows, unpack_rows
from transforms.rows.rows import Provenance
from transforms.rows.schema import SCHEMA_VERSION, STORED

INBOX: Final = "_inbox"
WAITING: Final = f"{INBOX}/waiting"  # pages that wait for their host's turn: no run's directory
COMPLETE: Final = "complete.json"
HELD: Final = "held.json"
BUNDLE: Final = ".bundle.json"
_SETTLING: Final = "settle-"


@dataclass(frozen=True, slots=True)
class Bundle:
    """What one bundle of work delivered: names of files, and who wrote them when.

    Attributes:
        bundle_id: a hash of its files' names, which are hashes of their content.
        provenance: the run that wrote it; its ``as_of`` travels with the work.
        bounded: it counts only once its run is complete.
        files: its rows by table.
    """

    bundle_id: str
    provenance: Provenance
    bounded: bool
    files: tuple[StagedFile, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """A bundle that cannot be taken in: it stays where it is.

    Attributes:
        path: its manifest.
        problem: one line: what is wrong and what to do.
    """

    path: str
    problem: str


class Inbox:
    """The bundles that wait for an output, below one directory of a disk or a bucket.

    Args:
        uri: a path, ``file://DIR`` or ``gs://BUCKET/DIR``; the inbox travels by it.
        files: the same, opened already.
    """

    def __init__(self, uri: str, files: Files | None = None) -> None:
        """Remember the URI; nothing is read or written yet."""
        self.uri = uri
        self._files = files

    def __reduce__(self) -> tuple[type[Inbox], tuple[str]]:
        """Travel to a worker as the URI alone."""
        return (type(self), (lasting_uri(self.uri, self.files),))

    @property
    def files(self) -> Files:
        """The files below the URI."""
        if self._files is None:
            self._files = open_files(self.uri)
        return self._files

    def folder(self, run_id: str) -> str:
        """Where the bundles of a run lie, relative to ``files``."""
        return f"{INBOX}/{run_id}"

    def stage(self, run_id: str, table: str, rows: Sequence[Mapping[str, Any]]) -> StagedFile:
        """Write rows of a run aside; they count once ``deliver`` has named them."""
        return stage_rows(self.files, self.folder(run_id), table, rows)

    def stage_packed(self, run_id: str, table: str, packed: Iterable[PackedRows]) -> StagedFile:
        """Write packed rows of a run aside: the same file as of the rows themselves."""
        data = order_rows(table, unpack_rows(table, packed))
        return stage_table(self.files, self.folder(run_id), table, data)

    def deliver(
        self, provenance: Provenance, staged: Iterable[StagedFile], *, bounded: bool
    ) -> Bundle:
        """Write the manifest that makes staged files count.

        Args:
            provenance: who wrote them.
            staged: files of ``stage``; the same set gives the same bundle.
            bounded: the bundle waits until ``complete`` is called for its run.

        Raises:
            SinkError: it cannot be written, or a file is gone, since a bundle that named it, too,
                was settled meanwhile: nothing is delivered, the work is to be done again.
        """
        named = tuple(sorted(set(staged), key=lambda file: file.path))
        bundle_id = content_id(*(file.path for file in named))
        bundle = Bundle(bundle_id, provenance, bounded, named)
        document = {
            "schema_version": SCHEMA_VERSION,
            "run_id": provenance.run_id,
            "pipeline_version": provenance.pipeline_version,
            "as_of": provenance.as_of.isoformat(),
            "bounded": bounded,
            "files": [asdict(file) for file in named],
        }
        name = self._manifest(bundle)
        if not bounded:
            self.files.sync()  # the manifest must not name a file the disk does not have
        self.files.write(name, json.dumps(document, indent=1).encode())
        for file in named:  # looked for only now: from here on ``discard`` sees who names them
            if not self._is_there(file.path):
                self.files.remove(name)
                raise SinkError(f"{file.path} is gone: its bundle is to be written again")
        return bundle

    def begin(self, run_id: str) -> list[str]:
        """Begin a bounded run that holds the right to write to the output until its end.

        What such runs have left behind, this very one included, was never complete: they are
        dead, since one at a time holds that right.

        Returns:
            The directories that were removed.
        """
        names = self.files.listing(INBOX)
        held = {_parent(name) for name in names if name.endswith(f"/{HELD}")}
        complete = {_parent(name) for name in names if name.endswith(f"/{COMPLETE}")}
        dead = sorted(held - complete)
        for folder in dead:
            self.files.remove_tree(folder)
        self.files.write(f"{self.folder(run_id)}/{HELD}", b"{}\n")
        return dead

    def complete(self, run_id: str) -> None:
        """Mark a bounded run as complete: from now on all its bundles count."""
        self.files.sync()  # nor may the mark stand for bundles the disk does not have
        self.files.write(f"{self.folder(run_id)}/{COMPLETE}", b"{}\n")

    def waiting(self) -> tuple[list[Bundle], list[Broken]]:
        """List the bundles that count, in the order of their ids, and those that are broken.

        Others may settle meanwhile: a bundle whose manifest is gone by the time it is read is in
        the tables, and is neither.
        """
        names = self.files.listing(INBOX)
        present = set(names)
        bundles: list[Bundle] = []
        broken: list[Broken] = []
        for name in names:
            if not name.endswith(BUNDLE):
                continue
            try:
                found = self._weighed(name, present)
            except SinkError:
                if self._is_there(name):
                    raise
                continue
            if isinstance(found, Bundle):
                bundles.append(found)
            elif found is not None and self._is_there(name):
                broken.append(found)
        return sorted(bundles, key=lambda bundle: bundle.bundle_id), broken

    def stands(self, bundle: Bundle) -> bool:
        """Whether a bundle's manifest is still there; it goes before any of its files does."""
        return self._is_there(self._manifest(bundle))

    def _weighed(self, name: str, present: Collection[str]) -> Bundle | Broken | None:
        """Read a bundle and see that it can be taken in; None when it does not count yet."""
        try:
            bundle = self._read(name)
        except (ValueError, KeyError, TypeError) as error:
            return Broken(name, f"it cannot be read ({error}): delete it")
        problem = _problem(bundle, present)
        counts = not bundle.bounded or f"{_parent(name)}/{COMPLETE}" in present
        if counts and not problem:
            problem = next(filter(None, map(self._file_problem, bundle.files)), "")
        if problem:
            return Broken(name, problem)
        return bundle if counts else None

    def _is_there(self, name: str) -> bool:
        return self.files.kind(name) != "missing"

    def _manifest(self, bundle: Bundle) -> str:
        return f"{self.folder(bundle.provenance.run_id)}/{bundle.bundle_id}{BUNDLE}"

    def damaged(self, bundles: Iterable[Bundle]) -> dict[str, Broken]:
        """Read the files of bundles whole and find those that are not what was written.

        Returns:
            By the ids of their bundles.

        Raises:
            SinkError: a file cannot be read at all: that is the disk's fault, not the bundle's.
        """
        found: dict[str, Broken] = {}
        for bundle in bundles:
            for file in bundle.files:
                if not self._is_whole(file):
                    found[bundle.bundle_id] = Broken(self._manifest(bundle), _damage(file))
                    break
        return found

    def _is_whole(self, file: StagedFile) -> bool:
        """Whether a file still has the content it is named by."""
        digest = hashlib.sha256(self.files.read(file.path)).hexdigest()[:DIGEST]
        return file.path.endswith(f"-{digest}.parquet")

    def _file_problem(self, file: StagedFile) -> str:
        """Say why a file cannot be taken in, from its footer alone; empty when it can."""
        try:
            with opened(self.files, file.path) as parquet:
                schema = parquet.schema_arrow
        except SinkError:
            if not self._is_there(file.path):
                return _absence(file)
            if self._is_whole(file):
                raise
            return _damage(file)
        problem = form_problem(file.table, schema)
        return problem and f"{file.path} {problem}"

    def of_run(self, run_id: str) -> list[Bundle]:
        """List the bundles of a run, complete or not."""
        names = self.files.listing(self.folder(run_id))
        return [self._read(name) for name in names if name.endswith(BUNDLE)]

    def _read(self, name: str) -> Bundle:
        document = json.loads(self.files.read(name))
        if document["schema_version"] > SCHEMA_VERSION:
            raise ValueError(f"schema {document['schema_version']} is newer: pip install -U rasd")
        return Bundle(
            name.rpartition("/")[2].removesuffix(BUNDLE),
            Provenance(
                document["run_id"],
                document["pipeline_version"],
                datetime.fromisoformat(document["as_of"]),
            ),
            document["bounded"],
            tuple(StagedFile(**file) for file in document["files"]),
        )

    def discard(self, bundles: Collection[Bundle]) -> None:
        """Remove bundles that were settled: manifests first, then the files they name.

        A bounded run's directory goes whole: what else lies in it was written by tries that
        failed. It stays while a bundle lies there that could not be taken in. A file that another
        bundle of the run names, too, stays for that one: work that is done again brings files of
        the same content, and thereby of the same name.
        """
        for bundle in bundles:
            self.files.remove(self._manifest(bundle))
        for run_id in {each.provenance.run_id for each in bundles if each.bounded}:
            if not any(name.endswith(BUNDLE) for name in self.files.listing(self.folder(run_id))):
                self.files.remove_tree(self.folder(run_id))
        paths: dict[str, set[str]] = defaultdict(set)
        for bundle in bundles:
            if not bundle.bounded:
                paths[self.folder(bundle.provenance.run_id)].update(e.path for e in bundle.files)
        for folder, settled in paths.items():
            for path in sorted(settled - self._named(folder)):
                self.files.remove(path)
            self.files.remove_empty(folder)

    def _named(self, folder: str) -> set[str]:
        """The files that the manifests in a directory name; one not to be read names none."""
        named: set[str] = set()
        for name in self.files.listing(folder):
            if not name.endswith(BUNDLE):
                continue
            try:
                named.update(file["path"] for file in json.loads(self.files.read(name))["files"])
            except (ValueError, KeyError, TypeError):
                continue
            except SinkError:
                if self._is_there(name):
                    raise  # else its worker has taken it back
        return named

    def forget(self, run_id: str) -> None:
        """Remove all that lies below a run's name."""
        self.files.remove_tree(self.folder(run_id))

    def aside(self, commit_id: str) -> str:
        """Where the rows that a settlement adds lie until it is committed."""
        return self.folder(f"{_SETTLING}{commit_id}")

    def forget_asides(self) -> None:
        """Remove what settlements have put aside: the one that is done, and those that died.

        One at a time has the right to write, so no other can be under way.
        """
        names = self.files.listing(INBOX)
        for folder in {_parent(name) for name in names if name.startswith(f"{INBOX}/{_SETTLING}")}:
            self.files.remove_tree(folder)


def _problem(bundle: Bundle, present: Collection[str]) -> str:
    """Say why a bundle cannot be taken in; empty when it can."""
    for file in bundle.files:
        if file.path not in present:
            return _absence(file)
        if file.table not in STORED:
            return f"its table {file.table} is unknown here: pip install -U rasd"
    return ""


def _absence(file: StagedFile) -> str:
    return f"it names {file.path}, which is not there: bring it back, or delete the bundle"


def _damage(file: StagedFile) -> str:
    return f"its file {file.path} is damaged: bring it back whole, or delete the bundle"


def _parent(name: str) -> str:
    return name.rpartition("/")[0]
