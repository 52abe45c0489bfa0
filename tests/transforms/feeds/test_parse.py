"""parse_feed over small documents of every format, whole, broken and hostile."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from transforms.feeds import parse_feed
from transforms.records import Entry, Feed, ParsedFeed

URL = "https://news.example/feeds/main.xml"

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"
 xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:media="http://search.yahoo.com/mrss/">
<channel>
 <title>صحيفة الميناء</title><link>https://news.example/</link><language>ar-EG</language>
 <atom:link href="/feeds/main.xml" rel="self"/><atom:link href="https://hub.example/" rel="hub"/>
 <ttl>30</ttl><sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>1</sy:updateFrequency>
 <image><title>شعار</title><url>https://news.example/logo.png</url></image>
 <item>
  <title>وصول &lt;b&gt;سفينة&lt;/b&gt; &amp;quot;النور&amp;quot;</title>
  <link>/news/1?a=1&amp;b=2</link><guid isPermaLink="false">n-1</guid>
  <description><![CDATA[<p>رست السفينة.</p><script>x()</script>
  <p>ثم غادرت&nbsp;صباحا.</p>]]></description>
  <content:encoded><![CDATA[<p>النص الكامل</p>]]></content:encoded>
  <dc:creator>سعاد &lt;s@news.example&gt;، admin</dc:creator>
  <pubDate>Sun, 12 May 2024 10:30:00 +0300</pubDate>
  <category>اقتصاد</category><category>اقتصاد</category><dc:subject>موانئ</dc:subject>
  <media:group><media:title>صورة</media:title>
  <media:keywords>بحر, سفن</media:keywords></media:group>
 </item>
 <item><title>بلا رابط</title><guid>https://news.example/news/2</guid><dc:date>2024-05-12</dc:date></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ar" xml:base="https://base.example/x/">
 <title type="html">موقع &amp;amp; خبر</title><id>urn:1</id>
 <link rel="self" href="self.xml"/><link href="./"/>
 <entry><id>urn:2</id><title>أ &lt; ب</title><link rel="edit" href="edit"/><link href="a/1"/>
  <updated>2024-05-12T08:00:00Z</updated><published>2024-05-11T08:00:00Z</published>
  <author><name>هالة</name><email>h@x.example</email></author>
  <category term="t" label="سياسة"/><summary>ملخص</summary>
  <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>نص</p></div></content></entry>
 <entry><id>urn:3</id><title type="html">&lt;i&gt;مائل&lt;/i&gt;</title>
  <link rel="alternate" type="application/pdf" href="b.pdf"/>
  <updated>2024-05-12T08:00:00Z</updated><content type="text">سطر
سطران</content></entry>
</feed>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://news.example/"><title>ع</title><dc:language>ar</dc:language></channel>
<item rdf:about="https://news.example/r1"><title>خبر</title><dc:date>2024-05-12T10:00:00+02:00</dc:date></item>
</rdf:RDF>"""

SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://news.example/s1</loc><lastmod>2024-05-12T11:00:00Z</lastmod><news:news>
<news:publication><news:name>م</news:name><news:language>ar</news:language></news:publication>
<news:publication_date>2024-05-12T10:00:00Z</news:publication_date><news:title>عنوان</news:title>
<news:keywords>أ, ب</news:keywords></news:news></url>
<url><loc>https://news.example/s2</loc></url></urlset>"""


def read(text: str | bytes, **known: object) -> ParsedFeed:
    data = text if isinstance(text, bytes) else text.encode()
    return parse_feed(data, url=URL, **known)  # type: ignore[arg-type]


def one(item: str) -> Entry:
    (entry,) = read(f'<rss version="2.0"><channel><item>{item}</item></channel></rss>').entries
    return entry


def test_when_a_feed_wants_to_be_left_alone() -> None:
    def told(inner: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
        feed = read(f'<rss version="2.0"><channel><title>t</title>{inner}</channel></rss>')
        return feed.skip_hours, feed.skip_days

    hours = "".join(f"<hour>{each}</hour>" for each in (" 23 ", 0, 24, 5, "x", "-1", ""))
    assert told(f"<skipHours>{hours}</skipHours>") == ((0, 5, 23), ())
    assert told("<skipDays><day>Saturday</day><day>friday</day><day>Sabt</day></skipDays>") == (
        (),
        (4, 5),
    )
    every = "".join(f"<hour>{each}</hour>" for each in range(24))
    assert told(f"<skipHours>{every}</skipHours>") == ((), ()), "always is never meant"


def test_rss_with_everything() -> None:
    feed = read(RSS)
    assert (feed.kind, feed.title, feed.language) == ("rss", "صحيفة الميناء", "ar-eg")
    assert feed.home_url == "https://news.example/"
    assert feed.self_url == URL
    assert feed.hub_url == "https://hub.example/"
    assert feed.ttl_seconds == 3600
    assert feed.reason is None
    first, second = feed.entries
    assert first == Entry(
        feed_url=URL,
        guid="n-1",
        url="https://news.example/news/1?a=1&b=2",
        position=0,
        title='وصول سفينة "النور"',
        summary="رست السفينة.\nثم غادرت صباحا.",
        content="<p>النص الكامل</p>",
        authors=("سعاد",),
        published_raw="Sun, 12 May 2024 10:30:00 +0300",
        published_at=datetime(2024, 5, 12, 7, 30, tzinfo=UTC),
        published_precision="second",
        modified_at=None,
        language="ar-eg",
        categories=("اقتصاد", "موانئ", "بحر", "سفن"),
    )
    assert second.url == second.guid == "https://news.example/news/2"
    assert (second.position, second.published_precision) == (1, "day")


def test_atom_types_links_and_bases() -> None:
    feed = read(ATOM)
    assert (feed.kind, feed.title, feed.language) == ("atom", "موقع & خبر", "ar")
    first, second = feed.entries
    assert (first.title, first.url, first.guid) == ("أ < ب", "https://base.example/x/a/1", "urn:2")
    assert first.authors == ("هالة",)
    assert first.categories == ("سياسة",)
    assert first.summary == "ملخص"
    assert first.content == "<div><p>نص</p></div>"
    assert first.published_at == datetime(2024, 5, 11, 8, tzinfo=UTC)
    assert first.modified_at == datetime(2024, 5, 12, 8, tzinfo=UTC)
    assert second.title == "مائل"
    assert second.url == "https://base.example/x/b.pdf"
    assert second.content == "<p>سطر</p><p>سطران</p>"
    assert second.published_at == second.modified_at == datetime(2024, 5, 12, 8, tzinfo=UTC)
    assert second.published_raw == "2024-05-12T08:00:00Z"


def test_rdf() -> None:
    feed = read(RDF)
    assert (feed.kind, feed.title, feed.language) == ("rdf", "ع", "ar")
    (entry,) = feed.entries
    assert entry.url == entry.guid == "https://news.example/r1"
    assert entry.published_at == datetime(2024, 5, 12, 8, tzinfo=UTC)


def test_news_sitemap_and_index() -> None:
    feed = read(SITEMAP)
    assert feed.kind == "sitemap"
    first, second = feed.entries
    assert (first.url, first.title, first.language) == ("https://news.example/s1", "عنوان", "ar")
    assert first.categories == ("أ", "ب")
    assert first.published_at == datetime(2024, 5, 12, 10, tzinfo=UTC)
    assert first.modified_at == datetime(2024, 5, 12, 11, tzinfo=UTC)
    assert second.url == "https://news.example/s2"
    index = read("<sitemapindex><sitemap><loc>/a.xml</loc></sitemap><sitemap/></sitemapindex>")
    assert index.kind == "sitemapindex"
    assert index.children == ("https://news.example/a.xml",)


def test_json_feed() -> None:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "ج",
        "language": "ar",
        "home_page_url": "https://news.example/",
        "hubs": [{"type": "WebSub", "url": "https://hub.example/"}],
        "items": [
            {
                "id": 7,
                "url": "/j1",
                "title": "أ <b>",
                "summary": "ملخص",
                "content_text": "سطر < \n\nسطران",
                "date_published": "2024-05-12T10:00:00Z",
                "authors": [{"name": "هالة"}, "x"],
                "tags": ["ت", 1],
            },
            {
                "id": "https://news.example/j2",
                "content_html": "<p>ن</p>",
                "author": {"name": "منى"},
            },
            "no item",
        ],
    }
    feed = read("\ufeff" + json.dumps(document))
    assert (feed.kind, feed.title, feed.hub_url) == ("json", "ج", "https://hub.example/")
    first, second = feed.entries
    assert (first.guid, first.url, first.title) == ("7", "https://news.example/j1", "أ <b>")
    assert first.content == "<p>سطر &lt; </p><p>سطران</p>"
    assert (first.authors, first.categories) == (("هالة",), ("ت",))
    assert (second.url, second.authors) == ("https://news.example/j2", ("منى",))
    assert second.content == "<p>ن</p>"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty_input"),
        (b" \n", "empty_input"),
        (b"<!DOCTYPE html><html><body>x</body></html>", "not_a_feed"),
        (b"<html><head></head></html>", "not_a_feed"),
        (b"<div>error</div>", "not_a_feed"),
        (b"just words", "not_a_feed"),
        (b"<note><to>x</to></note>", "not_a_feed"),
        (b"<opml><body><outline/></body></opml>", "not_a_feed"),
        (b'{"a": 1}', "not_a_feed"),
        (b"[1, 2", "not_a_feed"),
        (b'{"items": [], "x"', "not_a_feed"),
        (b"[" * 100_000, "not_a_feed"),
        (b'{"title": "\\"[", "items": ' + b"[" * 200 + b"]" * 200 + b"}", "not_a_feed"),
        (bytes(range(256)) * 20, "not_a_feed"),
        (b"<!-- never closed", "not_a_feed"),
        (b"<!DOCTYPE x [ <!ENTITY", "not_a_feed"),
        (b"<?xml never closed", "not_a_feed"),
    ],
)
def test_what_is_no_feed_says_so(data: bytes, reason: str) -> None:
    feed = read(data)
    assert feed.reason == reason
    assert feed.detail
    assert feed.entries == ()


def test_an_empty_feed_is_a_feed() -> None:
    feed = read('<rss version="2.0"><channel><title>t</title></channel></rss>')
    assert (feed.reason, feed.title, feed.entries) == (None, "t", ())


def test_a_feed_behind_junk_or_within_html() -> None:
    for junk in (
        "<br />\n<b>Warning</b>: x<br />",
        "Notice: undefined\n",
        "<html>".replace("html", "body"),
    ):
        feed = read(junk + RSS)
        assert feed.entries[0].guid == "n-1"


def test_cut_off_anywhere_the_whole_items_stay() -> None:
    items = "".join(
        f"<item><title>خبر {n}</title><link>https://news.example/n/{n}</link>"
        f"<description><![CDATA[<p>{n}</p>]]></description></item>"
        for n in range(30)
    )
    whole = f'<rss version="2.0"><channel><title>t</title>{items}</channel></rss>'.encode()
    for end in range(120, len(whole), 37):
        feed = read(whole[:end])
        expected = whole[:end].count(b"</item>")
        assert len(feed.entries) >= expected
        for position, entry in enumerate(feed.entries[:expected]):
            assert entry.title == f"خبر {position}"
            assert entry.url == f"https://news.example/n/{position}"


def test_caps_on_entries_and_bytes() -> None:
    items = "".join(f"<item><guid>{n}</guid></item>" for n in range(50))
    text = f"<rss><channel>{items}</channel></rss>"
    capped = read(text, max_entries=20)
    assert [entry.guid for entry in capped.entries] == [str(n) for n in range(20)]
    assert capped.dropped == 30
    cut = read(text, max_bytes=400)
    assert 5 < len(cut.entries) < 15
    assert 49 <= len(cut.entries) + cut.dropped <= 50  # the item at the cut may be neither
    assert "bytes" in cut.detail
    assert read(text, max_bytes=10).reason == "too_large"
    many = json.dumps({"title": "t", "items": [{"id": str(n)} for n in range(50)]})
    assert read(many, max_entries=20).dropped == 30
    assert read(many, max_bytes=100).reason == "too_large"


def test_broken_markup_is_read_loosely() -> None:
    feed = read(
        "<rss version='2.0'><channel><title>t</title><language>ar</language>"
        "<atom:link rel='self' href='/x'/><link rel='hub' href='/h'/>"
        "<item><title>أ & ب</title><link>https://news.example/1?a=1&b=2</link>"
        "<description><p>نص <br> آخر</description><author>x@y.example (هالة)</author></item>"
        "<item><title>ج</b></title><category>ت</category><guid isPermaLink='false'>g</guid>"
        "<pubDate>2024-05-12</pubDate></item></channel></rss>"
    )
    first, second = feed.entries
    assert (first.title, first.url) == ("أ & ب", "https://news.example/1?a=1&b=2")
    assert first.authors == ("هالة",)
    assert "نص" in first.summary
    assert (second.title, second.guid, second.categories) == ("ج", "g", ("ت",))
    assert second.published_at == datetime(2024, 5, 12, tzinfo=UTC)


def test_loose_kinds() -> None:
    atom = read(
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>a</i></title></entry></feed>"
    )
    assert (atom.kind, atom.entries[0].title) == ("atom", "a")
    strange = read("<x:root><item><title>a</b></title></item></x:root>")
    assert len(strange.entries) == 1


def test_entities_of_a_document_type() -> None:
    text = (
        '<?xml version="1.0"?><!-- c --><!DOCTYPE rss [<!ENTITY n "قيمة"><!ENTITY b "&n;&n;">'
        '<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<rss><channel><item>'
        "<title>&n; &b; &x; &nbsp;&hellip; &#xD800; &#1114112; &unknown; &amp;</title>"
        "</item></channel></rss>"
    )
    (entry,) = read(text).entries
    assert entry.title == "قيمة &b; &x; … \ufffd \ufffd &unknown; &"
    huge = '<!DOCTYPE rss [<!ENTITY n "' + "ق" * 190 + '">]><rss><channel><item><title>'
    (entry,) = read(huge + "&n;" * 5000 + "</title></item></channel></rss>").entries
    assert len(entry.title) <= 20_000


def test_references_in_cdata_stay() -> None:
    entry = one(
        "<title><![CDATA[أ &amp; ب & ج]]></title><link><![CDATA[https://x.example/?a&b]]></link>&bad"
    )
    assert entry.title == "أ & ب & ج"
    assert entry.url == "https://x.example/?a&b"


def test_windows_punctuation_and_characters_no_text_may_hold() -> None:
    assert one("<title>a&#146;b &#x93;c\x94</title>").title == "a’b “c”"
    document = {
        "title": "t",
        "items": [{"id": "a\ud800", "title": "x\x00\udfffy", "tags": ["\x01"]}],
    }
    (entry,) = read(json.dumps(document)).entries
    assert (entry.guid, entry.title, entry.categories) == ("a", "xy", ())
    assert one('<content mode="base64">YQBi</content>').content == "<p>ab</p>"


def test_a_feed_in_a_file_knows_its_address_by_itself() -> None:
    item = "<item><link>/1</link></item>"
    text = f"<rss><channel><link>https://h.example/ar/</link>{item}</channel></rss>"
    assert parse_feed(text.encode(), url="file:x.xml").entries[0].url == "https://h.example/1"
    bare = f"<rss><channel>{item}</channel></rss>"
    assert parse_feed(bare.encode(), url="file:x.xml").entries[0].url == ""


def test_titles_literal_or_html() -> None:
    assert one("<title>1 &lt; 2 &gt; 0</title>").title == "1 < 2 > 0"
    assert one("<title>A &amp;amp; B</title>").title == "A & B"
    assert one("<title>x &lt;em&gt;y&lt;/em&gt;</title>").title == "x y"
    assert one("<title> \n x\t\ty </title>").title == "x y"
    assert one("<title>a\x08b\x00c</title>").title == "abc"


def test_a_long_description_is_the_article_unless_it_is_cut_off() -> None:
    long = "&lt;p&gt;" + "كلمة أخرى هنا. " * 100 + "&lt;/p&gt;"
    assert one(f"<description>{long}</description>").content.startswith("<p>")
    assert one(f"<description>{long}</description>").summary == ""
    cut = long.replace("&lt;/p&gt;", "[…]&lt;/p&gt;")
    assert one(f"<description>{cut}</description>").content == ""
    two = one("<description>قصير</description><description>أطول من الأول</description>")
    assert (two.summary, two.content) == ("قصير", "<p>أطول من الأول</p>")


def test_base64_content() -> None:
    entry = one('<content type="application/octet-stream">2YbYtQ==</content>')
    assert entry.content == "<p>نص</p>"
    assert one('<content mode="base64">%%</content>').content == "<p>%%</p>"


def test_dates_use_the_feeds_zone_and_country() -> None:
    item = "<rss><channel><item><pubDate>2024-01-12 10:00:00</pubDate></item></channel></rss>"
    assert read(item).entries[0].published_at == datetime(2024, 1, 12, 10, tzinfo=UTC)
    zoned = read(item, feed=Feed(URL, tz="Asia/Riyadh"))
    assert zoned.entries[0].published_at == datetime(2024, 1, 12, 7, tzinfo=UTC)
    placed = read(item, feed=Feed(URL, country="SAU"))
    assert placed.entries[0].published_at == datetime(2024, 1, 12, 7, tzinfo=UTC)
    bad = one("<pubDate>أمس</pubDate>")
    assert (bad.published_at, bad.published_raw) == (None, "أمس")


def test_headers_give_encoding_and_base() -> None:
    item = "<item><title>خبر عاجل من الميناء</title><link>a</link></item>"
    data = f"<rss><channel>{item}</channel></rss>"
    feed = read(
        data.encode("windows-1256"),
        headers={"Content-Type": "text/xml; charset=windows-1256", "content-location": "/deep/x"},
    )
    assert feed.entries[0].title == "خبر عاجل من الميناء"
    assert feed.entries[0].url == "https://news.example/deep/a"


def test_links_that_are_none() -> None:
    assert one("<link>javascript:alert(1)</link>").url == ""
    assert one("<guid>not a link</guid>").url == ""
    assert one('<guid isPermaLink="false">/x</guid>').url == ""
    relative = one("<guid>/x</guid>")
    assert relative.guid == relative.url == "https://news.example/x"
    assert one("<link/><url>https://x.example/1</url>").url == "https://x.example/1"
