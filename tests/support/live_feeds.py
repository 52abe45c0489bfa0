"""What tests of live runs share: feeds to serve, and a run in this process on a clock of its own.

A run in this process can be given any fetch settings, such as a guard that takes the local
server's addresses for public ones while all others stay forbidden.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

from http_server import GUARD

from pipeline.options import parse_run
from pipeline.render.progress import Progress
from pipeline.run.job import Summary, run_job
from pipeline.runners import beam_flags
from pipeline.sql.data import open_data
from transforms.fetch.messages import Limits
from transforms.fetch.politeness import Manners
from transforms.fetch.run import FetchSettings

NOON: Final = datetime(2024, 6, 1, 12, tzinfo=UTC)
SUMMARY: Final = (
    "تظاهر مئات العمال أمام مقر البرلمان في العاصمة تونس اليوم احتجاجاً على ارتفاع الأسعار."
)


def item(url: str, title: str = "خبر", summary: str = "", guid: str | None = "") -> str:
    """An item of an RSS feed; its GUID is its URL unless one is given, None leaves it out."""
    names = "" if guid is None else f"<guid>{escape(guid or url)}</guid>"
    link = f"<link>{escape(url)}</link>" if url else ""
    return (
        f"<item><title>{escape(title)}</title>{link}{names}"
        f"<pubDate>{format_datetime(NOON - timedelta(hours=2))}</pubDate>"
        f"<description>{escape(summary)}</description></item>"
    )


def rss(items: Iterable[str], head: str = "") -> str:
    """An RSS feed of items."""
    channel = f"<channel><title>اختبار</title>{head}{''.join(items)}</channel>"
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">'
        f"{channel}</rss>"
    )


def settings(now: datetime, **more: Any) -> FetchSettings:
    """Settings of a quick run against the local server, all other private hosts forbidden."""
    given: dict[str, Any] = {
        "limits": Limits(total_seconds=5.0),
        "manners": Manners(delay_seconds=0.0, backoff_seconds=0.05),
        "guard": GUARD,
    }
    return FetchSettings(now, **(given | more))


async def one_address(_host: str) -> list[str]:
    """Answer as a name server to whom every host is the same; workers can import it."""
    return ["127.77.0.9"]


def run_here(
    output: Path, *inputs: str, now: datetime = NOON, options: Iterable[str] = (), **more: Any
) -> Summary:
    """Run in this process.

    Args:
        output: where rows go.
        inputs: of ``rasd run``.
        now: the run's clock.
        options: more options of ``rasd run``.
        more: fields of the fetch settings.
    """
    arguments = [*inputs, "--output", str(output), "--processes", "2", *options]
    config = parse_run([*arguments, "--as-of", now.isoformat()], now, beam_flags)
    return run_job(config, Progress(quiet=True), fetching=settings(now, **more))


def table(output: Path, query: str) -> list[dict[str, Any]]:
    """Ask an output in SQL."""
    rows: list[dict[str, Any]] = open_data(str(output)).sql(query).to_pylist()
    return rows


def counts(rows: Iterable[Mapping[str, Any]], column: str) -> dict[str, int]:
    """Count the values of a column."""
    found: dict[str, int] = {}
    for row in rows:
        found[row[column]] = found.get(row[column], 0) + 1
    return dict(sorted(found.items()))
