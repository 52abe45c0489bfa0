"""Prefetched documents: precedence, ids carried through, every broken line answered."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import orjson
import pytest

from pipeline.sources import prefetched
from pipeline.sources.base import Ref, Unread
from pipeline.sources.spool import Spool
from transforms.records import Page, Rejected


def line(**fields):
    return orjson.dumps(fields)


def test_html_base64_before_html_before_body():
    html = "<p>س</p>".encode("windows-1256")
    page = prefetched.parse_line(
        line(
            html_base64=base64.b64encode(html).decode(),
            html="x",
            body="y",
            content_type="text/html",
        )
    )
    assert isinstance(page, Page)
    assert (page.content, page.kind, page.content_type) == (html, "html", "text/html")
    page = prefetched.parse_line(line(html="<p>س</p>", body="y"))
    assert isinstance(page, Page)
    assert page.kind == "html"
    assert page.content.decode() == "<p>س</p>"


def test_everything_given_is_carried():
    page = prefetched.parse_line(
        line(
            id=7,
            url="https://a.example/1",
            body="نص",
            title="عنوان",
            published_at="2024-01-02",
            fetched_at="2024-01-02T03:04:05+02:00",
            feed_url="https://a.example/rss",
            publisher="ألف",
        )
    )
    assert isinstance(page, Page)
    assert page.source_id == "7"
    assert page.fetched_at == datetime(2024, 1, 2, 1, 4, 5, tzinfo=UTC)
    assert (page.title, page.published, page.publisher) == ("عنوان", "2024-01-02", "ألف")
    assert page.feed_url == "https://a.example/rss"


@pytest.mark.parametrize(
    "raw", [b"{", b"[]", b"3", b"", b"\xff\xfe", line(id="x", html_base64="%%%"), b'{"a": 1}{']
)
def test_a_broken_line_is_rejected_with_its_payload(raw):
    rejected = prefetched.parse_line(raw)
    assert isinstance(rejected, Rejected)
    assert (rejected.stage, rejected.reason) == ("read", "bad_json")
    assert rejected.payload is not None


def test_a_broken_line_keeps_the_id_it_could_read():
    rejected = prefetched.parse_line(line(id="x", html_base64="%%%"))
    assert isinstance(rejected, Rejected)
    assert rejected.source_id == "x"


def test_index_and_load_agree(tmp_path):
    path = tmp_path / "d.jsonl"
    path.write_bytes(
        b"\n".join(
            [line(url="http://www.a.example/x?utm_source=y", body="1"), b"", b"{", line(body="2")]
        )
    )
    with Spool(tmp_path / "spool") as spool:
        found = list(prefetched.index(str(path), spool))
    refs = [each for each in found if isinstance(each, Ref)]
    assert [type(each) for each in found] == [Ref, Rejected, Ref]
    assert refs[1].key.startswith("file:")
    loaded = [prefetched.load(ref) for ref in refs]
    assert [page.content for page in loaded if isinstance(page, Page)] == [b"1", b"2"]


def test_a_title_alone_is_legal_and_two_of_them_are_two_documents(tmp_path):
    path = tmp_path / "d.jsonl"
    path.write_bytes(line(title="عاجل: أول") + b"\n" + line(title="عاجل: ثان") + b"\n")
    with Spool(tmp_path / "spool") as spool:
        keys = {ref.key for ref in prefetched.index(str(path), spool) if isinstance(ref, Ref)}
    assert len(keys) == 2


TEXT = "تظاهر المئات في صفاقس أمس الثلاثاء احتجاجا على الغلاء"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1256"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_in_any_encoding(tmp_path, encoding, end):
    lines = [json.dumps({"id": n, "body": f"{TEXT} {n}"}, ensure_ascii=False) for n in range(3)]
    path = tmp_path / "d.jsonl"
    path.write_bytes(end.join(lines).encode(encoding))
    with Spool(tmp_path / "spool") as spool:
        found = list(prefetched.index(str(path), spool))
        pages = [prefetched.load(each) for each in found if isinstance(each, Ref)]
    assert [page.source_id for page in pages] == ["0", "1", "2"]
    assert [page.content.decode() for page in pages] == [f"{TEXT} {n}" for n in range(3)]
    assert all(json.loads(page.payload)["body"].startswith(TEXT) for page in pages)


def test_what_python_writes_for_nothing_is_nothing():
    page = prefetched.parse_line(f'{{"body": "{TEXT}", "title": NaN, "url": Infinity}}'.encode())
    assert isinstance(page, Page)
    assert (page.title, page.url) == ("", "")


def test_paragraphs_in_a_list_are_joined():
    page = prefetched.parse_line(line(body=["أول", None, "", "ثان"], title=["عنوان", "ثان"]))
    assert isinstance(page, Page)
    assert page.content.decode() == "أول\n\nثان"
    assert page.title == "عنوان ثان"


@pytest.mark.parametrize("bad", [{"body": {"a": 1}}, {"body": [{"p": "أ"}]}, {"id": {"a": 1}}])
def test_what_is_no_text_is_said_to_be_none(bad):
    rejected = prefetched.parse_line(line(**bad))
    assert isinstance(rejected, Rejected)
    assert "where text was expected" in rejected.detail


def test_members_under_other_names(tmp_path):
    path = tmp_path / "d.jsonl"
    path.write_bytes(line(text="نص", headline="عنوان", body="لا") + b"\n{\n" + line(lang="ar"))
    with Spool(tmp_path / "spool") as spool:
        found = list(prefetched.index(str(path), spool, {"body": "text", "title": "head"}))
    assert [type(each) for each in found] == [Ref, Rejected, Ref, Unread]
    page = prefetched.load(found[0])
    assert isinstance(page, Page)
    assert (page.content.decode(), page.title) == ("نص", "")
    assert found[3].names == {"headline": "title", "lang": ""}
    assert found[3].absent == ("title=head",)
