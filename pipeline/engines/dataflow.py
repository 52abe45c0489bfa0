"""Dataflow: Google's engine; its workers see buckets, and nothing of this machine."""

from __future__ import annotations

from typing import Any, Final

from apache_beam.options.pipeline_options import (
    GoogleCloudOptions,
    PipelineOptions,
    SetupOptions,
    WorkerOptions,
)

from pipeline.engines.base import HOW, Engine, beam_options
from pipeline.errors import UsageError
from pipeline.options import Config
from pipeline.values import A_REGION, REGION

NAME: Final = "DataflowRunner"
# What Beam would ask for one after the other, or only once the graph is made.
_NEEDED: Final = {"project": "PROJECT", "region": "REGION", "temp_location": "gs://BUCKET/temp"}


def open_dataflow(config: Config) -> Engine:
    """Open Dataflow.

    With ``--template_location`` the graph is written there, for somebody else to start: so do the
    launchers of Flex Templates, which are gone when the job begins.

    Raises:
        UsageError: Google's clients are not installed, or an option is missing.
    """
    options = beam_options(config)
    cloud = options.view_as(GoogleCloudOptions)
    absent = [
        f"--{name}={value}" for name, value in _NEEDED.items() if getattr(cloud, name) is None
    ]
    if absent:
        raise UsageError(f"--runner={NAME} also needs {' '.join(absent)}; {HOW}")
    for name in ("temp_location", "staging_location", "template_location"):
        place = getattr(cloud, name)
        if place is not None and not place.startswith("gs://"):
            raise UsageError(
                f"--{name}={place}: Dataflow reads only buckets: gs://BUCKET/DIRECTORY"
            )
    if not REGION.fullmatch(cloud.region):
        raise UsageError(f"--region={cloud.region}: {A_REGION} is wanted")
    _check_package(options)
    template = cloud.template_location
    return Engine(_runner(), NAME, options, elsewhere=True, one_job=True, template=template)


def _runner() -> Any:
    try:
        from apache_beam.runners.dataflow.dataflow_runner import DataflowRunner  # noqa: PLC0415
        from apache_beam.runners.dataflow.internal import apiclient  # noqa: F401, PLC0415
    except ImportError:
        raise UsageError(f"--runner={NAME} needs pip install 'rasd[gcp]'") from None
    return DataflowRunner()


def _check_package(options: PipelineOptions) -> None:
    """See that the workers will have this package: jobs without it fail one by one, later.

    Raises:
        UsageError: nothing brings it there.
    """
    setup = options.view_as(SetupOptions)
    image = options.view_as(WorkerOptions).sdk_container_image
    if not (image or setup.setup_file or setup.extra_packages):
        raise UsageError(
            f"--runner={NAME}: its workers have no rasd; --sdk_container_image=IMAGE names the "
            f"image of deploy/Dockerfile, --setup_file=./setup.py stages a checkout; {HOW}"
        )
