"""Store what was fetched as WARC, so that extraction can be done again without fetching."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline import storage
from pipeline.errors import UsageError
from pipeline.version import __version__
from pipeline.warc.fields import RequestFields
from transforms.fetch.crawl import Fetched
from transforms.fetch.messages import Request
from transforms.records import Feed, content_id
from transforms.rows.rows import Provenance
from transforms.text.redact import MASK, feed_name, redact_url

Stored = tuple[Fetched, str | None]  # what was fetched, and ``file#offset`` of its response

_SHORTEST: Final = 8  # characters of a word that can only be a secret; shorter ones stand anywhere
_MAX_RESPONSES: Final = 128  # of a file: as many as the pages that are processed at once
_MAX_BYTES: Final = 32 * 1024 * 1024  # of the bodies of a file
# Set by the server for this one connection, or no longer true of the decoded body.
_DROPPED: Final = frozenset(
    {"set-cookie", "content-encoding", "transfer-encoding", "connection", "content-length"}
)
_TRUNCATED: Final = {"too_large": "length", "timeout": "time", "truncated": "disconnect"}


class Archive:
    """Writes responses into WARC files.

    A file is written when it is full, in one piece and under the hash of its content: whoever
    reads sees whole files only, and no file ever changes. What it refers to is given back when it
    is there, so that no row can name a response that is not.

    Args:
        uri: a directory, or one of a bucket.
        run_id: begins the files' names.
        as_of: the clock of the run.
    """

    def __init__(self, uri: str, run_id: str, as_of: datetime) -> None:
        """Keep the settings; nothing is written yet."""
        self._settings = (uri, run_id, as_of)
        self.clear()

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to workers empty."""
        return Archive, self._settings

    def clear(self) -> None:
        """Forget what is not written yet: a bundle that is tried again begins anew."""
        self._data = io.BytesIO()
        self._waiting: list[tuple[Fetched, int | None]] = []
        self._bytes = 0

    def store(self, fetched: Fetched, feed: Feed | None = None) -> list[Stored]:
        """Take an answer in.

        Args:
            fetched: the request and its answer; that there was none is stored, too.
            feed: whose feed was asked for, when one was.

        Returns:
            What this one has filled a file with: everything taken in since the last file.
        """
        writer = WARCWriter(self._data, gzip=True, warc_version="WARC/1.1")
        if not self._waiting:
            writer.write_record(self._about(writer))
        offset = self._data.tell()
        writer.write_record(self._record(writer, fetched, feed))
        answered = fetched.response.status is not None
        self._waiting.append((fetched, offset if answered else None))
        self._bytes += len(fetched.response.body)
        full = len(self._waiting) >= _MAX_RESPONSES or self._bytes >= _MAX_BYTES
        return self.close() if full else []

    def close(self) -> list[Stored]:
        """Write the file, if there is anything to write.

        Returns:
            Everything taken in since the last file.

        Raises:
            UnwritableError: it cannot be written.
        """
        if not self._waiting:
            return []
        uri, run_id, _ = self._settings
        data = self._data.getvalue()
        path = storage.join(uri, f"{run_id}-{content_id(data)}.warc.gz")
        storage.write_whole(path, data)
        stored: list[Stored] = [
            (fetched, None if offset is None else f"{path}#{offset}")
            for fetched, offset in self._waiting
        ]
        self.clear()
        return stored

    def _about(self, writer: WARCWriter) -> Any:
        """The file's first record: who wrote it."""
        _, run_id, as_of = self._settings
        record = writer.create_warcinfo_record(
            None, {"software": f"rasd/{__version__}", "format": "WARC/1.1", "isPartOf": run_id}
        )
        record.rec_headers.replace_header("WARC-Date", _date(as_of))
        record.rec_headers.replace_header("WARC-Record-ID", _record_id(run_id, _date(as_of)))
        return record

    def _record(self, writer: WARCWriter, fetched: Fetched, feed: Feed | None) -> Any:
        """An answer as a response; as metadata when none came."""
        response, secrets = fetched.response, _secrets(fetched.request)

        def redact_record(text: str) -> str:
            return redact_url(_masked(text.encode("utf-8", "replace"), secrets).decode())

        url, body = redact_url(response.url), _masked(response.body, secrets)
        date = _date(fetched.log[-1].started_at if fetched.log else self._settings[2])
        more = {
            "WARC-Record-ID": _record_id(url, date, body),
            "WARC-Date": date,
            "WARC-Final-URI": redact_url(response.final_url),
        }
        if response.status is not None and response.reason in _TRUNCATED:
            more["WARC-Truncated"] = _TRUNCATED[response.reason]
        capture = _capture(fetched, feed, self._settings[2])
        more |= {name: redact_record(value) for name, value in capture.written()}
        if response.status is None:
            said = f"outcome: {capture.outcome}\r\n".encode()
            return writer.create_warc_record(
                url,
                "metadata",
                payload=io.BytesIO(said),
                warc_content_type="application/warc-fields",
                warc_headers_dict=more,
            )
        headers = [
            (name, redact_record(value))
            for name, value in response.headers.items()
            if name not in _DROPPED
        ]
        return writer.create_warc_record(
            url,
            "response",
            payload=io.BytesIO(body),
            http_headers=StatusAndHeaders(f"{response.status} ", headers, protocol="HTTP/1.1"),
            warc_headers_dict=more,
        )


def _capture(fetched: Fetched, feed: Feed | None, as_of: datetime) -> RequestFields:
    """What is known of an answer beside the answer."""
    response = fetched.response
    about = {"purpose": fetched.request.purpose, "as_of": as_of.isoformat()}
    about |= {"outcome": response.reason or "", "detail": response.detail}
    if feed is not None:
        told = ("publisher", "country", "language", "category", "tz")
        about |= {"feed": feed_name(feed.url)} | {name: getattr(feed, name) or "" for name in told}
    return RequestFields(**about)


def _date(moment: datetime) -> str:
    """A time as WARC 1.1 writes it, to the microsecond."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _record_id(*parts: str | bytes) -> str:
    """An id that follows from the content, so that the same answers make the same file."""
    return f"<urn:uuid:{UUID(hex=content_id(*parts), version=5)}>"


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


def open_archive(uri: str | None, provenance: Provenance) -> Archive | None:
    """Open the archive of a run; None when it has none."""
    return Archive(uri, provenance.run_id, provenance.as_of) if uri else None


def check_archive(uri: str | None) -> None:
    """Refuse an archive that cannot be written, before anything is fetched.

    Raises:
        UsageError: no file can be written there.
    """
    if uri is None:
        return
    try:
        storage.check_writable(uri)
    except UsageError as error:
        raise UsageError(f"--archive {error}") from error
