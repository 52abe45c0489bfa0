"""A commit that is killed, at every place where it can be: all of it is there afterwards, or none.

The sink is killed with SIGKILL in a process of its own, by a subclass that counts checkpoints.

R03 (docs/reliability.md): kill -9 at several places, then the same command again.
R33 (docs/reliability.md): a full disk, a read-only one, a half-written file.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import pickle
import random
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from outputs import put

from pipeline.sinks.base import SinkError
from pipeline.sinks.files import Files, explained
from pipeline.sinks.lock import _held
from pipeline.sinks.parquet import ParquetSink
from pipeline.sinks.parquet.layout import read_journal, table_parts

WORKER = textwrap.dedent(
    """
    import os, pickle, signal, sys
    from pipeline.sinks.parquet import ParquetSink

    class Killed(ParquetSink):
        places = []

        def _checkpoint(self, place):
            Killed.places.append(place)
            if len(Killed.places) == int(sys.argv[2]):
                print(place, flush=True)
                os.kill(os.getpid(), signal.SIGKILL)

    groups = pickle.loads(sys.stdin.buffer.read())
    sink = Killed(sys.argv[1])
    sink.prepare()
    sink.commit("run2", [sink.inbox.stage("run2", table, rows) for table, rows in groups.items()])
    print(len(Killed.places))
    """
)


def run_killed(root: Path, groups: dict[str, Any], checkpoint: int) -> tuple[int, str]:
    """Commit in a process that dies at a checkpoint; return its status and what it printed."""
    result = subprocess.run(
        [sys.executable, "-c", WORKER, str(root), str(checkpoint)],
        input=pickle.dumps(groups),
        capture_output=True,
        check=False,
    )
    assert result.stderr == b"" or result.returncode == 0, result.stderr.decode()
    return result.returncode, result.stdout.decode().strip()


def contents(sink: ParquetSink) -> dict[str, list[dict[str, Any]]]:
    """Return all rows of the tables in question, with their partitions."""
    return {
        table: sink.read(table, [*columns, "date"]).sort_by(columns[0]).to_pylist()
        for table, columns in {
            "articles": ["article_id", "summary", "body"],
            "clusters": ["article_id", "cluster_id"],
        }.items()
    }


@pytest.fixture
def start(tmp_path: Path, rows: Any) -> Path:
    """Make an output with one commit in it."""
    root = tmp_path / "start"
    sink = ParquetSink(str(root))
    sink.prepare()
    first = {
        "articles": [rows.article(n, day=1 + n % 3) for n in range(12)],
        "clusters": [rows.cluster(n, n, day=1 + n % 3) for n in range(12)],
    }
    put(sink, first)
    sink.close()
    return root


@pytest.fixture
def second(rows: Any) -> dict[str, list[dict[str, Any]]]:
    """Give the second commit: new rows, changed rows, rows that move to another partition."""
    return {
        "articles": [rows.article(n, day=1 + n % 3, run="run2", summary="x") for n in range(8, 20)],
        "clusters": [rows.cluster(n, 1, day=7, run="run2") for n in range(4)],
    }


def test_a_reader_beside_a_commit_of_its_own_process_leaves_the_journal_alone(
    start: Path, second: dict[str, Any]
) -> None:
    """Else it would finish what a thread is at, and take the next commit's journal away."""
    seen = []

    class Watched(ParquetSink):
        def _checkpoint(self, place: str) -> None:
            if place in ("journal", "move"):
                rows = ParquetSink(str(start)).read("articles", ["article_id"]).num_rows
                seen.append((place, rows, read_journal(self.files) is not None))

    sink = Watched(str(start))
    sink.prepare()
    put(sink, second)
    sink.close()
    assert ("journal", 20, True) in seen
    assert {(rows, there) for _, rows, there in seen} == {(20, True)}


@pytest.mark.reliability
def test_a_commit_killed_anywhere_is_whole_or_absent(
    start: Path, second: dict[str, Any], tmp_path: Path
) -> None:
    before = contents(ParquetSink(str(start)))
    whole = tmp_path / "whole"
    shutil.copytree(start, whole)
    status, printed = run_killed(whole, second, 0)
    assert status == 0
    checkpoints = int(printed)
    after = contents(ParquetSink(str(whole)))
    assert after != before
    outcomes = []
    for checkpoint in range(1, checkpoints + 1):
        root = tmp_path / f"killed{checkpoint}"
        shutil.copytree(start, root)
        status, place = run_killed(root, second, checkpoint)
        assert status == -9
        # a reader that only globs sees no half-written file
        for path in root.glob("[!_]*/**/*.parquet"):
            assert pq.ParquetFile(path).metadata.num_rows > 0
        # a reader that may not write sees the commit whole as well
        parts = [
            part
            for table in ("articles", "clusters")
            for part in table_parts(ParquetSink(str(root)).files, table)
        ]
        read = sum(pq.ParquetFile(root / part.name).metadata.num_rows for part in parts)
        expected = before if place in ("merged", "schema") else after
        assert read == sum(map(len, expected.values())), place
        # one that may write finishes it
        assert contents(ParquetSink(str(root))) == expected, place
        assert not (root / "_commit.json").exists()
        # and the run, started again, ends as if it had never been killed
        assert run_killed(root, second, 0)[0] == 0
        assert contents(ParquetSink(str(root))) == after
        outcomes.append(place)
    print(f"killed at {checkpoints} places: {dict.fromkeys(outcomes)}")
    assert {"merged", "schema", "journal", "move", "delete"} <= set(outcomes)


@pytest.mark.reliability
def test_a_kill_at_any_moment_of_a_commit(
    start: Path, second: dict[str, Any], tmp_path: Path
) -> None:
    before = contents(ParquetSink(str(start)))
    root = tmp_path / "copy"
    seen = set()
    for delay in (0.05, 0.3, 0.5, 0.6, 0.7, 0.8):
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(start, root)
        process = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(root), "0"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )
        try:
            process.communicate(pickle.dumps(second), timeout=delay)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        found = contents(ParquetSink(str(root)))
        assert len(found["articles"]) in (12, 20)
        seen.add(found == before)
        assert run_killed(root, second, 0)[0] == 0
        assert len(contents(ParquetSink(str(root)))["articles"]) == 20
    print(f"killed at 6 moments; the commit was found absent: {sorted(seen)}")


def test_staged_leavings_are_never_read(start: Path, rows: Any) -> None:
    sink = ParquetSink(str(start))
    before = contents(sink)
    staging = start / "_staging/dead"
    staging.mkdir(parents=True)
    (staging / "articles-abc.parquet").write_bytes(b"PAR1 and then nothing")
    (staging / ".articles-def.parquet.1.part").write_bytes(b"PAR1")
    (start / "articles/date=2023-09-01/.half.parquet.1.part").write_bytes(b"PAR1")
    assert contents(sink) == before
    assert duckdb.read_parquet(str(start / "articles/**/*.parquet")).shape[0] == 12
    sink.prepare()
    assert not staging.exists()
    put(sink, {"articles": [rows.article(50)]}, "run2")
    assert sink.read("articles").num_rows == 13


def test_a_half_written_stored_file_is_named(start: Path, rows: Any) -> None:
    path = next((start / "articles/date=2023-09-01").glob("*.parquet"))
    path.write_bytes(path.read_bytes()[:200])
    sink = ParquetSink(str(start))
    with pytest.raises(SinkError, match=path.name):
        sink.read("articles")
    sink.prepare()
    with pytest.raises(SinkError, match=path.name):
        put(sink, {"articles": [rows.article(3, day=1)]}, "run2")


def test_a_journal_not_ours_is_refused(start: Path) -> None:
    (start / "_commit.json").write_text("{")
    with pytest.raises(SinkError, match="cannot be read"):
        ParquetSink(str(start)).prepare()


def test_a_journal_whose_files_are_gone_changes_nothing(start: Path) -> None:
    before = contents(ParquetSink(str(start)))
    (path,) = (start / "articles/date=2023-09-01").glob("*.parquet")
    journal = {
        "run_id": "x",
        "moves": [["_staging/x/commit/gone.new", "articles/date=2023-09-01/gone.parquet"]],
        "deletes": [str(path.relative_to(start))],
    }
    (start / "_commit.json").write_text(json.dumps(journal))
    with pytest.raises(SinkError, match=r"delete _commit\.json"):
        ParquetSink(str(start)).prepare()
    (start / "_commit.json").unlink()
    assert contents(ParquetSink(str(start))) == before


def test_an_interrupt_after_the_journal_keeps_its_files(
    start: Path, second: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    sink = ParquetSink(str(start))
    sink.prepare()
    write = Files.write

    def interrupted(self: Files, name: str, data: bytes) -> None:
        write(self, name, data)
        if name == "_commit.json":
            raise KeyboardInterrupt

    monkeypatch.setattr(Files, "write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        put(sink, second, "run2")
    monkeypatch.undo()
    assert len(contents(ParquetSink(str(start)))["articles"]) == 20


class Full(ParquetSink):
    """A sink whose disk fills up after so many writes."""

    left = 0

    @property
    def files(self) -> Files:
        """Give files that count."""
        outer = self

        class Counted(Files):
            __slots__ = ()

            def writing(self, name: str, *, durable: bool = True) -> Any:
                @contextlib.contextmanager
                def refuse() -> Iterator[Any]:
                    with explained(self.path(name)):
                        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                        yield

                outer.left -= 1
                return refuse() if outer.left < 0 else Files.writing(self, name, durable=durable)

            def write_aside(self, name: str, data: Any) -> None:
                with self.writing(name, durable=False) as stream:  # counted and refused alike
                    stream.write(data)

        plain = super().files
        return Counted(plain.fs, plain.root, plain.local)


@pytest.mark.parametrize("writes", range(14))
def test_a_disk_that_fills_up_leaves_what_was_there(
    start: Path, second: dict[str, Any], writes: int
) -> None:
    before = contents(ParquetSink(str(start)))
    schema = json.loads((start / "_schema.json").read_text())
    schema["tables"].pop("fetch_log")  # an older one, so that it is written again
    (start / "_schema.json").write_text(json.dumps(schema))
    sink = Full(str(start))
    sink.prepare()
    sink.left = writes
    message = ""
    try:
        put(sink, second, "run2")
    except SinkError as error:
        message = str(error)
    if writes < 8:
        assert "the disk is full" in message
        assert "\n" not in message
        assert contents(ParquetSink(str(start))) == before
    assert not list(start.rglob("*.new"))
    assert not list(start.rglob("*.part"))
    sink.close()
    again = ParquetSink(str(start))
    again.prepare()
    again.commit(
        "run2", [again.inbox.stage("run2", table, group) for table, group in second.items()]
    )
    assert again.read("articles").num_rows == 20


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 600 kB."""
    mount = tmp_path / "disk"
    mount.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(mount)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk needs root and the right to mount")
    yield mount
    for path in list(_held):
        os.close(_held.pop(path).handle)
    subprocess.run(["umount", str(mount)], check=False)


@pytest.mark.reliability
def test_a_really_full_disk(small_disk: Path, rows: Any) -> None:
    dice = random.Random(1)  # noqa: S311 - repeatable
    sink = ParquetSink(str(small_disk / "out"))
    sink.prepare()
    put(sink, {"articles": [rows.article(1)]})
    written = 1
    message = ""
    for run in range(40):
        body = "".join(chr(dice.randrange(0x620, 0x64A)) for _ in range(20_000))
        try:
            staged = sink.inbox.stage("r", "articles", [rows.article(100 + run, body=body)])
            sink.commit("r", [staged])
        except SinkError as error:
            message = str(error)
            break
        written += 1
    assert "the disk is full" in message
    assert ParquetSink(str(small_disk / "out")).read("articles").num_rows == written
    assert not list(small_disk.rglob("*.part"))
    print(f"the disk was full after {written} commits; all of them are there")


@pytest.mark.reliability
def test_a_read_only_disk(small_disk: Path, rows: Any) -> None:
    root = small_disk / "out"
    sink = ParquetSink(str(root))
    sink.prepare()
    put(sink, {"articles": [rows.article(1)]})
    staged = sink.inbox.stage("run2", "articles", [rows.article(2)])
    sink.close()
    remount = ["mount", "-o", "remount,ro", str(small_disk)]
    assert subprocess.run(remount, capture_output=True, check=False).returncode == 0
    for target in (root, small_disk / "new"):
        with pytest.raises(SinkError, match="read-only") as caught:
            ParquetSink(str(target)).prepare()
        assert "\n" not in str(caught.value)
    with pytest.raises(SinkError, match="read-only"):
        sink.commit("run2", [staged])
    with pytest.raises(SinkError, match="read-only"):
        sink.inbox.stage("run2", "articles", [rows.article(2)])
    assert ParquetSink(str(root)).read("articles").num_rows == 1
    assert not (small_disk / "new").exists()
