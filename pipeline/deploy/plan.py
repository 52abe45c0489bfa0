"""The commands of a deployment, in order, from a checkout of this project."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Final

from pipeline.version import __version__

TERRAFORM: Final = "deploy/terraform"
METADATA: Final = "deploy/flex-template.json"
# What the image and the list of feeds need before the rest can be made.
_FIRST: Final = (
    "google_project_service.used",
    "google_artifact_registry_repository.images",
    "google_storage_bucket.work",
)


@dataclass(frozen=True, slots=True)
class Target:
    """Where to deploy.

    Attributes:
        project: the project's id.
        region: of jobs, buckets and dataset.
        contact: a page or address for those who run the sites.
        dataset: of the rows.
        bucket: begins the names of the buckets; the project's id when empty.
        feeds: a list of feeds on this machine; None where nothing is followed.
        follow: ``fetcher``, ``stream``, ``queue``, ``dataflow`` or ``none``, as Terraform is told.
        alert_email: who is told when something is wrong.
    """

    project: str
    region: str
    contact: str
    dataset: str = "news"
    bucket: str = ""
    feeds: str | None = None
    follow: str = "fetcher"
    alert_email: str = ""

    @property
    def image(self) -> str:
        """The image's name with its tag."""
        return f"{self.region}-docker.pkg.dev/{self.project}/rasd/rasd:{__version__}"

    @property
    def work(self) -> str:
        """The bucket of what is under way."""
        return f"gs://{self.bucket or f'{self.project}-rasd'}-work"

    @property
    def data(self) -> str:
        """The output of all jobs."""
        return f"bigquery://{self.project}.{self.dataset}?location={self.region}"


@dataclass(frozen=True, slots=True)
class Step:
    """Some commands, and what they are for; each command a line of the shell."""

    about: str
    commands: tuple[str, ...]


def steps(target: Target) -> list[Step]:
    """Make the commands of a deployment.

    Args:
        target: checked (``pipeline.deploy.check``).

    Returns:
        In order; each may be done again.
    """
    terraform = f"terraform -chdir={TERRAFORM}"
    variables = _variables(target)
    image = shlex.quote(target.image)
    pinned = "$(sed 's/^/--build-arg /' deploy/images.env)"
    first = [f"-target={name}" for name in _FIRST]
    template = (
        "gcloud", "dataflow", "flex-template", "build", f"{target.work}/templates/rasd.json",
        f"--project={target.project}", f"--image={target.image}", "--sdk-language=PYTHON",
        f"--metadata-file={METADATA}",
    )  # fmt: skip
    found = [
        Step(
            "where the image and the list of feeds go",
            (f"{terraform} init", f"{terraform} apply {shlex.join([*first, *variables])}"),
        ),
        Step(
            "the image, on base images whose digests are written down first",
            (
                "make pin-image",
                f"gcloud auth configure-docker {target.region}-docker.pkg.dev",
                f"docker build -f deploy/Dockerfile --target engine {pinned} -t {image} .",
                shlex.join(["docker", "push", target.image]),
            ),
        ),
    ]
    if target.feeds is not None:
        copy = ("gcloud", "storage", "cp", target.feeds, f"{target.work}/config/feeds.toml")
        found.append(Step("the list of feeds", (shlex.join(copy),)))
    job = {"stream": "rasd-stream", "queue": "rasd-take"}.get(target.follow, "")
    start = (
        "gcloud", "run", "jobs", "execute", job, f"--project={target.project}",
        f"--region={target.region}", "--wait",
    )  # fmt: skip
    follows = [Step("the stream, handed to Dataflow; refused while it runs", (shlex.join(start),))]
    return [
        *found,
        Step("all the rest", (f"{terraform} apply {shlex.join(variables)}",)),
        *(follows if job else []),
        Step("the Flex Template, for jobs that somebody starts", (shlex.join(template),)),
        Step(
            "ask the rows, once there are some",
            (shlex.join(["rasd", "query", "--named", "events", "--data", target.data]),),
        ),
    ]


def _variables(target: Target) -> list[str]:
    given = {
        "project": target.project,
        "region": target.region,
        "image": target.image,
        "contact": target.contact,
        "dataset": target.dataset,
        "bucket": target.bucket,
        "follow": target.follow,
        "alert_email": target.alert_email,
    }
    return [f"-var={name}={value}" for name, value in given.items() if value]


def script(found: list[Step]) -> str:
    """The steps as a script of the shell that stops at the first failure."""
    lines = ["#!/bin/sh", "set -eu"]
    for number, step in enumerate(found, 1):
        lines += [f"\n# {number}. {step.about}", *step.commands]
    return "\n".join(lines) + "\n"
