"""The labelled pages reach their bars; the suite itself counts right."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.evaluation import extraction


def test_bars(shared: Path) -> None:
    report = extraction.run(shared / "data")
    missed = [figure for figure in report.figures if figure.reached is False]
    assert not missed, (missed, report.cases[:3])
    assert len(report.data_hash) == 32


def test_body_f1() -> None:
    assert extraction.body_f1("a b c", "a b c", []) == 1.0
    assert extraction.body_f1("a b x", "a b", ["x"]) == 1.0
    assert extraction.body_f1("a", "a x", ["x"]) == pytest.approx(2 / 3)
    assert extraction.body_f1("", "", []) == 1.0


def test_wrong_pages_are_cases(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    body = "بدأت البلدية أعمال الترميم في السوق القديم وسط المدينة، على أن تنتهي قبل الشتاء. " * 5
    good = (
        "<html><head><title>بدء ترميم السوق القديم وسط المدينة</title>"
        "<meta name=author content='سامر الخطيب'><meta name=date content='2024-01-01'></head>"
        f"<body><h1>بدء ترميم السوق القديم وسط المدينة</h1><p>{body}</p></body></html>"
    )
    (pages / "a.html").write_text(good, "utf-8")
    (pages / "b.html").write_text("<html></html>", "utf-8")
    (pages / "c.html").write_text(good.replace("2024-01-01", ""), "utf-8")
    gold = {"body": "نص آخر", "optional": [], "date": "2024-02-02", "author": "ليلى حداد"}
    (pages / "g.json").write_text(json.dumps(gold), "utf-8")
    rows = [{"set": "news11", "file": f"{name}.html", "gold": "g.json"} for name in "abc"]
    (pages / "manifest.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    report = extraction.run(tmp_path)
    figures = {figure.name: figure.value for figure in report.figures}
    assert figures["articles_refused"] == 1
    assert figures["dates_invented"] == 1
    assert figures["author_precision"] == 0
    assert {case.id for case in report.cases} >= {"a.html", "b.html", "c.html"}


def test_missing_data(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        extraction.run(tmp_path)
