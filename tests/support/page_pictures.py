"""Take the pictures of docs/page.md from the seeds: ``make pictures``. They are judged by eye.

One sheet a view: Arabic and English, each as wide as a desk's screen and as a phone's. Names of
sheets as arguments take only those.
"""

from __future__ import annotations

import base64
import io
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from PIL import Image
from pipeline_helpers import ROOT, SEEDS, rasd
from served import VIEWS, Looker, browser, served

from pipeline import open_data

FOLDER = ROOT / "docs" / "pictures"
Settings = Mapping[str, Any]
WIDE: Final[Settings] = {"viewport": {"width": 1280, "height": 880}, "device_scale_factor": 0.55}
PHONE: Final[Settings] = {"viewport": {"width": 390, "height": 880}, "device_scale_factor": 0.55}
DARK: Final[Settings] = {**WIDE, "color_scheme": "dark"}
_DARK: Final = ("map", "article")
_SHEET: Final = (
    "<style>body{margin:0;width:max-content;background:#777}"
    "div{display:flex}img{margin:3px}</style>"
)


def one(uri: str, sql: str) -> str:
    """The first value of the first row."""
    row = open_data(uri).sql(sql).to_pylist()[0]
    return next(iter(row.values()))


def views(uri: str) -> Iterator[tuple[str, str]]:
    """Name and address of every view."""
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
    yield "overview", "/"
    for view in VIEWS:
        yield view, f"/incidents?view={view}#results"
    yield "status", "/incidents?status=hypothetical#results"
    yield "incident", f"/incident/{incident}"
    yield "article", f"/article/{article}"
    yield "considered", f"/article/{article}/considered"
    yield "stories", "/stories"
    yield "story", f"/story/{story}"
    yield "feeds", "/feeds"
    yield "sql", "/sql?named=dyads"


def main() -> None:
    """Take all of them, or those that are named."""
    wanted = set(sys.argv[1:])
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, browser() as chromium:
        os.chdir(folder)  # the foot of a page names the output
        uri = "out"
        rasd("run", str(SEEDS), "--output", uri, "--offline")
        with served(uri) as page:
            taken = dict(views(uri))
            for name, path in taken.items():
                if wanted and name not in wanted:
                    continue
                rows = [
                    [
                        taken_of(chromium, page.address + said(path, language), how)
                        for how in (WIDE, PHONE)
                    ]
                    for language in ("ar", "en")
                ]
                save(chromium, name, rows)
            if not wanted or "overview" in wanted:
                save(chromium, "overview-ar", [[taken_of(chromium, page.address, WIDE)]])
            if not wanted or "dark" in wanted:
                dark = [taken_of(chromium, page.address + taken[n], DARK) for n in _DARK]
                save(chromium, "dark", [dark])
        if wanted and "report" not in wanted:
            return
        reports = []
        for language in ("ar", "en"):
            rasd(
                "report",
                "--data",
                uri,
                "--output",
                f"{folder}/{language}.html",
                "--language",
                language,
            )
            url = Path(folder, f"{language}.html").as_uri()
            reports.append([taken_of(chromium, url, how) for how in (WIDE, PHONE)])
        save(chromium, "report", reports)


def said(path: str, language: str) -> str:
    """An address, in a language."""
    path, hashed, anchor = path.partition("#")
    return f"{path}{'&' if '?' in path else '?'}lang={language}{hashed}{anchor}"


def taken_of(chromium: Any, url: str, settings: Settings) -> bytes:
    """A picture of what is seen first."""
    context = chromium.new_context(**settings)
    looker = Looker(context.new_page(), url)
    looker.look(url)
    looker.tab.wait_for_timeout(700)
    picture: bytes = looker.tab.screenshot()
    context.close()
    return picture


def save(chromium: Any, name: str, rows: list[list[bytes]]) -> None:
    """Lay pictures on one sheet, row by row, and write it."""
    tab = chromium.new_page(viewport={"width": 2000, "height": 100})
    tab.set_content(_SHEET + "".join(f"<div>{''.join(map(_image, row))}</div>" for row in rows))
    path = FOLDER / f"{name}.png"
    whole = Image.open(io.BytesIO(tab.locator("body").screenshot())).convert("RGB")
    whole.quantize(96, dither=Image.Dither.NONE).save(path, optimize=True)
    tab.close()
    sys.stderr.write(f"{path.name}: {path.stat().st_size // 1024} kB\n")


def _image(picture: bytes) -> str:
    return f'<img src="data:image/png;base64,{base64.b64encode(picture).decode()}">'


if __name__ == "__main__":
    main()
