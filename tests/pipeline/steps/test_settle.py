"""Settle: bundles in any order, any number of times; a tick reads what it brings."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from any_order import COMPARED, NEWS, START, check_same, check_whole, deliver, stored
from outputs import delete, put
from pipeline_helpers import rasd

from pipeline.run.maintain import provenance_of
from pipeline.sinks.base import open_sink
from pipeline.sinks.inbox import Inbox
from pipeline.sinks.parquet import ParquetSink
from pipeline.steps.settle import settle_inbox
from transforms.rows.rows import Provenance

NOW = datetime(2026, 2, 1, tzinfo=UTC)


def doc(page: int, text: str, *, hours: int = 0) -> str:
    when = (START + timedelta(hours=hours)).isoformat()
    given = {"url": f"https://s.example/{page}.html", "title": f"خبر {page}", "body": text}
    return json.dumps(given | {"published_at": when, "fetched_at": when})


DOCS = [
    doc(1, NEWS[0] * 2),
    doc(2, NEWS[0] * 2, hours=3),
    doc(3, "\n".join(NEWS), hours=30),
    doc(1, NEWS[0] * 2 + NEWS[1], hours=50),
    doc(4, NEWS[2], hours=-100),
]


@pytest.fixture
def bundles(tmp_path, monkeypatch) -> Path:
    """An output whose inbox holds a bundle a document, none settled."""
    output = tmp_path / "unsettled"
    monkeypatch.setattr("pipeline.graph.settle_inbox", lambda *_args, **_more: _Nothing())
    deliver(output, DOCS)
    monkeypatch.undo()
    return output


class _Nothing:
    changes: ClassVar[dict[str, object]] = {}
    broken: tuple[object, ...] = ()
    bundles = 0
    has_news = True


def settled(output: Path, run: str = "late") -> ParquetSink:
    sink = open_sink(str(output))
    sink.prepare()
    settle_inbox(sink, provenance_of(run, NOW))
    sink.close()
    return sink


def test_bundles_one_by_one_in_any_order_and_again(bundles, tmp_path):
    deliver(tmp_path / "once", DOCS)
    once = stored(tmp_path / "once")
    (run,) = (path for path in (bundles / "_inbox").iterdir())
    manifests = sorted(run.glob("*.bundle.json"))
    assert len(manifests) == 4
    for turn, order in enumerate((manifests, manifests[::-1], manifests[2:] + manifests[:2])):
        output = tmp_path / f"order{turn}"
        folder = output / "_inbox" / run.name
        for number, manifest in enumerate([*order, *order[:3]]):
            folder.mkdir(parents=True, exist_ok=True)
            for file in run.glob("*.parquet"):
                shutil.copy(file, folder)
            shutil.copy(manifest, folder)
            (folder / "complete.json").write_text("{}")
            settled(output, f"late{number}")
        rows = stored(output)
        check_whole(rows)
        for table in COMPARED:
            check_same(rows[table], once[table], table)
        letters = {row["dead_letter_id"]: row["attempts"] for row in rows["dead_letters"]}
        assert all(attempts == 1 for attempts in letters.values())


def test_what_is_decided_in_processes_is_what_is_decided_here(bundles, tmp_path, monkeypatch):
    shutil.copytree(bundles, tmp_path / "beside")
    settled(bundles)
    monkeypatch.setattr("pipeline.steps.beside.MANY_ROWS", 1)
    monkeypatch.chdir(tmp_path)  # a relative output is where this process stands
    settled(Path("beside"))
    assert stored(tmp_path / "beside") == stored(bundles)
    # what is brought again, and a stored event that is brought otherwise
    shutil.copytree(tmp_path / "beside", tmp_path / "again")
    for output, rows in ((tmp_path / "again", 1), (tmp_path / "beside", 1 << 30)):
        monkeypatch.setattr("pipeline.steps.beside.MANY_ROWS", rows)
        deliver(output, [doc(1, NEWS[0] * 2, hours=-2), doc(7, NEWS[1] + NEWS[2], hours=4)])
    again, beside = stored(tmp_path / "again"), stored(tmp_path / "beside")
    for table in COMPARED:
        check_same(again[table], beside[table], table)


def test_a_damaged_file_that_a_process_meets_is_named(bundles, monkeypatch):
    monkeypatch.setattr("pipeline.steps.beside.MANY_ROWS", 1)
    (run,) = (bundles / "_inbox").iterdir()
    victim = max(run.glob("events-*.parquet"))
    data = bytearray(victim.read_bytes())
    data[4:200] = bytes(196)  # its footer is whole: it is met when the rows are read
    victim.write_bytes(bytes(data))
    sink = open_sink(str(bundles))
    sink.prepare()
    done = settle_inbox(sink, provenance_of("late", NOW))
    sink.close()
    assert [victim.name in each.problem for each in done.broken] == [True]


def test_what_a_settlement_that_died_put_aside_goes_with_the_next(bundles):
    aside = bundles / "_inbox" / "settle-dead" / "events-0.parquet"
    aside.parent.mkdir()
    aside.write_bytes(b"half")
    settled(bundles)
    assert not list((bundles / "_inbox").rglob("*.parquet"))


def test_a_run_that_is_not_complete_does_not_count(bundles):
    (mark,) = (bundles / "_inbox").rglob("complete.json")
    mark.unlink()
    assert b"0 bundles" in rasd("settle", "--data", str(bundles)).stderr
    assert stored(bundles)["articles"] == []
    mark.write_text("{}")
    assert rasd("settle", "--data", str(bundles)).returncode == 0
    assert len(stored(bundles)["articles"]) == 5


def test_a_bundle_without_its_file_stays_and_is_named(bundles):
    (run,) = (bundles / "_inbox").iterdir()
    victim = json.loads(min(run.glob("*.bundle.json")).read_text())["files"][0]["path"]
    kept = (bundles / victim).read_bytes()
    (bundles / victim).unlink()
    done = rasd("settle", "--data", str(bundles))
    assert done.returncode == 1
    said = done.stderr.decode()
    assert f"it names {victim}, which is not there" in said
    assert said.count("left in the inbox") == 1
    assert stored(bundles)["articles"]
    assert list(run.glob("*.bundle.json")), "what could not be taken in was thrown away"
    (bundles / victim).write_bytes(kept)
    assert rasd("settle", "--data", str(bundles)).returncode == 0
    assert len(stored(bundles)["articles"]) == 5


def test_bundles_of_a_newer_schema_or_broken_stay_and_are_named(bundles):
    (run,) = (bundles / "_inbox").iterdir()
    newer, broken, *_ = sorted(run.glob("*.bundle.json"))
    document = json.loads(newer.read_text())
    newer.write_text(json.dumps(document | {"schema_version": 99}))
    broken.write_text("{")
    done = rasd("settle", "--data", str(bundles))
    assert done.returncode == 1
    assert "schema 99 is newer: pip install -U rasd" in done.stderr.decode()
    assert newer.exists()
    assert broken.exists()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def dent(path: Path) -> None:
    """Spoil the rows and leave the footer as it is."""
    content = bytearray(path.read_bytes())
    content[4:400] = bytes(396)
    path.write_bytes(content)


def widen(path: Path) -> None:
    data = pq.read_table(path)
    pq.write_table(data.append_column("later", pa.array([1] * data.num_rows)), path)


def retype(path: Path) -> None:
    data = pq.read_table(path)
    index = data.schema.get_field_index("run_id")
    pq.write_table(data.set_column(index, "run_id", pa.array([1] * data.num_rows)), path)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (cut, "is damaged: bring it back whole, or delete the bundle"),
        (dent, "is damaged: bring it back whole, or delete the bundle"),
        (widen, "has a column later that is unknown here: pip install -U rasd"),
        (retype, "has another kind of column run_id: pip install -U rasd"),
    ],
)
@pytest.mark.parametrize("table", ["articles", "_fingerprints", "events"])
def test_a_file_that_cannot_be_taken_in_holds_up_no_other_bundle(bundles, harm, said, table):
    (run,) = (bundles / "_inbox").iterdir()
    victim = min(run.glob(f"{table}-*.parquet"))
    kept = victim.read_bytes()
    harm(victim)
    done = rasd("settle", "--data", str(bundles))
    assert done.returncode == 1
    told = done.stderr.decode()
    assert said in told
    assert told.count(victim.name) == 1
    assert 0 < len(stored(bundles)["articles"]) < 5
    victim.write_bytes(kept)
    assert rasd("settle", "--data", str(bundles)).returncode == 0
    assert len(stored(bundles)["articles"]) == 5


def test_a_file_of_an_older_schema_is_taken_in(bundles):
    for path in (bundles / "_inbox").rglob("articles-*.parquet"):
        pq.write_table(pq.read_table(path).drop_columns(["topics"]), path)
    assert rasd("settle", "--data", str(bundles)).returncode == 0
    assert len(stored(bundles)["articles"]) == 5


def test_fingerprints_that_are_missing_are_made_anew(tmp_path):
    deliver(tmp_path / "whole", DOCS)
    deliver(tmp_path / "torn", DOCS[:3])
    shutil.rmtree(tmp_path / "torn" / "_fingerprints")
    deliver(tmp_path / "torn", DOCS[3:])
    for table in COMPARED:
        check_same(stored(tmp_path / "torn")[table], stored(tmp_path / "whole")[table], table)
    prints = open_sink(str(tmp_path / "torn")).read("_fingerprints")
    assert prints.num_rows == len(stored(tmp_path / "torn")["articles"])


def test_a_tick_reads_by_key_and_day(tmp_path, monkeypatch):
    """Nobody reads all articles, pairs, sightings or events; texts are read only to be merged."""
    output = tmp_path / "out"
    many = [doc(100 + n, f"{NEWS[n % 3]} {n}", hours=-24 * 30 * (1 + n % 7)) for n in range(30)]
    deliver(output, [*many, *DOCS[:2]])
    reads = []
    original = ParquetSink.read

    def reading(self, table, columns=None, dates=None, where=None):
        found = original(self, table, columns, dates, where)
        reads.append((table, columns, dates, where, found.num_rows))
        return found

    monkeypatch.setattr(ParquetSink, "read", reading)
    deliver(output, DOCS[2:])
    tables = {each[0] for each in reads}
    assert "articles" not in tables
    assert "_fingerprints" in tables
    for table, columns, dates, where, rows in reads:
        assert dates is not None or where is not None or table == "_removed", (table, columns)
        assert rows <= 10, f"{rows} rows of {table} were read for 3 documents"


def test_workers_and_settle_may_be_different_processes(tmp_path):
    """An inbox travels by its URI alone, and rows of several runs are settled together."""
    output = tmp_path / "out"
    inbox = Inbox(str(output))
    for number in range(2):
        run = Provenance(f"run{number}", "0.1.0", NOW + timedelta(hours=number))
        letter = {
            "dead_letter_id": "1" * 32, "stage": "fetch", "reason": "timeout", "detail": "slow",
            "retriable": True, "attempts": 1, "url": "https://s.example/slow", "feed_url": None,
            "source_id": None, "payload": None, "raw_ref": None, "failed_at": run.as_of,
            "resolved_at": None, "resolved_run_id": None, "run_id": run.run_id,
            "pipeline_version": "0.1.0",
        }  # fmt: skip
        staged = inbox.stage(run.run_id, "dead_letters", [letter])
        inbox.deliver(run, [staged], bounded=False)
    assert rasd("settle", "--data", str(output)).returncode == 0
    (row,) = stored(output)["dead_letters"]
    assert (row["attempts"], row["failed_at"]) == (2, NOW)


def test_fingerprints_of_another_version_are_made_anew_when_they_are_needed(tmp_path):
    output = tmp_path / "out"
    deliver(output, DOCS[:3])
    sink = open_sink(str(output))
    sink.prepare()
    rows = sink.read("_fingerprints").to_pylist()
    # As another way of hashing would have left them: nothing in them meets anything.
    old = [row | {"version": 1, "keys": b"", "shingles": b""} for row in rows]
    delete(sink, {"_fingerprints": [(row["article_id"],) for row in rows]})
    put(sink, {"_fingerprints": old}, "old")
    sink.close()
    deliver(output, DOCS[3:])
    deliver(tmp_path / "whole", DOCS)
    for table in COMPARED:
        check_same(stored(output)[table], stored(tmp_path / "whole")[table], table)
