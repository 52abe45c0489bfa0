"""The one HTTP client: everything that opens a socket goes through it.

A request has one deadline over all of it (names, connects, redirects, body), a cap on decoded
bytes, and a guard that judges every address at the moment its socket is made, on every hop, so
that neither a redirect nor a name that changes its answer reaches a private service.
"""

from __future__ import annotations

import asyncio
import base64
import functools
import socket
import ssl
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urljoin, urlsplit

import aiohttp
import certifi
import yarl

from transforms.fetch.addresses import BlockedError, Guard, split_login
from transforms.fetch.decoders import BodyReader, BrokenError, TooLargeError
from transforms.fetch.messages import (
    FailedError,
    Limits,
    Purpose,
    Request,
    Response,
    chained,
    failure,
    verdict,
)
from transforms.fetch.names import GuardedResolver, Resolve
from transforms.rejects import Reason

USER_AGENT: Final = "rasd/0.1 (Arabic news monitoring)"
ROBOTS_BYTES: Final = 500 * 1024  # RFC 9309, 2.5: what a crawler must read at least
_ACCEPT: Final[dict[Purpose, str]] = {
    "feed": "application/rss+xml, application/atom+xml, application/feed+json, "
    "application/xml;q=0.9, */*;q=0.5",
    "article": "text/html, application/xhtml+xml, */*;q=0.5",
    "robots": "text/plain, */*;q=0.5",
    "sitemap": "application/xml, text/xml, */*;q=0.5",
}
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_LIMITS: Final = Limits()
_GUARD: Final = Guard()


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
        user_agent: names the project and whom to ask; a request's own wins.
    """

    def __init__(
        self,
        *,
        limits: Limits = _LIMITS,
        guard: Guard = _GUARD,
        connections: int = 64,
        resolve: Resolve | None = None,
        proxy: str | None = None,
        trust: str | None = None,
        user_agent: str = USER_AGENT,
    ) -> None:
        """Keep the settings; nothing is opened yet."""
        self.limits = limits
        self.user_agent = user_agent
        self._guard = guard
        self.connections = connections
        self._proxy = proxy
        self._resolver = GuardedResolver(
            guard, resolve, urlsplit(proxy).hostname if proxy else None
        )
        self._trust = trust
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open the session."""
        connector = aiohttp.TCPConnector(
            limit=self.connections,
            resolver=self._resolver,
            use_dns_cache=False,  # a pinned answer must be the judged one
            ssl=_tls(self._trust),
            socket_factory=self._socket,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(
                total=None,  # ours, to the millisecond
                sock_connect=self.limits.connect_seconds,
                sock_read=self.limits.stall_seconds,
            ),
            max_line_size=16384,
            max_field_size=16384,
            trust_env=False,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the session and its sockets."""
        if self._session is not None:
            await self._session.close()
        await self._resolver.close()

    def _socket(self, info: Any) -> socket.socket:
        """Make a socket: the last place where an address is judged, whoever chose it."""
        family, kind, proto, _, address = info
        where = str(address[0])
        if self._proxy is None:
            allowed = self._guard.is_allowed(where)
        else:
            allowed = where in self._resolver.proxy_addresses
        if not allowed:
            raise BlockedError(f"{where} is not a public address")
        return socket.socket(family, kind, proto)

    async def fetch(self, request: Request) -> Response:
        """Fetch a URL, following redirects.

        Args:
            request: what to fetch; a validator makes it conditional.

        Returns:
            The response; never raises for anything the other side does.
        """
        legs: list[Response] = []
        left = self.limits.total_seconds
        while True:
            leg = await self.send(request, seconds=left)
            legs.append(leg)
            if not leg.moved_to:
                return chained(legs)
            left = max(0.0, left - leg.elapsed_ms / 1000)
            request = request.redirected(leg.moved_to)

    async def send(
        self, request: Request, *, seconds: float | None = None, target: str = ""
    ) -> Response:
        """Send one request and follow nothing.

        Args:
            request: what to fetch.
            seconds: until the last byte; the limits' total by default.
            target: what ``target`` gave for this request, when it has been asked already.

        Returns:
            The response. A redirect that may be followed has ``moved_to`` and no reason.
        """
        if self._session is None:
            raise RuntimeError("use the client as an async context")
        limit = self.limits.total_seconds if seconds is None else seconds
        exchange = _Exchange(request, self.limits)
        started = time.monotonic()
        try:
            exchange.url = target or self.target(request)
            await self._exchange(exchange, self._session, limit)
        except TimeoutError:
            spent = time.monotonic() - started
            exchange.fail("timeout", f"no end after {spent:.3g} s")
        except (BlockedError, FailedError, aiohttp.ClientError, OSError, ValueError) as error:
            exchange.fail(*failure(error, secure=exchange.url.startswith("https:")))
        return exchange.response(round((time.monotonic() - started) * 1000))

    def target(self, request: Request) -> str:
        """Give the URL that would be asked for.

        Raises:
            BlockedError: it may not be.
        """
        return self._guard.target(_split_login(request)[0])

    async def _exchange(
        self, exchange: _Exchange, session: aiohttp.ClientSession, seconds: float
    ) -> None:
        headers = exchange.sent_headers(self.user_agent)
        ends_at = asyncio.get_running_loop().time() + seconds
        to_headers = self.limits.stall_seconds + self.limits.connect_seconds
        async with asyncio.timeout(min(seconds, to_headers)) as deadline:
            options = await self._proxied(exchange.url, headers)
            exchange.sent = 1
            response = await session.get(headers=headers, allow_redirects=False, **options)
            async with response:
                deadline.reschedule(ends_at)
                await exchange.read(response)

    async def _proxied(self, url: str, headers: dict[str, str]) -> dict[str, Any]:
        """How to ask a proxy: for the judged address, so that it cannot choose another."""
        if self._proxy is None:
            return {"url": yarl.URL(url, encoded=True)}
        parts = urlsplit(url)
        host = parts.hostname or ""
        address = host
        if ":" not in host and not host.replace(".", "").isdigit():  # target() wrote literals so
            address = (await self._resolver.resolve(host))[0]["host"]
        where = f"[{address}]" if ":" in address else address
        where = where if parts.port is None else f"{where}:{parts.port}"
        headers["Host"] = parts.netloc
        options: dict[str, Any] = {
            "url": yarl.URL(parts._replace(netloc=where).geturl(), encoded=True),
            "proxy": self._proxy,
        }
        if parts.scheme == "https":
            options["server_hostname"] = host
        return options


class _Exchange:
    """One request and what has come back of it."""

    def __init__(self, request: Request, limits: Limits) -> None:
        self.request = request
        self.url = request.url
        self.sent = 0
        self._limits = limits
        self._status: int | None = None
        self._headers: dict[str, str] = {}
        self._body = b""
        self._reason: Reason | None = None
        self._detail = ""
        self._moved_to = ""

    def sent_headers(self, user_agent: str) -> dict[str, str]:
        """The headers to send."""
        request = self.request
        login = _split_login(request)[1]
        headers = {
            "User-Agent": request.user_agent or user_agent,
            "Accept": _ACCEPT[request.purpose],
            "Accept-Encoding": "gzip, deflate, br, zstd",
        }
        if login:
            headers["Authorization"] = "Basic " + base64.b64encode(login.encode()).decode()
        headers.update(request.headers)
        if request.etag:
            headers["If-None-Match"] = request.etag
        if request.last_modified:
            headers["If-Modified-Since"] = request.last_modified
        return headers

    def fail(self, reason: Reason, detail: str) -> None:
        """End with a reason."""
        self._body, self._reason, self._detail, self._moved_to = b"", reason, detail, ""

    def response(self, elapsed_ms: int) -> Response:
        """What has come back."""
        return Response(
            self.request.url,
            self.url,
            self._status,
            self._headers,
            self._body,
            elapsed_ms,
            self._reason,
            self._detail,
            self.sent,
            self._moved_to,
        )

    async def read(self, answer: aiohttp.ClientResponse) -> None:
        """Take an answer: the place a redirect points to, or the body."""
        self._headers = headers = {name.lower(): value for name, value in answer.headers.items()}
        self._status = status = answer.status
        if status in _REDIRECTS and headers.get("location", "").strip():
            self._moved_to = self._next(headers["location"])
            return
        conditional = bool(self.request.etag or self.request.last_modified)
        self._reason, self._detail = verdict(status, conditional=conditional)
        try:
            self._body = await self._read_body(answer, headers)
        except FailedError:
            if self._reason is None:  # else the status has said it already
                raise

    def _next(self, location: str) -> str:
        target = urljoin(self.url, location.strip())
        came = {*self.request.via, self.request.url, self.url}
        if self.url.startswith("https:") and target.lower().startswith("http:"):
            raise FailedError("redirect", "from https to http")
        if target in came:
            raise FailedError("redirect", "a loop")
        if len(self.request.via) >= self._limits.max_redirects:
            raise FailedError("redirect", f"more than {self._limits.max_redirects} redirects")
        return target

    async def _read_body(self, answer: aiohttp.ClientResponse, headers: Mapping[str, str]) -> bytes:
        cut = self.request.purpose == "robots"  # read its beginning, however long it is
        most = min(self._limits.max_bytes, ROBOTS_BYTES) if cut else self._limits.max_bytes
        declared = headers.get("content-length", "")
        if not cut and declared.isdecimal() and int(declared[:15]) > most:
            raise FailedError("too_large", f"{declared[:15]} bytes declared")
        reader: BodyReader | None = None
        started = time.monotonic()
        size = 0
        try:
            reader = BodyReader(headers.get("content-encoding", ""), most)
            async for chunk in answer.content.iter_any():
                reader.feed(chunk)
                size += len(chunk)
                self._patience(time.monotonic() - started, size)
            return reader.finish()
        except TooLargeError as error:
            if cut and reader is not None:
                return reader.taken()
            raise FailedError("too_large", str(error)) from error
        except BrokenError as error:
            raise FailedError("truncated", str(error)) from error

    def _patience(self, seconds: float, size: int) -> None:
        if seconds > self._limits.stall_seconds and size < seconds * self._limits.min_rate:
            raise FailedError("timeout", f"{size} bytes in {seconds:.3g} s")


def _split_login(request: Request) -> tuple[str, str]:
    """Take credentials out of a URL that the operator wrote: a feed's, and no redirect's."""
    own = request.purpose == "feed" and not request.via
    return split_login(request.url) if own else (request.url, "")


@functools.cache
def _tls(trust: str | None) -> ssl.SSLContext:
    """TLS settings: certificates verified against the system's, certifi's and our authorities."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    if trust:
        context.load_verify_locations(trust)
    return context


__all__ = [
    "ROBOTS_BYTES",
    "USER_AGENT",
    "HttpClient",
    "Limits",
    "Purpose",
    "Request",
    "Resolve",
    "Response",
]
