"""What feeds and sitemaps of the field get wrong, and what they plainly mean."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime

import pytest

from transforms.feeds import parse_feed
from transforms.feeds.links import absolute_link
from transforms.feeds.plain import html_to_text
from transforms.records import Entry, ParsedFeed
from transforms.text.packed import unpack

URL = "https://akhbar.example/feeds/main.xml"
PAGE = "https://akhbar.example/1"
TITLE = "اعتقال عشرة متظاهرين"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS = (
    "<news:news><news:publication><news:name>أخبار</news:name><news:language>ar</news:language>"
    "</news:publication><news:publication_date>2024-02-28T10:00:00+03:00</news:publication_date>"
    f"<news:title>{TITLE}</news:title></news:news>"
)
LISTED = f"<url><loc>{PAGE}</loc>{NEWS}</url>"
WHEN = datetime(2024, 2, 28, 7, tzinfo=UTC)


def read(text: str | bytes) -> ParsedFeed:
    return parse_feed(text if isinstance(text, bytes) else text.encode(), url=URL)


def one(text: str | bytes) -> Entry:
    feed = read(text)
    assert feed.reason is None, feed.detail
    (entry,) = feed.entries
    return entry


def rss(item: str, declared: str = "") -> Entry:
    return one(f'<rss version="2.0" {declared}><channel><item>{item}</item></channel></rss>')


@pytest.mark.parametrize(
    "sitemap",
    [
        f'<urlset xmlns="{SITEMAP}">{LISTED}</urlset>',  # news: is not declared
        f"<urlset>{LISTED}</urlset>",  # nothing is
        (
            f'<urlset xmlns="{SITEMAP}" xmlns:news="https://www.google.com/schemas/sitemap-news/0.9/">'
            f"{LISTED}</urlset>"
        ),
        f'<urlset xmlns="{SITEMAP}" xmlns:news="http://example.com/anything">{LISTED}</urlset>',
        f'<urlset xmlns="https://sitemaps.example/0.9" xmlns:news="x">{LISTED}</urlset>',
        (
            f'<urlset xmlns="{SITEMAP}" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">'
            f"{LISTED.replace('news:', 'n:')}</urlset>"
        ),
        f'<urlset xmlns="{SITEMAP}">{LISTED.replace("</news:title>", "</news:titel>")}</urlset>',
        f'<urlset xmlns="{SITEMAP}">{LISTED.replace("</loc>", "</lastmod>")}</urlset>',
        f'<urlset xmlns="{SITEMAP}">{LISTED.replace("</news:news></url>", "")}</urlset>',
        f'<urlset xmlns="{SITEMAP}">{LISTED.replace("</news:news>", "")}',
        f'<urlset xmlns="{SITEMAP}">'
        + LISTED.replace(
            "</url>",
            "<image:image><image:loc>https://akhbar.example/i.jpg</image:loc>"
            "<image:title>صورة</image:title></image:image></url>",
        )
        + "</urlset>",
        f'<urlset xmlns="{SITEMAP}">'
        + LISTED.replace(
            "<news:news>",
            "<image:image><image:loc>https://akhbar.example/i.jpg</image:loc>"
            "<image:title>صورة</image:titel></image:image><news:news>",
        )
        + "</urlset>",
        f'<urlset xmlns="{SITEMAP}">{LISTED.replace(TITLE, f"<![CDATA[{TITLE}]]>")}</oops>',
    ],
)
def test_sitemaps_with_wrong_names_and_tags(sitemap: str) -> None:
    entry = one(sitemap)
    assert (entry.url, entry.title, entry.published_at) == (PAGE, TITLE, WHEN)
    assert entry.language == "ar"


def test_an_index_whose_tags_do_not_match() -> None:
    feed = read(
        f'<sitemapindex xmlns="{SITEMAP}"><sitemap><loc>{PAGE}.xml</loc><lastmod>2024-01-01'
        f"</sitemap><sitemap><loc>{PAGE}.new.xml</loc><lastmod>2024-02-01</lastmod></sitemap>"
    )
    assert (feed.kind, feed.children) == ("sitemapindex", (f"{PAGE}.new.xml", f"{PAGE}.xml"))


@pytest.mark.parametrize("news", ["", NEWS.replace("news:publication_date", "news:other")])
def test_lastmod_is_no_publication(news: str) -> None:
    entry = one(
        f'<urlset xmlns="{SITEMAP}"><url><loc>{PAGE}</loc><lastmod>2024-03-05</lastmod>{news}</url>'
        "</urlset>"
    )
    assert entry.published_at is None
    assert entry.modified_at == datetime(2024, 3, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("item", "declared"),
    [
        ("<dc:date>2024-02-28T10:00:00+03:00</dc:date>", ""),
        (
            "<dc:date>2024-02-28T10:00:00+03:00</dc:date>",
            'xmlns:dc="https://purl.org/dc/elements/1.1"',
        ),
        ("<dc:date>2024-02-28T10:00:00+03:00</dc:date>", 'xmlns:dc="urn:something"'),
        (
            "<pubDate>Mon, 30 Nov -0001 00:00:00</pubDate><dc:date>2024-02-28T07:00Z</dc:date>",
            "",
        ),
        ("<pubDate>0000-00-00</pubDate><pubDate>Wed, 28 Feb 2024 07:00:00 GMT</pubDate>", ""),
        ("<pubDate></pubDate><date>2024-02-28T07:00:00Z</date>", ""),
        ("<pubDate>غير معروف</pubDate><atom:updated>2024-02-28T07:00:00Z</atom:updated>", ""),
        (
            "<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate><created>2024-02-28T07:00Z</created>",
            "",
        ),
        ("<pubDate>x</pubDate><dc:date>2024-02-28T07:00Z</dc:date><oops></item>", ""),
    ],
)
def test_an_unreadable_date_hides_no_other(item: str, declared: str) -> None:
    assert rss(f"<title>{TITLE}</title>{item}", declared).published_at == WHEN


def test_an_unreadable_date_is_kept_as_written() -> None:
    entry = rss(f"<title>{TITLE}</title><pubDate>30 Nov -0001</pubDate>")
    assert (entry.published_at, entry.published_raw) == (None, "30 Nov -0001")


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("&lt;p&gt;أ&lt;/p&gt;&lt;p&gt;ب&lt;/p&gt;", "أ\nب"),
        ("&amp;lt;p&amp;gt;أ&amp;lt;/p&amp;gt;&amp;lt;p&amp;gt;ب&amp;lt;/p&amp;gt;", "أ\nب"),
        ("<div>&lt;p class=&quot;x&quot;&gt;أ&lt;/p&gt;&lt;p&gt;ب&lt;/p&gt;</div>", "أ\nب"),
        ("أ&lt;br /&gt;ب", "أ\nب"),
        ("&amp;quot;أ&amp;quot; &amp;amp; ب", '"أ" & ب'),
        ("&amp;amp;quot;أ&amp;amp;quot; &amp;amp;amp; ب", '"أ" & ب'),
        ("أ&amp;nbsp;ب&amp;#8230;", "أ ب…"),
        ("وسم &lt;p&gt; في الصفحة", "وسم <p> في الصفحة"),  # it closes nothing: it is shown
        ("<code>&lt;p&gt;أ&lt;/p&gt;</code>", "<p>أ</p>"),
        ("أ &lt; ب &gt; ج", "أ < ب > ج"),
    ],
)
def test_escaped_once_too_often(markup: str, text: str) -> None:
    assert html_to_text(markup) == text
    escaped = markup.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert rss(f"<guid>1</guid><description>{escaped}</description>").summary == text


def test_titles_and_content_escaped_twice() -> None:
    entry = rss(
        "<title>&amp;quot;اعتقال&amp;quot; عشرة &amp;amp; أكثر</title>"
        "<content:encoded>&amp;lt;p&amp;gt;نص&amp;lt;/p&amp;gt;</content:encoded>"
    )
    assert (entry.title, entry.content) == ('"اعتقال" عشرة & أكثر', "<p>نص</p>")
    entry = rss(
        "<title>أ</title><content:encoded><![CDATA[&lt;p&gt;نص&lt;/p&gt;]]></content:encoded>"
    )
    assert entry.content == "<p>نص</p>"


@pytest.mark.parametrize("kind", ["", ' type="text"', ' type="text/plain"', ' type="html"'])
def test_atom_markup_without_its_type(kind: str) -> None:
    escaped = "&lt;p&gt;أ&lt;/p&gt;&lt;p&gt;ب&lt;/p&gt;"
    entry = one(
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id>'
        f"<title{kind}>خبر &lt;b&gt;عاجل&lt;/b&gt;</title><summary{kind}>{escaped}</summary>"
        f"<content{kind}>{escaped}</content></entry></feed>"
    )
    assert (entry.title, entry.summary) == ("خبر عاجل", "أ\nب")
    assert html_to_text(entry.content) == "أ\nب"


def test_a_title_in_json_escaped_once_too_often() -> None:
    item = {"id": "1", "title": "&lt;b&gt;عاجل&lt;/b&gt; &quot;خبر&quot;"}
    entry = one(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [item]}))
    assert entry.title == 'عاجل "خبر"'


def test_atom_text_stays_text() -> None:
    entry = one(
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title>أ &lt; ب &amp; ج</title>'
        "<content>سطر &lt;غريب&gt;\nسطر</content></entry></feed>"
    )
    assert entry.title == "أ < ب & ج"
    assert html_to_text(entry.content) == "سطر <غريب>\nسطر"


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"content_text": "<p>أ</p><p>ب</p>"}, "أ\nب"),
        ({"content_text": "أ\nب"}, "أ\nب"),
        ({"content_text": "أ < ب"}, "أ < ب"),
        ({"content_text": "&lt;p&gt;أ&lt;/p&gt;"}, "أ"),
        ({"content_html": "&lt;p&gt;أ&lt;/p&gt;"}, "أ"),
    ],
)
def test_json_feed_text_with_tags(members: dict[str, str], text: str) -> None:
    item = {"id": "1", "title": "خبر &amp; <b>ثان</b>", "date_published": "nope"} | members
    item["date_modified"] = "2024-02-28T07:00:00Z"
    entry = one(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [item]}))
    assert html_to_text(entry.content) == text
    assert (entry.title, entry.published_at) == ("خبر & ثان", WHEN)


@pytest.mark.parametrize(
    ("base", "link", "address"),
    [
        (URL, "www.akhbar.example/1", "https://www.akhbar.example/1"),
        (URL, "akhbar.example/1", PAGE),
        (URL, "//akhbar.example/1", PAGE),
        (URL, "elsewhere.example/1?a=2", "https://elsewhere.example/1?a=2"),
        (URL, "http:/akhbar.example/1", "http://akhbar.example/1"),
        (URL, "https//akhbar.example/1", PAGE),
        (URL, "https:///akhbar.example/1", PAGE),
        (URL, "http://https://akhbar.example/1", PAGE),
        (URL, "akhbar.example", "https://akhbar.example"),
        ("http://akhbar.example/", "akhbar.example/1", "http://akhbar.example/1"),
        ("", "akhbar.example/1", PAGE),
        (URL, "/1", PAGE),
        (URL, "story.html", "https://akhbar.example/feeds/story.html"),
        (URL, "news.php/1", "https://akhbar.example/feeds/news.php/1"),
        (URL, "v2.0/1", "https://akhbar.example/feeds/v2.0/1"),
        (URL, "elsewhere.example", "https://akhbar.example/feeds/elsewhere.example"),
        (URL, "mailto:a@akhbar.example", ""),
        (URL, "urn:uuid:1", ""),
        (URL, "tag:akhbar.example,2024:1", ""),
        ("https://[x", "akhbar.example", ""),
    ],
)
def test_links_without_their_scheme(base: str, link: str, address: str) -> None:
    assert absolute_link(base, link) == address


def test_links_of_entries_without_their_scheme() -> None:
    assert rss("<link>www.akhbar.example/1</link>").url == "https://www.akhbar.example/1"
    assert rss("<guid>www.akhbar.example/1</guid>").url == "https://www.akhbar.example/1"
    assert one(f"<urlset><url><loc>{PAGE[8:]}</loc></url></urlset>").url == PAGE


@pytest.mark.parametrize(
    "element",
    [
        f"<feedburner:origLink>{PAGE}</feedburner:origLink>",
        (
            f'<feedburner:origLink xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0">{PAGE}'
            "</feedburner:origLink>"
        ),
        f"<pheedo:origLink>{PAGE}</pheedo:origLink>",
        f"<feedburner:origLink>{PAGE}</feedburner:origLink></oops>",
    ],
)
def test_the_link_behind_a_counter(element: str) -> None:
    counted = "<link>https://feeds.example/~r/akhbar/~3/x/</link>"
    assert rss(f"<title>{TITLE}</title>{counted}{element}").url == PAGE


def test_packed_whatever_its_name() -> None:
    text = f"<urlset>{LISTED}</urlset>".encode()
    packed = gzip.compress(text)
    for data in (
        packed,
        gzip.compress(packed),
        gzip.compress(text[:99]) + gzip.compress(text[99:]),
    ):
        assert one(data).title == TITLE
    many = f"<urlset>{LISTED * 2000}</urlset>".encode()
    torn = read(gzip.compress(many)[:-400])
    assert 0 < len(torn.entries) < 2000
    bomb = parse_feed(gzip.compress(b" " * 40_000_000), url=URL, max_bytes=1_000_000)
    assert bomb.reason is not None
    broken = read(b"\x1f\x8b\x08rubble")
    assert (broken.reason, "gzip" in broken.detail) == ("bad_feed", True)
    assert unpack(b"plain", 3) == b"plain"


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("<urlset><url><lok>x</lok></url><url/></urlset>", 1),
        ('<rss><channel><x:item xmlns:x="urn:x"><x:a>b</x:a></x:item></channel></rss>', 1),
        ('<feed xmlns="urn:x"><entry><a>b</a></entry><entry><a>b</a></entry></feed>', 2),
        ('{"version":"https://jsonfeed.org/version/1.1","items":["a",1,null]}', 3),
    ],
)
def test_a_list_of_which_nothing_can_be_read_is_broken(text: str, listed: int) -> None:
    feed = read(text)
    assert feed.reason == "bad_feed"
    assert feed.detail == f"{listed} items, of which none could be read"


@pytest.mark.parametrize("text", ["<rss><channel><title>x</title></channel></rss>", "<urlset/>"])
def test_a_list_of_nothing_is_empty(text: str) -> None:
    assert (read(text).reason, read(text).entries) == (None, ())


@pytest.mark.parametrize(
    "item",
    [
        f"<title>{TITLE}</titel><link>{PAGE}</link>",
        f"<title>{TITLE}<link>{PAGE}</link>",
        f"<title>{TITLE}</title><link>{PAGE}</lnik><description>نص</descripton>",
        f"<link>{PAGE}</link><title>{TITLE}",
        f"<dc:title>{TITLE}</title><link>{PAGE}</link>",
        f"<title><![CDATA[{TITLE}]]></titel><link>{PAGE}</link><description>أ<br>ب</description>",
    ],
)
def test_one_field_closed_wrongly_loses_no_feed(item: str) -> None:
    feed = read(
        f"<rss version='2.0'><channel><item>{item}</item><item><title>ثان</title>"
        f"<link>{PAGE}2</link></item></channel></rss>"
    )
    assert feed.reason is None, feed.detail
    assert [(each.title, each.url) for each in feed.entries] == [(TITLE, PAGE), ("ثان", f"{PAGE}2")]


@pytest.mark.parametrize("reference", ["&#29;", "&#x1D;", "&#0;", "&#xFFFE;", "&#7;", "\x1d"])
def test_references_to_control_characters_vanish(reference: str) -> None:
    assert rss(f"<title>{TITLE}{reference}</title>").title == TITLE
    assert rss(f"<title><![CDATA[{TITLE}{reference}]]></title>").title.rstrip("\ufffd") == TITLE
    text = html_to_text(
        rss(f"<guid>1</guid><content:encoded>أ{reference}ب</content:encoded>").content
    )
    assert text == "أب"
