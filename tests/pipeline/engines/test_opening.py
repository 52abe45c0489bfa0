"""Engines that are not there are told in one line; what workers elsewhere need is handed over."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from buckets import emulated_bucket, free_port
from engines import told_missing

from pipeline import storage
from pipeline.engines import boot
from pipeline.errors import UsageError
from pipeline.options import Config
from pipeline.run.work import hand_over
from pipeline.runners import open_engine
from pipeline.sinks.inbox import Inbox
from pipeline.sources.base import Ref


@pytest.mark.parametrize("runner", ["PrismRunner", "FlinkRunner"])
def test_an_engine_that_is_not_here_is_told_in_one_line(runner, tmp_path, monkeypatch):
    line = told_missing(runner, tmp_path, monkeypatch)
    assert runner in line
    assert "`make engines`" in line, "where to get it"
    assert "docs/engines.md" in line
    assert "\n" not in line


def test_a_mistyped_runner_is_told_the_nearest():
    with pytest.raises(UsageError, match="did you mean FlinkRunner"):
        open_engine(Config(("x",), "out", datetime.now(UTC), runner="FlinkRuner"))


@pytest.mark.parametrize("runner", ["PrismRunner", "FlinkRunner"])
def test_a_job_server_that_does_not_answer_is_told(runner):
    endpoint = f"--job_endpoint=127.0.0.1:{free_port()}"
    config = Config(("x",), "out", datetime.now(UTC), runner=runner, beam_args=(endpoint,))
    with pytest.raises(UsageError, match="no job server answers"):
        open_engine(config)


@pytest.mark.parametrize(
    "given", ["PrismRunner --prism_location=no", "FlinkRunner --flink_job_server_jar=no"]
)
def test_a_path_that_is_not_there_is_told(given):
    runner, option = given.split()
    config = Config(("x",), "out", datetime.now(UTC), runner=runner, beam_args=(option,))
    with pytest.raises(UsageError, match="there is no such file"):
        open_engine(config)


@pytest.mark.parametrize("store", ["disk", "bucket"])
def test_spooled_files_are_handed_over_and_go_with_their_run(store, tmp_path, monkeypatch):
    spool, given = tmp_path / "spool", tmp_path / "given.txt"
    spool.mkdir()
    (spool / "records").write_bytes(b"0123456789")
    (spool / "unused").write_bytes(b"")
    refs = [
        Ref("a", "entry", str(spool / "records"), 2, 3),
        Ref("b", "entry", str(spool / "records"), 5, 5),
        Ref("c", "text", str(given)),
    ]
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    with emulated_bucket(monkeypatch) as bucket:
        inbox = Inbox(f"{bucket}/out" if store == "bucket" else str(tmp_path / "out"))
        inbox.begin("run1")
        handed = hand_over(refs, spool, inbox, "run1")
        assert [ref.path == old.path for ref, old in zip(handed, refs, strict=True)] == [
            False, False, True,
        ]  # fmt: skip
        read = [storage.read_bytes(ref.path, ref.offset, ref.length) for ref in handed[:2]]
        assert read == [b"234", b"56789"]
        assert [name for name in inbox.files.listing("") if "/spooled/" in name] == [
            "_inbox/run1/spooled/records"
        ]
        inbox.begin("run2")  # run1 is dead
        assert not [name for name in inbox.files.listing("") if "/spooled/" in name]


def test_a_worker_finds_its_engine_by_what_it_is_told():
    from apache_beam.portability.api import beam_provision_api_pb2

    info = beam_provision_api_pb2.ProvisionInfo(runner_capabilities=["x", "y"])
    info.control_endpoint.url = "h:1"
    info.logging_endpoint.url = "h:2"
    info.pipeline_options["beam:option:job_name:v1"] = "n"
    given = boot.parse(
        ["--id=1-1", "--provision_endpoint=h:3", "--control_endpoint=h:9", "--new=x"]
    )
    settings = boot.settings_of(given, info)
    assert settings["WORKER_ID"] == "1-1"
    assert 'url: "h:9"' in settings["CONTROL_API_SERVICE_DESCRIPTOR"], "an argument wins"
    assert 'url: "h:2"' in settings["LOGGING_API_SERVICE_DESCRIPTOR"]
    assert settings["RUNNER_CAPABILITIES"] == "x y"
    assert '"beam:option:job_name:v1": "n"' in settings["PIPELINE_OPTIONS"]


def test_a_worker_started_by_hand_says_who_starts_it(monkeypatch, capsys):
    monkeypatch.setattr(boot, "sys", SimpleNamespace(argv=["rasd-worker"], **_streams()))
    with pytest.raises(SystemExit) as left:
        boot.main()
    assert left.value.code == 2
    assert "an engine starts it" in capsys.readouterr().err


def _streams():
    import sys

    return {"stderr": sys.stderr, "exit": sys.exit}
