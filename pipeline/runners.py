"""Which runner really runs, and why; the options as Beam carries them.

Beam's ``DirectRunner`` is a switch: online it may download Prism, offline it silently falls back
to one of two others. The same word must not be three engines, so here it means the in-process
FnApiRunner, named explicitly (decision 0001).
"""

from __future__ import annotations

import argparse
from typing import Any, Final

from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from pipeline.errors import NotBuiltError, UsageError
from pipeline.options import Config, add_flags

_LATER: Final = ("DataflowRunner", "FlinkRunner", "PrismRunner", "PortableRunner", "SparkRunner")


def open_runner(name: str) -> tuple[Any, str]:
    """Find the runner a name stands for.

    Args:
        name: as given with ``--runner``.

    Returns:
        The runner, and the name of what really runs.

    Raises:
        UsageError: there is no such runner, or it is not built yet.
    """
    if name in {"DirectRunner", "FnApiRunner"}:
        return FnApiRunner(), "FnApiRunner"
    if name in _LATER:
        raise NotBuiltError(f"--runner={name} is not built yet; leave it out to run locally")
    raise UsageError(f"unknown runner {name}; leave --runner out to run locally")


class NewsOptions(PipelineOptions):
    """The options of a run as Beam carries them to its workers and templates."""

    @classmethod
    def _add_argparse_args(cls, parser: argparse.ArgumentParser) -> None:
        add_flags(parser, without=("runner",))


def beam_flags() -> frozenset[str]:
    """Every option that Beam itself knows, such as ``--temp_location``."""
    found: set[str] = set()
    for options in PipelineOptions.__subclasses__():
        if options is NewsOptions:
            continue
        parser = argparse.ArgumentParser(allow_abbrev=False, conflict_handler="resolve")
        # Beam's own hook and argparse's own list: neither has a public reader.
        options._add_argparse_args(parser)  # noqa: SLF001
        actions = parser._actions  # noqa: SLF001
        found.update(name for action in actions for name in action.option_strings)
    return frozenset(found - {"-h", "--help", "--runner"})


def local_options(config: Config) -> PipelineOptions:
    """Beam's options of a local run."""
    settings: dict[str, Any] = {"save_main_session": False}
    return PipelineOptions(list(config.beam_args), **settings)
