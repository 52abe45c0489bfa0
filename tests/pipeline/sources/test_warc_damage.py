"""Damaged archives: what can be read is read, every loss is told, and no library speaks."""

from __future__ import annotations

import gzip
import io
import random
import zlib

import brotli
import pytest
import zstandard
from pipeline_helpers import SEEDS
from warc_bytes import record, response, write

from pipeline.sources import warc
from pipeline.sources.base import Ref, Skipped
from pipeline.sources.spool import Spool
from pipeline.warc.framing import Damage, Framed, framed
from pipeline.workers.pool import Workers
from transforms.records import Page, Rejected

PAGE = (SEEDS / "pages" / "gaza-airstrike.html").read_bytes()
NAMES = ("a.warc", "a.warc.gz")
COUNT = 7


def url(number):
    return f"https://a.example/{number}"


def several(count=COUNT):
    # Of different lengths and hardly compressible, as pages of different days are.
    noise = random.Random(1)  # noqa: S311 - made-up bytes
    return [
        response(PAGE + noise.randbytes(2_000 + 500 * number), url(number))
        for number in range(count)
    ]


def indexed(path, folder, capfd):
    with Spool(folder / "spool") as spool:
        found = list(warc.index(str(path), spool, Workers()))
    said = capfd.readouterr()
    assert said.out + said.err == ""
    return found


def urls(found):
    return [each.key for each in found if isinstance(each, Ref)]


def lost(found):
    return [(each.reason, each.url) for each in found if isinstance(each, Rejected)]


def overwritten(data, start, end):
    data[start:end] = bytes(end - start)


def flipped(data, start, end):
    data[(start + end) // 2] ^= 0x55


def removed(data, start, end):
    del data[start + 40 : end - 40]


def swollen(data, start, end):
    middle = (start + end) // 2
    data[middle:middle] = b"\x1f\x8b\x08 WARC/1.0 " * 50


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("hurt", [overwritten, flipped, removed, swollen])
@pytest.mark.parametrize("which", [0, 3, COUNT - 1])
def test_damage_costs_one_record(tmp_path, capfd, name, hurt, which):
    path = tmp_path / name
    offsets = write(path, several())
    data = bytearray(path.read_bytes())
    ends = [*offsets[1:], len(data)]
    hurt(data, offsets[which], ends[which])
    path.write_bytes(data)
    found = indexed(path, tmp_path, capfd)
    kept = [url(number) for number in range(COUNT) if number != which]
    if hurt is flipped and name == "a.warc":  # a page with a wrong byte is a page
        assert len(urls(found)) == COUNT
        assert lost(found) == []
        return
    assert urls(found) == kept
    ((reason, where),) = lost(found)
    assert where == f"file:{name}#{offsets[which]}"
    assert reason in {"unreadable", "truncated"}
    for ref in (each for each in found if isinstance(each, Ref)):
        page = warc.load(ref)
        assert isinstance(page, Page)
        assert page.content.startswith(PAGE)


@pytest.mark.parametrize("name", NAMES)
def test_an_archive_cut_anywhere_keeps_what_came_before(tmp_path, capfd, name):
    path = tmp_path / name
    offsets = write(path, several(3))
    data = path.read_bytes()
    for cut in (offsets[2] + 1, offsets[2] + 9, offsets[2] + 400, len(data) - 300, len(data) - 6):
        path.write_bytes(data[:cut])
        found = indexed(path, tmp_path, capfd)
        assert urls(found) == [url(0), url(1)], cut
        assert lost(found) == [("truncated", f"file:{name}#{offsets[2]}")], cut
    path.write_bytes(data[: offsets[2]])
    assert lost(indexed(path, tmp_path, capfd)) == []


@pytest.mark.parametrize("name", NAMES)
def test_no_damage_at_all_can_raise(tmp_path, capfd, name):
    """Bytes changed, dropped and doubled at random: records are read or told as lost."""
    path = tmp_path / name
    offsets = write(path, several())
    whole = path.read_bytes()
    stretches = list(zip(offsets, [*offsets[1:], len(whole)], strict=True))
    reader = random.Random(2)  # noqa: S311 - made-up damage
    for _ in range(60):
        data = bytearray(whole)
        at, size = reader.randrange(len(data)), reader.choice([1, 3, 50, 5_000])
        kind = reader.randrange(3)
        if kind == 0:
            data[at : at + size] = reader.randbytes(size)
        elif kind == 1:
            del data[at : at + size]
        else:
            data[at:at] = data[at : at + size]
        path.write_bytes(data)
        found = indexed(path, tmp_path, capfd)
        hit = sum(start < at + size and at <= end for start, end in stretches)
        assert len(urls(found)) >= COUNT - hit
        for ref in (each for each in found if isinstance(each, Ref)):
            assert isinstance(warc.load(ref), Page | Rejected)


def test_the_stretches_cover_the_file(tmp_path):
    path = tmp_path / "a.warc.gz"
    write(path, several())
    data = bytearray(path.read_bytes())
    for start in (100, 9_000, 9_500, 30_000):
        data[start : start + 20] = bytes(20)
    found = list(framed(io.BytesIO(bytes(data)), packed=True, keep=100))
    at = 0
    for each in found:
        assert each.offset == at
        at = len(data) if each.length < 0 else at + each.length
    assert at == len(data)
    assert {type(each) for each in found} == {Framed, Damage}
    assert all(len(each.data) <= 100 for each in found if isinstance(each, Framed))


def test_a_file_that_is_no_archive_is_one_dead_letter(tmp_path, capfd):
    for data in (b"<html>no archive</html>", b"\x1f\x8b\x08" * 9_000, bytes(100_000), b"WARC/"):
        path = tmp_path / "b.warc.gz"
        path.write_bytes(data)
        found = indexed(path, tmp_path, capfd)
        assert [each for each in found if not isinstance(each, Rejected)] == []
        assert len(lost(found)) == 1


def test_one_gzip_block_round_all_records_is_told_with_its_cure(tmp_path, capfd):
    path = tmp_path / "c.warc.gz"
    path.write_bytes(gzip.compress(b"".join(several())))
    (letter,) = indexed(path, tmp_path, capfd)
    assert letter.reason == "unreadable"
    assert "gunzip" in letter.detail


@pytest.mark.parametrize("name", NAMES)
def test_records_that_lie_about_their_length(tmp_path, capfd, name):
    good = several(4)
    block = good[1].partition(b"\r\n\r\n")[2][:-4]
    for length in (len(block) - 700, len(block) + 700):
        lying = record(block, url=url(1), Content_Length=str(length))
        path = tmp_path / name
        write(path, [good[0], lying, good[2], good[3]])
        found = indexed(path, tmp_path, capfd)
        assert urls(found) == [url(0), url(2), url(3)], length
        assert len(lost(found)) == 1


def chunked(data, size=1000):
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    return b"".join(b"%x;x=y\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


CODED = {
    "plain": (PAGE, {}),
    "gzip": (gzip.compress(PAGE), {"Content-Encoding": "gzip"}),
    "deflate": (zlib.compress(PAGE), {"content-encoding": "deflate"}),
    "br": (brotli.compress(PAGE), {"Content-Encoding": "br"}),
    "zstd": (zstandard.compress(PAGE), {"Content-Encoding": "zstd"}),
    "chunked": (chunked(PAGE), {"Transfer-Encoding": "chunked"}),
    "both": (chunked(gzip.compress(PAGE)), {
        "Transfer-Encoding": "chunked", "Content-Encoding": "gzip"}),
    # Headers of codings that were undone before archiving, as many archives have them.
    "not gzip": (PAGE, {"Content-Encoding": "gzip"}),
    "not br": (PAGE, {"Content-Encoding": "br"}),
    "not chunked": (PAGE, {"Transfer-Encoding": "chunked"}),
    "renamed": (PAGE, {"X-Crawl-Content-Encoding": "gzip"}),
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("coded", CODED)
def test_coded_bodies_come_out_as_they_were_sent(tmp_path, capfd, name, coded):
    body, headers = CODED[coded]
    path = tmp_path / name
    write(path, [response(body, headers=headers)])
    (ref,) = indexed(path, tmp_path, capfd)
    page = warc.load(ref)
    assert isinstance(page, Page)
    assert page.content == PAGE
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("body", "headers", "reason"),
    [
        (gzip.compress(PAGE, mtime=0)[:-200], {"Content-Encoding": "gzip"}, "truncated"),
        (chunked(PAGE)[:-900], {"Transfer-Encoding": "chunked"}, "truncated"),
        (gzip.compress(bytes(20 << 20), mtime=0), {"Content-Encoding": "gzip"}, "too_large"),
        (b"\x1f\x8b\x08" + PAGE, {"Content-Encoding": "gzip"}, "truncated"),
    ],
)
def test_bodies_that_cannot_be_decoded_are_dead_letters(tmp_path, capfd, body, headers, reason):
    path = tmp_path / "d.warc.gz"
    write(path, [response(body, headers=headers)])
    (ref,) = indexed(path, tmp_path, capfd)
    letter = warc.load(ref)
    assert isinstance(letter, Rejected)
    assert letter.reason == reason
    assert capfd.readouterr().err == ""


def test_a_body_larger_than_any_page_is_a_dead_letter(tmp_path, capfd):
    path = tmp_path / "e.warc.gz"
    write(path, [response(b"<html>" + bytes(18 << 20)), response(PAGE, url(2))])
    found = indexed(path, tmp_path, capfd)
    assert [each.reason for each in found if isinstance(each, Rejected)] == ["too_large"]
    assert urls(found) == [url(2)]


@pytest.mark.parametrize("name", NAMES)
def test_every_record_is_a_row_a_dead_letter_or_counted(tmp_path, capfd, name):
    """The kinds of records that Common Crawl's news archives hold."""
    records = [
        record(b"software: x\r\n", "warcinfo", Content_Type="application/warc-fields"),
        record(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "request"),
        response(PAGE, url(1)),
        record(b"charset: utf-8\r\n", "metadata", Content_Type="application/warc-fields"),
        record(b"HTTP/1.1 200 OK\r\n\r\n", "revisit", WARC_Profile="identical-payload-digest"),
        record(b"", "revisit"),
        record(b"20240102030405\na.example. 300 IN A 1.2.3.4\n", "response", "dns:a.example",
               Content_Type="text/dns"),
        response(b"", url(2), status="304 Not Modified"),
        response(b"", url(3), {"Location": "/x"}, "301 Moved Permanently"),
        response(b"no", url(4), status="404 Not Found"),
        response(b"no", url(5), status="503"),
        response(b"{}", url(6), {"Content-Type": "application/json"}),
        response(PAGE, f"<{url(7)}>", {"Content-Type": "TEXT/HTML"}),
        record(b"<html>", "resource", Content_Type="text/html"),
        record(b"not http at all", "response", url(8)),
        response(b"", url(9)),
        record(b"", "response", url(10), WARC_Segment_Number="2"),
    ]  # fmt: skip
    path = tmp_path / name
    write(path, records)
    found = indexed(path, tmp_path, capfd)
    assert urls(found) == [url(1), url(7), url(9)]
    counted = {each.reason for each in found if isinstance(each, Skipped)}
    assert counted == {
        "1 records: no web response (warcinfo)",
        "1 records: no web response (request)",
        "1 records: no web response (metadata)",
        "2 records: no web response (revisit)",
        "1 records: no web response (response)",
        "1 records: no web response (resource)",
        "1 records: status 301",
        "1 records: status 304",
        "1 records: status 404",
        "1 records: status 503",
        "2 records: status None",
        "1 records: content type application/json",
    }
    told = sum(int(reason.split()[0]) for reason in counted) + len(urls(found)) + len(lost(found))
    assert told == len(records)
