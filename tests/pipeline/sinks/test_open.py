"""Which sink a URI opens, and what is said of one that opens none."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import UsageError
from pipeline.sinks.base import SCHEMES, OutputRefused, SinkError, open_sink
from pipeline.sinks.files import explained, open_files
from pipeline.sinks.parquet import ParquetSink


@pytest.mark.parametrize("uri", ["out", "/srv/out", "parquet://out", "file:///srv/out", "a:b"])
def test_paths_open_parquet_without_touching_it(uri: str) -> None:
    sink = open_sink(uri)
    assert isinstance(sink, ParquetSink)
    assert sink.uri == uri
    assert sink._opened is None


@pytest.mark.parametrize(
    ("uri", "root"),
    [
        ("parquet://out/x/", "out/x"),
        ("file:///srv/a%20b", "/srv/a b"),
        ("file://localhost/srv/out", "/srv/out"),
        ("out with space", "out with space"),
    ],
)
def test_the_root_of_a_uri(uri: str, root: str) -> None:
    assert open_files(uri).root == str(Path(root).absolute())
    assert open_files(uri).local


def test_a_bucket_is_served_by_the_same_sink(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "http://localhost:1")
    files = open_files("gs://bucket/a/b/")
    assert (files.root, files.local) == ("bucket/a/b", False)
    assert isinstance(open_sink("gs://bucket/a"), ParquetSink)


@pytest.mark.parametrize("uri", ["gs://", "parquet://"])
def test_a_uri_without_a_place(uri: str) -> None:
    with pytest.raises(OutputRefused, match="names no"):
        open_files(uri)


@pytest.mark.parametrize("uri", ["", "  "])
def test_an_empty_uri(uri: str) -> None:
    with pytest.raises(OutputRefused, match="empty"):
        open_sink(uri)


def test_an_unknown_scheme_lists_the_known() -> None:
    with pytest.raises(OutputRefused) as caught:
        open_sink("mysql://host/db")
    for scheme in SCHEMES:
        assert f"{scheme}://" in str(caught.value)
    assert isinstance(caught.value, UsageError)


def test_a_sink_not_built_yet_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SCHEMES, "later", "a_sink_of_later")
    with pytest.raises(OutputRefused, match=r"not built yet.*--output DIR"):
        open_sink("later://project.dataset")


def test_failures_become_one_line() -> None:
    with pytest.raises(SinkError, match=r"cannot use /x: a b") as caught, explained("/x"):
        raise OSError("a\nb")
    assert not isinstance(caught.value, UsageError)
