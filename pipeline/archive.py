"""Store every fetched response as WARC, so that extraction can be done again without fetching."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.errors import NotBuiltError
from transforms.fetch.crawl import Fetched
from transforms.fetch.messages import Request
from transforms.fetch.redact import MASK, redact_url
from transforms.records import content_id

_SHORTEST: Final = 8  # characters of a word that can only be a secret; shorter ones stand anywhere
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
        secrets = _secrets(fetched.request)
        headers = [
            (name, redact_url(_masked(value.encode(), secrets).decode()))
            for name, value in response.headers.items()
            if name not in _DROPPED
        ]
        writer = WARCWriter(stream, gzip=True)
        dated = fetched.log[-1].started_at.strftime("%Y-%m-%dT%H:%M:%SZ") if fetched.log else None
        more = {"WARC-Final-URI": redact_url(response.final_url)}
        if dated:
            more["WARC-Date"] = dated
        writer.write_record(
            writer.create_warc_record(
                redact_url(response.url),
                "response",
                payload=io.BytesIO(_masked(response.body, secrets)),
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


def _secrets(request: Request) -> list[bytes]:
    """What a request proved itself with: an answer may repeat it, in a feed's self link."""
    parts = urlsplit(request.url)
    found = [parts.username, parts.password]
    shown = dict(parse_qsl(urlsplit(redact_url(request.url)).query, keep_blank_values=True))
    given = parse_qsl(parts.query, keep_blank_values=True)
    found += [value for name, value in given if shown.get(name) != value]
    found += [word for value in request.headers.values() for word in value.split()]
    return [text.encode() for text in found if text and len(text) >= _SHORTEST]


def _masked(data: bytes, secrets: Iterable[bytes]) -> bytes:
    for secret in secrets:
        data = data.replace(secret, MASK.encode())
    return data


def check_archive(uri: str | None) -> None:
    """Refuse an archive that cannot be written here.

    Raises:
        NotBuiltError: it is not a local directory.
    """
    if uri and urlsplit(uri).scheme not in {"", "file"}:
        raise NotBuiltError(f"--archive {uri}: only local directories are built yet")
