"""The ``rasd`` command. One module a command, imported only when it is used.

Standard output carries results and nothing else; everything said to a person goes to standard
error. Errors a user can mend are one line; ``--debug`` shows tracebacks.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING, Any, Final

import click

from pipeline.errors import Exit, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

# Name -> what the overview says of it. The module of the same name holds ``command``.
COMMANDS: Final[dict[str, str]] = {
    "run": "Turn articles, pages, feeds and documents into coded rows.",
    "query": "Ask the rows in SQL (BigQuery's dialect), or run a shipped query.",
    "explain": "Take one document through every stage and show what each one found.",
    "evaluate": "Measure quality on labelled data.",
    "schema": "Print the tables, from the one schema in the code.",
    "doctor": "Tell what is installed, what is missing, and which runner a run would use.",
}
# In the contract, and refused until they are built.
LATER: Final[dict[str, str]] = {
    "stream": "continuous ingestion",
    "feeds": "polling live feeds",
    "replay": "putting dead letters back through the pipeline",
    "recode": "coding stored articles again",
    "prune": "retention and takedown",
    "serve": "the web page",
}


class _Commands(click.Group):
    """A group that imports a command's module when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in LATER:
            ctx.fail(f"'rasd {cmd_name}' ({LATER[cmd_name]}) is not built yet")
        if cmd_name not in COMMANDS:
            import difflib  # noqa: PLC0415 - only on a mistake

            near = difflib.get_close_matches(cmd_name, list(COMMANDS), n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            ctx.fail(f"no such command: {cmd_name}{hint}")
        if getattr(ctx, "help_only", False):
            return click.Command(cmd_name, help=COMMANDS[cmd_name])
        return _load(cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _load(name: str) -> click.Command:
    import typer  # noqa: PLC0415 - the overview does not need it

    module: Any = importlib.import_module(f"pipeline.cli.{name}")
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    settings = getattr(module, "SETTINGS", {})
    function: Callable[..., Any] = module.command
    app.command(name, **settings)(function)
    return typer.main.get_command(app)


@click.command(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: rasd run seeds/ --output out --offline, then rasd query --data out --named stories",
)
@click.version_option(package_name="rasd", prog_name="rasd")
def group() -> None:
    """Rasd (رصد): Arabic news feeds in; deduplicated, event-coded rows out."""


def main() -> None:
    """Run the command line and leave with the contract's exit code."""
    try:
        code = group.main(standalone_mode=False)
    except UsageError as error:
        _leave(Exit.USAGE, str(error))
    except click.ClickException as error:
        _leave(Exit.USAGE, error.format_message())
    except click.Abort:
        _leave(Exit.FAILED, "stopped")
    except KeyboardInterrupt:
        _leave(Exit.FAILED, "stopped")
    except BrokenPipeError:
        # The reader of our output went away (a pager, head): nothing to tell it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(Exit.DONE)
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        code = getattr(error, "exit_code", None)  # a sink's refusal says how it ends
        if code is not None:
            _leave(Exit(code), str(error))
        _leave(Exit.FAILED, f"{type(error).__name__}: {error} (--debug shows where)")
    sys.exit(code if isinstance(code, int) else Exit.DONE)


def _leave(code: Exit, message: str) -> None:
    sys.stderr.write(f"rasd: {' '.join(message.split())}\n")
    sys.exit(code)
