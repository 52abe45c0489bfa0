"""The one HTTP client: everything that opens a socket goes through it.

A request has one deadline over all of it (names, connects, redirects, body), a cap on decoded
bytes, and a guard that judges every address at the moment its socket is made, on every hop, so
that neither a redirect nor a name that changes its answer reaches a private service.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Final, Literal
from urllib.parse import urljoin, urlsplit

import aiohttp
import certifi
from aiohttp.abc import AbstractResolver, ResolveResult

from transforms.fetch.addresses import BlockedError, Guard
from transforms.fetch.decoders import BodyReader, BrokenError, TooLargeError
from transforms.rejects import Reason

Purpose = Literal["feed", "article", "robots", "sitemap"]
Resolve = Callable[[str], Awaitable[list[str]]]

USER_AGENT: Final = "rasd/0.1 (+https://rasd.example/bot; news monitoring research)"
_ACCEPT: Final = {
    "feed": "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5",
    "article": "text/html, application/xhtml+xml, */*;q=0.5",
    "robots": "text/plain, */*;q=0.5",
    "sitemap": "application/xml, text/xml, */*;q=0.5",
}
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_CHUNK: Final = 65536


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may cost.

    Attributes:
        total_seconds: from the first name look-up to the last byte, all hops included.
        connect_seconds: one connection.
        max_bytes: of a decoded body.
        max_redirects: hops after the first request.
    """

    total_seconds: float = 30.0
    connect_seconds: float = 10.0
    max_bytes: int = 10 * 1024 * 1024
    max_redirects: int = 5


@dataclass(frozen=True, slots=True)
class Request:
    """A URL to fetch, and what is known of it."""

    url: str
    purpose: Purpose = "article"
    etag: str | None = None
    last_modified: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    user_agent: str | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """What came back: a status with a body, or the reason why nothing did.

    ``headers`` have lower-case names; ``body`` is decoded; ``reason`` is None when the status
    is 2xx or 304.
    """

    url: str
    final_url: str
    status: int | None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    elapsed_ms: int = 0
    reason: Reason | None = None
    detail: str = ""
    requests: int = 0  # how many were sent, redirects included

    @property
    def retry_after(self) -> str | None:
        """The Retry-After header as written."""
        return self.headers.get("retry-after")


class _FailedError(Exception):
    """A request that ends with a reason."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason: Reason = reason
        self.detail = detail


class _GuardedResolver(AbstractResolver):
    """Resolves names and passes on only addresses the guard allows."""

    def __init__(self, guard: Guard, resolve: Resolve | None) -> None:
        self._guard = guard
        self._resolve = resolve or _system_resolve

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Look a name up; a name with any address that is not public is refused whole."""
        del family  # both families are asked for and judged
        addresses = await self._resolve(host)
        refused = [each for each in addresses if not self._guard.is_allowed(each)]
        if refused:
            raise BlockedError(f"{host} resolves to {refused[0]}, not a public address")
        return [
            ResolveResult(
                hostname=host,
                host=each,
                port=port,
                family=socket.AF_INET6 if ":" in each else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for each in addresses
        ]

    async def close(self) -> None:
        """Nothing is held open."""


async def _system_resolve(host: str) -> list[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class HttpClient:
    """Fetches URLs. Use as an async context; one serves many hosts at once.

    Args:
        limits: what one request may cost.
        guard: judges addresses.
        connections: how many sockets at once.
        resolve: asks for the addresses of a host; the system's resolver by default.
        proxy: an HTTP proxy's URL; hosts are still resolved and judged here, and the proxy is
            asked for the judged address.
        trust: more certificate authorities, a PEM file (tests, intranets).
    """

    def __init__(
        self,
        *,
        limits: Limits = Limits(),
        guard: Guard = Guard(),
        connections: int = 64,
        resolve: Resolve | None = None,
        proxy: str | None = None,
        trust: str | None = None,
    ) -> None:
        """Keep the settings; nothing is opened yet."""
        self._limits = limits
        self._guard = guard
        self._connections = connections
        self._resolver = _GuardedResolver(guard, resolve)
        self._proxy = proxy
        self._trust = trust
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> HttpClient:
        """Open the session."""
        context = ssl.create_default_context()
        context.load_verify_locations(certifi.where())
        if self._trust:
            context.load_verify_locations(self._trust)
        connector = aiohttp.TCPConnector(
            limit=self._connections,
            resolver=self._resolver,
            use_dns_cache=False,  # a pinned answer must be the judged one
            ssl=context,
            socket_factory=self._socket,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(
                total=self._limits.total_seconds, sock_connect=self._limits.connect_seconds
            ),
            max_line_size=16384,
            max_field_size=16384,
            trust_env=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the session and its sockets."""
        if self._session is not None:
            await self._session.close()

    def _socket(self, info: Any) -> socket.socket:
        """Make a socket: the last place where an address is judged, whoever chose it."""
        family, kind, proto, _, address = info
        if self._proxy is None and not self._guard.is_allowed(str(address[0])):
            raise BlockedError(f"{address[0]} is not a public address")
        return socket.socket(family, kind, proto)

    async def fetch(self, request: Request) -> Response:
        """Fetch a URL, following redirects.

        Args:
            request: what to fetch; a validator makes it conditional.

        Returns:
            The response; never raises for anything the other side does.
        """
        hop = _Hop(request)
        started = time.monotonic()
        try:
            async with asyncio.timeout(self._limits.total_seconds):
                found = await self._follow(hop)
        except _FailedError as error:
            found = hop.failed(error.reason, error.detail)
        except BlockedError as error:
            found = hop.failed("blocked_address", str(error))
        except TimeoutError:
            found = hop.failed("timeout", f"no end after {self._limits.total_seconds:g} s")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            found = hop.failed(*_reason_of(error))
        elapsed = round((time.monotonic() - started) * 1000)
        return Response(**{**hop.fields(found), "elapsed_ms": elapsed})

    async def _follow(self, hop: _Hop) -> dict[str, Any]:
        while True:
            answer = await self._one(hop)
            if answer is not None:
                return answer
            if hop.sent > self._limits.max_redirects:
                raise _FailedError("redirect", f"more than {self._limits.max_redirects} redirects")

    async def _one(self, hop: _Hop) -> dict[str, Any] | None:
        """Send one request; None when it redirects (the hop then knows where to)."""
        if self._session is None:
            raise RuntimeError("use the client as an async context")
        url = self._guard.target(hop.url)
        hop.sent += 1
        options = await self._proxied(url)
        async with self._session.get(
            options.pop("url", url), headers=hop.headers(**options.pop("host", {})), allow_redirects=False, **options
        ) as response:
            headers = {name.lower(): value for name, value in response.headers.items()}
            hop.status = response.status
            if response.status in _REDIRECTS and "location" in headers:
                hop.redirect(headers["location"])
                return None
            body = await self._body(response, headers)
            reason, detail = _verdict(response.status)
            return {
                "status": response.status,
                "headers": headers,
                "body": body,
                "reason": reason,
                "detail": detail,
            }

    async def _proxied(self, url: str) -> dict[str, Any]:
        """What a proxy needs: the judged address instead of the name, so that it cannot choose."""
        if self._proxy is None:
            return {}
        parts = urlsplit(url)
        host = parts.hostname or ""
        address = (await self._resolver.resolve(host, 0))[0]["host"]
        where = f"[{address}]" if ":" in address else address
        where = where if parts.port is None else f"{where}:{parts.port}"
        options: dict[str, Any] = {
            "url": parts._replace(netloc=where).geturl(),
            "proxy": self._proxy,
            "host": {"host": parts.netloc},
        }
        if parts.scheme == "https":
            options["server_hostname"] = host
        return options

    async def _body(self, response: aiohttp.ClientResponse, headers: Mapping[str, str]) -> bytes:
        declared = headers.get("content-length", "")
        if declared.isdigit() and int(declared) > self._limits.max_bytes:
            raise _FailedError("too_large", f"{declared} bytes declared")
        try:
            reader = BodyReader(headers.get("content-encoding", ""), self._limits.max_bytes)
            async for chunk in response.content.iter_chunked(_CHUNK):
                reader.feed(chunk)
            return reader.finish()
        except TooLargeError as error:
            raise _FailedError("too_large", str(error)) from error
        except BrokenError as error:
            raise _FailedError("truncated", str(error)) from error


class _Hop:
    """Where a request stands on its way through redirects."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.url = request.url
        self.sent = 0
        self.status: int | None = None
        self._seen = {request.url}

    def headers(self, **more: str) -> dict[str, str]:
        """The headers of the next request; secrets go to the first host only."""
        request = self.request
        headers = {
            "User-Agent": request.user_agent or USER_AGENT,
            "Accept": _ACCEPT[request.purpose],
            "Accept-Encoding": "gzip, deflate, br, zstd",
            **{name.title(): value for name, value in more.items()},
        }
        if urlsplit(self.url).netloc == urlsplit(request.url).netloc:
            headers.update(request.headers)
            if request.etag:
                headers["If-None-Match"] = request.etag
            if request.last_modified:
                headers["If-Modified-Since"] = request.last_modified
        return headers

    def redirect(self, location: str) -> None:
        """Go where a redirect points."""
        target = urljoin(self.url, location.strip())
        if self.url.startswith("https:") and target.startswith("http:"):
            raise _FailedError("redirect", "from https to http")
        if target in self._seen:
            raise _FailedError("redirect", "a loop")
        self._seen.add(target)
        self.url = target

    def failed(self, reason: Reason, detail: str) -> dict[str, Any]:
        """The fields of a response that failed."""
        return {"status": self.status, "reason": reason, "detail": detail}

    def fields(self, found: dict[str, Any]) -> dict[str, Any]:
        """The fields of the response."""
        return {"url": self.request.url, "final_url": self.url, "requests": self.sent, **found}


def _verdict(status: int) -> tuple[Reason | None, str]:
    if status == 304 or 200 <= status < 300:
        return None, ""
    if 500 <= status < 600:
        return "http_5xx", f"status {status}"
    if 300 <= status < 400:
        return "redirect", f"status {status} without a place to go"
    return "http_4xx", f"status {status}"


def _reason_of(error: Exception) -> tuple[Reason, str]:
    """Which reason of the closed list an error of the network is."""
    blocked = error.__cause__ if isinstance(error.__cause__, BlockedError) else None
    if blocked is not None:
        return "blocked_address", str(blocked)
    kinds: tuple[tuple[type[Exception] | tuple[type[Exception], ...], Reason], ...] = (
        ((aiohttp.ClientConnectorCertificateError, aiohttp.ClientSSLError, ssl.SSLError), "tls"),
        ((aiohttp.ClientConnectorDNSError, socket.gaierror), "dns"),
        (aiohttp.ServerTimeoutError, "timeout"),
        ((aiohttp.ClientPayloadError, aiohttp.ServerDisconnectedError), "truncated"),
        ((aiohttp.ClientResponseError, aiohttp.http.HttpProcessingError), "truncated"),
    )
    line = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    for kind, reason in kinds:
        if isinstance(error, kind):
            return reason, line
    return "connect", line


def retry_after_seconds(written: str | None, now: float) -> float | None:
    """Read a Retry-After header in either form.

    Args:
        written: seconds or an HTTP date.
        now: seconds since 1970.

    Returns:
        Seconds to wait, at least 0; None when there is nothing to read.
    """
    if not written:
        return None
    if written.strip().isdigit():
        return float(written.strip())
    with contextlib.suppress(ValueError, TypeError):
        return max(0.0, parsedate_to_datetime(written).timestamp() - now)
    return None
