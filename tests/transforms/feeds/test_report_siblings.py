"""Siblings of the reported feeds: the same kinds in other feeds, with the right values."""

from __future__ import annotations

import gzip
import json

import pytest

from transforms.feeds import parse_feed
from transforms.feeds.plain import html_to_text

NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
MAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
STORY = (
    "<news:news><news:publication><news:name>s</news:name></news:publication>"
    "<news:publication_date>2024-03-15T08:00:00Z</news:publication_date>"
    "<news:title>إضراب</news:title></news:news>"
)


def parsed(data):
    data = data if isinstance(data, bytes) else data.encode()
    return parse_feed(data, url="https://sahel.example/feed", headers={})


def rss(items):
    spaces = (
        'xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    )
    link = "<link>https://sahel.example/</link>"
    return f'<rss version="2.0" {spaces}><channel><title>s</title>{link}{items}</channel></rss>'


def item(parts):
    return rss(f"<item><link>https://s.example/1</link>{parts}</item>")


def atom(parts):
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>s</title><entry><title>إضراب</title>'
        '<id>tag:1</id><link href="https://s.example/1"/><updated>2024-03-15T08:00:00Z</updated>'
        f"{parts}</entry></feed>"
    )


def sitemap(parts, spaces=MAP):
    return f"<urlset {spaces}><url><loc>https://s.example/1</loc>{parts}</url></urlset>"


@pytest.mark.parametrize(
    "reference", ["&#x1;", "&#8;", "&#x0B;", "&#31;", "&#x7f;", "&#0;", "\x0b"]
)
def test_control_characters_vanish(reference):
    found = parsed(item(f"<title>إضراب{reference} العمال</title>"))
    assert [entry.title for entry in found.entries] == ["إضراب العمال"]


@pytest.mark.parametrize(
    "data",
    [
        sitemap(STORY),
        sitemap(STORY, ""),
        sitemap(STORY, f'{MAP.replace("http:", "https:")} xmlns:news="{NEWS}/"'),
        sitemap(STORY.replace("news:", "n:"), f'{MAP} xmlns:n="{NEWS}"'),
        sitemap(STORY.replace("</news:news>", "</news>"), f'{MAP} xmlns:news="{NEWS}"'),
        sitemap(f"<image:image><image:loc>https://s.example/i</image:loc></image:image>{STORY}"),
        sitemap(STORY).replace("</urlset>", ""),
    ],
)
def test_namespaces_of_sitemaps(data):
    (entry,) = parsed(data).entries
    assert (entry.url, entry.title) == ("https://s.example/1", "إضراب")
    assert entry.published_at.isoformat() == "2024-03-15T08:00:00+00:00"


@pytest.mark.parametrize(
    ("parts", "published", "modified"),
    [
        ("<lastmod>2024-03-05T10:00:00+03:00</lastmod>", None, "2024-03-05"),
        (f"<lastmod>2024-03-20</lastmod>{STORY}", "2024-03-15", "2024-03-20"),
        ("<lastmod>yesterday</lastmod>", None, None),
    ],
)
def test_lastmod_is_when_it_changed(parts, published, modified):
    (entry,) = parsed(sitemap(parts)).entries
    days = [at and at.date().isoformat() for at in (entry.published_at, entry.modified_at)]
    assert days == [published, modified]


TWICE = "&amp;lt;p&amp;gt;أول&amp;lt;/p&amp;gt;&amp;lt;p&amp;gt;ثان&amp;lt;/p&amp;gt;"
ONCE = TWICE.replace("&amp;", "&")
JSON = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "s",
    "items": [{"id": "1", "url": "https://s.example/1", "content_text": "<p>أول</p><p>ثان</p>"}],
}


@pytest.mark.parametrize(
    "data",
    [
        atom(f"<content>{ONCE}</content>"),
        atom(f'<content type="text">{ONCE}</content>'),
        atom(f'<content type="text/plain">{ONCE}</content>'),
        atom(f'<content type="html">{TWICE}</content>'),
        atom("<content><![CDATA[<p>أول</p><p>ثان</p>]]></content>"),
        item(f"<title>a</title><content:encoded>{TWICE}</content:encoded>"),
        item(f"<title>a</title><content:encoded><![CDATA[{ONCE}]]></content:encoded>"),
        json.dumps(JSON),
    ],
)
def test_content_without_its_type_or_escaped_twice(data):
    (entry,) = parsed(data).entries
    assert html_to_text(entry.content) == "أول\nثان"


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("&amp;quot;إضراب&amp;quot; &amp;amp; أمل", '"إضراب" & أمل'),
        ("&amp;amp;quot;إضراب&amp;amp;quot;", '"إضراب"'),
        ("&amp;#34;إضراب&amp;#x22; &amp;#8211; أمل", '"إضراب" – أمل'),
        ("&lt;b&gt;إضراب&lt;/b&gt;", "إضراب"),
    ],
)
def test_titles_escaped_twice(written, title):
    (entry,) = parsed(item(f"<title>{written}</title>")).entries
    assert entry.title == title


GOOD = "<dc:date>2024-03-15T08:00:00Z</dc:date>"


@pytest.mark.parametrize(
    "data",
    [
        item(f"<title>a</title><pubDate>غير معروف</pubDate>{GOOD}"),
        item(f"<title>a</title>{GOOD}<pubDate>Invalid Date</pubDate>"),
        item(f"<title>a</title><pubDate></pubDate>{GOOD}"),
        item(f"<title>a</title><pubDate>0000-00-00 00:00:00</pubDate>{GOOD}"),
        item(f"<title>a</title><pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>{GOOD}"),
        item(
            "<title>a</title><pubDate>x</pubDate><pubDate>Fri, 15 Mar 2024 08:00:00 GMT</pubDate>"
        ),
        atom("<published>n/a</published>"),
    ],
)
def test_a_date_that_cannot_be_read_hides_no_good_one(data):
    (entry,) = parsed(data).entries
    assert entry.published_at.isoformat() == "2024-03-15T08:00:00+00:00"


def test_links_without_their_scheme():
    links = ("//s.example/1", "s.example/2", "www.s.example/3", "/4")
    items = "".join(f"<item><title>{n}</title><link>{n}</link></item>" for n in links)
    assert [entry.url for entry in parsed(rss(items)).entries] == [
        "https://s.example/1", "https://s.example/2", "https://www.s.example/3",
        "https://sahel.example/4",
    ]  # fmt: skip


WHOLE = item("<title>إضراب</title>").encode()


@pytest.mark.parametrize(
    "data",
    [
        gzip.compress(WHOLE, mtime=0),
        gzip.compress(gzip.compress(WHOLE, mtime=0), mtime=0),
        b"\n\n " + WHOLE,
    ],
)
def test_packed_bytes_whatever_they_are_called(data):
    assert [entry.title for entry in parsed(data).entries] == ["إضراب"]


@pytest.mark.parametrize(
    "data",
    [
        f"<urlset {MAP}><url><link>x</link></url><url><link>y</link></url></urlset>",
        '<rss version="2.0"><channel><title>s</title><item></item><item></item></channel></rss>',
        '{"version": "https://jsonfeed.org/version/1", "items": [{}, {"x": 1}]}',
    ],
)
def test_a_list_that_counts_items_and_reads_none_is_bad(data):
    assert parsed(data).reason == "bad_feed"
