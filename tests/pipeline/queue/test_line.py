"""Lines of a queue: what is written is what is read, and what is wrong is told of each."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import timedelta

import pytest
from live_feeds import NOON

from pipeline.queue.form import to_plain, to_record
from pipeline.queue.group import MAX_GROUP, Group, Packer, fits, read_group
from pipeline.queue.line import MARK, page_line, read_line, row_line
from transforms.records import Entry, Page, Rejected, Sighting
from transforms.rows.rows import Provenance, appearance_row, dead_letter_row

ENTRY = Entry(
    "https://a.example/rss", "1", "https://a.example/1", 3, title="خبر", published_at=NOON
)
PAGE = Page(
    "نص".encode("windows-1256"),
    "html",
    url="https://a.example/1",
    http_status=200,
    fetched_at=NOON,
    entry=ENTRY,
    sightings=(Sighting("https://a.example/rss", "1", "https://a.example/1", 3),),
)
BY = Provenance("r", "0", NOON)


@pytest.mark.parametrize(
    "page", [PAGE, replace(PAGE, content="نص\r\n\0".encode()), Page(b"", "body")]
)
def test_a_page_comes_back_as_it_was(page):
    line = read_line(page_line(page, NOON))
    assert (line.record, line.as_of, line.given) == (page, NOON, False)


def test_an_archived_page_goes_without_its_content():
    written = page_line(replace(PAGE, raw_ref="warc/a.warc.gz#0"), NOON, archived=True)
    line = read_line(written)
    assert line.archived
    assert isinstance(line.record, Page)
    assert line.record.content == b""


def test_rows_come_back_without_what_a_fetcher_notes_for_itself():
    seen = appearance_row(PAGE.sightings[0], BY, article_id="handed on")
    letter = dead_letter_row(Rejected("fetch", "timeout", "slow", url="https://a.example/2"), BY)
    assert read_line(row_line("appearances", seen, NOON)).record == (
        "appearances",
        seen | {"article_id": None},
    )
    assert read_line(row_line("dead_letters", letter, NOON)).record == ("dead_letters", letter)


def test_a_prefetched_document_is_a_line_too():
    line = read_line(json.dumps({"url": "https://a.example/9", "body": "نص"}).encode())
    assert line.given
    assert isinstance(line.record, Page)


def ours(**said):
    return json.dumps({MARK: 1, "as_of": NOON.isoformat(), **said}).encode()


@pytest.mark.parametrize(
    ("line", "reason", "said"),
    [
        (b"{cut", "bad_json", "not a JSON object"),
        (b"[1]", "bad_json", "list"),
        (ours(**{MARK: 2}), "unknown_format", "version 2; this rasd reads 1"),
        (ours(page={"kind": "html"}), "bad_json", "lacks ['content']"),
        (ours(page={"kind": "html", "content": "x", "odd": 1}), "bad_json", "has no ['odd']"),
        (ours(page={"kind": "pdf", "content": "x"}), "bad_json", "kind is 'pdf'"),
        (ours(page={"kind": "html", "content": 7}), "bad_json", "content is neither"),
        (ours(page={"kind": "html", "content": {"base64": "!"}}), "bad_json", "queue"),
        (ours(page={"kind": "html", "content": "x", "http_status": "200"}), "bad_json", "no int"),
        (
            ours(page={"kind": "html", "content": "x", "fetched_at": "noon"}),
            "bad_json",
            "isoformat",
        ),
        (ours(page={"kind": "html", "content": "x", "sightings": {}}), "bad_json", "no list"),
        (ours(table="articles", row={}), "bad_json", "neither a page nor a row"),
        (ours(table="feeds", row={"feed_url": "a", "due_at": "2024-01-01"}), "bad_json", "zone"),
        (ours(table="feeds", row={"feed_url": 7}), "schema", "feed_url is int, not STRING"),
        (ours(), "bad_json", "neither a page nor a row"),
        (json.dumps({MARK: 1, "page": {}}).encode(), "bad_json", "as_of is no time"),
    ],
)
def test_what_is_no_line_is_one_rejection(line, reason, said):
    found = read_line(line).record
    assert isinstance(found, Rejected)
    assert found.reason == reason
    assert said in found.detail
    assert "\n" not in found.detail


def group(data, name="g", size=None):
    return Group(name, data, len(data or b"") if size is None else size, name)


def noise(size, seed=0):
    return random.Random(seed).randbytes(size)  # noqa: S311 - what no packer makes smaller


def read(data, **more):
    return [line.record for line in read_group(group(data, **more))]


def test_lines_are_packed_into_groups_of_at_most_a_megabyte():
    packer = Packer()
    pages = [replace(PAGE, content=noise(60_000, seed)) for seed in range(30)]
    lines = [page_line(each, NOON) for each in pages]
    groups = [each for line in lines for each in packer.add(line)] + packer.close()
    assert len(groups) > 1
    assert all(len(each) <= MAX_GROUP for each in groups)
    assert [page for each in groups for page in read(each)] == pages
    again = Packer()
    assert groups == [each for line in lines for each in again.add(line)] + again.close()


def test_a_page_that_fits_into_no_group():
    assert not fits(page_line(replace(PAGE, content=noise(1_500_000)), NOON))
    assert fits(page_line(replace(PAGE, content=b"x" * 3_000_000), NOON))


def test_groups_that_cannot_be_read_are_one_rejection_each():
    packer = Packer()
    packer.add(page_line(PAGE, NOON))
    packer.add(page_line(replace(PAGE, url="https://a.example/2"), NOON))
    (whole,) = packer.close()
    cases = {
        "too_large": read(None, size=MAX_GROUP + 1),
        "empty_input": read(b" \n"),
        "unknown_format": read(b"PK\0\0\1\2"),
    }
    for reason, found in cases.items():
        assert [each.reason for each in found] == [reason]
        assert found[0].url == "queue:g"
    cut = read(whole[:-20])
    assert [each.reason for each in cut if isinstance(each, Rejected)] == ["truncated"]
    assert read(whole) == [PAGE, replace(PAGE, url="https://a.example/2")]


def test_a_broken_line_costs_no_other(tmp_path):
    gone = replace(PAGE, raw_ref=f"{tmp_path}/gone.warc.gz#0")
    late = NOON - timedelta(days=7)
    data = b"{cut\n" + page_line(gone, NOON, archived=True) + page_line(PAGE, late)
    lines = list(read_group(group(data)))
    assert [getattr(each.record, "reason", None) for each in lines] == [
        "bad_json",
        "unreadable",
        None,
    ]
    assert lines[1].record.sightings == PAGE.sightings, "it was seen, though its page is gone"
    assert lines[2].as_of == late
    assert lines[2].record.fetched_at == NOON


def test_records_of_any_depth():
    assert to_record(Page, to_plain(PAGE)) == PAGE
    with pytest.raises(ValueError, match="Page is no object"):
        to_record(Page, [])
