"""The ``rasd`` command. One module a command, imported only when it is used.

Standard output carries results and nothing else; everything said to a person goes to standard
error. Errors a user can mend are one line; ``--debug`` shows tracebacks.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys
from collections.abc import Sequence
from typing import Any, Final, NoReturn

from pipeline import log
from pipeline.cli.handed_on import HANDED_ON
from pipeline.errors import Exit, UsageError, nearest
from pipeline.render.terminal import one_line

# Name -> what the overview says of it. The module of the same name holds ``command``.
COMMANDS: Final[dict[str, str]] = {
    "run": "Turn articles, pages, feeds and documents into coded rows.",
    "stream": "Follow a list of feeds until told to stop.",
    "settle": "Fold what lies in the inbox into the tables.",
    "replay": "Put dead letters back through the pipeline.",
    "recode": "Code stored articles again under today's rules, without fetching.",
    "prune": "Take out what is old, or take down a page or an article for good.",
    "export": "Write the tables as plain files to hand on.",
    "query": "Ask the rows in SQL (BigQuery's dialect), or run a shipped query.",
    "serve": "Show the rows as a web page, in Arabic and English.",
    "report": "Write one self-contained page of figures and pictures.",
    "feeds": "Tell how feeds do, or list the shipped catalogue.",
    "explain": "Show what every stage finds in one document.",
    "evaluate": "Measure quality on labelled data.",
    "schema": "Print the tables, from the one schema in the code.",
    "deploy": "Print the commands of a deployment in Google's cloud, checked.",
    "doctor": "Tell what is installed, what is missing, and which runner a run would use.",
}

_BOTH_HELPS: Final[dict[str, Any]] = {"context_settings": {"help_option_names": ["-h", "--help"]}}
_OVERVIEW: Final = """\
usage: rasd COMMAND [OPTIONS]

rasd (رصد): Arabic news feeds in; deduplicated, event-coded rows out.

commands:
{commands}

  rasd COMMAND --help tells what a command takes; rasd --version tells the version.
  --log-format json, with any command, says what is said as JSON lines for Cloud Logging.

start with:
  rasd doctor                               is everything there?
  rasd explain ARTICLE.txt                  what is seen in one text
  rasd run DIRECTORY --output out           articles, pages, documents -> rows
  rasd query --named events --data out      ask the rows
"""


def overview() -> str:
    """What ``rasd --help`` prints."""
    width = max(map(len, COMMANDS))
    lines = (f"  {name:<{width}}  {about}" for name, about in COMMANDS.items())
    return _OVERVIEW.format(commands="\n".join(lines))


def _dispatch(args: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    if len(args) > 1 and args[0] == "help":
        return _dispatch([args[1], "--help"])
    if not args or args[0] in {"-h", "--help", "help"}:
        sys.stdout.write(overview())
        return Exit.DONE if args else Exit.USAGE
    if args[0] == "--version":
        from pipeline.version import __version__  # noqa: PLC0415 - reads the package's metadata

        sys.stdout.write(f"rasd {__version__}\n")
        return Exit.DONE
    name = args[0]
    if name not in COMMANDS:
        kind, known = (
            ("option", ("--help", "--version")) if name[0] == "-" else ("command", COMMANDS)
        )
        raise UsageError(f"no such {kind}: {name}{nearest(name, known, 'see rasd --help')}")
    return _run(name, args[1:])


def _app(name: str) -> Any:
    import typer  # noqa: PLC0415 - the overview does not need it

    module: Any = importlib.import_module(f"pipeline.cli.{name}")
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    # A paragraph that begins with a backspace keeps its lines.
    examples = getattr(module, "EXAMPLES", "").strip().replace("\n\n", "\n\n\b\n")
    settings = HANDED_ON if hasattr(module, "PARSER") else _BOTH_HELPS
    app.command(name, epilog=f"\b\n{examples}", **settings)(module.command)
    return app


def _run(name: str, args: Sequence[str]) -> int:
    log.label(command=name)
    code = _app(name)(list(args), prog_name=f"rasd {name}", standalone_mode=False)
    return code if isinstance(code, int) else Exit.DONE


def help_of(name: str) -> str:
    """What ``rasd NAME --help`` prints."""
    import typer.main  # noqa: PLC0415 - the overview does not need it

    module: Any = importlib.import_module(f"pipeline.cli.{name}")
    if hasattr(module, "PARSER"):
        parser: argparse.ArgumentParser = module.PARSER()
        return parser.format_help()
    command: Any = typer.main.get_command(_app(name))
    text: str = command.get_help(command.make_context(f"rasd {name}", [], resilient_parsing=True))
    return text


def main() -> None:
    """Run the command line and leave with the contract's exit code."""
    if "--debug" not in sys.argv:
        logging.disable(logging.CRITICAL)  # libraries warn of what is no fault of the user's
    try:
        form, sys.argv[1:] = log.form_of(sys.argv[1:])
        log.begin(form)
        sys.exit(_dispatch(sys.argv[1:]))
    except UsageError as error:
        _leave(Exit.USAGE, *map(str, error.args))
    except KeyboardInterrupt:
        _leave(Exit.FAILED, "stopped")
    except BrokenPipeError:
        # The reader of our output went away (a pager, head): nothing to tell it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(Exit.DONE)
    except Exception as error:  # noqa: BLE001 - the last resort: one line instead of a traceback
        _fail(error)


def _fail(error: Exception) -> NoReturn:
    """Tell an error in one line, or with its traceback under ``--debug``."""
    if hasattr(error, "format_message"):  # typer's own: a mistyped option, a missing value
        _leave(Exit.USAGE, _in_our_words(error.format_message(), sys.argv[1]))
    code = getattr(error, "exit_code", None)  # a sink's refusal says how it ends
    if "--debug" in sys.argv:
        if not log.is_json():
            raise error
        log.fail(one_line(f"{type(error).__name__}: {error}"), error)
        sys.exit(code if isinstance(code, int) else Exit.FAILED)
    if isinstance(code, int):
        _leave(Exit(code), str(error))
    _leave(Exit.FAILED, f"{type(error).__name__}: {error} (--debug shows where)")


def _in_our_words(message: str, command: str) -> str:
    """Add to what typer says where to look."""
    if "unexpected extra argument" in message and command == "query":
        return 'a query is one argument: put it in quotes, rasd query "SELECT ..."'
    return f"{message.replace('Value error, ', '').rstrip('.')}; see rasd {command} --help"


def _leave(code: Exit, *messages: str) -> NoReturn:
    for message in messages:
        log.say(one_line(message), "ERROR")
    sys.exit(code)
