"""Small files by which one part of a run hands its results to the next.

The parts run in other processes when Beam says so, so results travel as files of the run's
working directory, written whole or not at all.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apache_beam as beam
from apache_beam.transforms.window import GlobalWindow
from apache_beam.utils.timestamp import MIN_TIMESTAMP
from apache_beam.utils.windowed_value import WindowedValue

from transforms.records import Fingerprint, content_id


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that nobody sees half of it."""
    aside = path.with_name(f"{path.name}.{os.getpid()}.part")
    aside.write_bytes(data)
    aside.replace(path)


def read_pickled(path: str | Path) -> Any:
    """Read what another part of this run wrote."""
    return pickle.loads(Path(path).read_bytes())  # noqa: S301 - written by this run


@dataclass
class WriteFingerprints(beam.PTransform):
    """Fingerprints -> files of fingerprints (their paths)."""

    directory: str

    def expand(self, prints: Any) -> Any:
        """Write the fingerprints of each bundle."""
        return prints | "WriteBundle" >> beam.ParDo(_WriteBundle(self.directory))


class _WriteBundle(beam.DoFn):
    def __init__(self, directory: str) -> None:
        self._directory = directory
        self._kept: list[Fingerprint] = []

    def start_bundle(self) -> None:
        self._kept = []

    def process(self, fingerprint: Fingerprint) -> None:
        self._kept.append(fingerprint)

    def finish_bundle(self) -> Iterator[WindowedValue]:
        if not self._kept:
            return
        path = save_fingerprints(self._directory, self._kept)
        yield WindowedValue(path, MIN_TIMESTAMP, [GlobalWindow()])


def save_fingerprints(directory: str, prints: list[Fingerprint]) -> str:
    """Write fingerprints to a file named by their ids and return its path."""
    ordered = sorted(prints, key=lambda each: each.article_id)
    path = Path(directory) / f"fingerprints-{content_id(*(each.article_id for each in ordered))}"
    write_whole(path, pickle.dumps(ordered, protocol=5))
    return str(path)


@dataclass
class WriteNames(beam.PTransform):
    """Everything a part has written -> one file that lists it, for the launcher."""

    path: str

    def expand(self, written: Any) -> Any:
        """Collect and write."""
        return (
            written
            | "Collect" >> beam.combiners.ToList()
            | "WriteList" >> beam.Map(write_list, self.path)
        )


def write_list(found: list[Any], path: str) -> str:
    """Write what a part has found for ``read_pickled`` and return the path."""
    write_whole(Path(path), pickle.dumps(found, protocol=5))
    return path
