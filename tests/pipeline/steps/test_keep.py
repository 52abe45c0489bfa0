"""Rows that workers keep on the disk become the files that the launcher would have made."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import poison_work
import pytest
from poison_work import MARK

from pipeline.sinks.base import SinkError, StagedFile
from pipeline.sinks.parquet import ParquetSink
from pipeline.steps import keep, process
from pipeline.steps.keep import Keep, KeptRows, StageWork, keep_rows
from pipeline.steps.process import PageAnswers
from pipeline.steps.rows import Recording
from pipeline.workers.pool import Workers
from transforms.feeds.publishers import NO_PUBLISHERS
from transforms.records import Page, content_id
from transforms.rows.packed import PackedRows, pack_rows
from transforms.rows.rows import Provenance

NOW = datetime(2026, 1, 1, tzinfo=UTC)
RECORDING = Recording(Provenance("run", "1", NOW))


def letters(first: int, count: int = 3) -> list[PackedRows]:
    rows = [
        ("dead_letters", {"dead_letter_id": f"{n:04}", "stage": "read", "reason": "bad_json"})
        for n in range(first, first + count)
    ]
    feeds = [("feeds", {"feed_url": f"https://a.test/{first}"})]
    return pack_rows([*rows, *feeds])


@pytest.fixture
def sink(tmp_path: Path) -> ParquetSink:
    made = ParquetSink(str(tmp_path / "out"))
    made.prepare()
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "kept").mkdir()
    return tmp_path / "kept"


def test_kept_rows_make_the_same_file(sink: ParquetSink, folder: Path) -> None:
    kept = Keep(str(folder), "run")
    pages = [letters(3 * n) for n in range(4)]
    for packed in pages:
        for rows in keep_rows(str(folder), packed):
            assert isinstance(rows, KeptRows)
            assert kept.add(rows) is None
    made = {work.table: work.stage(sink.inbox) for work in kept.rest()}
    assert kept.rest() == []
    for table, file in made.items():
        plain = [each for packed in pages for each in packed if each.table == table]
        assert file == sink.inbox.stage_packed("run", table, plain)


def test_a_file_is_due_when_rows_are_enough_and_what_is_in_it_goes(
    sink: ParquetSink, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keep, "ROWS_A_FILE", 5)
    monkeypatch.setattr(keep, "_ROTATED", 1)
    kept, made = Keep(str(folder), "run"), []
    for number in range(6):
        for rows in keep_rows(str(folder), letters(3 * number)):
            assert isinstance(rows, KeptRows)
            work = kept.add(rows)
            if work is not None:
                made.append(work.stage(sink.inbox))
                kept.done(work)
    assert [file.count for file in made if file.table == "dead_letters"] == [6, 6, 6]
    assert len(list(folder.glob("dead_letters.*"))) <= 1


def test_rows_that_the_disk_refuses_go_on_as_they_are(folder: Path) -> None:
    assert keep_rows(str(folder / "not-there"), letters(0)) == tuple(letters(0))


def handles() -> list[int]:
    """The files this process holds open."""
    return [int(each.name) for each in Path("/proc/self/fd").iterdir()]


@contextmanager
def limited(what: int, most: int) -> Iterator[None]:
    """Let this process have no more of something for a while."""
    before = resource.getrlimit(what)
    resource.setrlimit(what, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(what, before)


def test_a_full_disk_costs_no_handle_and_no_room(folder: Path) -> None:
    (first,) = [each for each in keep_rows(str(folder), letters(0)) if each.table == "feeds"]
    assert isinstance(first, KeptRows)
    held, size = len(handles()), Path(first.path).stat().st_size
    long = pack_rows([("feeds", {"feed_url": "".join(content_id(str(n)) for n in range(300))})])
    with limited(resource.RLIMIT_FSIZE, size + 99):
        for _ in range(3):
            assert keep_rows(str(folder), long) == tuple(long)
    assert len(handles()) == held
    assert Path(first.path).stat().st_size == size
    (again,) = keep_rows(str(folder), long)
    assert isinstance(again, KeptRows)
    assert (again.path, again.offset) == (first.path, size)


def test_rows_of_many_workers_are_read_with_few_handles(
    sink: ParquetSink, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keep, "_ROTATED", 1)
    kept = [keep_rows(str(folder), letters(3 * n, 1))[0] for n in range(100)]
    work = StageWork("run", "dead_letters", tuple(each for each in kept if type(each) is KeptRows))
    most = max(handles()) + 20
    with limited(resource.RLIMIT_NOFILE, most):
        assert work.stage(sink.inbox).count == 100
    Path(work.kept[7].path).write_bytes(b"")
    with pytest.raises(SinkError, match="it was cut off"):
        work.stage(sink.inbox)


def page(number: int, text: str) -> Page:
    return Page(f"{text} {number}".encode(), "body", url=f"https://a.test/{number}")


def answered(answers: PageAnswers, pages: list[Page]) -> list[Any]:
    found = list(answers.answer(pages, None))
    return [*found, *answers.rest()]


def test_a_worker_that_dies_takes_no_other_rows_along(
    sink: ParquetSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "process_document", poison_work.poisoned)
    text = "قال الوزير في مؤتمر صحفي في القاهرة إن الحكومة ستعلن الخطة غدا. " * 8
    pages = [page(n, text) for n in range(6)]
    pages[3] = page(3, f"{MARK}segfault {text}")
    answers = PageAnswers(Workers(1), RECORDING, NO_PUBLISHERS, sink.inbox)
    try:
        found = answered(answers, pages)
    finally:
        answers.close()
    files = {each.table: each for each in found if isinstance(each, StagedFile)}
    assert files["articles"].count == 5
    assert [each.table for each in found if isinstance(each, PackedRows)] == ["dead_letters"]
    assert not list(Path(sink.uri).rglob("kept-*"))
    here = PageAnswers(Workers(1), RECORDING, NO_PUBLISHERS)
    try:
        plain = [each for each in answered(here, pages) if each.table == "articles"]
    finally:
        here.close()
    assert sink.inbox.stage_packed("run", "articles", plain) == files["articles"]
