"""``rasd query``: every form in and out, and every mistake answered in one line."""

from __future__ import annotations

import csv
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pipeline_helpers import rasd

from pipeline.errors import UsageError
from pipeline.sql.catalogue import scripts
from pipeline.sql.data import open_data

BY_STATUS = "SELECT status, COUNT(*) AS n FROM events GROUP BY status ORDER BY n DESC, status"
COUNTED = [
    ("asserted", 11),
    ("future", 1),
    ("historical", 1),
    ("hypothetical", 1),
    ("negated", 1),
]


def query(*args: str, data):
    return rasd("query", *args, "--data", str(data))


def test_csv_and_json_and_parquet_and_table_say_the_same(hand_made):
    found = query(BY_STATUS, "--format", "csv", data=hand_made)
    assert found.returncode == 0, found.stderr.decode()
    rows = list(csv.reader(io.StringIO(found.stdout.decode(), newline="")))
    assert rows == [["status", "n"], *([status, str(n)] for status, n in COUNTED)]

    found = query(BY_STATUS, "--format", "json", data=hand_made)
    lines = [json.loads(line) for line in found.stdout.splitlines()]
    assert lines == [{"status": status, "n": n} for status, n in COUNTED]

    found = query(BY_STATUS, "--format", "parquet", data=hand_made)
    table = pq.read_table(pa.BufferReader(found.stdout))
    assert [tuple(row.values()) for row in table.to_pylist()] == COUNTED

    found = query(BY_STATUS, data=hand_made)
    text = found.stdout.decode()
    assert all(status in text for status, _ in COUNTED)
    assert "5 rows" in text
    assert found.stderr == b""


def test_a_query_from_a_file(hand_made, tmp_path):
    path = tmp_path / "q.sql"
    path.write_text(f"-- by status\n{BY_STATUS};\n", "utf-8")
    found = query("--file", str(path), "--format", "csv", data=hand_made)
    assert found.returncode == 0, found.stderr.decode()
    assert found.stdout.startswith(b"status,n\r\nasserted,11\r\n")


def test_a_shipped_query(hand_made):
    found = query("--named", "casualties", "--format", "csv", data=hand_made)
    assert found.stdout.decode().splitlines() == [
        "country,incidents,fatalities_min,fatalities_max,injured_max",
        "PSE,1,3,5,12",
    ]


@pytest.mark.parametrize("args", [(), ("--named", "list")])
def test_the_shipped_queries_are_listed_without_an_output(args, tmp_path):
    found = query(*args, data=tmp_path / "none")
    assert found.returncode == 0
    listed = [line.split()[0] for line in found.stdout.decode().splitlines()]
    assert listed == list(scripts("queries"))


def test_raw_csv_leaves_cells_alone(hand_made):
    sql = "SELECT '=1+1' AS cell, -1 AS number"
    assert b"'=1+1,-1" in query(sql, "--format", "csv", data=hand_made).stdout
    raw = query(sql, "--format", "csv", "--raw", data=hand_made).stdout
    assert raw == b"cell,number\r\n=1+1,-1\r\n"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("SELECT nothing FROM articles",), "nothing"),
        (("SELECT * FROM no_such_table",), "no_such_table"),
        (("SELECT FROM",), "parse"),
        (("DROP TABLE articles",), "only queries"),
        (("SELECT 1 AS x; SELECT 2 AS x",), "one query"),
        (("SELECT COUNTIF(TRUE) FROM articles",), "SUM"),
        (("SELECT CAST('x' AS INT64) AS x",), "Could not convert"),
        (("SELECT 1 AS x", "--named", "events"), "one of"),
        (("--named", "no_such_query"), "casualties"),
        (("--file", "no_such_file.sql"), "no_such_file.sql"),
        (("SELECT 1 AS x", "--format", "xml"), "csv"),
        (("SELECT 1 AS x", "--frmat", "csv"), "--format"),
        (("SELECT * FROM read_csv('/etc/hostname')",), "no table"),
        (("SELECT * FROM '/etc/hostname'",), "failed"),
    ],
)
def test_mistakes_are_answered_in_one_line(hand_made, args, words):
    found = query(*args, data=hand_made)
    assert found.returncode == 2
    assert found.stdout == b""
    lines = found.stderr.decode().splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("rasd: ")
    assert words in lines[0]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("nowhere", "no output at nowhere"),
        ("", "empty"),
        ("ftp://host/out", "unknown scheme"),
        ("parquet://nowhere", "no output"),
    ],
)
def test_a_missing_output_is_told_in_one_line(tmp_path, data, words):
    found = rasd("query", "SELECT 1 AS x", "--data", data, cwd=tmp_path)
    assert found.returncode == 2
    (line,) = found.stderr.decode().splitlines()
    assert words in line
    assert not list(tmp_path.iterdir())


def test_a_file_is_no_output(tmp_path):
    (tmp_path / "f").write_text("x")
    with pytest.raises(UsageError, match="no output at"):
        open_data(str(tmp_path / "f"))


def test_queries_reach_no_file_and_no_setting(hand_made_data):
    for sql in ("SELECT * FROM read_text('/etc/hostname')", "SELECT * FROM glob('/etc/*')"):
        with pytest.raises(UsageError):
            hand_made_data.sql(sql)
    with pytest.raises(UsageError):
        hand_made_data.sql("SET enable_external_access = true")
