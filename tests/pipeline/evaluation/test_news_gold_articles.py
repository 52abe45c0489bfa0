"""The articles written to be coded say what they are, and their split never moves."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections import Counter
from datetime import date
from pathlib import Path

from pipeline import evaluation

ARTICLES = Path(evaluation.__file__).parent / "data" / "news_gold" / "articles"
FIELDS = {
    "doc_id",
    "source",
    "outlet",
    "country",
    "published",
    "year",
    "genre",
    "hard_negative",
    "split",
    "title",
    "body",
    "stratum",
}
LARGEST = 300_000


def articles():
    """Every article, in the order of the files."""
    files = sorted(ARTICLES.glob("*.json"))
    return [article for path in files for article in json.loads(path.read_text("utf-8"))]


def test_every_article_has_its_fields_and_an_id_of_its_own():
    found = articles()
    assert {name for article in found for name in article} == FIELDS
    assert all(set(article) == FIELDS for article in found)
    assert max(Counter(article["doc_id"] for article in found).values()) == 1
    assert max(Counter(article["title"] for article in found).values()) == 1


def test_the_split_is_that_of_the_id():
    for article in articles():
        digest = hashlib.sha256(article["doc_id"].encode()).hexdigest()
        expected = "open" if int(digest, 16) % 3 else "held_out"
        assert article["split"] == expected, article["doc_id"]


def test_texts_are_composed_and_days_are_days():
    """Offsets count code points: a text must not change when it is normalized."""
    for article in articles():
        text = f"{article['title']}\n{article['body']}"
        assert unicodedata.normalize("NFC", text) == text, article["doc_id"]
        assert date.fromisoformat(article["published"]).year == article["year"]


def test_files_stay_small():
    for path in ARTICLES.glob("*.json"):
        assert path.stat().st_size < LARGEST, path.name
