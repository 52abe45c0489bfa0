"""``rasd recode``: stored articles under other rules, all events of an article in one commit."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime

from any_order import COMPARED, check_same, check_whole, stored
from outputs import delete, put
from pipeline_helpers import rasd

from pipeline.run.recode import Recoded, _recode_some
from pipeline.sinks.base import open_sink
from transforms.enrich import code_events
from transforms.records import Article
from transforms.rows.rows import Provenance


def test_an_output_that_is_up_to_date_does_not_change(seeds_output):
    done = rasd("recode", "--data", str(seeds_output))
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout == b""
    assert b"0 events differ" in done.stderr


def test_events_of_other_rules_are_replaced(seeds_output, tmp_path):
    output = tmp_path / "out"
    shutil.copytree(seeds_output, output)
    before = stored(output)
    sink = open_sink(str(output))
    sink.prepare()
    events = sorted(before["events"], key=lambda row: row["event_id"])
    missing, other, stray = events[0], events[1], events[2]
    delete(sink, {"events": [(missing["event_id"],)]})
    without_date = {name: value for name, value in other.items() if name != "date"}
    put(sink, {"events": [without_date | {"confidence": 0.011, "run_id": "old"}]}, "old")
    invented = {name: value for name, value in stray.items() if name != "date"}
    put(sink, {"events": [invented | {"event_id": "0" * 32, "run_id": "old"}]}, "old")
    sink.close()
    done = rasd("recode", "--data", str(output))
    assert done.returncode == 0, done.stderr.decode()
    said = done.stdout.decode()
    assert f"came 1 {missing['event_type']}\n    {missing['evidence'][0]['text']}\n" in said
    assert f"changed 1 {other['event_type']}\n" in said
    assert f"went 1 {stray['event_type']}\n" in said
    after = stored(output)
    check_whole(after)
    for table in COMPARED:
        check_same(after[table], before[table], table)


def test_nothing_stored_is_nothing_to_code(tmp_path):
    done = rasd("recode", "--data", str(tmp_path / "none"))
    assert done.returncode == 2
    assert b"no output at" in done.stderr


class Breaking:
    """Answers as a pool does, with the first event of an article of a type that no table takes."""

    def as_completed(self, articles):
        """Answer every article."""
        for index, article in enumerate(articles):
            first, *others = code_events(article)
            yield index, [replace(first, event_type="STRIKE"), *others]


def test_an_event_that_the_schema_refuses_becomes_a_dead_letter(seeds_output, tmp_path):
    output = tmp_path / "out"
    shutil.copytree(seeds_output, output)
    before = stored(output)
    event = min(before["events"], key=lambda row: (row["article_id"], row["event_id"]))
    found = Recoded()
    sink = open_sink(str(output))
    sink.prepare()
    where = {"article_id": {event["article_id"]}}
    (batch,) = sink.read("articles", Article.__slots__, {event["date"]}, where).to_batches()
    provenance = Provenance("r" * 32, "0", datetime(2026, 1, 1, tzinfo=UTC))
    _recode_some(sink, provenance, Breaking(), event["date"], batch, found)
    sink.close()
    after = stored(output)
    assert found.refused == 1
    assert len(after["events"]) == len(before["events"]) - 1
    letters = [row for row in after["dead_letters"] if row not in before["dead_letters"]]
    ((stage, reason, detail),) = [(r["stage"], r["reason"], r["detail"]) for r in letters]
    assert (stage, reason) == ("rows", "schema")
    assert "events: event_type is 'STRIKE'" in detail
