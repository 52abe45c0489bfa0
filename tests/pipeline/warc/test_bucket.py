"""The raw archive in an object store: written and read through Beam's filesystems."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from buckets import Drawer, emulated_bucket
from http_faults import answer
from http_server import LocalServer
from live_feeds import NOON, item, rss, run_here
from outputs import facts
from pipeline_helpers import SEEDS, rasd

from pipeline import storage
from pipeline.errors import UsageError
from pipeline.run.job import check_archive
from pipeline.storage import UnreadableError, UnwritableError

HOST = "127.77.32.1"
PAGES = sorted((SEEDS / "pages").glob("*.html"))[:3]


def has_google() -> bool:
    """Whether Beam can talk to Google's store here."""
    try:
        return importlib.util.find_spec("google.cloud.storage") is not None
    except ModuleNotFoundError:
        return False


@pytest.fixture(params=["drawer", "gs"])
def bucket(request, tmp_path, monkeypatch):
    """A place in a store of each kind."""
    if request.param == "drawer":
        monkeypatch.setattr("pipeline.sources.files._SCHEMES", {"http", Drawer.scheme()})
        monkeypatch.setattr("pipeline.storage._WRITTEN_TO", {Drawer.scheme()})
        yield f"drawer:/{tmp_path}/store"
        return
    if not has_google():
        pytest.skip("Beam reads gs:// with the extra gcp only: pip install 'rasd[gcp]'")
    with emulated_bucket(monkeypatch) as uri:
        yield uri


def test_an_archive_in_a_bucket_gives_the_same_rows(bucket, tmp_path):
    archive = f"{bucket}/raw"
    with LocalServer() as server:
        urls = [server.on(HOST, f"/{page.name}", answer(page.read_bytes())) for page in PAGES]
        gone = server.url(HOST, "/gone")
        feed = server.on(HOST, "/rss", answer(rss(map(item, [*urls, gone]))))
        options = ["--archive", archive]
        run_here(tmp_path / "live", feed, now=NOON, options=options)
    names = list(storage.walk(archive))
    assert len(names) == 2
    assert all(name.startswith(f"{archive}/") for name in names)
    live = facts(tmp_path / "live", "articles")
    assert len(live) == 3
    assert {row["raw_ref"].partition("#")[0] for row in live} < set(names)

    run_here(tmp_path / "again", archive, now=NOON, options=["--offline"])
    for table in ("articles", "events", "appearances", "dead_letters"):
        rows = [facts(tmp_path / each, table) for each in ("live", "again")]
        for row in (row for table_rows in rows for row in table_rows):
            row.pop("payload", None)
        assert rows[0] == rows[1]


def test_a_file_is_there_when_it_is_whole(bucket):
    path = f"{bucket}/raw/a.warc.gz"
    data = bytes(range(256)) * 100_000  # more than a store takes in one request
    storage.write_whole(path, data)
    storage.write_whole(path, data)  # again: the same file
    assert list(storage.walk(f"{bucket}/raw")) == [path]
    assert storage.read_raw(path, 1_000_001, 5) == data[1_000_001:1_000_006]
    with pytest.raises(UnreadableError, match="no-such"):
        storage.read_raw(f"{bucket}/raw/no-such", 0, 1)


def test_an_upload_that_is_not_ended_leaves_nothing(monkeypatch):
    if not has_google():
        pytest.skip("Beam reads gs:// with the extra gcp only: pip install 'rasd[gcp]'")
    from apache_beam.io.filesystem import CompressionTypes
    from apache_beam.io.filesystems import FileSystems

    with emulated_bucket(monkeypatch) as uri:
        raw = CompressionTypes.UNCOMPRESSED
        handle = FileSystems.create(f"{uri}/raw/b.warc.gz", compression_type=raw)
        handle.write(bytes(40 << 20))  # two parts of it are on their way
        storage.write_whole(f"{uri}/raw/c.warc.gz", b"whole")
        assert list(storage.walk(f"{uri}/raw")) == [f"{uri}/raw/c.warc.gz"]
        handle.close()
        with pytest.raises(UnwritableError) as caught:
            storage.write_whole("gs://none/raw/a.warc.gz", b"x")
        assert "\n" not in str(caught.value)
        with pytest.raises(UsageError, match="gs://none"):
            list(storage.walk("gs://none"))


def test_hidden_names_and_outputs_of_other_runs_are_left_out(bucket):
    for name in ("raw/.x.part", "raw/a.warc", "out/_schema.json", "out/articles/b.parquet"):
        storage.write_whole(f"{bucket}/{name}", b"x")
    assert list(storage.walk(bucket)) == [f"{bucket}/raw/a.warc"]
    with pytest.raises(UsageError, match="nothing found"):
        list(storage.walk(f"{bucket}/empty"))


@pytest.mark.parametrize("uri", ["ftp://host/raw", "s4://bucket/raw", "gs://", "./file/raw"])
def test_what_cannot_be_written_is_refused_at_once(tmp_path, uri):
    if uri.startswith("."):
        (tmp_path / "file").write_text("x", encoding="utf-8")
        uri = str(tmp_path / "file" / "raw")
    with pytest.raises(UsageError) as caught:
        check_archive(uri)
    assert str(caught.value).startswith("--archive ")
    assert uri in str(caught.value)


def test_an_unknown_scheme_ends_with_usage(tmp_path):
    done = rasd(
        "run", str(SEEDS / "pages"), "--output", str(tmp_path / "out"), "--archive", "s4://x/y"
    )
    assert done.returncode == 2
    assert "s4://" in done.stderr.decode()
    assert not (tmp_path / "out").exists()


def test_a_local_file_is_whole_or_not_there(tmp_path, monkeypatch):
    path = tmp_path / "raw" / "a.warc.gz"

    def broken(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", broken)
    with pytest.raises(UnwritableError, match="No space left"):
        storage.write_whole(str(path), b"x")
    assert list(path.parent.iterdir()) == []
    monkeypatch.undo()
    storage.write_whole(storage.join(f"file://{tmp_path}", "b%20c"), b"x")
    assert (tmp_path / "b%20c").read_bytes() == b"x"
    assert storage.join("warc/", "x") == str(Path("warc") / "x")
