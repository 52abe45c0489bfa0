"""``rasd recode``: code stored articles again under today's rules."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from pipeline import log
from pipeline.cli.shared_options import Names, Rules, Staging
from pipeline.errors import Exit
from pipeline.options import own_of

EXAMPLES: Final = """\
examples:
  rasd recode --data out
  rasd recode --data out > changes.txt
  rasd recode --data out --rules my-rules --names my-names.tsv

Standard output tells what came, went and changed: a line a type, and up to five sentences of each.
Nothing is fetched; articles, copies and clusters stay as they are.
"""


def command(
    data: Annotated[str, typer.Option(metavar="URI", help="The output of a run.")] = "out",
    staging: Staging = None,
    rules: Rules = None,
    names: Names = None,
) -> int:
    """Code stored articles again under today's rules, or your own, without fetching."""
    own = own_of(rules, names)
    from pipeline.render.progress import Progress  # noqa: PLC0415 - Arrow on demand
    from pipeline.run.maintain import opened_output, provenance_of  # noqa: PLC0415 - the same
    from pipeline.run.recode import recode, told  # noqa: PLC0415 - the same
    from pipeline.steps.settle import settle_inbox  # noqa: PLC0415 - the same
    from pipeline.workers.pool import Workers  # noqa: PLC0415 - the same

    provenance = provenance_of("recode", datetime.now(UTC), data, own.digest if own else "")
    with opened_output(data, staging) as sink:
        settle_inbox(sink, provenance)
        workers = Workers(os.cpu_count() or 1, 20.0, 2048)
        found = recode(sink, provenance, workers, Progress(), own)
    for line in told(found):
        sys.stdout.write(f"{line}\n")
    changed = sum(found.counts.values())
    log.say(f"{found.articles} articles coded again, {changed} events differ")
    if found.renamed:
        log.say(f"{found.renamed} are as before, but for the coder_version")
    if found.refused:
        log.say(
            f"{found.refused} events refused by the schema: "
            f"rasd query --data {data} --named dead_letters",
            "WARNING",
        )
    if found.failed:
        log.say(f"{found.failed} could not be coded; their events stay")
    return Exit.DONE if found.articles else Exit.NOTHING_USABLE
