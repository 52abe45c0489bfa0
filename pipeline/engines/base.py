"""What an engine is, and where those of a checkout lie."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from apache_beam.options.pipeline_options import (
    GoogleCloudOptions,
    PipelineOptions,
    PortableOptions,
)

from pipeline.engines.places import check_places
from pipeline.errors import UsageError
from pipeline.options import Config

HOW: Final = "docs/engines.md tells how"
_PATIENCE: Final = 5.0  # seconds for a job server to answer its port


@dataclass(frozen=True, slots=True)
class Engine:
    """What runs a graph.

    Attributes:
        runner: Beam's.
        name: what really runs, for the manifest.
        options: Beam's options of a job.
        in_process: its workers are this process: they may have its processes and its files.
        elsewhere: its workers see buckets only, no file of this machine.
        one_job: all ticks of a run go to it as one job, since starting one takes it long.
        template: where it only writes the graph to, instead of running it; None where it runs.
    """

    runner: Any
    name: str
    options: PipelineOptions
    in_process: bool = False
    elsewhere: bool = False
    one_job: bool = False
    template: str | None = None

    def elsewhere_lies(self, uris: Iterable[str | None]) -> list[str]:
        """Say which buckets of a job do not lie where it runs.

        Args:
            uris: what the job reads and writes, beside what its own options name.

        Raises:
            UsageError: a bucket is not there.
        """
        cloud = self.options.view_as(GoogleCloudOptions)
        if cloud.region is None:
            return []
        own = (cloud.temp_location, cloud.staging_location, cloud.template_location)
        return check_places(cloud.region, cloud.project, [*own, *uris])


def beam_options(config: Config) -> PipelineOptions:
    """The options Beam is given: what was typed."""
    settings: dict[str, Any] = {"save_main_session": False}
    return PipelineOptions(list(config.beam_args), **settings)


def engines_folder() -> Path:
    """Where ``make engines`` puts what it builds; ``RASD_ENGINES`` names another place."""
    given = os.environ.get("RASD_ENGINES")
    return Path(given) if given else Path(__file__).resolve().parents[2] / ".engines"


def check_endpoint(options: PipelineOptions, runner: str) -> bool:
    """Tell whether a job server is named, and see that it is there.

    Returns:
        False when none is named: the engine starts its own.

    Raises:
        UsageError: nobody listens there.
    """
    endpoint = options.view_as(PortableOptions).job_endpoint
    if not endpoint or endpoint == "embed":
        return bool(endpoint)
    host, _, port = endpoint.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=_PATIENCE).close()
    except (OSError, ValueError) as error:
        why = f"no job server answers at {endpoint} ({error})"
        raise UsageError(f"--runner={runner}: {why}; {HOW} to start one") from None
    return True
