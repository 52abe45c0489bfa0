"""The civil day of publication, across midnight in zones east and west of UTC."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from zoneinfo import ZoneInfo

import pytest

from transforms.document import process_document
from transforms.extract import extract_article
from transforms.feeds import parse_feed
from transforms.feeds.join import join_page
from transforms.records import Article, Document, Entry, Feed, Page

TITLE = "مظاهرة في العاصمة احتجاجا على ارتفاع الأسعار"
DAYS = ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد")
# Zone, country of the press that is written there (None: none is known by it).
ZONES = (
    ("Asia/Dubai", "ARE"),
    ("Asia/Riyadh", "SAU"),
    ("Africa/Cairo", "EGY"),
    ("Africa/Tunis", "TUN"),
    ("Africa/Nouakchott", "MRT"),
    ("Asia/Tehran", "IRN"),
    ("Europe/London", "GBR"),
    ("America/New_York", "USA"),
    ("Asia/Karachi", "PAK"),
)
CLOCKS = ((2023, 6, 3, 0, 20), (2023, 6, 3, 2, 10), (2024, 1, 1, 0, 5), (2024, 2, 29, 23, 50))


def _prose(day: str = "") -> str:
    today = f"، اليوم {day}، " if day else " "
    return (
        f"<p>تظاهر المئات{today}في العاصمة احتجاجا على ارتفاع الأسعار، وقالت الشرطة إنها فرقت "
        "المتظاهرين أمام مقر الحكومة بعد ساعات من الاحتجاج.</p>"
        "<p>وطالب المحتجون الحكومة بخفض أسعار الخبز والوقود، ورفعوا لافتات تدعو إلى الحوار.</p>"
        "<p>وأكدت الوزارة في بيان أنها تدرس مطالب المحتجين وستعلن قرارها في وقت لاحق.</p>"
    )


def _page(head: str = "", near: str = "", day: str = "", **known: object) -> Page:
    markup = (
        f"<html><head><title>{TITLE}</title>{head}</head><body><div><h1>{TITLE}</h1>"
        f"{near}<div class='entry-content'>{_prose(day)}</div></div></body></html>"
    )
    return Page(markup.encode(), "html", **known)  # type: ignore[arg-type]


def _jsonld(published: str) -> str:
    return (
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"x",'
        f'"datePublished":"{published}"}}</script>'
    )


def _article(page: Page) -> Article:
    found = extract_article(page)
    assert isinstance(found, Article), found
    return found


def _item(pubdate: str, day: str = "") -> bytes:
    return (
        '<rss version="2.0"><channel><title>x</title><link>https://safina.example/</link>'
        f"<item><title>{TITLE}</title><link>https://safina.example/n/1</link><guid>1</guid>"
        f"<pubDate>{pubdate}</pubDate><description><![CDATA[{_prose(day) * 5}]]></description>"
        "</item></channel></rss>"
    ).encode()


def _of_feed(pubdate: str, feed: Feed, day: str = "") -> Article:
    parsed = parse_feed(_item(pubdate, day), url=feed.url, headers={}, feed=feed)
    (page,) = join_page([], parsed.entries, feeds={feed.url: feed})
    assert isinstance(page, Page)
    return _article(page)


@pytest.mark.parametrize(("zone", "country"), ZONES)
@pytest.mark.parametrize("clock", CLOCKS)
def test_the_day_is_that_of_the_publisher(
    zone: str, country: str, clock: tuple[int, int, int, int, int]
) -> None:
    local = datetime(*clock, tzinfo=ZoneInfo(zone))
    utc, naive = local.astimezone(UTC), local.replace(tzinfo=None)
    url = "https://safina.example/rss"
    written = [
        _article(_page(_jsonld(local.isoformat()))),  # the zone written, of an unknown publisher
        _article(_page(_jsonld(f"{utc:%Y-%m-%dT%H:%M:%SZ}"), tz=zone)),
        _article(_page(_jsonld(utc.isoformat()), publisher_country=country)),
        _article(_page(_jsonld(naive.isoformat()), tz=zone)),
        _article(_page(_jsonld(str(int(utc.timestamp()))), tz=zone)),
        _article(_page(near=f"<time datetime='{utc:%Y-%m-%dT%H:%M:%SZ}'>x</time>", tz=zone)),
        _article(_page(published=utc.isoformat(), tz=zone)),
        _of_feed(format_datetime(utc).replace("+0000", "GMT"), Feed(url, tz=zone)),
        _of_feed(format_datetime(utc), Feed(url, country=country)),
        _of_feed(format_datetime(local), Feed(url)),
        _of_feed(f"{naive:%a, %d %b %Y %H:%M:%S}", Feed(url, tz=zone)),
    ]
    assert {each.published_on for each in written} == {local.date()}
    assert {each.published_at for each in written} == {utc}


@pytest.mark.parametrize("zone", [zone for zone, _ in ZONES])
def test_relative_dates_count_from_it(zone: str) -> None:
    local = datetime(2023, 6, 3, 0, 20, tzinfo=ZoneInfo(zone))
    stamp = f"{local.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    found = process_document(_page(_jsonld(stamp), day="السبت", tz=zone))
    assert isinstance(found, Document)
    assert found.article.published_on == date(2023, 6, 3)
    sure = (event for event in found.events if event.confidence >= 0.5)
    dated = {event.event_date for event in sure if event.event_type == "PROTEST"}
    assert dated == {date(2023, 6, 3)}


@pytest.mark.parametrize(
    ("head", "near", "day", "expected"),
    [
        # Another writing of the same moment tells the zone.
        (
            _jsonld("2023-06-02T22:10:00Z")
            + "<meta property='article:published_time' content='2023-06-03T02:10:00+04:00'>",
            "",
            "",
            "2023-06-03",
        ),
        # A visible day, with and without a clock.
        (_jsonld("2023-06-02T22:10:00Z"), "<time>السبت 3 يونيو 2023</time>", "", "2023-06-03"),
        (
            _jsonld("2023-06-02T22:10:00Z"),
            "<div class='date'>03/06/2023 - 02:10</div>",
            "",
            "2023-06-03",
        ),
        (_jsonld("2023-06-03T03:10:00Z"), "<time>الجمعة 2 يونيو 2023</time>", "", "2023-06-02"),
        # The text's own today.
        (_jsonld("2023-06-02T22:10:00Z"), "", "السبت", "2023-06-03"),
        (_jsonld("2023-06-03T02:10:00Z"), "", "الجمعة", "2023-06-02"),
        # A day that no zone of the press has, or a weekday that fits none, moves nothing.
        (_jsonld("2023-06-02T22:10:00Z"), "<time>الأحد 4 يونيو 2023</time>", "", "2023-06-02"),
        (_jsonld("2023-06-02T12:00:00Z"), "<time>السبت 3 يونيو 2023</time>", "", "2023-06-02"),
        (_jsonld("2023-06-02T22:10:00Z"), "", "الاثنين", "2023-06-02"),
        (_jsonld("2023-06-02T12:10:00Z"), "", "السبت", "2023-06-02"),
        # The zone written decides, whatever else stands there.
        (_jsonld("2023-06-03T01:10:00+03:00"), "", "الجمعة", "2023-06-03"),
        # A day alone, refined by a time in UTC that is the evening before.
        (
            _jsonld("2023-06-03"),
            "<time datetime='2023-06-02T22:10:00Z'>x</time>",
            "",
            "2023-06-03",
        ),
        (_jsonld("2023-06-03"), "", "", "2023-06-03"),
        (_jsonld("2023-06"), "", "", "2023-06-01"),
    ],
)
def test_a_publisher_nobody_knows(head: str, near: str, day: str, expected: str) -> None:
    assert _article(_page(head, near, day)).published_on == date.fromisoformat(expected)


def test_a_finer_time_of_another_day_refines_nothing() -> None:
    found = _article(
        _page(_jsonld("2023-06-03"), "<time datetime='2023-06-02T10:10:00+03:00'>x</time>")
    )
    assert found.published_at == datetime(2023, 6, 3, tzinfo=UTC)
    assert (found.published_precision, found.published_on) == ("day", date(2023, 6, 3))


def test_an_entry_read_before_its_publisher_was_known() -> None:
    """The day is as written, or in the zone that is known by now."""
    at = datetime(2023, 6, 2, 22, 10, tzinfo=UTC)
    entry = Entry("https://safina.example/rss", "1", "https://safina.example/n/1", 0)
    gmt = replace(entry, published_raw="Fri, 02 Jun 2023 22:10:00 GMT", published_at=at)
    bare = replace(
        entry,
        published_raw="Sat, 03 Jun 2023 02:10:00",
        published_at=at + timedelta(hours=4),
    )
    silent = replace(entry, published_at=at)
    for each in (gmt, bare, silent):
        assert _article(_page(entry=each, tz="Asia/Dubai")).published_on == date(2023, 6, 3)
    assert _article(_page(entry=gmt)).published_on == date(2023, 6, 2)
    assert _article(_page(entry=gmt, day="السبت")).published_on == date(2023, 6, 3)


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        ("Sat, 03 Jun 2023 02:10:00 +0400", "2023-06-03"),  # the same moment
        ("Sat, 03 Jun 2023 02:35:00 +0400", "2023-06-03"),  # within the hour
        ("Sat, 03 Jun 2023 02:10:00", "2023-06-03"),  # four hours off: without its zone
        ("Sat, 03 Jun 2023 04:37:00 +0300", "2023-06-02"),  # another moment
        ("Fri, 02 Jun 2023 22:10:00 GMT", "2023-06-02"),
    ],
)
def test_a_feed_tells_the_day_of_its_page(raw: str, day: str) -> None:
    entry = Entry("https://safina.example/rss", "1", "https://safina.example/n/1", 0)
    page = _page(_jsonld("2023-06-02T22:10:00Z"), entry=replace(entry, published_raw=raw))
    found = _article(page)
    assert found.published_at == datetime(2023, 6, 2, 22, 10, tzinfo=UTC)
    assert found.published_on == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://www.safina.ae/n/1", "2023-06-03"),
        ("https://news.safina.com.sa:8080/n/1", "2023-06-03"),
        ("https://safina.eg", "2023-06-03"),
        ("https://safina.ma/n/1", "2023-06-02"),
        ("https://safina.example/ae", "2023-06-02"),
        ("https://safina.tv/n/1", "2023-06-02"),
    ],
)
def test_the_country_of_a_host(url: str, day: str) -> None:
    page = _page(_jsonld("2023-06-02T21:40:00Z"), url=url)
    assert _article(page).published_on == date.fromisoformat(day)
    early = _article(_page(_jsonld("2023-06-02T21:40:00Z"), url=url, tz="Africa/Tunis"))
    assert early.published_on == date(2023, 6, 2), "the publisher's own zone goes first"


def test_nothing_is_known() -> None:
    assert _article(_page()).published_on is None


LATE = "2024-03-15T22:30:00Z"  # the 16th from two hours east of Greenwich on


@pytest.mark.parametrize(
    ("lang", "head", "day"),
    [
        ("ar", "", 15),
        ("ar-EG", "", 16),
        ("ar-MA", "", 15),
        ("ar_AR", "", 15),
        ("ar", '<meta property="og:locale" content="ar_AE">', 16),
        ("ar", '<meta property="og:locale" content="ar_AR">', 15),
        ("ar", '<meta property="article:modified_time" content="2024-03-16T04:10:00+03:00">', 16),
        ("ar", '<meta property="article:modified_time" content="2024-03-16T04:10:00+00:00">', 15),
        ("ar-EG", '<meta property="og:updated_time" content="2024-03-16T00:10:00+01:00">', 15),
    ],
)
def test_what_the_page_tells_of_its_zone(lang, head, day):
    text = "".join(
        f"<p>أعلنت البلدية افتتاح الجسر الجديد أمام السيارات بعد عامين، {n}.</p>" for n in "123"
    )
    page = (
        f'<html lang="{lang}"><head><title>افتتاح الجسر الجديد أمام السيارات</title>'
        f'<meta property="article:published_time" content="{LATE}">{head}</head>'
        f"<body><article><h1>افتتاح الجسر الجديد أمام السيارات</h1>{text}</article></body></html>"
    )
    found = extract_article(Page(page.encode(), "html", url="https://jisr.example/news/12345678"))
    assert isinstance(found, Article), found
    assert found.published_on == date(2024, 3, day)
