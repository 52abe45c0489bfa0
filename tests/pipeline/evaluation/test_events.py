"""The events suite: its arithmetic, and that the own gold reaches its bars."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.evaluation import events
from pipeline.evaluation.events_seed import seed_figures


def test_own_sentences_are_measured_without_any_data(tmp_path: Path) -> None:
    report = events.run(tmp_path)  # no development data: the own gold alone
    figures = {figure.name: figure for figure in report.figures}
    assert {name.split("_")[0] for name in figures} == {"gold", "held"}
    assert all(name.endswith("_in_sample") for name in figures if name.startswith("gold"))
    assert not any(case.id.startswith("held_out") for case in report.cases)
    assert figures["gold_type_macro_f1_in_sample"].value > 0.8
    assert report.suite == "events"
    assert len(report.data_hash) == 16
    assert report.hash_of("gold_type_macro_f1_in_sample") == report.data_hash
    assert report.hash_of("held_out_precision") not in ("", report.data_hash)


def test_own_gold_quotes_itself() -> None:
    for case in json.loads(events.GOLD.read_text(encoding="utf-8")):
        for event in case["events"]:
            assert event["trigger"] in case["text"] + case.get("title", ""), case["id"]


def test_counts() -> None:
    counts = events.Counts(tp=3, fp=1, fn=2)
    assert counts.precision == pytest.approx(0.75)
    assert counts.recall == pytest.approx(0.6)
    assert counts.f1 == pytest.approx(2 / 3)
    assert events.Counts().f1 == 0


def test_calibration_error() -> None:
    assert events.calibration_error([(0.95, True)] * 19 + [(0.95, False)]) == pytest.approx(0)
    assert events.calibration_error([(1.0, False)]) == pytest.approx(1)
    assert events.calibration_error([]) == 0


def test_small_data_directory(tmp_path: Path) -> None:
    gsr = tmp_path / "events" / "arabic_event_gsr"
    gsr.mkdir(parents=True)
    head = "id,label,accept,reject,total,text\n"
    (gsr / "assault_gsr.csv").write_text(
        head
        + "1,yes,3,0,3,انفجرت سيارة مفخخة في بغداد امس وقتل 20 شخصا واصيب 60 في هجوم انتحاري.\n"
        + "2,easy no,0,3,3,خبزت الجدة كعكة.\n3,ambiguous,1,1,2,ضرب.\n",
        encoding="utf-8",
    )
    (gsr / "protest_gsr.csv").write_text(head + "4,easy no,0,3,3,نام القط.\n", encoding="utf-8")
    spans = [
        {
            "text": "اختطف مسلحون ثلاثة جنود.",
            "spans": [{"source_actor": ["مسلحون"], "target_actor": ["جنود"]}],
            "source_gold": "مسلحون",
            "target_gold": "جنود",
        }
    ]
    for name in ("assault", "protest"):
        (gsr / f"{name}_spans.json").write_text(
            json.dumps(spans if name == "assault" else []), encoding="utf-8"
        )
    report = events.run(tmp_path)
    figures = {figure.name: figure.value for figure in report.figures}
    assert figures["assault_f1"] == 1
    assert figures["actor_span_f1"] == 1
    assert figures["recipient_span_f1"] == 1


def test_seed_article_is_coded_whole_and_no_trap_is_hit(shared: Path) -> None:
    figures, cases, _ = seed_figures(shared / "data/events/seed_gold.json", shared / "seeds")
    values = {figure.name: figure.value for figure in figures}
    assert values["seed_required"] == 1, [c.id for c in cases]
    assert values["seed_traps"] == 0, [c.id for c in cases]


def test_no_seed_text_no_figures(tmp_path: Path) -> None:
    gold = {"document": {"file": "x.txt"}}
    (tmp_path / "gold.json").write_text(json.dumps(gold), encoding="utf-8")
    assert seed_figures(tmp_path / "gold.json", tmp_path) == ([], [], [])
