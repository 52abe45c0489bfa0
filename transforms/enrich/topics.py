"""Say what an article is about: IPTC Media Topics by keyword evidence.

Keywords and words are cut to the same light stem (proclitics, article, common endings), so a list
of lemmas finds inflected words. A topic counts by how many different keywords speak for it; the
title counts more. A topic passes part of its evidence up to its parent and is named only when
enough is there: no topic is better than a wrong one.
"""

from __future__ import annotations

import functools
import math
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from transforms.enrich.tables import read_rows
from transforms.enrich.words.clitics import light_stem, written
from transforms.records import Topic
from transforms.text.arabic import normalise_text

_WORD: Final = re.compile(r"[\u0621-\u064a0-9]+")
_MAX_CHARS: Final = 3_000  # the top of a news text says what it is about
_MAX_TOPICS: Final = 3
_TITLE_WEIGHT: Final = 2.5
_MIN_SCORE: Final = 6.0
_MIN_KEYWORDS: Final = 2
_RELATIVE: Final = 0.5  # a further topic must reach this part of the first one's evidence
_UPWARD: Final = 0.4  # part of a topic's evidence that counts for its parent
_DOWNWARD: Final = 0.6  # a topic with this part of its parent's evidence is named instead of it
_HALF: Final = 12.0  # evidence at which the score is one half
_MEMO_LIMIT: Final = 60_000
_ARTICLES: Final = tuple(
    written(clitic, definite=True) for clitic in ("و", "ف", "ب", "ك", "ول", "ل", "")
)
_SUFFIXES: Final = ("يون", "يين", "ات", "ون", "ين", "ان", "ها", "هم", "يه", "ه", "ي")


@dataclass(frozen=True, slots=True)
class Concept:
    """A Media Topic with its place in the tree (``parent`` is "" at the top)."""

    code: str
    parent: str
    label_ar: str
    label_en: str


class Stems(dict[str, str]):
    """Word -> light stem, remembered (a bounded memo: the answer depends on the word alone)."""

    def __missing__(self, word: str) -> str:
        """Cut a word that was not seen yet."""
        if len(self) >= _MEMO_LIMIT:
            self.clear()
        stem = self[word] = _stem(word)
        return stem


@dataclass(slots=True)
class TopicTable:
    """Keywords by stem.

    Attributes:
        concepts: code -> concept.
        words: stem -> (code, weight) of single-word keywords.
        phrases: first stem -> (further stems, code, weight) of longer ones.
        starts: every stem a keyword starts with.
        strong: (code, keyword) of keywords that count double; a topic needs one of them.
        stems: word -> stem, remembered.
    """

    concepts: dict[str, Concept] = field(default_factory=dict)
    words: dict[str, list[tuple[str, float]]] = field(default_factory=dict)
    phrases: dict[str, list[tuple[tuple[str, ...], str, float]]] = field(default_factory=dict)
    starts: frozenset[str] = frozenset()
    strong: set[tuple[str, str]] = field(default_factory=set)
    stems: Stems = field(default_factory=Stems)


def _stem(word: str) -> str:
    """Take off one proclitic group and one ending, leaving at least three letters."""
    word = light_stem(word, _ARTICLES)
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            return word[: -len(suffix)]
    return word


@functools.cache
def _table() -> TopicTable:
    """The keyword table, built once."""
    table = TopicTable()
    for code, parent, label_ar, label_en, keywords in read_rows("ontology/mediatopics.tsv"):
        table.concepts[code] = Concept(code, parent, label_ar, label_en)
        entered: set[tuple[str, ...]] = set()
        for keyword in keywords.split("|"):
            stems = tuple(table.stems[word] for word in _WORD.findall(normalise_text(keyword)))
            if stems not in entered:
                entered.add(stems)
                _enter(table, code, stems, strong=keyword.startswith("+"))
    table.starts = frozenset(table.words) | frozenset(table.phrases)
    return table


def _enter(table: TopicTable, code: str, stems: tuple[str, ...], *, strong: bool) -> None:
    """Enter a keyword; a phrase says more than its words."""
    weight = 2.0 if strong else 1.0
    first, *rest = stems
    if rest:
        table.phrases.setdefault(first, []).append((tuple(rest), code, weight * 1.5))
    else:
        table.words.setdefault(first, []).append((code, weight))
    if strong:
        table.strong.add((code, " ".join(stems)))


def _evidence(table: TopicTable, text: str) -> dict[str, dict[str, float]]:
    """Topic -> keyword (its stems) -> weight times occurrences (log) in a folded text."""
    single, longer = table.words, table.phrases
    stems = list(map(table.stems.__getitem__, _WORD.findall(text)))
    counts: Counter[tuple[str, str, float]] = Counter()
    starts = table.starts
    for index, first in enumerate(stems):
        if first not in starts:
            continue
        for code, weight in single.get(first, ()):
            counts[code, first, weight] += 1
        for rest, code, weight in longer.get(first, ()):
            if tuple(stems[index + 1 : index + 1 + len(rest)]) == rest:
                counts[code, " ".join((first, *rest)), weight] += 1
    found: dict[str, dict[str, float]] = {}
    for (code, keyword, weight), count in counts.items():
        found.setdefault(code, {})[keyword] = weight * (1.0 + math.log(count))
    return found


def _scores(table: TopicTable, title: str, body: str) -> dict[str, float]:
    """Topic -> evidence, for topics with enough different keywords."""
    in_title = _evidence(table, normalise_text(title))
    in_body = _evidence(table, normalise_text(body[:_MAX_CHARS]))
    scores: dict[str, float] = {}
    for code in in_title.keys() | in_body.keys():
        titled, written = in_title.get(code, {}), in_body.get(code, {})
        keywords = titled.keys() | written.keys()
        strong = any((code, keyword) in table.strong for keyword in keywords)
        if strong and len(keywords) >= _MIN_KEYWORDS:
            scores[code] = _TITLE_WEIGHT * sum(titled.values()) + sum(written.values())
    for code, score in sorted(scores.items()):
        parent = table.concepts[code].parent
        if parent:
            scores[parent] = scores.get(parent, 0.0) + _UPWARD * score
    return scores


def article_topics(title: str, body: str) -> tuple[Topic, ...]:
    """The Media Topics of an article.

    Args:
        title: headline, may be "".
        body: text; the first 3,000 characters are read.

    Returns:
        At most three topics, best first, no topic beside its own parent or child; () when the
        evidence is weak. ``score`` lies in 0..1 and grows with the evidence.
    """
    table = _table()
    scores = _scores(table, title, body)
    ranked = sorted(scores, key=lambda code: (-scores[code], code))
    chosen: list[str] = []
    for ranked_code in ranked:
        if scores[ranked_code] < max(_MIN_SCORE, _RELATIVE * scores[ranked[0]]):
            break
        code = _descend(table, scores, ranked_code)
        line = _line(table, code)
        if any(other in line or code in _line(table, other) for other in chosen):
            continue
        chosen.append(code)
        if len(chosen) == _MAX_TOPICS:
            break
    chosen.sort(key=lambda code: (-scores[code], code))
    concepts = (table.concepts[code] for code in chosen)
    return tuple(
        Topic(f"medtop:{c.code}", c.label_ar, c.label_en, round(_share(scores[c.code]), 4))
        for c in concepts
    )


def _descend(table: TopicTable, scores: dict[str, float], code: str) -> str:
    """The topic under this one that has most of its evidence, else the topic itself."""
    while True:
        floor = max(_MIN_SCORE, _DOWNWARD * scores[code])
        under = [c for c in scores if table.concepts[c].parent == code and scores[c] >= floor]
        if not under:
            return code
        code = min(under, key=lambda child: (-scores[child], child))


def _share(score: float) -> float:
    return score / (score + _HALF)


def _line(table: TopicTable, code: str) -> set[str]:
    """A topic and everything above it."""
    line = set()
    while code:
        line.add(code)
        code = table.concepts[code].parent
    return line
