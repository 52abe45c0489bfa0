"""``rasd replay``: put dead letters back through the pipeline (decision 0043).

A letter names its input again: a line of JSON, a file, a record in an archive, or the address that
was asked for. What comes of it takes the same road as in any run, so nothing is doubled. A letter
is resolved when its input no longer fails; one that failed five times waits for a person.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from pipeline.options import Config
from pipeline.polling.warm import Warm
from pipeline.render.progress import Progress
from pipeline.run.job import Job, Summary
from pipeline.sinks.base import Sink
from pipeline.sinks.staged import read_staged
from pipeline.sources.base import Indexed, Ref
from pipeline.sources.files import FileIndex
from pipeline.sources.spool import Spool
from transforms.fetch.run import FetchSettings
from transforms.records import Entry, Feed
from transforms.rows.rows import Row, resolved_row
from transforms.text.urls import canonicalise_url

MOST_TRIES: Final = 5
_LINES: Final = "replayed.jsonl"


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay did.

    Attributes:
        tried: letters whose input went through again.
        resolved: those whose input no longer fails.
        waiting: letters that failed too often; only a named reason brings them back.
        lost: letters whose input nobody can name any more.
        missing: names of some of those inputs: files, archives or addresses.
        summary: of the run; None when nothing was tried.
    """

    tried: int
    resolved: int
    waiting: int
    lost: int
    missing: tuple[str, ...]
    summary: Summary | None


def letters_of(sink: Sink, stage: str | None, reason: str | None) -> tuple[list[Row], int]:
    """Read the dead letters to try again.

    Args:
        sink: the output.
        stage: only those of this stage.
        reason: only those with this reason, whether or not another try is likely to succeed.

    Returns:
        The letters in the order of their ids; and how many failed too often.
    """
    wanted = {"stage": {stage}} if stage else {"reason": {reason}} if reason else None
    found: list[Row] = []
    waiting = 0
    for row in sink.read("dead_letters", where=wanted).to_pylist():
        if row["resolved_at"] is not None or (stage and row["stage"] != stage):
            continue
        if row["reason"] != reason if reason else not row["retriable"]:
            continue
        if row["attempts"] >= MOST_TRIES and not reason:
            waiting += 1
            continue
        found.append(row)
    return sorted(found, key=lambda row: str(row["dead_letter_id"])), waiting


class ReplayJob(Job):
    """A bounded run over the inputs that dead letters name.

    Args:
        config: where and how; it names no inputs.
        progress: told what happens.
        letters: rows of ``dead_letters``.
        warm: the open output.
        fetching: how to fetch, instead of what the options say.
    """

    def __init__(
        self,
        config: Config,
        progress: Progress,
        letters: Sequence[Row],
        warm: Warm,
        fetching: FetchSettings | None = None,
    ) -> None:
        """Keep the letters; nothing is read yet."""
        super().__init__(config, progress, fetching=fetching, warm=warm)
        self._letters = {row["dead_letter_id"]: row for row in letters}
        self._feeds: dict[str, Feed] = {}
        self.lost: list[Row] = []
        self.resolved = 0

    def _indexed(self, spool: Spool) -> Iterable[Indexed]:
        """List what the letters name."""
        lines: list[str] = []
        paths: dict[str, None] = {}
        sighted = self._sightings()
        self._feeds = self._listed(row for rows in sighted.values() for row in rows)
        for row in self._letters.values():
            found = _input_of(row, sighted.get(row["url"], ()), spool)
            if isinstance(found, Feed):
                found = self._feeds.get(found.url, found)
            if isinstance(found, Path):
                paths[str(found)] = None
            elif isinstance(found, str):
                lines.append(found)
            elif isinstance(found, list):
                yield from found
            elif found is not None:
                yield found
            else:
                self.lost.append(row)
        if lines:
            stream = io.BytesIO("\n".join(lines).encode("utf-8", "replace"))
            paths[spool.take(_LINES, stream)] = None
        yield from FileIndex(spool, self._config.workers).index(list(paths))

    def _sightings(self) -> Mapping[str, list[Row]]:
        """The sightings of the pages that could not be had, by the entry's URL."""
        urls = {row["url"] for row in self._letters.values() if row["url"]}
        found: dict[str, list[Row]] = {}
        for row in self._sink.read("appearances", where={"url": urls}).to_pylist() if urls else ():
            found.setdefault(row["url"], []).append(row)
        return found

    def _registry(self) -> Iterable[Feed]:
        """What the list said of the letters' feeds when it was last read."""
        return self._feeds.values()

    def _listed(self, sightings: Iterable[Row]) -> dict[str, Feed]:
        """The letters' feeds as their list told of them, by URL: no list is named now.

        A row without country and zone may owe its publisher to the feed's own title.
        """
        names = {row["feed_url"] for row in (*sightings, *self._letters.values())} - {None}
        rows = self._sink.read("feeds", where={"feed_url": names}).to_pylist() if names else ()
        facts = ("publisher", "country", "language", "category", "tz")
        return {
            row["feed_url"]: Feed(row["feed_url"], **{name: row[name] for name in facts})
            for row in rows
            if row["country"] or row["tz"]
        }

    def _closing_rows(self) -> Mapping[str, list[dict[str, Any]]]:
        """Resolve the letters whose input did not fail again."""
        failed = self._failed()
        lost = {row["dead_letter_id"] for row in self.lost}
        done = [
            row
            for key, row in self._letters.items()
            if key not in lost and not {key, row["url"], row["source_id"]} & failed
        ]
        self.resolved = len(done)
        return {"dead_letters": [resolved_row(row, self._provenance) for row in done]}

    def _failed(self) -> set[str]:
        """What fails in this run: ids of letters, and the subjects they are about."""
        inbox = self._sink.inbox
        found: set[str] = set()
        columns = ("dead_letter_id", "url", "source_id")
        for bundle in inbox.of_run(self._provenance.run_id):
            for file in bundle.files:
                if file.table == "dead_letters":
                    data = read_staged(inbox.files, file, columns)
                    found.update(value for name in columns for value in data[name].to_pylist())
        return found - {None}


def replay(
    sink: Sink,
    config: Config,
    progress: Progress,
    *,
    work: Path,
    stage: str | None = None,
    reason: str | None = None,
    fetching: FetchSettings | None = None,
) -> Replayed:
    """Try dead letters again.

    Args:
        sink: the output, prepared.
        config: where and how; its inputs are those of the letters.
        progress: told what happens.
        work: a local directory that the run may fill.
        stage: only letters of this stage.
        reason: only letters with this reason; then also those that failed too often.
        fetching: how to fetch, instead of what the options say.
    """
    letters, waiting = letters_of(sink, stage, reason)
    if not letters:
        return Replayed(0, 0, waiting, 0, (), None)
    config = replace(config, inputs=(), force=True)
    job = ReplayJob(config, progress, letters, Warm(sink, config.as_of), fetching)
    summary = job.tick(work)
    missing = tuple(sorted({_named(row) for row in job.lost}))
    tried = len(letters) - len(job.lost)
    return Replayed(tried, job.resolved, waiting, len(job.lost), missing, summary)


def _named(row: Row) -> str:
    """What a letter calls its input: a file if it names one, else its address or itself."""
    return str(_payload(row).get("path") or row["url"] or row["dead_letter_id"])


def _payload(row: Row) -> dict[str, Any]:
    try:
        payload = json.loads(row["payload"] or "{}")
    except ValueError:
        return {}
    return payload if isinstance(payload, dict) else {}


def _input_of(
    row: Row, sightings: Sequence[Row], spool: Spool
) -> Feed | Ref | list[Ref] | Path | str | None:
    """Find a letter's input: a feed, refs, a file, a line of JSON; None when it is lost."""
    url, payload = row["url"] or "", _payload(row)
    archived = _archived(row, payload)
    if archived is not None:
        return archived
    if "path" in payload:
        path = Path(str(payload["path"]))
        return path if path.exists() else None
    if row["payload"]:
        return str(row["payload"])
    if row["stage"] == "feeds" and url.startswith("http"):
        return Feed(url)
    return _entry_refs(row, sightings, spool) if url.startswith("http") else None


def _archived(row: Row, payload: Mapping[str, Any]) -> Ref | None:
    """The response as an archive keeps it; one that failed to come is asked for anew."""
    path, mark, offset = (row["raw_ref"] or "").rpartition("#")
    if "offset" in payload and "path" in payload:
        path, mark, offset = str(payload["path"]), "#", str(payload["offset"])
    if row["stage"] in {"fetch", "feeds"} or not mark or not offset.isdigit():
        return None
    there = "://" in path or Path(path).exists()
    return Ref(canonicalise_url(row["url"] or ""), "record", path, int(offset)) if there else None


def _entry_refs(row: Row, sightings: Sequence[Row], spool: Spool) -> list[Ref]:
    """The entries that link to the page, as they were last seen.

    They are not seen again: a later sighting would stand for the feed's whole list.
    """
    url: str = row["url"]
    entries = [
        Entry(
            each["feed_url"], each["guid"], url, each["position"] or 0, seen_at=each["last_seen_at"]
        )
        for each in sightings
    ] or [Entry(row["feed_url"] or "", url, url, 0)]
    return [Ref(canonicalise_url(url), "entry", *spool.put(entry)) for entry in entries]
