"""Resolving names, with every address judged before anybody may use it."""

from __future__ import annotations

import asyncio
import functools
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from aiohttp.abc import AbstractResolver, ResolveResult

from transforms.fetch.addresses import BlockedError, Guard

Resolve = Callable[[str], Awaitable[list[str]]]

_NAME_THREADS: Final = 16


class GuardedResolver(AbstractResolver):
    """Resolves names and passes on only addresses the guard allows.

    A proxy's own name is the operator's: its addresses are remembered, not judged.

    Attributes:
        proxy_addresses: where the proxy is.
    """

    def __init__(self, guard: Guard, resolve: Resolve | None, proxy_host: str | None) -> None:
        """Keep the settings.

        Args:
            guard: judges addresses.
            resolve: asks for the addresses of a host; the system's resolver by default.
            proxy_host: the proxy's host, when there is one.
        """
        self._guard = guard
        self._resolve = resolve or self._ask_system
        self._threads: ThreadPoolExecutor | None = None
        self._proxy_host = proxy_host
        self.proxy_addresses = {proxy_host} if proxy_host else set()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Look a name up; a name with any address that is not public is refused whole."""
        del family  # both families are asked for and judged
        addresses = await self._resolve(host)
        if host == self._proxy_host:
            self.proxy_addresses.update(addresses)
        else:
            refused = [each for each in addresses if not self._guard.is_allowed(each)]
            if refused or not addresses:
                found = refused[0] if refused else "nothing"
                raise BlockedError(f"{host} resolves to {found}, not a public address")
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

    async def _ask_system(self, host: str) -> list[str]:
        """Ask the system, in threads of our own: a dead name server must not hold up the loop."""
        if self._threads is None:
            self._threads = ThreadPoolExecutor(_NAME_THREADS, thread_name_prefix="names")
        ask = functools.partial(socket.getaddrinfo, host, None, type=socket.SOCK_STREAM)
        found = await asyncio.get_running_loop().run_in_executor(self._threads, ask)
        return list(dict.fromkeys(str(each[4][0]) for each in found))

    async def close(self) -> None:
        """Let the threads go without waiting for their answers."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None
