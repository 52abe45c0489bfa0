"""The work directory of a run whose workers are elsewhere: what was spooled, where they read it."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from pipeline.errors import UsageError
from pipeline.sinks.inbox import Inbox
from pipeline.sources.base import Ref
from pipeline.storage import is_remote

_SPOOLED: Final = "spooled"


def hand_over(refs: Sequence[Ref], spooled: Path, inbox: Inbox, run_id: str) -> list[Ref]:
    """Copy the spooled files that refs name beside the inbox, and have the refs name the copies.

    They lie below the run's own directory in the inbox, a disk's or a bucket's, and go with it:
    when the run is settled, or when the next one finds it dead.

    Args:
        refs: of a run's index.
        spooled: the launcher's own directory of spooled files.
        inbox: where the run delivers.
        run_id: of the run.

    Returns:
        The refs; those to given files as they were.
    """
    copied: dict[str, str] = {}
    handed: list[Ref] = []
    for ref in refs:
        if Path(ref.path).parent != spooled:
            handed.append(ref)
            continue
        if ref.path not in copied:
            copied[ref.path] = _copy(Path(ref.path), inbox, run_id)
        handed.append(replace(ref, path=copied[ref.path]))
    return handed


def check_reach(engine: str, inbox: Inbox, archive: str | None) -> None:
    """Refuse places of this machine where workers elsewhere would have to write.

    Args:
        engine: its name.
        inbox: where they deliver.
        archive: where they keep what servers answered, if anywhere.

    Raises:
        UsageError: they cannot.
    """
    if inbox.files.local:
        raise UsageError(
            f"--runner={engine}: its workers cannot write to {inbox.uri}: give --output a bucket, "
            "gs://BUCKET/DIRECTORY, or for BigQuery --staging gs://BUCKET/DIRECTORY"
        )
    if archive is not None and not is_remote(archive):
        raise UsageError(
            f"--runner={engine}: its workers cannot write to {archive}: give --archive "
            "gs://BUCKET/DIRECTORY"
        )


def check_readable(engine: str, refs: Sequence[Ref], spooled: Path) -> None:
    """Refuse documents that lie on this machine: workers elsewhere could read none of them.

    Feeds and lists are read by the launcher, wherever they lie; what it spooled is handed over.

    Raises:
        UsageError: one is named, and how it gets where they can.
    """
    for ref in refs:
        if not is_remote(ref.path) and Path(ref.path).parent != spooled:
            raise _unreadable(engine, ref.path, "-r DIRECTORY")


def check_list(engine: str, source: str) -> None:
    """Refuse a list of feeds of this machine where workers elsewhere read it.

    Raises:
        UsageError: it lies here, and how it gets where they can.
    """
    if not is_remote(source) and not source.startswith(("http://", "https://")):
        raise _unreadable(engine, source, source)


def check_queue(engine: str, queue: str) -> None:
    """Refuse a queue of this machine where workers elsewhere take from it.

    Raises:
        UsageError: it lies here.
    """
    if not is_remote(queue) or queue.startswith("file:"):
        raise UsageError(
            f"--runner={engine}: its workers cannot read {queue}: give --queue "
            "gs://BUCKET/DIRECTORY or pubsub://PROJECT/SUBSCRIPTION, to the fetcher, too"
        )


def _unreadable(engine: str, path: str, copied: str) -> UsageError:
    return UsageError(
        f"--runner={engine}: its workers cannot read {path}: put it into a bucket, "
        f"gcloud storage cp {copied} gs://BUCKET/, and name that"
    )


def _copy(path: Path, inbox: Inbox, run_id: str) -> str:
    name = f"{inbox.folder(run_id)}/{_SPOOLED}/{path.name}"
    with path.open("rb") as source, inbox.files.writing(name, durable=False) as target:
        shutil.copyfileobj(source, target)
    return inbox.files.uri(name)
