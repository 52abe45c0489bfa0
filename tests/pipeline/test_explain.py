"""What is explained is what is stored: the catalogue tells an explanation the publisher, too."""

from __future__ import annotations

import json
from datetime import date

from pipeline.explain import explain_line
from transforms.feeds.lists import load_catalogue


def test_a_publisher_of_the_catalogue_tells_his_zone():
    feed = next(feed for feed in load_catalogue() if feed.tz == "Asia/Dubai")
    line = {
        "url": feed.url.rsplit("/", 1)[0] + "/news/2023/story-1",
        "title": "مظاهرة في المدينة",
        "body": "تظاهر المئات في المدينة اليوم السبت احتجاجا على الغلاء.",
        "published_at": "2023-06-02T22:10:00Z",
    }
    explained = explain_line(json.dumps(line).encode())
    assert explained.article is not None
    assert explained.article.publisher == feed.publisher
    assert explained.article.published_on == date(2023, 6, 3)
    dated = {event.event_date for event in explained.events if event.event_type == "PROTEST"}
    assert dated == {date(2023, 6, 3)}


def test_nobody_is_made_up():
    explained = explain_line(json.dumps({"body": "تظاهر المئات في المدينة."}).encode())
    assert explained.article is not None
    assert explained.article.publisher is None
