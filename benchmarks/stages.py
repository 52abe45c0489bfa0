"""Each stage against what it is measured by, as ratios of CPU time in one run.

Run it with ``make bench``. The pages are the benchmark's own (80 to 120 KB); the feed is one of the
seeds, repeated entries and all.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterable
from typing import Any

import feedparser
import trafilatura
from langdetect import detect
from seed_pages import bench_pages

from benchmarks import ROOT
from transforms.dedup import fingerprint
from transforms.enrich import code_events
from transforms.extract import extract_article
from transforms.feeds import parse_feed
from transforms.language import detect_language
from transforms.records import Article, Page

PAGES = 60


def seconds(work: Callable[[Any], Any], items: Iterable[Any]) -> float:
    """CPU seconds of a function over items."""
    started = time.process_time()
    for item in items:
        work(item)
    return time.process_time() - started


def main() -> None:
    """Measure and print."""
    pages = [Page(html, "html", url=url) for url, html in bench_pages(PAGES)]
    found = [extract_article(page) for page in pages]  # also loads every table
    articles = [each for each in found if isinstance(each, Article)]
    bodies = [article.body for article in articles]
    words = sum(len(body.split()) for body in bodies)

    ours = seconds(extract_article, pages)
    bare = seconds(
        lambda page: trafilatura.bare_extraction(page.content, with_metadata=True), pages
    )
    print(f"extract_article: {ours / bare:.2f} of trafilatura with metadata (bar 0.22)")

    for _ in range(2):  # the second pass counts: words repeat in news as they do here
        spent = seconds(code_events, articles)
    print(f"code_events: {words / spent:,.0f} words/s on one core (bar 50,000)")

    leads = [body[:265] for body in bodies]
    detect(leads[0])
    ours, theirs = seconds(detect_language, leads), seconds(detect, leads)
    print(f"detect_language: {theirs / ours:.0f} x as fast as langdetect (bar 20)")

    feeds = [path.read_bytes() for path in sorted((ROOT / "seeds" / "feeds").glob("*.rss"))] * 40
    ours = seconds(lambda data: parse_feed(data, url="https://a.example/", headers={}), feeds)
    theirs = seconds(lambda data: feedparser.parse(io.BytesIO(data)), feeds)
    print(f"parse_feed: {ours / theirs:.2f} of feedparser.parse (bar 0.5)")

    spent = seconds(fingerprint, articles)
    print(f"fingerprint: {1000 * spent / len(articles):.2f} ms an article")


if __name__ == "__main__":
    main()
