"""A server of ours between Google's client and BigQuery's emulator, over real sockets.

It does what the emulator does not: a job id used twice is refused, a dry run has bytes, a limit on
bytes billed is held, rows are refused. And it answers what a service in trouble answers: limits of
rate, faults, silence, answers that get lost after the work is done.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pyarrow.parquet as pq

_LOST = "lost"


@dataclass(frozen=True, slots=True)
class Request:
    """One request.

    Attributes:
        number: how many came before it.
        method: such as POST.
        path: with the query.
        body: as sent.
        at: seconds on a clock that only goes forward.
    """

    number: int
    method: str
    path: str
    body: bytes
    at: float

    @property
    def document(self) -> dict[str, Any]:
        """The body as JSON; empty when it is none."""
        try:
            found: dict[str, Any] = json.loads(self.body)
        except ValueError:
            return {}
        return found


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered in the emulator's place; ``status`` 0 is silence until the client goes."""

    status: int
    reason: str = ""
    message: str = "as the test wants it"
    headers: tuple[tuple[str, str], ...] = ()


RATE = Answer(403, "rateLimitExceeded")
BUSY = Answer(429, "rateLimitExceeded")
FAULT = Answer(500, "internalError")
AWAY = Answer(503, "backendError")
SILENCE = Answer(0)
LOST = Answer(503, "backendError", _LOST)  # the work is done, and the answer is lost


@dataclass
class Proxy:
    """What the server does, and what it saw.

    Attributes:
        upstream: the emulator's address.
        fault: says what to answer in the emulator's place; None to let a request through.
        refused: a text; a file with a row that holds it is not loaded.
        dry_bytes: what dry runs say.
        seen: every request.
        loads: the number of rows of every file that was sent.
    """

    upstream: str
    fault: Callable[[Request], Answer | None] = lambda _request: None
    refused: str | None = None
    dry_bytes: int = 0
    seen: list[Request] = field(default_factory=list)
    loads: list[int] = field(default_factory=list)
    url: str = ""
    _jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    _uploads: dict[str, dict[str, Any]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, method: str, path: str, body: bytes) -> Request:
        """Put a request down."""
        with self._lock:
            request = Request(len(self.seen), method, path, body, time.monotonic())
            self.seen.append(request)
            return request

    def refusal(self, request: Request) -> tuple[int, dict[str, Any]] | None:
        """Answer what BigQuery itself would not take, or knows better than the emulator."""
        jobs = request.path.split("?")[0].rstrip("/").endswith("/jobs")
        if request.method == "POST" and jobs:
            known = request.document.get("jobReference", {}).get("jobId")
            if known in self._jobs:
                return 409, _error(409, "duplicate", f"Already Exists: Job {known}")
            if known is not None and "/upload/" not in request.path:
                self._jobs[known] = {}
        job = self._jobs.get(request.path.split("?")[0].rpartition("/")[2])
        if request.method == "GET" and job:
            return 200, job
        return self._over_the_limit(request)

    def _over_the_limit(self, request: Request) -> tuple[int, dict[str, Any]] | None:
        configuration = request.document.get("configuration", {})
        limit = configuration.get("query", {}).get("maximumBytesBilled")
        if limit is not None and not configuration.get("dryRun") and self.dry_bytes > int(limit):
            said = f"Query exceeded limit for bytes billed: {limit}."
            return 400, _error(400, "bytesBilledLimitExceeded", said)
        return None

    def upload(self, request: Request) -> tuple[int, dict[str, Any]] | None:
        """Read a file that is sent; answer with a failed job when a row of it is refused."""
        if request.method != "PUT":
            return None
        # the job is there when its file is, not before
        name = self._uploads[request.path]["jobReference"]["jobId"]
        self._jobs[name] = {}
        data = pq.read_table(io.BytesIO(request.body))
        self.loads.append(data.num_rows)
        if self.refused is None or self.refused not in str(data.to_pylist()):
            return None
        job = dict(self._uploads[request.path])
        said = "Error while reading data: a row is refused"
        error = {"reason": "invalid", "message": said}
        job["status"] = {"state": "DONE", "errorResult": error, "errors": [error]}
        job["id"] = job["jobReference"]["jobId"]
        self._jobs[job["id"]] = job
        return 200, job

    def ended(self, path: str, content: bytes) -> None:
        """Keep the job of an upload under the id it was given; the emulator gives its own."""
        name = self._uploads[path]["jobReference"]["jobId"]
        with contextlib.suppress(ValueError):
            self._jobs[name] = json.loads(content)

    def began(self, path: str, request: Request) -> None:
        """Remember what an upload is for."""
        self._uploads[path] = request.document


def _error(status: int, reason: str, message: str) -> dict[str, Any]:
    error = {"reason": reason, "message": message, "domain": "global"}
    return {"error": {"code": status, "message": message, "errors": [error]}}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: Proxy

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = self.proxy.take(self.command, self.path, body)
        answer = self.proxy.fault(request)
        if answer is not None and answer.status == 0:
            self._keep_silent()
            return
        if answer is not None and answer.message != _LOST:
            self._send_json(answer.status, _error(answer.status, answer.reason, answer.message))
            return
        made = self.proxy.refusal(request) or self.proxy.upload(request)
        status, headers, content = self._forward(body) if made is None else (made[0], {}, b"")
        if made is None and self.command == "PUT":
            self.proxy.ended(self.path, content)
        if answer is not None:
            self._send_json(answer.status, _error(answer.status, answer.reason, answer.message))
        elif made is not None:
            self._send_json(*made)
        else:
            self._send(status, headers, self._known_better(request, content))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _handle  # noqa: N815 - the server's names

    def _keep_silent(self) -> None:
        """Answer nothing until the client gives up."""
        self.connection.settimeout(30)
        with contextlib.suppress(OSError):
            self.connection.recv(1)
        self.close_connection = True

    def _forward(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        there = urlsplit(self.proxy.upstream)
        connection = http.client.HTTPConnection(there.hostname or "", there.port, timeout=120)
        skipped = {"host", "connection", "accept-encoding", "content-length"}
        headers = {k: v for k, v in self.headers.items() if k.lower() not in skipped}
        connection.request(self.command, self.path, body, headers)
        response = connection.getresponse()
        content = response.read()
        connection.close()
        found = {}
        for name in ("Content-Type", "Location", "Range", "X-GUploader-UploadID"):
            value = response.getheader(name)
            if value:
                found[name] = value
        if "Location" in found:  # the rest of an upload goes through here, too
            target = urlsplit(found["Location"])
            path = f"{target.path}?{target.query}"
            self.proxy.began(path, Request(0, "", "", body, 0.0))
            found["Location"] = f"{self.proxy.url}{path}"
        return response.status, found, content

    def _known_better(self, request: Request, content: bytes) -> bytes:
        """Put the bytes of a dry run in the emulator's answer."""
        if not request.document.get("configuration", {}).get("dryRun"):
            return content
        document = json.loads(content)
        size = str(self.proxy.dry_bytes)
        document.setdefault("statistics", {})["totalBytesProcessed"] = size
        document["statistics"].setdefault("query", {})["totalBytesProcessed"] = size
        return json.dumps(document).encode()

    def _send_json(self, status: int, document: dict[str, Any]) -> None:
        self._send(status, {"Content-Type": "application/json"}, json.dumps(document).encode())

    def _send(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextlib.contextmanager
def between(upstream: str) -> Iterator[Proxy]:
    """Start a server on loopback in front of the emulator."""
    proxy = Proxy(upstream)
    handler = type("Handler", (_Handler,), {"proxy": proxy})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    proxy.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
