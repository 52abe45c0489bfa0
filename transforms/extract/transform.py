"""The Beam twin of ``extract_article``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import apache_beam as beam

from transforms import coders
from transforms.extract.article import STAGE, extract_article
from transforms.metrics import count
from transforms.records import Article, Page, Rejected

REJECTED: Final = "rejected"
_RECORDS: Final = coders.RECORDS  # importing the module registers their coder


@dataclass
class ExtractArticle(beam.PTransform):
    """Page -> Article, with what is refused tagged ``REJECTED``."""

    def expand(self, pages: beam.PCollection[Page]) -> Any:
        """Extract every page.

        Returns:
            A tagged tuple: ``articles`` and ``rejected``.
        """
        return pages | "ExtractPages" >> beam.ParDo(_Extract()).with_outputs(
            REJECTED, main="articles"
        )


class _Extract(beam.DoFn):
    """Calls the pure function and counts."""

    def process(self, element: Page) -> Iterable[Article | beam.pvalue.TaggedOutput]:
        """Extract one page."""
        return _outcome(element)


def _outcome(page: Page) -> Iterator[Article | beam.pvalue.TaggedOutput]:
    count(STAGE, "in")
    found = extract_article(page)
    if isinstance(found, Rejected):
        count(STAGE, f"rejected.{found.reason}")
        yield beam.pvalue.TaggedOutput(REJECTED, found)
    else:
        count(STAGE, "out")
        yield found
