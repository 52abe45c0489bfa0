"""Behind a proxy the guard still judges, and the proxy is told an address, not a name."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from http_faults import answer, redirect
from http_server import LocalServer


@dataclass
class Proxy:
    """A tiny CONNECT and forward proxy that notes what it is asked for."""

    server: LocalServer
    port: int = 0
    asked: list[str] = field(default_factory=list)

    async def start(self) -> None:
        """Listen."""
        listening = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = listening.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        method, target, _ = head.split(b" ", 2)
        self.asked.append(f"{method.decode()} {target.decode()}")
        if method == b"CONNECT":
            host, port = target.decode().rsplit(":", 1)
            out_reader, out_writer = await asyncio.open_connection(host, int(port))
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        else:
            host, port = target.decode().split("/")[2].rsplit(":", 1)
            out_reader, out_writer = await asyncio.open_connection(host, int(port))
            path = "/" + target.decode().split("/", 3)[3]
            out_writer.write(head.replace(target, path.encode(), 1))
        await asyncio.gather(_pipe(reader, out_writer), _pipe(out_reader, writer))


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()


@pytest.fixture
def proxy(server: LocalServer) -> Iterator[Proxy]:
    """A running proxy."""
    made = Proxy(server)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(made.start(), loop).result(10)
    yield made
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)


def test_plain_pages(server, proxy, fetch):
    url = server.on("a.test", "/page?x=1", answer("page"))
    server.name("a.test", ["127.77.9.9"])
    got = fetch(url, proxy=f"http://127.0.0.1:{proxy.port}")
    assert (got.reason, got.body) == (None, b"page")
    assert proxy.asked == [f"GET http://127.77.9.9:{server.port}/page?x=1"]
    assert server.hits[0].host == "a.test"
    assert got.final_url == url


def test_secure_pages(server, proxy, fetch, authority):
    """The certificate is checked against the name, though the proxy never learns it."""
    server.on("tls.test", "/", answer("secure"))
    server.name("tls.test", ["127.77.9.9"])
    good = server.listen(authority.context("tls.test"))
    other = server.listen(authority.context("other.example"))
    through = f"http://127.0.0.1:{proxy.port}"
    url = server.url("tls.test", port=good, scheme="https")
    assert fetch(url, proxy=through, trust=authority.trust).body == b"secure"
    assert proxy.asked == [f"CONNECT 127.77.9.9:{good}"]
    wrong = server.url("tls.test", port=other, scheme="https")
    assert fetch(wrong, proxy=through, trust=authority.trust).reason == "tls"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_guard_stays(server, proxy, fetch, scheme):
    server.name("evil.test", ["10.0.0.1"])
    server.name("half.test", ["127.77.9.9", "169.254.169.254"])
    hop = server.on("a.test", "/", redirect("http://127.0.0.1/"))
    through = f"http://127.0.0.1:{proxy.port}"
    for host in ("evil.test", "half.test", "127.0.0.1", "[::1]", "169.254.169.254", "localhost"):
        assert fetch(f"{scheme}://{host}/", proxy=through).reason == "blocked_address", host
    assert not proxy.asked
    assert fetch(hop, proxy=through).reason == "blocked_address"
    assert len(proxy.asked) == 1


def test_a_proxy_may_have_a_private_name(server, proxy, fetch):
    server.name("squid.internal", ["127.0.0.1"])
    url = server.on("a.test", "/", answer("page"))
    assert fetch(url, proxy=f"http://squid.internal:{proxy.port}").body == b"page"
    assert fetch("http://squid.internal/", proxy=f"http://squid.internal:{proxy.port}").reason == (
        "blocked_address"
    )


def test_a_dead_proxy(server, fetch):
    url = server.on("a.test", "/", answer("page"))
    assert fetch(url, proxy="http://127.0.0.1:1").reason == "connect"
    assert not server.hits
