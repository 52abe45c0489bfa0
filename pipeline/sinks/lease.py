"""Let one process write to a bucket at a time: a lease object that expires (decision 0039).

A bucket has no locks, but it writes an object only if the generation is the one expected. The
holder renews its lease; one that was not renewed until it expired belongs to whoever takes it
first. A holder that finds its lease gone must not publish.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from pipeline.sinks.base import SinkError

LEASE_NAME: Final = "_lease.json"
TTL: Final = 120.0  # seconds a lease holds without being renewed


@dataclass(slots=True)
class Lease:
    """The right to write to an output in a bucket, for as long as it is renewed.

    Attributes:
        root: bucket and directory, as in ``gs://ROOT``.
        ttl: seconds after which a lease that is not renewed may be taken.
        now: tells the time; all writers' clocks should agree to within some seconds.
    """

    root: str
    ttl: float = TTL
    now: Callable[[], float] = time.time
    _owner: str = field(default_factory=lambda: f"{os.getpid()}-{secrets.token_hex(8)}")
    _generation: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _blob: Any = None

    def acquire(self) -> bool:
        """Take the lease without waiting; False when another writer holds it.

        Raises:
            SinkError: the bucket cannot be used.
        """
        blob = self._open()
        found = self._explained(lambda: self._read(blob))
        if found is not None and found[1].get("owner") != self._owner:
            generation, lease = found
            if float(lease.get("expires", 0)) > self.now():
                return False
        generation = found[0] if found is not None else 0
        if not self._explained(lambda: self._write(blob, generation)):
            return False  # another was faster
        self._stop.clear()
        self._thread = threading.Thread(target=self._renew, daemon=True)
        self._thread.start()
        return True

    def check(self) -> None:
        """Make sure that the lease is still ours, before anything is published.

        Raises:
            SinkError: it was lost: another writer may be at it.
        """
        found = self._explained(lambda: self._read(self._open()))
        if found is None or found[1].get("owner") != self._owner:
            raise SinkError(
                f"gs://{self.root}: another writer took over, since the lease was not renewed in "
                "time; nothing was published: run the same command again"
            )

    def release(self) -> None:
        """Give the lease back."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        blob = self._open()
        # It may have been taken over; and where it cannot be deleted it expires by itself.
        with contextlib.suppress(Exception):
            found = self._read(blob)
            if found is not None and found[1].get("owner") == self._owner:
                blob.delete(if_generation_match=found[0])

    def _renew(self) -> None:
        while not self._stop.wait(self.ttl / 3):
            try:
                if not self._write(self._open(), self._generation):
                    return  # lost: ``check`` says so
            except Exception:  # noqa: BLE001, S112 - the network may come back before it expires
                continue

    def _read(self, blob: Any) -> tuple[int, dict[str, Any]] | None:
        from google.api_core import exceptions  # noqa: PLC0415 - only where there is a bucket

        try:
            blob.reload()
            lease = json.loads(blob.download_as_bytes())
        except exceptions.NotFound:
            return None
        except ValueError:
            lease = {}
        return int(blob.generation), lease

    def _write(self, blob: Any, generation: int) -> bool:
        from google.api_core import exceptions  # noqa: PLC0415 - only where there is a bucket

        lease = {"owner": self._owner, "expires": self.now() + self.ttl}
        try:
            blob.upload_from_string(json.dumps(lease), if_generation_match=generation)
        except exceptions.PreconditionFailed:
            return False
        self._generation = int(blob.generation)
        return True

    def _open(self) -> Any:
        if self._blob is None:
            bucket, _, folder = self.root.partition("/")
            name = f"{folder}/{LEASE_NAME}" if folder else LEASE_NAME
            self._blob = self._explained(lambda: _client().bucket(bucket).blob(name))
        return self._blob

    def _explained(self, call: Callable[[], Any]) -> Any:
        """Turn a failure of the store into one line."""
        try:
            return call()
        except ImportError as error:
            raise SinkError(f"gs://{self.root} needs pip install 'rasd[gcp]'") from error
        except Exception as error:
            line = " ".join(str(error).split())[:300]
            raise SinkError(f"cannot use gs://{self.root}: {line}") from error


def _client() -> Any:
    """Google's storage client; anonymous at an emulator."""
    from google.auth.credentials import AnonymousCredentials  # noqa: PLC0415 - seconds to import

    storage = importlib.import_module("google.cloud.storage")

    if os.environ.get("STORAGE_EMULATOR_HOST"):
        return storage.Client(project="emulator", credentials=AnonymousCredentials())  # type: ignore[no-untyped-call]
    return storage.Client()
