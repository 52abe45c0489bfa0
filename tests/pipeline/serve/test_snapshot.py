"""The copy of the rows that pages ask: it follows them, and says when it cannot."""

from __future__ import annotations

import shutil

import pytest
from pipeline_helpers import rasd
from served import served

from pipeline import open_data
from pipeline.serve.filters import filters_of
from pipeline.serve.report import write_report
from pipeline.serve.snapshot import Snapshots
from pipeline.serve.texts import locale_of


def test_rows_that_change_are_seen_and_files_that_go_are_no_error(seeds_output, tmp_path):
    output = tmp_path / "out"
    shutil.copytree(seeds_output, output)
    now = [0.0]
    data = Snapshots(str(output), clock=lambda: now[0])
    count = "SELECT MAX(LENGTH(body)) AS longest, COUNT(*) AS n FROM articles"
    before = data.ask(count, rows=1).rows()[0]["n"]
    done = rasd("prune", "--data", str(output), "--before", "2023-12-01")
    assert done.returncode == 0, done.stderr.decode()
    # Not looked at again yet: the state that was read stays whole, though its files are gone.
    assert data.ask(f"{count} WHERE TRUE", rows=1).rows()[0]["n"] == before
    now[0] = 60.0
    data.ask(count, rows=1)  # sees that they changed, and answers from what it has
    data.catch_up()
    after = data.ask(count, rows=1).rows()[0]["n"]
    assert 0 < after < before
    assert after == open_data(str(output)).sql(count).to_pylist()[0]["n"]


@pytest.mark.parametrize("harm", ["folder", "file"])
def test_rows_that_cannot_be_read_any_more_are_told_of(seeds_output, tmp_path, harm):
    output = tmp_path / "out"
    shutil.copytree(seeds_output, output)
    with served(str(output)) as page:
        now = [page.data._clock()]
        page.data._clock = lambda: now[0]

        def later():
            now[0] += 1000
            page.get("/")
            page.data.catch_up()
            status, text, _ = page.get("/?lang=en")
            assert (status, "<dd>62</dd>" in text) == (200, True)
            return "The newest rows cannot be read" in text

        assert not later()
        moved = output.rename(tmp_path / "moved")
        if harm == "file":
            shutil.copytree(moved, output)
            shutil.rmtree(output / "events")
            (output / "events").write_text("no table", encoding="utf-8")
        assert later()
        assert later(), "and again"
        shutil.rmtree(output, ignore_errors=True)
        moved.rename(output)
        assert not later()


def test_texts_are_not_all_held(seeds_output):
    data = Snapshots(str(seeds_output))
    data.ask("SELECT title FROM articles", rows=500)
    data.ask("SELECT REPEAT(body, 40) AS body FROM articles", rows=500)
    assert [query for query, _ in data._held] == ["SELECT title FROM articles"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"from": "1990-01-01", "to": "1990-01-31"}, "1 January 1990 – 31 January 1990 ·"),
        ({"from": "2024-02-01"}, "since 1 February 2024 ·"),
        ({"to": "1990-01-01"}, "until 1 January 1990 ·"),
    ],
)
def test_a_report_names_the_days_that_were_asked_for(page, asked, said):
    report = write_report(page.data, filters_of(asked), locale_of("en", None)).decode()
    assert f'<p class="lede">{said}' in report
