"""Which runner really runs, and why.

Beam's ``DirectRunner`` is a switch: online it may download Prism, offline it silently falls back
to one of two others. The same word must not be three engines, so here it means the in-process
FnApiRunner, named explicitly.
"""

from __future__ import annotations

from typing import Any, Final

from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from pipeline.errors import NotBuiltError, UsageError

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
