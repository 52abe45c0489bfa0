"""The same input gives the same rows, whatever the order, the mode, the tick or the try.

R03 (docs/reliability.md): kill -9 at several places, then the same command again.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest
from outputs import all_facts, files
from pipeline_helpers import ROOT, SEEDS, rasd

AS_OF = ("--as-of", "2026-01-01T00:00:00Z", "--offline")


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    output = tmp_path_factory.mktemp("first") / "out"
    done = rasd("run", str(SEEDS), "--output", str(output), *AS_OF)
    assert done.returncode == 0, done.stderr.decode()
    return output


def test_other_order_other_tick_size_other_process_count(first, tmp_path):
    parts = sorted((path for path in SEEDS.iterdir() if path.is_dir()), reverse=True)
    done = rasd(
        "run", *map(str, parts), "--output", str(tmp_path / "out"), *AS_OF,
        "--tick-size", "7", "--processes", "1",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    assert all_facts(tmp_path / "out") == all_facts(first)


def test_records_survive_separate_worker_processes(first, tmp_path):
    done = rasd(
        "run", str(SEEDS), "--output", str(tmp_path / "out"), *AS_OF,
        "--direct_running_mode", "multi_processing", "--direct_num_workers", "2",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    assert all_facts(tmp_path / "out") == all_facts(first)


def test_running_again_adds_and_rewrites_nothing(first):
    before = files(first)
    rows = all_facts(first)
    done = rasd("run", str(SEEDS), "--output", str(first), *AS_OF)
    assert done.returncode == 0
    assert all_facts(first) == rows
    assert files(first) == before, "an unchanged partition was written again"


@pytest.mark.reliability
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_killed_and_run_again_equals_an_unbroken_run(first, tmp_path, share):
    output = tmp_path / "out"
    command = [sys.executable, "-m", "pipeline", "run", str(SEEDS), "--output", str(output), *AS_OF]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    started = time.monotonic()
    subprocess.run(command, env=env, check=True, capture_output=True)
    whole = time.monotonic() - started
    for path in sorted(output.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    victim = subprocess.Popen(
        command,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    time.sleep(whole * share)
    os.killpg(victim.pid, signal.SIGKILL)
    victim.wait()
    held = {path.parent for path in output.glob("_inbox/*/held.json")}
    dead = {path.name for path in held if not (path / "complete.json").exists()}
    done = rasd("run", str(SEEDS), "--output", str(output), *AS_OF)
    assert done.returncode == 0, done.stderr.decode()
    for name in dead:
        assert f"removed from the inbox: _inbox/{name}" in done.stderr.decode()
    assert all_facts(output) == all_facts(first)
    assert not (output / "_inbox").exists() or not list((output / "_inbox").rglob("*.parquet"))
    print(f"R03 killed at {share:.0%}: rows equal to the unbroken run")
