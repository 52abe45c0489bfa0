"""``rasd prune``: retention and takedown."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Final

import typer

from pipeline import log
from pipeline.cli.shared_options import Staging
from pipeline.errors import Exit, UsageError

EXAMPLES: Final = """\
examples:
  rasd prune --data out --before 2023-01-01            retention: older articles and all of theirs
  rasd prune --data out --url https://news.example/1   takedown: every version of the page, for good
  rasd prune --data out --article 0a1b...              takedown of one version

What runs that were cut off have left in the inbox goes, too, when it is a week old; what is
younger is told. A takedown is remembered: no later run, replay or archive brings the page back.
Files of an archive (--archive) are yours to delete. Exit code 3 says that nothing was there to go.
"""


def command(
    data: Annotated[str, typer.Option(metavar="URI", help="The output of a run.")] = "out",
    *,
    staging: Staging = None,
    before: Annotated[
        str | None, typer.Option(metavar="DATE", help="Take out what is of earlier days.")
    ] = None,
    url: Annotated[
        str | None, typer.Option(metavar="URL", help="Take this page down for good.")
    ] = None,
    article: Annotated[
        str | None, typer.Option(metavar="ID", help="Take this version down for good.")
    ] = None,
) -> int:
    """Take out what is old, or take down a page or an article for good."""
    if sum(each is not None for each in (before, url, article)) != 1:
        raise UsageError("name one of --before DATE, --url URL, --article ID")
    if url is not None and not url.startswith(("http://", "https://", "file:")):
        raise UsageError(f"{url} is no address: write it with https://")
    day = _day(before) if before is not None else None
    from pipeline.run.maintain import opened_output, provenance_of  # noqa: PLC0415 - Arrow on demand
    from pipeline.run.prune import is_known, prune  # noqa: PLC0415 - the same
    from pipeline.sinks import leftovers  # noqa: PLC0415 - the same

    now = datetime.now(UTC)
    provenance = provenance_of("prune", now, data, repr((before, url, article)))
    with opened_output(data, staging) as sink:
        if article is not None and not is_known(sink, article):
            raise UsageError(f"no article {article}: rasd query names them (column article_id)")
        done = prune(sink, provenance, before=day, url=url, article_id=article)
        swept, left = leftovers.sweep(sink.inbox, now)
    gone = {table: done.gone(table) for table in done.changes if done.gone(table)}
    shown = ", ".join(f"{count} {table}" for table, count in gone.items() if table[0] != "_")
    log.say(f"gone: {shown or 'nothing'}")
    if day is None:
        log.say("the takedown is remembered")
    for each in swept:
        log.say(f"removed from the inbox: {each.folder} ({each.files} files that did not count)")
    for each in left:
        log.say(f"left in the inbox: {each.told()}", "WARNING")
    return Exit.DONE if gone else Exit.NOTHING_USABLE


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text} is no date; write YYYY-MM-DD") from error
