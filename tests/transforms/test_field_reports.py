"""Inputs rebuilt from public reports of what went wrong in the field come out right.

They lie with the development data; each stands for a kind whose siblings are tested elsewhere.
"""

from __future__ import annotations

import ast
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from transforms.extract import extract_article
from transforms.feeds import parse_feed
from transforms.feeds.plain import html_to_text
from transforms.records import Article, Entry, Page
from transforms.text.dates import parse_timestamp

TITLE = "اعتقال عشرة متظاهرين في تونس"


@pytest.fixture
def reports(shared: Path) -> Path:
    """The directory of the reports."""
    return shared / "data" / "reports"


def entries(reports: Path, name: str) -> tuple[Entry, ...]:
    """The entries of a feed that can be read."""
    feed = parse_feed((reports / name).read_bytes(), url="https://akhbar.example/feed.xml")
    assert feed.reason is None, feed.detail
    return feed.entries


@pytest.mark.parametrize("case", ["001-month-digit", "013-us-site-date"])
def test_date_strings(reports: Path, case: str) -> None:
    known = {each["case"]: each for each in json.loads((reports / "cases.json").read_text("utf-8"))}
    right: dict[str, str] = ast.literal_eval(known[case]["right"])
    for written, answers in right.items():
        stamp = parse_timestamp(written)
        told = "None"
        if stamp is not None:
            day = stamp.precision == "day"
            told = stamp.day.isoformat() if day else f"{stamp.value:%Y-%m-%dT%H:%M:%SZ}"
        assert told in answers.split("|"), written


def test_references_to_control_characters(reports: Path) -> None:
    found = entries(reports, "034-ctrl-char-ref.xml")
    assert [each.title for each in found] == [TITLE, "وزير الخارجية المصري يزور الخرطوم"]


def test_undeclared_namespace_of_a_sitemap(reports: Path) -> None:
    (entry,) = entries(reports, "037-ns-undefined-sitemap.xml")
    assert (entry.title, entry.published_at) == (TITLE, datetime(2024, 2, 28, 7, tzinfo=UTC))


def test_lastmod_alone(reports: Path) -> None:
    (entry,) = entries(reports, "038-sitemap-lastmod-only.xml")
    assert (entry.published_at, entry.modified_at) == (None, datetime(2024, 3, 5, tzinfo=UTC))


def test_markup_without_its_type(reports: Path) -> None:
    (entry,) = entries(reports, "040-atom-html-untyped.xml")
    text = html_to_text(entry.content)
    assert "<" not in text
    assert text.endswith("\nفقرة ثانية")


def test_escaped_twice(reports: Path) -> None:
    (entry,) = entries(reports, "120-double-escaped.xml")
    assert entry.title == '"اعتقال" عشرة & أكثر'
    assert entry.summary.startswith("أعلنت")
    assert "<" not in entry.summary


@pytest.mark.parametrize("name", ["161-news-sitemap.xml.gz", "161-served-gz.xml"])
def test_gzip_whatever_its_name(reports: Path, name: str) -> None:
    (entry,) = entries(reports, name)
    assert (entry.title, entry.published_at) == (TITLE, datetime(2024, 2, 28, 7, tzinfo=UTC))


def test_a_bad_date_hides_no_good_one(reports: Path) -> None:
    (entry,) = entries(reports, "202-bad-pubdate-good-dcdate.xml")
    assert entry.published_at == datetime(2024, 2, 28, 10, tzinfo=UTC)


def test_the_words_before_a_name(reports: Path) -> None:
    found = extract_article(Page((reports / "173-byline-by.html").read_bytes(), "html"))
    assert isinstance(found, Article)
    assert found.authors == ("سمير حداد",)
