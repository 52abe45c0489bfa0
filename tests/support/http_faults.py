"""What servers do to a client, one function a sin; ``http_server`` serves them at any URL.

Each function makes a handler. Those that break HTTP write to the transport themselves.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import zlib
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from typing import Final

import brotli
import zstandard
from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

MEGABYTE: Final = 1024 * 1024


def answer(
    body: bytes | str = b"",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    *,
    after: float = 0.0,
) -> Handler:
    """Answer as it should be.

    Args:
        body: the bytes to send.
        status: HTTP status.
        headers: more headers; Content-Type is HTML by default.
        after: seconds to think.
    """
    data = body.encode() if isinstance(body, str) else body
    fields = {"Content-Type": "text/html; charset=utf-8", **(headers or {})}

    async def handle(_request: web.Request) -> web.StreamResponse:
        if after:
            await asyncio.sleep(after)
        return web.Response(status=status, body=data, headers=fields)

    return handle


def in_turn(*handlers: Handler) -> Handler:
    """Another answer at every request; the last one stays."""
    left = list(handlers)

    async def handle(request: web.Request) -> web.StreamResponse:
        handler = left.pop(0) if len(left) > 1 else left[0]
        return await handler(request)

    return handle


def redirect(to: str, status: int = 302) -> Handler:
    """Point somewhere else."""
    return answer(status=status, headers={"Location": to})


def conditional(body: str, *, etag: str = "", modified: str = "", lying: bool = False) -> Handler:
    """Answer 304 to the right validator; a lying server does so to any."""

    async def handle(request: web.Request) -> web.StreamResponse:
        given = request.headers.get("If-None-Match", ""), request.headers.get("If-Modified-Since")
        right = (etag and given[0] == etag) or (modified and given[1] == modified)
        if right or (lying and any(given)):
            return web.Response(status=304, headers={"ETag": etag} if etag else {})
        headers = {"Content-Type": "text/html; charset=utf-8"}
        headers |= {"ETag": etag} if etag else {}
        headers |= {"Last-Modified": modified} if modified else {}
        return web.Response(body=body.encode(), headers=headers)

    return handle


def hang() -> Handler:
    """Take the request and say nothing."""
    return answer(after=3600)


def _raw(talk: Callable[[asyncio.Transport], Awaitable[None]], *, abort: bool = False) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        transport = request.transport
        if isinstance(transport, asyncio.Transport):
            with contextlib.suppress(ConnectionError):
                await talk(transport)
            (transport.abort if abort else transport.close)()
        return web.Response()

    return handle


async def _write(transport: asyncio.Transport, data: bytes) -> None:
    """Write as fast as the other side reads, so that an endless answer needs no memory here."""
    if transport.is_closing():
        raise ConnectionResetError
    transport.write(data)
    while transport.get_write_buffer_size() > MEGABYTE and not transport.is_closing():  # noqa: ASYNC110 - a transport has no event to wait for
        await asyncio.sleep(0.001)
    await asyncio.sleep(0)


def reset() -> Handler:
    """Tear the connection."""

    async def talk(_transport: asyncio.Transport) -> None:
        """Say nothing."""

    return _raw(talk, abort=True)


def truncated(body: bytes = b"<p>half</p>", *, chunked: bool = False) -> Handler:
    """Promise more than is sent."""

    async def talk(transport: asyncio.Transport) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
        if chunked:
            await _write(transport, head + b"Transfer-Encoding: chunked\r\n\r\n")
            await _write(transport, b"%x\r\n%s\r\n" % (len(body), body))
        else:
            length = b"Content-Length: %d\r\n\r\n" % (len(body) * 2 + 10)
            await _write(transport, head + length + body)

    return _raw(talk)


def _drip(start: bytes, pause: float) -> Handler:
    """Send a byte now and then after the start, without an end."""

    async def talk(transport: asyncio.Transport) -> None:
        await _write(transport, start)
        while True:
            await _write(transport, b"x")
            await asyncio.sleep(pause)

    return _raw(talk)


def drip_body(pause: float = 0.05) -> Handler:
    """Send a byte of the body now and then, without an end."""
    return _drip(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", pause)


def drip_headers(pause: float = 0.05) -> Handler:
    """Send a byte of a header now and then, without an end."""
    return _drip(b"HTTP/1.1 200 OK\r\nX-A: ", pause)


def header_flood() -> Handler:
    """Send headers without an end, as fast as they are read."""

    async def talk(transport: asyncio.Transport) -> None:
        await _write(transport, b"HTTP/1.1 200 OK\r\n")
        number = 0
        while True:
            number += 1
            await _write(transport, b"X-%d: %s\r\n" % (number, b"z" * 1000))

    return _raw(talk)


def endless(block: bytes = b"<p>more</p>" * 4096) -> Handler:
    """Send a body without an end, as fast as it is read."""

    async def talk(transport: asyncio.Transport) -> None:
        await _write(transport, b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while True:
            await _write(transport, block)

    return _raw(talk)


def flood_1xx(status: bytes = b"102 Processing") -> Handler:
    """Say "wait" without an end."""

    async def talk(transport: asyncio.Transport) -> None:
        while True:
            await _write(transport, b"HTTP/1.1 %s\r\n\r\n" % status * 50)
            await asyncio.sleep(0.001)

    return _raw(talk)


def big_location(size: int = MEGABYTE) -> Handler:
    """Redirect to an address of a megabyte."""

    async def talk(transport: asyncio.Transport) -> None:
        head = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: http://a.test/"
        await _write(transport, head + b"a" * size + b"\r\n\r\n")

    return _raw(talk)


def garbage(data: bytes = b"\x16\x03\x01 SSH-2.0-nonsense\r\n\r\n") -> Handler:
    """Answer in another protocol."""

    async def talk(transport: asyncio.Transport) -> None:
        await _write(transport, data)

    return _raw(talk)


def packed(data: bytes, coding: str) -> bytes:
    """Compress as a Content-Encoding says; "gzip, br" applies gzip first."""
    for name in coding.split(","):
        data = _PACKERS[name.strip()](data)
    return data


def _raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


_PACKERS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "gzip": lambda data: gzip.compress(data, 9, mtime=0),
    "deflate": lambda data: zlib.compress(data, 9),
    "raw-deflate": _raw_deflate,
    "br": lambda data: brotli.compress(data, quality=5),
    "zstd": zstandard.ZstdCompressor(level=3).compress,
}


@cache
def bomb_bytes(coding: str, megabytes: int) -> bytes:
    """Zeros, compressed."""
    return packed(bytes(megabytes * MEGABYTE), coding)


def bomb(coding: str, megabytes: int = 200) -> Handler:
    """Send few bytes that stand for many."""
    named = coding.replace("raw-", "")
    return answer(bomb_bytes(coding, megabytes), headers={"Content-Encoding": named})
