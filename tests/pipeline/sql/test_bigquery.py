"""The seeds in BigQuery's emulator: the same rows, and the same answers to every view and query.

The emulator is BigQuery's own protocol and client, but another engine: what only the real one
does (bytes billed, limits) is in tests/pipeline/sinks/bigquery/test_stub.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from bigquery_emulator import new_dataset
from copies import copy_output
from pipeline_helpers import rasd

from pipeline.errors import UsageError
from pipeline.sinks.base import Changes, open_sink
from pipeline.sinks.bigquery import BigQuerySink
from pipeline.sql.bigquery import BigQueryData, in_words, name_in_full
from pipeline.sql.catalogue import scripts
from pipeline.sql.data import Answers, open_data
from transforms.rows.schema import STORED, TABLES

ALL = {
    f"{kind}/{name}": script.sql if kind == "queries" else f"SELECT * FROM {name}"
    for kind in ("views", "queries")
    for name, script in scripts(kind).items()
}


@pytest.fixture(scope="module")
def dataset(bigquery_host: str, seeds_output: Path, tmp_path_factory: Any) -> Any:
    """The seeds' rows, copied into a dataset once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BIGQUERY_EMULATOR_HOST", bigquery_host)
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        uri = new_dataset()
        sink = open_sink(uri)
        sink.prepare()
        copy_output(open_sink(str(seeds_output)), sink)
        yield uri


@pytest.fixture(scope="module")
def both(dataset: str, seeds_output: Path) -> tuple[Answers, Answers]:
    """The same rows in Parquet and in BigQuery."""
    return open_data(str(seeds_output)), open_data(dataset)


def plain(value: Any) -> Any:
    """A value that compares: a sum of floats depends on the order of its terms."""
    return round(value, 9) if isinstance(value, float) else value


def listed(table: pa.Table, *, ordered: bool) -> list[dict[str, Any]]:
    found = [{name: plain(value) for name, value in row.items()} for row in table.to_pylist()]
    return found if ordered else sorted(found, key=repr)


@pytest.mark.parametrize("table", STORED)
def test_every_cell_is_the_same(dataset: str, seeds_output: Path, table: str) -> None:
    columns = [column.name for column in STORED[table].stored_columns]
    there = open_sink(dataset).read(table, columns)
    here = open_sink(str(seeds_output)).read(table, columns)
    assert there.schema.equals(here.schema)
    assert there.to_pylist() == here.to_pylist()


def test_the_seeds_fill_the_tables_that_count(dataset: str) -> None:
    sink = open_sink(dataset)
    for table in ("articles", "clusters", "duplicates", "events", "appearances", "dead_letters"):
        assert sink.read(table).num_rows > 0, table


def test_the_seeds_again_add_nothing(dataset: str, seeds_output: Path) -> None:
    report = copy_output(open_sink(str(seeds_output)), open_sink(dataset), "again")
    assert report.tables
    for table, changes in report.tables.items():
        assert changes == Changes(unchanged=changes.unchanged), table
    assert report.files == 0


@pytest.mark.parametrize("script", ALL)
def test_every_script_answers_the_same(both: tuple[Answers, Answers], script: str) -> None:
    here, there = (data.sql(ALL[script]) for data in both)
    assert there.column_names == here.column_names
    ordered = script.startswith("queries/")  # a query promises its order, a view does not
    assert listed(there, ordered=ordered) == listed(here, ordered=ordered)


@pytest.mark.parametrize("view", scripts("views"))
def test_the_datasets_own_views_answer_the_same(
    both: tuple[Answers, Answers], dataset: str, view: str
) -> None:
    sink = open_sink(dataset)
    assert isinstance(sink, BigQuerySink)
    stored = sink.session.select(f"SELECT * FROM {sink.address.quoted(view)}")
    here = both[0].sql(f"SELECT * FROM {view}")
    assert stored.column_names == here.column_names
    assert listed(stored, ordered=False) == listed(here, ordered=False)


def test_tables_hide_their_partition_column(both: tuple[Answers, Answers]) -> None:
    for table in TABLES:
        names = [data.sql(f"SELECT * FROM {table} LIMIT 1").column_names for data in both]
        assert names[0] == names[1] == list(TABLES[table].names)


def test_hidden_tables_are_not_there(both: tuple[Answers, Answers]) -> None:
    for name in ("_ledger", "_runs", *(set(STORED) - set(TABLES))):
        for data in both:
            with pytest.raises(UsageError):
                data.sql(f"SELECT * FROM {name}")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT title, COUNT(*) AS n FROM articles a JOIN events e USING (article_id) GROUP BY 1",
        "WITH articles AS (SELECT title FROM v_articles) SELECT COUNT(title) AS n FROM articles",
        "SELECT articles.language, COUNT(*) AS n FROM articles GROUP BY 1 ORDER BY 1",
        "SELECT title FROM Articles WHERE article_id IN (SELECT article_id FROM EVENTS)",
        "SELECT e.event_id, x.name FROM events AS e, UNNEST(e.actors) AS x ORDER BY 1, 2",
        "SELECT * FROM (SELECT url FROM articles UNION ALL SELECT url FROM dead_letters) AS u",
        "-- a comment on articles\nSELECT 'articles' AS articles, COUNT(*) AS n FROM articles",
        "SELECT title FROM `articles` ORDER BY title, article_id LIMIT 3;",
    ],
)
def test_tables_are_found_wherever_they_stand(both: tuple[Answers, Answers], sql: str) -> None:
    here, there = (data.sql(sql) for data in both)
    assert listed(there, ordered=False) == listed(here, ordered=False)
    assert here.num_rows > 0


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT * FROM artcles", "did you mean articles"),
        ("SELECT * FROM other.articles", "plainly"),
        ("SELECT nothing FROM articles", "nothing"),
        ("SELECT FROM", "parse"),
        ("DROP TABLE articles", "only queries"),
        ("SELECT COUNTIF(TRUE) FROM articles", "SUM"),
    ],
)
def test_mistakes_are_answered_in_one_line(
    both: tuple[Answers, Answers], sql: str, words: str
) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        both[1].sql(sql)
    assert "\n" not in str(caught.value)


def _unlabelled(client: Any, path: str) -> Any:
    """A dataset whose views are of another version, as its label says."""
    dataset = client.get_dataset(path)
    dataset.labels = {**dataset.labels, "rasd_views": "older"}
    return dataset


@pytest.mark.usefixtures("bigquery")
def test_an_older_dataset_answers_too() -> None:
    sink = open_sink(new_dataset())
    assert isinstance(sink, BigQuerySink)
    sink.prepare()
    client = sink.session.client
    client.delete_table(sink.address.table("fetch_log"))
    client.delete_table(sink.address.table("clusters"))
    client.update_dataset(_unlabelled(client, sink.address.path), ["labels"])
    fields = list(client.get_table(sink.address.table("feeds")).schema)
    client.delete_table(sink.address.table("feeds"))
    from google.cloud import bigquery as google

    client.create_table(google.Table(sink.address.table("feeds"), schema=fields[:3]))
    said: list[str] = []
    data = BigQueryData(str(sink.address), say=said.append)
    for name in (*TABLES, "v_stories", "v_sources", "v_syndication"):
        shown = data.sql(f"SELECT * FROM {name}")
        assert shown.num_rows == 0
        if name in TABLES:
            assert tuple(shown.column_names) == TABLES[name].names
    assert said == ["BigQuery: the query reads 0 bytes"] * len(said)


@pytest.mark.usefixtures("bigquery")
def test_no_dataset_is_told_in_one_line() -> None:
    with pytest.raises(UsageError, match=r"no output at bigquery://p\.nothing") as caught:
        open_data("bigquery://p.nothing")
    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("bigquery")
def test_a_dataset_of_somebody_else_is_no_output() -> None:
    sink = open_sink(new_dataset())
    assert isinstance(sink, BigQuerySink)
    sink.session.client.create_dataset(sink.address.path)
    with pytest.raises(UsageError, match="no output at bigquery://"):
        open_data(str(sink.address))


def test_a_limit_is_for_bigquery_only(seeds_output: Path) -> None:
    with pytest.raises(UsageError, match="--max-bytes"):
        open_data(str(seeds_output), max_bytes=1)


def test_the_command(dataset: str) -> None:
    found = rasd("query", "--named", "event_types", "--data", dataset, "--format", "csv")
    assert found.returncode == 0, found.stderr.decode()
    assert found.stdout.startswith(b"event_type,")
    assert found.stderr.decode().splitlines() == ["BigQuery: the query reads 0 bytes"]
    found = rasd("query", "SELECT x FROM articles", "--data", dataset)
    assert found.returncode == 2
    assert len(found.stderr.decode().splitlines()) == 1


def test_names_are_replaced_and_nothing_else() -> None:
    sql = "SELECT a FROM t -- from t\nWHERE t.b = 't' AND c IN (SELECT t FROM u AS t)"
    assert name_in_full(sql, lambda name: f"`p.d.{name}`") == (
        "SELECT a FROM `p.d.t` AS `t` -- from t\n"
        "WHERE t.b = 't' AND c IN (SELECT t FROM `p.d.u` AS t)"
    )


def test_bytes_are_told_with_their_unit() -> None:
    sizes = [0, 999, 1000, 10_000_000_000, 2 * 10**18]
    assert [in_words(size) for size in sizes] == [
        "0 bytes",
        "999 bytes",
        "1.0 kB",
        "10.0 GB",
        "2000.0 PB",
    ]
