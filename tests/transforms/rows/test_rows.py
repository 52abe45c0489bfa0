"""Records become rows: exactly the columns, cleaned text, the right partition."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from transforms.records import (
    Actor,
    Article,
    Cluster,
    Duplicate,
    Entry,
    Event,
    Evidence,
    Feed,
    Place,
    Rejected,
    Sighting,
    Span,
    Topic,
    content_id,
)
from transforms.rejects import REASONS, RETRIABLE
from transforms.rows.arrow import to_arrow
from transforms.rows.rows import (
    Provenance,
    appearance_row,
    article_row,
    clean_text,
    cluster_row,
    dead_letter_row,
    duplicate_row,
    event_row,
    feed_row,
    fetch_log_row,
    partition_date,
    resolved_row,
    row_key,
)
from transforms.rows.schema import TABLES
from transforms.rows.validate import check_row, validate_row

NOW = datetime(2023, 11, 1, tzinfo=UTC)
BY = Provenance("run1", "0.1.0", NOW)
TIME = datetime(2023, 9, 20, 23, 30, tzinfo=UTC)
ARTICLE = Article(
    article_id="a1",
    page_id="p1",
    body="قصف الجيش",
    content_hash="c",
    norm_hash="n",
    title="عنوان",
    authors=("كاتب",),
    topics=(Topic("1", "سياسة", "politics", 0.5),),
    published_at=TIME,
    event_time=TIME,
    extractor="test",
    http_status=200,
)
EVENT = Event(
    event_id="e1",
    event_key="k1",
    article_id="a1",
    event_type="ASSAULT",
    status="asserted",
    quad_plover="M-CONF",
    trigger=Span("قصف", "body", 0, 3),
    evidence=(Evidence("قصف الجيش", "body", 0, 9, 0),),
    confidence=0.5,
    rule_id="r",
    coder_version="1",
    modes=("aerial",),
    actors=(Actor("الجيش", "الجيش", "SYR", ("MIL",), "body", 4, 9),),
    recipients=(Actor(None, sectors=("UNK",)),),
    place=Place("دمشق", "دمشق", "SYR", lat=33.5, lon=36.3),
    event_date=date(2023, 9, 20),
    event_time=TIME,
)


def test_an_article_row_has_exactly_the_columns() -> None:
    row = article_row(ARTICLE, BY)
    assert set(row) == set(TABLES["articles"].names)
    assert row["authors"] == ["كاتب"]
    assert row["topics"] == [
        {"code": "1", "label_ar": "سياسة", "label_en": "politics", "score": 0.5}
    ]
    assert (row["run_id"], row["pipeline_version"]) == ("run1", "0.1.0")
    assert validate_row("articles", row) == []


def test_an_event_row_has_exactly_the_columns() -> None:
    row = event_row(EVENT, BY)
    assert set(row) == set(TABLES["events"].names)
    assert row["trigger"] == {"text": "قصف", "field": "body", "char_start": 0, "char_end": 3}
    assert row["actors"][0]["sectors"] == ["MIL"]
    assert row["place"]["geonames_id"] is None
    assert validate_row("events", row) == []


def test_rows_go_through_arrow_unchanged() -> None:
    for table, row in (("articles", article_row(ARTICLE, BY)), ("events", event_row(EVENT, BY))):
        assert to_arrow(table, [row]).to_pylist() == [row]
        dated = to_arrow(table, [row], with_date=True).to_pylist()
        assert dated == [row | {"date": date(2023, 9, 20)}]


def test_relations_take_the_date_of_their_article() -> None:
    pair = Duplicate("a", "b", "near", 0.5, 0.7, 1.0, None, None)
    row = duplicate_row(pair, BY, event_time=TIME)
    assert partition_date("duplicates", row) == date(2023, 9, 20)
    assert validate_row("duplicates", row) == []
    row = cluster_row(Cluster("a", "a", None, None, 1), BY, event_time=None)
    assert partition_date("clusters", row) is None
    assert validate_row("clusters", row) == []
    assert row_key("clusters", row) == ("a",)


def test_the_partition_is_the_utc_date() -> None:
    east = datetime(2023, 9, 21, 1, tzinfo=timezone(timedelta(hours=3)))
    assert partition_date("articles", {"event_time": east}) == date(2023, 9, 20)
    assert partition_date("articles", {"event_time": None}) is None
    assert partition_date("feeds", {"feed_url": "x"}) is None


def test_appearances_are_keyed_by_guid_or_url() -> None:
    entry = Entry("https://a.example/feed", "g1", "https://a.example/1", 3)
    row = appearance_row(entry, BY, article_id="a", page_id="p")
    assert (row["guid"], row["position"], row["first_seen_at"]) == ("g1", 3, NOW)
    assert validate_row("appearances", row) == []
    row = appearance_row(replace(entry, guid=""), BY, seen_at=TIME)
    assert (row["guid"], row["last_seen_at"]) == ("https://a.example/1", TIME)
    row = appearance_row(Sighting("f", "g", "", 0), BY)
    assert row["url"] is None
    assert partition_date("appearances", row) == NOW.date()


@pytest.mark.parametrize("reason", REASONS)
def test_a_dead_letter_of_every_reason(reason: str) -> None:
    rejected = Rejected("fetch", reason, "why", url="https://a.example/1")  # type: ignore[arg-type]
    row = dead_letter_row(rejected, BY)
    assert row["dead_letter_id"] == content_id("fetch", reason, "https://a.example/1")
    assert row["retriable"] == (reason in RETRIABLE)
    assert (row["attempts"], row["failed_at"], row["resolved_at"]) == (1, NOW, None)
    assert validate_row("dead_letters", row) == []


def test_a_dead_letter_without_a_url_is_known_by_its_content() -> None:
    ids = {
        dead_letter_row(Rejected("read", "bad_json", **more), BY)["dead_letter_id"]
        for more in ({"content_id": "x"}, {"source_id": "y"}, {"payload": "z"}, {"detail": "d"}, {})
    }
    assert len(ids) == 5


def test_a_dead_letter_can_always_be_written() -> None:
    rejected = Rejected("read", "bad_json", "\ud800" * 9_000, payload="ب" * 3_000_000)
    row = dead_letter_row(rejected, BY)
    assert validate_row("dead_letters", row) == []
    assert row["payload"] is None
    assert len(row["detail"]) == 2_000
    short = dead_letter_row(replace(rejected, detail=""), BY)
    assert short["detail"] == "(payload of 3000000 characters not kept)"
    assert dead_letter_row(replace(rejected, detail="", payload=None), BY)["detail"] is None


def test_a_resolved_dead_letter() -> None:
    row = dead_letter_row(Rejected("fetch", "dns", url="u"), BY)
    later = Provenance("run2", "0.1.0", NOW + timedelta(days=1))
    mended = resolved_row(row, later)
    assert (mended["resolved_at"], mended["resolved_run_id"]) == (later.as_of, "run2")
    assert mended["dead_letter_id"] == row["dead_letter_id"]
    assert validate_row("dead_letters", mended) == []


def test_feeds_and_requests() -> None:
    row = feed_row(Feed("https://a.example/feed", "ناشر", "SYR", poll_seconds=900), BY, health="ok")
    assert (row["country"], row["poll_seconds"], row["health"]) == ("SYR", 900, "ok")
    assert validate_row("feeds", row) == []
    row = fetch_log_row(
        {"url": "u", "purpose": "feed", "started_at": NOW, "outcome": "ok", "bytes": 5}, BY
    )
    assert row["etag"] is None
    assert validate_row("fetch_log", row) == []


def test_surrogates_are_replaced_one_for_one() -> None:
    article = replace(ARTICLE, body="قصف\ud83d الجيش\x00", authors=("\udfff",))
    row = article_row(article, BY)
    assert row["body"] == "قصف\ufffd الجيش\x00"
    assert row["authors"] == ["\ufffd"]
    assert validate_row("articles", row) == []
    clean = "نص\u202e نظيف"
    assert clean_text(clean) is clean


def test_a_value_of_no_known_kind_is_left_to_the_check() -> None:
    row = article_row(replace(ARTICLE, title=b"bytes"), BY)  # type: ignore[arg-type]
    assert validate_row("articles", row) == ["title is bytes, not STRING"]


def change(**columns: object) -> dict[str, object]:
    """Return an article row with some columns changed."""
    return article_row(ARTICLE, BY) | columns


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (change(body=None), "body is missing"),
        (change(title=5), "title is int, not STRING"),
        (change(title="\ud800"), "title holds a lone surrogate"),
        (change(http_status="200"), "http_status is str, not INT64"),
        (change(http_status=True), "http_status is bool, not INT64"),
        (change(http_status=2**63), "http_status is beyond INT64"),
        (change(http_status=-(2**63) - 1), "http_status is beyond INT64"),
        (change(arabic_share=float("nan")), "arabic_share is not a finite number"),
        (change(arabic_share=float("inf")), "arabic_share is not a finite number"),
        (change(arabic_share="0.5"), "arabic_share is str, not FLOAT64"),
        (change(arabic_share=False), "arabic_share is bool, not FLOAT64"),
        (change(arabic_share=10**400), "arabic_share is beyond FLOAT64"),
        (change(published_at=date(2023, 9, 20)), "published_at is date, not TIMESTAMP"),
        (change(published_at=datetime(2023, 9, 20)), "published_at is a time without a zone"),  # noqa: DTZ001
        (
            change(published_at=datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=3)))),
            "published_at is beyond the years 1 to 9999",
        ),
        (
            change(published_source="guess"),
            "published_source is 'guess', not one of feed, jsonld, meta, html, url, text, none",
        ),
        (change(authors=None), "authors is missing"),
        (change(authors="كاتب"), "authors is str, not ARRAY"),
        (change(authors=["كاتب", None]), "authors[1] is NoneType, not STRING"),
        (change(topics=[5]), "topics[0] is int, not STRUCT"),
        (change(topics=[{"code": None}]), "topics[0].code is missing"),
        (change(topics=[{"code": "1", "mood": 1}]), "topics[0].mood is no column"),
        (change(mood=1), "mood is no column"),
        (change(date=None), "date is no column"),
    ],
)
def test_every_problem_is_named(row: dict[str, object], problem: str) -> None:
    assert validate_row("articles", row) == [problem]
    refused = check_row("articles", row)
    assert refused is not None
    assert (refused.stage, refused.reason) == ("rows", "schema")
    assert refused.detail == f"articles: {problem}"
    letter = dead_letter_row(refused, BY)
    assert validate_row("dead_letters", letter) == []


def test_dates_and_flags_are_checked() -> None:
    event = event_row(EVENT, BY)
    assert validate_row("events", event | {"event_date": TIME}) == [
        "event_date is datetime, not DATE"
    ]
    assert validate_row("events", event | {"place": "دمشق"}) == ["place is str, not STRUCT"]
    letter = dead_letter_row(Rejected("fetch", "dns", url="u"), BY)
    assert validate_row("dead_letters", letter | {"retriable": 1}) == ["retriable is int, not BOOL"]
    cluster = cluster_row(Cluster("a", "a", None, None, 1), BY, event_time=None)
    assert validate_row("clusters", cluster | {"date": "2023"}) == ["date is str, not DATE"]


def test_a_good_row_is_not_refused() -> None:
    assert check_row("articles", article_row(ARTICLE, BY)) is None


@pytest.mark.parametrize(("letters", "size"), [("a", 4_000_001), ("ب", 2_000_001)])
def test_a_row_over_four_megabytes_is_refused(letters: str, size: int) -> None:
    row = change(body=letters * size, url="https://a.example/1", feed_url=5)
    refused = check_row("articles", row | {"feed_url": None})
    assert refused is not None
    assert refused.reason == "row_too_large"
    assert refused.url == "https://a.example/1"
    both = check_row("articles", row)
    assert both is not None
    assert (both.reason, both.feed_url) == ("schema", None)
    assert check_row("articles", row | {"feed_url": None, "body": letters * 1_900_000}) is None
