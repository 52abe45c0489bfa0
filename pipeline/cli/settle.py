"""``rasd settle``: fold what lies in the inbox into the tables."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from pipeline import log
from pipeline.cli.shared_options import Names, Rules
from pipeline.errors import Exit
from pipeline.options import own_of

EXAMPLES: Final = """\
examples:
  rasd settle --data out
  rasd settle --data gs://news/rows

Streams and engines leave bundles in the inbox; so does a run that was cut off past its end.
Settling again changes nothing. Exit code 1 says that a bundle could not be taken in.
"""


def command(
    data: Annotated[str, typer.Option(metavar="URI", help="The output of a run.")] = "out",
    staging: Annotated[
        str | None,
        typer.Option(
            metavar="URI",
            help="Where rows for BigQuery wait, as given to rasd run.",
            show_default=False,
        ),
    ] = None,
    rules: Rules = None,
    names: Names = None,
) -> int:
    """Fold what lies in the inbox into the tables.

    An article that was brought twice with different dates is coded again: give --rules and --names
    as they were given to the run that left the bundles.
    """
    own_of(rules, names)
    from pipeline.run.maintain import opened_output, provenance_of  # noqa: PLC0415 - Arrow on demand
    from pipeline.steps.settle import settle_inbox  # noqa: PLC0415 - the same

    now = datetime.now(UTC)
    with opened_output(data, staging) as sink:
        settled = settle_inbox(sink, provenance_of("settle", now, data))
    rows = ", ".join(
        f"{changes.inserted + changes.replaced} {table}"
        for table, changes in settled.changes.items()
        if changes.inserted + changes.replaced and not table.startswith("_")
    )
    log.say(f"{settled.bundles} bundles; new or changed rows: {rows or 'none'}")
    for broken in settled.broken:
        log.say(f"left in the inbox: {broken.path}: {broken.problem}", "ERROR")
    return Exit.FAILED if settled.broken else Exit.DONE
