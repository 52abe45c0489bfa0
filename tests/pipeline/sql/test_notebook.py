"""The notebook of the docs runs, over a bare output too, and its plots show what the rows say."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import altair as alt
import pandas as pd
import polars as pl
import pyarrow as pa
from pipeline_helpers import ROOT

from pipeline import open_data

NOTEBOOK = ROOT / "docs" / "notebook.py"


def _ran(monkeypatch, uri):
    """What the cells of the notebook define, run over an output."""
    monkeypatch.setattr(sys, "argv", ["notebook.py", "--data", str(uri)])
    spec = importlib.util.spec_from_file_location("notebook", NOTEBOOK)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.app.run()[1]


def test_the_notebook_answers_the_tutorials_questions_with_plots(seeds_output, monkeypatch):
    found = _ran(monkeypatch, seeds_output)
    plots = {name: each for name, each in found.items() if isinstance(each, alt.Chart)}
    assert set(plots) == {f"{n}_plot" for n in ("told", "attacks", "months", "headlines", "places")}
    for name, plot in plots.items():
        rows = found[name.removesuffix("_plot")]
        drawn = plot.to_dict()  # held to Vega-Lite's schema
        (values,) = drawn["datasets"].values()
        assert len(values) == rows.num_rows > 1, name
        for channel in drawn["encoding"].values():
            for each in channel if isinstance(channel, list) else [channel]:
                assert each["field"] in rows.column_names, name
    assert sum(found["months"]["events"].to_pylist()) == sum(
        1 for day in open_data(str(seeds_output)).sql("SELECT event_date AS d FROM v_events")["d"]
        if day.as_py()
    )  # fmt: skip


def test_the_notebook_runs_as_a_script(seeds_output):
    done = subprocess.run(
        [sys.executable, NOTEBOOK, "--", "--data", seeds_output],
        capture_output=True, timeout=120, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()


def test_rows_go_on_to_arrow_pandas_and_polars(seeds_output):
    rows = open_data(str(seeds_output)).sql(
        "SELECT event_id, event_date, event_time, confidence, actors, place, modes FROM v_events"
        " ORDER BY event_id"
    )
    assert isinstance(rows, pa.Table)
    frame, polars = rows.to_pandas(), pl.from_arrow(rows)
    assert isinstance(frame, pd.DataFrame)
    assert len(frame) == polars.height == rows.num_rows > 100
    assert list(frame["event_id"]) == polars["event_id"].to_list() == rows["event_id"].to_pylist()
    first = next(n for n, each in enumerate(rows["actors"].to_pylist()) if each)
    country = rows["actors"][first].as_py()[0]["country"]
    assert frame["actors"][first][0]["country"] == country
    assert polars["actors"][first].to_list()[0]["country"] == country
    assert str(frame["event_time"].dt.tz) == str(polars["event_time"].dtype.time_zone) == "UTC"
