"""``rasd doctor``: what is installed, what is missing, and which runner a run would use."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import metadata
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipeline.errors import Exit, UsageError

_NEEDED: Final = (
    "apache-beam",
    "feedparser",
    "trafilatura",
    "langdetect",
    "lxml",
    "lxml_html_clean",
    "pyarrow",
    "duckdb",
    "sqlglot",
)
_OPTIONAL: Final = {
    "google-cloud-bigquery": "BigQuery and Dataflow (pip install 'rasd[gcp]')",
}

EXAMPLES: Final = """\
next:
  rasd run seeds --output out --offline
"""


def command() -> int:
    """Tell what is installed, what is missing, and which runner a run would use.

    It also takes a sentence through the whole Arabic pipeline, so "works" means it works. Exit code
    1: something that every run needs is missing or broken; its row says what to install.
    """
    table = Table(title="rasd doctor", show_header=True)
    for heading in ("what", "state", "note"):
        table.add_column(heading)
    broken = False
    table.add_row("python", platform.python_version(), platform.platform())
    table.add_row("cores", str(os.cpu_count()), "worker processes of a local run")
    for name in _NEEDED:
        version = _version(name)
        broken = broken or version is None
        table.add_row(name, version or "MISSING", "" if version else f"pip install {name}")
    for name, use in _OPTIONAL.items():
        table.add_row(name, _version(name) or "not installed", escape(use))
    state, note = _try_pipeline()
    broken = broken or state != "works"
    table.add_row("arabic pipeline", state, escape(note))
    for name, state, note in _engines():
        table.add_row(name, state, escape(note))
    Console(file=sys.stdout, width=None if sys.stdout.isatty() else 120).print(table)
    return Exit.FAILED if broken else Exit.DONE


def _engines() -> Iterator[tuple[str, str, str]]:
    """Tell of every engine whether a run could go through it."""
    from pipeline.options import Config  # noqa: PLC0415 - only here
    from pipeline.runners import ENGINES, open_engine  # noqa: PLC0415 - Beam takes seconds

    for name in ENGINES:
        if name == "FnApiRunner":  # what DirectRunner stands for
            continue
        default = name == "DirectRunner"
        try:
            engine = open_engine(Config((), "", datetime.now(UTC), runner=name))
        except UsageError as error:
            yield name, "not here", str(error).partition(": ")[2]
        else:
            note = "what --runner=DirectRunner (the default) means here" if default else ""
            yield "runner" if default else name, engine.name, note


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _try_pipeline() -> tuple[str, str]:
    """Take one sentence through every stage: an import can succeed and the stage still fail."""
    from transforms.document import process_document  # noqa: PLC0415 - tells its own failure
    from transforms.records import Document, Page  # noqa: PLC0415 - the same

    text = "تظاهر المئات في العاصمة تونس اليوم الأربعاء 20 سبتمبر/أيلول 2023 احتجاجا على الغلاء."
    outcome = process_document(Page(text.encode(), "body"))
    if isinstance(outcome, Document):
        return "works", f"{len(outcome.events)} event(s) in a test sentence"
    return "BROKEN", outcome.detail
