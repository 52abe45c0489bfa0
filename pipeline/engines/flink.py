"""Flink: embedded in a job server on this machine, or a cluster behind one."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Final

from apache_beam.options.pipeline_options import (
    FlinkRunnerOptions,
    JobServerOptions,
    PipelineOptions,
    PortableOptions,
)
from apache_beam.runners.portability.flink_runner import FlinkRunner

from pipeline.engines.base import HOW, Engine, beam_options, check_endpoint, engines_folder
from pipeline.errors import UsageError
from pipeline.options import Config

NAME: Final = "FlinkRunner"
_WORKER: Final = "rasd-worker"


def open_flink(config: Config) -> Engine:
    """Open Flink.

    Without ``--flink_master`` it runs inside its job server (``[auto]``). Where the workers are
    processes (``--environment_type=PROCESS``) and no command is given, they are our own.

    Raises:
        UsageError: there is no job server here, or no Java to run it.
    """
    options = beam_options(config)
    master = options.view_as(FlinkRunnerOptions).flink_master
    if not check_endpoint(options, NAME):
        _find_job_server(options)
    _find_worker(options)
    return Engine(FlinkRunner(), f"FlinkRunner at {master}", options, one_job=True)


def _find_job_server(options: PipelineOptions) -> None:
    """Name the job server to start.

    Raises:
        UsageError: it is nowhere, or cannot be started.
    """
    flink = options.view_as(FlinkRunnerOptions)
    built = engines_folder() / "flink" / "job-server.jar"
    if flink.flink_job_server_jar is None and built.is_file():
        flink.flink_job_server_jar = str(built)
    jar = flink.flink_job_server_jar
    if jar is None:
        raise UsageError(
            f"--runner={NAME}: no job server here; `make engines` gathers one in a checkout, "
            "--flink_job_server_jar=JAR names beam-runners-flink-VERSION-job-server of your Beam "
            f"(Maven Central), --job_endpoint=HOST:PORT one that runs; {HOW}"
        )
    if "://" not in jar and not Path(jar).is_file():
        raise UsageError(f"--flink_job_server_jar={jar}: there is no such file")
    java = options.view_as(JobServerOptions).job_server_java_launcher
    if shutil.which(java) is None:
        raise UsageError(
            f"--runner={NAME}: no {java} on the path; its job server needs Java 17 "
            f"(https://adoptium.net); {HOW}"
        )


def _find_worker(options: PipelineOptions) -> None:
    """Name our own worker where a process is asked for and none is named.

    Raises:
        UsageError: it is not installed.
    """
    portable = options.view_as(PortableOptions)
    if portable.environment_type != "PROCESS" or portable.environment_config:
        return
    if portable.lookup_environment_option("process_command"):
        return
    command = Path(sys.executable).parent / _WORKER
    if not command.is_file():
        raise UsageError(
            f"--environment_type=PROCESS: no {_WORKER} beside {sys.executable}; pip install it "
            f"there, or name a command in --environment_config; {HOW}"
        )
    portable.environment_config = json.dumps({"command": str(command)})
