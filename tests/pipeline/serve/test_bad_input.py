"""What is wrong with the data or with who asks is told on the page, in one clear panel.

R16 (docs/reliability.md): cells that begin with = + - @ tab or CR, in what the page hands out.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import duckdb
import pyarrow.parquet as pq
import pytest
from outputs import put
from served import VIEWS, served

from pipeline.errors import UsageError
from pipeline.serve.snapshot import Snapshots
from pipeline.sinks.base import open_sink
from transforms.records import Article, Event, Evidence, Span
from transforms.rows.rows import Provenance, article_row, event_row, incident_row

WRONG = 'class="wrong"'
PAGES = ("/", *(f"/incidents?view={view}" for view in VIEWS), "/stories", "/feeds")
ENDLESS = "SELECT COUNT(*) AS n FROM " + ", ".join(f"events AS {name}" for name in "abcdef")


NOW = datetime(2024, 3, 10, 12, tzinfo=UTC)
RUN = Provenance("run1", "0.1.0", NOW)


def test_one_row_that_is_nowhere_and_of_nobody_is_shown(tmp_path):
    """One article, one event without place, day and parties; Latin within Arabic in its title."""
    article = Article(
        "a" * 32, "p", "غارة (raid) على gaza.", "h", "n", title="غارة (raid) على gaza-city.example",
        event_time=NOW,
    )  # fmt: skip
    event = Event(
        "e" * 32, "k", "a" * 32, "ASSAULT", status="asserted", quad_plover="material_conflict",
        trigger=Span("غارة", "body", 0, 4), confidence=0.9, rule_id="r", coder_version="1",
        evidence=(Evidence("غارة", "body", 0, 4, 0),), event_time=NOW,
    )  # fmt: skip
    made = {
        "articles": [article_row(article, RUN)],
        "events": [event_row(event, RUN)],
        "incidents": [incident_row("e" * 32, "e" * 32, RUN, day=NOW.date())],
    }
    put(open_sink(str(tmp_path)), made)
    with served(str(tmp_path)) as page:
        for path in (*PAGES, f"/incident/{'e' * 32}", f"/article/{'a' * 32}"):
            status, text, _ = page.get(f"{path}{'&' if '?' in path else '?'}lang=en")
            assert (status, WRONG in text) == (200, False), path
            assert "None" not in re.sub(r"<pre.*?</pre>", "", text, flags=re.DOTALL), path
        assert "1 incidents without a known place" in page.get("/incidents?lang=en&view=map")[1]
        assert "undated" in page.get("/incidents?lang=en")[1]
        listed = page.get("/incidents")[1]
        assert 'dir="auto">غارة (raid) على gaza-city.example</a>' in listed


def test_tables_that_are_missing_are_empty_ones(seeds_output, tmp_path):
    shutil.copytree(seeds_output, tmp_path / "out")
    for table in ("events", "incidents", "clusters", "duplicates", "feeds", "appearances"):
        shutil.rmtree(tmp_path / "out" / table)
    with served(str(tmp_path / "out")) as page:
        for path in PAGES:
            status, text, _ = page.get(path)
            assert (status, WRONG in text) == (200, False), path
        assert "<dd>62</dd>" in page.get("/?lang=en")[1], "the articles are still there"


def test_rows_of_an_older_schema_are_shown_and_those_of_a_newer_one_refused(seeds_output, tmp_path):
    output = tmp_path / "out"
    shutil.copytree(seeds_output, output)
    later = {"events": ["claim_status", "speaker"], "articles": ["dateline", "agency"]}
    schema = json.loads((output / "_schema.json").read_text("utf-8"))
    for table, columns in later.items():
        described = schema["tables"][table]
        described["columns"] = [c for c in described["columns"] if c["name"] not in columns]
        for file in (output / table).rglob("*.parquet"):
            rows = pq.ParquetFile(file).read().drop_columns(columns)
            pq.write_table(rows, file)
    (output / "_schema.json").write_text(json.dumps(schema), encoding="utf-8")
    with served(str(output)) as page:
        for path in PAGES:
            status, text, _ = page.get(path)
            assert (status, WRONG in text) == (200, False), path
    schema["tables"]["events"]["columns"].append({"name": "mood", "type": "STRING"})
    (output / "_schema.json").write_text(json.dumps(schema), encoding="utf-8")
    with pytest.raises(UsageError, match=r"mood is unknown.*upgrade") as told:
        Snapshots(str(output))
    assert "\n" not in str(told.value)


def test_a_query_that_takes_too_long_leaves_a_panel_and_a_page_that_answers(seeds_output):
    with served(str(seeds_output), seconds=0.3) as page:
        status, text, _ = page.get(f"/sql?lang=en&q={ENDLESS}")
        assert (status, WRONG in text) == (200, True)
        assert "was stopped after 0.3 seconds" in text
        assert WRONG not in page.get("/?lang=en")[1]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT CAST('infinity' AS DATE) AS d", "d holds a day before year 1 or after"),
        ("SELECT CAST('290000-01-01' AS TIMESTAMP) AS d", "d holds a day before year 1 or after"),
        ("SELECT 1 AS a, 'x' AS b, 2 AS a", "two columns are called a"),
        ("SELECT REPEAT('x', 300000000) AS x", "more than 256 MB"),
    ],
)
def test_what_no_table_can_show_is_told_on_the_page_and_for_a_file(page, query, said):
    status, text, _ = page.get(f"/sql?lang=en&q={query}")
    assert (status, WRONG in text, said in text) == (200, True, True)
    status, text, _ = page.get(f"/rows.csv?q={query}")
    assert (status, said in text) == (400, True)
    status, text, _ = page.get(f"/rows.csv?lang=en&q={query}", Accept="text/html")
    assert (status, WRONG in text, said in text) == (400, True, True)


def test_no_query_changes_the_rows_that_are_shown(seeds_output):
    """The guard refuses such a query; behind it the copy itself cannot be written."""
    data = Snapshots(str(seeds_output))
    asked = "WITH gone AS (DELETE FROM events RETURNING event_id) SELECT COUNT(*) AS n FROM gone"
    with pytest.raises(UsageError, match="only queries"):
        data.ask(asked, rows=1)
    with pytest.raises(duckdb.Error, match="read-only"):
        data._copy.data._connection.execute(asked)
    assert data.ask("SELECT COUNT(*) AS n FROM events", rows=1).rows()[0]["n"] > 1000


def test_two_tabs_are_answered_each_with_its_own(page):
    paths = [
        f"{each}{'&' if '?' in each else '?'}lang={way}" for each in PAGES for way in ("ar", "en")
    ]
    paths += [f"/incidents?type={each}" for each in ("ASSAULT", "PROTEST", "NOSUCH")] * 2
    alone = {path: _plain(page.get(path)) for path in paths}
    page.data.forget()
    with ThreadPoolExecutor(8) as tabs:
        together = dict(
            zip(paths, tabs.map(lambda path: _plain(page.get(path)), paths), strict=True)
        )
    assert together == alone


def _plain(answer):
    """Status and text, without how long each query took."""
    return answer[0], re.sub(r"[\d.,]+ (ms|مللي ثانية)", "", answer[1])


@pytest.mark.parametrize("cell", ["=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1", "=HYPERLINK(1)"])
def test_r16_no_cell_that_is_handed_out_is_a_formula(page, cell):
    """R16 for the page's downloads."""
    asked = f"q=SELECT '{cell}' AS x, -1 AS n"
    (row,) = csv.DictReader(io.StringIO(page.get(f"/rows.csv?{asked}")[1].lstrip("\ufeff")))
    assert (row["x"], row["n"]) == (f"'{cell}", "-1")
