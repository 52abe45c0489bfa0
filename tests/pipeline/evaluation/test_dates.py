"""The dates suite: its figures, its worst cases, and the data it needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.evaluation import dates

TIMEX = """<?xml version="1.0"?>
<TimeML>
وصل <TIMEX3 tid="t1" type="DATE" value="2015-12-24">اليوم</TIMEX3> &amp; غادر
<TIMEX3 tid="t2" type="DATE" value="2015-12-23">أمس</TIMEX3> و<TIMEX3 tid="t3" type="DATE"
value="1999">شيء</TIMEX3> ثم قبل يومين
</TimeML>
"""


def test_figures_of_a_small_corpus(tmp_path: Path) -> None:
    folder = tmp_path / "events" / "arabic_timex_news"
    folder.mkdir(parents=True)
    (folder / "doc1.tml").write_text(TIMEX, encoding="utf-8")
    report = dates.run(tmp_path)
    figures = {figure.name: figure for figure in report.figures}
    assert figures["timex_spans_precision"].value == pytest.approx(2 / 3)
    assert figures["timex_spans_recall"].value == pytest.approx(2 / 3)
    assert figures["timex_values"].value == 1
    assert figures["strings_wrong"].value == 0
    assert {(case.expected, case.got) for case in report.cases} == {
        ("1999", "not found"),
        ("nothing", "2015-12-22"),
    }


def test_wrong_strings_are_worse_than_missing_ones() -> None:
    table = "# comment\nx\t20 سبتمبر 2023\t-\t-\t2023-09-21 day\nx\tلا شيء\t-\t-\t2023-09-21 day\n"
    figures, cases = dates._strings(table)
    assert [figure.value for figure in figures] == [0, 1, 1]
    assert cases[0].badness > cases[1].badness


def test_missing_data_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        dates.run(tmp_path)
    assert "arabic_timex_news" in str(caught.value.filename)


def test_the_bars_are_reached(shared: Path) -> None:
    report = dates.run(shared / "data")
    assert [figure.name for figure in report.figures if figure.reached is False] == []
