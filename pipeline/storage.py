"""Read inputs and write the archive: local files directly, others through Beam's filesystems."""

from __future__ import annotations

import contextlib
import gzip
import os
import secrets
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from pipeline.errors import UsageError
from transforms.text.packed import is_packed, unpack

# More than any page or feed has a right to; documents are capped again where they are parsed.
MAX_BYTES: Final = 256 * 1024 * 1024
_WRITTEN_TO: Final = frozenset({"gs"})  # schemes of stores that files can be put into
_REFUSED: Final = {  # what Google answers, and what it means
    401: "Google refuses the credentials: run `gcloud auth application-default login`",
    403: "no access: grant roles/storage.objectViewer on the bucket",
    404: "no such object",
}
_LONGEST: Final = 300  # letters of what an error says
_READABLE: Final = (b"<", b"{", b"[")  # begins what is called an archive by mistake


class UnreadableError(Exception):
    """A file that is there but cannot be read; the message is one line."""


class UnwritableError(Exception):
    """A file that cannot be written; the message is one line."""


def is_remote(path: str) -> bool:
    """Whether a path has a scheme of an object store (``gs://bucket/...``)."""
    return "://" in path


def _ask_no_credentials() -> None:
    """Have Beam use an emulator of buckets as it is.

    It would look for credentials first, for half a minute where there are none, and has no option
    that says not to.
    """
    if os.environ.get("STORAGE_EMULATOR_HOST"):
        from apache_beam.internal.gcp import auth  # noqa: PLC0415 - see below

        auth._Credentials._credentials_init = True  # noqa: SLF001 - see above


def _filesystems() -> Any:
    from apache_beam.io.filesystems import FileSystems  # noqa: PLC0415 - Beam takes seconds
    from apache_beam.options.pipeline_options import PipelineOptions  # noqa: PLC0415 - the same

    if FileSystems._pipeline_options is None:  # noqa: SLF001 - it would read our command line
        FileSystems.set_options(PipelineOptions([]))
    _ask_no_credentials()
    return FileSystems


def _remote(path: str, call: Any) -> Any:
    """Run a call on Beam's filesystems, in words a user can act on when it fails."""
    scheme = path.partition("://")[0]
    try:
        return call(_filesystems())
    except ValueError as error:
        why = str(error)
        if "filesystem" in why:  # Beam has none that is called so
            cure = "needs pip install 'rasd[gcp]'" if scheme == "gs" else "is no scheme known here"
            why = f"{scheme}:// {cure}"
        raise UsageError(f"{path}: {why}") from error
    except Exception as error:
        raise UnreadableError(f"{path}: {_cause(error)}") from error


def _cause(error: BaseException) -> str:
    """One line of why a store did not give what it was asked for.

    Beam puts the answer of the store into an exception of its own, one into the other.
    """
    inner: BaseException = error
    while isinstance(found := getattr(inner, "exception_details", None), dict) and found:
        inner = next(iter(found.values()))
    code: Any = getattr(inner, "code", 0)
    return _REFUSED.get(code) or " ".join(str(inner).split())[:_LONGEST]


def walk(path: str) -> Iterator[str]:
    """List the files of a directory, recursively and sorted; a file lists itself.

    Hidden files and the outputs of other runs (directories with ``_schema.json``) are left out.

    Raises:
        UsageError: there is nothing at ``path``.
    """
    if is_remote(path):
        yield from _walk_remote(path)
        return
    root = Path(path)
    if not root.exists():
        raise UsageError(f"no such file or directory: {path}")
    if not root.is_dir():
        yield path
        return
    for folder, folders, files in os.walk(root):
        if "_schema.json" in files:
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith("."):
                yield str(Path(folder) / name)


def _walk_remote(path: str) -> Iterator[str]:
    top = path.rstrip("/")
    itself = [path] if "/" in top.partition("://")[2] else []  # a whole bucket is no file
    try:
        found = _remote(path, lambda systems: systems.match([*itself, f"{top}/**"]))
    except UnreadableError as error:
        raise UsageError(" ".join(str(error).split())) from error
    names = sorted({each.path for result in found for each in result.metadata_list})
    if not names:
        raise UsageError(f"nothing found at {path}")
    schemas = "/_schema.json"
    outputs = tuple(name.removesuffix("_schema.json") for name in names if name.endswith(schemas))
    for name in names:
        hidden = "/." in name.removeprefix(top)
        if name == path or not (hidden or name.endswith("/") or name.startswith(outputs)):
            yield name


@contextlib.contextmanager
def open_raw(path: str) -> Iterator[Any]:
    """Open a file as its bytes lie, compressed or not.

    Raises:
        UnreadableError: it cannot be opened.
    """
    handle: Any
    if is_remote(path):
        raw = _uncompressed()
        handle = _remote(path, lambda systems: systems.open(path, compression_type=raw))
    else:
        try:
            handle = Path(path).open("rb")  # noqa: SIM115 - closed below
        except OSError as error:
            raise UnreadableError(f"{path}: {error.strerror or error}") from error
    with handle:
        yield _Raw(path, handle)


class _Raw:
    """A file open for reading, whose failures are one line each, whatever the store."""

    def __init__(self, path: str, handle: Any) -> None:
        self._path = path
        self._handle = handle

    def read(self, size: int = -1) -> bytes:
        return self._tried(self._handle.read, size)

    def seek(self, offset: int) -> None:
        self._tried(self._handle.seek, offset)

    def _tried(self, call: Any, argument: int) -> Any:
        try:
            return call(argument)
        except Exception as error:
            raise UnreadableError(f"{self._path}: {_cause(error)}") from error


def _uncompressed() -> Any:
    """Tell Beam to leave bytes as they are, whatever the file's name."""
    from apache_beam.io.filesystem import CompressionTypes  # noqa: PLC0415 - see above

    return CompressionTypes.UNCOMPRESSED


def read_raw(path: str, offset: int, length: int) -> bytes:
    """Read a stretch of a file as its bytes lie.

    Raises:
        UnreadableError: it cannot be read.
    """
    with open_raw(path) as handle:
        handle.seek(offset)
        data: bytes = handle.read(length)
        return data


def read_bytes(path: str, offset: int = 0, length: int = -1) -> bytes:
    """Read a stretch of a file; one that is packed with gzip is unpacked, whatever its name.

    Args:
        path: a local path or a URI.
        offset: first byte of the content.
        length: how many bytes; -1 for the rest.

    Raises:
        UnreadableError: the file cannot be read, or is a broken or huge archive.
    """
    if is_remote(path):
        data = bytes(_remote(path, lambda systems: _read(systems.open(path), offset, length)))
        if offset or not is_packed(data):
            return data
        whole = data if length < 0 else read_raw(path, 0, MAX_BYTES)
        return unpack(whole, MAX_BYTES)[: length if length >= 0 else None]
    try:
        if is_packed_file(path):
            return _read(gzip.open(path), offset, length)
        return _read(open(path, "rb"), offset, length)  # noqa: PTH123 - closed in _read
    except EOFError as error:
        raise UnreadableError(f"{path}: the archive ends in the middle") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise UnreadableError(f"{path}: not a whole gzip archive ({error})") from error
    except OSError as error:
        raise UnreadableError(f"{path}: {error.strerror or error}") from error


def is_packed_file(path: str) -> bool:
    """Whether a file is packed with gzip, or at least called so; a remote one is unpacked anyway.

    Raises:
        UnreadableError: it cannot be read.
    """
    begins = b"" if is_remote(path) else read_raw(path, 0, 3)
    named = path.endswith(".gz") and not is_remote(path) and begins[:1] not in _READABLE
    return named or is_packed(begins)


def _read(handle: Any, offset: int, length: int) -> bytes:
    with handle:
        if offset:
            handle.seek(offset)
        data: bytes = handle.read(MAX_BYTES + 1 if length < 0 else length)
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"larger than {MAX_BYTES >> 20} MB")
    return data


def open_lines(path: str) -> Iterator[tuple[int, bytes]]:
    """Read a file line by line with each line's offset.

    Args:
        path: a local path or a URI, not compressed.

    Raises:
        UnreadableError: the file cannot be read.
    """
    handle: Any
    try:
        if is_remote(path):
            handle = _remote(path, lambda systems: systems.open(path))
        else:
            handle = open(path, "rb")  # noqa: PTH123, SIM115 - closed below
        with handle:
            offset = 0
            while line := handle.readline():
                yield offset, line
                offset += len(line)
    except OSError as error:
        raise UnreadableError(f"{path}: {error.strerror or error}") from error


def join(folder: str, name: str) -> str:
    """Name a file of a directory as ``walk`` will list it."""
    if is_remote(folder) and not folder.startswith("file://"):
        return f"{folder.rstrip('/')}/{name}"
    return str(Path(unquote(folder.removeprefix("file://"))) / name)


def check_writable(folder: str) -> None:
    """Refuse a directory that no file can be written to.

    Raises:
        UsageError: its scheme is unknown, or something that is no directory is in the way.
    """
    if is_remote(folder) and not folder.startswith("file://"):
        scheme = folder.partition("://")[0]
        if scheme not in _WRITTEN_TO:  # Beam knows more of them, and fails only when it writes
            raise UsageError(f"{folder}: unknown scheme {scheme}://: give a path or gs://")
        _remote(folder, lambda systems: systems.get_filesystem(folder))
        if not folder.partition("://")[2].strip("/"):
            raise UsageError(f"{folder}: names no bucket")
        return
    path = join(folder, "x")
    for above in Path(path).parents:
        if above.exists():
            if not above.is_dir():
                raise UsageError(f"{folder}: {above} is not a directory")
            if not os.access(above, os.W_OK | os.X_OK):
                raise UsageError(f"{folder}: no permission to write to {above}")
            return


def write_whole(path: str, data: bytes) -> None:
    """Write a file that nobody sees before it is complete and on the disk.

    Args:
        path: a local path or a URI; directories are made.
        data: all of it.

    Raises:
        UnwritableError: it cannot be written.
    """
    try:
        if is_remote(path):
            # An object is there when its upload is complete; all of it is handed over at once.
            with _filesystems().create(path, compression_type=_uncompressed()) as handle:
                handle.write(data)
        else:
            _write_local(Path(path), data)
    except Exception as error:
        line = " ".join(str(getattr(error, "strerror", None) or error).split())
        raise UnwritableError(f"{path}: {line}") from error


def _write_local(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
