"""The options of a run: the only place where a flag is named.

This module imports no Beam, so that usage errors and help are instant; ``pipeline.runners``
gives the same flags to Beam as ``NewsOptions``.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, NoReturn

from pipeline.errors import UsageError, nearest
from pipeline.log import FORMS
from pipeline.sources.members import read_renames
from pipeline.values import count, day, moment, positive, seconds, some_seconds
from pipeline.workers.pool import Workers

if TYPE_CHECKING:
    from transforms.enrich.own import OwnTables

_ABOUT: Final = """\
Turn articles, pages, feeds and prefetched documents into coded rows.

what comes in, in any mix (a directory means every document below it):
  articles         .txt, one each
  pages            .html .mhtml, saved from anywhere
  feeds            an http(s) address, or a saved .xml .rss .atom .rdf .json; also news sitemaps
  feed lists       .toml .opml, or a .txt of addresses; polled when the list itself is named
  documents        .jsonl, one object a line: url, html or body, title, published_at ...; .csv
                   .tsv .xlsx, one document a row; - is JSON lines on standard input
  web archives     .warc .warc.gz
what comes out: tables of Parquet files under --output, and a manifest in --output/_runs.
Running it again adds what is new and nothing twice.
"""
_EPILOG: Final = """\
examples:
  rasd run seeds --output out --offline             the demo's input
  rasd run my-articles page.html docs.jsonl --output out
  rasd run feeds.toml --output out --archive warc   poll feeds, keep what they answered
  rasd run table.csv --map body=text,published_at=date --output out
  zcat docs.jsonl.gz | rasd run - --output out

next:
  rasd query --named events --data out              the events
  rasd query --named dead_letters --data out        what could not be used, and why

Options not listed here go on to Beam (--direct_running_mode, --temp_location ...); a mistyped one
is refused. Exit codes: 0 done, 1 failed, 2 bad usage, 3 nothing usable came in, 4 more dead
letters than --max-dead-letters.
"""


@dataclass(frozen=True, slots=True)
class Config:
    """What a run was asked to do.

    Attributes:
        inputs: paths, URIs, feed URLs, or ``-``.
        output: the URI of the sink.
        as_of: the run's only clock.
        staging: where rows wait that are on their way to BigQuery.
        renames: what documents call the members they have: our name, theirs.
        own: the user's own rules and names; None for the shipped ones alone.
        beam_args: what goes on to Beam.
    """

    inputs: tuple[str, ...]
    output: str
    as_of: datetime
    staging: str | None = None
    from_date: date | None = None
    to_date: date | None = None
    archive: str | None = None
    offline: bool = False
    allow_private_hosts: bool = False
    force: bool = False
    renames: tuple[tuple[str, str], ...] = ()
    own: OwnTables | None = None
    debug: bool = False
    max_dead_letters: int | None = None
    processes: int = 1
    page_timeout: float = 20.0
    page_memory: int = 2048
    fetch_timeout: float = 30.0
    host_delay: float = 0.5
    contact: str | None = None
    tick_size: int = 5000
    runner: str = "DirectRunner"
    beam_args: tuple[str, ...] = ()

    @property
    def workers(self) -> Workers:
        """The processes that are given untrusted bytes: pages, feeds."""
        return Workers(self.processes, self.page_timeout, self.page_memory)

    def describe(self) -> dict[str, Any]:
        """The options that decide what the rows are, for the manifest and the run's id."""
        return {
            "from": self.from_date.isoformat() if self.from_date else None,
            "to": self.to_date.isoformat() if self.to_date else None,
            "offline": self.offline,
            "force": self.force,
            **({"map": dict(self.renames)} if self.renames else {}),
            **({"own": self.own.digest} if self.own else {}),
        }


@dataclass(frozen=True, slots=True)
class Flag:
    """One option of a run."""

    group: str
    name: str
    help: str
    settings: dict[str, Any] = field(default_factory=dict)


_SWITCH: Final[dict[str, Any]] = {"action": "store_true", "default": False}
_ROWS: Final = "rows"
_OWN: Final = "your own rules and names"
_ONLINE: Final = "going online"
_LIMITS: Final = "limits"
FLAGS: Final[tuple[Flag, ...]] = (
    Flag(
        _ROWS,
        "output",
        "where rows go: a directory, gs://BUCKET/PATH, or bigquery://PROJECT.DATASET",
        {"metavar": "URI"},
    ),
    Flag(
        _ROWS,
        "staging",
        "where rows for BigQuery wait until they are settled: a directory, or gs://BUCKET/PATH; a "
        "directory of yours by default",
        {"metavar": "URI"},
    ),
    Flag(
        _ROWS,
        "from",
        "keep articles from this day on (by event_time, in UTC; undated ones stay)",
        {"type": day, "dest": "from_date", "metavar": "DATE"},
    ),
    Flag(
        _ROWS,
        "to",
        "keep articles up to this day, inclusive",
        {"type": day, "dest": "to_date", "metavar": "DATE"},
    ),
    Flag(
        _ROWS,
        "as_of",
        "the run's clock; the start of the run by default. The same inputs and the same clock "
        "give the same files",
        {"type": moment, "metavar": "TIMESTAMP"},
    ),
    Flag(
        _ROWS,
        "map",
        "what documents call the members they have, such as body=text,published_at=date",
        {"type": read_renames, "dest": "renames", "default": (), "metavar": "OURS=THEIRS,..."},
    ),
    Flag(
        _OWN,
        "rules",
        "event rules of your own (.toml) beside the shipped ones: a directory, gs://BUCKET/PATH; "
        "one with a shipped id replaces that rule",
        {"metavar": "DIR"},
    ),
    Flag(
        _OWN,
        "names",
        "persons, organisations and places of your own: a tab-separated file, gs://BUCKET/PATH; "
        "they win over the shipped ones",
        {"metavar": "FILE"},
    ),
    Flag(_ROWS, "force", "process again what is stored, and ask feeds that are not due", _SWITCH),
    Flag(
        _ONLINE,
        "offline",
        "open no socket: what would need one becomes a dead letter not_fetched",
        _SWITCH,
    ),
    Flag(
        _ONLINE,
        "archive",
        "keep every response as WARC here: a directory, gs://BUCKET/PATH",
        {"metavar": "URI"},
    ),
    Flag(
        _ONLINE,
        "contact",
        "a page or address the user agent names, for those who run the sites",
        {"metavar": "URL"},
    ),
    Flag(
        _ONLINE,
        "host_delay",
        "seconds between two requests to one domain (%(default)s); a longer Crawl-delay of its "
        "robots.txt wins",
        {"type": seconds, "default": 0.5, "metavar": "S"},
    ),
    Flag(
        _ONLINE,
        "fetch_timeout",
        "seconds a request may take, redirects included (%(default)s)",
        {"type": some_seconds, "default": 30.0, "metavar": "S"},
    ),
    Flag(
        _ONLINE,
        "allow_private_hosts",
        "let requests go to private addresses (intranets, tests)",
        _SWITCH,
    ),
    Flag(
        _LIMITS,
        "processes",
        "worker processes; one a core by default",
        {"type": positive, "metavar": "N"},
    ),
    Flag(
        _LIMITS,
        "tick_size",
        "documents a tick (%(default)s): a run needs the memory of one tick",
        {"type": positive, "default": 5000, "metavar": "N"},
    ),
    Flag(
        _LIMITS,
        "page_timeout",
        "seconds of work a page may take before it is given up (%(default)s)",
        {"type": some_seconds, "default": 20.0, "metavar": "S"},
    ),
    Flag(
        _LIMITS,
        "page_memory",
        "megabytes a page may take (%(default)s)",
        {"type": positive, "default": 2048, "metavar": "MB"},
    ),
    Flag(
        _LIMITS,
        "max_dead_letters",
        "end with exit code 4 when more elements fail",
        {"type": count, "metavar": "N"},
    ),
    Flag(
        _LIMITS,
        "runner",
        "DirectRunner (in this process) or PrismRunner; docs/engines.md tells of each",
        {"default": "DirectRunner", "metavar": "NAME"},
    ),
    Flag(
        _LIMITS,
        "log_format",
        "say what is said as text, or as json: an object a line for Cloud Logging; RASD_LOG_FORMAT "
        "in the environment does the same",
        {"choices": FORMS},
    ),
    Flag(_LIMITS, "debug", "show tracebacks and Beam's own log", _SWITCH),
)


def add_flags(parser: argparse.ArgumentParser, *, without: Collection[str] = ()) -> None:
    """Give a parser the flags of a run.

    Args:
        parser: ours, or Beam's; ``--as_of`` is the same as ``--as-of``.
        without: the names of flags to leave out.
    """
    groups = {group: parser.add_argument_group(group) for group in (_ROWS, _OWN, _ONLINE, _LIMITS)}
    for flag in FLAGS:
        if flag.name in without:
            continue
        group, written = groups[flag.group], f"--{flag.name.replace('_', '-')}"
        group.add_argument(written, help=flag.help, **flag.settings)
        if "_" in flag.name:
            # Beam's way of writing options; one line of help is enough for both.
            same = {"dest": flag.name, "default": argparse.SUPPRESS, "help": argparse.SUPPRESS}
            group.add_argument(f"--{flag.name}", **{**flag.settings, **same})


class RaisingParser(argparse.ArgumentParser):
    """An argument parser that raises instead of leaving the process."""

    def error(self, message: str) -> NoReturn:
        """Refuse a command line.

        Raises:
            UsageError: always.
        """
        message = message.removeprefix("argument ").replace(
            "expected one argument", "a value is due"
        )
        raise UsageError(f"{message}; see {self.prog} --help")


def run_parser() -> argparse.ArgumentParser:
    """The parser of ``rasd run``."""
    parser = RaisingParser(
        prog="rasd run",
        description=_ABOUT,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "inputs", nargs="*", metavar="INPUT", help="files, directories, addresses, gs://... or -"
    )
    add_flags(parser)
    return parser


def parse_run(
    args: Sequence[str], now: datetime, beam_flags: Callable[[], frozenset[str]]
) -> Config:
    """Read the arguments of ``rasd run``.

    Args:
        args: the command line behind ``run``.
        now: the start of the run, the default of ``--as-of``.
        beam_flags: tells the options that Beam knows; called only when one is not ours.

    Raises:
        UsageError: something is missing, mistyped or not built yet.
    """
    parser = run_parser()
    known, unknown = parser.parse_known_intermixed_args(list(args))
    if unknown:
        check_beam_args(unknown, beam_flags(), parser)
    if not known.inputs and not known.output:
        raise UsageError(
            "nothing to read and no --output: name both, such as rasd run seeds --output out; see "
            "rasd run --help"
        )
    if not known.inputs:
        raise UsageError("nothing to read: name files, directories or - ; see rasd run --help")
    if not known.output:
        raise UsageError("no --output: name a directory for the rows, such as --output out")
    if known.from_date and known.to_date and known.from_date > known.to_date:
        raise UsageError(
            f"--from {known.from_date} is later than --to {known.to_date}: no day is left"
        )
    return config_of(known, known.as_of or now, unknown)


def config_of(known: argparse.Namespace, as_of: datetime, beam_args: Sequence[str]) -> Config:
    """Make a configuration of parsed flags; those a parser does not have keep their defaults."""
    names = {each.name for each in fields(Config)} & set(vars(known))
    given = {name: getattr(known, name) for name in names - {"inputs", "processes", "as_of"}}
    return Config(
        inputs=tuple(known.inputs),
        as_of=as_of,
        processes=known.processes or os.cpu_count() or 1,
        own=own_of(known.rules, known.names),
        beam_args=tuple(beam_args),
        **given,
    )


def own_of(rules: str | None, names: str | None) -> OwnTables | None:
    """Read own rules and names, when there are any: only then the coder is loaded.

    Raises:
        UsageError: something cannot be meant; every fault is told with file and line.
    """
    if rules is None and names is None:
        return None
    from pipeline.sources.own import read_own  # noqa: PLC0415 - loads the coder

    return read_own(rules, names)


def check_beam_args(
    unknown: Sequence[str], flags: frozenset[str], parser: argparse.ArgumentParser
) -> None:
    """Refuse a word that neither rasd nor Beam knows.

    Args:
        unknown: what goes on to Beam.
        flags: the options Beam knows (``pipeline.runners.beam_flags``).
        parser: the command's own.

    Raises:
        UsageError: an option is mistyped; the nearest right one is named.
    """
    for word in unknown:
        name = word.split("=", 1)[0]
        if not word.startswith("--"):
            continue
        if name not in flags:
            ours = {each for each in parser.format_help().split() if each.startswith("--")}
            hint = nearest(name, sorted(ours | flags), f"see {parser.prog} --help")
            raise UsageError(f"unknown option {name}{hint}")
