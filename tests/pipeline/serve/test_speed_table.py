"""The table of the page's speed: its rows are what it says, and everything in it is measured."""

from __future__ import annotations

from pipeline_helpers import ROOT

from pipeline import open_data


def test_the_seeds_are_repeated_and_every_view_is_timed(seeds_output, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    from benchmarks import page

    output = tmp_path / "rows"
    page.repeat(str(seeds_output), str(output), 3_000)
    seeds, rows = open_data(str(seeds_output)), open_data(str(output))
    for table, key in (
        ("events", "event_id"),
        ("v_incidents", "incident_id"),
        ("articles", "body"),
    ):
        count = f"SELECT COUNT(*) AS n, COUNT(DISTINCT {key}) AS ids FROM {table}"
        ((before,), (after,)) = (each.sql(count).to_pylist() for each in (seeds, rows))
        times = -(-3_000 // seeds.sql("SELECT COUNT(*) AS n FROM events").to_pylist()[0]["n"])
        assert after == {name: number * times for name, number in before.items()}, table
    monkeypatch.setattr(page, "FILTERS", page.FILTERS[:2])
    found = page.measure(str(output), 1)
    assert set(found["views"]) > {"overview", "network", "an incident", "feeds"}
    assert set(found["filters"]) == set(page.FILTERS)
    lines = list(page.table({3_000: found}))
    assert {line.count("|") for line in lines} == {3}
