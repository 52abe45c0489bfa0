"""What every part of a run is given."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.options import Config
from pipeline.queue.base import Queue
from pipeline.sinks.base import Sink
from transforms.feeds.publishers import PublisherIndex
from transforms.fetch.run import FetchSettings
from transforms.rows.rows import Provenance


@dataclass(frozen=True, slots=True)
class RunContext:
    """Where a run's parts meet. It travels with the work: no worker has a clock of its own.

    Attributes:
        config: what was asked.
        sink: the output, and its inbox.
        provenance: the run's id and clock.
        fetching: how to fetch, by that clock.
        publishers: who publishes what.
        awaited: the launcher waits for the work and completes the run; else what is delivered
            counts as it comes, and whoever settles folds it in.
        queue: where pages go, instead of being processed here.
    """

    config: Config
    sink: Sink
    provenance: Provenance
    fetching: FetchSettings
    publishers: PublisherIndex
    awaited: bool = True
    queue: Queue | None = None

    def at(self, beat: datetime) -> RunContext:
        """The context of what a beat of a stream sets off: by the clock of that beat."""
        return replace(
            self,
            config=replace(self.config, as_of=beat),
            provenance=self.provenance.at(beat),
            fetching=replace(self.fetching, as_of=beat),
        )
