"""A conversation with BigQuery: one client, every request bounded in time and tried again.

Jobs have ids that follow from what they do, so that a job whose answer was lost is found again
and never done twice.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa

from pipeline.sinks.base import SinkError
from pipeline.sinks.bigquery.address import Address
from pipeline.sinks.bigquery.backoff import Backoff, passes
from pipeline.sinks.bigquery.failures import EMULATOR, explained

_DONE: Final = "DONE"
_LONGEST_POLL: Final = 2.0  # seconds between two questions after a job


def emulator_host() -> str | None:
    """Return the address of an emulator, if one is named; the scheme may be left out."""
    host = os.environ.get(EMULATOR)
    return None if not host else host if "://" in host else f"http://{host}"


def job_id(*parts: str) -> str:
    """Make the id of a job from what it does; the same parts give the same id."""
    digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]
    return f"rasd_{digest}"


@dataclass
class Session:
    """Talks to BigQuery about one dataset.

    Attributes:
        address: the dataset.
        backoff: when to try again.
        location: where jobs run: that of the dataset, once it is known.
    """

    address: Address
    backoff: Backoff = field(default_factory=Backoff)
    location: str | None = None
    _client: Any = None

    def __post_init__(self) -> None:
        """Jobs run where the dataset is wanted."""
        self.location = self.location or self.address.location

    @property
    def client(self) -> Any:
        """Google's client, made when it is first needed; the emulator's without credentials."""
        if self._client is None:
            with explained(self.address):
                self._client = self._connect()
        return self._client

    def _connect(self) -> Any:
        from google.auth.credentials import AnonymousCredentials  # noqa: PLC0415 - takes seconds
        from google.cloud import bigquery  # noqa: PLC0415 - the same

        host = emulator_host()
        project = self.address.project
        if host is None:
            client = bigquery.Client(project=project)
        else:
            anyone = AnonymousCredentials()  # type: ignore[no-untyped-call]
            options = {"api_endpoint": host}
            client = bigquery.Client(project=project, credentials=anyone, client_options=options)
        # the client waits two minutes for results, whatever it is told
        for scheme in ("https://", "http://"):
            adapter = client._http.get_adapter(scheme)  # noqa: SLF001 - it hands out no other
            adapter.send = bounded(adapter.send, self.backoff.timeout)
        return client

    def call(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method of the client, bounded in time and tried again; failures are one line."""
        with explained(self.address):
            return self.raw(method, *args, **kwargs)

    def raw(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method of the client as ``call`` does, but let its own errors through."""
        bound = {"retry": self.backoff, "timeout": self.backoff.timeout}
        return getattr(self.client, method)(*args, **(bound | kwargs))

    def find_job(self, name: str) -> Any:
        """Return a job that was started, by its id; it may be some moments until it is seen."""
        from google.api_core.exceptions import NotFound  # noqa: PLC0415 - only where it is needed

        for tried in range(1, self.backoff.tries + 1):
            try:
                return self.raw("get_job", name, location=self.location)
            except NotFound:
                if tried == self.backoff.tries:
                    raise
                time.sleep(self.backoff.pause(tried))
        raise AssertionError  # pragma: no cover - the loop returns or raises

    def finished(self, job: Any) -> Any:
        """Wait for a job to end, well or not, and return it."""
        pause = 0.05
        while job.state != _DONE:
            time.sleep(pause)
            pause = min(_LONGEST_POLL, pause * 1.5)
            job = self.find_job(job.job_id)
        return job

    def run(self, start: Any, name: str) -> Any:
        """Do a job, again under another id when it fails with what passes, until it is done.

        Args:
            start: starts the job of an id; what it raises with code 409 means it was started.
            name: the id; the number of the try is added.

        Returns:
            The job, which ended, well or not: see ``failure``.

        Raises:
            Exception: it could not be started, in the words of Google's client.
        """
        from google.api_core.exceptions import Conflict  # noqa: PLC0415 - only where it is needed

        for tried in range(1, self.backoff.tries + 1):
            this = f"{name}_{tried}"
            try:
                job = start(this)
            except Conflict:
                job = self.find_job(this)
            job = self.finished(job)
            error = failure(job)
            if error is None or tried == self.backoff.tries or not passes(error):
                return job
            time.sleep(self.backoff.pause(tried))
        raise AssertionError  # pragma: no cover - the loop returns or raises

    def query(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        name: str | None = None,
        max_bytes: int | None = None,
    ) -> Any:
        """Run a query and return its job.

        Args:
            sql: one statement, or a script.
            parameters: ``ScalarQueryParameter`` and ``ArrayQueryParameter`` values by name.
            name: the job's id, for what must not be done twice; a new one otherwise.
            max_bytes: refuse to bill more.

        Raises:
            Exception: as Google's client words it.
        """
        config = self.config(parameters, max_bytes=max_bytes)

        def start(this: str) -> Any:
            return self.raw(
                "query",
                sql,
                job_config=config,
                job_id=this,
                location=self.location,
                job_retry=None,
            )

        job = self.run(start, name or job_id(sql, os.urandom(16).hex()))
        error = failure(job)
        if error is not None:
            raise error
        return job

    def config(
        self,
        parameters: Mapping[str, Any] | None = None,
        *,
        max_bytes: int | None = None,
        dry_run: bool = False,
    ) -> Any:
        """Make the configuration of a query."""
        from google.cloud import bigquery  # noqa: PLC0415 - takes seconds

        config = bigquery.QueryJobConfig(
            query_parameters=list((parameters or {}).values()), labels={"tool": "rasd"}
        )
        if max_bytes is not None:
            config.maximum_bytes_billed = max_bytes
        if dry_run:
            config.dry_run = True
            config.use_query_cache = False
        return config

    def rows(self, job: Any) -> pa.Table:
        """Return the rows of a finished query as Arrow, by the plain API."""
        found = job.result(retry=self.backoff, timeout=self.backoff.timeout, job_retry=None)
        return found.to_arrow(create_bqstorage_client=False)

    def select(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pa.Table:
        """Run a query of ours and return its rows; failures are one line."""
        with explained(self.address):
            return self.rows(self.query(sql, parameters))

    def close(self) -> None:
        """Let go of the connection."""
        if self._client is not None:
            self._client.close()
            self._client = None


def bounded(send: Callable[..., Any], longest: float) -> Callable[..., Any]:
    """Wrap what sends requests so that none waits longer than this many seconds for an answer."""

    def sent(request: Any, **options: Any) -> Any:
        asked = options.get("timeout")
        if not isinstance(asked, (int, float)) or asked > longest:
            options["timeout"] = longest
        return send(request, **options)

    return sent


def failure(job: Any) -> Exception | None:
    """Return what a job that has ended failed with; None when it ended well."""
    return job.exception() if job.error_result else None


def array_parameter(name: str, kind: str, values: Collection[Any] | Sequence[Any]) -> Any:
    """Make an array parameter of a query."""
    from google.cloud import bigquery  # noqa: PLC0415 - takes seconds

    return bigquery.ArrayQueryParameter(name, kind, list(values))


def same_rows(expected: int, found: int | None, what: str) -> None:
    """Hold the number of rows a job says it wrote against that of the rows sent.

    Raises:
        SinkError: they differ; nothing relies on such a load.
    """
    if found is not None and found != expected:
        raise SinkError(f"{what}: {expected} rows were sent and {found} arrived: run it again")
