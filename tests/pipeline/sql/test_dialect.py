"""Every shipped script is portable; what is not is refused with advice."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest
import sqlglot

from pipeline.errors import UsageError
from pipeline.sql.catalogue import VIEW_ORDER, scripts
from pipeline.sql.dialect import to_duckdb

ALL = [(kind, script) for kind in ("views", "queries") for script in scripts(kind).values()]


@pytest.mark.parametrize(("kind", "script"), ALL, ids=[f"{kind}/{s.name}" for kind, s in ALL])
def test_shipped_scripts_are_portable_and_described(kind, script):
    assert to_duckdb(script.sql)
    assert len(script.about) > 20, (
        f"{kind}/{script.name}.sql: the first comment says what it answers"
    )
    assert script.about.endswith(".")


def test_the_contracts_views_are_all_there():
    assert set(VIEW_ORDER) == {
        "v_articles", "v_stories", "v_events", "v_incidents", "v_event_mentions",
        "v_syndication", "v_revisions", "v_sources", "v_timeline", "v_actor_pairs", "v_map",
        "v_health", "gdelt_events_v", "gdelt_mentions_v", "polecat_v", "acled_v",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sql", "advice"),
    [
        ("SELECT COUNTIF(x > 1) FROM t", "SUM"),
        ("SELECT EXTRACT(WEEK FROM d) FROM t", "ISOWEEK"),
        ("SELECT EXTRACT(WEEK(MONDAY) FROM d) FROM t", "ISOWEEK"),
        (
            "SELECT DATE_TRUNC(published_at, MONTH) FROM t",
            r"DATE_TRUNC\(DATE\(published_at\), ...\)",
        ),
        ("SELECT DATE_ADD(a.event_time, INTERVAL 1 DAY) FROM a", r"DATE_ADD\(DATE\(a.event_time\)"),
        ("SELECT TIMESTAMP_TRUNC(x, DAY) FROM t", "zone"),
        ("SELECT FORMAT_TIMESTAMP('%Y', x) FROM t", "zone"),
        ("SELECT APPROX_COUNT_DISTINCT(x) FROM t", "COUNT"),
        ("SELECT x, o FROM t, UNNEST(t.a) AS x WITH OFFSET AS o", "ROW_NUMBER"),
        ("SELECT ARRAY_AGG(x LIMIT 3) FROM t", "LIMIT"),
        ("SELECT FARM_FINGERPRINT(x) FROM t", "BigQuery's only"),
        ("DROP TABLE articles", "only queries"),
        ("SELECT 1; SELECT 2", "one query"),
        ("SELECT FROM WHERE", "parse"),
        ("", "the query is empty"),
        ("WITH a AS (DELETE FROM events RETURNING 1) SELECT * FROM a", "only queries"),
        ("WITH a AS (INSERT INTO t VALUES (1) RETURNING 1) SELECT * FROM a", "only queries"),
        ("WITH a AS (PRAGMA database_list) SELECT * FROM a", "only queries"),
        ("SELECT 1 INTO t", "INTO is refused"),
        ("SELECT * FROM read_text('/etc/passwd')", "no table"),
        ("SELECT * FROM duckdb_settings()", "no table"),
        ("SELECT * FROM t, query('SELECT 1')", "no table"),
        ("SELECT path FROM pragma_database_list", "DuckDB's own"),
        ("SELECT * FROM `DuckDB_Databases` AS d", "DuckDB's own"),
        ("SELECT * FROM main.sqlite_master", "name tables plainly"),
        ("SELECT current_setting('temp_directory')", "tells of no rows"),
        ("SELECT main.`current_setting`('temp_directory')", "tells of no rows"),
        ("SELECT SAFE.getvariable('x') FROM t", "tells of no rows"),
        ("SELECT current_database()", "tells of no rows"),
        ("SELECT @@time_zone", "tells of no rows"),
        ("SELECT " + "(" * 4000 + "1" + ")" * 4000, "nested too deeply"),
        ("SELECT " + "STRUCT(" * 24 + "1" + ")" * 24, "nested too deeply"),  # minutes, unguarded
        ("SELECT " + "STRING(" * 24 + "1" + ")" * 24, "nested too deeply"),
        ("X" * 9000, "X is refused"),
    ],
    ids=lambda value: value[:60],
)
def test_what_would_answer_otherwise_is_refused(sql, advice):
    with pytest.raises(UsageError, match=advice):
        to_duckdb(sql)


def test_brackets_that_are_few_or_of_no_types_are_parsed():
    within = "SELECT " + "(" * 40 + "1" + ")" * 40 + " + STRUCT(STRUCT(1 AS b) AS a).a.b"
    assert to_duckdb(within)
    assert to_duckdb("SELECT ARRAY(SELECT 1) AS a")


WEDNESDAY = "DATE '2024-01-31'"


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        (f"DATE_TRUNC({WEDNESDAY}, WEEK(MONDAY))", date(2024, 1, 29)),
        (f"DATE_TRUNC({WEDNESDAY}, ISOWEEK)", date(2024, 1, 29)),
        (f"DATE_TRUNC({WEDNESDAY}, WEEK)", date(2024, 1, 28)),
        (f"DATE_TRUNC({WEDNESDAY}, WEEK(SUNDAY))", date(2024, 1, 28)),
        (f"DATE_TRUNC({WEDNESDAY}, WEEK(SATURDAY))", date(2024, 1, 27)),
        (f"DATE_TRUNC({WEDNESDAY}, WEEK(WEDNESDAY))", date(2024, 1, 31)),
        (f"DATE_TRUNC({WEDNESDAY}, WEEK(THURSDAY))", date(2024, 1, 25)),
        ("DATE_TRUNC(DATE '2024-01-29', WEEK(MONDAY))", date(2024, 1, 29)),
        ("DATE_TRUNC(DATE '2024-01-28', WEEK(MONDAY))", date(2024, 1, 22)),
        (f"DATE_TRUNC({WEDNESDAY}, MONTH)", date(2024, 1, 1)),
        (f"DATE_TRUNC({WEDNESDAY}, QUARTER)", date(2024, 1, 1)),
        (f"DATE_TRUNC({WEDNESDAY}, YEAR)", date(2024, 1, 1)),
        ("DATE_TRUNC(DATE(TIMESTAMP '2024-01-31 23:30:00Z'), MONTH)", date(2024, 1, 1)),
        (f"DATE_ADD({WEDNESDAY}, INTERVAL 2 WEEK)", date(2024, 2, 14)),
        (f"DATE_SUB(DATE_TRUNC({WEDNESDAY}, WEEK), INTERVAL 1 WEEK)", date(2024, 1, 21)),
        (f"DATE_TRUNC(DATE_SUB({WEDNESDAY}, INTERVAL 3 DAY), WEEK)", date(2024, 1, 28)),
        ("EXTRACT(ISOWEEK FROM DATE '2024-12-30')", 1),
        ("EXTRACT(ISOYEAR FROM DATE '2024-12-30')", 2025),
        ("EXTRACT(DAYOFWEEK FROM DATE '2024-01-28')", 1),
        ("EXTRACT(DAYOFWEEK FROM DATE '2024-01-27')", 7),
        ("DATE_DIFF(DATE '2024-01-28', DATE '2024-01-27', WEEK)", 1),
        ("DATE_DIFF(DATE '2024-01-28', DATE '2024-01-27', ISOWEEK)", 0),
    ],
)
def test_weeks_and_days_are_those_of_bigquery(expression, value):
    """The values are BigQuery's, by its documentation; a date stays a date."""
    ((found,),) = duckdb.sql(to_duckdb(f"SELECT {expression} AS x")).fetchall()
    assert found == value
    assert type(found) is type(value)


LISTS = """CREATE TABLE t AS SELECT * FROM (VALUES
    (1, [{'name': 'x', 'codes': ['A', 'B']}, {'name': NULL, 'codes': NULL},
         {'name': 'y', 'codes': []}]),
    (2, []), (3, NULL)) AS v(n, parties)"""


@pytest.mark.parametrize(
    ("array", "one_by_one"),
    [
        ("SELECT p.name FROM UNNEST(t.parties) AS p", True),
        ("SELECT CONCAT(IFNULL(p.name, '-'), 1) FROM UNNEST(parties) AS p", True),
        ("SELECT ARRAY_TO_STRING(p.codes, ' ') FROM UNNEST(t.parties) AS p", True),
        ("SELECT p.name FROM UNNEST(t.parties) AS p WHERE p.name IS NOT NULL", False),
        ("SELECT DISTINCT t.n FROM UNNEST(t.parties) AS p", False),
        ("SELECT COUNT(p.name) FROM UNNEST(t.parties) AS p", False),
        ("SELECT ROW_NUMBER() OVER (ORDER BY p.name) FROM UNNEST(t.parties) AS p", False),
        ("SELECT AS STRUCT p.name FROM UNNEST(t.parties) AS p", False),
        ("SELECT p.name FROM UNNEST(t.parties) AS p LIMIT 1", False),
    ],
)
def test_what_lists_hold_is_taken_as_a_query_within_would(array, one_by_one):
    query = f"SELECT n, ARRAY({array}) AS x FROM t ORDER BY n"
    assert ("LIST_TRANSFORM" in to_duckdb(query)) == one_by_one
    with duckdb.connect() as connection:
        connection.execute(LISTS)
        found = connection.execute(to_duckdb(query)).fetchall()
        # DuckDB's own, as it is written.
        meant = sqlglot.transpile(query, read="bigquery", write="duckdb")[0]
        assert found == connection.execute(meant).fetchall()


@pytest.mark.parametrize(
    "proposed",
    [
        "SELECT SUM(IF(x > 1, 1, 0)) AS n FROM t",
        "SELECT COUNT(DISTINCT x) AS n FROM t",
        "SELECT x, COUNT(*) AS n FROM t GROUP BY x ORDER BY n DESC, x LIMIT 10",
        "SELECT DATE(at) AS d, DATE_TRUNC(DATE(at), MONTH) AS m FROM t",
        "SELECT SUBSTR(url, 1, 8) AS short, REGEXP_EXTRACT(url, r'://([^/]+)') AS host FROM t",
        "SELECT CAST(DATE(at) AS STRING) AS d, SUBSTR(CAST(DATE(at) AS STRING), 1, 7) AS m FROM t",
        "SELECT EXTRACT(ISOWEEK FROM DATE(at)) AS w FROM t",
        "SELECT x FROM t QUALIFY ROW_NUMBER() OVER (PARTITION BY url ORDER BY x) <= 3",
    ],
)
def test_what_refusals_propose_runs(proposed):
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE t AS SELECT 1 AS x, 'https://a.example/b' AS url, "
            "TIMESTAMPTZ '2024-01-31 10:00:00+00' AS at"
        )
        assert connection.execute(to_duckdb(proposed)).fetchall()
