"""Who may ask, and what an answer may do in a browser: hosts, a token, a strict policy."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

COOKIE: Final = "rasd_token"
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS: Final = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)


class Guard:
    """Let through who may ask, and say of every answer what it may do.

    On loopback whoever sits at the machine may, but only by a name of loopback: another site whose
    name was made to lead here is turned away. Elsewhere the token is asked for, once in the
    address, then in a cookie.

    Args:
        app: what answers.
        token: what must be known; None on loopback.
    """

    def __init__(self, app: App, *, token: str | None) -> None:
        """Take what is guarded."""
        self._app = app
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}

        async def guarded(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *HEADERS]
            await send(message)

        if scope["method"] not in {"GET", "HEAD"}:
            await _refuse(guarded, 405, "rasd serve only reads")
        elif self._token is None:
            host = headers.get(b"host", "").rsplit(":", 1)[0] if headers else ""
            if host.lower() in LOOPBACK:
                await self._app(scope, receive, guarded)
            else:
                await _refuse(guarded, 403, "not a name of this machine's loopback")
        else:
            await self._with_token(self._token, scope, receive, guarded, headers)

    async def _with_token(
        self, token: str, scope: Scope, receive: Receive, send: Send, headers: dict[bytes, str]
    ) -> None:
        if _same(_cookie(headers.get(b"cookie", "")), token):
            await self._app(scope, receive, send)
            return
        params = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        if not _same(params.pop("token", ""), token):
            await _refuse(send, 401, "this page asks for the token that rasd serve printed")
            return
        # Out of the address at once, where it would be copied and kept in a history.
        query = f"?{urlencode(params)}" if params else ""
        cookie = f"{COOKIE}={token}; HttpOnly; SameSite=Strict; Path=/"
        # Encoded again, so that it is a path of this page, whatever stood in the address.
        location = "/" + quote(scope["path"].lstrip("/\\"))
        await _refuse(
            send,
            303,
            "",
            (b"location", (location + query).encode()),
            (b"set-cookie", cookie.encode()),
        )


def _same(given: str, token: str) -> bool:
    return hmac.compare_digest(given.encode(), token.encode())


def _cookie(header: str) -> str:
    try:
        found = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


async def _refuse(send: Send, status: int, said: str, *headers: tuple[bytes, bytes]) -> None:
    start = [(b"content-type", b"text/plain; charset=utf-8"), *headers]
    await send({"type": "http.response.start", "status": status, "headers": start})
    await send({"type": "http.response.body", "body": said.encode()})


def asked_from_here(headers: Any) -> bool:
    """Whether a request was made by this page or by a person, not by another site.

    Args:
        headers: of the request. A browser says where a request began; what says nothing is no
            browser.
    """
    return headers.get("sec-fetch-site", "none") in {"same-origin", "none"}
