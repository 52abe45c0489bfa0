"""Show feeds to a person: how each did when it was asked, or what the catalogue holds."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO, Final

from rich.table import Table
from rich.text import Text

from pipeline.render.terminal import one_line, page

_WIDTH: Final = 160  # columns of what is no terminal


def show_checked(rows: Sequence[Mapping[str, Any]], stream: BinaryIO) -> None:
    """Write how feeds did: beside each outcome address and name, what came, and what to do.

    Args:
        rows: of ``check_feeds``.
        stream: where to.
    """
    with page(stream, width=_WIDTH) as console:
        shown = _columns("outcome", "feed")
        for row in rows:
            shown.add_row(Text(row["outcome"], style="bold"), Text(row["url"], overflow="fold"))
            for line in filter(None, (row["title"], _came(row), row["advice"])):
                shown.add_row("", Text(one_line(line)))
        console.print(shown)
        counts = Counter(row["outcome"] for row in rows).most_common()
        told = ", ".join(f"{number} {outcome}" for outcome, number in counts)
        console.print(f"{_feeds(len(rows))}: {told}", style="dim")


def show_catalogue(rows: Sequence[Mapping[str, Any]], stream: BinaryIO) -> None:
    """Write the catalogue's feeds, one a line where there is room.

    Args:
        rows: publisher, country, category, verified, url.
        stream: where to.
    """
    with page(stream, width=_WIDTH) as console:
        shown = _columns("country", "category", "verified", "publisher", "url")
        for row in rows:
            named = (row["country"] or "", row["category"] or "", _yes(verified=row["verified"]))
            publisher = Text(one_line(row["publisher"] or ""), overflow="fold")
            shown.add_row(*named, publisher, Text(row["url"], overflow="fold"))
        console.print(shown)
        verified = sum(row["verified"] for row in rows)
        console.print(f"{_feeds(len(rows))}, {verified} of them verified", style="dim")


def write_list(rows: Sequence[Mapping[str, Any]], stream: BinaryIO) -> None:
    """Write the catalogue's feeds as a list that ``rasd run`` and ``rasd stream`` take.

    Args:
        rows: url, publisher, country, tz, language, category, alternatives.
        stream: where to.
    """
    for row in rows:
        stream.write(b"[[feed]]\n")
        for key in ("url", "publisher", "country", "tz", "language", "category", "alternatives"):
            if row[key]:
                # Strings of JSON, and lists of them, are those of TOML.
                stream.write(f"{key} = {json.dumps(row[key], ensure_ascii=False)}\n".encode())
        stream.write(b"\n")


def _columns(*names: str) -> Table:
    """A table without borders, whose addresses can be copied."""
    shown = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for name in names[:-1]:
        shown.add_column(name, no_wrap=name != "publisher", min_width=len(name))
    shown.add_column(names[-1], overflow="fold")
    return shown


def _came(row: Mapping[str, Any]) -> str:
    """What came, in one line."""
    items = row["items"]
    if not items:
        return "no items" if row["outcome"] == "empty" else "nothing came"
    newest = row["newest"]
    dated = f"{datetime.fromisoformat(newest):%Y-%m-%d %H:%M} UTC" if newest else "without a date"
    whole = int(row["full_content"].split()[0])
    articles = f"whole articles ({row['full_content']})" if whole else "summaries only"
    parts = [_items(items), f"newest {dated}", row["language"] or "language not said", articles]
    return ", ".join(parts)


def _items(number: int) -> str:
    return f"{number} item{'' if number == 1 else 's'}"


def _feeds(number: int) -> str:
    return f"{number} feed{'' if number == 1 else 's'}"


def _yes(*, verified: bool) -> str:
    return "yes" if verified else "no"
