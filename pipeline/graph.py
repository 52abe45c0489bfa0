"""THE diagram: what a run is made of, in the order the data goes.

    refs -> group by URL -> read + join -> decode, extract, language, events -> rows -> staged files
                                `-> fetch ->´               `-> fingerprints
    fingerprints (new and stored) -> duplicate pairs

A bounded job runs ``documents`` once a tick and ``relations`` once; rows, pairs and the clusters
that follow from them are committed together (``pipeline.job``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import apache_beam as beam

from pipeline.documents import (
    KeepStorable,
    MakeRows,
    ProcessDocuments,
    ReadDocuments,
    StageRows,
    TickProgress,
    fingerprint_of,
)
from pipeline.fetching import FetchWanted
from pipeline.handover import ReadFingerprints, WriteFingerprints, WriteNames
from pipeline.options import Config
from pipeline.registry import Registry
from pipeline.sinks.base import Sink
from pipeline.sources.base import Ref
from transforms.dedup.transform import FindPairs
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


def documents(root: Any, plan: Plan, refs: Iterable[Ref], names: str) -> None:
    """One tick: refs to staged rows and fingerprints; ``names`` lists the files written."""
    config = plan.config
    given, wanted = (
        root
        | "Refs" >> beam.Create([(ref.key, ref) for ref in refs], reshuffle=False)
        | "GroupByUrl" >> beam.GroupByKey()
        | "ReadDocuments" >> ReadDocuments(online=not config.offline, registry=plan.registry)
    )
    work = ProcessDocuments(config.processes, config.page_timeout, config.page_memory)
    outcomes = given | "ProcessGiven" >> work
    if not config.offline:
        fetch = FetchWanted(plan.fetching, config.archive, plan.provenance.run_id, plan.registry)
        fetched = wanted | "FetchWanted" >> fetch | "ProcessFetched" >> work
        # Joined behind the pool: pages would be held in memory where two roads meet.
        outcomes = (outcomes, fetched) | "Outcomes" >> beam.Flatten()
    outcomes |= "TickProgress" >> TickProgress(f"{plan.work}/progress")
    outcomes |= "KeepStorable" >> KeepStorable(plan.provenance, config.from_date, config.to_date)
    staged = (
        outcomes
        | "MakeRows" >> MakeRows(plan.provenance)
        | "StageRows" >> StageRows(plan.sink, plan.provenance.run_id)
    )
    prints = (
        outcomes
        | "Fingerprints" >> beam.FlatMap(fingerprint_of)
        | "WriteFingerprints" >> WriteFingerprints(plan.work)
    )
    (staged, prints) | "Written" >> beam.Flatten() | "WriteNames" >> WriteNames(names)


def relations(root: Any, _plan: Plan, files: Sequence[str], names: str) -> None:
    """Fingerprints to verified duplicate pairs; ``names`` lists the pairs."""
    (
        root
        | "Files" >> beam.Create(list(files), reshuffle=False)
        | "ReadFingerprints" >> ReadFingerprints()
        | "FindPairs" >> FindPairs()
        | "WritePairs" >> WriteNames(names)
    )
