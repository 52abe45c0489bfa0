"""The same flags for Beam."""

from __future__ import annotations

import argparse
from typing import Any

from apache_beam.options.pipeline_options import PipelineOptions

from pipeline.options import Config, add_flags


class NewsOptions(PipelineOptions):
    """The options of a run as Beam carries them to its workers and templates."""

    @classmethod
    def _add_argparse_args(cls, parser: argparse.ArgumentParser) -> None:
        add_flags(parser, beam=True)


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
