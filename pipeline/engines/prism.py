"""Prism: Beam's own small engine, a program of Go on this machine."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

import apache_beam
from apache_beam.options.pipeline_options import PrismRunnerOptions
from apache_beam.runners.portability.prism_runner import PrismRunner

from pipeline.engines.base import HOW, Engine, beam_options, check_endpoint, engines_folder
from pipeline.errors import UsageError
from pipeline.options import Config

NAME: Final = "PrismRunner"
_PACKAGE: Final = "github.com/apache/beam/sdks/v2/go/cmd/prism"


def open_prism(config: Config) -> Engine:
    """Open Prism. Its workers are threads of this process, unless an environment is named.

    Raises:
        UsageError: there is no Prism here. Beam would download one, of whatever is there that
            day; a run does not (decision 0001).
    """
    options = beam_options(config)
    if not check_endpoint(options, NAME):
        prism = options.view_as(PrismRunnerOptions)
        prism.prism_location = str(find_prism(prism.prism_location))
    return Engine(PrismRunner(), f"PrismRunner {apache_beam.__version__}", options)


def find_prism(given: str | None = None) -> Path:
    """Find the program: the one that is named, that of ``make engines``, or one on the path.

    Raises:
        UsageError: it is nowhere.
    """
    version = apache_beam.__version__
    if given:
        if Path(given).is_file():
            return Path(given)
        raise UsageError(f"--prism_location={given}: there is no such file")
    built = engines_folder() / f"prism-{version}"
    on_path = shutil.which("prism")
    found = built if built.is_file() else on_path and Path(on_path)
    if not found:
        raise UsageError(
            f"--runner={NAME}: no Prism {version} here; `make engines` builds it in a checkout, or "
            f"`go install {_PACKAGE}@v{version}` and --prism_location=$(go env GOPATH)/bin/prism; "
            f"{HOW}"
        )
    return found
