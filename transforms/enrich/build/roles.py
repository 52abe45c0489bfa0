"""Fit which phrases are the sides of events, on those marked by hand (build time only)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from transforms.enrich.build.gold import Gold
from transforms.enrich.build.linear import Sparse, fit_softmax, vocabulary
from transforms.enrich.build.sides import Told
from transforms.enrich.events.candidates import Scene
from transforms.enrich.events.numbers import Floats
from transforms.enrich.events.roles import (
    ALONE,
    ELSEWHERE,
    WHETHER,
    Roles,
    asked,
    heads_of,
    options,
    written,
)
from transforms.enrich.events.word_model import stem
from transforms.text.arabic import normalise_text

LEAST: Final = 12  # options that must have a feature
RIDGE: Final = 3.0
ALIKE: Final = (
    0.7  # how right a phrase is that has the first word of one marked in another sentence
)
_SIDES: Final = ("actor", "recipient")
Row = tuple[list[str], list[float]]


def fit_roles(articles: Sequence[tuple[Gold, Told]]) -> Roles:
    """The line, on the right mentions of articles.

    Args:
        articles: as they were coded by hand, and what they tell rightly.
    """
    rows = [row for gold, told in articles for row in _rows(gold, told)]
    names = [own for own, _ in rows]
    known = vocabulary(names, LEAST)
    if not known:
        return Roles({})
    fitted = fit_softmax(
        Sparse.of(names, known),
        np.array([target for _, target in rows]),
        np.ones(len(rows)),
        np.full(len(known), RIDGE),
    )
    return Roles(_against_nobody(known, fitted))


def _against_nobody(known: Mapping[str, int], fitted: Floats) -> dict[str, tuple[float, float]]:
    odds = (fitted[:, :2] - fitted[:, 2:]).astype(np.float16).astype(np.float64).tolist()
    return {name: (odds[row][0], odds[row][1]) for name, row in known.items()}


def _rows(gold: Gold, told: Told) -> Iterator[Row]:
    """Every option of every right mention, with how probably it is which side."""
    for mention, scene, (event, *_) in told.right:
        tokens = options(mention, scene)
        if event.get("reciprocal") and not mention.match.rule.reciprocal:
            tokens.remove(WHETHER)  # another type, in which one side acts alone
        of_event, rows = asked(mention, scene, tokens)
        targets = _targets(gold, event, scene, tokens)
        for token, own, target in zip(tokens, rows, targets, strict=True):
            pairs = [*zip(of_event, own, strict=True)]
            if token >= 0:
                pairs += zip(ALONE, heads_of(scene).found[token].keys, strict=True)
            yield [name for pair in pairs for name in written(*pair)], target


def _targets(gold: Gold, event: Gold, scene: Scene, tokens: Iterable[int]) -> Iterator[list[float]]:
    shift = len(gold["title"]) + 1
    for token in tokens:
        if token == WHETHER:
            has = float(bool(event["recipient"]) and not event.get("reciprocal"))
            yield [0.0, has, 1.0 - has]
            continue
        actor, recipient = (_is_side(event[side], scene, token, shift) for side in _SIDES)
        total = max(actor + recipient, 1.0)
        yield [actor / total, recipient / total, 1.0 - (actor + recipient) / total]


def _is_side(parties: Sequence[Mapping[str, Any]], scene: Scene, token: int, shift: int) -> float:
    """How rightly a party's phrase begins at a token."""
    tokens, sentence = scene.annotations.tokens, scene.sentence
    moved = 0 if tokens.field == "title" else shift
    low, high = (each + moved for each in tokens.span(sentence.first, sentence.stop - 1))
    marked = [p for p in parties if p.get("text") and p.get("start") is not None]
    if token == ELSEWHERE:
        return float(any(_speaks(party, scene, shift) for party in marked))
    start, end = (each + moved for each in tokens.span(token, token))
    if any(start <= party["start"] < end for party in marked):
        return 1.0
    word = stem(sentence.words[token])
    away = [party for party in marked if not low <= party["start"] < high]
    return ALIKE * any(word == _first(party["text"]) for party in away)


def _speaks(party: Mapping[str, Any], scene: Scene, shift: int) -> bool:
    """Whether a party is the speaker of a sentence."""
    actor = scene.speaker.actor if scene.speaker else None
    if actor is None or actor.char_start is None or actor.char_end is None or not actor.text:
        return False
    moved = 0 if actor.field == "title" else shift
    here = party["start"] < actor.char_end + moved and actor.char_start + moved < party["end"]
    return here or _first(party["text"]) == _first(actor.text)


def _first(text: str) -> str:
    words = normalise_text(text).split()
    return stem(words[0]) if words else ""
