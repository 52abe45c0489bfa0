"""The options of ``rasd stream``: those of a run that make sense for one, and a few of its own."""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from pipeline.errors import UsageError
from pipeline.options import Config, Flag, RaisingParser, add_flags, check_beam_args, config_of
from pipeline.queue.base import STATE, open_queue

# A stream has no end, and its clock goes on.
_NOT_OURS: Final = ("from", "to", "map", "as_of", "force", "offline", "max_dead_letters")
# With these a stream is a loop of this process; with any other it is one job of an engine.
_HERE: Final = ("DirectRunner", "FnApiRunner")
_BEAT: Final = 60
_LISTS: Final = (".toml", ".opml", ".txt", ".xml")
Role = Literal["follow", "fetch", "take"]
_ABOUT: Final = """\
Follow a list of feeds: ask each when it is due, fetch what is new, code it, commit it. Ends on
Ctrl-C or SIGTERM within 30 seconds; started again, it goes on where it was. What it knows stands
in the output's own tables.

FEEDS is a list (.toml, .opml, or a .txt of addresses) or one address. The list is read again when
it changes; while it cannot be read, the last good one stays.

With --runner it is one job of an engine, which plans at every beat what is due, and whose workers
poll, fetch and code (docs/engines.md).

With --queue and no runner this is a fetcher: it asks feeds and pages, and hands on what came to a
stream elsewhere, which reads it by --queue and --output, with --runner or without.
"""
_EPILOG: Final = """\
examples:
  rasd stream feeds.toml --output out
  rasd stream feeds.toml --output out --archive warc --metrics-port 9464
  rasd stream feeds.toml --output out --runner=FlinkRunner --environment_type=PROCESS
  rasd stream gs://b/feeds.toml --output bigquery://p.news --staging gs://b/rasd \
      --runner=DataflowRunner --project=p --region=r --temp_location=gs://b/temp ...
  rasd stream feeds.toml --queue gs://b/queue       where outlets refuse the cloud: fetch here,
  rasd stream --queue gs://b/queue --output out     code there, or add --runner=DataflowRunner ...
  rasd feeds check feeds.toml                       do they all answer?

deploy/rasd-stream.service runs it under systemd. Exit codes: 0 stopped, 1 failed, or another
writer is at the output; 2 bad usage.
"""


@dataclass(frozen=True, slots=True)
class StreamWishes:
    """What only a stream is asked.

    Attributes:
        settle_minutes: fold bundles into the tables at most so often; 0 after every tick, None
            leaves it to ``rasd settle``.
        metrics_port: where Prometheus may ask; None for nowhere.
        metrics_host: the address of that port.
        beat_seconds: between two beats of a job inside an engine; None where the stream is a loop
            of this process.
        queue: a queue between a fetcher and a stream.
        role: ``follow`` feeds into an output; ``fetch`` them into the queue; ``take`` what lies in
            the queue; a job inside an engine follows, takes, or both.
    """

    settle_minutes: float | None = 0.0
    metrics_port: int | None = None
    metrics_host: str = "127.0.0.1"
    beat_seconds: int | None = None
    queue: str | None = None
    role: Role = "follow"


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 65_536):
        raise argparse.ArgumentTypeError(f"{text!r} is no port: 0 to 65535")
    return int(text)


def _beat(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 3600):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds, 1 to 3600")
    return int(text)


def _minutes(text: str) -> float | None:
    if text == "external":
        return None
    try:
        minutes = float(text)
    except ValueError:
        minutes = -1.0
    if not 0 <= minutes <= 24 * 60:
        raise argparse.ArgumentTypeError(
            f"{text!r} is neither a number of minutes, 0 to 1440, nor external"
        )
    return minutes


_JOB: Final = "the stream"
# Those that a job on an engine may have, too: the form of the Flex Template asks for them.
OF_A_JOB: Final = {
    flag.name: flag
    for flag in (
        Flag(
            _JOB,
            "settle",
            "fold what came into the tables at most so often (%(default)s: after every tick); "
            "external leaves it to a rasd settle that somebody starts",
            {"type": _minutes, "default": 0.0, "metavar": "MINUTES"},
        ),
        Flag(
            _JOB,
            "beat",
            f"with --runner: plan what is due so often ({_BEAT})",
            {"type": _beat, "metavar": "SECONDS"},
        ),
        Flag(
            _JOB,
            "queue",
            "a directory, gs://BUCKET/DIRECTORY or pubsub://PROJECT/SUBSCRIPTION between a fetcher "
            "and a stream elsewhere: with FEEDS alone this fetches into it, with --output it is "
            "read",
            {"metavar": "URI"},
        ),
    )
}


def stream_parser() -> argparse.ArgumentParser:
    """The parser of ``rasd stream``."""
    parser = RaisingParser(
        prog="rasd stream",
        description=_ABOUT,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("inputs", nargs="*", metavar="FEEDS", help="a list of feeds, or an address")
    add_flags(parser, without=_NOT_OURS)
    group = parser.add_argument_group(_JOB)
    for name in ("settle", "beat"):
        group.add_argument(f"--{name}", help=OF_A_JOB[name].help, **OF_A_JOB[name].settings)
    group.add_argument(
        "--metrics-port",
        type=_port,
        metavar="N",
        help="serve Prometheus metrics at http://127.0.0.1:N/metrics",
    )
    group.add_argument(
        "--metrics-host",
        default="127.0.0.1",
        metavar="ADDRESS",
        help="the address of that port (%(default)s)",
    )
    queue = OF_A_JOB["queue"]
    group.add_argument("--queue", help=queue.help, **queue.settings)
    group.add_argument(
        "--state",
        metavar="URI",
        help=f"where a fetcher keeps what it knows of feeds (QUEUE/{STATE})",
    )
    return parser


def parse_stream(
    args: Sequence[str], now: datetime, beam_flags: Callable[[], frozenset[str]]
) -> tuple[Config, StreamWishes]:
    """Read the arguments of ``rasd stream``.

    Args:
        args: the command line behind ``stream``.
        now: the clock of the first tick.
        beam_flags: tells the options that Beam knows; called only when one is not ours.

    Raises:
        UsageError: something is missing, mistyped or not built yet.
    """
    parser = stream_parser()
    known, unknown = parser.parse_known_intermixed_args(list(args))
    if known.queue is not None:
        known.inputs, unknown = _given_back(args, known.inputs, unknown)
    if unknown:
        check_beam_args(unknown, beam_flags(), parser)
    role = _role(known)
    beat = known.beat
    if known.runner in _HERE:
        if beat is not None:
            raise UsageError("--beat goes with --runner: a loop of this process has none")
    elif known.metrics_port is not None:
        raise UsageError(
            f"--metrics-port: a job on {known.runner} has the engine's metrics; see docs/engines.md"
        )
    else:
        beat = beat or _BEAT
    host = known.metrics_host
    wishes = StreamWishes(known.settle, known.metrics_port, host, beat, known.queue, role)
    config = config_of(known, now, unknown)
    return (_of_fetcher(config, known) if role == "fetch" else config), wishes


def _given_back(
    args: Sequence[str], inputs: Sequence[str], unknown: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Give values back to options of Beam: with a queue there may be no feeds before them.

    >>> _given_back(["--queue", "q", "--project", "p"], ["p"], ["--project"])
    ([], ['--project', 'p'])

    A list of feeds behind a switch of Beam is told from a value by its ending.
    """
    feeds, options, waiting = list(inputs), list(unknown), list(unknown)
    for before, word in itertools.pairwise(args):
        if before not in waiting:
            continue
        waiting.remove(before)
        is_option = before.startswith("--") and "=" not in before
        if is_option and word in feeds and not word.endswith(_LISTS):
            feeds.remove(word)
            options.insert(options.index(before) + 1, word)
    return feeds, options


def _role(known: argparse.Namespace) -> Role:
    """What is asked for: to follow feeds, to fetch into a queue, or to take what lies in it.

    Raises:
        UsageError: something is missing, or goes with something else only.
    """
    if known.queue is not None:
        open_queue(known.queue)
    here, feeds = known.runner in _HERE, len(known.inputs)
    role: Role = "follow"
    if known.queue is not None and here:
        role = "fetch" if feeds else "take"
    elif known.queue is not None and not feeds:
        role = "take"
    if known.state is not None and role != "fetch":
        raise UsageError("--state goes with a fetcher: rasd stream feeds.toml --queue URI")
    if feeds > 1 or (role == "follow" and not feeds):
        raise UsageError("name one list of feeds: rasd stream feeds.toml --output out")
    if role == "fetch" and known.output:
        raise UsageError(
            "--output with --queue and feeds: a fetcher only hands on; leave --output out, and "
            "read the queue by another stream: --queue URI --output URI [--runner=...]"
        )
    if role == "take" and here and known.metrics_port is not None:
        raise UsageError("--metrics-port goes with feeds: a stream that only takes has no metrics")
    if role != "fetch" and not known.output:
        raise UsageError("no --output: name a directory for the rows, such as --output out")
    return role


def _of_fetcher(config: Config, known: argparse.Namespace) -> Config:
    """The configuration of a fetcher: its output is what it knows.

    Raises:
        UsageError: it has nowhere to keep that.
    """
    state = known.state
    if state is None:
        if known.queue.lower().startswith("pubsub:"):
            raise UsageError(
                "no --state: name a directory where a fetcher for Pub/Sub keeps what it knows of "
                "feeds, such as --state fetcher"
            )
        state = f"{known.queue.rstrip('/')}/{STATE}"
    archive = config.archive
    if archive is not None and "://" not in archive:
        archive = str(Path(archive).absolute())  # groups refer to it, and are read elsewhere
    return replace(config, output=state, archive=archive)
