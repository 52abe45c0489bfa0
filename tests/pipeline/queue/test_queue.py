"""A fetcher's queue: what is taken from it gives the rows of a run, whatever happens on the way."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from beat_feeds import serve_feeds, stored
from buckets import emulated_bucket
from http_server import LocalServer
from live_feeds import NOON, run_here, table
from pipeline_helpers import ROOT
from programs import program
from queue_work import OPEN, fetch, take

from pipeline.errors import UsageError
from pipeline.queue.base import open_queue
from pipeline.queue.group import MAX_GROUP
from pipeline.queue.line import MARK, page_line
from pipeline.run.stream_options import parse_stream
from pipeline.run.work import check_queue
from pipeline.sinks.files import open_files
from transforms.records import Page

FEEDS, PAGES = 2, 6


@pytest.fixture(scope="module")
def fetched(tmp_path_factory):
    """What a run over feeds brings, and queues that a fetcher has filled from the same feeds."""
    folder = tmp_path_factory.mktemp("fetched")
    with LocalServer() as server:
        source = serve_feeds(server, folder, FEEDS, PAGES)
        run_here(folder / "run", source, guard=OPEN)
        before = Counter((hit.host, hit.path) for hit in server.hits)
        stream = fetch(source, str(folder / "queue"), folder / "state")
        asked = Counter((hit.host, hit.path) for hit in server.hits) - before
        fetch(source, str(folder / "again"), folder / "state", now=NOON + timedelta(minutes=2))
        archive = str(folder / "warc")
        fetch(source, str(folder / "refs"), folder / "state2", archive=archive)
    return folder, stream, before, asked


@pytest.fixture
def queue(fetched, tmp_path):
    """A copy of the queue that was filled, for a test to empty."""
    folder = fetched[0]
    for path in (folder / "queue").glob("*.gz"):
        put(tmp_path / "queue" / path.name, path.read_bytes())
    return tmp_path / "queue"


@pytest.fixture(scope="module")
def expected(fetched):
    return stored(fetched[0] / "run")


def put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def same_rows(output, expected):
    found = stored(output)
    for name, rows in expected.items():
        assert found[name] == rows, name


def left(queue):
    return sorted(path.name for path in queue.iterdir() if path.is_file())


def test_what_a_fetcher_hands_on_gives_the_rows_of_a_run(fetched, queue, expected, tmp_path):
    _, stream, before, asked = fetched
    assert stream.metrics.counts["queue", "pages", ""] == len(expected["articles"])
    assert asked == before, "it asks for what a run asks for"
    drain = take(str(queue), tmp_path / "out")
    same_rows(tmp_path / "out", expected)
    assert left(queue) == []
    assert drain.taken >= 2
    assert {row["health"] for row in table(tmp_path / "out", "SELECT health FROM feeds")}
    log = table(tmp_path / "out", "SELECT COUNT(*) AS n FROM fetch_log WHERE purpose = 'article'")
    assert log[0]["n"] >= FEEDS * PAGES, "and every request is told"


def test_a_fetcher_knows_what_it_has_handed_on(fetched):
    assert not list((fetched[0] / "again").glob("*.gz")), "the feeds are not due yet"
    state = fetched[0] / "state"
    seen = table(state, "SELECT COUNT(article_id) AS n, COUNT(*) AS every FROM appearances")[0]
    assert 0 < seen["n"] < seen["every"], "what could not be had is still wanted"
    assert table(state, "SELECT COUNT(*) AS n FROM articles") == [{"n": 0}]


def test_references_into_an_archive_give_the_same_rows(fetched, expected, tmp_path):
    folder = fetched[0]
    size = sum(path.stat().st_size for path in (folder / "refs").glob("*.gz"))
    whole = sum(path.stat().st_size for path in (folder / "queue").glob("*.gz"))
    assert size < whole / 2
    for path in (folder / "refs").glob("*.gz"):
        put(tmp_path / "queue" / path.name, path.read_bytes())
    take(str(tmp_path / "queue"), tmp_path / "out")
    same_rows(tmp_path / "out", expected)


@pytest.mark.parametrize("place", ["delivered", "taken"])
def test_killed_while_it_takes_it_loses_and_doubles_nothing(place, queue, expected, tmp_path):
    env = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests' / 'support'}"}
    command = [*program("queue_work"), str(queue), str(tmp_path / "out"), place]
    killed = subprocess.run(command, env=env, capture_output=True, timeout=300, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert left(queue), "nothing was forgotten"
    take(str(queue), tmp_path / "out")
    same_rows(tmp_path / "out", expected)
    assert left(queue) == []


def test_what_is_wrong_is_a_dead_letter_each_and_the_rest_goes_on(queue, expected, tmp_path):
    output = tmp_path / "out"
    name = left(queue)[-1]
    put(queue / f"sent-twice-{name}", (queue / name).read_bytes())
    put(queue / "bad.jsonl", b'{cut\n{"' + MARK.encode() + b'": 2}\n')
    put(queue / "huge.jsonl", b"x" * (MAX_GROUP + 1))
    late = NOON - timedelta(days=7)
    gone = Page(b"", "html", "https://a.example/1", raw_ref=f"{tmp_path}/no.warc.gz#0")
    document = {"url": "https://b.example/1", "title": "خبر", "body": "نص قديم", "fetched_at": None}
    document["fetched_at"] = late.isoformat()
    lines = [page_line(gone, late, archived=True), json.dumps(document).encode()]
    put(queue / "late.jsonl", b"".join(lines))
    put(queue / ".half", b"{")
    take(str(queue), output)
    letters = table(output, "SELECT reason, url, failed_at FROM dead_letters WHERE stage = 'read'")
    found = sorted((each["reason"], each["url"] or "") for each in letters)
    assert found == [
        ("bad_json", ""),
        ("too_large", "queue:huge.jsonl"),
        ("unknown_format", ""),
        ("unreadable", "https://a.example/1"),
    ]
    (lost,) = [each for each in letters if each["reason"] == "unreadable"]
    assert lost["failed_at"] == late
    old = "SELECT fetched_at FROM articles WHERE url = 'https://b.example/1'"
    assert table(output, old) == [{"fetched_at": late}]
    assert left(queue) == [".half"]
    assert left(queue / "_refused") == ["bad.jsonl", "huge.jsonl"], "what nobody could read is kept"
    found = stored(output)
    for rows in ("appearances", "fetch_log", "feeds"):
        assert found.get(rows) == expected.get(rows)
    assert len(found["articles"]) == len(expected["articles"]) + 1
    before = stored(output)
    for file in ("bad.jsonl", "huge.jsonl"):
        (queue / "_refused" / file).rename(queue / file)
    take(str(queue), output)
    assert stored(output) == before, "taken again, it changes no row"


def test_a_queue_in_a_bucket(fetched, expected, monkeypatch):
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    with emulated_bucket(monkeypatch) as bucket:
        files = open_files(f"{bucket}/queue")
        for path in (fetched[0] / "queue").glob("*.gz"):
            open_queue(f"{bucket}/queue").put(path.read_bytes(), NOON)
        files.write("_state/part.jsonl", b"what a fetcher knows")
        files.write("huge.jsonl", b"x" * (MAX_GROUP + 1))
        take(f"{bucket}/queue", f"{bucket}/out")
        assert files.listing("") == ["_refused/huge.jsonl", "_state/part.jsonl"]
        found = stored(f"{bucket}/out")
    for name in ("articles", "appearances", "events", "clusters"):
        assert found[name] == expected[name], name


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("f.txt", "--queue", "q", "--output", "o"), "a fetcher only hands on"),
        (("--queue", "q"), "no --output"),
        (("f.txt", "--queue", "s3://b/q"), "gs://BUCKET/DIRECTORY or pubsub://"),
        (("f.txt", "--queue", "pubsub://p"), "give pubsub://PROJECT/SUBSCRIPTION"),
        (("f.txt", "--queue", "pubsub://p/s"), "no --state"),
        (("f.txt", "--output", "o", "--state", "s"), "--state goes with a fetcher"),
        (("--queue", "q", "--output", "o", "--metrics-port", "0"), "goes with feeds"),
    ],
)
def test_mistakes_are_one_line(args, said):
    with pytest.raises(UsageError, match=re.escape(said)) as refused:
        parse_stream(args, NOON, frozenset)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("queue", "said"),
    [("f.txt", "is not a directory"), ("pubsub://projects/p/topics/t", "name a subscription")],
)
def test_a_queue_that_cannot_be_read_is_told(queue, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "f.txt").write_text("https://a.example/rss\n")
    with pytest.raises(UsageError, match=said):
        open_queue(queue).check(writing=False)


def test_a_queue_of_this_machine_is_refused_where_workers_are_elsewhere():
    with pytest.raises(UsageError, match="its workers cannot read q: give --queue gs://BUCKET"):
        check_queue("DataflowRunner", "q")


def test_the_commands_hand_on_and_take(tmp_path):
    """Both loops as somebody types them, ended by a signal."""
    (tmp_path / "f.txt").write_text("http://127.0.0.1:9/rss\n")
    queue = str(tmp_path / "queue")
    with started("f.txt", "--queue", queue, "--allow-private-hosts", cwd=tmp_path) as fetcher:
        wait_until(lambda: list((tmp_path / "queue").glob("*.gz")), fetcher)
    with started("--queue", queue, "--output", "out", cwd=tmp_path) as taker:
        wait_until(lambda: not list((tmp_path / "queue").glob("*.gz")), taker)
    assert table(tmp_path / "out", "SELECT reason FROM dead_letters") == [{"reason": "connect"}]
    assert (tmp_path / "queue" / "_state" / "feeds").is_dir()


@contextmanager
def started(*args, cwd):
    command = [sys.executable, "-m", "pipeline", "stream", *args]
    process = subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=cwd, stderr=subprocess.PIPE
    )
    try:
        yield process
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
        assert process.returncode == 0, said.decode()
    finally:
        process.kill()


def wait_until(met, process):
    end = time.monotonic() + 60
    while not met() and time.monotonic() < end and process.poll() is None:
        time.sleep(0.1)
    assert met()
