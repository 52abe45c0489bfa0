"""Where the buckets of a job on Dataflow lie: asked before it is made, not told by its failure."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterable
from typing import Any, Final

from pipeline.errors import UsageError

_PATIENCE: Final = 10.0  # seconds for an answer
# A multi-region, and how the regions in it begin.
_MULTI: Final = {"US": "us-", "EU": "europe-", "ASIA": "asia-"}


def check_places(region: str, project: str | None, uris: Iterable[str | None]) -> list[str]:
    """See that buckets are there, and whether they lie where the job runs.

    Args:
        region: of the job.
        project: whose credentials ask.
        uris: what the job reads and writes; others than ``gs://`` are passed over.

    Returns:
        A line for each bucket that lies elsewhere. Nobody is stopped for it: it works, slowly.

    Raises:
        UsageError: a bucket is not there.
    """
    names = sorted({uri[5:].partition("/")[0] for uri in uris if uri and uri.startswith("gs://")})
    told = []
    client = _client(project) if names else None
    for name in names if client is not None else ():
        location, kind = _location(client, name, region)
        if location and not _holds(location, kind, region):
            told.append(
                f"gs://{name} lies in {location}, the job runs in {region}: each gigabyte between "
                "them costs; name a region and a bucket in one place"
            )
    return told


def _client(project: str | None) -> Any:
    """Google's client; None where nobody may ask: the job itself will say so."""
    from google.api_core.exceptions import GoogleAPIError  # noqa: PLC0415 - an extra
    from google.auth.credentials import AnonymousCredentials  # noqa: PLC0415 - the same
    from google.auth.exceptions import GoogleAuthError  # noqa: PLC0415 - the same

    storage: Any = importlib.import_module("google.cloud.storage")  # it takes a second
    anonymous: Any = AnonymousCredentials
    given = anonymous() if os.environ.get("STORAGE_EMULATOR_HOST") else None
    try:
        return storage.Client(project=project, credentials=given)
    except (GoogleAPIError, GoogleAuthError, OSError):
        return None


def _location(client: Any, name: str, region: str) -> tuple[str, str]:
    """A bucket's location and its kind; empty where it may not be asked for.

    Raises:
        UsageError: there is no such bucket.
    """
    from google.api_core.exceptions import GoogleAPIError, NotFound  # noqa: PLC0415 - an extra
    from google.auth.exceptions import GoogleAuthError  # noqa: PLC0415 - the same

    try:
        bucket = client.get_bucket(name, timeout=_PATIENCE, retry=None)
    except NotFound:
        raise UsageError(
            f"there is no bucket gs://{name}; make it where the job runs: gcloud storage buckets "
            f"create gs://{name} --location={region}"
        ) from None
    except (GoogleAPIError, GoogleAuthError, OSError):
        return "", ""
    return str(bucket.location or ""), str(bucket.location_type or "")


def _holds(location: str, kind: str, region: str) -> bool:
    """Whether a region lies within a bucket's location; of pairs of regions nothing is known."""
    if location in _MULTI:
        return region.startswith(_MULTI[location])
    return kind == "dual-region" or location.lower() == region
