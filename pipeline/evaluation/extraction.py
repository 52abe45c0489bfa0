"""The extraction suite: bodies, dates, authors, and what is no article.

Bodies are compared as multisets of words; words of a gold's ``optional`` segments (standfirst,
section name) neither help nor hurt. A date is right when the gold's day is the stored civil day.
Authors count where the gold knows one. What is no article: real section and directory pages, where
they are there, and the invented pages of ``index_pages.toml`` and ``odd_pages.toml``; those held
back were never looked at when the gate's weights were set.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pipeline.evaluation.base import Case, Figure, SuiteReport
from pipeline.evaluation.index_pages import invented_pages
from transforms.extract import extract_article
from transforms.records import Article, Page, Rejected

NAME: Final = "extraction"
_SETS: Final = {"news11": "news", "nabdsharqi": "magazine"}
_BARS: Final = {"news": 0.995, "magazine": 0.999}
_WORD: Final = re.compile(r"\w+")


@dataclass(slots=True)
class _Tally:
    """What the labelled pages gave."""

    f1: dict[str, list[float]] = field(default_factory=lambda: {"news": [], "magazine": []})
    dates: int = 0
    dates_right: int = 0
    dates_invented: int = 0
    authors: int = 0
    authors_named: int = 0
    authors_right: int = 0
    refused: int = 0
    pages: int = 0
    cases: list[Case] = field(default_factory=list)


def run(data: Path) -> SuiteReport:
    """Measure on ``pages/`` below ``data`` and on the invented pages.

    Raises:
        FileNotFoundError: the labelled pages are not there.
    """
    folder = data / "pages"
    manifest = (folder / "manifest.jsonl").read_bytes()
    digest = hashlib.sha256(manifest)
    tally = _Tally()
    for line in manifest.splitlines():
        row = json.loads(line)
        content = (folder / row["file"]).read_bytes()
        gold_bytes = (folder / row["gold"]).read_bytes()
        digest.update(content)
        digest.update(gold_bytes)
        _judge(tally, row, json.loads(gold_bytes), extract_article(Page(content, "html")))
    listings = sorted((folder / "index").glob("*.html"))
    for path in listings:
        digest.update(path.read_bytes())
    gate = [*_listings(tally, listings), *_gate(tally)]
    return SuiteReport(NAME, (*_figures(tally), *gate), tuple(tally.cases), digest.hexdigest()[:32])


def body_f1(found: str, gold: str, optional: list[str]) -> float:
    """Compare two texts as multisets of words.

    Args:
        found: the extracted body.
        gold: the right one.
        optional: segments whose words may be there or not.

    Returns:
        F1 of the words, between 0 and 1.
    """
    words, wanted = Counter(_WORD.findall(found)), Counter(_WORD.findall(gold))
    spare = Counter(word for segment in optional for word in _WORD.findall(segment))
    words -= (words - wanted) & spare
    total = words.total() + wanted.total()
    return 2 * (words & wanted).total() / total if total else 1.0


def _judge(tally: _Tally, row: Any, gold: Any, found: Article | Rejected) -> None:
    name = str(row["file"])
    kind = _SETS[row["set"]]
    tally.pages += 1
    if isinstance(found, Rejected):
        tally.refused += 1
        tally.f1[kind].append(0.0)
        tally.cases.append(Case(name, "an article", f"{found.reason}: {found.detail}", 2.0))
        return
    score = body_f1(found.body, gold["body"], gold.get("optional") or [])
    tally.f1[kind].append(score)
    if score < 0.99:
        tally.cases.append(Case(name, gold["body"][:200], found.body[:200], 1 - score))
    if gold.get("date"):
        _judge_date(tally, name, str(gold["date"]), found)
    _judge_authors(tally, name, (gold.get("author") or "").strip(), found)


def _judge_date(tally: _Tally, name: str, gold: str, found: Article) -> None:
    tally.dates += 1
    if found.published_at is None:
        tally.cases.append(Case(name, gold, "no date", 0.5))
        return
    if str(found.published_on) == gold:
        tally.dates_right += 1
    else:
        tally.dates_invented += 1
        got = f"{found.published_on} from {found.published_source}: {found.published_raw}"
        tally.cases.append(Case(name, gold, got, 1.5))


def _judge_authors(tally: _Tally, name: str, gold: str, found: Article) -> None:
    if not gold:
        return
    tally.authors += 1
    tally.authors_named += bool(found.authors)
    right = any(" ".join(author.split()) in " ".join(gold.split()) for author in found.authors)
    tally.authors_right += right
    if found.authors and not right:
        tally.cases.append(Case(name, gold, ", ".join(found.authors), 1.0))


def _figures(tally: _Tally) -> list[Figure]:
    figures = []
    for kind, scores in tally.f1.items():
        if not scores:
            continue
        number = len(scores)
        figures += [
            Figure(f"body_f1_mean_{kind}", sum(scores) / number, number, _BARS[kind]),
            Figure(f"body_f1_min_{kind}", min(scores), number, 0.95),
            Figure(
                f"body_f1_below_95_{kind}",
                sum(score < 0.95 for score in scores) / number,
                number,
                0.0,
                higher_is_better=False,
            ),
        ]
    dates, named = max(1, tally.dates), max(1, tally.authors_named)
    return [
        *figures,
        Figure("dates_right", tally.dates_right / dates, tally.dates, 1.0),
        Figure("dates_invented", tally.dates_invented, tally.dates, 0.0, higher_is_better=False),
        Figure("author_precision", tally.authors_right / named, tally.authors_named, 0.9),
        Figure("author_recall", tally.authors_right / max(1, tally.authors), tally.authors),
        Figure("articles_refused", tally.refused, tally.pages, 0.0, higher_is_better=False),
    ]


def _listings(tally: _Tally, paths: list[Path]) -> list[Figure]:
    """The gate's figure on real section and directory pages; none when they are not there."""
    kept = 0
    for path in paths:
        found = extract_article(Page(path.read_bytes(), "html"))
        if isinstance(found, Article):
            kept += 1
            tally.cases.append(Case(f"index/{path.name}", "no article", found.body[:200], 1.2))
    if not paths:
        return []
    figure = Figure("index_pages_kept", kept, len(paths), len(paths) // 3, higher_is_better=False)
    return [figure]


def _gate(tally: _Tally) -> list[Figure]:
    """The gate's figures on the invented pages."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for page in invented_pages():
        found = extract_article(Page(page.markup.encode(), "html", url=page.url))
        reason = found.reason if isinstance(found, Rejected) else None
        kind = page.name.split("/")[0]
        # An index page without any text may also be called empty.
        accepted = {page.reason, "no_text"} if kind == "index" else {page.reason}
        kind = f"held_{kind}" if page.held else kind
        total[kind] += 1
        right[kind] += reason in accepted
        if reason not in accepted:
            tally.cases.append(Case(page.name, page.reason or "an article", reason or "kept", 1.2))
    return [
        Figure("index_refused", right["index"] / total["index"], total["index"], 0.95),
        Figure(
            "invented_articles_refused",
            total["article"] - right["article"],
            total["article"],
            0.0,
            higher_is_better=False,
        ),
        Figure(
            "held_index_refused",
            right["held_index"] / total["held_index"],
            total["held_index"],
            0.65,
        ),
        Figure(
            "held_articles_refused",
            total["held_article"] - right["held_article"],
            total["held_article"],
            1.0,
            higher_is_better=False,
        ),
        Figure("walls_named", right["wall"] / total["wall"], total["wall"], 1.0),
    ]
