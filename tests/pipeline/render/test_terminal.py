"""Tables with Arabic: aligned, isolated on a terminal, plain elsewhere; texts never steer it."""

from __future__ import annotations

import io
import re

import pyarrow as pa
import pytest
from rich.cells import cell_len

from pipeline.render.explain import Explained, explain_page
from pipeline.render.explanation import show
from pipeline.render.tables import write_table
from pipeline.render.terminal import isolated, one_line
from transforms.records import Page, Rejected

FSI, PDI = "\u2068", "\u2069"
ROWS = pa.table(
    {
        "place": ["غزة", "Gaza", "خان يونس"],
        "sentence": [
            "قُتل 18 فلسطينياً على الأقل",
            "shelling",
            "وأصيب أكثر من أربعين آخرين بجروحٍ متفاوتةٍ، كما قالت المصادر ",
        ],
        "dead": [18, None, 3],
    }
)


class Terminal(io.BytesIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:  # noqa: D102 - as the stream's own
        return True


def written(table: pa.Table, stream: io.BytesIO) -> str:
    write_table(table, "table", stream)
    return stream.getvalue().decode()


@pytest.fixture(autouse=True)
def _columns(monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("TERM", "xterm")


def test_every_line_of_a_table_is_as_wide_as_the_others():
    text = written(ROWS, io.BytesIO())
    widths = {cell_len(line) for line in text.splitlines() if line[0] in "│┏┡└"}
    assert len(widths) == 1, "marks above and below letters take no column"


def test_what_is_no_terminal_gets_plain_text():
    text = written(ROWS, io.BytesIO())
    assert "\x1b" not in text
    assert FSI not in text
    assert "   18 │" in text, "numbers stand on the right"


def test_on_a_terminal_each_arabic_cell_is_isolated_on_each_of_its_lines():
    lines = written(ROWS, Terminal()).splitlines()
    arabic = [line for line in lines if re.search("[ا-ي]", line)]
    assert len(arabic) == 3, "the long sentence is folded"
    for line in arabic:
        bare = re.sub(r"\x1b\[[0-9;]*m", "", line)
        assert bare.count(FSI) == bare.count(PDI) > 0
        outside = re.sub(f"{FSI}[^{PDI}]*{PDI}", "", bare)
        assert not re.search("[\u0600-\u06ff]", outside), "no Arabic letter stands outside"
        assert "│" not in "".join(re.findall(f"{FSI}[^{PDI}]*{PDI}", bare))
    assert FSI not in next(line for line in lines if "Gaza" in line)


def test_labels_and_codes_stay_where_they_are():
    line = "   trigger     غاراته [24:30]   rule assault"
    assert isolated(line) == f"   trigger     {FSI}غاراته [24:30]{PDI}   rule assault"
    assert isolated("no Arabic here") == "no Arabic here"


def test_a_text_cannot_steer_the_terminal():
    hostile = "\x1b]0;title\x07خبر\u202eعاجل\u2066\n\x9b31m"
    assert one_line(hostile) == "\ufffd]0;title\ufffdخبرعاجل \ufffd31m"
    text = written(pa.table({"title": [hostile]}), io.BytesIO())
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2066]", text)


def test_an_explanation_cannot_steer_the_terminal_either():
    stream = io.BytesIO()
    show(Explained(None, None, rejected=Rejected("read", "bad_json", "\x1b[2J gone")), stream)
    assert b"\x1b" not in stream.getvalue()


def test_what_does_not_fit_side_by_side_is_shown_row_by_row():
    many = pa.table({f"column_{number}": ["خبر عاجل من بيروت", "y"] for number in range(9)})
    lines = written(many, io.BytesIO()).splitlines()
    assert lines[0].startswith("┏"), "160 columns are enough for nine"
    monitor = Terminal()
    lines = re.sub(r"\x1b\[[0-9;]*m", "", written(many, monitor)).splitlines()
    assert [line.split("─")[0].strip() for line in lines if line.startswith("row")] == [
        "row 1",
        "row 2",
    ]
    assert sum(line.startswith("column_") for line in lines) == 18
    assert lines[-1] == "2 rows"
    assert written(pa.table({"x": [1]}), io.BytesIO()).splitlines()[-1] == "1 row"


def test_an_article_stands_on_the_right_of_a_terminal_and_plain_in_a_file():
    explained = explain_page(Page("عاجل\n\nتظاهر المئات في تونس.".encode(), "text"))
    plain, terminal = io.BytesIO(), Terminal()
    show(explained, plain)
    show(explained, terminal)
    assert "\nتظاهر المئات في تونس.\n" in plain.getvalue().decode()
    lines = re.sub(r"\x1b\[[0-9;]*m", "", terminal.getvalue().decode()).splitlines()
    (line,) = [line for line in lines if line.strip().startswith(f"{FSI}تظاهر المئات")]
    assert cell_len(line) == 60
    assert line.endswith(PDI)
