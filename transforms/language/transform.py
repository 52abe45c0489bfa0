"""The Beam twin of ``detect_language``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import apache_beam as beam

from transforms import coders
from transforms.language.detect import detect_language
from transforms.metrics import count
from transforms.records import Article, Rejected

STAGE: Final = "language"
REJECTED: Final = "rejected"
_RECORDS: Final = coders.RECORDS  # importing the module registers their coder


@dataclass
class DetectLanguage(beam.PTransform):
    """Article -> Article with its language, with those in other languages tagged ``REJECTED``."""

    def expand(self, articles: beam.PCollection[Article]) -> Any:
        """Detect the language of every article.

        Returns:
            A tagged tuple: ``articles`` and ``rejected``.
        """
        return articles | "DetectLanguages" >> beam.ParDo(_Detect()).with_outputs(
            REJECTED, main="articles"
        )


class _Detect(beam.DoFn):
    """Calls the pure function and counts."""

    def process(self, element: Article) -> Iterable[Article | beam.pvalue.TaggedOutput]:
        """Detect the language of one article."""
        return _outcome(element)


def _outcome(article: Article) -> Iterator[Article | beam.pvalue.TaggedOutput]:
    count(STAGE, "in")
    found = detect_language(article.body, title=article.title or "")
    article = replace(
        article,
        language=found.language,
        language_verdict=found.verdict,
        arabic_share=found.arabic_share,
    )
    if found.verdict == "other":
        count(STAGE, "rejected.not_arabic")
        rejected = Rejected(
            STAGE,
            "not_arabic",
            found.reason,
            url=article.url,
            feed_url=article.feed_url,
            source_id=article.source_id,
            raw_ref=article.raw_ref,
            content_id=article.content_hash,
            article=article,
        )
        yield beam.pvalue.TaggedOutput(REJECTED, rejected)
    else:
        count(STAGE, "out")
        yield article
