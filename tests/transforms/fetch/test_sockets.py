"""Nothing but the client opens a socket: no other module imports what could."""

from __future__ import annotations

import ast

import pytest
from pipeline_helpers import ROOT

OPENERS = {
    "socket", "ssl", "http.client", "urllib.request", "urllib3", "requests", "httpx", "aiohttp",
    "ftplib", "telnetlib", "smtplib", "xmlrpc.client", "pycurl", "websockets", "asyncio.streams",
    "trafilatura.downloads", "trafilatura.fetch_url", "feedparser.http", "courlan.network",
}  # fmt: skip
CALLS = {
    "open_connection",
    "create_connection",
    "urlopen",
    "urlretrieve",
    "fetch_url",
    "getaddrinfo",
}
ALLOWED = "transforms/fetch/"
# The web page listens on loopback when it is asked to; it connects to nothing.
LISTENERS = ("pipeline/cli/serve.py", "pipeline/serve/", "pipeline/web/", "pipeline/run/metrics.py")
# Google's own client talks to Google; this module only tells its errors apart.
GOOGLE = ("pipeline/sinks/bigquery/",)
# Asks whether the engine that a user named answers, before a job is handed to it.
ENGINES = ("pipeline/engines/base.py",)
MODULES = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in ("pipeline", "transforms")
    for path in (ROOT / folder).rglob("*.py")
    if not path.relative_to(ROOT).as_posix().startswith((ALLOWED, *LISTENERS, *GOOGLE, *ENGINES))
)


def opened(source: str) -> set[str]:
    """What a module imports or calls that could open a socket."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            found |= {name} & CALLS
        found |= {
            opener
            for opener in OPENERS
            for name in names
            if name == opener or name.startswith(f"{opener}.")
        }
    return found


@pytest.mark.parametrize("module", MODULES)
def test_only_the_client_opens_sockets(module):
    found = opened((ROOT / module).read_text(encoding="utf-8"))
    assert not found, f"{module} uses {found}: fetch through transforms.fetch.client"


def test_the_test_sees():
    assert opened("from urllib import request") == {"urllib.request"}
    assert opened("import urllib.request as r") == {"urllib.request"}
    assert opened("def f():\n    import requests.sessions") == {"requests"}
    assert opened("from urllib.parse import urlsplit") == set()
    assert opened("await asyncio.open_connection('a', 1)") == {"open_connection"}
