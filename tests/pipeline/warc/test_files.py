"""The files of an archive: full or at the end, whole, by their content, never a part of one."""

from __future__ import annotations

import io
import pickle
from pathlib import Path

from live_feeds import NOON
from warcio.archiveiterator import ArchiveIterator

from pipeline.warc.fields import RequestFields, read_capture
from pipeline.warc.writer import Archive
from transforms.fetch.crawl import Fetched
from transforms.fetch.messages import Request, Response
from transforms.records import Feed, FetchLog


def fetched(number, body=b"<html>", **more):
    url = f"https://a.example/{number}"
    response = Response(url, url, **({"status": 200, "body": body} | more))
    return Fetched(Request(url), response, (FetchLog(url, "article", NOON, "ok"),))


def names(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def target(reference):
    path, _, offset = reference.rpartition("#")
    record = next(iter(ArchiveIterator(io.BytesIO(Path(path).read_bytes()[int(offset) :]))))
    return record.rec_headers.get_header("WARC-Target-URI")


def test_answers_wait_until_their_file_is_there(tmp_path):
    archive = Archive(str(tmp_path / "raw"), "run", NOON)
    for number in range(127):
        assert archive.store(fetched(number)) == []
    assert names(tmp_path / "raw") == []
    stored = archive.store(fetched(127))
    assert len(stored) == 128
    assert len(names(tmp_path / "raw")) == 1
    assert archive.store(fetched(128)) == []
    stored += archive.close()
    assert archive.close() == []
    assert len(names(tmp_path / "raw")) == 2
    assert [each.request.url for each, _ in stored] == [target(ref) for _, ref in stored]


def test_large_answers_fill_a_file_sooner(tmp_path):
    archive = Archive(str(tmp_path), "run", NOON)
    filled = [len(archive.store(fetched(number, bytes(9 << 20)))) for number in range(8)]
    assert filled == [0, 0, 0, 4, 0, 0, 0, 4]


def test_the_same_answers_make_the_same_file(tmp_path):
    found = []
    for folder in ("one", "two"):
        archive = Archive(str(tmp_path / folder), "run", NOON)
        for number in range(5):
            archive.store(fetched(number))
        archive.close()
        (name,) = names(tmp_path / folder)
        found.append((name, (tmp_path / folder / name).read_bytes()))
    assert found[0] == found[1]


def test_a_bundle_that_is_tried_again_leaves_nothing_of_its_first_try(tmp_path):
    archive = Archive(str(tmp_path), "run", NOON)
    archive.store(fetched(1))
    assert pickle.loads(pickle.dumps(archive)).close() == []  # noqa: S301 - our own, to a worker
    archive.clear()
    assert archive.close() == []
    assert names(tmp_path) == []


def test_an_answer_that_never_came_is_told_without_a_reference(tmp_path):
    archive = Archive(str(tmp_path), "run", NOON)
    archive.store(fetched(1, b"", status=None, reason="timeout", detail="30 s\r\nX: y"))
    archive.store(fetched(2, b"", reason="too_large", detail="more than 10 MB"))
    (_, nowhere), (_, somewhere) = archive.close()
    assert nowhere is None
    assert somewhere is not None
    (name,) = names(tmp_path)
    records = list(ArchiveIterator(io.BytesIO((tmp_path / name).read_bytes())))
    fields = [dict(record.rec_headers.headers) for record in records[1:]]
    assert [record.rec_type for record in records] == ["warcinfo", "metadata", "response"]
    assert fields[0]["Rasd-Outcome"] == "timeout"
    assert fields[0]["Rasd-Detail"] == "30 s X: y"  # one line: no field can be smuggled in
    assert "X" not in fields[0]
    assert fields[1]["WARC-Truncated"] == "length"


def test_what_is_told_of_a_feed_comes_back():
    feed = Feed("https://a.example/rss", "صحيفة", "TUN", "ar", "general", "Africa/Tunis")
    told = RequestFields(
        "feed", NOON.isoformat(), feed=feed.url, publisher="صحيفة", country="TUN",
        language="ar", category="general", tz="Africa/Tunis",
    )  # fmt: skip
    capture = read_capture({name.lower(): value for name, value in told.written()})
    assert capture == told
    assert capture.facts("") == feed
    assert capture.read_at == NOON
    assert capture.is_feed
    assert capture.reason is None


def test_strange_fields_do_no_harm():
    assert read_capture({"warc-type": "response"}) is None
    capture = read_capture({"rasd-purpose": "article", "rasd-outcome": "x", "rasd-as-of": "y"})
    assert capture is not None
    assert (capture.reason, capture.read_at, capture.is_feed) == (None, None, False)
