"""What is explained is what is stored: the catalogue tells an explanation the publisher, too."""

from __future__ import annotations

import json
from datetime import date

import pytest
from pipeline_helpers import rasd

from pipeline.render.explain import explain_line
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


def test_a_stored_article_is_explained_by_its_id(tmp_path):
    source, output = tmp_path / "one.jsonl", str(tmp_path / "out")
    given = {"id": "1", "title": "مظاهرة", "published_at": "2023-09-20"}
    given["body"] = "تظاهر مئات العمال أمام مقر البرلمان في تونس، الأربعاء، احتجاجا على الغلاء."
    source.write_text(json.dumps(given), "utf-8")
    assert rasd("run", str(source), "--output", output, "--offline").returncode == 0
    (line,) = rasd("explain", str(source), "--jsonl").stdout.splitlines()
    direct = json.loads(line)
    article_id = direct["article"]["article_id"]
    done = rasd("explain", "--article", article_id[:8], "--data", output, "--json")
    stored = json.loads(done.stdout)
    assert stored["events"] == direct["events"] != []
    assert stored["article"] == direct["article"]


@pytest.mark.parametrize(
    ("article_id", "said"),
    [("xyz", "give 6 to 32 digits"), ("abc", "give 6 to 32"), ("0" * 32, "holds no article whose")],
)
def test_an_article_that_is_not_there_is_told(tmp_path, article_id, said):
    source, output = tmp_path / "one.jsonl", str(tmp_path / "out")
    source.write_text(json.dumps({"body": "تظاهر المئات في تونس احتجاجا على الغلاء."}), "utf-8")
    assert rasd("run", str(source), "--output", output, "--offline").returncode == 0
    done = rasd("explain", "--article", article_id, "--data", output)
    assert done.returncode == 2
    assert said in done.stderr.decode()
