"""The Beam twin gives what the function gives, refusals beside it."""

from __future__ import annotations

import apache_beam as beam
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.testing.util import assert_that, equal_to

from transforms.extract import extract_article
from transforms.extract.transform import REJECTED, ExtractArticle
from transforms.records import Page

PAGES = [
    Page("عنوان قصير\n\nأعلنت البلدية افتتاح الجسر.".encode(), "text"),
    Page(b"", "html", url="https://daffa.example/empty"),
]


def test_twin() -> None:
    with beam.Pipeline(runner=FnApiRunner()) as root:
        found = root | "Pages" >> beam.Create(PAGES) | "Extract" >> ExtractArticle()
        assert_that(found.articles, equal_to([extract_article(PAGES[0])]), "Articles")
        assert_that(found[REJECTED], equal_to([extract_article(PAGES[1])]), "Refused")
