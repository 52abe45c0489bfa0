"""Incidents in settle: over any commits, changes and removals those of the whole."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from any_order import Straight, check_whole, deliver, stored
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pipeline_helpers import rasd

from pipeline.evaluation.stories import read_stories
from pipeline.sinks.base import Sink, open_sink
from pipeline.sinks.parquet import ParquetSink
from pipeline.steps.incidents import regroup, reports_of
from transforms.rows.rows import Provenance
from transforms.settle import Report, assign_incidents, report_of

START = datetime(2024, 3, 4, tzinfo=UTC)
RUN = Provenance("run", "0.1.0", START)
TOWNS = {"كركوك": (35.47, 44.39), "أربيل": (36.19, 44.01)}


def event(number: int, drawn: Mapping[str, Any]) -> dict[str, Any]:
    """A row of ``events`` in which everything but grouping's business is the same."""
    told = None if drawn["told"] is None else START + timedelta(hours=6 * drawn["told"])
    day = (told or START).date() - timedelta(days=drawn["late"])
    span = {"field": "body", "char_start": 0, "char_end": 5}
    town = drawn["town"]
    nothing = dict.fromkeys(
        (
            "quad_gdelt", "cameo_code", "cameo_root", "goldstein", "plover_score", "speaker",
            "claim_status", "event_date_text", "fatalities_max", "injured_min", "injured_max",
        )
    )  # fmt: skip
    place = {
        "name": town, "text": town, "country": "IRQ", "admin1": None, "lat": TOWNS[town][0],
        "lon": TOWNS[town][1], "geonames_id": None, "precision": "city", "field": None,
        "char_start": None, "char_end": None,
    }  # fmt: skip
    return nothing | {
        "event_id": f"{number:032x}", "event_key": f"{number:032x}",
        "article_id": f"{number // 2:032x}", "event_type": "ASSAULT", "modes": [], "contexts": [],
        "status": drawn["status"], "quad_plover": "material_conflict", "actors": [],
        "recipients": [], "place": place, "event_date": day, "event_date_start": day,
        "event_date_end": day, "event_date_precision": "day",
        "event_date_basis": drawn["basis"], "fatalities_min": drawn["dead"],
        "trigger": span | {"text": "هاجم"},
        "evidence": [span | {"text": drawn["words"], "paragraph": 0}],
        "confidence": 0.9, "rule_id": "r", "coder_version": "1", "event_time": told,
        "run_id": "run", "pipeline_version": "0.1.0",
    }  # fmt: skip


DRAWN = st.fixed_dictionaries(
    {
        "told": st.one_of(st.none(), st.integers(0, 60)),
        "late": st.integers(0, 2),
        "town": st.sampled_from(sorted(TOWNS)),
        "status": st.sampled_from(("asserted", "asserted", "asserted", "historical")),
        "basis": st.sampled_from(("relative", "document")),
        "dead": st.sampled_from((None, 3, 9)),
        "words": st.sampled_from(("كنيسة", "كنيسة المطران", "حافلة عمال", "معمل إسمنت")),
    }
)


def commit(sink: Sink, number: int, now: Mapping[str, dict[str, Any] | None]) -> None:
    """Bring, change and take out events as settle does."""
    where = {"event_id": list(now)}
    old = {row["event_id"]: row for row in sink.read("events", where=where).to_pylist()}
    before = reports_of(old.values())
    reports: dict[str, Report | None] = {
        key: None if row is None else report_of(row) for key, row in now.items()
    }
    made = regroup(sink, RUN, reports, before)
    events = [row for row in now.values() if row is not None]
    staged = [
        sink.inbox.stage(f"run{number}", table, rows)
        for table, rows in (("events", events), ("incidents", made.rows))
        if rows
    ]
    gone = [(key,) for key, row in now.items() if row is None and key in old]
    dates = {"incidents": made.dates}
    sink.commit(f"run{number}", staged, {"events": gone, "incidents": made.void}, dates)


def whole(sink: Sink) -> tuple[dict[str, str], dict[str, str]]:
    """The incidents that are stored, and those of all stored events together."""
    rows = sink.read("incidents").to_pylist()
    reports = reports_of(sink.read("events").to_pylist())
    found = {row["event_id"]: row["incident_id"] for row in rows}
    assert len(found) == len(rows)
    return found, assign_incidents(reports.values())


@settings(
    max_examples=25,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_any_split_over_commits_with_changes_and_removals(tmp_path_factory, data):
    folder = Path(tempfile.mkdtemp(dir=tmp_path_factory.mktemp("incidents")))
    sink = open_sink(str(folder / "out"))
    sink.prepare()
    drawn = data.draw(st.lists(DRAWN, min_size=4, max_size=16))
    numbers = data.draw(st.permutations(range(len(drawn))))
    size = data.draw(st.integers(1, 6))
    parts = [numbers[at : at + size] for at in range(0, len(numbers), size)]
    for number, part in enumerate(parts):
        commit(sink, number, {f"{n:032x}": event(n, drawn[n]) for n in part})
        stored, right = whole(sink)
        assert stored == right
    for number in range(3):
        some = data.draw(st.sets(st.sampled_from(range(len(drawn))), min_size=1, max_size=3))
        changed: dict[str, dict[str, Any] | None] = {
            f"{n:032x}": None if data.draw(st.booleans()) else event(n, data.draw(DRAWN))
            for n in some
        }
        commit(sink, 100 + number, changed)
        stored, right = whole(sink)
        assert stored == right
    sink.close()
    shutil.rmtree(folder)


def documents(stories: int) -> list[str]:
    """The reports of some stories as prefetched documents."""
    told = read_stories("tuning").articles[: 4 * stories]
    return [
        json.dumps(
            {
                "url": each.url,
                "title": each.title,
                "body": each.body,
                "publisher": each.publisher,
                "published_at": each.published_at.isoformat() if each.published_at else None,
                "fetched_at": each.published_at.isoformat() if each.published_at else None,
            }
        )
        for each in told
    ]


def test_stories_in_any_order_of_runs(tmp_path):
    texts = documents(3)
    deliver(tmp_path / "once", texts)
    once = stored(tmp_path / "once")
    check_whole(once)
    incidents = {row["event_id"]: row["incident_id"] for row in once["incidents"]}
    assert len(set(incidents.values())) < len(incidents), "nothing was grouped"
    for turn, order in enumerate((texts[::-1], texts[1::2] + texts[::2])):
        output = tmp_path / f"order{turn}"
        for at in range(0, len(order), 5):
            deliver(output, order[at : at + 5], run=Straight)
        rows = stored(output)
        assert {row["event_id"]: row["incident_id"] for row in rows["incidents"]} == incidents


def test_an_output_of_an_older_version_gets_its_incidents(tmp_path):
    texts = documents(2)
    deliver(tmp_path / "out", texts[:6])
    shutil.rmtree(tmp_path / "out" / "incidents")
    deliver(tmp_path / "out", texts[6:])
    check_whole(stored(tmp_path / "out"))
    for command in (["recode"], ["prune", "--before", "2024-01-26"]):
        shutil.rmtree(tmp_path / "out" / "incidents")
        assert rasd(*command, "--data", str(tmp_path / "out")).returncode == 0
        check_whole(stored(tmp_path / "out"))


def test_a_tick_reads_the_days_round_it(tmp_path, monkeypatch):
    """No event is read without its days, few at a time, and without the days it is dated to."""
    output = tmp_path / "out"
    deliver(output, documents(5))
    reads: list[tuple[Any, ...]] = []
    original = ParquetSink.read

    def reading(self, table, columns=None, dates=None, where=None):
        found = original(self, table, columns, dates, where)
        if table == "events":
            reads.append((dates, where, found.num_rows))
        return found

    monkeypatch.setattr(ParquetSink, "read", reading)
    deliver(output, documents(6)[20:])
    assert reads
    for dates, where, _ in reads:
        assert dates is not None
        assert len(dates) <= 16
        assert where is not None


def test_the_named_query_shows_them(tmp_path):
    deliver(tmp_path / "out", documents(1))
    done = rasd("query", "--named", "incidents", "--data", str(tmp_path / "out"), "--format", "csv")
    assert done.returncode == 0
    assert "كركوك" in done.stdout.decode()


@pytest.mark.parametrize("days", [0, 1])
def test_what_is_pruned_leaves_its_incident(tmp_path, days):
    """The first report goes: the second begins the incident, as if it had been the only one."""
    texts = documents(1)
    deliver(tmp_path / "out", texts)
    day = date(2024, 3, 5) + timedelta(days=days)
    done = rasd("prune", "--data", str(tmp_path / "out"), "--before", day.isoformat())
    assert done.returncode == 0
    check_whole(stored(tmp_path / "out"))


def names(rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """The ids of events."""
    return {row["event_id"] for row in rows}


def test_what_is_taken_down_leaves_its_incident(tmp_path):
    output = tmp_path / "out"
    deliver(output, documents(1))
    before = stored(output)
    first = min(before["articles"], key=lambda row: row["event_time"])
    done = rasd("prune", "--data", str(output), "--url", first["url"])
    assert done.returncode == 0
    rows = stored(output)
    check_whole(rows)
    gone = names(row for row in before["events"] if row["article_id"] == first["article_id"])
    assert not gone & names(rows["incidents"])
    assert not gone & {row["incident_id"] for row in rows["incidents"]}


def test_recode_brings_incidents_up_to_date(tmp_path):
    """Events that other rules had coded otherwise are coded again, and grouped again."""
    output = tmp_path / "out"
    deliver(output, documents(1))
    right = stored(output)
    sink = open_sink(str(output))
    sink.prepare()
    rows = sink.read("events").to_pylist()
    sink.commit("none", (), {"events": [(row["event_id"],) for row in rows]})
    sink.commit("left", (), {"incidents": [(row["event_id"],) for row in rows]})
    sink.close()
    assert rasd("recode", "--data", str(output)).returncode == 0
    again = stored(output)
    check_whole(again)
    assert names(again["incidents"]) == names(right["incidents"])
