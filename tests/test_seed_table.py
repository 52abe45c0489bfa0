"""The tutorial's table of 300 articles is what its docstring says, and the same every time."""

from __future__ import annotations

import csv
import io
import subprocess
import sys

from pipeline_helpers import ROOT
from seed_table import COLUMNS, ENCODING, rows

from transforms.text.dates import parse_timestamp


def test_the_table_is_300_mixed_articles():
    table = rows()
    assert len(table) == 300
    assert len({tuple(row[3:5]) for row in table}) == 300
    assert [row[0] for row in table] == [str(number) for number in range(1, 301)]
    days = [parse_timestamp(row[1]) for row in table if row[1]]
    assert len(days) == 298
    assert all(day is not None and day.precision == "day" for day in days)
    assert sum(not row[4] for row in table) == 2
    assert sum(len(row) > len(COLUMNS) for row in table) == 1
    assert sum(row[3].startswith("=") for row in table) == 1


def test_the_command_writes_it_as_a_spreadsheet_does():
    command = [sys.executable, str(ROOT / "tests/seed_sources/seed_table.py")]
    written = subprocess.run(command, capture_output=True, check=True).stdout
    text = io.StringIO(written.decode(ENCODING), newline="")
    found = list(csv.reader(text, delimiter=";"))
    assert found == [list(COLUMNS), *rows()]
