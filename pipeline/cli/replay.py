"""``rasd replay``: put dead letters back through the pipeline."""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, get_args

import typer

from pipeline import log
from pipeline.cli.shared_options import Names, Rules, Staging
from pipeline.errors import Exit, UsageError, nearest
from pipeline.options import Config, own_of
from pipeline.render.terminal import one_line
from transforms.rejects import REASONS, STAGES, Reason

if TYPE_CHECKING:
    from pipeline.run.replay import Replayed

_MOST_NAMED: Final = 3

EXAMPLES: Final = """\
examples:
  rasd query --named dead_letters --data out        what failed, and why
  rasd replay --data out                            what may succeed without being mended
  rasd replay --data out --reason not_an_article    after a fix, whatever the reason
  rasd replay --data out --stage fetch

A letter is resolved when its input no longer fails. One that failed five times waits for a person:
name its reason to try it all the same. Exit code 3 says that there was nothing to try.
"""


def command(  # noqa: PLR0913 - each is an option
    data: Annotated[str, typer.Option(metavar="URI", help="The output of a run.")] = "out",
    *,
    staging: Staging = None,
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
    rules: Rules = None,
    names: Names = None,
) -> int:
    """Put dead letters back through the pipeline: from what they hold, the archive, the web."""
    if reason is not None and reason not in get_args(Reason):
        raise UsageError(f"no such reason: {reason}{nearest(reason, REASONS)}")
    if stage is not None and stage not in STAGES:
        raise UsageError(f"no such stage: {stage}{nearest(stage, STAGES)}")
    from pipeline.render.progress import Progress  # noqa: PLC0415 - Beam takes seconds
    from pipeline.run.maintain import opened_output  # noqa: PLC0415 - the same
    from pipeline.run.replay import replay  # noqa: PLC0415 - the same

    config = Config(
        (), data, datetime.now(UTC), archive=archive, offline=offline,
        allow_private_hosts=allow_private_hosts, processes=os.cpu_count() or 1,
        own=own_of(rules, names), staging=staging,
    )  # fmt: skip
    with opened_output(data, staging) as sink, tempfile.TemporaryDirectory(prefix="rasd-") as work:
        done = replay(sink, config, Progress(), work=Path(work), stage=stage, reason=reason)
    _report(done, data)
    return Exit.DONE if done.tried else Exit.NOTHING_USABLE


def _report(done: Replayed, data: str) -> None:
    """Tell on standard error what became of the letters, and where to look next."""

    def say(line: str) -> None:
        log.say(f"{line}")

    say(f"{done.tried} dead letters tried again, {done.resolved} resolved")
    failed = done.summary.manifest["dead_letters"] if done.summary is not None else {}
    if failed:
        say(f"failed again: {', '.join(f'{number} {why}' for why, number in failed.items())}")
    if done.waiting:
        say(f"{done.waiting} failed five times and wait: name their --reason to try them")
    if done.lost:
        more = f" and {len(done.missing) - _MOST_NAMED} more" if done.missing[_MOST_NAMED:] else ""
        named = ", ".join(map(one_line, done.missing[:_MOST_NAMED]))
        say(f"{done.lost} name no input that is still there: {named}{more}")
    if failed or not done.tried:
        say(f"what is left, and why: rasd query --named dead_letters --data {data}")
