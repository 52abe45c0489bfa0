"""BigQuery's emulator for tests: a process of its own, in an environment of its own."""

from __future__ import annotations

import contextlib
import itertools
import os
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from buckets import free_port

ROOT = Path(__file__).resolve().parents[2]
MISSING = "no BigQuery emulator: make emulator"
_numbers = itertools.count(1)


def environment() -> Path:
    """The emulator's virtual environment; RASD_EMULATOR names another than that of make."""
    return Path(os.environ.get("RASD_EMULATOR") or ROOT / ".venv-emulator").absolute()


def need_emulator() -> None:
    """Skip the test where the emulator is not installed; where all must run, fail."""
    if (environment() / ".installed").is_file():
        return
    if os.environ.get("CI") == "true":
        pytest.fail(MISSING)
    pytest.skip(MISSING)


@contextlib.contextmanager
def emulated_bigquery(gcs_root: Path | None = None) -> Iterator[str]:
    """Start the emulator on loopback, empty; gives its address.

    Args:
        gcs_root: the directory in which a fake object store keeps its buckets, if there is one.
    """
    need_emulator()
    rest, grpc = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="rasd-bqemulator-") as folder:
        settings = {**os.environ, "HOME": str(environment() / "home")}
        if gcs_root is not None:
            settings["BQEMU_GCS_LOCAL_ROOT"] = str(gcs_root)
        command = [
            str(environment() / "bin/bqemulator"),
            "start",
            *("--rest-port", str(rest)),
            *("--grpc-port", str(grpc)),
            *("--log-level", "error"),
        ]
        with Path(folder, "log").open("wb") as log:
            server = subprocess.Popen(command, env=settings, stdout=log, stderr=log, cwd=folder)
        host = f"http://127.0.0.1:{rest}"
        try:
            _wait(server, host, Path(folder, "log"))
            yield host
        finally:
            server.kill()
            server.wait()


def _wait(server: subprocess.Popen[bytes], host: str, log: Path) -> None:
    """Wait until it answers."""
    for _ in range(600):
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{host}/bigquery/v2/projects/p/datasets").close()  # noqa: S310 - our own emulator
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"the BigQuery emulator did not start: {log.read_text()[-2000:]}")


def new_dataset() -> str:
    """Name a dataset no other test has used."""
    return f"bigquery://test-project.news{next(_numbers)}"
