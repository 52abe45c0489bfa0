"""Fit which phrases are the sides of events, on those marked by hand (build time only)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

import numpy as np

from transforms.enrich import coder
from transforms.enrich.build.gold import Gold, article_of, fits, sentence_gold
from transforms.enrich.build.linear import Sparse, fit_softmax, vocabulary
from transforms.enrich.build.sides import Right, Told
from transforms.enrich.events.candidates import Scene
from transforms.enrich.events.details import mention_of
from transforms.enrich.events.heads import heads_of
from transforms.enrich.events.numbers import Floats
from transforms.enrich.events.role_features import (
    ALONE,
    ELSEWHERE,
    WHETHER,
    asked,
    options,
    written,
)
from transforms.enrich.events.roles import Roles
from transforms.enrich.events.word_model import stem
from transforms.enrich.rules.load import all_rules
from transforms.enrich.rules.match import TriggerMatch
from transforms.records import Actor
from transforms.text.arabic import normalise_text

LEAST: Final = 12  # options that must have a feature
RIDGE: Final = 5.0
LESSON: Final = 0.35  # weight of a sentence of one act, against one of an article
ALIKE: Final = 0.7  # how right the first word of a phrase is that is marked in another sentence
_SIDES: Final = ("actor", "recipient")
Row = tuple[list[str], list[float]]


def fit_roles(
    articles: Sequence[tuple[Gold, Told]], lessons: Sequence[tuple[Gold, Told]] = ()
) -> Roles:
    """The line, on the right mentions of articles and on sentences that show plain syntax.

    Args:
        articles: as they were coded by hand, and what they tell rightly.
        lessons: sentences of one act, see ``lesson``.
    """
    rows = [
        (own, target, weight)
        for examples, weight in ((articles, 1.0), (lessons, LESSON))
        for gold, told in examples
        for own, target in _rows(gold, told)
    ]
    known = vocabulary([own for own, _, _ in rows], LEAST)
    rows = [row for row in rows if not known.keys().isdisjoint(row[0])]
    if not rows:
        return Roles({})
    names, targets, weights = zip(*rows, strict=True)
    fitted = fit_softmax(
        Sparse.of(names, known), np.array(targets), np.array(weights), np.full(len(known), RIDGE)
    )
    return Roles(_against_nobody(known, fitted))


def _against_nobody(known: Mapping[str, int], fitted: Floats) -> dict[str, tuple[float, float]]:
    odds = (fitted[:, :2] - fitted[:, 2:]).astype(np.float16).astype(np.float64).tolist()
    return {name: (odds[row][0], odds[row][1]) for name, row in known.items()}


def lesson(gold: Gold) -> tuple[Gold, Told]:
    """A sentence of one act as something to fit on: the rules' triggers of its type tell it.

    Args:
        gold: its only event has a type and sides, and need not name the words that tell it.
    """
    (event,) = gold["events"]
    return gold, _told(gold, lambda match: fits(match.rule.event_type, event), [event])


def rule_lessons() -> Iterator[tuple[Gold, Told]]:
    """The sentences of the rules, with the sides that grammar, made on these, finds in them."""
    for rule in all_rules():
        for text in rule.yes:
            gold = sentence_gold(f"yes:{rule.id}", text)
            found = _told(gold, partial(_is_of, rule.id), [])
            for mention, _, events in found.right:
                events.append(
                    {"core": True, "type": rule.event_type}
                    | {side: _as_marked(getattr(mention, f"{side}s")) for side in _SIDES}
                )
            yield gold, found


def _is_of(rule_id: str, match: TriggerMatch) -> bool:
    return match.rule.id == rule_id


def _told(gold: Gold, tells: Callable[[TriggerMatch], bool], events: list[Gold]) -> Told:
    """The mentions of a text that some triggers tell, by grammar."""
    scenes, context = coder.read_article(article_of(gold))
    coder.candidates(scenes, context)  # fills in what is known of tokens
    right = [
        Right(
            mention_of(scene, match, match.rule.event_type, context, match.head), scene, [*events]
        )
        for scene in scenes
        for match in scene.matches
        if tells(match)
    ]
    return Told(right, scenes, context.countries)


def _as_marked(actors: Iterable[Actor]) -> list[dict[str, Any]]:
    """Parties as the gold marks them, in a text without a title."""
    return [
        {"text": actor.text, "start": actor.char_start + 1, "end": actor.char_end + 1}
        for actor in actors
        if actor.char_start is not None and actor.char_end is not None
    ]


def _rows(gold: Gold, told: Told) -> Iterator[Row]:
    """Every option of every right mention, with how probably it is which side."""
    for mention, scene, (event, *_) in told.right:
        tokens = options(mention, scene)
        marked = all("start" in party for side in _SIDES for party in event[side])
        if event["core"] is None or not marked:
            continue  # an empty side is not known, or sides by their countries alone
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
