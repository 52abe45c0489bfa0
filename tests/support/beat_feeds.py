"""Feeds for streams inside an engine: many outlets, some of whose pages are not there."""

from __future__ import annotations

import random
from pathlib import Path

from http_faults import answer, truncated
from http_server import LocalServer
from live_feeds import SUMMARY, item, rss
from outputs import all_facts
from seed_pages import SITES, _variant, render

HTML = {"Content-Type": "text/html"}
# What follows from when a feed was asked and a page was had, not from what came.
_OF_THE_CLOCK = {"feeds", "fetch_log"}
# The same, and which of the feeds that list a page was the first to ask for it.
_APART = {"raw_ref", "feed_url"}


def serve_feeds(
    server: LocalServer, folder: Path, feeds: int, pages: int, *, after: float = 0.0
) -> str:
    """Serve feeds of so many pages each and give the list of them.

    A page takes ``after`` seconds. Of sixteen one is a 404 and one breaks off; every fourth page is
    listed by two feeds.
    """
    urls = []
    number = 0
    shared = ""
    for feed in range(feeds):
        host = f"127.78.{1 + feed // 200}.{1 + feed % 200}"
        entries = [shared] if shared else []
        for _ in range(pages):
            site = list(SITES)[number % len(SITES)]
            article = _variant(number, random.Random(number))  # noqa: S311 - varied text, no secret
            faults = {3: answer("no", 404), 11: truncated()}
            body = render(site, article)
            page = faults.get(number % 16) or answer(body, headers=HTML, after=after)
            entry = item(server.on(host, f"/{number}", page), f"خبر {number}", SUMMARY)
            shared = entry if number % 4 == 0 else shared
            entries.append(entry)
            number += 1
        urls.append(server.on(host, "/feed.xml", answer(rss(entries))))
    path = folder / "feeds.txt"
    path.write_text("\n".join(urls), encoding="utf-8")
    return str(path)


def stored(output: Path) -> dict[str, list[str]]:
    """What an output holds of what came, whenever it came."""
    return {
        name: sorted(
            repr({k: v for k, v in row.items() if k not in _APART or name == "appearances"})
            for row in rows
        )
        for name, rows in all_facts(output).items()
        if name not in _OF_THE_CLOCK
    }


class State:
    """A cell as an engine gives it to one key."""

    text: str | None = None

    def read(self) -> str | None:
        """Give what was written last."""
        return self.text

    def write(self, text: str) -> None:
        """Keep a text."""
        self.text = text
