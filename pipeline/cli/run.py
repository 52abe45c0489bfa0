"""``rasd run``: a bounded job over given inputs."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Final

import typer

from pipeline import log
from pipeline.cli.handed_on import beam_flags
from pipeline.errors import Exit
from pipeline.options import Config, parse_run, run_parser
from pipeline.render.letters import named, tell_letters
from pipeline.render.terminal import one_line
from pipeline.sources.members import unread_line

if TYPE_CHECKING:
    from pipeline.run.job import Summary

PARSER: Final = run_parser  # what --help is made of


def command(
    args: Annotated[list[str] | None, typer.Argument(metavar="INPUT...")] = None,
) -> int:
    """Turn articles, pages, feeds and documents into coded rows."""
    given = list(args or ())
    if "--help" in given or "-h" in given:
        sys.stdout.write(run_parser().format_help())
        return Exit.DONE
    now = datetime.now(UTC)
    config = parse_run(given, now, beam_flags)
    if config.debug:
        log.show_libraries(logging.INFO)
    if "-" in config.inputs and sys.stdin.isatty():
        log.say("reading JSON lines from the terminal; end them with Ctrl-D")
    if config.as_of > now + timedelta(days=1):
        log.say(
            f"--as-of {config.as_of:%Y-%m-%d %H:%M} lies ahead: rows and the next polls of "
            "feeds are dated by it",
            "WARNING",
        )
    from pipeline.render.progress import Progress  # noqa: PLC0415 - the same
    from pipeline.run.job import run_job  # noqa: PLC0415 - Beam takes seconds

    summary = run_job(config, Progress())
    if summary.graph is not None:
        log.say(f"the graph of {summary.usable} documents: {summary.graph}")
        log.say(
            f"nothing was run; once somebody has, rasd settle --data {config.output} folds in what "
            "came"
        )
        return Exit.DONE
    _report(summary, config)
    if summary.usable == 0:
        return Exit.NOTHING_USABLE
    if config.max_dead_letters is not None and summary.dead_letters > config.max_dead_letters:
        return Exit.DEAD_LETTERS
    return Exit.DONE


def _report(summary: Summary, config: Config) -> None:
    """Tell on standard error what a run did, and what to do next."""
    say: Callable[..., None] = log.say
    output = config.output.rstrip("/")
    rows = ", ".join(f"{count} {table}" for table, count in summary.new_rows.items() if count)
    say(
        f"{_articles(summary.articles)} read; new or changed rows: {rows or 'none'}",
        figures={"read": summary.articles, **summary.new_rows},
    )
    _report_dates(summary, say)
    _report_unread(summary, say)
    for rejected in summary.manifest["rejected_inputs"]:
        say(
            f"rejected ({rejected['reason']}): {one_line(_what(rejected))}",
            "WARNING",
            **named(rejected),
        )
    tell_letters(summary.manifest, say)
    if summary.dead_letters:
        reasons = ", ".join(f"{n} {why}" for why, n in summary.manifest["dead_letters"].items())
        say(
            f"dead letters: {reasons} (rasd query --data {output} --named dead_letters)",
            figures={"dead_letters": summary.dead_letters},
        )
    if summary.usable == 0:
        _report_nothing(summary, config, say)
    else:
        _report_skipped(summary, say)
    if output.lower().startswith(("bigquery://", "bq://")):
        say(f"manifest: {output}, table _runs, run_id {summary.run_id}")
    else:
        say(f"manifest: {output}/_runs/{summary.run_id}.json")


def _report_dates(summary: Summary, say: Callable[[str], None]) -> None:
    """Tell what ``--from`` and ``--to`` left out and kept."""
    counted = summary.manifest["stages"].get("rows", {})
    outside, undated = counted.get("outside_dates", 0), counted.get("undated_kept", 0)
    if outside:
        line = f"left out by --from and --to, which go by event_time in UTC: {_articles(outside)}"
        near = counted.get("outside_dates_in_utc_only", 0)
        if near:
            line += f"; by the publisher's own day (published_on) {near} would be inside"
        say(line)
    if undated:
        say(f"kept although without any date: {_articles(undated)}")


def _report_unread(summary: Summary, say: Callable[[str], None]) -> None:
    """Name once what nothing reads of documents and tables, and what it may be meant for."""
    found: dict[str, str] = {}
    lacking: dict[str, None] = {}
    for each in summary.manifest["unread"]:
        found = each["names"] | found
        lacking |= dict.fromkeys(each["absent"])
    if found or lacking:
        say(one_line(unread_line(found, lacking)))


def _articles(number: int) -> str:
    return f"{number} article{'' if number == 1 else 's'}"


def _what(rejected: dict[str, str]) -> str:
    """What was wrong, and where: with the address, or how a line begins that has no name."""
    detail, url, begins = rejected["detail"], rejected["url"], rejected["begins"]
    if url.startswith("http") and url not in detail:
        return f"{url}: {detail}"
    return f"{detail}, in the line {begins} …" if begins else detail


def _report_skipped(summary: Summary, say: Callable[[str], None], most: int = 3) -> None:
    """Name some of the files that were passed over; count the feeds whose time has not come."""
    passed = summary.manifest["skipped"]
    skipped = [each for each in passed if not each["reason"].startswith("not due")]
    if len(skipped) < len(passed):
        say(f"not due yet: {len(passed) - len(skipped)} of the feeds (--force asks them all)")
    for each in skipped[:most]:
        say(f"skipped: {one_line(each['path'])}: {each['reason']}")
    if len(skipped) > most:
        say(f"skipped: {len(skipped) - most} more, see the manifest")


def _report_nothing(summary: Summary, config: Config, say: Callable[[str], None]) -> None:
    """Tell of every input why nothing came of it."""
    say("nothing usable came in")
    skipped = summary.manifest["skipped"]
    for each in skipped:
        say(f"  {one_line(each['path'])}: {each['reason']}")
    if not skipped and not summary.dead_letters:
        for given in config.inputs:
            say(f"  {given}: no document in it (hidden files and outputs of rasd are passed over)")
