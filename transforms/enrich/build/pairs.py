"""Fit which mentions are one event (see ``events.pairs``) on what models make of articles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from transforms.enrich import coder
from transforms.enrich.build.boost import Recipe, fit_trees
from transforms.enrich.build.gold import Gold, article_of, fits, overlaps, placed, spans_of
from transforms.enrich.build.linear import Sparse, fit_softmax, vocabulary
from transforms.enrich.events.decide import KEPT, DecisionModel
from transforms.enrich.events.mention import EventMention
from transforms.enrich.events.merge import contradict
from transforms.enrich.events.pairs import PairModel, facts_of, pair_names, pair_numbers

TREES: Final = Recipe(trees=150, depth=4, rate=0.06, ridge=6.0)
LEAST: Final = 6  # pairs that must have a name
RIDGE: Final = 3.0


class Asked(NamedTuple):
    """Two mentions of an article: its fold, what is asked of them, whether they are one event."""

    fold: int
    numbers: list[float]
    names: list[str]
    one: bool


def asked_of(gold: Gold, model: DecisionModel, fold: int) -> list[Asked]:
    """What is asked of the mentions that a model finds in an article, also of hardly probable ones.

    Args:
        gold: the article as it was coded by hand.
        model: one that was not fitted on it.
        fold: the part of the cross-validation that the article belongs to.
    """
    article = article_of(gold)
    if coder.anchor_of(article) is None:
        return []  # models have no say there
    scenes, context = coder.read_article(article)
    mentions, _ = coder.decided(scenes, context, model, least=KEPT)
    known = [(facts, _told(gold, facts.mention)) for facts in facts_of(mentions)]
    known = [each for each in known if each[1] and each[0].mention.status == "asserted"]
    return [
        Asked(fold, pair_numbers(one, two), pair_names(one, two), bool(first & second))
        for number, (two, second) in enumerate(known)
        for one, first in known[:number]
        if one.mention.event_type == two.mention.event_type
        and not contradict(one.mention, two.mention)
    ]


def _told(gold: Gold, mention: EventMention) -> set[int]:
    """The events of the gold that a mention tells."""
    span = placed(mention.trigger, gold)
    return {
        number
        for number, event in enumerate(gold["events"])
        if fits(mention.event_type, event) and overlaps(span, spans_of(event))
    }


def fit_pairs(asked: Sequence[Asked]) -> PairModel | None:
    """The model, or None when no article tells two mentions of a type.

    The trees see what a line says that was fitted without the pair's fold.

    Args:
        asked: what ``asked_of`` gave for every article.
    """
    if not asked:
        return None
    said: list[float] = [0.0] * len(asked)
    for fold in sorted({each.fold for each in asked}):
        words = _line([each for each in asked if each.fold != fold])
        for number, each in enumerate(asked):
            if each.fold == fold:
                said[number] = sum(words.get(name, 0.0) for name in each.names)
    rows = [[*each.numbers, line] for each, line in zip(asked, said, strict=True)]
    return PairModel(_line(asked), fit_trees(rows, [float(each.one) for each in asked], TREES))


def _line(asked: Sequence[Asked]) -> dict[str, float]:
    """What names add to the log-odds."""
    names = [each.names for each in asked]
    known = vocabulary(names, LEAST)
    if not known:
        return {}
    targets = np.array([[float(each.one), float(not each.one)] for each in asked])
    trust, ridge = np.ones(len(asked)), np.full(len(known), RIDGE)
    fitted = fit_softmax(Sparse.of(names, known), targets, trust, ridge)
    odds = (fitted[:, 0] - fitted[:, 1]).astype(np.float32).astype(np.float64).tolist()
    return {name: odds[row] for name, row in known.items()}
