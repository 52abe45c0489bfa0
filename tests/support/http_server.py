"""A local Internet: many hosts on loopback that do whatever a test asks of them.

Every host name gets an address of its own in 127.77.0.0/16; ``resolve`` is the name server and
``GUARD`` takes these addresses for public ones, while 127.0.0.1 and the rest stay forbidden. The
server runs in a thread of its own, so synchronous code can be tested too.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import itertools
import ssl
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Self
from unittest.mock import patch

from aiohttp import web
from http_faults import Handler, answer

from transforms.fetch.addresses import Guard, is_public

STAND_INS: Final = ipaddress.IPv4Network("127.77.0.0/16")
GUARD: Final = Guard(stand_ins=(STAND_INS,))


@dataclass(slots=True)
class Hit:
    """A request that came in; times are seconds of a monotonic clock."""

    host: str
    path: str
    headers: dict[str, str]
    peer: tuple[str, int]
    started: float
    ended: float | None = None


@dataclass
class LocalServer:
    """Serves any host at any path; use as a context.

    Attributes:
        fallback: what answers at a path nobody programmed; None is 404.
        hits: every request, in order.
    """

    fallback: Handler | None = None
    hits: list[Hit] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Prepare the thread; nothing is opened yet."""
        self._handlers: dict[tuple[str, str], Handler] = {}
        self._addresses: dict[str, list[list[str]]] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._runner: web.ServerRunner | None = None
        self.lookups: list[str] = []
        self.port = 0

    # what a test programs

    def on(self, host: str, path: str, handler: Handler) -> str:
        """Let a handler answer at a host's path (with its query, when it has one).

        Returns:
            The URL.
        """
        self._handlers[host, path] = handler
        return self.url(host, path)

    def robots(self, host: str, text: str) -> None:
        """Give a host a robots.txt (404 otherwise)."""
        self.on(host, "/robots.txt", answer(text, headers={"Content-Type": "text/plain"}))

    def name(self, host: str, *answers: list[str]) -> None:
        """Let a name resolve to given addresses; several answers are given in turn."""
        self._addresses[host] = list(answers)

    def listen(self, context: ssl.SSLContext) -> int:
        """Open one more port, with TLS; the same hosts answer there.

        Returns:
            The port.
        """
        return int(self._run(self._open(context)))

    # what a client needs

    def url(self, host: str, path: str = "/", *, port: int = 0, scheme: str = "http") -> str:
        """Write a URL of a host."""
        return f"{scheme}://{host}:{port or self.port}{path}"

    async def resolve(self, host: str) -> list[str]:
        """Answer as the name server: a host's own address unless ``name`` said otherwise."""
        self.lookups.append(host)
        answers = self._addresses.setdefault(host, [[self._next_address()]])
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        if not found:
            raise OSError(f"no such host: {host}")
        return found

    def _next_address(self) -> str:
        number = len(self._addresses) + 1
        return f"127.77.{number // 250}.{number % 250 + 1}"

    # what it saw

    def requests(self, host: str = "", path: str = "") -> list[Hit]:
        """The requests of a host or one of its sub-domains, of a path; "" is any."""
        return [
            hit
            for hit in self.hits
            if (not host or hit.host == host or hit.host.endswith(f".{host}"))
            and (not path or hit.path == path)
        ]

    def connections(self, host: str = "") -> int:
        """How many connections a host got."""
        return len({hit.peer for hit in self.requests(host)})

    def max_in_flight(self, host: str = "", *, tolerance: float = 0.005) -> int:
        """How many requests a host had to work on at once."""
        steps: list[tuple[float, int]] = []
        for hit in self.requests(host):
            ended = time.monotonic() if hit.ended is None else hit.ended
            steps += [(hit.started, 1), (max(hit.started, ended - tolerance), -1)]
        most = now = 0
        for _, step in sorted(steps):
            now += step
            most = max(most, now)
        return most

    def gaps(self, host: str) -> list[float]:
        """Seconds between the starts of a host's requests."""
        starts = sorted(hit.started for hit in self.requests(host))
        return [later - earlier for earlier, later in itertools.pairwise(starts)]

    # how it runs

    def __enter__(self) -> Self:
        """Start serving."""
        self._thread.start()
        self.port = self._run(self._open(None))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop serving, whatever is still in the air."""
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _open(self, context: ssl.SSLContext | None) -> int:
        if self._runner is None:
            server = web.Server(self._handle, handler_cancellation=True, access_log=None)
            self._runner = web.ServerRunner(server, shutdown_timeout=0.1)
            await self._runner.setup()
        site = web.TCPSite(self._runner, "0.0.0.0", 0, ssl_context=context, backlog=1024)  # noqa: S104 - all of 127.0.0.0/8
        await site.start()
        listening: Any = site._server
        return int(listening.sockets[0].getsockname()[1])

    async def _close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        host = (request.host or "").rsplit(":", 1)[0]
        path = request.raw_path
        peer = request.transport.get_extra_info("peername") if request.transport else ("", 0)
        hit = Hit(host, path, dict(request.headers), tuple(peer[:2]), time.monotonic())
        self.hits.append(hit)
        handler = (
            self._handlers.get((host, path))
            or self._handlers.get((host, path.partition("?")[0]))
            or (self.fallback if path != "/robots.txt" else None)
            or answer("not here", 404)
        )
        try:
            return await handler(request)  # type: ignore[arg-type]
        finally:
            hit.ended = time.monotonic()


@dataclass
class Wire:
    """What the event loops of this process try to connect to.

    Attributes:
        attempts: every (address, port), as the client meant it.
    """

    attempts: list[tuple[str, int]] = field(default_factory=list)

    @property
    def forbidden(self) -> list[tuple[str, int]]:
        """Attempts that lead to no public address (the server's stand-ins are none either)."""
        return [
            (address, port)
            for address, port in self.attempts
            if not is_public(parsed := ipaddress.ip_address(address.partition("%")[0]))
            and not (parsed.version == 4 and parsed in STAND_INS)
        ]


@contextlib.contextmanager
def tapped(server: LocalServer, *, tls_port: int = 0) -> Iterator[Wire]:
    """Watch every connect of asyncio and lead those to public addresses to the server.

    A connect to any other address is noted and refused before a packet is sent.
    """
    wire = Wire()
    loop_class: Any = asyncio.selector_events.BaseSelectorEventLoop
    original: Callable[..., Coroutine[Any, Any, None]] = loop_class.sock_connect

    async def sock_connect(loop: Any, sock: Any, address: Any) -> None:
        host, port = str(address[0]), int(address[1])
        wire.attempts.append((host, port))
        if (host, port) in wire.forbidden:
            raise ConnectionRefusedError(f"the test's wire leads nowhere: {host}")
        mapped = tls_port if port == 443 else server.port
        if not host.startswith("127.77."):
            host, port = "127.77.0.1", mapped
        elif port in {80, 443}:
            port = mapped
        if sock.family.name == "AF_INET6":
            host = f"::ffff:{host}"
        await original(loop, sock, (host, port))

    with patch.object(loop_class, "sock_connect", sock_connect):
        yield wire
