"""Engines for tests: those of ``make engines``, and a Flink cluster of their jars on loopback."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from buckets import free_port

from pipeline.engines.base import engines_folder
from pipeline.errors import UsageError

MISSING = "no engine {}: make engines"
FLAGS = {
    "prism": ("--runner=PrismRunner",),
    "flink": ("--runner=FlinkRunner", "--environment_type=PROCESS", "--parallelism=2"),
}


def need_engine(name: str) -> None:
    """Skip the test where ``make engines`` has not made the engine; where all must run, fail."""
    folder = engines_folder()
    there = folder / "flink" / "job-server.jar"
    if there.is_file() if name == "flink" else any(folder.glob("prism-*")):
        return
    if os.environ.get("CI") == "true":
        pytest.fail(MISSING.format(name))
    pytest.skip(MISSING.format(name))


def worker_config(folder: Path, program: str = "from pipeline.engines.boot import main") -> str:
    """Make a worker command of this checkout; gives the option that names it.

    Args:
        folder: takes the script.
        program: one line of Python that makes ``main`` known.
    """
    script = folder / "worker"
    # Worker processes import the file their parent was started from: it must do nothing then.
    start = f'if __name__ == "__main__":\n    {program}\n    main()\n'
    code = f"#!{sys.executable}\nimport sys\nsys.path[:0] = {sys.path!r}\n{start}"
    script.write_text(code, encoding="utf-8")
    script.chmod(0o755)
    paths = ":".join(each for each in sys.path if each)
    config = {"command": str(script), "env": {"PYTHONPATH": paths}}
    return f"--environment_config={json.dumps(config)}"


class Cluster:
    """A Flink cluster of processes on loopback.

    Args:
        folder: takes configuration and logs.
    """

    def __init__(self, folder: Path) -> None:
        """Choose ports; nothing runs yet."""
        self._folder = folder
        self.rest = free_port()
        self._running: list[subprocess.Popen[bytes]] = []
        self.workers: list[subprocess.Popen[bytes]] = []

    @property
    def master(self) -> str:
        """What ``--flink_master`` is told."""
        return f"127.0.0.1:{self.rest}"

    def start(self, taskmanagers: int = 2) -> None:
        """Start a job manager and task managers, and wait until all have registered."""
        settings = {
            "jobmanager.rpc.address": "127.0.0.1",
            "jobmanager.rpc.port": free_port(),
            "jobmanager.bind-host": "127.0.0.1",
            "jobmanager.memory.process.size": "1024m",
            "taskmanager.bind-host": "127.0.0.1",
            "taskmanager.host": "127.0.0.1",
            "taskmanager.numberOfTaskSlots": 2,
            "rest.address": "127.0.0.1",
            "rest.bind-address": "127.0.0.1",
            "rest.port": self.rest,
            "blob.server.port": free_port(),
            "heartbeat.interval": 1000,
            "heartbeat.timeout": 5000,
            "state.checkpoints.dir": f"file://{self._folder}/checkpoints",
            "restart-strategy.type": "fixed-delay",
            "restart-strategy.fixed-delay.attempts": 20,
            "restart-strategy.fixed-delay.delay": "1 s",
            "classloader.resolve-order": "parent-first",
        }
        lines = [f"{name}: {value}" for name, value in settings.items()]
        (self._folder / "flink-conf.yaml").write_text("\n".join(lines), encoding="utf-8")
        entry = "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint"
        self._java("jobmanager", "-Xmx600m", entry)
        for number in range(taskmanagers):
            self.workers.append(self._taskmanager(number))
        self._wait(taskmanagers)

    def _taskmanager(self, number: int) -> subprocess.Popen[bytes]:
        memory = {
            "network.min": 64, "network.max": 64, "task.heap.size": 256, "managed.size": 64,
            "task.off-heap.size": 64, "framework.heap.size": 64, "framework.off-heap.size": 64,
            "jvm-metaspace.size": 128, "jvm-overhead.min": 64, "jvm-overhead.max": 64,
        }  # fmt: skip
        entry = "org.apache.flink.runtime.taskexecutor.TaskManagerRunner"
        more = ["-D", "taskmanager.cpu.cores=2", "-D", f"taskmanager.resource-id=tm{number}"]
        for name, size in memory.items():
            more += ["-D", f"taskmanager.memory.{name}={size}mb"]
        return self._java(
            f"taskmanager{number}", "-Xmx400m", "-XX:MaxDirectMemorySize=300m", entry, more=more
        )

    def _java(self, name: str, *args: str, more: list[str] | None = None) -> Any:
        opens = [
            f"--add-opens=java.base/java.{each}=ALL-UNNAMED"
            for each in ("lang", "util", "util.concurrent", "nio", "time", "net", "io")
        ]
        lib = engines_folder() / "flink" / "lib"
        command = ["java", *opens, "-cp", f"{lib}/*", *args, "--configDir", str(self._folder)]
        with (self._folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen([*command, *(more or [])], stdout=log, stderr=log)
        self._running.append(process)
        return process

    def ask(self, path: str) -> Any:
        """Ask the cluster's own interface."""
        with urllib.request.urlopen(f"http://{self.master}{path}") as answer:
            return json.load(answer)

    def busy(self, seconds: float = 240) -> tuple[str, int]:
        """Wait until a job works on documents: all before that is done, that is not.

        Args:
            seconds: how long.

        Returns:
            The job's id, and the number of the task manager that works on it.
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for job in self.ask("/jobs")["jobs"]:
                work = self._at_work(job["id"])
                if work is not None:
                    return job["id"], work
            time.sleep(0.2)
        raise TimeoutError("no job has begun")

    def _at_work(self, job: str) -> int | None:
        vertices = self.ask(f"/jobs/{job}")["vertices"]
        stages = {each["name"]: each["status"] for each in vertices}
        grouped = any("GroupBy" in name and stages[name] == "FINISHED" for name in stages)
        for each in vertices:
            if grouped and "Process" in each["name"] and each["status"] == "RUNNING":
                where = f"/jobs/{job}/vertices/{each['id']}/taskmanagers"
                for manager in self.ask(where)["taskmanagers"]:
                    if manager["status"] == "RUNNING":
                        return int(manager["taskmanager-id"].removeprefix("tm"))
        return None

    def has_checkpoint(self) -> bool:
        """Tell whether a job has completed a checkpoint."""
        jobs = self.ask("/jobs")["jobs"]
        return any(
            self.ask(f"/jobs/{job['id']}/checkpoints")["counts"]["completed"] for job in jobs
        )

    def has_restored(self) -> bool:
        """Tell whether a running job has begun with what another one held."""
        jobs = [each for each in self.ask("/jobs")["jobs"] if each["status"] == "RUNNING"]
        return any(self.ask(f"/jobs/{job['id']}/checkpoints")["counts"]["restored"] for job in jobs)

    def restored(self, job: str, seconds: float) -> int:
        """How often a job went back to a checkpoint; it is waited for that it does."""
        end = time.monotonic() + seconds
        while True:
            restored = int(self.ask(f"/jobs/{job}/checkpoints")["counts"]["restored"])
            if restored or time.monotonic() > end:
                return restored
            time.sleep(0.5)

    def checkpoint_sizes(self, job: str, at_least: int, seconds: float = 120) -> list[int]:
        """The sizes of a job's latest checkpoints, in bytes and in their order."""
        end = time.monotonic() + seconds
        while True:
            history = self.ask(f"/jobs/{job}/checkpoints")["history"]
            done = sorted((c["id"], c["state_size"]) for c in history if c["status"] == "COMPLETED")
            if len(done) >= at_least or time.monotonic() > end:
                return [int(size) for _, size in done]
            time.sleep(0.5)

    def worker_of(self, step: str) -> int:
        """The number of a task manager that runs a step of the only job."""
        (job,) = self.ask("/jobs")["jobs"]
        for vertex in self.ask(f"/jobs/{job['id']}")["vertices"]:
            if step in vertex["name"]:
                where = f"/jobs/{job['id']}/vertices/{vertex['id']}/taskmanagers"
                name = self.ask(where)["taskmanagers"][0]["taskmanager-id"]
                return int(name.removeprefix("tm"))
        raise LookupError(step)

    def stop_with_savepoint(self, folder: Path) -> str:
        """Cancel the only running job behind a savepoint; gives the savepoint's place."""
        (job,) = (each["id"] for each in self.ask("/jobs")["jobs"] if each["status"] == "RUNNING")
        wish = {"cancel-job": True, "target-directory": f"file://{folder}"}
        request = urllib.request.Request(
            f"http://{self.master}/jobs/{job}/savepoints",
            data=json.dumps(wish).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own cluster
            trigger = json.load(answer)["request-id"]
        for _ in range(600):
            told = self.ask(f"/jobs/{job}/savepoints/{trigger}")
            if told["status"]["id"] == "COMPLETED":
                return str(told["operation"]["location"])
            time.sleep(0.2)
        raise TimeoutError("no savepoint")

    def failures(self, job: str) -> list[str]:
        """What went wrong in a job on its way, an exception each."""
        history = self.ask(f"/jobs/{job}/exceptions")["exceptionHistory"]["entries"]
        return [each["exceptionName"] for each in history]

    def _wait(self, taskmanagers: int) -> None:
        for _ in range(600):
            with contextlib.suppress(urllib.error.URLError, ConnectionError):
                if self.ask("/overview")["taskmanagers"] == taskmanagers:
                    return
            if any(process.poll() is not None for process in self._running):
                break
            time.sleep(0.2)
        logs = "\n".join(path.read_text()[-1500:] for path in self._folder.glob("*.log"))
        pytest.fail(f"the Flink cluster did not start: {logs}")

    def stop(self) -> None:
        """End all of it."""
        for process in self._running:
            process.kill()
            process.wait()


@contextlib.contextmanager
def flink_cluster(folder: Path, taskmanagers: int = 2) -> Iterator[Cluster]:
    """Run a cluster for the time of a test."""
    need_engine("flink")
    cluster = Cluster(folder)
    try:
        cluster.start(taskmanagers)
        yield cluster
    finally:
        cluster.stop()


def told_missing(runner: str, folder: Path, patch: pytest.MonkeyPatch) -> str:
    """What a run says of an engine on a machine that has none."""
    from datetime import UTC, datetime

    from pipeline.options import Config
    from pipeline.runners import open_engine

    patch.setenv("RASD_ENGINES", str(folder))
    patch.setenv("PATH", str(folder))
    with pytest.raises(UsageError) as refused:
        open_engine(Config(("seeds",), "out", datetime.now(UTC), runner=runner))
    return str(refused.value)
