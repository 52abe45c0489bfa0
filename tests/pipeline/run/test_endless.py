"""A stream as one job: beat by beat the rows of a run, whatever is killed in between."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import apache_beam as beam
import pytest
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from beat_feeds import serve_feeds, stored
from http_server import LocalServer
from live_feeds import NOON, table
from pipeline_helpers import rasd

from pipeline.beats.pace import Rhythm
from pipeline.engines.base import Engine, beam_options
from pipeline.errors import UsageError
from pipeline.options import Config
from pipeline.queue.base import open_queue
from pipeline.render.progress import Progress
from pipeline.run.endless import Endless
from pipeline.run.job import run_job
from pipeline.run.stream_options import parse_stream
from pipeline.runners import beam_flags


def one_beat(config, after, rhythm=Rhythm(60, 0.0), queue=None):  # noqa: B008 - a value
    """Run the job for one beat; each is a job of its own, as if the last one had been killed."""
    when = (NOON + timedelta(seconds=after)).timestamp()
    times = beam.Create([when])
    Endless(config, rhythm, Progress(quiet=True), times=times, queue=queue).run()


def test_beats_bring_the_rows_of_a_run_and_ask_for_nothing_twice(tmp_path):
    with LocalServer() as server:
        source = serve_feeds(server, tmp_path, feeds=3, pages=6)
        config = Config(
            (source,), str(tmp_path / "out"), NOON, allow_private_hosts=True, host_delay=0.1,
            archive=str(tmp_path / "warc"), processes=2,
        )  # fmt: skip
        for after in (0, 60, 120):  # of a host five pages fit into the first
            one_beat(config, after, Rhythm(1))
        asked = [(hit.host, hit.path) for hit in server.requests()]
        run = replace(config, output=str(tmp_path / "run"), archive=None)
        run_job(run, Progress(quiet=True))
    found, expected = stored(tmp_path / "out"), stored(tmp_path / "run")
    for name, rows in expected.items():
        assert found[name] == rows, name
    assert len(found["articles"]) == 18, "some of them by their summaries"
    pages = [each for each in asked if each[1] != "/robots.txt"]
    retried = {each for each in pages if pages.count(each) > 1}
    assert {int(path[1:]) % 16 for _, path in retried} <= {11}, "only what broke off"
    left = [path for path in (tmp_path / "out" / "_inbox").rglob("*") if path.is_file()]
    assert left, "pages have waited for their turn"
    assert all(".taken-" in path.name for path in left), "and nothing else is left"
    refs = table(tmp_path / "out", "SELECT raw_ref FROM articles WHERE raw_ref IS NOT NULL")
    assert refs
    assert {each["raw_ref"].partition("#")[0] for each in refs} <= {
        str(path) for path in (tmp_path / "warc").iterdir()
    }


def test_settling_may_be_left_to_a_command(tmp_path):
    with LocalServer() as server:
        source = serve_feeds(server, tmp_path, feeds=1, pages=2)
        config = Config(
            (source,), str(tmp_path / "out"), NOON, allow_private_hosts=True, host_delay=0.0
        )
        for after in (0, 60):
            one_beat(config, after, Rhythm(60, None))
    assert table(tmp_path / "out", "SELECT url FROM articles") == []
    done = rasd("settle", "--data", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr.decode()
    assert len(table(tmp_path / "out", "SELECT url FROM articles")) == 2


def test_a_queue_alone_brings_its_rows_and_is_empty_then(tmp_path):
    queue = tmp_path / "queue"
    queue.mkdir()
    for number in range(3):
        document = {"url": f"https://a.example/{number}", "title": f"خبر {number}", "body": "نص"}
        (queue / f"{number}.jsonl").write_text(json.dumps(document), encoding="utf-8")
    (queue / "bad.jsonl").write_text("{cut", encoding="utf-8")
    config = Config((), str(tmp_path / "out"), NOON, processes=1)
    for after in (0, 60):
        one_beat(config, after, queue=open_queue(str(queue)))
    assert len(table(tmp_path / "out", "SELECT url FROM articles")) == 3
    letters = table(tmp_path / "out", "SELECT reason, attempts FROM dead_letters")
    assert letters == [{"reason": "bad_json", "attempts": 1}]
    assert [path.name for path in queue.rglob("*.jsonl")] == ["bad.jsonl"], "kept aside"
    assert not list((tmp_path / "out" / "_inbox").rglob("*"))


def test_feeds_need_not_be_named_beside_a_queue():
    beams = ("--runner", "DataflowRunner", "--project", "p", "--region", "r")
    config, wishes = parse_stream(
        ["--queue", "gs://b/q", "--output", "o", *beams], NOON, beam_flags
    )
    assert (config.inputs, wishes.role, wishes.beat_seconds) == ((), "take", 60)
    assert config.beam_args == ("--project", "p", "--region", "r")
    both = ["--queue", "gs://b/q", "--output", "o", "--streaming", "f.toml", *beams]
    config, wishes = parse_stream(both, NOON, beam_flags)
    assert (config.inputs, wishes.role) == (("f.toml",), "follow")


def parsed(*args):
    return parse_stream(["feeds.toml", "--output", "out", *args], NOON, beam_flags)


def test_a_runner_makes_it_a_job_of_an_engine():
    assert parsed()[1].beat_seconds is None
    assert parsed("--runner=FlinkRunner")[1].beat_seconds == 60
    assert parsed("--runner=FlinkRunner", "--beat", "10")[1].beat_seconds == 10
    assert parsed("--runner=FlinkRunner", "--settle=external")[1].settle_minutes is None
    assert parsed("--settle=15")[1].settle_minutes == 15.0
    config, _ = parsed("--runner=FlinkRunner", "--checkpointing_interval=5000")
    assert "--checkpointing_interval=5000" in config.beam_args


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (("--beat=10",), "goes with --runner"),
        (("--runner=FlinkRunner", "--beat=0"), "1 to 3600"),
        (("--runner=FlinkRunner", "--metrics-port=9464"), "the engine's metrics"),
        (("--settle=never",), "nor external"),
        (("--runner=FlinkRunner", "--checkpoint_interval=5000"), "--checkpointing_interval"),
    ],
)
def test_what_makes_no_sense_together_is_told(args, hint):
    with pytest.raises(UsageError, match=hint) as refused:
        parsed(*args)
    assert "\n" not in str(refused.value)


def _elsewhere(config):
    """An engine whose workers see buckets only."""
    return Engine(FnApiRunner(), config.runner, beam_options(config), elsewhere=True)


def test_an_engine_elsewhere_is_given_a_list_that_its_workers_can_read(tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.run.endless.open_engine", _elsewhere)
    config = Config((str(tmp_path / "feeds.toml"),), "gs://b/out", NOON, runner="DataflowRunner")
    with pytest.raises(UsageError, match="gcloud storage cp"):
        Endless(config, Rhythm(), Progress(quiet=True)).run()
