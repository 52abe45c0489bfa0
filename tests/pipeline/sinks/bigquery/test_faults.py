"""R20: a service in trouble. Rows come out equal, pauses grow, and what never works is told.

R20 (docs/reliability.md): a sink that answers 403, 429, 5xx, refuses rows, hangs.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from bigquery_proxy import AWAY, BUSY, FAULT, LOST, RATE, SILENCE, Answer, Proxy, Request
from outputs import put

from pipeline.sinks.base import Changes, CommitReport, SinkError
from pipeline.sinks.bigquery import BigQuerySink
from pipeline.sinks.bigquery.backoff import Backoff
from transforms.rows.schema import TABLES

Open = Callable[[str], BigQuerySink]
FAULTS = {"403": RATE, "429": BUSY, "500": FAULT, "503": AWAY, "hang": SILENCE, "lost": LOST}


def groups(rows: Any, run: str = "run1") -> dict[str, list[dict[str, Any]]]:
    return {
        "articles": [rows.article(n, day=(n % 3) or None, run=run) for n in range(20)],
        "events": [rows.event(n, day=1 + n % 3, run=run) for n in range(20)],
        "clusters": [rows.cluster(n, n, run=run) for n in range(20)],
    }


def everything(sink: BigQuerySink) -> dict[str, list[dict[str, Any]]]:
    return {
        name: sink.read(name, [column.name for column in table.stored_columns]).to_pylist()
        for name, table in TABLES.items()
    }


def first_of_each(answer: Answer) -> Callable[[Request], Answer | None]:
    """Of every kind of request the first goes wrong; silence takes time: once a way."""
    seen: Counter[str] = Counter()

    def fault(request: Request) -> Answer | None:
        way = request.path.split("?")[0]
        if answer is SILENCE:
            way = re.sub(r"rasd_\w+|_stage_\w+", "*", way)
        kind = f"{request.method} {way}" + (
            f" {len(request.body)}" if answer is not SILENCE else ""
        )
        seen[kind] += 1
        return answer if seen[kind] == 1 else None

    return fault


@pytest.fixture(scope="module")
def calm() -> list[Any]:
    """What stands where nothing fails, once it was asked for."""
    return []


@pytest.mark.reliability
@pytest.mark.parametrize("kind", FAULTS)
def test_r20_every_request_fails_once(
    kind: str, proxy: Proxy, open_quick: Open, dataset: str, rows: Any, calm: list[Any]
) -> None:
    proxy.fault = first_of_each(FAULTS[kind])
    sink = open_quick(dataset)
    sink.prepare()
    report = put(sink, groups(rows))
    changed = put(sink, {"articles": [rows.article(1, day=1, run="run2", summary="ملخص")]}, "run2")
    assert report.tables["articles"] == Changes(inserted=20)
    assert changed.tables["articles"] == Changes(replaced=1)
    failed = len(proxy.seen)
    found = everything(sink)
    proxy.fault = lambda _request: None
    if not calm:  # the same for every kind of fault
        quiet = open_quick(f"{dataset}_calm")
        quiet.prepare()
        put(quiet, groups(rows))
        put(quiet, {"articles": [rows.article(1, day=1, run="run2", summary="ملخص")]}, "run2")
        calm.append(everything(quiet))
    assert [found] == calm
    print(f"R20 {kind}: {failed} requests, every first one of a kind failed; 0 differing rows")


@pytest.mark.reliability
def test_r20_a_fifth_of_all_requests_fails(
    proxy: Proxy, open_quick: Open, dataset: str, rows: Any, sized: Callable[[int, int], int]
) -> None:
    dice = random.Random(20)  # noqa: S311 - it can be repeated
    kinds = [RATE, BUSY, FAULT, AWAY, LOST]
    failed = 0

    def fault(_request: Request) -> Answer | None:
        nonlocal failed
        if dice.random() >= 0.2:
            return None
        failed += 1
        return dice.choice(kinds)

    proxy.fault = fault
    sink, runs = open_quick(dataset), sized(3, 20)
    sink.prepare()
    for number in range(runs):
        report = put(sink, groups(rows, f"run{number}"), f"run{number}")
        assert report.tables["articles"].inserted == (20 if number == 0 else 0)
    found = everything(sink)
    total = len(proxy.seen)
    assert {name: len(found[name]) for name in ("articles", "events", "clusters")} == {
        "articles": 20,
        "events": 20,
        "clusters": 20,
    }
    print(f"R20 random: {failed} of {total} requests failed, {runs} commits; 0 rows lost or twice")


@pytest.mark.reliability
@pytest.mark.parametrize("kind", ["403", "429", "500", "503", "hang"])
def test_r20_what_never_passes_ends_after_five_growing_pauses(
    kind: str, proxy: Proxy, dataset: str, rows: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink = BigQuerySink(dataset, backoff=Backoff(timeout=2.0))
    sink.prepare()
    before = everything(sink)
    proxy.fault = lambda request: FAULTS[kind] if "/upload/" in request.path else None
    proxy.seen.clear()
    pauses: list[float] = []
    # the pauses are asked for and not waited for: their length is what is looked at
    monkeypatch.setattr("pipeline.sinks.bigquery.backoff.time.sleep", pauses.append)
    with pytest.raises(SinkError, match=r"no good answer") as caught:
        put(sink, groups(rows))
    monkeypatch.undo()
    monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", proxy.url)
    assert "\n" not in str(caught.value)
    assert sum("/upload/" in request.path for request in proxy.seen) == 5
    grown = [pause for pause in pauses if pause >= 1]  # shorter ones wait for jobs to end
    assert len(grown) == 4
    assert grown == sorted(grown)
    assert grown[-1] >= 8
    proxy.fault = lambda _request: None
    assert everything(sink) == before
    shown = ", ".join(f"{pause:.1f}" for pause in grown)
    print(f"R20 {kind} for ever: 5 tries, pauses of {shown} s, then one line; nothing changed")


def test_pauses_grow_with_jitter() -> None:
    backoff = Backoff(first=1.0, longest=60.0)
    drawn = [[backoff.pause(failed) for failed in range(1, 5)] for _ in range(50)]
    assert all(pauses == sorted(pauses) for pauses in drawn)
    assert len({pauses[0] for pauses in drawn}) > 1
    assert all(1 <= pauses[0] <= 1.5 and 8 <= pauses[3] <= 12 for pauses in drawn)
    assert backoff.pause(40) <= 90


def test_what_another_try_does_not_mend_is_not_tried_again(
    proxy: Proxy, open_quick: Open, dataset: str
) -> None:
    for status, reason, words in [
        (403, "accessDenied", "roles/bigquery"),
        (403, "quotaExceeded", "quota"),
        (403, "billingNotEnabled", "not allowed"),
        (404, "notFound", "no project"),
        (400, "invalid", "BigQuery answers"),
    ]:
        answer = Answer(status, reason, "Not found: Project test-project")
        proxy.fault = lambda request, answer=answer: answer if "/datasets" in request.path else None
        proxy.seen.clear()
        with pytest.raises(SinkError, match=words) as caught:
            open_quick(dataset).prepare()
        assert "\n" not in str(caught.value)
        assert len(proxy.seen) == 1, reason


@pytest.mark.parametrize("size", [1, 2, 17, 1000])
def test_r20_a_refused_row_becomes_a_dead_letter(
    size: int, proxy: Proxy, open_quick: Open, dataset: str, rows: Any
) -> None:
    sink = open_quick(dataset)
    sink.prepare()
    bad = size // 3
    articles = [rows.article(n, body="refuse me" if n == bad else "نص") for n in range(size)]
    proxy.refused = "refuse me"
    report = put(sink, {"articles": articles, "events": [rows.event(1)]})
    assert report.tables["articles"] == Changes(inserted=size - 1)
    assert report.tables["events"] == Changes(inserted=1)
    assert sink.read("articles").num_rows == size - 1
    (letter,) = sink.read("dead_letters").to_pylist()
    assert (letter["stage"], letter["reason"], letter["run_id"]) == (
        "deliver",
        "sink_refused",
        "run1",
    )
    assert letter["retriable"]
    assert articles[bad]["article_id"] in letter["payload"]
    assert "refused" in letter["detail"]
    tried = sum(count for count in proxy.loads if count)
    print(f"R20 a refused row of {size}: {len(proxy.loads)} loads, {tried} rows sent, 1 letter")


def test_no_row_is_tried_more_than_five_times(
    proxy: Proxy, open_quick: Open, dataset: str, rows: Any
) -> None:
    """A chain of files that hold the bad row: the whole, then ever smaller parts of it."""
    sink = open_quick(dataset)
    sink.prepare()
    proxy.refused = "refuse me"
    put(sink, {"articles": [rows.article(n, body="refuse me" * (n == 77)) for n in range(300)]})
    sizes = sorted(set(proxy.loads), reverse=True)
    assert sizes[0] == 300
    refused = [load for load in proxy._jobs.values() if load.get("status", {}).get("errorResult")]
    assert 1 < len(refused) <= 5


def test_a_refused_row_leaves_the_stored_one(
    proxy: Proxy, open_quick: Open, dataset: str, rows: Any
) -> None:
    sink = open_quick(dataset)
    sink.prepare()
    put(sink, {"articles": [rows.article(n) for n in range(3)]})
    proxy.refused = "refuse me"
    newer = [
        rows.article(n, run="run2", summary="refuse me" if n == 1 else "جديد") for n in range(3)
    ]
    report = put(sink, {"articles": newer}, "run2")
    assert report.tables["articles"] == Changes(replaced=2)
    found = {row["title"]: row["summary"] for row in sink.read("articles").to_pylist()}
    assert found == {"عنوان 0": "جديد", "عنوان 1": None, "عنوان 2": "جديد"}
    assert sink.read("dead_letters").num_rows == 1


def test_a_file_refused_as_a_whole_is_no_matter_of_rows(
    proxy: Proxy, open_quick: Open, dataset: str, rows: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.sinks.bigquery.load._MOST_LOADS", 20)
    sink = open_quick(dataset)
    sink.prepare()
    proxy.refused = "article_id"  # every row has it
    with pytest.raises(SinkError, match="too many rows"):
        put(sink, {"articles": [rows.article(n) for n in range(300)]})
    proxy.refused = None
    assert sink.read("articles").num_rows == 0


def test_a_job_that_fails_for_a_while_is_done_again_under_another_id(
    proxy: Proxy, open_quick: Open, dataset: str, rows: Any
) -> None:
    """A job that is accepted, runs, and ends in a fault of BigQuery's own."""
    sink = open_quick(dataset)
    sink.prepare()
    failing = {"left": 2}

    def upload(request: Request) -> tuple[int, dict[str, Any]] | None:
        if request.method != "PUT" or failing["left"] == 0:
            return None
        failing["left"] -= 1
        error = {"reason": "backendError", "message": "try again"}
        job = dict(proxy._uploads[request.path])
        job["status"] = {"state": "DONE", "errorResult": error, "errors": [error]}
        return 200, job

    proxy.upload = upload  # type: ignore[method-assign]
    report: CommitReport = put(sink, {"articles": [rows.article(1)]})
    assert report.tables["articles"] == Changes(inserted=1)
    started = [
        request.document["jobReference"]["jobId"]
        for request in proxy.seen
        if request.method == "POST" and "/upload/" in request.path
    ]
    assert len(started) == len(set(started)) == 3
    assert [name.rpartition("_")[2] for name in started] == ["1", "2", "3"]


def test_a_job_that_is_not_seen_at_once_is_looked_for_again(
    proxy: Proxy, open_quick: Open, dataset: str, rows: Any
) -> None:
    """Behind an answer that was lost: the id is taken, and the job not yet to be had."""
    sink = open_quick(dataset)
    sink.prepare()
    left = {"lost": 1, "unseen": 2}

    def fault(request: Request) -> Answer | None:
        if request.method == "PUT" and left["lost"]:
            left["lost"] -= 1
            return LOST
        if request.method == "GET" and "/jobs/" in request.path and left["unseen"]:
            left["unseen"] -= 1
            return Answer(404, "notFound", "Not found: Job")
        return None

    proxy.fault = fault
    assert put(sink, {"articles": [rows.article(1)]}).tables["articles"] == Changes(inserted=1)
    assert left == {"lost": 0, "unseen": 0}
