"""R25: simulated days of a stream: what it remembers and its memory are flat after the first.

R25 is the number of the long run in the list of reliability tests; at full size it goes on for 72
hours over 2,000 feeds.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from http_faults import answer
from http_server import LocalServer
from live_feeds import NOON, item, rss
from outputs import facts
from pipeline_helpers import ROOT
from programs import program

_SPOKEN = (
    "مصادر محلية مئات المتظاهرين تجمعوا مبنى البلدية احتجاجا انقطاع المياه "
    "الشرطة أغلقت الطريق السوق مساء إصابات وزير التعليم افتتح مدرسة قرية "
    "النهر أمطار غزيرة مستشفى مدينة مطار رحلات تأجيل اتفاق تعاون وفد رسمي "
    "زيارة لجنة برلمان قانون ميزانية محكمة قاض حكم استئناف مزارعون محصول "
    "قمح أسعار صيادون ميناء سفينة شحنة جمارك معرض كتاب شاعر أمسية فريق "
    "مباراة مدرب"
)
WORDS = _SPOKEN.split()


def text(host: str, number: int) -> str:
    """A text of its own for every entry: copies of one another would be another test."""
    dice = random.Random(f"{host}/{number}")  # noqa: S311 - varied text, no secret
    return " ".join(dice.choice(WORDS) for _ in range(90)) + "."


def rolling(host: str, listed: int, fresh: int):
    """A feed that lists so many entries, of which some are new at every poll."""
    polls: Counter[str] = Counter()

    async def handler(request):
        first = fresh * polls["n"]
        polls["n"] += 1
        items = "".join(
            item(f"http://{host}/news/{number}.html", f"خبر {number} من {host}").replace(
                "</item>",
                "<content:encoded xmlns:content='http://purl.org/rss/1.0/modules/content/'>"
                f"<![CDATA[<p>{text(host, number)}</p>]]>"
                "</content:encoded></item>",
            )
            for number in range(first, first + listed)
        )
        return await answer(rss([items]), headers={"Content-Type": "application/rss+xml"})(request)

    handler.polls = polls
    return handler


@pytest.mark.reliability
def test_r25_state_and_memory_are_flat_after_a_day(sized, tmp_path):
    count, hours = sized(1, 2_000), sized(27, 72)
    listed, fresh = sized(60, 20), sized(55, 3)
    with LocalServer() as server:
        feeds = {}
        for number in range(count):
            host = f"127.77.{5 + number // 250}.{1 + number % 250}"
            feeds[host] = rolling(host, listed, fresh)
            server.on(host, "/rss", feeds[host])
        lines = [
            f'[[feed]]\nurl = "{server.url(host, "/rss")}"\npoll_seconds = 3600\n' for host in feeds
        ]
        source = tmp_path / "feeds.toml"
        source.write_text("\n".join(lines), "utf-8")
        work = program("stream_days")
        path = f"{ROOT}:{ROOT / 'tests' / 'support'}"
        done = subprocess.run(
            [*work, str(tmp_path / "out"), str(source), NOON.isoformat(), str(hours)],
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            timeout=sized(1_200, 40_000),
            check=False,
        )
    assert done.returncode == 0, done.stderr
    told = {line["hour"]: line for line in map(json.loads, done.stdout.splitlines())}
    day, end = told[24], told[max(told)]
    assert end["hour"] >= hours - 2
    served = sum(handler.polls["n"] * fresh + listed - fresh for handler in feeds.values())
    rows = facts(Path(tmp_path / "out"), "articles")
    assert len(rows) == len({row["article_id"] for row in rows}) == served
    print(
        f"R25: {count} feeds, {end['hour']} hours, {served} articles: remembered entries "
        f"{day['entries']} -> {end['entries']}, memory {day['megabytes']} -> {end['megabytes']} MB"
    )
    assert end["entries"] <= 1.02 * day["entries"]
    assert end["megabytes"] <= 1.1 * day["megabytes"]
