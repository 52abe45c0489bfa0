"""Fit where the phrases of parties end, on those that were marked by hand (build time only)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np

from transforms.enrich.build.gold import Gold
from transforms.enrich.build.linear import Sparse, fit_softmax, vocabulary
from transforms.enrich.events.candidates import Scene
from transforms.enrich.events.spans import LONGEST, read_end, step

LEAST: Final = 3  # places that must have a feature
RIDGE: Final = 4.0
Marked = tuple[Scene, int, int]


def marked_phrases(gold: Gold, scenes: Iterable[Scene]) -> Iterator[Marked]:
    """The phrases of an article's parties: their sentences, first and last tokens.

    Args:
        gold: the article as it was coded.
        scenes: its sentences.
    """
    shift = len(gold["title"]) + 1
    parties = (p for e in gold["events"] for side in ("actor", "recipient") for p in e[side])
    spans = {(p["start"], p["end"]) for p in parties if p.get("text")}
    for scene in scenes:
        tokens, sentence = scene.annotations.tokens, scene.sentence
        moved = 0 if tokens.field == "title" else shift
        low, high = tokens.span(sentence.first, sentence.stop - 1)
        for start, end in sorted(spans):
            if (start < shift) != (tokens.field == "title") or not low <= start - moved < high:
                continue
            first, stop = tokens.range_of(start - moved, min(end - moved, high))
            if sentence.first <= first < stop <= sentence.stop:
                yield scene, first, stop - 1


def fit_ends(phrases: Sequence[Marked]) -> dict[str, float]:
    """What each feature of a place in a phrase says for going on.

    Args:
        phrases: as ``marked_phrases`` gives them.

    Returns:
        Nothing when there are none.
    """
    if not phrases:
        return {}
    rows, goes_on = [], []
    for scene, first, last in phrases:
        read = read_end(scene, first)
        for at in range(first, min(last, first + LONGEST, scene.sentence.stop - 2) + 1):
            rows.append(step(scene, first, at, read))
            goes_on.append(float(at < last))
    known = vocabulary(rows, LEAST)
    targets = np.array([[1.0 - each, each] for each in goes_on])
    weights = fit_softmax(
        Sparse.of(rows, known), targets, np.ones(len(rows)), np.full(len(known), RIDGE)
    )
    return dict(zip(known, (weights[:, 1] - weights[:, 0]).round(4).tolist(), strict=True))
