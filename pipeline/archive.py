"""Store every fetched response as WARC, so that extraction can be done again without fetching."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.errors import NotBuiltError
from transforms.fetch.crawl import Fetched
from transforms.fetch.redact import redact_url
from transforms.records import content_id

# Set by the server for this one connection, or no longer true of the decoded body.
_DROPPED = frozenset(
    {"set-cookie", "content-encoding", "transfer-encoding", "connection", "content-length"}
)


class Archive:
    """Writes responses into one WARC file a bundle, opened at the first response.

    Args:
        uri: a local directory.
        run_id: begins the files' names.
    """

    def __init__(self, uri: str, run_id: str) -> None:
        """Keep the settings; nothing is opened yet."""
        self._directory = uri
        self._run_id = run_id
        self._stream: io.BufferedWriter | None = None
        self._path = Path()

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to workers unopened."""
        return Archive, (self._directory, self._run_id)

    def store(self, fetched: Fetched) -> str | None:
        """Append a response.

        Args:
            fetched: the answer; one without any response is not stored.

        Returns:
            ``path#offset``, or None.
        """
        response = fetched.response
        if response.status is None:
            return None
        stream = self._open(response.url)
        offset = stream.tell()
        headers = [(n, v) for n, v in response.headers.items() if n not in _DROPPED]
        writer = WARCWriter(stream, gzip=True)
        dated = fetched.log[-1].started_at.strftime("%Y-%m-%dT%H:%M:%SZ") if fetched.log else None
        more = {"WARC-Final-URI": redact_url(response.final_url)}
        if dated:
            more["WARC-Date"] = dated
        writer.write_record(
            writer.create_warc_record(
                redact_url(response.url),
                "response",
                payload=io.BytesIO(response.body),
                http_headers=StatusAndHeaders(f"{response.status} ", headers, protocol="HTTP/1.1"),
                warc_headers_dict=more,
            )
        )
        return f"{self._path}#{offset}"

    def _open(self, first: str) -> io.BufferedWriter:
        if self._stream is None:
            folder = Path(self._directory)
            folder.mkdir(parents=True, exist_ok=True)
            self._path = folder / f"{self._run_id}-{content_id(first)}.warc.gz"
            self._stream = self._path.open("wb")
        return self._stream

    def close(self) -> None:
        """End the file."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None


def check_archive(uri: str | None) -> None:
    """Refuse an archive that cannot be written here.

    Raises:
        NotBuiltError: it is not a local directory.
    """
    if uri and urlsplit(uri).scheme not in {"", "file"}:
        raise NotBuiltError(f"--archive {uri}: only local directories are built yet")
