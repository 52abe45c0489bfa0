"""What BigQuery answers, as one line: what failed, where, and what to do."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from typing import Final

from pipeline.errors import UsageError
from pipeline.sinks.base import OutputRefused, SinkError
from pipeline.sinks.bigquery.address import Address
from pipeline.sinks.bigquery.backoff import passes, reason_of

EMULATOR: Final = "BIGQUERY_EMULATOR_HOST"
MISSING: Final = "bigquery:// needs Google's client: pip install 'rasd[gcp]'"
_PLACES: Final = re.compile(
    r"different locations|not found in location|dataset .* location", re.IGNORECASE
)
_REQUEST: Final = re.compile(r"^(?:GET|POST|PUT|PATCH|DELETE) \S+: ")
_BUCKET: Final = re.compile(r"bucket", re.IGNORECASE)
_PROJECT: Final = re.compile(r"\bproject\b", re.IGNORECASE)


def one_line(error: BaseException) -> str:
    """Return an error's own words, without the footers of the client, in one line."""
    said = getattr(error, "message", None) or str(error) or type(error).__name__
    said = str(said).split("\n\nLocation:")[0].split("; reason:")[0]
    said = _REQUEST.sub("", said)
    return " ".join(said.split())[:400]


@contextlib.contextmanager
def explained(address: Address) -> Iterator[None]:
    """Turn what Google's client raises into a ``SinkError`` of one line."""
    try:
        yield
    except (SinkError, UsageError):
        raise
    except ImportError as error:
        raise OutputRefused(MISSING) from error
    except Exception as error:
        if not type(error).__module__.startswith(("google.", "requests.", "urllib3.", "builtins")):
            raise
        if type(error).__module__ == "builtins" and not isinstance(error, OSError):
            raise
        raise _explanation(address, error) from error


def _explanation(address: Address, error: Exception) -> SinkError:
    """Say what an error means for an output."""
    from google.auth import exceptions as auth  # noqa: PLC0415 - only where it is needed

    said = one_line(error)
    if isinstance(error, auth.DefaultCredentialsError):
        return OutputRefused(
            f"no Google credentials for {address}: run `gcloud auth application-default login`, "
            "or name a service account's key file in GOOGLE_APPLICATION_CREDENTIALS"
        )
    if isinstance(error, auth.RefreshError):
        return OutputRefused(
            f"Google refuses the credentials for {address} ({said}): run `gcloud auth "
            "application-default login` again"
        )
    if passes(error):
        return _unreachable(address, said)
    return _answer(address, error, said)


def _answer(address: Address, error: Exception, said: str) -> SinkError:
    """Say what a refusal means."""
    code = getattr(error, "code", None)
    if _PLACES.search(said) and "table" not in said.lower():
        return OutputRefused(
            f"{address}: {said}; dataset and staging bucket must lie in one place: name another "
            f"--staging, or another dataset, or {address}?location=PLACE"
        )
    if code == 403:
        return _forbidden(address, reason_of(error), said)
    if code == 404:
        return _not_found(address, said)
    return SinkError(f"{address}: BigQuery answers: {said}")


def _unreachable(address: Address, said: str) -> SinkError:
    """Say that it was tried often enough."""
    host = os.environ.get(EMULATOR)
    if host:
        return SinkError(
            f"{address}: no good answer from {host} ({said}); start the emulator there, or unset "
            f"{EMULATOR}"
        )
    return SinkError(
        f"{address}: BigQuery gave no good answer in five tries ({said}); nothing was changed, "
        "what waits is kept: run the same command again later"
    )


def _forbidden(address: Address, reason: str, said: str) -> SinkError:
    """Say what is not allowed."""
    if reason == "quotaExceeded":
        return SinkError(
            f"{address}: a quota is used up ({said}); wait until it is renewed, or raise it in the "
            "console, and run the same command again"
        )
    if "billing" in said.lower():
        return OutputRefused(f"{address}: {said}; link a billing account to {address.project}")
    return OutputRefused(
        f"{address}: not allowed ({said}); grant roles/bigquery.jobUser on the project and "
        "roles/bigquery.dataEditor on the dataset (roles/bigquery.user to make it)"
    )


def no_project(said: str) -> bool:
    """Tell whether it is the project that is not there, not something in it."""
    return bool(_PROJECT.search(said)) and "dataset" not in said.lower()


def _not_found(address: Address, said: str) -> SinkError:
    """Say what is not there."""
    if _BUCKET.search(said) or "gs://" in said:
        return OutputRefused(
            f"{address}: {said}; make the bucket of --staging with `gcloud storage buckets create`"
        )
    if no_project(said):
        return OutputRefused(f"no project {address.project} ({said}): check its id")
    return OutputRefused(f"{address}: {said}; make it with rasd run INPUT --output {address}")
