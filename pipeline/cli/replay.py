"""``rasd replay``: put dead letters back through the pipeline."""

from __future__ import annotations

import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final, get_args

import typer

from pipeline.errors import Exit, UsageError, nearest
from pipeline.options import Config
from transforms.rejects import REASONS, Reason

EXAMPLES: Final = """\
examples:
  rasd query --named dead_letters --data out        what failed, and why
  rasd replay --data out                            what may succeed without being mended
  rasd replay --data out --reason not_an_article    after a fix, whatever the reason
  rasd replay --data out --stage fetch

A letter is resolved when its input no longer fails. One that failed five times waits for a person:
name its reason to try it all the same. Exit code 3 says that there was nothing to try.
"""


def command(
    data: Annotated[str, typer.Option(metavar="URI", help="The output of a run.")] = "out",
    *,
    stage: Annotated[
        str | None, typer.Option(metavar="STAGE", help="Only letters of this stage.")
    ] = None,
    reason: Annotated[
        str | None, typer.Option(metavar="REASON", help="Only letters with this reason.")
    ] = None,
    archive: Annotated[
        str | None, typer.Option(metavar="URI", help="Keep every response as WARC here.")
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Open no socket.")] = False,
    allow_private_hosts: Annotated[
        bool, typer.Option("--allow-private-hosts", help="Let requests go to private addresses.")
    ] = False,
) -> int:
    """Put dead letters back through the pipeline: from what they hold, the archive, the web."""
    if reason is not None and reason not in get_args(Reason):
        raise UsageError(f"no such reason: {reason}{nearest(reason, REASONS)}")
    from pipeline.render.progress import Progress  # noqa: PLC0415 - Beam takes seconds
    from pipeline.run.maintain import opened_output  # noqa: PLC0415 - the same
    from pipeline.run.replay import replay  # noqa: PLC0415 - the same

    config = Config(
        (), data, datetime.now(UTC), archive=archive, offline=offline,
        allow_private_hosts=allow_private_hosts, processes=os.cpu_count() or 1,
    )  # fmt: skip
    with opened_output(data) as sink, tempfile.TemporaryDirectory(prefix="rasd-") as work:
        done = replay(sink, config, Progress(), work=Path(work), stage=stage, reason=reason)
    say = sys.stderr.write
    say(f"rasd: {done.tried} dead letters tried again, {done.resolved} resolved\n")
    if done.waiting:
        say(f"rasd: {done.waiting} failed five times and wait: name their --reason to try them\n")
    if done.lost:
        say(f"rasd: {done.lost} name no input that is still there\n")
    return Exit.DONE if done.tried else Exit.NOTHING_USABLE
