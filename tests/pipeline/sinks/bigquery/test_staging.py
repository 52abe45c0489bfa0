"""Rows on their way through a bucket: BigQuery loads them from there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bigquery_emulator import emulated_bigquery, new_dataset
from buckets import emulated_bucket
from outputs import put

from pipeline.sinks.base import Changes, OutputRefused, SinkError, open_sink
from pipeline.sinks.bigquery import BigQuerySink
from pipeline.sinks.lease import LEASE_NAME


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """Start an object store and a BigQuery that reads it."""
    root = tmp_path / "buckets"
    root.mkdir()
    with emulated_bucket(monkeypatch, root) as uri, emulated_bigquery(root) as host:
        monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", host)
        yield uri


def test_files_are_loaded_from_the_bucket(bucket: str, rows: Any) -> None:
    sink = open_sink(new_dataset(), f"{bucket}/staging")
    assert isinstance(sink, BigQuerySink)
    sink.prepare()
    assert sink.inbox.uri == f"{bucket}/staging"
    report = put(sink, {"articles": [rows.article(1), rows.article(2, day=None)]})
    assert report.tables["articles"] == Changes(inserted=2)
    put(sink, {"articles": [rows.article(1, run="run2", summary="ملخص")]}, "run2")
    found = sink.read("articles", ["title", "summary"]).to_pylist()
    assert found == [
        {"title": "عنوان 1", "summary": "ملخص"},
        {"title": "عنوان 2", "summary": None},
    ]
    assert sink.inbox.files.listing("") == [LEASE_NAME]
    sink.close()
    assert sink.inbox.files.listing("") == []


def test_a_second_writer_to_one_staging_area_leaves(bucket: str) -> None:
    """A run clears away what dead ones left in the inbox: it must not meet a living one."""
    dataset = new_dataset()
    first, second = (open_sink(dataset, f"{bucket}/shared") for _ in range(2))
    first.prepare()
    first.inbox.begin("run1")
    with pytest.raises(SinkError, match="another run is writing to") as caught:
        second.prepare()
    assert "\n" not in str(caught.value)
    assert first.inbox.files.listing("_inbox"), "what the living run has put there stays"
    first.close()
    second.prepare()
    second.close()


def test_a_bucket_that_is_not_there(bucket: str, rows: Any) -> None:
    sink = open_sink(new_dataset(), f"{bucket}-none/staging")
    with pytest.raises(OutputRefused, match=r"no bucket news-none.*gcloud storage") as caught:
        sink.prepare()
    assert "\n" not in str(caught.value)
    assert not sink.exists()
    with pytest.raises(SinkError, match="-none") as caught:
        sink.inbox.stage("r1", "articles", [rows.article(1)])
    assert "\n" not in str(caught.value)
