"""Feed lists in every form, and what is wrong with the others."""

from __future__ import annotations

import pytest

from transforms.feeds.lists import read_feed_list
from transforms.records import Feed

TOML = """
[publisher]
name = "صحيفة الميناء"
country = "EGY"
tz = "Africa/Cairo"
language = "ar"

[[feed]]
url = "https://news.example/rss.xml"
category = "general"
alternatives = ["https://news.example/feed"]
poll_seconds = 900
user_agent = "x/1"
headers = { B = "2", Authorization = "Bearer ${NEWS_TOKEN}" }

[[feed]]
url = "https://news.example/sport.xml"
tz = "+03:00"
country = "LBN"
publisher = "رياضة الميناء"
"""


def test_toml_of_one_publisher() -> None:
    first, second = read_feed_list(TOML.encode(), "x.toml")
    assert first == Feed(
        url="https://news.example/rss.xml",
        publisher="صحيفة الميناء",
        country="EGY",
        language="ar",
        category="general",
        tz="Africa/Cairo",
        poll_seconds=900,
        alternatives=("https://news.example/feed",),
        user_agent="x/1",
        headers=(("Authorization", "Bearer ${NEWS_TOKEN}"), ("B", "2")),
    )
    assert (second.publisher, second.country, second.tz) == ("رياضة الميناء", "LBN", "+03:00")


def test_toml_of_several_publishers_and_of_none() -> None:
    text = """
    feed = [{ url = "https://c.example/rss" }]
    [[publisher]]
    name = "أ"
    [[publisher.feed]]
    url = "https://a.example/rss"
    [[publisher]]
    name = "ب"
    [[publisher.feed]]
    url = "https://b.example/rss"
    """
    feeds = read_feed_list(text.encode(), "X.TOML")
    assert [(feed.publisher, feed.url) for feed in feeds] == [
        ("أ", "https://a.example/rss"),
        ("ب", "https://b.example/rss"),
        (None, "https://c.example/rss"),
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no feed"),
        ("x = ", "not valid TOML"),
        ("[[feeds]]\nurl='https://a.example'", "unknown key 'feeds'"),
        ("[[feed]]\nurl='a.example'", "no http"),
        ("[[feed]]\ncategory='x'", "no http"),
        ("[[feed]]\nurl='https://a.example'\nurls='x'", "unknown key 'urls'"),
        ("[[feed]]\nurl=1", "type str"),
        ("[[feed]]\nurl='https://a.example'\npoll_seconds=0", "above 0"),
        ("[[feed]]\nurl='https://a.example'\npoll_seconds=true", "type int"),
        ("[[feed]]\nurl='https://a.example'\nalternatives=['x']", "no http"),
        ("[publisher]\ncountry='EG'", "alpha-3"),
        ("[publisher]\ntz='Cairo time'", "IANA"),
        ("[publisher]\nnames='x'", "unknown key 'names'"),
        ("publisher='x'", "must be tables"),
        ("feed='x'", "array of tables"),
        ("feed=['x']", "must be tables"),
    ],
)
def test_what_is_wrong_with_a_toml_list(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says) as caught:
        read_feed_list(text.encode(), "list.toml")
    assert str(caught.value).startswith("list.toml")
    assert "\n" not in str(caught.value)[:60]


def test_toml_that_is_not_utf8() -> None:
    with pytest.raises(ValueError, match="not valid TOML"):
        read_feed_list(b"\xff\xfe", "x.toml")


OPML = """<?xml version="1.0"?><opml version="2.0"><head><title>t</title></head><body>
<outline text="سياسة">
<outline text="أ" type="rss" xmlUrl="https://a.example/rss?x=1&y=2" language="ar"/>
<outline text="x" title="ب" xmlurl="https://b.example/rss" category="رياضة"/></outline>
<outline text="ج" xmlUrl="https://a.example/rss?x=1&amp;y=2"/><outline xmlUrl="javascript:x"/>
</body></opml>"""


def test_opml_with_folders_and_a_stray_ampersand() -> None:
    first, second = read_feed_list(OPML.encode(), "x.opml")
    assert first == Feed("https://a.example/rss?x=1&y=2", "أ", language="ar", category="سياسة")
    assert second == Feed("https://b.example/rss", "ب", category="رياضة")


def test_opml_is_found_by_content_and_entities_do_not_matter() -> None:
    attack = OPML.replace(
        "<opml", '<!DOCTYPE opml [<!ENTITY a SYSTEM "file:///etc/passwd">]><opml', 1
    ).replace('text="ج"', 'text="&a;"')
    assert len(read_feed_list(attack.encode(), "list")) == 2


def test_truncated_opml_gives_what_is_whole_or_an_error() -> None:
    assert len(read_feed_list(OPML[: OPML.index('<outline text="ج"')].encode(), "x.opml")) == 2
    with pytest.raises(ValueError, match="no feed"):
        read_feed_list(OPML[:120].encode(), "x.opml")
    with pytest.raises(ValueError, match="not an OPML"):
        read_feed_list(b"<rss/>", "x.opml")


def test_plain_text() -> None:
    data = "\ufeffhttps://a.example/rss\n\n# note\n https://b.example/rss \nhttps://a.example/rss\n"
    feeds = read_feed_list(data.encode(), "x.txt")
    assert [feed.url for feed in feeds] == ["https://a.example/rss", "https://b.example/rss"]
    with pytest.raises(ValueError, match="line 2: 'words' is no http"):
        read_feed_list(b"https://a.example/rss\nwords", "x.txt")
    with pytest.raises(ValueError, match="no feed"):
        read_feed_list(b"\n", "x.txt")
