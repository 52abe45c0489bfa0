"""``rasd serve``: the web page over an output."""

from __future__ import annotations

import secrets
import threading
from typing import Annotated, Final

import typer

from pipeline import log
from pipeline.cli.shared_options import MaxBytes, Names, Rules
from pipeline.errors import Exit, UsageError
from pipeline.options import own_of

EXAMPLES: Final = """\
examples:
  rasd serve --data out
  rasd serve --data gs://bucket/out --port 9000
  rasd serve --data bigquery://project.dataset      copied once; what that reads is told before
  rasd serve --data out --host 0.0.0.0              for others, too: with a token

Nothing is written, and nothing is asked of any other machine: scripts, fonts and the map come with
rasd. Every figure on the page has its SQL behind a button.
"""
_PATIENCE: Final = 3.0  # seconds after which it is told what is waited for
_LOCAL: Final = ("127.0.0.1", "localhost", "::1")


def command(
    data: Annotated[str, typer.Option(metavar="URI", help="The output of a run.")] = "out",
    *,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Where to listen; this machine only by default.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(metavar="N", min=0, max=65535, help="The port; 0 takes a free one.")
    ] = 8765,
    max_bytes: MaxBytes = None,
    rules: Rules = None,
    names: Names = None,
) -> int:
    """Show the rows as a web page, in Arabic and English, until Ctrl-C.

    docs/page.md shows it. Why a word was coded or not is told by today's rules: give --rules and
    --names as they were given to the run.
    """
    own_of(rules, names)
    from pipeline.serve.server import listening, run  # noqa: PLC0415 - the page on demand
    from pipeline.serve.snapshot import Snapshots  # noqa: PLC0415 - the same

    waiting = threading.Timer(_PATIENCE, log.say, [f"reading {data}"])
    waiting.start()
    try:
        snapshots = Snapshots(data, max_bytes=max_bytes)
    finally:
        waiting.cancel()
    token = None if host in _LOCAL else secrets.token_urlsafe(24)
    try:
        socket = listening(host, port)
    except (OSError, TypeError, ValueError) as error:  # a name that is none is of any of these
        why = getattr(error, "strerror", None) or error
        raise UsageError(f"cannot listen on {host}:{port}: {why}") from error
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{socket.getsockname()[1]}/"
    log.say(f"{address}{f'?token={token}' if token else ''} (Ctrl-C ends it)")
    run(snapshots, socket, token=token)
    return Exit.DONE
