"""Fit the last look at an event (see ``events.whole``) on what models make of articles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from transforms.enrich import coder
from transforms.enrich.build.boost import Recipe, fit_trees
from transforms.enrich.build.gold import (
    Gold,
    article_of,
    fits,
    matched,
    overlaps,
    placed,
    spans_of,
)
from transforms.enrich.events.decide import DecisionModel
from transforms.enrich.events.mention import EventMention
from transforms.enrich.events.trees import Trees
from transforms.enrich.events.whole import around, event_numbers, is_asked

WHOLE: Final = Recipe(trees=120, depth=2, rate=0.08, ridge=6.0)
Asked = tuple[list[list[float]], list[float]]


def asked_of(gold: Gold, model: DecisionModel) -> Asked:
    """What is asked of the events that a model makes of an article, and the right answers.

    An event is right when it answers an event of the gold that no surer one has answered.

    Args:
        gold: the article as it was coded by hand.
        model: one that was not fitted on it.
    """
    article = article_of(gold)
    anchor = coder.anchor_of(article)
    if anchor is None or not coder.is_long(article):
        return [], []
    found = coder.joined(article, model)
    known = around(found.merged, found.context.countries, anchor)
    asked = [event for event in known.events if is_asked(event)]
    asked.sort(key=lambda e: (-e.confidence, e.trigger.field, e.trigger.char_start))
    rows = [event_numbers(event, known) for event in asked]
    return rows, _answered(gold, asked)


def _answered(gold: Gold, events: Sequence[EventMention]) -> list[float]:
    """Whether each event adds an answer to those before it."""
    edges = {number: _fitting(gold, event) for number, event in enumerate(events)}
    answering = set(matched(edges).values())
    return [float(number in answering) for number in edges]


def _fitting(gold: Gold, event: EventMention) -> list[int]:
    """The events of the gold that an event may answer: of its type, at its words."""
    spans = [placed(event.trigger, gold), *(placed(each, gold) for each in event.evidence)]
    return [
        number
        for number, other in enumerate(gold["events"])
        if fits(event.event_type, other) and any(overlaps(span, spans) for span in spans_of(other))
    ]


def fit_whole(asked: Sequence[Asked]) -> Trees | None:
    """The model of events, or None when no article was long enough to be asked about.

    Args:
        asked: what ``asked_of`` gave for every article.
    """
    rows = [row for questions, _ in asked for row in questions]
    if not rows:
        return None
    return fit_trees(rows, [answer for _, answers in asked for answer in answers], WHOLE)
