"""The Beam twin gives what the pure function gives."""

from __future__ import annotations

import apache_beam as beam
from apache_beam.testing.util import assert_that, equal_to

from transforms.language import detect_language
from transforms.language.transform import REJECTED, DetectLanguage
from transforms.records import Article

KEPT = "قال الوزير إن المحادثات التي جرت أمس كانت مثمرة."
REFUSED = "وزیر گفت که این گفتگوها برای دو طرف خوب بود."


def article(name: str, body: str) -> Article:
    return Article(name, name, body, f"hash {name}", name, url=f"https://news.example/{name}")


def test_articles_go_on_with_their_language_and_others_are_tagged() -> None:
    with beam.Pipeline("FnApiRunner") as root:
        found = root | beam.Create([article("a", KEPT), article("b", REFUSED)]) | DetectLanguage()
        assert_that(
            found.articles
            | "Kept"
            >> beam.Map(
                lambda each: (
                    each.article_id,
                    each.language,
                    each.language_verdict,
                    each.arabic_share,
                )
            ),
            equal_to([("a", "ar", "ar", 1.0)]),
            label="AssertKept",
        )
        assert_that(
            found[REJECTED]
            | "Refused"
            >> beam.Map(
                lambda each: (
                    each.stage,
                    each.reason,
                    each.detail,
                    each.url,
                    each.content_id,
                    each.article.language,
                    each.article.language_verdict,
                )
            ),
            equal_to(
                [
                    (
                        "language",
                        "not_arabic",
                        detect_language(REFUSED).reason,
                        "https://news.example/b",
                        "hash b",
                        "fa",
                        "other",
                    )
                ]
            ),
            label="AssertRefused",
        )
