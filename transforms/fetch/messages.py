"""What is asked and what is answered: requests, responses, and what one request may cost."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import aiohttp

from transforms.fetch.addresses import BlockedError
from transforms.rejects import Reason
from transforms.text.redact import redact_text

Purpose = Literal["feed", "article", "robots", "sitemap"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may cost.

    Attributes:
        total_seconds: from the first name look-up to the last byte, all hops included.
        connect_seconds: one connection.
        stall_seconds: until the headers are there, and between two parts of a body.
        min_rate: decoded bytes a second that a body must bring once it took ``stall_seconds``.
        max_bytes: of a decoded body.
        max_redirects: hops after the first request.
    """

    total_seconds: float = 30.0
    connect_seconds: float = 10.0
    stall_seconds: float = 15.0
    min_rate: float = 500.0
    max_bytes: int = 10 * 1024 * 1024
    max_redirects: int = 5


@dataclass(frozen=True, slots=True)
class Request:
    """A URL to fetch, and what is known of it.

    Attributes:
        url: absolute. That of a feed may carry ``user:password@``; a found one may not.
        purpose: what it is fetched for.
        etag: validator of the copy that is there; makes the request conditional.
        last_modified: the same.
        headers: more headers, secrets among them; they go to the first host only.
        user_agent: instead of ours.
        via: the URLs that redirected here, the first requested one first.
        context: whatever the asker wants back with the answer; it is never looked at.
    """

    url: str
    purpose: Purpose = "article"
    etag: str | None = None
    last_modified: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    user_agent: str | None = None
    via: tuple[str, ...] = ()
    context: Any = None

    def redirected(self, to: str) -> Request:
        """The request that follows a redirect; secrets stay with the host they were for."""
        same = urlsplit(self.url).hostname == urlsplit(to).hostname
        headers = self.headers if same else {}
        return replace(self, url=to, headers=headers, via=(*self.via, self.url))


@dataclass(frozen=True, slots=True)
class Response:
    """What came back: a status with a body, or the reason why nothing did.

    Attributes:
        url: as requested.
        final_url: after redirects.
        status: of the last hop that answered; None when none did.
        headers: names in lower case.
        body: decoded; "" when there is a reason, save for answers of status 4xx and 5xx.
        elapsed_ms: over all hops.
        reason: None when the status is 2xx, or 304 to a conditional request.
        detail: one line about the reason, without secrets.
        requests: how many were sent.
        moved_to: where a redirect points that has not been followed yet.
        hops: the statuses of the redirects that led here.
    """

    url: str
    final_url: str
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    elapsed_ms: int = 0
    reason: Reason | None = None
    detail: str = ""
    requests: int = 0
    moved_to: str = ""
    hops: tuple[int, ...] = ()

    @property
    def has_moved(self) -> bool:
        """Whether every redirect was for good: 302, 303 and 307 send on for now only."""
        return bool(self.hops) and all(status in _FOR_GOOD for status in self.hops)

    @property
    def retry_after(self) -> str | None:
        """The Retry-After header as written."""
        return self.headers.get("retry-after")


_FOR_GOOD: Final = frozenset({301, 308})


class FailedError(Exception):
    """A request that ends with a reason."""

    def __init__(self, reason: Reason, detail: str) -> None:
        """Keep both.

        Args:
            reason: one of the closed list.
            detail: one line.
        """
        super().__init__(detail)
        self.reason: Reason = reason
        self.detail = detail


def chained(legs: Sequence[Response]) -> Response:
    """Make one response of the legs of a request that was redirected.

    Args:
        legs: in order, at least one.

    Returns:
        The last leg, with the first one's URL and what all of them cost.
    """
    if len(legs) == 1:
        return legs[0]
    statuses = [leg.status for leg in legs if leg.status is not None]
    return replace(
        legs[-1],
        url=legs[0].url,
        status=statuses[-1] if statuses else None,
        elapsed_ms=sum(leg.elapsed_ms for leg in legs),
        requests=sum(leg.requests for leg in legs),
        hops=tuple(leg.status for leg in legs[:-1] if leg.status is not None),
    )


def verdict(status: int, *, conditional: bool) -> tuple[Reason | None, str]:
    """Say what a final status means for its request.

    Args:
        status: of the answer.
        conditional: whether the request carried a validator.

    Returns:
        A reason (None: usable) and a detail.
    """
    if status == 304 and not conditional:
        return "truncated", "status 304 to an unconditional request"
    if status == 206:
        return "truncated", "status 206: a part that nobody asked for"
    if status == 304 or 200 <= status < 300:
        return None, ""
    if 500 <= status < 600:
        return "http_5xx", f"status {status}"
    if 300 <= status < 400:
        return "redirect", f"status {status} without a place to go"
    return "http_4xx", f"status {status}"


_KINDS: Final[tuple[tuple[type[Exception] | tuple[type[Exception], ...], Reason], ...]] = (
    (FailedError, "unreadable"),  # carries its own
    (BlockedError, "blocked_address"),
    (TimeoutError, "timeout"),
    ((aiohttp.ClientSSLError, ssl.SSLError), "tls"),
    ((aiohttp.ClientConnectorDNSError, socket.gaierror), "dns"),
    (aiohttp.ClientPayloadError, "truncated"),
    (aiohttp.ServerDisconnectedError, "connect"),
    (aiohttp.http.HttpProcessingError, "truncated"),
    (aiohttp.ClientResponseError, "truncated"),
)


def failure(error: Exception, *, secure: bool) -> tuple[Reason, str]:
    """Say which reason of the closed list an error of the network is.

    Args:
        error: what was raised.
        secure: whether the URL is https.

    Returns:
        The reason and one line without secrets.
    """
    if isinstance(error, FailedError):
        return error.reason, redact_text(error.detail)
    if isinstance(error.__cause__, BlockedError):
        error = error.__cause__
    line = " ".join(f"{error}".split())
    if not isinstance(error, BlockedError):
        line = f"{type(error).__name__}: {line}"
    line = redact_text(line)[:200]
    if isinstance(error, aiohttp.ClientResponseError) and "more than" in error.message:
        return "too_large", line
    for kind, reason in _KINDS:
        if isinstance(error, kind):
            return reason, line
    # A server that cannot agree on TLS often just hangs up: an OSError without a number.
    if secure and isinstance(error, aiohttp.ClientConnectorError) and error.os_error.errno is None:
        return "tls", line
    return "connect", line
