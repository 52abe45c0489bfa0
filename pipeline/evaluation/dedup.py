"""The suite of deduplication: copies found, other stories kept apart, templates seen through.

Reads ``neardup/pairs.jsonl`` (labelled pairs: natural and edited copies, excerpts, teasers, other
stories) and the project's own templates: two fillings of one are two stories, an edited filling
is a copy. Pairs are judged by ``compare_texts``; the search is measured by putting all texts of
the data before ``find_pairs`` at once.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Final

from pipeline.evaluation.base import Case, Figure, SuiteReport
from transforms.dedup import compare, find_pairs, fingerprint
from transforms.records import Article, Fingerprint, content_id

NAME: Final = "dedup"
_PAIRS: Final = Path("neardup") / "pairs.jsonl"
_RESAMPLES: Final = 400
_COPY: Final = frozenset({"same", "near", "contained"})

# Class -> bar; for copies the least recall, for others the most that may be merged.
_RECALL: Final = {
    "natural": 0.92,
    "edited": 0.96,
    "contained": 0.60,
    "teaser": 0.98,
    "template_copies": 0.95,
    "brief_copies": 0.95,
}
_MERGED: Final = {"related": 0.005, "random": 0.005, "templates": 0.005, "briefs": 0.02}
# What another paper does to an official text: one word for another.
_REWORDING: Final = {
    "اليوم": "أمس",
    "وأوضح": "وقال",
    "وأضاف": "وتابع",
    "جراء": "بسبب",
    "عقب": "بعد",
    "وأكد": "وشدد",
    "فيما": "بينما",
    "بلغت": "وصلت",
}

_DATELINES: Final = ("دبي – العربية", "القاهرة (وكالات)", "لندن - متابعات")
_AFTERTHOUGHT: Final = "ويأتي ذلك بعد أيام من حوادث مماثلة شهدتها مناطق أخرى في البلاد."


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two texts, their class, and an id to name them by."""

    id: str
    label: str
    a: str
    b: str


def run(data: Path) -> SuiteReport:
    """Measure on the labelled data below ``data``.

    Raises:
        FileNotFoundError: ``neardup/pairs.jsonl`` is not there.
    """
    raw = (data / _PAIRS).read_bytes()
    templates, briefs = map(_own, ("dedup_templates.toml", "dedup_briefs.toml"))
    pairs = [*_labelled(raw), *_templates(templates), *_briefs(briefs)]
    prints = [(_print(pair.id + "-a", pair.a), _print(pair.id + "-b", pair.b)) for pair in pairs]
    kinds = [compare(a, b).kind for a, b in prints]
    merged = [kind in _COPY for kind in kinds]
    cases = tuple(
        Case(pair.id, "copy" if pair.label in _RECALL else "not a copy", f"{pair.label}: {kind}")
        for pair, kind, is_copy in zip(pairs, kinds, merged, strict=True)
        if pair.label != "partial" and is_copy != (pair.label in _RECALL)
    )
    return SuiteReport(
        suite=NAME,
        figures=(*_figures(pairs, merged), _search_figure(prints, merged)),
        cases=cases,
        data_hash=hashlib.sha256(raw + (templates + briefs).encode()).hexdigest()[:16],
    )


def _figures(pairs: Sequence[_Pair], merged: Sequence[bool]) -> Iterator[Figure]:
    """Recall of every class of copies, share merged of every class of others."""
    by_label: dict[str, list[bool]] = {}
    for pair, is_copy in zip(pairs, merged, strict=True):
        by_label.setdefault(pair.label, []).append(is_copy)
    for label, bar in _RECALL.items():
        yield _figure(f"{label}_recall", by_label.get(label, []), bar, higher=True)
    for label, bar in _MERGED.items():
        yield _figure(f"{label}_merged", by_label.get(label, []), bar, higher=False)
    others = [each for label in _MERGED for each in by_label.get(label, [])]
    yield _figure("hard_negatives_merged", others, 0.005, higher=False)
    yield _figure("partial_merged", by_label.get("partial", []), None, higher=False)


def _search_figure(
    prints: Sequence[tuple[Fingerprint, Fingerprint]], merged: Sequence[bool]
) -> Figure:
    """Share of the pairs judged copies that the search over all texts comes upon."""
    found = {
        (pair.article_a, pair.article_b)
        for pair in find_pairs([each for pair in prints for each in pair])
    }
    hits = [
        (a.article_id, b.article_id) in found
        for (a, b), is_copy in zip(prints, merged, strict=True)
        if is_copy
    ]
    return _figure("search_recall", hits, 0.98, higher=True)


def _figure(name: str, hits: Sequence[bool], bar: float | None, *, higher: bool) -> Figure:
    """A share with its bootstrap interval."""
    count = len(hits)
    if not count:
        return Figure(name, 0.0, 0, bar, higher_is_better=higher)
    random = Random(0)  # noqa: S311 - a bootstrap, no secret
    shares = sorted(sum(random.choices(hits, k=count)) / count for _ in range(_RESAMPLES))
    return Figure(
        name=name,
        value=sum(hits) / count,
        n=count,
        bar=bar,
        higher_is_better=higher,
        low=shares[round(0.025 * _RESAMPLES)],
        high=shares[round(0.975 * _RESAMPLES) - 1],
    )


def _print(article_id: str, body: str) -> Fingerprint:
    """Fingerprint a text as an article of its own page, undated."""
    same = content_id(body)
    return fingerprint(Article(article_id, article_id, body, same, same))


def _labelled(raw: bytes) -> Iterator[_Pair]:
    """The labelled pairs of the data."""
    classes = {
        ("natural", "neardup"): "natural",
        ("natural", "contained"): "contained",
        ("natural", "partial"): "partial",
        ("natural", "related_neg"): "related",
        ("random", "random_neg"): "random",
        ("synthetic", "contained"): "teaser",
        ("synthetic", "neardup"): "edited",
    }
    for line in raw.splitlines():
        row = json.loads(line)
        label = classes[row["kind"], row["label"]]
        yield _Pair(row["id"], label, row["text_a"], row["text_b"])


def _own(name: str) -> str:
    return (files("pipeline.evaluation") / "data" / name).read_text("utf-8")


def _fillings(toml: str) -> Iterator[tuple[str, list[str]]]:
    """The name of every template, and its texts."""
    for template in tomllib.loads(toml)["template"]:
        slots, text = template["slots"], template["text"].strip()
        filled = [text.format(**dict(zip(slots, row, strict=True))) for row in template["fillings"]]
        yield template["name"], filled


def _templates(toml: str) -> Iterator[_Pair]:
    """Pairs of fillings of one template, and fillings with what papers do to them."""
    for name, texts in _fillings(toml):
        for (i, a), (j, b) in combinations(enumerate(texts), 2):
            yield _Pair(f"template-{name}-{i}-{j}", "templates", a, b)
        for number, text in enumerate(texts):
            for edit, copy in _copies(text):
                yield _Pair(f"template-{name}-{number}-{edit}", "template_copies", text, copy)


def _briefs(toml: str) -> Iterator[_Pair]:
    """The same of briefs, which papers put under a dateline of their own, too."""
    for name, texts in _fillings(toml):
        for (i, a), (j, b) in combinations(enumerate(texts), 2):
            yield _Pair(f"brief-{name}-{i}-{j}", "briefs", a, b)
        for number, text in enumerate(texts):
            edited = [*_copies(text), ("dateline", f"{_DATELINES[number % 3]}: {text}")]
            for edit, copy in [*edited, ("longer", f"{text} {_AFTERTHOUGHT}")]:
                yield _Pair(f"brief-{name}-{number}-{edit}", "brief_copies", text, copy)


def _copies(text: str) -> Iterator[tuple[str, str]]:
    """Edited copies of a text: with a byline, a sentence less, other words."""
    sentences = re.split(r"(?<=[.])\s+(?=\D)", text)
    reworded = " ".join(_REWORDING.get(word, word) for word in text.split())
    yield "byline", f"الرياض – متابعات\n{text}\nالمصدر: وكالات"
    yield "shortened", " ".join([*sentences[:1], *sentences[2:]])
    yield "reworded", reworded
    yield "reworded-byline", f"كتب: محرر الشؤون المحلية\n{reworded} انتهى."
