"""``rasd settle``: fold what lies in the inbox into the tables."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from pipeline import log
from pipeline.cli.shared_options import Names, Rules, Staging
from pipeline.errors import Exit
from pipeline.options import own_of

EXAMPLES: Final = """\
examples:
  rasd settle --data out
  rasd settle --data gs://news/rows

Streams and engines leave bundles in the inbox; so does a run that was cut off past its end.
  rasd settle --data out --sweep 0         and remove at once what runs that were cut off have left

Settling again changes nothing. What runs that never completed have left in the inbox does not
count: it is told, and removed when nothing was written to it for --sweep days. Files that no bundle
names yet stay for a day at least: a stream may be at work. Exit code 1 says that a bundle could not
be taken in.
"""


def command(
    data: Annotated[str, typer.Option(metavar="URI", help="The output of a run.")] = "out",
    staging: Staging = None,
    sweep: Annotated[
        int,
        typer.Option(metavar="DAYS", min=0, help="Remove leftovers of so many days and more."),
    ] = 7,
    rules: Rules = None,
    names: Names = None,
) -> int:
    """Fold what lies in the inbox into the tables.

    An article that was brought twice with different dates is coded again: give --rules and --names
    as they were given to the run that left the bundles.
    """
    own_of(rules, names)
    from pipeline.run.maintain import opened_output, provenance_of  # noqa: PLC0415 - Arrow on demand
    from pipeline.sinks import leftovers  # noqa: PLC0415 - the same
    from pipeline.steps.settle import settle_inbox  # noqa: PLC0415 - the same

    now = datetime.now(UTC)
    with opened_output(data, staging) as sink:
        settled = settle_inbox(sink, provenance_of("settle", now, data))
        gone, left = leftovers.sweep(sink.inbox, now, sweep)
    rows = ", ".join(
        f"{changes.inserted + changes.replaced} {table}"
        for table, changes in settled.changes.items()
        if changes.inserted + changes.replaced and not table.startswith("_")
    )
    log.say(f"{settled.bundles} bundles; new or changed rows: {rows or 'none'}")
    for broken in settled.broken:
        log.say(f"left in the inbox: {broken.path}: {broken.problem}", "ERROR")
    for each in gone:
        log.say(f"removed from the inbox: {each.folder} ({each.files} files that did not count)")
    for each in left:
        log.say(f"left in the inbox: {each.told(sweep)}", "WARNING")
    return Exit.FAILED if settled.broken else Exit.DONE
