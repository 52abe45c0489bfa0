"""R13: entities. Nothing a document names is opened, and nothing in it grows.

The kernel tells (inotify) whether the canary file was opened; a server on loopback counts who
came. Both are checked to notice before they are believed.

R13 (docs/reliability.md): entities and external entities.
"""

from __future__ import annotations

import ctypes
import os
import socket
import sys
import threading
from pathlib import Path

import pytest
from hostile_inputs import PARAGRAPHS, attack_feeds, feed, item, page
from pipeline_helpers import SHARED

from pipeline.sources.feeds import parse_file
from transforms.records import ParsedFeed

pytestmark = pytest.mark.reliability
CANARY = "canary-c0ffee-canary"
IN_OPEN, IN_ACCESS = 0x20, 0x01


class FileWatch:
    """Counts how often a file is opened or read, by the kernel's own report."""

    def __init__(self, path: Path) -> None:
        """Begin to watch."""
        libc = ctypes.CDLL(None, use_errno=True)
        self._handle = libc.inotify_init1(os.O_NONBLOCK)
        if libc.inotify_add_watch(self._handle, os.fsencode(path), IN_OPEN | IN_ACCESS) < 0:
            pytest.skip("this machine cannot watch files")

    def opened(self) -> int:
        """How much was reported since the last question."""
        try:
            return len(os.read(self._handle, 65536)) // 16
        except BlockingIOError:
            return 0


class Listener:
    """A port on loopback that counts connections."""

    def __init__(self) -> None:
        """Begin to listen."""
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.connections = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            peer, _ = self._socket.accept()
            self.connections += 1
            peer.close()


def external(canary: Path, port: int) -> dict[str, bytes]:
    """Documents that name a file and a server in every way XML and HTML know."""
    places = {"file": f"file://{canary}", "http": f"http://127.0.0.1:{port}/x", "bare": str(canary)}
    made: dict[str, bytes] = {}
    for how, place in places.items():
        prologs = {
            "entity": f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{place}">]>',
            "public": f'<!DOCTYPE rss [<!ENTITY x PUBLIC "-//X" "{place}">]>',
            "dtd": f'<!DOCTYPE rss SYSTEM "{place}" [<!ENTITY x "y">]>',
            "parameter": f'<!DOCTYPE rss [<!ENTITY % p SYSTEM "{place}"> %p; <!ENTITY x "y">]>',
            "notation": f'<!DOCTYPE rss [<!NOTATION n SYSTEM "{place}">'
            f'<!ENTITY x SYSTEM "{place}" NDATA n>]>',
            "stylesheet": f'<?xml version="1.0"?><?xml-stylesheet href="{place}" type="text/xsl"?>',
        }
        for name, prolog in prologs.items():
            made[f"{name}-{how}.xml"] = feed(item(f"{name}-{how}", title="خبر &x;"), prolog=prolog)
        include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{place}"/>'
        schema = (
            '<x xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
            f'xsi:schemaLocation="{place} {place}"/>'
        )
        made[f"include-{how}.xml"] = feed(item(f"include-{how}", inside=include + schema))
        made[f"page-{how}.html"] = (
            f'<!DOCTYPE html [<!ENTITY x SYSTEM "{place}">]>'.encode()
            + page(
                f"{PARAGRAPHS}<p>&x;</p>{include}<img src='{place}'>"
                f"<iframe src='{place}'></iframe>",
                head=f'<link rel="stylesheet" href="{place}"><base href="{place}">'
                f'<script src="{place}"></script>',
            )
        )
        made[f"sitemap-{how}.xml"] = (
            f'<!DOCTYPE urlset [<!ENTITY x SYSTEM "{place}">]>'
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
            "<url><loc>https://attack.example/&x;</loc></url></urlset>"
        ).encode()
    return made


def bombs() -> dict[str, bytes]:
    """Entity bombs of our own, and the public XML set where it is at hand."""
    own = {name: attack_feeds()[name] for name in ("laughs.xml", "quadratic.xml", "parameter.xml")}
    body = "".join(f'<!ENTITY a{n} "&a{n + 1};&a{n + 1};">' for n in range(30))
    own["cycle.xml"] = feed(
        item(title="&a0;"), prolog=f'<!DOCTYPE rss [{body}<!ENTITY a30 "&a0;ها">]>'
    )
    own["page_bomb.html"] = f"<!DOCTYPE html [{body}]>".encode() + page(f"{PARAGRAPHS}<p>&a0;</p>")
    public = sorted((SHARED / "data/hostile/xml").rglob("*.x*"))
    return own | {f"public-{path.name}": path.read_bytes() for path in public}


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's file watch is Linux's")
def test_r13_nothing_named_is_opened(run, tmp_path):
    canary = tmp_path / "canary.txt"
    canary.write_text(CANARY, encoding="utf-8")
    watch, listener = FileWatch(canary), Listener()
    assert canary.read_text(encoding="utf-8") == CANARY
    assert watch.opened() > 0, "the watch sees nothing"
    socket.create_connection(("127.0.0.1", listener.port)).close()
    folder = tmp_path / "in"
    folder.mkdir()
    made = external(canary, listener.port)
    for name, data in made.items():
        (folder / name).write_bytes(data)
    ran = run(tmp_path / "out", folder)
    assert ran.code == 0, ran.said
    assert watch.opened() == 0
    assert listener.connections == 1, "only our own trial"
    said = ran.said + str(ran.manifest)
    told = [ran.rows(table) for table in ("articles", "events", "dead_letters", "feeds")]
    assert CANARY not in said + repr(told) + repr(ran.rows("appearances"))
    articles = ran.rows("articles", "url, source_id")
    print(f"R13: {len(made)} XXE documents: 0 files, 0 sockets opened; {len(articles)} articles")
    assert len(articles) >= len(made) - 3, "the sitemaps alone hold no text"


def test_r13_nothing_grows(run, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    worst = 0.0
    for name, data in bombs().items():
        (folder / name).write_bytes(data)
        if name.endswith(".xml"):
            worst = max(worst, _size(parse_file(str(folder / name))) / len(data))
    ran = run(tmp_path / "out", folder)
    assert ran.code == 0, ran.said
    given = sum(path.stat().st_size for path in folder.iterdir())
    tables = ("articles", "dead_letters", "feeds", "appearances")
    stored = sum(_text_bytes(row) for table in tables for row in ran.rows(table))
    assert worst <= 2
    assert stored <= 2 * given
    assert ran.manifest["peak_memory_bytes"] < 1_500_000_000
    print(f"R13: entity bombs grow {worst:.2f}x at most in a feed, {stored / given:.2f}x in rows")


def _size(parsed: object) -> int:
    assert isinstance(parsed, ParsedFeed)
    texts = [
        f"{entry.title}{entry.summary}{entry.content}{entry.guid}{entry.url}"
        for entry in parsed.entries
    ]
    return len("".join([parsed.title, *texts]).encode("utf-8", "replace"))


def _text_bytes(row: dict[str, object]) -> int:
    return sum(len(value.encode()) for value in row.values() if isinstance(value, str))
