"""The suite of incidents: its stories are whole, its measures are what they say, so is the SQL."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from any_order import deliver
from outputs import put
from pipeline_helpers import ROOT

from pipeline.evaluation.incidents import (
    answers,
    b_cubed,
    group_coded,
    group_gold,
    latest_toll,
    run,
)
from pipeline.evaluation.stories import Half, path_of, read_stories
from pipeline.sinks.base import open_sink
from pipeline.sql.data import open_data
from transforms.enrich import code_events
from transforms.rows.rows import Provenance, article_row, event_row, incident_row
from transforms.settle import assign_incidents, report_of

HALVES: tuple[Half, ...] = ("tuning", "held_out")
RUN = Provenance("run", "0.1.0", datetime(2024, 3, 4, tzinfo=UTC))


def written() -> list[dict[str, Any]]:
    """Every story as it is written."""
    return [
        story
        for half in HALVES
        for story in tomllib.loads(path_of(half).read_text("utf-8"))["story"]
    ]


def test_there_are_sixty_stories_of_several_outlets():
    stories = written()
    assert len(stories) >= 60
    assert len({story["id"] for story in stories}) == len(stories)
    for story in stories:
        reports = story["reports"]
        assert 3 <= len(reports) <= 6, story["id"]
        assert len({report["outlet"] for report in reports}) >= 2, story["id"]
        for report in reports:
            assert 40 <= len(f"{report['title']} {report['body']}".split()) <= 120, report["title"]
            assert report["outlet"].endswith(".example")


def test_they_are_of_many_kinds():
    incidents = [each for story in written() for each in story["incidents"].values()]
    assert len({each["type"] for each in incidents}) >= 10
    assert len({each["country"] for each in incidents}) >= 25
    told = [len(story["incidents"]) for story in written()]
    assert sum(number > 1 for number in told) >= 30, "look-alikes and what else is told"


@pytest.mark.parametrize("half", HALVES)
def test_a_final_toll_is_told_by_the_last_report_that_gives_one(half):
    stories = read_stories(half)
    for incident in stories.incidents:
        rows = [dict(each.row) for each in stories.mentions if each.incident == incident.name]
        assert rows, f"{incident.name} is told by none"
        assert latest_toll(rows) == (incident.dead, incident.hurt), incident.name


def test_b_cubed():
    assert b_cubed(["a", "a", "b"], ["1", "1", "2"]) == (1.0, 1.0, 1.0)
    precision, recall, _ = b_cubed(["a", "a", "b"], ["1", "2", "2"])
    assert (precision, recall) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    precision, recall, _ = b_cubed(["a", "a"], ["1", None])
    assert (precision, recall) == (1.0, 0.5)


def test_one_event_answers_one_mention():
    stories = read_stories("tuning")
    coded = {
        each.article_id: [
            event_row(event, RUN)
            for event in code_events(each)
            if event.status == "asserted" and event.confidence >= 0.5
        ]
        for each in stories.articles[:20]
    }
    mentions = [each for each in stories.mentions if each.article.article_id in coded]
    found = [each for each in answers(mentions, coded) if each is not None]
    assert len(found) > len(mentions) / 2
    assert max(Counter(found).values()) == 1


def test_no_report_is_of_both_halves():
    one, other = (read_stories(half) for half in HALVES)
    names = [{each.name.partition("/")[0] for each in half.incidents} for half in (one, other)]
    assert not names[0] & names[1]
    assert abs(len(names[0]) - len(names[1])) <= 1


def test_the_figures_are_named_after_the_half_they_are_of():
    report = run(ROOT)
    names = [figure.name for figure in report.figures]
    assert len(set(names)) == len(names)
    assert all(figure.bar is None for figure in report.figures if "in_sample" in figure.name)
    assert names == sorted(names, key=lambda name: name.endswith("_in_sample"))
    assert group_gold(read_stories("held_out")).made.count(None) == 0


def test_the_view_says_what_is_measured(tmp_path):
    """``latest_toll`` is that of ``v_incidents``; so are the number of articles and the reports."""
    stories = read_stories("tuning")
    grouped = group_coded(stories)
    sink = open_sink(str(tmp_path / "out"))
    sink.prepare()
    events = [event_row(each, RUN) for article in stories.articles for each in code_events(article)]
    reports = [each for each in map(report_of, events) if each is not None]
    incidents = assign_incidents(reports)
    days = {each.event_id: each.stored for each in reports}
    rows = {
        "articles": [article_row(each, RUN) for each in stories.articles],
        "events": events,
        "incidents": [incident_row(*each, RUN, day=days[each[0]]) for each in incidents.items()],
    }
    put(sink, rows)
    sink.close()
    shown = open_data(str(tmp_path / "out")).sql("SELECT * FROM v_incidents").to_pylist()
    assert {row["incident_id"] for row in shown} == set(grouped.rows)
    for row in shown:
        told = grouped.rows[row["incident_id"]]
        dead, hurt = latest_toll(told)
        low, high = row["fatalities_min"], row["fatalities_max"]
        assert (low if low is not None else high) == dead
        low, high = row["injured_min"], row["injured_max"]
        assert (low if low is not None else high) == hurt
        assert set(row["event_ids"]) == {each["event_id"] for each in told}
        assert row["event_ids"][0] == row["incident_id"]
        assert row["article_count"] == row["origin_count"] == len({e["article_id"] for e in told})
        assert row["first_reported_at"] <= row["last_reported_at"]


def test_copies_of_one_text_are_one_origin(tmp_path):
    """Settled as a run settles them: a copy counts as an article and not as an origin."""
    first, second, *_ = read_stories("tuning").articles
    copy = replace(second, url="https://copy.example/1", publisher="copy.example")
    lines = [
        json.dumps(
            {
                "url": each.url, "title": each.title, "body": each.body * 2,
                "published_at": each.published_at.isoformat(),
                "fetched_at": each.published_at.isoformat(), "publisher": each.publisher,
            }
        )
        for each in (first, second, copy)
        if each.published_at
    ]  # fmt: skip
    deliver(tmp_path / "out", lines)
    sql = "SELECT article_count, origin_count FROM v_incidents WHERE event_type = 'ASSAULT'"
    rows = open_data(str(tmp_path / "out")).sql(sql).to_pylist()
    assert {"article_count": 3, "origin_count": 2} in rows
