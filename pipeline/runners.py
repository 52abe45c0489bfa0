"""Which engine really runs a graph, and the options as Beam carries them.

Beam's ``DirectRunner`` is a switch: online it may download Prism, offline it silently falls back
to one of two others. The same word must not be three engines, so here it means the in-process
FnApiRunner, named explicitly (decision 0001); every other engine is asked for by its own name
(decision 0060).
"""

from __future__ import annotations

import argparse
import importlib
from typing import Final

from apache_beam.options.pipeline_options import PipelineOptions

from pipeline.engines.base import Engine
from pipeline.errors import NotBuiltError, UsageError, nearest
from pipeline.options import FLAGS, Config

# The runner's name -> module and function that open it: an engine not asked for is not imported.
ENGINES: Final = {
    "DirectRunner": ("local", "open_local"),
    "FnApiRunner": ("local", "open_local"),
    "PrismRunner": ("prism", "open_prism"),
    "FlinkRunner": ("flink", "open_flink"),
    "DataflowRunner": ("dataflow", "open_dataflow"),
}
# Options that Flink's job server knows (FlinkPipelineOptions of Beam 2.62), and that Beam's Python
# side hands on without having heard of them.
_OF_JOB_SERVERS: Final = frozenset(
    f"--{name}"
    for name in (
        "allow_non_restored_state", "auto_watermark_interval", "checkpoint_timeout_millis",
        "checkpointing_interval", "checkpointing_mode", "disable_metrics",
        "enable_stable_input_drain", "execution_retry_delay", "externalized_checkpoints_enabled",
        "fail_on_checkpointing_errors", "finish_bundle_before_checkpointing", "flink_conf_dir",
        "force_unaligned_checkpoint_enabled", "latency_tracking_interval", "max_bundle_size",
        "max_bundle_time_mills", "min_pause_between_checkpoints", "num_concurrent_checkpoints",
        "number_of_execution_retries", "object_reuse", "report_checkpoint_duration",
        "retain_externalized_checkpoints_on_cancellation", "savepoint_path", "state_backend",
        "state_backend_storage_path", "unaligned_checkpoint_enabled",
    )
)  # fmt: skip
_LATER: Final = ("PortableRunner", "SparkRunner")


def open_engine(config: Config) -> Engine:
    """Open the engine that ``--runner`` names.

    Raises:
        UsageError: there is no such runner, it is not here, or it is not built yet.
    """
    name = config.runner
    if name in ENGINES:
        module, function = ENGINES[name]
        engine: Engine = getattr(importlib.import_module(f"pipeline.engines.{module}"), function)(
            config
        )
        return engine
    if name in _LATER:
        raise NotBuiltError(f"--runner={name} is not built yet; leave it out to run locally")
    hint = nearest(name, tuple(ENGINES))
    raise UsageError(f"unknown runner {name}{hint}; leave --runner out to run locally")


class NewsOptions(PipelineOptions):
    """The options of a run as Beam carries them to its workers and templates."""

    @classmethod
    def _add_argparse_args(cls, parser: argparse.ArgumentParser) -> None:
        # One name a flag, Beam's way: a second one would hide its default from Beam.
        for flag in FLAGS:
            if flag.name != "runner":
                parser.add_argument(f"--{flag.name}", help=flag.help, **flag.settings)


def beam_flags() -> frozenset[str]:
    """Every option that Beam and its engines know, such as ``--temp_location``."""
    found: set[str] = set()
    for options in PipelineOptions.__subclasses__():
        if options is NewsOptions:
            continue
        parser = argparse.ArgumentParser(allow_abbrev=False, conflict_handler="resolve")
        # Beam's own hook and argparse's own list: neither has a public reader.
        options._add_argparse_args(parser)  # noqa: SLF001
        actions = parser._actions  # noqa: SLF001
        found.update(name for action in actions for name in action.option_strings)
    return frozenset(found - {"-h", "--help", "--runner"}) | _OF_JOB_SERVERS
