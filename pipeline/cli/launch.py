"""What the launcher of a Flex Template starts: its parameters are words of a command.

The command is ``rasd run``, or ``rasd stream`` where one of a stream's own is given (``--queue``,
``--beat``, ``--settle``). The launcher knows parameters with values only, and no arguments beside
them: inputs come as ``--inputs=URI,URI`` and a switch as ``--offline=true``. It adds Beam's own,
``--template_location`` among them: the graph is written there, and Dataflow runs it when this
process is gone.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Final

from pipeline import log
from pipeline.errors import Exit, UsageError
from pipeline.options import FLAGS
from pipeline.run.stream_options import OF_A_JOB

INPUTS: Final = "inputs"
SWITCHES: Final = frozenset(flag.name for flag in FLAGS if "action" in flag.settings)
_TRUTH: Final = {"true": True, "false": False, "": False}


def words_of(parameters: Sequence[str]) -> list[str]:
    """Make the command line of parameters.

    >>> words_of(["--inputs=gs://b/a,gs://b/c", "--offline=true", "--force=false", "--to="])
    ['run', 'gs://b/a', 'gs://b/c', '--offline']
    >>> words_of(["--inputs=", "--queue=gs://b/queue", "--beat="])
    ['stream', '--queue=gs://b/queue']

    Args:
        parameters: each ``--name=value``.

    Raises:
        UsageError: a switch is neither true nor false.
    """
    inputs: list[str] = []
    words: list[str] = []
    command = "run"
    for parameter in parameters:
        name, _, value = parameter.removeprefix("--").partition("=")
        if name == INPUTS:
            inputs += [each for each in value.split(",") if each]
        elif name in SWITCHES:
            if value.lower() not in _TRUTH:
                raise UsageError(f"--{name}={value}: true or false")
            words += [f"--{name.replace('_', '-')}"] * _TRUTH[value.lower()]
        elif value:  # a parameter left empty in a form is one that was not given
            words.append(parameter)
            command = "stream" if name in OF_A_JOB else command
    return [command, *inputs, *words]


def main() -> None:
    """Run the command that the parameters mean."""
    from pipeline.cli import main as rasd  # noqa: PLC0415 - it reads the command line

    try:
        form, parameters = log.form_of(sys.argv[1:])
        log.begin(form)
        sys.argv[1:] = [*words_of(parameters), f"--log-format={form}"]
    except UsageError as error:
        log.say(str(error), "ERROR")
        sys.exit(Exit.USAGE)
    rasd()


if __name__ == "__main__":
    main()
