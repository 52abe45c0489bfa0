"""The forgiving reader and its guards."""

from __future__ import annotations

import pytest

from transforms.feeds import loose
from transforms.feeds.raw import RawFeed

URL = "https://a.example/rss"


def read(text: str, kind: str = "rss") -> RawFeed:
    feed = loose.read_loosely(text, kind, URL)
    assert feed is not None
    return feed


def test_the_feed_itself() -> None:
    feed = read(
        "<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel><title>t</title>"
        "<link>https://a.example/</link><atom:link rel='self' href='https://a.example/self'/>"
        "<atom:link rel='self' href='https://a.example/other'/><language>ar</language>"
        "<atom:link rel='hub' href='https://hub.example/'/><ttl>10</ttl><b></channel></rss>"
    )
    assert (feed.title, feed.language, feed.ttl_seconds) == ("t", "ar", 600)
    assert feed.self_link == "https://a.example/self"
    assert feed.hub == "https://hub.example/"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<feed xmlns='http://www.w3.org/2005/Atom'><entry/>", "atom"),
        ("<x xmlns='http://purl.org/rss/1.0/'><item/>", "rdf"),
        ("<rss version='2.0'><item/>", "rss"),
        ("<y><item/>", "unknown"),
    ],
)
def test_kinds_told_by_feedparser(text: str, kind: str) -> None:
    assert read(text, "").kind == kind


def test_people_and_texts() -> None:
    feed = read(
        "<rss><channel><item><author>x@y.museum (أ)</author></b>"
        "<dc:creator>ب</dc:creator><content:encoded>&lt;p&gt;ن&lt;/p&gt;</content:encoded></item>"
        "<item><entry><author><name>ج</name><email>j@a.example</email></author></item>"
        "</channel></rss>"
    )
    assert feed.entries[0].authors == ["x@y.museum (أ)", "ب"]
    assert (feed.entries[0].content, feed.entries[0].summary) == ("<p>ن</p>", "")
    assert feed.entries[-1].authors == ["ج"]


def test_long_names_bases_tags_and_attributes_are_cut() -> None:
    nested = "".join(f"<a xml:base='{'u' * 900}{n}/'>" for n in range(9))
    many = "".join(f"<category>{n}</category>" for n in range(300))
    feed = read(
        f"<rss><channel><item><author>{'a' * 9000}</author>{many}<title {'b ' * 20_000}>t</title>"
        f"{nested}</item></channel></rss>"
    )
    entry = feed.entries[0]
    assert entry.authors == ["a" * 500]
    assert len(entry.categories) == 100
    assert entry.title == "t"


def test_affordable_cuts_by_marks_and_length() -> None:
    assert loose.affordable("<a>") == "<a>"
    assert loose.affordable("<a>" * 30_000).count("<") < 25_000 + 1
    assert loose.affordable("&" * 200_000).count("&") < 100_000 + 1
    assert len(loose.affordable("a" * 5_000_000)) == 4_000_000


def test_when_feedparser_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def give_up(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(loose._Guarded, "_start_guid", give_up)
    assert loose.read_loosely("<rss><guid>", "rss", URL) is None
    kept = loose.read_loosely("<rss><item><title>t</title></item><guid>", "rss", URL)
    assert kept is not None
    assert [entry.title for entry in kept.entries] == ["t"]
