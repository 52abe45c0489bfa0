"""What every sink holds to: one row per key, merged by one set of rules, all or nothing.

A new sink is added to the fixture ``uri`` (tests/pipeline/sinks/conftest.py) and has to pass.
"""

from __future__ import annotations

import pickle
import random
from datetime import UTC, date, datetime
from typing import Any

import pytest
from outputs import delete, keys_of, put

from pipeline.sinks.base import Changes, Sink, SinkError, open_sink
from pipeline.sinks.inbox import Inbox
from transforms.records import content_id
from transforms.rows.rows import resolved_row
from transforms.rows.schema import TABLES

DAY = date(2023, 9, 20)


def key(number: int) -> tuple[str]:
    return (content_id("article", str(number)),)


def everything(sink: Sink) -> dict[str, list[dict[str, Any]]]:
    """Every table's rows, the hidden column among them."""
    found = {}
    for name, table in TABLES.items():
        columns = [column.name for column in table.stored_columns]
        found[name] = sink.read(name, columns).to_pylist()
    return found


@pytest.mark.parametrize("table", TABLES)
def test_what_is_not_there_is_empty(uri: str, table: str) -> None:
    sink = open_sink(uri)
    found = sink.read(table)
    assert found.num_rows == 0
    assert tuple(found.column_names) == TABLES[table].names
    assert sink.dates(table) == set()


def test_read_gives_what_was_put(any_sink: Sink, rows: Any) -> None:
    article, undated, event = rows.article(1), rows.article(2, day=None), rows.event(1)
    feed = {"feed_url": "https://a.example/feed", "run_id": "run1", "pipeline_version": "0.1.0"}
    put(any_sink, {"articles": [article, undated], "events": [event], "feeds": [feed]})
    assert any_sink.read("articles").to_pylist() == [article, undated]
    assert any_sink.read("events").to_pylist() == [event]
    (stored,) = any_sink.read("feeds").to_pylist()
    assert {name: value for name, value in stored.items() if value is not None} == feed
    assert any_sink.read("articles", ["date", "title"]).to_pylist() == [
        {"date": DAY, "title": "عنوان 1"},
        {"date": None, "title": "عنوان 2"},
    ]
    assert any_sink.dates("articles") == {DAY, None}
    assert any_sink.dates("feeds") == {None}


def test_read_has_the_types_of_the_schema(any_sink: Sink, rows: Any) -> None:
    from transforms.rows.arrow import arrow_schema

    for put_first in (False, True):
        if put_first:
            put(any_sink, {"articles": [rows.article(1)], "events": [rows.event(1)]})
        for table in TABLES:
            assert any_sink.read(table).schema.equals(arrow_schema(table)), table


def test_read_by_day_and_by_value(any_sink: Sink, rows: Any) -> None:
    articles = [rows.article(1), rows.article(2, day=21), rows.article(3, day=None)]
    sightings = [rows.appearance("a", article_id="x"), rows.appearance("b"), rows.appearance("c")]
    put(any_sink, {"articles": articles, "appearances": sightings})
    by_day = {
        (date(2023, 9, 21), None): 2,
        (DAY,): 1,
        (None,): 1,
        (): 0,
        (date(2020, 1, 1),): 0,
    }
    for days, count in by_day.items():
        assert any_sink.read("articles", dates=days).num_rows == count, days
    found = any_sink.read("articles", ["title"], where={"article_id": [key(1)[0], key(3)[0], "?"]})
    assert found.column(0).to_pylist() == ["عنوان 1", "عنوان 3"]
    both = {"article_id": ["x"], "guid": ["a", "b"]}
    assert any_sink.read("appearances", ["guid"], where=both).column(0).to_pylist() == ["a", "b"]
    assert any_sink.read("appearances", where={"guid": []}).num_rows == 0
    there = any_sink.read("articles", dates=[DAY], where={"article_id": [key(1)[0], key(2)[0]]})
    assert there.num_rows == 1


def test_order_and_bundles_do_not_matter(uri: str, rows: Any) -> None:
    articles = [rows.article(n, day=(n % 3) or None) for n in range(40)]
    events = [rows.event(n, day=1 + n % 3) for n in range(40)]
    twice = [rows.article(n, day=(n % 3) or None, summary="ملخص") for n in range(0, 40, 4)]
    outputs = []
    for number in range(3):
        dice = random.Random(number)  # noqa: S311 - a shuffle that can be repeated
        size = 7 + 10 * number
        groups = {"articles": [*articles, *twice], "events": events}
        sink = open_sink(f"{uri}_{number}")
        sink.prepare()
        staged = []
        for table, group in groups.items():
            dice.shuffle(group)
            staged += [
                sink.inbox.stage("run1", table, group[at : at + size])
                for at in range(0, len(group), size)
            ]
        dice.shuffle(staged)
        sink.commit("run1", [*staged, staged[0]])
        outputs.append(everything(sink))
    assert outputs[0] == outputs[1] == outputs[2]
    assert len(outputs[0]["articles"]) == 40


def test_the_same_again_adds_nothing(any_sink: Sink, rows: Any) -> None:
    group = {"articles": [rows.article(n) for n in range(9)], "clusters": [rows.cluster(1, 1)]}
    first = put(any_sink, group)
    assert first.tables["articles"] == Changes(inserted=9)
    before = everything(any_sink)
    put(any_sink, group)  # the very same commit
    assert everything(any_sink) == before
    again = {
        "articles": [rows.article(n, run="run2") for n in range(9)],
        "clusters": [rows.cluster(1, 1, run="run2")],
    }
    report = put(any_sink, again, "run2")
    assert report.tables["articles"] == Changes(unchanged=9)
    assert report.tables["clusters"] == Changes(unchanged=1)
    assert everything(any_sink) == before


def test_the_same_again_brings_back_what_was_taken_out(any_sink: Sink, rows: Any) -> None:
    """Retention is not remembered: the same run on the same clock stores old articles again."""
    group = {"articles": [rows.article(n) for n in range(3)]}
    put(any_sink, group)
    before = everything(any_sink)
    delete(any_sink, {"articles": [key(1)]})
    assert keys_of(any_sink, "articles") == {key(0), key(2)}
    report = put(any_sink, group)  # the very same commit, on another state
    assert report.tables["articles"] == Changes(inserted=1, unchanged=2)
    assert everything(any_sink) == before
    other = open_sink(any_sink.uri)
    other.prepare()
    put(other, group)  # and once more, by another process
    assert everything(other) == before
    other.close()


def test_a_changed_fact_replaces(any_sink: Sink, rows: Any) -> None:
    put(any_sink, {"articles": [rows.article(1), rows.article(2)]})
    report = put(any_sink, {"articles": [rows.article(1, run="run2", summary="ملخص")]}, "run2")
    assert report.tables["articles"] == Changes(replaced=1)
    stored = {row["title"]: row for row in any_sink.read("articles").to_pylist()}
    assert stored["عنوان 1"]["summary"] == "ملخص"
    assert stored["عنوان 2"]["run_id"] == "run1"


def test_a_key_that_moves_leaves_its_old_partition(any_sink: Sink, rows: Any) -> None:
    put(any_sink, {"clusters": [rows.cluster(1, 1, day=None), rows.cluster(2, 2, day=5)]})
    moved = [rows.cluster(1, 2, day=5, run="run2"), rows.cluster(3, 3, day=5, run="run2")]
    put(any_sink, {"clusters": moved}, "run2")
    assert any_sink.dates("clusters") == {date(2023, 9, 5)}
    put(any_sink, {"clusters": [rows.cluster(3, 3, day=6, run="run3")]}, "run3")
    assert any_sink.read("clusters", dates=[date(2023, 9, 6)]).num_rows == 1
    assert keys_of(any_sink, "clusters") == {key(1), key(2), key(3)}
    assert any_sink.read("clusters").num_rows == 3


def test_a_commit_looks_where_it_is_told(any_sink: Sink, rows: Any) -> None:
    put(any_sink, {"clusters": [rows.cluster(1, 1, day=5), rows.cluster(2, 2, day=6)]})
    staged = any_sink.inbox.stage("run2", "clusters", [rows.cluster(1, 2, day=7, run="run2")])
    known = {"clusters": [date(2023, 9, 5)]}
    report = any_sink.commit("run2", [staged], {"clusters": [key(2)]}, known)
    # key 2 is void, but nobody says that it may lie on the 6th
    assert report.tables["clusters"] == Changes(replaced=1)
    assert any_sink.dates("clusters") == {date(2023, 9, 6), date(2023, 9, 7)}


def test_sightings_widen_and_move_to_the_first_day(any_sink: Sink, rows: Any) -> None:
    put(any_sink, {"appearances": [rows.appearance("g", day=5, article_id="a")]})
    put(any_sink, {"appearances": [rows.appearance("g", day=9, run="run2")]}, "run2")
    put(any_sink, {"appearances": [rows.appearance("g", day=2, run="run3")]}, "run3")
    (row,) = any_sink.read("appearances", [*TABLES["appearances"].names, "date"]).to_pylist()
    assert row["first_seen_at"] == datetime(2023, 11, 2, tzinfo=UTC)
    assert row["last_seen_at"] == datetime(2023, 11, 9, tzinfo=UTC)
    assert (row["article_id"], row["date"]) == ("a", date(2023, 11, 2))


def test_dead_letters_count_and_can_be_resolved(any_sink: Sink, rows: Any) -> None:
    url = "https://a.example/1"
    put(any_sink, {"dead_letters": [rows.dead_letter(url)]})
    put(any_sink, {"dead_letters": [rows.dead_letter(url, run="run2", day=3)]}, "run2")
    (row,) = any_sink.read("dead_letters").to_pylist()
    assert (row["attempts"], row["failed_at"]) == (2, datetime(2023, 11, 1, tzinfo=UTC))
    mended = resolved_row(row, rows.provenance("run3", 4))
    put(any_sink, {"dead_letters": [mended]}, "run3")
    (row,) = any_sink.read("dead_letters").to_pylist()
    assert (row["attempts"], row["resolved_run_id"]) == (2, "run3")


def test_keys_of_several_columns(any_sink: Sink, rows: Any) -> None:
    """Letters that the key's own form uses, and keys that agree in one column only."""
    guids = ["a", "a\x1f", "a\\u", "\\", "é", "ب", "a'); --", " "]
    put(any_sink, {"appearances": [rows.appearance(guid) for guid in guids]})
    report = put(any_sink, {"appearances": [rows.appearance(g, run="r2") for g in guids]}, "r2")
    assert report.tables["appearances"] == Changes(unchanged=len(guids))
    gone = [("https://a.example/feed", "a\x1f"), ("https://a.example/feed", "\\")]
    assert delete(any_sink, {"appearances": gone}).tables["appearances"] == Changes(deleted=2)
    left = {guid for _, guid in keys_of(any_sink, "appearances")}
    assert left == set(guids) - {"a\x1f", "\\"}


def test_void_rows_go_unless_staged_ones_come(any_sink: Sink, rows: Any) -> None:
    put(any_sink, {"articles": [rows.article(n) for n in range(4)]})
    staged = any_sink.inbox.stage("run2", "articles", [rows.article(1, run="run2", summary="جديد")])
    void = {"articles": [key(1), key(2), key(9)], "events": [("nowhere",)]}
    report = any_sink.commit("run2", [staged], void)
    assert report.tables["articles"] == Changes(inserted=1, deleted=2)
    assert keys_of(any_sink, "articles") == {key(0), key(1), key(3)}
    (row,) = any_sink.read("articles", where={"article_id": key(1)}).to_pylist()
    assert (row["run_id"], row["summary"]) == ("run2", "جديد")


def test_texts_come_back_as_they_were(any_sink: Sink, rows: Any) -> None:
    texts = [
        "",
        " ",
        "\n",
        "a\x00b",
        "'; DROP",
        "\\",
        '"',
        "\u202e",
        "é",
        "e\u0301",
        "👩🏽‍🌾",
        "ـ" * 5,
    ]
    put(any_sink, {"articles": [rows.article(n, body=text) for n, text in enumerate(texts)]})
    found = {row["title"]: row["body"] for row in any_sink.read("articles").to_pylist()}
    assert [found[f"عنوان {n}"] for n in range(len(texts))] == texts


def test_a_staged_file_that_is_gone_stops_the_commit(any_sink: Sink, rows: Any) -> None:
    put(any_sink, {"articles": [rows.article(1)]})
    before = everything(any_sink)
    kept = any_sink.inbox.stage("run2", "events", [rows.event(1)])
    lost = any_sink.inbox.stage("run2", "articles", [rows.article(2)])
    any_sink.inbox.files.remove(lost.path)
    with pytest.raises(SinkError) as caught:
        any_sink.commit("run2", [kept, lost])
    assert "\n" not in str(caught.value)
    assert everything(any_sink) == before


def test_it_travels_to_a_worker(any_sink: Sink, rows: Any) -> None:
    put(any_sink, {"articles": [rows.article(1)]})
    copy = pickle.loads(pickle.dumps(any_sink))  # noqa: S301 - our own bytes
    assert copy.uri == any_sink.uri
    assert copy.read("articles").num_rows == 1
    inbox: Inbox = pickle.loads(pickle.dumps(any_sink.inbox))  # noqa: S301 - the same
    staged = inbox.stage("run2", "articles", [rows.article(2)])
    any_sink.commit("run2", [staged])
    assert any_sink.read("articles").num_rows == 2


def test_a_manifest_is_kept(any_sink: Sink) -> None:
    assert "r1" in any_sink.write_manifest("r1", {"inputs": ["أ"], "n": 1})
    assert "r1" in any_sink.write_manifest("r1", {"inputs": ["ب"], "n": 2})
    any_sink.close()
