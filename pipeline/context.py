"""What every part of a run is given."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.options import Config
from pipeline.sinks.base import Sink
from transforms.feeds.publishers import Registry
from transforms.fetch.run import FetchSettings
from transforms.rows.rows import Provenance


@dataclass(frozen=True, slots=True)
class Plan:
    """Where a run's parts meet: its sink, its provenance, and its working directory."""

    config: Config
    sink: Sink
    provenance: Provenance
    fetching: FetchSettings
    registry: Registry
    work: str  # a local directory: names of staged files, fingerprints, progress
