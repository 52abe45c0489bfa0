"""What the emulator does not do, through a server of ours: bytes of a dry run, and their limit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from bigquery_proxy import Proxy
from outputs import put

from pipeline.errors import UsageError
from pipeline.sinks.bigquery import BigQuerySink
from pipeline.sql.bigquery import MAX_BYTES, BigQueryData
from pipeline.sql.data import open_data

SQL = "SELECT COUNT(*) AS n FROM articles"


@pytest.fixture
def filled(
    proxy: Proxy, open_quick: Callable[[str], BigQuerySink], dataset: str, rows: Any
) -> Proxy:
    """Give the server, in front of a dataset with an article."""
    sink = open_quick(dataset)
    sink.prepare()
    put(sink, {"articles": [rows.article(1)]})
    proxy.seen.clear()
    return proxy


def queries(proxy: Proxy) -> list[dict[str, Any]]:
    """The configurations of the queries that were sent."""
    found = [request.document.get("configuration", {}) for request in proxy.seen]
    return [each for each in found if "query" in each]


def test_the_bytes_are_told_before_the_query_runs(
    filled: Proxy, dataset: str, capsys: pytest.CaptureFixture[str]
) -> None:
    filled.dry_bytes = 123_456_789
    assert open_data(dataset).sql(SQL).to_pylist() == [{"n": 1}]
    assert capsys.readouterr().err == "BigQuery: the query reads 123.5 MB\n"
    dry, real = queries(filled)
    assert dry["dryRun"] is True
    assert "dryRun" not in real
    assert real["query"]["maximumBytesBilled"] == str(MAX_BYTES) == "10000000000"


def test_a_query_over_the_limit_is_not_run(filled: Proxy, dataset: str) -> None:
    filled.dry_bytes = MAX_BYTES + 1
    with pytest.raises(UsageError, match=r"reads 10\.0 GB.*--max-bytes 10000000001") as caught:
        open_data(dataset).sql(SQL)
    assert "\n" not in str(caught.value)
    assert len(queries(filled)) == 1
    allowed = open_data(dataset, max_bytes=MAX_BYTES + 1)
    assert allowed.sql(SQL).to_pylist() == [{"n": 1}]
    assert queries(filled)[-1]["query"]["maximumBytesBilled"] == str(MAX_BYTES + 1)


def test_bigquery_itself_holds_the_limit(filled: Proxy, dataset: str) -> None:
    """The estimate may be too low: what is billed is held by BigQuery."""

    def say(_line: str) -> None:
        filled.dry_bytes = 50_000  # it turns out to be more than it was said to be

    data = BigQueryData(dataset, max_bytes=1_000, say=say)
    with pytest.raises(UsageError, match=r"would bill more than 1\.0 kB.*--max-bytes"):
        data.sql(SQL)
