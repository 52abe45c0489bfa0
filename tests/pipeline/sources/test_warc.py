"""Web archives: responses become pages, feeds list entries, breaks cost only what follows."""

from __future__ import annotations

import io

from pipeline_helpers import SEEDS
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.sources import warc
from pipeline.sources.base import Ref, SeenFeed, Skipped
from pipeline.sources.spool import Spool
from pipeline.workers.pool import Workers
from transforms.records import Page, Rejected

PAGE = (SEEDS / "pages" / "gaza-airstrike.html").read_bytes()
FEED = (SEEDS / "feeds" / "sada-alnil.xml").read_bytes()


def archive(path, *responses):
    with path.open("wb") as stream:
        writer = WARCWriter(stream, gzip=path.suffix == ".gz")
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "test"}))
        for url, status, content_type, body in responses:
            headers = StatusAndHeaders(
                status, [("Content-Type", content_type)], protocol="HTTP/1.1"
            )
            writer.write_record(
                writer.create_warc_record(
                    url,
                    "response",
                    payload=io.BytesIO(body),
                    http_headers=headers,
                    warc_headers_dict={"WARC-Date": "2024-01-02T03:04:05Z"},
                )
            )
    return str(path)


RESPONSES = (
    ("https://a.example/1", "200 OK", "text/html; charset=utf-8", PAGE),
    ("https://a.example/2", "404 Not Found", "text/html", b"gone"),
    ("https://a.example/i.png", "200 OK", "image/png", b"\x89PNG"),
    ("https://a.example/rss", "200 OK", "application/rss+xml", FEED),
    ("https://a.example/3", "200 OK", "text/html", PAGE),
)


def listed(tmp_path, name, responses=RESPONSES):
    with Spool(tmp_path / "spool") as spool:
        return list(warc.index(archive(tmp_path / name, *responses), spool, Workers()))


def test_pages_and_feeds_of_plain_and_compressed_archives(tmp_path):
    for name in ("a.warc", "b.warc.gz"):
        found = listed(tmp_path, name)
        refs = [each for each in found if isinstance(each, Ref)]
        pages = [warc.load(ref) for ref in refs if ref.kind == "record"]
        assert [page.url for page in pages if isinstance(page, Page)] == [
            "https://a.example/1",
            "https://a.example/3",
        ]
        assert all(isinstance(page, Page) and page.content == PAGE for page in pages)
        first = pages[0]
        assert isinstance(first, Page)
        assert first.fetched_at is not None
        assert first.fetched_at.isoformat() == "2024-01-02T03:04:05+00:00"
        assert first.http_status == 200
        assert [each.feed.url for each in found if isinstance(each, SeenFeed)]
        assert sum(ref.kind == "entry" for ref in refs) >= 2
        reasons = {each.reason for each in found if isinstance(each, Skipped)}
        assert "1 records: status 404" in reasons
        assert "1 records: content type image/png" in reasons


def test_an_archive_that_breaks_off_keeps_what_came_before(tmp_path):
    whole = archive(tmp_path / "c.warc.gz", *RESPONSES)
    data = (tmp_path / "c.warc.gz").read_bytes()
    (tmp_path / "c.warc.gz").write_bytes(data[: len(data) - 40])
    with Spool(tmp_path / "spool") as spool:
        found = list(warc.index(whole, spool, Workers()))
    assert any(isinstance(each, Ref) and each.key == "https://a.example/1" for each in found)
    broken = [each for each in found if isinstance(each, Rejected)]
    assert [each.reason for each in broken] == ["truncated"]
