"""The suite of languages counts what it says it counts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.evaluation.language import run

ARABIC = "قال الوزير إن المحادثات التي جرت أمس كانت مثمرة."
PERSIAN = "وزیر گفت که این گفتگوها برای دو طرف خوب بود و ادامه می‌یابد."


def test_figures_and_cases(tmp_path: Path) -> None:
    rows = [
        ("ar", "title", ARABIC),
        ("ar-arz", "title", PERSIAN),  # wrongly labelled: a miss
        ("fa", "lead", PERSIAN),
        ("en", "lead", ARABIC),  # the same
        ("mix-ar50-fa", "body", f"{ARABIC * 4} {PERSIAN * 4}"),
        ("mix-ar50-fa", "title", ARABIC),
    ]
    (tmp_path / "langid").mkdir()
    (tmp_path / "langid" / "langid.jsonl").write_text(
        "\n".join(
            json.dumps(dict(zip(("label", "length", "text"), row, strict=True))) for row in rows
        ),
        "utf-8",
    )
    report = run(tmp_path)
    values = {figure.name: (figure.value, figure.n) for figure in report.figures}
    assert values == {
        "arabic_kept_title": (0.5, 2),
        "arabic_kept_lead": (0.0, 0),
        "arabic_kept_body": (0.0, 0),
        "others_let_in_title": (0.0, 0),
        "others_let_in_lead": (0.5, 2),
        "others_let_in_body": (0.0, 0),
        "mixed_labelled_body": (1.0, 1),
        "mixed_labelled_lead": (0.0, 0),
    }
    assert [(case.id, case.expected, case.got) for case in report.cases] == [
        ("ar-arz/title", "ar", "1 other"),
        ("en/lead", "other", "1 ar"),
    ]


def test_without_data_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        run(tmp_path)


def test_the_bars_are_reached(shared: Path) -> None:
    missed = [figure.name for figure in run(shared / "data").figures if figure.reached is False]
    assert not missed
