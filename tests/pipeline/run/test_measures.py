"""What is counted has one name everywhere, and stands in one table."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
from pipeline_helpers import ROOT

from pipeline.run.manifest import (
    measure_polls,
    measured_of,
    stage_counters,
    stage_spreads,
    stages_of,
)
from pipeline.run.measures import MEASURES, STAGES, Spread
from pipeline.run.metrics import Metrics
from transforms.metrics import full_name, taken_apart
from transforms.rejects import REASONS

BY_STAGE = {(each.stage, each.name): each for each in STAGES}
WRITTEN = re.compile(r"^([a-z_:]+)(?:\{reason=\"([a-z0-9_]+)\"\})? ([0-9.e+]+)$")


def test_a_name_stands_once_and_is_fit_for_prometheus():
    names = [name for each in MEASURES for name in (*each.prometheus, each.full_name)]
    assert all(re.fullmatch(r"rasd_[a-z_]+", name) for name in names)
    told = [name for each in MEASURES for name in each.prometheus]
    assert len(told) == len(set(told))
    assert all(each.about.endswith(".") for each in MEASURES)


@pytest.mark.parametrize("each", STAGES, ids=lambda each: each.full_name)
def test_beam_is_given_the_name_of_the_table(each):
    assert full_name(each.stage, each.name) == each.full_name
    assert taken_apart(f"rasd.{each.stage}", each.full_name) == (each.stage, each.name)
    assert taken_apart("apache.beam", each.full_name) is None


def _manifest(seeds_output: Path) -> dict:
    (path,) = (seeds_output / "_runs").glob("*.json")
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_run_counts_what_the_table_names(seeds_output):
    manifest = _manifest(seeds_output)
    for stage, counted in manifest["stages"].items():
        for name, value in counted.items():
            if name == "ms":
                assert BY_STAGE[stage, "microseconds"]
                continue
            each = BY_STAGE[stage, name]
            assert each.by_reason == isinstance(value, dict), each.full_name
            assert not each.by_reason or name == "polled" or set(value) <= set(REASONS)
    for stage, measured in manifest["measured"].items():
        for name, kept in measured.items():
            assert BY_STAGE[stage, name].kind == "distribution"
            assert kept["min"] * kept["count"] <= kept["sum"] <= kept["max"] * kept["count"]
    told = manifest["measured"]
    articles = manifest["committed"]["articles"]
    assert told["extract"]["words"]["count"] == articles
    assert told["events"]["coded"]["sum"] == manifest["stages"]["events"]["coded"]
    assert told["rows"]["rows"]["sum"] <= told["deliver"]["rows"]["sum"]
    assert told["settle"]["bundles"]["sum"] >= 1
    whole = told["document"]["microseconds"]["sum"]
    parts = sum(told[stage]["microseconds"]["sum"] for stage in ("extract", "language", "events"))
    assert 0 < parts <= whole


@pytest.mark.parametrize(
    "path",
    sorted(
        path
        for folder in ("pipeline", "transforms")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"\b(count|measure)\(", path.read_text("utf-8"))
    ),
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_the_code_names_nothing_that_is_not_in_the_table(path):
    tree = ast.parse(path.read_text("utf-8"))
    if "transforms.metrics" not in {
        node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
    }:
        return
    known = {each.name for each in STAGES}
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if not (isinstance(call.func, ast.Name) and call.func.id in {"count", "measure"}):
            continue
        words = (node for node in ast.walk(call.args[1]) if isinstance(node, ast.Constant))
        named = {word.value.rstrip(".") for word in words if isinstance(word.value, str)}
        assert named <= known, path.name


def test_a_stream_tells_prometheus_the_same(seeds_output):
    metrics = Metrics()
    summary = SimpleNamespace(
        manifest=_manifest(seeds_output), new_rows={"articles": 3}, dead_letters=2
    )
    metrics.add(summary, polled=4)
    metrics.add(summary, polled=4)
    found = {}
    for line in metrics.text().splitlines():
        if not line.startswith("#"):
            name, reason, value = WRITTEN.fullmatch(line).groups()
            found[name, reason or ""] = float(value)
    assert {name for name, _ in found} <= {name for each in MEASURES for name in each.prometheus}
    manifest = summary.manifest
    assert found["rasd_articles_total", ""] == 6
    assert found["rasd_extract_in_total", ""] == 2 * manifest["stages"]["extract"]["in"]
    rejected = manifest["stages"]["language"]["rejected"]["not_arabic"]
    assert found["rasd_language_rejected_total", "not_arabic"] == 2 * rejected
    words = manifest["measured"]["extract"]["words"]
    assert found["rasd_extract_words_sum", ""] == 2 * words["sum"]
    assert found["rasd_extract_words_max", ""] == words["max"]


def test_every_line_of_prometheus_has_its_type_once():
    metrics = Metrics()
    metrics.counts["fetch", "failed", "dns"] = 1
    metrics.counts["fetch", "failed", "timeout"] = 2
    metrics.spreads["fetch", "bytes"] = Spread.of([5, 7])
    lines = metrics.text().splitlines()
    types = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(types) == len(set(types))
    assert 'rasd_fetch_failed_total{reason="timeout"} 2' in lines
    assert "rasd_fetch_bytes_sum 12" in lines
    assert "rasd_read_in_total" not in types, "what never happened is not told"


def test_polls_are_counted_by_outcome():
    counters, spreads = Counter(), {}
    told = {"purpose": "feed", "outcome": "soft_empty", "bytes": 300, "elapsed_ms": 20}
    rows = [
        ("fetch_log", told),
        ("fetch_log", told | {"outcome": "dns", "bytes": None, "elapsed_ms": None}),
        ("fetch_log", told | {"purpose": "robots"}),
        ("feeds", {"feed_url": "x"}),
    ]
    measure_polls(rows, counters, spreads)
    assert stages_of(counters, spreads) == {
        "feeds": {"ms": 20.0, "polled": {"dns": 1, "soft_empty": 1}}
    }
    assert spreads["feeds", "bytes"] == Spread(1, 300, 300, 300)


def test_values_of_engines_are_added_up():
    def told(stage, name, value):
        key = SimpleNamespace(namespace=f"rasd.{stage}", name=full_name(stage, name))
        return SimpleNamespace(key=SimpleNamespace(metric=key), committed=value)

    def spread(*values):
        given = Spread.of(values)
        return SimpleNamespace(count=given.count, sum=given.sum, min=given.min, max=given.max)

    found = {
        "counters": [
            told("extract", "in", 2),
            told("extract", "in", 3),
            told("extract", "out", None),
        ],
        "distributions": [
            told("extract", "microseconds", spread(1500, 500)),
            told("extract", "microseconds", spread(2000)),  # of another step
            told("fetch", "bytes", spread(10)),
            told("fetch", "attempts", None),
        ],
    }
    result = SimpleNamespace(metrics=lambda: SimpleNamespace(query=lambda: found))
    spreads = stage_spreads(result)
    assert stages_of(stage_counters(result), spreads) == {
        "extract": {"in": 5, "out": 0, "ms": 4.0},
        "fetch": {"bytes": 10},
    }
    assert measured_of(spreads)["extract"]["microseconds"] == {
        "count": 3, "sum": 4000, "min": 500, "max": 2000,
    }  # fmt: skip
