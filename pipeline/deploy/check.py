"""What has to be true before the commands of a deployment can work."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Final

from pipeline.deploy.plan import METADATA, TERRAFORM, Target
from pipeline.errors import UsageError
from pipeline.sources.files import feeds_of
from pipeline.values import A_REGION, REGION

FOLLOW: Final = ("fetcher", "stream", "queue", "dataflow", "none")
_PROJECT: Final = re.compile(r"[a-z][a-z0-9-]{4,28}[a-z0-9]")
_DATASET: Final = re.compile(r"[A-Za-z0-9_]{1,1024}")
_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9_-]{1,54}[a-z0-9]")  # with -archive behind it: 63
_MAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_TOOLS: Final = {
    "gcloud": "https://cloud.google.com/sdk/docs/install",
    "docker": "https://docs.docker.com/engine/install",
    "terraform": "https://developer.hashicorp.com/terraform/install",
}
_FILES: Final = ("deploy/Dockerfile", "deploy/pin_image.sh", TERRAFORM, METADATA)


def check(target: Target) -> None:
    """Refuse what would fail halfway.

    Raises:
        UsageError: a name that Google would not take, a list of feeds that cannot be read, or no
            checkout here; one line that says which.
    """
    names = (
        ("--project", target.project, _PROJECT, "6 to 30 small letters, digits and hyphens"),
        ("--region", target.region, REGION, A_REGION),
        ("--dataset", target.dataset, _DATASET, "letters, digits and _"),
        ("--bucket", target.bucket or "rasd", _BUCKET, "3 to 56 small letters, digits, - and _"),
        ("--alert-email", target.alert_email or "a@b.c", _MAIL, "an address of mail"),
    )
    for name, value, pattern, form in names:
        if not pattern.fullmatch(value):
            raise UsageError(f"{name} {value}: {form} is wanted")
    if target.follow not in FOLLOW:
        raise UsageError(f"--follow {target.follow}: one of {', '.join(FOLLOW)}")
    if target.follow != "none":
        if target.feeds is None:
            raise UsageError(f"--follow {target.follow} wants --feeds, a list of feeds to follow")
        feeds_of(target.feeds)
    for name in _FILES:
        if not Path(name).exists():
            raise UsageError(f"no {name} here: the commands are those of a checkout; go into it")


def missing_tools() -> list[str]:
    """Say what the commands need and this machine has not, a line each."""
    return [
        f"{tool} is not on the path: {where}"
        for tool, where in _TOOLS.items()
        if shutil.which(tool) is None
    ]
