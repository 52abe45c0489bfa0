"""``rasd-worker``: what an engine starts where its workers are plain processes of a machine.

Beam's environment PROCESS runs a command with the addresses of the engine's services; in Beam's
images that is a program of Go (``/opt/apache/beam/boot``), which also installs what a job has
staged. Here the package is installed already: the endpoints are asked for, put where Beam's
worker looks for them, and the worker takes this process over.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Any, Final

from pipeline import log

# Those of Beam's container contract; an engine may leave out all but the first two.
_ARGUMENTS: Final = (
    "id", "provision_endpoint", "control_endpoint", "logging_endpoint", "artifact_endpoint",
)  # fmt: skip
_NAME: Final = "rasd-worker"
_WORKER: Final = "apache_beam.runners.worker.sdk_worker_main"


def settings_of(given: argparse.Namespace, info: Any) -> dict[str, str]:
    """What Beam's worker reads from its environment.

    Args:
        given: the arguments the engine has given.
        info: a ``ProvisionInfo``, of the engine's provision service.

    Returns:
        Names of variables and their values.
    """
    from apache_beam.portability.api import endpoints_pb2  # noqa: PLC0415 - Beam takes seconds
    from google.protobuf import json_format, text_format  # noqa: PLC0415 - the same

    def descriptor(url: str) -> str:
        return str(text_format.MessageToString(endpoints_pb2.ApiServiceDescriptor(url=url)))

    return {
        "WORKER_ID": given.id,
        "CONTROL_API_SERVICE_DESCRIPTOR": descriptor(
            given.control_endpoint or info.control_endpoint.url
        ),
        "LOGGING_API_SERVICE_DESCRIPTOR": descriptor(
            given.logging_endpoint or info.logging_endpoint.url
        ),
        "PIPELINE_OPTIONS": json_format.MessageToJson(info.pipeline_options),
        "RUNNER_CAPABILITIES": " ".join(info.runner_capabilities),
    }


def provision(worker: str, endpoint: str) -> Any:
    """Ask the engine what a worker is for.

    Args:
        worker: its id.
        endpoint: of the engine's provision service.

    Returns:
        A ``ProvisionInfo``.
    """
    import grpc  # noqa: PLC0415 - Beam takes seconds
    from apache_beam.portability.api import (  # noqa: PLC0415 - the same
        beam_provision_api_pb2,
        beam_provision_api_pb2_grpc,
    )

    with grpc.insecure_channel(endpoint) as channel:
        service = beam_provision_api_pb2_grpc.ProvisionServiceStub(channel)
        request = beam_provision_api_pb2.GetProvisionInfoRequest()
        return service.GetProvisionInfo(request, metadata=[("worker_id", worker)]).info


def parse(args: Sequence[str]) -> argparse.Namespace:
    """Read the arguments an engine gives; what it adds beside them is not ours."""
    parser = argparse.ArgumentParser(prog=_NAME, description=__doc__)
    for name in _ARGUMENTS:
        parser.add_argument(f"--{name}", default="")
    return parser.parse_known_args(list(args))[0]


def main() -> None:
    """Become a worker of an engine."""
    given = parse(sys.argv[1:])
    log.begin(log.form_of([])[0])
    log.label(command=_NAME)
    if not given.id or not given.provision_endpoint:
        log.say(f"{_NAME}: an engine starts it, with --id and --provision_endpoint", "ERROR")
        sys.exit(2)
    try:
        info = provision(given.id, given.provision_endpoint)
    except Exception as error:  # noqa: BLE001 - an engine shows this line and nothing else of us
        why = next(iter(str(error).split("\n")), "")
        where = given.provision_endpoint
        log.say(f"{_NAME}: no engine answers at {where}: {type(error).__name__}: {why}", "ERROR")
        sys.exit(1)
    command = [sys.executable, "-m", _WORKER]
    os.execve(sys.executable, command, {**os.environ, **settings_of(given, info)})  # noqa: S606 - itself


if __name__ == "__main__":
    main()
