"""THE diagram: what a run is made of, in the order the data goes.

    refs -> group by URL -> read + join -> decode, extract, language, events -> rows -> staged files
                                `-> fetch ->´               `-> fingerprints
    fingerprints (new and stored) -> duplicate pairs

A bounded job runs ``documents`` once a tick and ``relations`` once; rows, pairs and the clusters
that follow from them are committed together (``pipeline.run.job``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import apache_beam as beam

from pipeline.context import Plan
from pipeline.reconcile.clusters import write_pairs
from pipeline.sources.base import Ref
from pipeline.steps.fetch import FetchWanted, is_of_robots
from pipeline.steps.process import (
    KeepStorable,
    MakeRows,
    ProcessDocuments,
    ReadDocuments,
    TickProgress,
    fingerprint_of,
)
from pipeline.steps.spill import WriteFingerprints, WriteNames
from pipeline.steps.stage import StageRows
from pipeline.warc.writer import open_archive


def documents(root: Any, plan: Plan, refs: Iterable[Ref], names: str) -> None:
    """One tick: refs to staged rows and fingerprints; ``names`` lists the files written.

    What robots.txt files said stands in the list, too: the next tick need not ask.
    """
    config = plan.config
    given, wanted = (
        root
        | "Refs" >> beam.Create([(ref.key, ref) for ref in refs], reshuffle=False)
        | "GroupByUrl" >> beam.GroupByKey()
        | "ReadDocuments" >> ReadDocuments(online=not config.offline, registry=plan.registry)
    )
    process = ProcessDocuments(config.workers)
    written = [_store(given | "ProcessGiven" >> process, plan, "Given")]
    if not config.offline:
        archive = open_archive(config.archive, plan.provenance)
        fetch = FetchWanted(plan.fetching, archive, plan.registry)
        fetched = wanted | "FetchWanted" >> fetch
        written.append(_store(fetched | "ProcessFetched" >> process, plan, "Fetched"))
        written.append(fetched | "Robots" >> beam.Filter(is_of_robots))
    # The two roads meet only here: what stands where roads meet is held in memory.
    written | "Written" >> beam.Flatten() | "WriteNames" >> WriteNames(names)


def _store(outcomes: Any, plan: Plan, road: str) -> Any:
    """Outcomes to rows and fingerprints; what was written comes out."""
    config = plan.config
    storable = (
        outcomes
        | f"TickProgress{road}" >> TickProgress(f"{plan.work}/progress")
        | f"KeepStorable{road}" >> KeepStorable(plan.provenance, config.from_date, config.to_date)
    )
    staged = (
        storable
        | f"MakeRows{road}" >> MakeRows(plan.provenance)
        | f"StageRows{road}" >> StageRows(plan.sink, plan.provenance.run_id)
    )
    prints = (
        storable
        | f"Fingerprints{road}" >> beam.FlatMap(fingerprint_of)
        | f"WriteFingerprints{road}" >> WriteFingerprints(plan.work)
    )
    return (staged, prints) | f"Stored{road}" >> beam.Flatten()


def relations(root: Any, _plan: Plan, files: Sequence[str], names: str) -> None:
    """Fingerprints to verified duplicate pairs, which ``names`` lists.

    One element, the pure search: in one process a shuffle would hold many times what it needs.
    Its twin ``FindPairs`` gives the same pairs where many workers share the work.
    """
    (
        root
        | "Files" >> beam.Create([tuple(files)], reshuffle=False)
        | "FindPairs" >> beam.Map(write_pairs, names)
    )
