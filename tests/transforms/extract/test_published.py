"""Publication dates: one order of belief, nothing invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from transforms.extract import extract_article
from transforms.extract.article import event_time
from transforms.records import Article, Entry, Page

TITLE = "الوزارة تعلن مواعيد الامتحانات للعام الجديد"
PROSE = (
    "<p>أعلنت الوزارة مواعيد الامتحانات في جميع المحافظات، وقالت إنها ستبدأ مطلع الشهر المقبل.</p>"
    * 3
)
FED = Entry(
    feed_url="https://daffa.example/rss",
    guid="g",
    url="https://daffa.example/n/1",
    position=0,
    published_raw="Sat, 02 Mar 2024 08:30:15 GMT",
    published_at=datetime(2024, 3, 2, 8, 30, 15, tzinfo=UTC),
    published_precision="second",
    modified_at=datetime(2024, 3, 3, tzinfo=UTC),
)


def _article(head: str = "", near: str = "", lead: str = "", **page: object) -> Article:
    markup = (
        f"<html><head><title>{TITLE}</title>{head}</head><body><div><h1>{TITLE}</h1>"
        f"{near}<div class='entry-content'>{lead}{PROSE}</div></div></body></html>"
    )
    found = extract_article(Page(markup.encode(), "html", **page))  # type: ignore[arg-type]
    assert isinstance(found, Article), found
    return found


def _jsonld(published: str, modified: str = "") -> str:
    return (
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"x","datePublished":"'
        f'{published}","dateModified":"{modified}"}}</script>'
    )


@pytest.mark.parametrize(
    ("head", "near", "page", "when", "source"),
    [
        (_jsonld("2024-03-02T10:00:00+02:00"), "", {}, "2024-03-02T08:00:00", "jsonld"),
        (
            "<meta property='article:published_time' content='2024-03-02T10:00:00Z'>",
            "",
            {},
            "2024-03-02T10:00:00",
            "meta",
        ),
        (
            "",
            "<span itemprop='datePublished' content='2024-03-02'></span>",
            {},
            "2024-03-02T00:00:00",
            "meta",
        ),
        ("", "<time datetime='2024-03-02T10:00:00Z'>أمس</time>", {}, "2024-03-02T10:00:00", "html"),
        (
            "",
            "<div class='post-date'>نشر في: السبت 2 آذار/مارس 2024</div>",
            {},
            "2024-03-02T00:00:00",
            "html",
        ),
        ("", "<div><span>2 فيفري 2019</span></div>", {}, "2019-02-02T00:00:00", "html"),
        (
            "",
            "<div class='entry-meta'><span>2 مارس 2024 - 11:05</span> <span>بقلم سامر</span></div>",
            {},
            "2024-03-02T11:05:00",
            "html",
        ),
        (
            "",
            "<span property='dc:date dc:created' content='2024-03-02T10:00:00+02:00'>السبت</span>",
            {},
            "2024-03-02T08:00:00",
            "html",
        ),
        (
            "",
            "<span property='schema:dateCreated' content='2024-03-02T08:00:00+00:00'></span>",
            {},
            "2024-03-02T08:00:00",
            "html",
        ),
        (
            "",
            "<div class='submitted'>بواسطة محرر في خميس, 03/07/2024 - 10:30</div>",
            {},
            "2024-03-07T10:30:00",
            "html",
        ),
        (
            "",
            "<div class='submitted'>Submitted by admin on Thu, 03/07/2024 - 10:30</div>",
            {},
            "2024-03-07T10:30:00",
            "html",
        ),
        (
            _jsonld("2024-03-02T10:00:00+02:00[Africa/Cairo]&#29;"),
            "",
            {},
            "2024-03-02T08:00:00",
            "jsonld",
        ),
        ("", "", {"url": "https://daffa.example/2024/3/2/x"}, "2024-03-02T00:00:00", "url"),
        (
            "",
            "",
            {"url": "https://daffa.example/2024/politics/3/2/x/index.html"},
            "2024-03-02T00:00:00",
            "url",
        ),
        ("", "", {"url": "https://daffa.example/news-20240302-x"}, "2024-03-02T00:00:00", "url"),
        ("", "", {"entry": FED}, "2024-03-02T08:30:15", "feed"),
        ("", "", {"entry": replace(FED, published_at=None)}, "2024-03-02T08:30:15", "feed"),
        (_jsonld("2024-03-02"), "", {"entry": FED}, "2024-03-02T08:30:15", "feed"),
        (_jsonld("2024-02-20"), "", {"entry": FED}, "2024-02-20T00:00:00", "jsonld"),
        (
            _jsonld("2024-03-02T10:00:00Z"),
            "",
            {"published": "2020-01-01T00:00:00Z"},
            "2020-01-01T00:00:00",
            "feed",
        ),
        (
            _jsonld("not a date"),
            "<time datetime='2024-03-02'></time>",
            {},
            "2024-03-02T00:00:00",
            "html",
        ),
    ],
)
def test_order_of_belief(
    head: str, near: str, page: dict[str, object], when: str, source: str
) -> None:
    found = _article(head, near, **page)
    assert found.published_at == datetime.fromisoformat(when).replace(tzinfo=UTC)
    assert found.published_source == source
    assert found.published_raw
    assert found.event_time == found.published_at


@pytest.mark.parametrize(
    ("head", "near", "page"),
    [
        ("", "", {}),
        ("<meta property='article:published_time' content='0001-01-01T00:00:00'>", "", {}),
        ("<meta name='date' content='1970-01-01'>", "", {}),
        (_jsonld("9999-12-31T23:59:59-12:00"), "", {}),
        (_jsonld("2031-01-01"), "", {"fetched_at": datetime(2024, 3, 2, tzinfo=UTC)}),
        ("", "<div class='updated'>2 مارس 2024</div>", {}),
        ("", "<div class='today'>السبت 2 مارس 2024</div>", {}),
        ("", "", {"url": "https://daffa.example/2024/03/x"}),
        ("", "", {"url": "https://daffa.example/2024/13/45/x"}),
        ("", "<span>مباراة 2022</span>", {}),
        ("", "<div class='submitted'>ثلاثاء, 07/11/2023 - 17:57</div>", {}),
        ("", "<span property='dc:modified' content='2024-03-02T10:00:00Z'></span>", {}),
    ],
)
def test_nothing_is_invented(head: str, near: str, page: dict[str, object]) -> None:
    found = _article(head, near, **page)
    assert found.published_at is None
    assert found.published_source == "none"
    assert found.event_time == found.fetched_at


def test_raw_is_kept_of_what_is_not_believed() -> None:
    found = _article("<meta name='date' content='1970-01-01'>")
    assert found.published_raw == "1970-01-01"


def test_text_is_the_last_resort() -> None:
    found = _article(
        lead="<p>وأعلن الوزير، مساء الأربعاء 20 سبتمبر/أيلول 2023، أن الامتحانات حضورية، "
        "واجتمع اليوم الأربعاء بالمديرين.</p>"
    )
    assert found.published_source == "text"
    assert found.published_at == datetime(2023, 9, 20, tzinfo=UTC)


def test_modified() -> None:
    found = _article(_jsonld("2024-03-02T10:00:00Z", "2024-03-02T12:00:00Z"))
    assert found.modified_at == datetime(2024, 3, 2, 12, tzinfo=UTC)
    meta = "<meta property='article:modified_time' content='2024-03-04T12:00:00Z'>"
    assert _article(meta).modified_at == datetime(2024, 3, 4, 12, tzinfo=UTC)
    assert _article(entry=FED).modified_at == FED.modified_at
    assert _article().modified_at is None


def test_zone_of_the_publisher() -> None:
    found = _article(_jsonld("2024-03-02T10:00:00"), tz="Africa/Cairo")
    assert found.published_at == datetime(2024, 3, 2, 8, tzinfo=UTC)


def test_event_time() -> None:
    fetched = datetime(2024, 3, 2, tzinfo=UTC)
    assert event_time(None, fetched) == fetched
    assert event_time(None, None) is None
    assert event_time(datetime(2024, 3, 2, 20, tzinfo=UTC), fetched) == datetime(
        2024, 3, 2, 20, tzinfo=UTC
    )
    assert event_time(datetime(2024, 3, 9, tzinfo=UTC), fetched) == fetched
    assert event_time(datetime(2024, 3, 9, tzinfo=UTC), None) == datetime(2024, 3, 9, tzinfo=UTC)
