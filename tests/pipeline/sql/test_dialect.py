"""Every shipped script is portable; what is not is refused with advice."""

from __future__ import annotations

import pytest

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
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sql", "advice"),
    [
        ("SELECT COUNTIF(x > 1) FROM t", "SUM"),
        ("SELECT EXTRACT(DAYOFWEEK FROM d) FROM t", "DAYOFWEEK"),
        ("SELECT EXTRACT(WEEK FROM d) FROM t", "weeks"),
        ("SELECT DATE_TRUNC(d, MONTH) FROM t", "EXTRACT"),
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
    ],
)
def test_what_would_answer_otherwise_is_refused(sql, advice):
    with pytest.raises(UsageError, match=advice):
        to_duckdb(sql)
