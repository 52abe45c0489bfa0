"""Quality only goes up: every pinned figure is at least what it was (see pin.py)."""

from __future__ import annotations

import json

import pytest
from pipeline_helpers import ROOT

BASELINE = json.loads((ROOT / "tests" / "quality" / "baseline.json").read_text(encoding="utf-8"))
SUITES = {name: pinned for name, pinned in BASELINE.items() if "data_hash" in pinned}
PINNED = [(suite, figure) for suite in SUITES for figure in SUITES[suite]["floors"]]


@pytest.mark.parametrize(("suite", "figure"), PINNED, ids=[f"{s}.{f}" for s, f in PINNED])
def test_floor(suite, figure, quality_reports):
    report, pinned = quality_reports[suite], SUITES[suite]
    if report.hash_of(figure) != pinned.get("own_hashes", {}).get(figure, pinned["data_hash"]):
        pytest.skip(f"the data of {suite} is another than the floors were pinned on")
    measured = {each.name: each for each in report.figures}[figure]
    floor = SUITES[suite]["floors"][figure]
    print(f"{suite}.{figure}: {measured.value:.4f} (floor {floor})")
    if measured.higher_is_better:
        assert measured.value >= floor - 1e-9
    else:
        assert measured.value <= floor + 1e-9


def test_every_suite_is_pinned():
    assert set(SUITES) == {
        "extraction", "dates", "language", "dedup", "events", "incidents", "behaviour",
    }  # fmt: skip
    assert all(pinned["floors"] for pinned in SUITES.values())
