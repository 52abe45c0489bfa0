"""A stream as one job: the rows of a run, on Prism and on a Flink cluster that loses a worker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from beat_feeds import serve_feeds, stored
from engines import FLAGS, flink_cluster, need_engine, worker_config
from http_server import LocalServer
from live_feeds import table
from pipeline_helpers import ROOT, rasd
from pubsub_emulator import emulated_subscription
from queue_work import fetch

from pipeline.errors import UsageError

pytestmark = [pytest.mark.engine, pytest.mark.slow]
ONLINE = ("--allow-private-hosts", "--host-delay", "0")


@contextmanager
def streaming(source, output, *flags, stopped_by_others=False):
    """Run the command until the block ends; it has to leave with 0, unless others end its job."""
    command = [sys.executable, "-m", "pipeline", "stream", source, "--output", str(output)]
    log = output.parent / f"{output.name}.log"
    with log.open("wb") as said:
        running = subprocess.Popen(
            [*command, "--beat", "2", *ONLINE, *flags],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=said,
            stderr=said,
        )
        try:
            yield running
            if stopped_by_others:
                running.wait(60)
                return
            assert running.poll() is None
            running.send_signal(signal.SIGTERM)
            assert running.wait(60) == 0
        except BaseException:
            sys.stderr.write(log.read_text(encoding="utf-8")[-3000:])
            raise
        finally:
            running.kill()


def wait_for(output, expected, running, seconds):
    """Wait until as many sightings have found their articles as have to."""
    wanted = sum("'article_id': None" not in row for row in expected["appearances"])
    end = time.monotonic() + seconds
    count = 0
    while time.monotonic() < end and running.poll() is None:
        with suppress(UsageError):  # a commit has moved a file away meanwhile
            count = table(output, "SELECT COUNT(article_id) AS n FROM appearances")[0]["n"]
            if count >= wanted:
                return
        time.sleep(1)
    pytest.fail(f"{count} of {wanted} sightings in {seconds} s")


def same_rows(output, expected):
    found = stored(output)
    for name, rows in expected.items():
        assert found[name] == rows, name


def run_once(source, folder):
    """What a run brings: the rows to be equal to."""
    done = rasd("run", source, "--output", str(folder / "run"), *ONLINE)
    assert done.returncode == 0, done.stderr.decode()
    return stored(folder / "run")


def part(source, number):
    """Give the first feeds to somebody else; two lists, of those and of the others."""
    path = Path(source)
    urls = path.read_text(encoding="utf-8").split()
    first, others = path.with_name("first.txt"), path.with_name("others.txt")
    first.write_text("\n".join(urls[:number]), encoding="utf-8")
    others.write_text("\n".join(urls[number:]), encoding="utf-8")
    return str(first), str(others)


@pytest.fixture(params=["directory", "pubsub"])
def queue(request, tmp_path, monkeypatch):
    """A queue, as it is named."""
    if request.param == "directory":
        yield str(tmp_path / "queue")
        return
    with emulated_subscription(monkeypatch, tmp_path / "pubsub") as uri:
        yield uri


def test_a_stream_on_prism_that_follows_feeds_and_takes_what_a_fetcher_brings(tmp_path, queue):
    need_engine("prism")
    with LocalServer() as server:
        source = serve_feeds(server, tmp_path, feeds=3, pages=4)
        expected = run_once(source, tmp_path)
        elsewhere, here = part(source, 1)
        fetch(elsewhere, queue, tmp_path / "state", now=datetime.now(UTC))
        output = tmp_path / "out"
        pace = ("--host-delay", "0.4")  # two pages of a host fit into a beat: the others wait
        with streaming(here, output, "--queue", queue, *pace, *FLAGS["prism"]) as running:
            wait_for(output, expected, running, 120)
    same_rows(output, expected)
    assert list(output.glob("_inbox/waiting/*/*.taken-*")), "pages have waited for their turn"


def pages_flow(cluster, server, running, enough):
    """Wait until so many requests were made, and a checkpoint was taken."""
    while len(server.hits) < enough or not cluster.has_checkpoint():
        assert running.poll() is None, "it has ended by itself"
        time.sleep(0.2)


def test_a_stream_on_a_flink_cluster_goes_on_from_a_savepoint(tmp_path, sized, capsys):
    """One version is stopped while pages flow; the next begins with what the engine held."""
    if not sized(0, 1):
        pytest.skip("at full size only (make test-full): it starts two jobs on a cluster")
    with LocalServer() as server, flink_cluster(tmp_path) as cluster:
        source = serve_feeds(server, tmp_path, 8, 6, after=1.0)
        expected = run_once(source, tmp_path)
        before = len(server.hits)
        output = tmp_path / "out"
        flags = (
            *FLAGS["flink"], f"--flink_master={cluster.master}", worker_config(tmp_path),
            "--checkpointing_interval=2000",
        )  # fmt: skip
        with streaming(source, output, *flags, stopped_by_others=True) as running:
            pages_flow(cluster, server, running, before + 8 + 12)
            place = cluster.stop_with_savepoint(tmp_path / "savepoints")
        with streaming(source, output, *flags, f"--savepoint_path={place}") as running:
            while not cluster.has_restored():
                assert running.poll() is None, "it has ended by itself"
                time.sleep(0.5)
            wait_for(output, expected, running, 420)
        asked = [(hit.host, hit.path) for hit in server.hits[before:] if hit.path[1:].isdigit()]
    same_rows(output, expected)
    with capsys.disabled():
        print(
            f"\nsavepoint on Flink: {len(expected['articles'])} articles, "
            f"{len(asked)} requests for {len(set(asked))} pages"
        )


def test_a_stream_on_a_flink_cluster_that_loses_a_task_manager(tmp_path, sized, capsys):
    feeds, pages = sized(8, 200), sized(6, 15)
    with LocalServer() as server, flink_cluster(tmp_path) as cluster:
        source = serve_feeds(server, tmp_path, feeds, pages, after=1.0)
        expected = run_once(source, tmp_path)
        elsewhere, here = part(source, feeds // 4)
        queue = tmp_path / "queue"
        fetch(elsewhere, str(queue), tmp_path / "state", now=datetime.now(UTC))
        before = len(server.hits)
        output = tmp_path / "out"
        flags = (
            *FLAGS["flink"], f"--flink_master={cluster.master}", worker_config(tmp_path),
            "--checkpointing_interval=2000", "--queue", str(queue),
        )  # fmt: skip
        with streaming(here, output, *flags) as running:
            pages_flow(cluster, server, running, before + feeds + feeds * pages // 4)
            began = time.monotonic()
            cluster.workers[cluster.worker_of("PollDue")].kill()
            wait_for(output, expected, running, sized(420, 1800))
            took = time.monotonic() - began
            job = cluster.ask("/jobs")["jobs"][0]["id"]
            end = time.monotonic() + 90  # a lost task manager is missed after some seconds
            while time.monotonic() < end:
                checkpoints = cluster.ask(f"/jobs/{job}/checkpoints")
                if checkpoints["counts"]["restored"]:
                    break
                time.sleep(0.5)
            failures = cluster.failures(job)
        asked = [(hit.host, hit.path) for hit in server.hits[before:] if hit.path[1:].isdigit()]
    same_rows(output, expected)
    assert not list(queue.glob("*.gz")), "what was taken is forgotten"
    with capsys.disabled():
        print(
            f"\nstream on Flink: {len(expected['articles'])} articles, all there {took:.0f} s "
            f"after the kill; restored {checkpoints['counts']['restored']}, "
            f"{checkpoints['counts']['completed']} checkpoints of at most "
            f"{checkpoints['summary']['state_size']['max']} bytes; {len(asked)} requests for "
            f"{len(set(asked))} pages, of which one in sixteen breaks off and is asked for again"
        )
    assert failures, "it was killed too late"
    assert checkpoints["counts"]["restored"]
