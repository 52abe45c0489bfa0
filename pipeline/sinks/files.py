"""Files on a disk or in a bucket: durable, atomic, and every failure one clear line.

Local files are written under a temporary name, synced and renamed; an object in a bucket becomes
visible when it is complete anyway.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.fs as pafs

from pipeline.sinks.base import OutputRefused, SinkError

Result = TypeVar("Result")

# How long a request to a bucket is tried again; Google's client would go on for 15 minutes.
_PATIENCE: Final = timedelta(seconds=30)
_CAUSES: Final = {
    errno.ENOSPC: "the disk is full; free some space and run the same command again",
    errno.EDQUOT: "the disk quota is used up; free some space and run the same command again",
    errno.EROFS: "the file system is read-only; name an output that can be written",
    errno.EACCES: "permission denied; name an output you may write, or change its permissions",
    errno.EPERM: "not permitted; name an output you may write, or change its permissions",
    errno.ENOTDIR: "a part of the path is a file; name another output",
}
# What Google's client says of a bucket, in the order of looking, and what it means.
_GOOGLE: Final = {
    "OAuth2 access token": (
        "no Google credentials, or no way to ask for them: run `gcloud auth application-default "
        "login`, or name a key file in GOOGLE_APPLICATION_CREDENTIALS"
    ),
    "Status(UNAUTHENTICATED": (
        "Google refuses the credentials: run `gcloud auth application-default login` again"
    ),
    "Status(PERMISSION_DENIED": "not allowed: grant roles/storage.objectAdmin on the bucket",
    "Retry policy exhausted": (
        "no good answer from the object store; see that the network and STORAGE_EMULATOR_HOST, if "
        "it is set, are right, and run the same command again"
    ),
}


@contextlib.contextmanager
def explained(path: str) -> Iterator[None]:
    """Turn a failure of the file system into a ``SinkError`` of one line that names the path."""
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        code = getattr(error, "errno", None)
        said = " ".join(str(error).split())
        google = next((what for words, what in _GOOGLE.items() if words in said), "")
        reason = _CAUSES.get(code or 0) or google or said[:300]
        raise SinkError(f"cannot use {path}: {reason}") from error


@dataclass(frozen=True, slots=True)
class Files:
    """The files below one root, named by paths relative to it.

    Attributes:
        fs: the Arrow file system.
        root: its path of the root, without a trailing slash.
        local: whether it is this machine's disk.
    """

    fs: Any
    root: str
    local: bool

    def path(self, name: str) -> str:
        """Return the file system's path of a name; the root's for the empty one."""
        return f"{self.root}/{name}" if name else self.root

    def uri(self, name: str) -> str:
        """Return what others open the file by: an absolute path, or ``gs://...``."""
        return self.path(name) if self.local else f"gs://{self.path(name)}"

    def kind(self, name: str = "") -> str:
        """Return ``file``, ``directory`` or ``missing``."""
        with explained(self.path(name)):
            info = self.fs.get_file_info(self.path(name))
        if info.type == pafs.FileType.NotFound:
            return "missing"
        return "file" if info.type == pafs.FileType.File else "directory"

    def listing(self, name: str) -> list[str]:
        """Return the names of all files below a directory, sorted; none when it is missing."""
        selector = pafs.FileSelector(self.path(name), recursive=True, allow_not_found=True)
        with explained(self.path(name)):
            infos = self.fs.get_file_info(selector)
        start = len(self.root) + 1
        return sorted(info.path[start:] for info in infos if info.type == pafs.FileType.File)

    def states(self, name: str, *, deep: bool = True) -> list[tuple[str, int, datetime]]:
        """Return names, sizes and times of writing of all files below a directory, sorted.

        Args:
            name: the directory.
            deep: those of directories in it, too.
        """
        selector = pafs.FileSelector(self.path(name), recursive=deep, allow_not_found=True)
        with explained(self.path(name)):
            infos = self.fs.get_file_info(selector)
        start = len(self.root) + 1
        return sorted(
            (info.path[start:], info.size, info.mtime)
            for info in infos
            if info.type == pafs.FileType.File
        )

    def read(self, name: str) -> bytes:
        """Read a whole file."""
        with explained(self.path(name)), self.fs.open_input_stream(self.path(name)) as stream:
            return bytes(stream.read())

    def write(self, name: str, data: bytes) -> None:
        """Write a whole file: after a crash it is there in full, or as it was before."""
        with self.writing(name) as stream:
            stream.write(data)

    def write_aside(self, name: str, data: Any) -> None:
        """Write a whole file that nobody reads before ``sync`` and ``move``."""
        path = self.path(name)
        with explained(path):
            if self.local:
                with _made(path.rpartition("/")[0], lambda: open(path, "wb", 0)) as file:  # noqa: PTH123 - hot
                    rest = memoryview(data)
                    while rest:
                        rest = rest[file.write(rest) :]
                return
            with self.fs.open_output_stream(path) as stream:
                stream.write(data)

    @contextlib.contextmanager
    def writing(self, name: str, *, durable: bool = True) -> Iterator[Any]:
        """Open a file to be written as one; it gets its name only when the block ends well.

        Args:
            name: relative to the root.
            durable: wait until the disk has it; otherwise ``sync`` must follow before anything
                relies on it.
        """
        path = self.path(name)
        with explained(path):
            if not self.local:
                with self.fs.open_output_stream(path) as stream:
                    yield stream
                return
            folder, _, last = path.rpartition("/")
            part = f"{folder}/.{last}.{os.getpid()}-{secrets.token_hex(4)}.part"
            try:
                with _made(folder, lambda: open(part, "wb")) as file:  # noqa: PTH123 - hot
                    yield file
                    file.flush()
                    if durable:
                        os.fsync(file.fileno())
                os.replace(part, path)  # noqa: PTH105 - hot
                if durable:
                    _sync_directory(Path(folder))
            except BaseException:
                with contextlib.suppress(OSError):
                    Path(part).unlink(missing_ok=True)
                raise

    def sync(self) -> None:
        """Wait until the disk has everything written so far.

        One call for a commit of hundreds of files, where a wait for each would cost more than all
        the rest of it.
        """
        if self.local:
            os.sync()

    def make_directory(self, name: str) -> None:
        """Make a directory and its parents; a bucket needs none."""
        if self.local:
            path = self.path(name)
            with explained(path):
                try:
                    os.mkdir(path)  # noqa: PTH102 - hot
                except OSError:
                    os.makedirs(path, exist_ok=True)  # noqa: PTH103 - hot

    def move(self, name: str, target: str) -> None:
        """Give a file another name, over an older file of that name; ``sync`` makes it last."""
        with explained(self.path(target)):
            if self.local:
                source, place = self.path(name), self.path(target)
                _made(place.rpartition("/")[0], lambda: os.replace(source, place))  # noqa: PTH105 - hot
            else:
                self.fs.move(self.path(name), self.path(target))

    def remove(self, name: str) -> None:
        """Delete a file if it is there, and its directory when that is then an empty partition."""
        with explained(self.path(name)):
            if not self.local:
                if self.kind(name) == "file":
                    self.fs.delete_file(self.path(name))
                return
            path = Path(self.path(name))
            path.unlink(missing_ok=True)
            if "=" in path.parent.name:
                with contextlib.suppress(OSError):  # not empty, or gone already: both are fine
                    path.parent.rmdir()

    def remove_empty(self, name: str) -> None:
        """Delete a directory if nothing is in it; a bucket knows none."""
        if self.local:
            with contextlib.suppress(OSError):  # not empty, or gone already: both are fine
                Path(self.path(name)).rmdir()

    def remove_tree(self, name: str) -> None:
        """Delete a directory and all below it, if it is there."""
        with explained(self.path(name)):
            if self.local:
                shutil.rmtree(self.path(name), ignore_errors=True)
                return
            # a bucket knows no directories: there may be none to delete
            for file in self.listing(name):
                self.fs.delete_file(self.path(file))


def _made(folder: str, call: Callable[[], Result]) -> Result:
    """Do what needs a directory; make it first where it is missing.

    A commit writes hundreds of files: what is done for each stays with plain strings.
    """
    try:
        return call()
    except FileNotFoundError:
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - see above
        return call()


def _sync_directory(path: Path) -> None:
    """Make a rename in a directory durable."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def open_files(uri: str) -> Files:
    """Open the files a URI names: a path, ``parquet://DIR``, ``file://DIR`` or ``gs://BUCKET/DIR``.

    Raises:
        OutputRefused: no bucket is named.
    """
    scheme, separator, rest = uri.partition("://")
    if separator and scheme.lower() == "gs":
        root = rest.strip("/")
        if not root:
            raise OutputRefused(f"{uri} names no bucket: give gs://BUCKET/DIRECTORY")
        return Files(_bucket_files(), root, local=False)
    path = rest if separator else uri
    if separator and scheme.lower() == "file":
        path = unquote(path.removeprefix("localhost"))
    if not path:
        raise OutputRefused(f"{uri} names no directory: give parquet://DIRECTORY")
    absolute = os.path.abspath(os.path.expanduser(path))  # noqa: PTH100, PTH111 - resolve() would follow links
    return Files(pafs.LocalFileSystem(), absolute.rstrip("/") or "/", local=True)


def lasting_uri(uri: str, files: Files) -> str:
    """Return a URI that means the same in another process, which may stand in another directory.

    Args:
        uri: as it was given.
        files: what it names.
    """
    return files.uri("") if files.local else uri


def _bucket_files() -> Any:
    """Return Google Cloud Storage; an emulator when ``STORAGE_EMULATOR_HOST`` names one."""
    emulator = os.environ.get("STORAGE_EMULATOR_HOST")
    if not emulator:
        return pafs.GcsFileSystem(retry_time_limit=_PATIENCE)
    scheme, _, host = emulator.rpartition("://")
    return pafs.GcsFileSystem(
        anonymous=True,
        scheme=scheme or "http",
        endpoint_override=host.rstrip("/"),
        retry_time_limit=_PATIENCE,
    )
