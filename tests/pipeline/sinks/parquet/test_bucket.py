"""The Parquet sink in Google Cloud Storage, against a local emulator where one is installed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from buckets import emulated_bucket
from outputs import delete, put

from pipeline.sinks.base import SinkError, open_sink
from pipeline.sinks.parquet import ParquetSink


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Start an emulator with one bucket; give the bucket's URI."""
    with emulated_bucket(monkeypatch) as uri:
        yield uri


def test_a_bucket_holds_the_same_tables(bucket: str, rows: Any) -> None:
    sink = open_sink(f"{bucket}/out")
    assert isinstance(sink, ParquetSink)
    sink.prepare()
    assert sink.read("articles").num_rows == 0
    first = [rows.article(1), rows.article(2, day=3)]
    put(sink, {"articles": first, "clusters": [rows.cluster(1, 1)]}, "r1")
    moved = [rows.cluster(1, 2, day=None)]
    put(sink, {"articles": [rows.article(3, day=3)], "clusters": moved}, "r2")
    assert sink.read("articles", dates=[date(2023, 9, 3)]).num_rows == 2
    assert sink.read("clusters", ["date"]).to_pylist() == [{"date": None}]
    delete(sink, {"articles": [(rows.article(3)["article_id"],)]})
    sink.write_manifest("r1", {})
    sink.close()
    sink.prepare()
    names = sink.files.listing("")
    assert [name.rpartition("/")[0] for name in names] == [
        "",  # the lease
        "_runs",
        "",
        "articles/date=2023-09-03",
        "articles/date=2023-09-20",
        "clusters/date=__HIVE_DEFAULT_PARTITION__",
    ]


def test_a_bucket_that_is_not_there(bucket: str, rows: Any) -> None:
    sink = open_sink(bucket.replace("news", "none"))
    with pytest.raises(SinkError) as caught:
        sink.inbox.stage("r1", "articles", [rows.article(1)])
    assert "\n" not in str(caught.value)
