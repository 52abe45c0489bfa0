"""The engine of a run that names none: Beam's FnApiRunner in this process (decision 0001)."""

from __future__ import annotations

from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from pipeline.engines.base import Engine, beam_options
from pipeline.options import Config


def open_local(config: Config) -> Engine:
    """Open the local engine."""
    return Engine(FnApiRunner(), "FnApiRunner", beam_options(config), in_process=True)
