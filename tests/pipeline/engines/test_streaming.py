"""A stream as one job: the rows of a run, on Prism and on a Flink cluster that loses a worker.

What it tells are figures of R25 and R28 (docs/reliability.md) on an engine.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from beat_feeds import serve_feeds, stored
from engines import FLAGS, flink_cluster, need_engine, worker_config
from http_faults import answer, in_turn
from http_server import LocalServer
from live_feeds import item, rss, table
from pipeline_helpers import ROOT, SEEDS, rasd
from pubsub_emulator import emulated_subscription
from queue_work import fetch

from pipeline.errors import UsageError

pytestmark = [pytest.mark.engine, pytest.mark.slow]
# A machine that is busy with engines takes its time: no page is too slow for that.
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
    """Wait until as many sightings have found their articles, and as many have failed, as must."""
    wanted = sum("'article_id': None" not in row for row in expected["appearances"])
    letters = len(expected["dead_letters"])
    end = time.monotonic() + seconds
    count = failed = 0
    while time.monotonic() < end and running.poll() is None:
        with suppress(UsageError):  # a commit has moved a file away meanwhile
            count = table(output, "SELECT COUNT(article_id) AS n FROM appearances")[0]["n"]
            failed = table(output, "SELECT COUNT(*) AS n FROM dead_letters")[0]["n"]
            if count >= wanted and failed >= letters:
                return
        time.sleep(0.5)
    pytest.fail(f"{count} of {wanted} sightings, {failed} of {letters} letters in {seconds} s")


def same_rows(output, expected):
    found = stored(output)
    for name, rows in expected.items():
        assert found[name] == rows, name


def run_once(source, folder):
    """What a run brings: the rows to be equal to."""
    done = rasd("run", source, "--output", str(folder / "run"), *ONLINE)
    assert done.returncode == 0, done.stderr.decode()
    return stored(folder / "run")


def serve_broken(server, source):
    """Add a feed whose page is not there for two runs, and then is; no summary stands in for it."""
    host = "127.78.9.1"
    page = (SEEDS / "pages" / "gaza-airstrike.html").read_bytes()
    url = server.on(host, "/page", in_turn(*[answer("no", 404)] * 2, answer(page)))
    feed = server.on(host, "/feed.xml", answer(rss([item(url, "خبر")])))
    with Path(source).open("a", encoding="utf-8") as listed:
        listed.write(f"\n{feed}")
    return url


def replayed(output, url, expected):
    """R28: the letter of a page that is there by now is replayed into what the stream has left."""
    done = rasd("replay", "--data", str(output), "--allow-private-hosts")
    said = done.stderr.decode()
    assert (done.returncode, "1 dead letters tried again, 1 resolved" in said) == (0, True), said
    articles = table(output, "SELECT article_id, url FROM articles")
    assert len({each["article_id"] for each in articles}) == len(articles), "none is there twice"
    assert len(articles) == len(expected["articles"]) + 1
    (mended,) = (each["article_id"] for each in articles if each["url"].endswith("/page"))
    seen = table(output, f"SELECT article_id FROM appearances WHERE url = '{url}'")
    assert seen == [{"article_id": mended}]
    letters = table(output, "SELECT resolved_at IS NULL AS waits FROM dead_letters")
    assert [each["waits"] for each in letters] == [False] * len(letters)
    return f"{len(letters)} letter resolved, {len(articles)} articles, none twice"


def sent_twice(asked, pages):
    """How many requests for pages were made again though nothing was wrong with their answers.

    A page that breaks off is asked for three times; a feed's last page of four, by the next feed.
    """
    often = Counter(int(path[1:]) for _, path in asked)
    return sum(
        max(0, n - (3 if each % 16 == 11 else 1) * (1 + (each % 4 == 0 and _is_last(each, pages))))
        for each, n in often.items()
    )


def _is_last(number, pages):
    return number // pages != (number + 4) // pages


def part(source, number):
    """Give the first feeds to somebody else; two lists, of those and of the others."""
    path = Path(source)
    urls = path.read_text(encoding="utf-8").split()
    first, others = path.with_name("first.txt"), path.with_name("others.txt")
    first.write_text("\n".join(urls[:number]), encoding="utf-8")
    others.write_text("\n".join(urls[number:]), encoding="utf-8")
    return str(first), str(others)


@pytest.fixture
def queue(tmp_path, monkeypatch):
    """A queue of Pub/Sub, as it is named; Flink is given one that is a directory."""
    with emulated_subscription(monkeypatch, tmp_path / "pubsub") as uri:
        yield uri


def test_a_stream_on_prism_that_follows_feeds_and_takes_from_a_queue(tmp_path, queue, capsys):
    need_engine("prism")
    with LocalServer() as server:
        source = serve_feeds(server, tmp_path, feeds=3, pages=4)
        broken = serve_broken(server, source)
        expected = run_once(source, tmp_path)
        elsewhere, here = part(source, 1)
        fetch(elsewhere, queue, tmp_path / "state", now=datetime.now(UTC))
        output = tmp_path / "out"
        pace = ("--host-delay", "0.3")  # three pages of a host fit into a beat: the others wait
        with streaming(here, output, "--queue", queue, *pace, *FLAGS["prism"]) as running:
            wait_for(output, expected, running, 300)
        same_rows(output, expected)
        told = replayed(output, broken, expected)
    with capsys.disabled():
        print(f"\nR28 on Prism: {told}")
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
            "--host-delay", "0.2",  # five pages of a host fit into a beat: the others wait
        )  # fmt: skip
        with streaming(here, output, *flags) as running:
            pages_flow(cluster, server, running, before + feeds + feeds * pages // 4)
            began = time.monotonic()
            cluster.workers[cluster.worker_of("PollDue")].kill()
            wait_for(output, expected, running, sized(420, 1800))
            took = time.monotonic() - began
            job = cluster.ask("/jobs")["jobs"][0]["id"]
            restored = cluster.restored(job, 90)  # a lost task manager is missed after some seconds
            sizes = cluster.checkpoint_sizes(job, at_least=sized(2, 6))
            failures = cluster.failures(job)
        asked = [(hit.host, hit.path) for hit in server.hits[before:] if hit.path[1:].isdigit()]
    same_rows(output, expected)
    assert not list(queue.glob("*.gz")), "what was taken is forgotten"
    with capsys.disabled():
        count = len(expected["articles"])
        print(
            f"\nstream on Flink: {count} articles, all there {took:.0f} s after the kill, "
            f"{count / took:.1f} a second; restored {restored}; {len(asked)} requests for "
            f"{len(set(asked))} pages, {sent_twice(asked, pages)} of them sent twice\n"
            f"R25 on Flink: {len(sizes)} checkpoints of {sizes[0]} to {sizes[-1]} bytes, at most "
            f"{max(sizes)}"
        )
    assert failures, "it was killed too late"
    assert restored
    assert sizes[-1] <= 1.1 * sizes[-2], "once all is there, what the engine holds is flat"
