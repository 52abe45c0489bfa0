"""What the page says needs a look, over feeds that do well, badly, and are not on record."""

from __future__ import annotations

import re
import shutil
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import pytest
from outputs import put
from served import served

from pipeline.sinks.base import open_sink
from transforms.records import Article, Feed, FetchLog, Rejected, Sighting
from transforms.rows import rows
from transforms.rows.rows import Provenance

NOW = datetime(2024, 3, 10, 12, tzinfo=UTC)  # the last request on record
RUN = Provenance("run1", "0.1.0", NOW)
HOUR = timedelta(hours=1)
WRONG = 'class="wrong"'


def _feed(name):
    return f"https://{name}.example/feed"


def _output(folder, *, feeds, news, letters=(), lag=HOUR):
    """An output: feed -> (health, due), feed -> when it last brought something, dead letters."""
    fetched = (NOW - 72 * HOUR, NOW)
    articles = [
        Article(
            f"a{n}", f"p{n}", "غارة على غزة.", f"hash {n}", f"hash {n}",
            url=f"https://news.example/{n}", title="غارة", published_at=moment - lag,
            published_precision="minute", event_time=moment - lag,
        )
        for n, moment in enumerate(fetched)
    ]  # fmt: skip
    made = {
        "articles": [
            rows.article_row(each, RUN) | {"fetched_at": moment}
            for moment, each in zip(fetched, articles, strict=True)
        ],
        "feeds": [
            rows.feed_row(Feed(_feed(name), name), RUN, health=health, due_at=due)
            for name, (health, due) in feeds.items()
        ],
        "appearances": [
            rows.appearance_row(
                Sighting(_feed(name), "g1", f"https://{name}.example/1", 0), RUN, seen_at=seen
            )
            for name, seen in news.items()
        ],
        "fetch_log": [
            rows.fetch_log_row(asdict(FetchLog(_feed("calm"), "feed", when, "ok")), RUN)
            for when in fetched
        ],
        "dead_letters": [rows.dead_letter_row(each, RUN) for each in letters],
    }
    put(open_sink(str(folder)), {table: each for table, each in made.items() if each})
    return folder


WELL = {"calm": ("new", NOW + HOUR)}
ILL = WELL | {
    "mute": ("unchanged", NOW + HOUR),
    "broken": ("failed", NOW + HOUR),
    "flooded": ("capped", NOW + HOUR),
    "waiting": ("new", NOW - HOUR),
    "gone": ("failed", NOW - 10 * 24 * HOUR),  # off the list long ago
}
NEWS = {"calm": NOW, "mute": NOW - 25 * HOUR, "gone": NOW - 300 * HOUR}
LETTERS = [
    Rejected("fetch", "timeout", "no answer in 10 s", url="https://news.example/x1"),
    Rejected("language", "not_arabic", "another script", url="https://news.example/x2"),
    Rejected("rows", "row_too_large", "20 MB", url="https://news.example/x3"),
]


@pytest.fixture(scope="module")
def ill(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ill") / "out"
    return _output(folder, feeds=ILL, news=NEWS, letters=LETTERS, lag=9 * HOUR)


def _alarms(text):
    part = text.split('id="alarms"')[1].split("</section>")[0]
    return re.findall(r'<li><a href="([^"]*)">([^<]*)</a>', part), part


def test_each_alarm_is_a_line_that_leads_to_the_feeds(ill):
    with served(str(ill)) as page:
        found, part = _alarms(page.get("/?lang=en")[1])
        assert [(re.sub(r".*#", "", link), said) for link, said in found] == [
            ("feeds", "Silent feeds, with nothing new for 24 hours: 1"),
            ("feeds", "Feeds whose last poll failed: 1"),
            ("feeds", "Feeds that answered unlike before at the last poll: 1"),
            ("feeds", "Feeds that are over ten minutes past their due poll: 1"),
            ("by_hour", "Mean time from publication to fetch in the last 24 hours: 9 h"),
            ("letters", "Dead letters that wait to be tried again or mended: 2"),
        ]
        for name in ("mute", "broken", "flooded", "waiting"):
            assert _feed(name) in part
        assert 'id="sql-alarms"' in part
        for link, _ in found:
            status, text, _ = page.get(link.split("#")[0].replace("&amp;", "&"))
            assert status == 200
            assert f'id="{link.split("#")[1]}"' in text
        arabic, _ = _alarms(page.get("/")[1])
        assert len(arabic) == len(found)


def test_when_all_is_well_one_line_says_so(tmp_path):
    # What is no Arabic is told by its dead letter and is no alarm.
    folder = _output(
        tmp_path / "out", feeds=WELL, news={"calm": NOW - 2 * HOUR}, letters=LETTERS[1:2]
    )
    with served(str(folder)) as page:
        found, part = _alarms(page.get("/?lang=en")[1])
        assert found == []
        assert part.count('<p class="quiet">') == 1
        assert "Nothing needs a look" in part


def test_fetching_is_shown_hour_by_hour(ill):
    with served(str(ill)) as page:
        text = page.get("/feeds?lang=en")[1]
    part = text.split('id="by_hour"')[1].split("</section>")[0]
    assert '"03-07 12:00"' in part
    assert '"03-10 12:00"' in part
    assert part.count("00:00") == 3, "hours in which nothing happened are gaps, not left out"
    assert "silent_feeds" in part


@pytest.mark.parametrize("missing", [["fetch_log"], ["fetch_log", "feeds", "appearances"]])
def test_an_output_from_before_these_tables_says_what_cannot_be_told(ill, tmp_path, missing):
    shutil.copytree(ill, tmp_path / "out")
    for table in missing:
        shutil.rmtree(tmp_path / "out" / table)
    with served(str(tmp_path / "out")) as page:
        overview, feeds = page.get("/?lang=en")[1], page.get("/feeds?lang=en")[1]
    found, part = _alarms(overview)
    assert WRONG not in overview + feeds
    assert "silence and lag of feeds cannot be told" in part
    assert "wait to be tried again" in found[-1][1]
