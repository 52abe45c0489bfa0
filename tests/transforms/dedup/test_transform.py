"""The Beam twins give what the pure functions give, whatever the shards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import apache_beam as beam
import pytest
from apache_beam.testing.util import assert_that, equal_to

from transforms.dedup import find_pairs, fingerprint
from transforms.dedup.transform import FindPairs, FingerprintArticles
from transforms.records import Article, content_id

START = datetime(2026, 3, 1, tzinfo=UTC)
WORDS = [f"كلمه{letter}{other}" for letter in "ابتثجحخدذر" for other in "سشصضطظعغفق"]


def news(count: int, seed: int) -> list[Article]:
    """Articles with exact copies, variants, excerpts, versions of pages and undated ones."""
    random = Random(seed)  # noqa: S311 - test data, no secret
    stories = [" ".join(random.choices(WORDS, k=random.randrange(60, 220))) for _ in range(25)]
    articles = []
    for number in range(count):
        words = random.choice(stories).split()
        edit = random.randrange(4)
        if edit == 1:
            words[random.randrange(len(words))] = "تعديل"
        elif edit == 2:
            words = words[: len(words) // 2]
        elif edit == 3:
            words[10:20] = random.choices(WORDS, k=10)
        body = " ".join(words)
        time = START + timedelta(hours=random.randrange(24 * 20)) if number % 9 else None
        page = content_id(f"page {number if number % 5 else number // 10}")
        same = content_id(body)
        articles.append(
            Article(
                content_id(page, same, str(number)),
                page,
                body,
                same,
                same,
                publisher=f"p{number % 4}",
                published_at=time,
                event_time=time,
            )
        )
    return articles


@pytest.mark.parametrize("shards", [1, 7])
def test_find_pairs_gives_the_pairs_of_the_pure_function(shards: int) -> None:
    articles = news(200, seed=shards)
    expected = find_pairs([fingerprint(article) for article in articles])
    assert {pair.kind for pair in expected} == {"exact", "near", "contained", "revision"}
    with beam.Pipeline("FnApiRunner") as root:
        found = (
            root
            | "Articles" >> beam.Create(articles)
            | FingerprintArticles()
            | FindPairs(shards=shards)
        )
        assert_that(found, equal_to(expected))


def test_no_articles_no_pairs() -> None:
    with beam.Pipeline("FnApiRunner") as root:
        found = root | beam.Create([]) | FingerprintArticles() | FindPairs()
        assert_that(found, equal_to([]))
