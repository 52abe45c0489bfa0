"""``rasd run``: a bounded job over given inputs."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from pipeline.errors import Exit
from pipeline.options import parse_run, run_parser

if TYPE_CHECKING:
    from pipeline.job import Summary

# The flags stand in pipeline.options alone: what is typed here is handed on as it is.
SETTINGS: Final[dict[str, Any]] = {
    "context_settings": {
        "ignore_unknown_options": True,
        "allow_interspersed_args": True,
        "help_option_names": [],
    },
    "add_help_option": False,
}


def command(
    args: Annotated[list[str] | None, typer.Argument(metavar="INPUT...")] = None,
) -> int:
    """Turn articles, pages, feeds and documents into coded rows."""
    given = list(args or ())
    if not given or "--help" in given or "-h" in given:
        sys.stdout.write(run_parser().format_help())
        return Exit.DONE if given else Exit.USAGE
    config = parse_run(given, datetime.now(UTC))
    if config.debug:
        logging.basicConfig(level=logging.INFO, force=True)
    from pipeline.job import run_job  # noqa: PLC0415 - Beam takes seconds
    from pipeline.progress import Progress  # noqa: PLC0415 - the same

    summary = run_job(config, Progress())
    _report(summary, config.output)
    if summary.usable == 0:
        return Exit.NOTHING_USABLE
    if config.max_dead_letters is not None and summary.dead_letters > config.max_dead_letters:
        return Exit.DEAD_LETTERS
    return Exit.DONE


def _report(summary: Summary, output: str) -> None:
    """Tell on standard error what a run did, and what to do next."""
    say = sys.stderr.write
    rows = ", ".join(f"{count} {table}" for table, count in summary.new_rows.items() if count)
    say(f"rasd: {summary.articles} articles read; new or changed rows: {rows or 'none'}\n")
    for rejected in summary.manifest["rejected_inputs"]:
        say(f"rasd: rejected ({rejected['reason']}): {rejected['detail']}\n")
    if summary.dead_letters:
        reasons = ", ".join(f"{n} {why}" for why, n in summary.manifest["dead_letters"].items())
        say(f"rasd: dead letters: {reasons} (rasd query --data {output} --named dead_letters)\n")
    if summary.usable == 0:
        say("rasd: nothing usable came in; every input and its reason:\n")
        for skipped in summary.manifest["skipped"]:
            say(f"rasd:   {skipped['path']}: {skipped['reason']}\n")
    say(f"rasd: manifest: {output.rstrip('/')}/_runs/{summary.run_id}.json\n")
