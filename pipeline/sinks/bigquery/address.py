"""Where an output in BigQuery lies: project, dataset, location, and the staging beside it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs

from pipeline.sinks.base import OutputRefused

_FORM: Final = "bigquery://PROJECT.DATASET"
# A project id, of an old organisation "example.com:name"; a dataset's name.
_URI: Final = re.compile(
    r"(?:bigquery|bq)://(?P<project>[A-Za-z0-9.-]+:[A-Za-z0-9-]+|[A-Za-z0-9-]+)"
    r"\.(?P<dataset>[A-Za-z0-9_]{1,1024})/?(?:\?(?P<query>.*))?",
    re.IGNORECASE,
)
_LOCATION: Final = re.compile(r"[A-Za-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Address:
    """A dataset.

    Attributes:
        project: the project's id; jobs are run and billed there.
        dataset: the dataset's name.
        location: where the dataset has to lie, such as ``EU``; None for wherever it lies, and US
            for one that is made.
    """

    project: str
    dataset: str
    location: str | None = None

    def __str__(self) -> str:
        """Return it as the user writes it."""
        return f"bigquery://{self.project}.{self.dataset}"

    @property
    def path(self) -> str:
        """Return ``PROJECT.DATASET``, as the client names it."""
        return f"{self.project}.{self.dataset}"

    def table(self, name: str) -> str:
        """Return a table's full name, as the client names it."""
        return f"{self.path}.{name}"

    def quoted(self, name: str) -> str:
        """Return a table's full name, as SQL names it."""
        return f"`{self.path}.{name}`"


def parse_address(uri: str) -> Address:
    """Read ``bigquery://PROJECT.DATASET``, with ``?location=EU`` if a place is wanted.

    Raises:
        OutputRefused: it is none.
    """
    match = _URI.fullmatch(uri.strip())
    if match is None:
        raise OutputRefused(
            f"{uri} names no dataset: write {_FORM}, such as bigquery://my-project.news"
        )
    asked = parse_qs(match["query"] or "")
    location = asked.pop("location", [None])[-1]
    if asked or (location is not None and not _LOCATION.fullmatch(location)):
        raise OutputRefused(f"{uri}: only ?location=PLACE may follow, such as ?location=EU")
    return Address(match["project"], match["dataset"], location)


def default_staging(address: Address) -> str:
    """Return the directory of this user in which rows for a dataset wait when none is named."""
    state = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    folder = f"{address.project}.{address.dataset}".replace(":", "_")
    return str(Path(state).expanduser() / "rasd" / "bigquery" / folder)
