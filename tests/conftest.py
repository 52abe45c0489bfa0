"""What many tests share: the seeds run once, and the size a reliability test runs at."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bigquery_emulator import emulated_bigquery
from hypothesis import settings
from pipeline_helpers import SEEDS, SHARED, rasd

from pipeline.evaluation.base import SuiteReport
from pipeline.evaluation.suites import SUITES, run_suites

# How long an example takes says more of what else the machine does than of the code.
settings.register_profile("rasd", settings(), deadline=None)
settings.load_profile("rasd")


@pytest.fixture(scope="session")
def seeds_output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rows of the seeds, made once by the command itself."""
    output = tmp_path_factory.mktemp("seeds") / "out"
    done = rasd("run", str(SEEDS), "--output", str(output), "--offline")
    assert done.returncode == 0, done.stderr.decode()
    return output


@pytest.fixture(scope="session")
def shared() -> Path:
    """The labelled development data; tests that need it are skipped where it is not."""
    if not SHARED.is_dir():
        pytest.skip("the development data (../shared) is not here")
    return SHARED


@pytest.fixture(scope="session")
def quality_reports(shared: Path) -> dict[str, SuiteReport]:
    """Every suite of the quality scoreboard, measured once."""
    return {report.suite: report for report in run_suites(SUITES, shared / "data")}


@pytest.fixture(scope="session")
def sized() -> Callable[[int, int], int]:
    """Choose between a test's small and its full size (RASD_TEST_SIZE=full)."""
    full = os.environ.get("RASD_TEST_SIZE") == "full"
    return lambda small, large: large if full else small


@pytest.fixture(scope="session")
def bigquery_host() -> Iterator[str]:
    """BigQuery's emulator, started once; each test names a dataset of its own in it."""
    with emulated_bigquery() as host:
        yield host


@pytest.fixture
def bigquery(bigquery_host: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """Let clients of this test talk to the emulator, and rows wait in the test's own directory."""
    monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", bigquery_host)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return bigquery_host
