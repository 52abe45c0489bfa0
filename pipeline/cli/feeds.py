"""``rasd feeds``: poll feeds once and tell how each does, or list the shipped catalogue."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Final

import typer

from pipeline.errors import Exit, UsageError, nearest

EXAMPLES: Final = """\
examples:
  rasd feeds list --country EGY
  rasd feeds list --country EGY --format toml > feeds.toml
  rasd feeds check https://news.example/rss.xml
  rasd feeds check feeds.toml --format json

next:
  rasd run feeds.toml --output out
  docs/add-a-feed.md shows how a list is written
"""


class Action(StrEnum):
    """What to do with feeds."""

    check = "check"
    list = "list"


class Format(StrEnum):
    """How rows are written."""

    table = "table"
    json = "json"
    toml = "toml"


def command(
    action: Annotated[Action, typer.Argument(help="check polls feeds, list shows the catalogue.")],
    source: Annotated[
        str | None,
        typer.Argument(metavar="[FEEDS]", help="A feed's address, or a list (.toml, .opml, .txt)."),
    ] = None,
    *,
    country: Annotated[
        str | None, typer.Option(metavar="CODE", help="Only this country (alpha-3, such as EGY).")
    ] = None,
    category: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only this category, such as politics.")
    ] = None,
    output: Annotated[
        Format, typer.Option("--format", help="How to write; toml writes a list of feeds.")
    ] = Format.table,
    allow_private_hosts: Annotated[
        bool, typer.Option("--allow-private-hosts", help="Ask private addresses, too.")
    ] = False,
) -> int:
    """Poll every feed once, a row per feed with outcome and advice; or list the catalogue.

    check stores nothing; exit code 3 says that no feed answered.
    """
    if action is Action.check and output is Format.toml:
        raise UsageError("--format toml is for feeds list: it writes a list to go on from")
    if action is Action.list:
        rows = _catalogue(country, category)
    else:
        if source is None:
            raise UsageError("name a feed's URL or a list of feeds: rasd feeds check feeds.toml")
        rows = _check(source, country, category, allow_private=allow_private_hosts)
    _write(action, rows, output)
    if action is Action.check and not any(row["outcome"] in {"ok", "empty"} for row in rows):
        return Exit.NOTHING_USABLE
    return Exit.DONE


def _catalogue(country: str | None, category: str | None) -> list[dict[str, Any]]:
    from transforms.feeds.lists import (  # noqa: PLC0415 - not for --help
        load_catalogue,
        verified_addresses,
    )

    known, verified = load_catalogue(), verified_addresses()
    feeds = [feed for feed in known if _chosen(feed, country, category)]
    if not feeds:
        raise _none_chosen(known, country, category)
    return [
        {
            "publisher": feed.publisher,
            "country": feed.country,
            "category": feed.category,
            "tz": feed.tz,
            "language": feed.language,
            "alternatives": list(feed.alternatives),
            "verified": feed.url in verified,
            "url": feed.url,
        }
        for feed in sorted(feeds, key=lambda feed: (feed.country or "", feed.url))
    ]


def _none_chosen(feeds: Iterable[Any], country: str | None, category: str | None) -> UsageError:
    """Say what there would be to choose from."""
    for name, value in (("country", country), ("category", category)):
        there = {str(getattr(feed, name)) for feed in feeds if getattr(feed, name)}
        if value is not None and value.lower() not in {each.lower() for each in there}:
            return UsageError(f"no feed of {name} {value}{nearest(value, sorted(there))}")
    return UsageError(f"no feed of country {country} has category {category}")


def _chosen(feed: Any, country: str | None, category: str | None) -> bool:
    right_country = country is None or (feed.country or "").upper() == country.upper()
    return right_country and category in {None, feed.category}


def _check(
    source: str, country: str | None, category: str | None, *, allow_private: bool
) -> list[dict[str, Any]]:
    from pipeline.polling.check import check_feeds, named_feeds  # noqa: PLC0415 - not for --help

    named = named_feeds(source)
    feeds = [feed for feed in named if _chosen(feed, country, category)]
    if not feeds:
        raise _none_chosen(named, country, category)
    return check_feeds(feeds, now=datetime.now(UTC), allow_private=allow_private)


def _write(action: Action, rows: list[dict[str, Any]], output: Format) -> None:
    import orjson  # noqa: PLC0415 - not for --help

    from pipeline.render.feeds import (  # noqa: PLC0415 - the same
        show_catalogue,
        show_checked,
        write_list,
    )

    if output is Format.json:
        sys.stdout.buffer.writelines(orjson.dumps(row) + b"\n" for row in rows)
    elif output is Format.toml:
        write_list(rows, sys.stdout.buffer)
    else:
        (show_checked if action is Action.check else show_catalogue)(rows, sys.stdout.buffer)
