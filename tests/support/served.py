"""The page for tests: a real server on loopback, and Chromium to look at it."""

from __future__ import annotations

import contextlib
import html
import importlib.util
import json
import os
import re
import shutil
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import uvicorn

from pipeline import open_data
from pipeline.serve.app import make_app
from pipeline.serve.server import listening
from pipeline.serve.snapshot import Snapshots

MISSING = "no Chromium: make browser"
WRONG = 'class="wrong"'
VIEWS = ("list", "timeline", "map", "network", "matrix")


@dataclass
class Page:
    """A server that shows one output."""

    address: str
    uri: str
    data: Snapshots = field(repr=False)

    def get(self, path: str, **headers: str) -> tuple[int, str, Message]:
        """Ask for one address; gives status, text and headers, whatever the status."""
        url = self.address + quote(path, safe="/?&=%#:,")
        request = urllib.request.Request(url, headers=headers)  # noqa: S310 - our own server
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - the same
                return answer.status, answer.read().decode("utf-8"), answer.headers
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode("utf-8"), error.headers

    def everything(self) -> list[str]:
        """An address of every kind, each with something to show."""
        return ["/", *(f"/incidents?view={view}" for view in VIEWS), *self._ones(), *_PLAIN]

    def _ones(self) -> Iterator[str]:
        data = open_data(self.uri)
        for sql, path in _ONES.items():
            for row in data.sql(sql).to_pylist():
                yield path.format(**row)


_PLAIN = (
    "/incidents?status=hypothetical", "/stories", "/feeds", "/sql?named=events",
    "/sql?q=SELECT nosuch FROM events", "/nosuch",
)  # fmt: skip
_ONES = {
    "SELECT incident_id AS id FROM v_incidents ORDER BY article_count DESC, 1 LIMIT 2": (
        "/incident/{id}"
    ),
    "SELECT article_id AS id FROM v_event_mentions GROUP BY 1 ORDER BY COUNT(*) DESC, 1 LIMIT 1": (
        "/article/{id}/considered"
    ),
    "SELECT article_id AS id, duplicate_of AS other FROM v_articles"
    " WHERE duplicate_of IS NOT NULL ORDER BY 1 LIMIT 2": "/article/{id}?against={other}",
    "SELECT cluster_id AS id FROM clusters GROUP BY 1 ORDER BY COUNT(*) DESC, 1 LIMIT 1": (
        "/story/{id}"
    ),
}


@contextlib.contextmanager
def served(uri: str, *, token: str | None = None, seconds: float = 20.0) -> Iterator[Page]:
    """Show an output on a free port of loopback."""
    data = Snapshots(uri, seconds=seconds)
    at = listening("127.0.0.1", 0)
    config = uvicorn.Config(make_app(data, token=token), log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [at]}, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.02)
    try:
        yield Page(f"http://127.0.0.1:{at.getsockname()[1]}", uri, data)
    finally:
        server.should_exit = True
        thread.join(10)


def chromium() -> str:
    """The path of Chromium. Without it the test is skipped; where all must run it fails."""
    given = os.environ.get("RASD_CHROMIUM")
    found = given or next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if found:
        return found
    if os.environ.get("CI") == "true":
        pytest.fail(MISSING)
    pytest.skip(MISSING)


@contextlib.contextmanager
def browser() -> Iterator[Any]:
    """Chromium without a window."""
    path = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Its sandbox wants a user who is not root, and shared memory that containers lack.
        started = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield started
        started.close()


def axe() -> str:
    """The source of axe-core."""
    origin = importlib.util.find_spec("axe_playwright_python").origin
    return (Path(origin).parent / "axe.min.js").read_text(encoding="utf-8")


class Looker:
    """One tab, and everything it did that it should not have done.

    Args:
        tab: of the browser.
        origin: the only place that may be asked for anything.
    """

    def __init__(self, tab: Any, origin: str) -> None:
        """Listen to the tab."""
        self.tab = tab
        self.strangers: list[str] = []
        self.errors: list[str] = []
        self._host = urlsplit(origin).netloc
        tab.on("request", self._asked)
        tab.on("pageerror", lambda error: self.errors.append(str(error)))
        tab.on("console", self._said)

    def _asked(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob", "file"} and parts.netloc != self._host:
            self.strangers.append(request.url)

    def _said(self, message: Any) -> None:
        # A page that is not there says so by its status, and the browser repeats it.
        if message.type == "error" and "status of 404" not in message.text:
            self.errors.append(message.text)

    def look(self, url: str) -> None:
        """Open a page and wait until its charts are drawn."""
        self.tab.goto(url, wait_until="load")
        if self.tab.query_selector("[data-chart]"):
            self.tab.wait_for_selector("[data-drawn]", timeout=10_000)

    def point_at_everything(self) -> None:
        """Show every tooltip of every chart, and the hover of every marked word."""
        self.tab.evaluate(_POINT)
        for mark in self.tab.query_selector_all("[data-marked] mark")[:20]:
            mark.focus()

    def live_tags(self) -> list[str]:
        """What there is on a page that templates never write; whether a script of the rows ran."""
        found: list[str] = json.loads(self.tab.evaluate(_LIVE))
        return found


_POINT = """() => {
  for (const box of document.querySelectorAll("[data-drawn]")) {
    const chart = echarts.getInstanceByDom(box);
    chart.getOption().series.forEach((series, at) => {
      for (let n = 0; n < Math.min(series.data.length, 12); n++)
        chart.dispatchAction({ type: "showTip", seriesIndex: at, dataIndex: n });
    });
  }
}"""
_LIVE = """() => {
  const found = [];
  if (window.hit) found.push("a script of the rows ran");
  const own = "script[src^='/static/'], script[type='application/json'], [data-report] > script";
  for (const each of document.querySelectorAll("script"))
    if (!each.matches(own)) found.push(each.outerHTML.slice(0, 200));
  const never = "img, iframe, object, embed, base, video, audio, math, style:not(head > style), "
    + "meta[http-equiv=refresh], link:not(head > link), form[action*='evil']";
  for (const each of document.querySelectorAll(never)) found.push(each.outerHTML.slice(0, 200));
  for (const each of document.querySelectorAll("*")) {
    for (const name of each.getAttributeNames()) {
      if (/^on/i.test(name)) found.push(name + " of " + each.tagName);
      if (/^(href|src|action|xlink:href)$/i.test(name)
          && /^\\s*(javascript|vbscript|data):/i.test(each.getAttribute(name)))
        found.push(name + "=" + each.getAttribute(name).slice(0, 80));
    }
  }
  return JSON.stringify(found);
}"""


def queries_of(text: str) -> list[str]:
    """What stands behind the buttons of a page."""
    return [
        html.unescape(each)
        for each in re.findall(r'<pre id="sql-[^>]*>(.*?)</pre>', text, re.DOTALL)
    ]
