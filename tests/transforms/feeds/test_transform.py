"""The Beam twin says the same as parse_feed."""

from __future__ import annotations

import apache_beam as beam
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.testing.util import assert_that, equal_to

from transforms.feeds import parse_feed
from transforms.feeds.transform import ParseFeed
from transforms.records import Feed, Rejected

URL = "https://a.example/rss"
BODY = (
    "<rss><channel><title>t</title><item><title>أ</title><link>/1</link>"
    "<pubDate>2024-01-01 10:00:00</pubDate></item></channel></rss>"
).encode()


def test_entries_feeds_and_rejections() -> None:
    registry = {URL: Feed(URL, tz="Asia/Riyadh")}
    expected = parse_feed(BODY, url=URL, feed=registry[URL])
    with beam.Pipeline(runner=FnApiRunner()) as root:
        found = (
            root
            | "Make" >> beam.Create([(URL, BODY, {}), ("https://b.example/", b"<html>", {})])
            | "ParseFeed" >> ParseFeed(registry)
        )
        assert_that(found.entries, equal_to(list(expected.entries)), label="Entries")
        titles = found.feeds | "Titles" >> beam.Map(lambda feed: (feed.title, len(feed.entries)))
        assert_that(titles, equal_to([("t", 0)]), label="Feeds")
        rejected = Rejected(
            "feeds",
            "not_a_feed",
            "a web page",
            url="https://b.example/",
            feed_url="https://b.example/",
        )
        assert_that(found.rejected, equal_to([rejected]), label="Rejected")
