"""Beam is given whole names, and gives them back in their parts."""

from __future__ import annotations

import apache_beam as beam
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from transforms.metrics import count, full_name, measure, measure_all, taken_apart


def _counted(number: int) -> int:
    count("extract", "in")
    count("extract", "rejected.no_text", number)
    measure("extract", "words", number)
    measure_all([("rows", "rows", number), ("rows", "bytes", 10 * number)])
    return number


def test_what_a_step_counts_comes_back_by_stage_and_name():
    root = beam.Pipeline(runner=FnApiRunner())
    _ = root | "Numbers" >> beam.Create([2, 5]) | "Count" >> beam.Map(_counted)
    result = root.run()
    result.wait_until_finish()
    found = result.metrics().query()
    counters = {
        taken_apart(each.key.metric.namespace, each.key.metric.name): each.committed
        for each in found["counters"]
    }
    assert counters[("extract", "in")] == 2
    assert counters[("extract", "rejected.no_text")] == 7
    spreads = {
        taken_apart(each.key.metric.namespace, each.key.metric.name): each.committed
        for each in found["distributions"]
    }
    assert spreads[("extract", "words")].min == 2
    assert spreads[("rows", "bytes")].sum == 70
    names = {each.key.metric.name for each in found["distributions"]}
    assert "rasd_extract_words" in names


def test_outside_of_a_pipeline_nothing_is_counted_and_nothing_breaks():
    assert _counted(1) == 1


def test_names_of_others_are_not_ours():
    assert taken_apart("apache.beam", full_name("a", "b")) is None
    assert taken_apart("rasd.a", full_name("a", "b")) == ("a", "b")
