"""R22: any documents, as one run or spread over several in any order: the same rows.

R22 (docs/reliability.md): documents three times, shuffled, seven days late.
"""

from __future__ import annotations

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from any_order import (
    COMPARED,
    DOCUMENTS,
    START,
    Straight,
    body,
    check_same,
    check_whole,
    deliver,
    draw_inputs,
    draw_parts,
    front_page,
    line,
    stored,
    written,
)
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from outputs import files

from pipeline.sinks.base import open_sink

pytestmark = pytest.mark.reliability


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("orders")


def holding(examples: int) -> Any:
    """How often a property is tried; not made smaller when it fails: each try is several runs."""
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.slow
def test_r22_any_documents_in_any_order_of_runs(folder, sized):
    runs: list[int] = []

    @holding(sized(6, 400))
    @given(data=st.data())
    def hold(data: st.DataObject) -> None:
        whole = Path(tempfile.mkdtemp(dir=folder))
        inputs = draw_inputs(data, sized(6, 9))
        deliver(whole / "once", inputs)
        parts = draw_parts(data, inputs)
        for part in parts:
            last = written(whole, part)
            force, size = data.draw(st.booleans()), data.draw(st.integers(1, 4))
            deliver(whole / "split", last, force=force, tick_size=size)
        once, split = stored(whole / "once"), stored(whole / "split")
        check_whole(once)
        check_whole(split)
        for table in COMPARED:
            check_same(split[table], once[table], table)
        before = files(whole / "split")
        deliver(whole / "split", last, force=force)
        assert files(whole / "split") == before, "a run again wrote a file again"
        runs.append(len(parts))
        shutil.rmtree(whole)

    hold()
    print(f"R22: {len(runs)} sets of documents in one run and in {sum(runs)}: the same rows")


def test_r22_pages_that_a_feed_lists_in_every_run(folder, sized):
    """A sighting leads to the latest version; what was not given yet is a dead letter till then."""

    @holding(sized(3, 150))
    @given(data=st.data())
    def hold(data: st.DataObject) -> None:
        whole = Path(tempfile.mkdtemp(dir=folder))
        inputs = [line(each) for each in data.draw(st.lists(DOCUMENTS, min_size=2, max_size=6))]
        deliver(whole / "once", [*inputs, front_page()])
        for part in draw_parts(data, inputs):
            last = written(whole, [*part, front_page()])
            deliver(whole / "split", last, tick_size=data.draw(st.integers(1, 4)))
        once, split = stored(whole / "once"), stored(whole / "split")
        check_whole(split)
        for table in COMPARED[:-1]:
            check_same(split[table], once[table], table)
        before = files(whole / "split")
        deliver(whole / "split", last)
        assert files(whole / "split") == before, "a run again wrote a file again"
        shutil.rmtree(whole)

    hold()


class Killed(Straight):
    """A run that ends where everything is delivered and nothing is complete."""

    def _tick_through(self, context: Any, inputs: Any) -> None:
        super()._tick_through(context, inputs)
        raise KeyboardInterrupt


def test_r22_a_killed_run_leaves_nothing_to_the_run_of_other_input(folder, sized):
    @holding(sized(2, 50))
    @given(data=st.data())
    def hold(data: st.DataObject) -> None:
        whole = Path(tempfile.mkdtemp(dir=folder))
        first, second, third = (draw_inputs(data, 4) for _ in range(3))
        for part in (first, third):
            deliver(whole / "unbroken", part)
        deliver(whole / "killed", first)
        with pytest.raises(KeyboardInterrupt):
            deliver(whole / "killed", second, run=Killed)
        assert list((whole / "killed" / "_inbox").rglob("*.parquet"))
        deliver(whole / "killed", third)
        assert not list((whole / "killed" / "_inbox").rglob("*.parquet"))
        unbroken = stored(whole / "unbroken")
        for table, rows in stored(whole / "killed").items():
            check_same(rows, unbroken[table], table)
        deliver(whole / "killed", second)
        deliver(whole / "at once", [*first, *second, *third])
        at_once = stored(whole / "at once")
        for table, rows in stored(whole / "killed").items():
            check_same(rows, at_once[table], table)
        shutil.rmtree(whole)

    hold()


def test_dates_asked_for_leave_no_relation_to_what_lies_outside(folder, sized):
    kept: list[int] = []

    @holding(sized(5, 50))
    @given(data=st.data())
    def hold(data: st.DataObject) -> None:
        whole = Path(tempfile.mkdtemp(dir=folder))
        inputs = draw_inputs(data, 8)
        first, last = (
            START.date() + timedelta(days=data.draw(st.sampled_from(gaps)))
            for gaps in ((-13, -4, -1), (0, 1, 9))
        )
        asked: dict[str, Any] = data.draw(
            st.sampled_from(
                ({"from_date": first, "to_date": last}, {"from_date": first}, {"to_date": last})
            )
        )
        for part in draw_parts(data, inputs):
            deliver(whole / "out", part, **asked)
        rows = stored(whole / "out")
        check_whole(rows)
        for row in rows["articles"]:
            if row["date"] is not None:
                assert asked.get("from_date", row["date"]) <= row["date"]
                assert row["date"] <= asked.get("to_date", row["date"])
        kept.append(len(rows["duplicates"]))
        shutil.rmtree(whole)

    hold()
    assert sum(kept), "no example had a pair left"


@pytest.mark.parametrize("days", [(0, 40), (40, 0), (40, 80, 0, 20)])
def test_an_undated_page_lies_where_it_was_first_fetched(folder, days):
    """Its events, pairs and cluster go with it; nothing is left behind where it lay."""
    output = Path(tempfile.mkdtemp(dir=folder)) / "out"
    same = {"text": 1, "variant": 0, "published": None} | dict.fromkeys(
        ("publisher", "feed_url", "id")
    )
    neighbours = [line(same | {"page": n, "fetched": 24 * day}) for n, day in ((1, 0), (2, 40))]
    deliver(output, neighbours)
    for day in days:
        deliver(output, [line(same | {"page": 0, "fetched": 24 * day})])
        check_whole(stored(output))
    rows = stored(output)
    (page,) = (row for row in rows["articles"] if row["url"].endswith("/0.html"))
    assert page["fetched_at"] == page["event_time"] == START
    assert len(rows["articles"]) == len(rows["clusters"]) == 3
    (pair,) = rows["duplicates"]
    assert page["article_id"] in (pair["article_a"], pair["article_b"])
    assert pair["day_gap"] == 0
    assert {row["date"] for row in rows["events"]} == {row["date"] for row in rows["articles"]}


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0, 1)])
def test_versions_stand_in_the_order_of_their_first_fetches(folder, order):
    output = Path(tempfile.mkdtemp(dir=folder)) / "out"
    same = {"page": 0, "text": 0, "published": -100} | dict.fromkeys(
        ("publisher", "feed_url", "id")
    )
    for number in order:
        late = [line(same | {"variant": number, "fetched": 200 + number})]
        deliver(output, late)
    for number in reversed(order):
        deliver(output, [line(same | {"variant": number, "fetched": 10 - number})])
    rows = stored(output)
    revisions = {row["article_id"]: row["revision"] for row in rows["clusters"]}
    by_body = {row["body"]: revisions[row["article_id"]] for row in rows["articles"]}
    assert by_body == {body(0, 2): 1, body(0, 1): 2, body(0, 0): 3}


@pytest.mark.parametrize("late", [0, 24])
def test_events_that_other_rules_found_go_when_the_article_comes_again(folder, late):
    output = Path(tempfile.mkdtemp(dir=folder)) / "out"
    same = {"page": 0, "text": 1, "variant": 0, "published": -100} | dict.fromkeys(
        ("publisher", "feed_url", "id")
    )
    deliver(output, [line(same | {"fetched": 0}), line(same | {"page": 1, "fetched": 0})])
    rows = stored(output)
    sink = open_sink(str(output))
    sink.prepare()
    old = [row | {"event_id": f"old-{number}"} for number, row in enumerate(rows["events"])]
    sink.commit("old", [sink.inbox.stage("old", "events", old)])
    sink.close()
    deliver(output, [line(same | {"fetched": late})])
    (other,) = (row["article_id"] for row in rows["articles"] if row["url"].endswith("/1.html"))
    found = {row["event_id"] for row in stored(output)["events"]}
    kept = {row["event_id"] for row in old if row["article_id"] == other}
    assert found == {row["event_id"] for row in rows["events"]} | kept
    assert kept
