"""Take the pictures of docs/page.md from the seeds: ``make pictures``. They are judged by eye."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline_helpers import ROOT, SEEDS, rasd
from served import Looker, browser, served

from pipeline import open_data

FOLDER = ROOT / "docs" / "pictures"
WIDE = {"viewport": {"width": 1280, "height": 880}, "device_scale_factor": 0.6}
PHONE = {"viewport": {"width": 390, "height": 780}, "device_scale_factor": 0.7}


def one(uri: str, sql: str) -> str:
    """The first value of the first row."""
    row = open_data(uri).sql(sql).to_pylist()[0]
    return next(iter(row.values()))


def pictures(uri: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Name, address and how it is looked at."""
    article = one(
        uri,
        "SELECT a.article_id FROM v_articles AS a JOIN events AS e ON e.article_id = a.article_id"
        " WHERE a.revision > 1 GROUP BY 1 ORDER BY COUNT(*) DESC, 1 LIMIT 1",
    )
    incident = one(
        uri,
        "SELECT incident_id FROM v_incidents ORDER BY article_count DESC, incident_id LIMIT 1",
    )
    story = one(uri, "SELECT cluster_id FROM clusters GROUP BY 1 ORDER BY COUNT(*) DESC, 1 LIMIT 1")
    dark = {**WIDE, "color_scheme": "dark"}
    yield "overview-ar", "/", WIDE
    yield "overview-en", "/?lang=en", WIDE
    yield "overview-dark", "/?lang=en", dark
    yield "overview-phone", "/?digits=arab", PHONE
    for view in ("list", "timeline", "map", "network", "matrix"):
        yield view, f"/incidents?view={view}#results", WIDE
    yield "status", "/incidents?status=hypothetical#results", WIDE
    yield "list-phone", "/incidents?type=ASSAULT", PHONE
    yield "incident-phone", f"/incident/{incident}", PHONE
    yield "considered", f"/article/{article}/considered", WIDE
    yield "map-en", "/incidents?view=map&lang=en#results", WIDE
    yield "incident", f"/incident/{incident}", WIDE
    yield "article-ar", f"/article/{article}", WIDE
    yield "article-en", f"/article/{article}?lang=en", dark
    yield "article-phone", f"/article/{article}", PHONE
    yield "story", f"/story/{story}", WIDE
    yield "feeds", "/feeds", WIDE
    yield "sql", "/sql?named=dyads&lang=en", WIDE


def main() -> None:
    """Take all of them."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, browser() as chromium:
        os.chdir(folder)  # the foot of a page names the output
        uri = "out"
        rasd("run", str(SEEDS), "--output", uri, "--offline")
        rasd("report", "--data", uri, "--output", f"{folder}/report.html")
        with served(uri) as page:
            for name, path, settings in pictures(uri):
                take(chromium, name, page.address + path, settings)
        take(chromium, "report", Path(folder, "report.html").as_uri(), WIDE)


def take(chromium: Any, name: str, url: str, settings: dict[str, Any]) -> None:
    """Take one picture of what is seen first."""
    context = chromium.new_context(**settings)
    looker = Looker(context.new_page(), url)
    looker.look(url)
    looker.tab.wait_for_timeout(700)
    path = FOLDER / f"{name}.png"
    looker.tab.screenshot(path=path)
    context.close()
    sys.stderr.write(f"{path.name}: {path.stat().st_size // 1024} kB\n")


if __name__ == "__main__":
    main()
