"""A report as one file that needs nothing else: text, pictures, fonts and queries in it."""

from __future__ import annotations

import base64
import hashlib
import re
from importlib.resources import files
from typing import Any, Final

from pipeline.serve.context import PageContext
from pipeline.serve.filters import Filters
from pipeline.serve.pages import render
from pipeline.serve.snapshot import Snapshots
from pipeline.serve.texts import Locale
from pipeline.serve.views.report import report

_SCRIPTS: Final = (
    "vendor/topojson/topojson-client.min.js",
    "vendor/echarts/echarts.min.js",
    "places.js",
    "rasd.js",
)
_FONT: Final = re.compile(r'url\("(vendor/[^"]+\.woff2)"\)')


def write_report(data: Snapshots, filters: Filters, locale: Locale) -> bytes:
    """Make a report.

    Args:
        data: the rows.
        filters: which incidents.
        locale: in which language.

    Returns:
        A page in HTML. It runs only its own scripts, and can ask nobody for anything.
    """
    context = PageContext(data, locale, "/", {}, live=False)
    scripts = [_static(name).decode() for name in _SCRIPTS]
    parts: dict[str, Any] = {
        "style": _with_fonts(_static("rasd.css").decode()),
        "scripts": scripts,
        "policy": _policy(scripts),
        "world": _static("vendor/world-atlas/countries-50m.json").decode(),
    }
    return render("report.html", context, report(context, filters) | parts, section="").encode()


def _static(name: str) -> bytes:
    return files("pipeline.serve").joinpath("static", *name.split("/")).read_bytes()


def _with_fonts(style: str) -> str:
    def within(found: re.Match[str]) -> str:
        data = base64.b64encode(_static(found[1])).decode()
        return f'url("data:font/woff2;base64,{data}")'

    return _FONT.sub(within, style)


def _policy(scripts: list[str]) -> str:
    """What the file may do: run the scripts that it was made with."""
    hashes = (
        base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts
    )
    allowed = " ".join(f"'sha256-{each}'" for each in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; font-src data:; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
