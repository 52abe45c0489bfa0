"""One page through decode, extract, language and events, in one pure call.

The worker pool of a run, ``rasd explain`` and ``rasd evaluate`` all take this road, so what is
explained is what is stored.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Final

from transforms.dedup import fingerprint
from transforms.enrich import code_events
from transforms.enrich.topics import article_topics
from transforms.extract import extract_article
from transforms.language import detect_language
from transforms.records import Article, Document, Page, Rejected
from transforms.text.redact import redact_url

# Code points of title, summary and body: no news text comes near it, and its rows still fit (4 MB).
MAX_TEXT: Final = 1_000_000


class _Timer:
    """Milliseconds of CPU by stage, for counters and ``explain``; they never reach a row."""

    def __init__(self) -> None:
        self.timings_ms: dict[str, float] = {}
        self._last = time.thread_time()

    def lap(self, stage: str) -> None:
        """Book the time since the last lap to ``stage``."""
        now = time.thread_time()
        self.timings_ms[stage] = round((now - self._last) * 1000, 3)
        self._last = now


def process_document(page: Page) -> Document | Rejected:
    """Make a coded document of a page.

    Args:
        page: one document as it came in (see ``records.Page``).

    Returns:
        The article with its language, topics, events and fingerprint; or why there is none. A
        text that is not Arabic is rejected with its article still in hand.
    """
    timer = _Timer()
    extracted = extract_article(page)
    timer.lap("extract")
    if isinstance(extracted, Rejected):
        return _of_page(extracted, page, timer)
    size = len(extracted.body) + len(extracted.title or "") + len(extracted.summary or "")
    if size > MAX_TEXT:
        detail, content = f"a text of {size} characters", extracted.content_hash
        rejected = Rejected("extract", "too_large", detail, content_id=content)
        return _of_page(rejected, page, timer)
    verdict = detect_language(extracted.body, title=extracted.title or "")
    timer.lap("language")
    article = replace(
        extracted,
        language=verdict.language,
        language_verdict=verdict.verdict,
        arabic_share=verdict.arabic_share,
    )
    if verdict.verdict == "other":
        rejected = Rejected("language", "not_arabic", verdict.reason, article=article)
        return _of_page(rejected, page, timer)
    return _enriched(article, page, timer)


def _enriched(article: Article, page: Page, timer: _Timer) -> Document:
    """Add topics, events and the fingerprint to an article that stays."""
    article = replace(article, topics=article_topics(article.title or "", article.body))
    timer.lap("topics")
    events = tuple(code_events(article))
    timer.lap("events")
    marks = fingerprint(article)
    timer.lap("dedup")
    return Document(article, events, marks, page.sightings, timer.timings_ms)


def _of_page(rejected: Rejected, page: Page, timer: _Timer) -> Rejected:
    """Tell a rejection which page it speaks of, so that it can be found and replayed."""
    return replace(
        rejected,
        url=redact_url(rejected.url or page.final_url or page.url) or None,
        feed_url=page.feed_url or (page.entry.feed_url if page.entry else None),
        source_id=page.source_id,
        payload=page.payload,
        raw_ref=page.raw_ref,
        sightings=page.sightings,
        timings_ms=timer.timings_ms,
    )


def warm_up() -> None:
    """Load every table a document needs, before workers are forked or a clock runs."""
    page = Page("تظاهر المئات في العاصمة اليوم احتجاجا على الغلاء.".encode(), "body")
    process_document(page)
