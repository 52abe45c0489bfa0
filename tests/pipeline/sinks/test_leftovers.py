"""What runs that were cut off have left in the inbox is told, and goes; what counts never does."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from buckets import emulated_bucket

from pipeline.cli.prune import command as prune
from pipeline.cli.settle import command as settle
from pipeline.errors import Exit
from pipeline.sinks.base import open_sink
from pipeline.sinks.inbox import HELD, WAITING, Inbox
from pipeline.sinks.leftovers import leftovers, sweep


@pytest.fixture(params=["disk", "bucket"])
def inbox(request: pytest.FixtureRequest, tmp_path: Any, monkeypatch: Any) -> Any:
    """An inbox on a disk and in a bucket."""
    if request.param == "disk":
        yield Inbox(str(tmp_path / "out"))
        return
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    with emulated_bucket(monkeypatch) as bucket:
        yield Inbox(f"{bucket}/out")


def put(inbox: Inbox, rows: Any, run: str, *, bounded: bool) -> None:
    """Deliver one article of a run."""
    staged = inbox.stage(run, "articles", [rows.article(1, run=run)])
    inbox.deliver(rows.provenance(run), [staged], bounded=bounded)


def fill(inbox: Inbox, rows: Any) -> None:
    """A directory of each kind there is."""
    inbox.begin("cut-off")  # its launcher was killed
    put(inbox, rows, "cut-off", bounded=True)
    put(inbox, rows, "went-on", bounded=True)  # a job whose launcher is dead, and was cleared
    inbox.stage("unnamed", "articles", [rows.article(2)])  # a worker may be about to name it
    put(inbox, rows, "complete", bounded=True)
    inbox.complete("complete")
    put(inbox, rows, "unbounded", bounded=False)
    inbox.files.write("_inbox/broken/x.bundle.json", b"{")


def folders(inbox: Inbox) -> set[str]:
    return {name.split("/")[1] for name in inbox.files.listing("_inbox")}


def test_only_what_will_never_count_is_left_over(inbox: Inbox, rows: Any) -> None:
    fill(inbox, rows)
    found = {each.folder.removeprefix("_inbox/"): each for each in leftovers(inbox)}
    assert {name: each.dead for name, each in found.items()} == {
        "cut-off": True, "unnamed": False, "went-on": True,
    }  # fmt: skip
    assert found["cut-off"].files == 3, "the claim, the rows, the bundle"
    assert found["cut-off"].bytes > 100
    line = found["cut-off"].told()
    assert "_inbox/cut-off: a run that never completed (3 files" in line
    assert "\n" not in line


def test_what_is_old_goes_and_what_is_young_is_told(inbox: Inbox, rows: Any) -> None:
    fill(inbox, rows)
    now = datetime.now(UTC)
    gone, left = sweep(inbox, now + timedelta(days=6))
    assert not gone
    assert [each.folder for each in left] == ["_inbox/cut-off", "_inbox/went-on"]
    gone, left = sweep(inbox, now + timedelta(days=7, minutes=5))
    assert [each.folder for each in gone] == [
        "_inbox/cut-off", "_inbox/unnamed", "_inbox/went-on",
    ]  # fmt: skip
    assert not left
    assert folders(inbox) == {"broken", "complete", "unbounded"}


def test_nothing_of_a_stream_at_work_is_swept(inbox: Inbox, rows: Any) -> None:
    fill(inbox, rows)
    page = f"{WAITING}/a.example/group.pages"
    inbox.files.write(page, b"pages")
    now = datetime.now(UTC)
    gone, left = sweep(inbox, now + timedelta(hours=23), 0)
    assert [each.folder for each in gone] == ["_inbox/cut-off", "_inbox/went-on"], "known dead"
    assert not left
    assert folders(inbox) == {"broken", "complete", "unbounded", "unnamed", "waiting"}
    gone, _ = sweep(inbox, now + timedelta(days=1, minutes=5), 0)
    assert [each.folder for each in gone] == ["_inbox/unnamed"]
    sweep(inbox, now + timedelta(days=99))
    assert page in inbox.files.listing(WAITING)


def test_a_run_that_begins_clears_what_a_killed_one_held(inbox: Inbox, rows: Any) -> None:
    fill(inbox, rows)
    assert inbox.begin("next") == ["_inbox/cut-off"]
    assert "cut-off" not in folders(inbox)
    assert f"_inbox/next/{HELD}" in inbox.files.listing("_inbox")


@pytest.fixture
def output(tmp_path: Any, rows: Any) -> Any:
    """An output with a run that was cut off today, and one ten days ago."""
    path = tmp_path / "out"
    sink = open_sink(str(path))
    sink.prepare()
    for run in ("today", "long-ago"):
        put(sink.inbox, rows, run, bounded=True)
    sink.close()
    before = (datetime.now(UTC) - timedelta(days=10)).timestamp()
    for file in (path / "_inbox" / "long-ago").iterdir():
        os.utime(file, (before, before))
    return path


def test_settle_tells_and_sweeps(output: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert settle(str(output)) == Exit.DONE
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "rasd: 0 bundles; new or changed rows: none"
    assert said[1] == "rasd: removed from the inbox: _inbox/long-ago (2 files that did not count)"
    assert said[2].startswith("rasd: left in the inbox: _inbox/today: a run that never completed")
    assert "--sweep 0" in said[2]
    assert settle(str(output), sweep=0) == Exit.DONE
    assert "removed from the inbox: _inbox/today" in capsys.readouterr().err
    assert not list((output / "_inbox").rglob("*.parquet"))


def test_prune_does_so_too(output: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert prune(str(output), before="2020-01-01") == Exit.NOTHING_USABLE
    said = capsys.readouterr().err
    assert "removed from the inbox: _inbox/long-ago" in said
    assert "left in the inbox: _inbox/today" in said
