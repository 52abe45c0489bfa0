"""The seeds are what their README says: current, varied, consistent with their expectations."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from typing import Any

import pytest
from seed_goldens import ROOT, article_goldens, feed_goldens, golden_events, goldens

DAYS = ["الإثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"]


def _sources() -> tuple[Any, ...]:
    from seed_source import all_articles

    return all_articles()


def test_seeds_and_goldens_are_current() -> None:
    check = subprocess.run(
        [sys.executable, "tests/seed_sources/write_seeds.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert check.returncode == 0, (
        f"stale, run python tests/seed_sources/write_seeds.py:\n{check.stdout}{check.stderr}"
    )


def test_every_seed_file_is_explained_and_expected() -> None:
    files = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "seeds").rglob("*")
        if path.is_file() and path.name != "README.md"
    }
    readme = (ROOT / "seeds" / "README.md").read_text(encoding="utf-8")
    assert files == {golden["file"] for golden in goldens().values() if golden["file"]}
    assert not [name for name in files if f"`{name.removeprefix('seeds/')}`" not in readme]


def test_enough_variety() -> None:
    arabic = [a for a in _sources() if a.language == "ar"]
    long_enough = [a for a in arabic if 120 <= len(a.body.split()) <= 600]
    types = {event.event_type for g in article_goldens().values() for event in golden_events(g)}
    kinds = {golden["kind"] for golden in feed_goldens().values()}
    assert len(long_enough) >= 30
    assert len({a.outlet.country for a in arabic}) >= 8
    assert len({a.template for a in arabic}) >= 10
    assert len(types) == 16
    assert kinds == {"rss", "atom", "rdf"}
    assert len(feed_goldens()) >= 5


def test_no_paragraph_stands_in_two_unrelated_articles() -> None:
    seen: dict[str, str] = {}
    for article in _sources():
        family = re.match(r"\w+", article.stem)
        assert family
        for part in article.paragraphs:
            if len(part) > 60:
                assert seen.setdefault(part, family[0]) == family[0]


@pytest.mark.parametrize("stem", sorted(article_goldens()))
def test_weekdays_agree_with_the_date(stem: str) -> None:
    article = next(a for a in _sources() if a.stem == stem)
    for offset, word in ((0, "اليوم"), (-1, "أمس"), (1, "غداً"), (1, "غد")):
        for name in re.findall(rf"(?<!\w){word} (ال\w+)", article.body):
            day = name.replace("الاثنين", "الإثنين")
            if day in DAYS:
                assert day == DAYS[(article.published.weekday() + offset) % 7], word + " " + name


@pytest.mark.parametrize("stem", sorted(article_goldens()))
def test_expected_triggers_stand_in_the_text(stem: str) -> None:
    article = next(a for a in _sources() if a.stem == stem)
    golden = article_goldens()[stem]
    text = article.title + "\n" + article.body
    for event in golden_events(golden):
        found = [word for word in event.trigger_contains if word in text]
        assert found, f"{event.event_type}: none of {event.trigger_contains} in the text"
        if event.event_date and event.status == "asserted":
            gap = (article.published.date() - date.fromisoformat(event.event_date)).days
            assert -20 <= gap <= 60, f"{event.event_type} on {event.event_date}"
    if golden["no_events"]:
        assert all(event.status != "asserted" for event in golden_events(golden))


def test_feed_entries_point_to_pages_that_exist() -> None:
    for feed in feed_goldens().values():
        for entry in feed["entries"]:
            assert (entry["outcome"] == "joined") == bool(entry["page"])
            assert entry["page"] is None or (ROOT / entry["page"]).is_file()
            assert entry["outcome"] != "article" or entry["full_content"]


def test_pages_declare_their_url() -> None:
    for golden in article_goldens().values():
        if (golden["file"] or "").endswith(".html"):
            page = (ROOT / golden["file"]).read_bytes()
            assert golden["url"].replace("&", "&amp;").encode() in page, golden["file"]


def test_bench_pages_differ_and_repeat() -> None:
    from seed_pages import bench_pages

    first, second = list(bench_pages(60)), list(bench_pages(60))
    assert first == second
    assert len({url for url, _ in first}) == len({data for _, data in first}) == 60
    assert all(79_000 <= len(data) <= 121_000 for _, data in first)
