"""WARC records byte by byte, as good and bad archives hold them."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping
from pathlib import Path

DATE = "2024-01-02T03:04:05Z"


def record(
    block: bytes, kind: str = "response", url: str = "https://a.example/1", **more: str
) -> bytes:
    """A record around a block."""
    fields = {
        "WARC-Type": kind,
        "WARC-Record-ID": "<urn:uuid:00000000-0000-4000-8000-000000000000>",
        "WARC-Date": DATE,
        "WARC-Target-URI": url,
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": str(len(block)),
    } | {name.replace("_", "-"): value for name, value in more.items()}
    head = "WARC/1.0\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return head.encode() + b"\r\n" + block + b"\r\n\r\n"


def response(
    body: bytes,
    url: str = "https://a.example/1",
    headers: Mapping[str, str] | None = None,
    status: str = "200 OK",
) -> bytes:
    """A response record."""
    fields = {"Content-Type": "text/html; charset=utf-8"} | dict(headers or {})
    head = f"HTTP/1.1 {status}\r\n" + "".join(f"{name}: {v}\r\n" for name, v in fields.items())
    return record(head.encode() + b"\r\n" + body, url=url)


def write(path: Path, records: Iterable[bytes]) -> list[int]:
    """Write an archive, packed when its name says so; gives where each record begins."""
    offsets = []
    with path.open("wb") as stream:
        for each in records:
            offsets.append(stream.tell())
            stream.write(gzip.compress(each, mtime=0) if path.suffix == ".gz" else each)
    return offsets
