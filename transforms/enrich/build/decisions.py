"""Fit the decisions of the coder on articles that were coded by hand (build time only).

``python -m transforms.enrich.build.decisions GOLD.json ...`` reads files in the format of
``events/news_gold`` (of which only what was written for this project may be fitted on), adds the
sentences of the rules, and writes ``events/decisions.npz``. ``folds`` gives the models of a
cross-validation by document, which is what figures are taken from.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from transforms.enrich import coder
from transforms.enrich.attributes.article import ArticleContext
from transforms.enrich.build.boost import Recipe, fit_trees
from transforms.enrich.build.gold import (
    Gold,
    article_of,
    fits,
    marked_sentences,
    read_gold,
    sentence_gold,
    spans_of,
)
from transforms.enrich.build.linear import Sparse, fit_softmax, vocabulary
from transforms.enrich.build.net import fit_net
from transforms.enrich.build.pairs import asked_of as pairs_of
from transforms.enrich.build.pairs import fit_pairs
from transforms.enrich.build.roles import fit_roles, lesson, rule_lessons
from transforms.enrich.build.sides import Right, Told, fit_setting, fit_sides, told_by
from transforms.enrich.build.spans import fit_ends, marked_phrases
from transforms.enrich.build.whole import asked_of, fit_whole
from transforms.enrich.events.candidates import Candidate
from transforms.enrich.events.decide import (
    NONE,
    TABLE,
    TYPES,
    Decision,
    DecisionModel,
    clause_options,
    save,
    type_chances,
)
from transforms.enrich.events.features import Names, names_of
from transforms.enrich.events.ground import Ground
from transforms.enrich.events.net import Net
from transforms.enrich.events.numbers import Floats
from transforms.enrich.events.roles import Roles
from transforms.enrich.events.trees import Trees
from transforms.enrich.rules.load import all_rules
from transforms.text.sentences import split_sentences

FOLDS: Final = 8  # each costs a fit of some ten seconds
LEAST: Final = 8  # candidates that must have a feature; those of an article count twice
# Penalty by kind of feature: what a word is weighs more than its neighbours, those than pairs.
RIDGE: Final = 0.7
_NEAR, _PAIR = 3.0, 6.0
_NEIGHBOURS: Final = frozenset(["r", "f", "p", "p1", "p2", "n1", "n2", "g", "o", "A", "c", "w"])
CLAUSE: Final = Recipe(trees=120, depth=4, rate=0.06, ridge=6.0)
OWN: Final = 0.1  # of the first model, from which a right option is a mention to learn from
SENTENCE_TRUST: Final = 0.35  # of a sentence out of context, against one in an article
ALTERNATIVE: Final = 0.25  # share of the types that a careful coder could defend as well


@dataclass(slots=True)
class Example:
    """An article or sentence to fit on.

    Attributes:
        gold: the article as it was coded.
        candidates: those whose label is known.
        context: what the article says of its sentences.
        whole: whether it is a whole article, of which every event is known.
        fold: the part of the cross-validation in which it is left out; -1 for none.
        trust: its weight.
        chances: what a model says of the candidates that was not fitted on it.
        options: the types of its clauses by those chances.
        numbers: what the second model is asked about them.
        right: those of the options that answer an event of the gold.
        told: what it tells rightly.
    """

    gold: Gold
    candidates: list[Candidate]
    context: ArticleContext
    whole: bool
    fold: int = -1
    trust: float = SENTENCE_TRUST
    chances: Floats = field(default_factory=lambda: np.zeros((0, NONE + 1)))
    options: list[Decision] = field(default_factory=list)
    numbers: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    right: list[Decision] = field(default_factory=list)
    told: Told | None = None


def _example(gold: Gold, *, whole: bool) -> Example:
    scenes, context = coder.read_article(article_of(gold))
    return Example(gold, coder.candidates(scenes, context), context, whole)


def events_at(gold: Gold, candidate: Candidate) -> list[Gold]:
    """The gold events whose trigger or mention a candidate's token touches."""
    tokens = candidate.scene.annotations.tokens
    shift = 0 if candidate.in_title else len(gold["title"]) + 1
    start, end = tokens.span(candidate.token, candidate.token)
    return [
        event
        for event in gold["events"]
        if any(start + shift < high and low < end + shift for low, high in spans_of(event))
    ]


def _target(gold: Gold, candidate: Candidate) -> Floats:
    """How probable each type is for a candidate, and none: by its events that are told as facts."""
    target = np.zeros(NONE + 1)
    told = [e for e in events_at(gold, candidate) if e["status"] == "asserted"]
    for event in told:
        others = event["alt_types"]
        target[TYPES.index(event["type"])] += 1.0 - ALTERNATIVE * bool(others)
        for other in others:
            target[TYPES.index(other)] += ALTERNATIVE / len(others)
    if not told:
        target[NONE] = 1.0
    return np.asarray(target / target.sum())


def rule_examples() -> list[Example]:
    """The sentences of the rules: the trigger of a ``yes``, what is no such event of a ``no``."""
    found = []
    for rule in all_rules():
        for text in rule.yes:
            gold = sentence_gold(f"yes:{rule.id}", text)
            for mention in coder.mentions_of(text):
                if mention.match.rule.id == rule.id and mention.status == "asserted":
                    start, end = mention.trigger.char_start + 1, mention.trigger.char_end + 1
                    gold["events"].append(
                        {
                            "type": mention.event_type, "alt_types": [], "status": "asserted",
                            "trigger": {"start": start, "end": end}, "mentions": [],
                        }
                    )  # fmt: skip
            example = _example(gold, whole=False)
            example.candidates = [c for c in example.candidates if events_at(gold, c)]
            found.append(example)
        for text in rule.no:
            example = _example(sentence_gold(f"no:{rule.id}", text), whole=False)
            wanted = {f"a:{rule.event_type}", f"T:{rule.event_type}"}
            example.candidates = [
                candidate
                for candidate, names in zip(
                    example.candidates, names_of(example.candidates), strict=True
                )
                if not wanted.isdisjoint(names)
            ]
            found.append(example)
    return [example for example in found if example.candidates]


def marked_examples() -> list[Example]:
    """The sentences of ``sentences.tsv``: their words in brackets tell an act, or none."""
    found = []
    for gold in marked_sentences():
        example = _example(gold, whole=False)
        example.candidates = [c for c in example.candidates if events_at(gold, c)]
        found.append(example)
    return [example for example in found if example.candidates]


def read_examples(golds: Iterable[Gold]) -> list[Example]:
    """The articles of the gold, dealt into folds, their sentences, and those of the rules."""
    golds = list(golds)
    ids = sorted(
        {gold["doc_id"] for gold in golds}, key=lambda i: hashlib.sha256(i.encode()).hexdigest()
    )
    numbers = {doc_id: number for number, doc_id in enumerate(ids)}
    found = []
    for gold in sorted(golds, key=lambda g: numbers[g["doc_id"]]):
        for part in (gold, *_alone(gold)):
            example = _example(part, whole=True)
            example.fold = numbers[gold["doc_id"]] % FOLDS
            example.trust = 1.0 if part is gold else SENTENCE_TRUST
            found.append(example)
    return [*(e for e in found if e.candidates), *rule_examples(), *marked_examples()]


def _alone(gold: Gold) -> Iterator[dict[str, Any]]:
    """Every sentence of an article's body as an article: short texts are coded, too."""
    body, shift = gold["body"], len(gold["title"]) + 1
    sentences = split_sentences(body) if gold["title"] else ()
    for number, sentence in enumerate(sentences):
        low, high = sentence.start + shift, sentence.end + shift
        alone = sentence_gold(f"{gold['doc_id']}#{number}", body[sentence.start : sentence.end])
        for event in gold["events"]:
            spans = [
                {"start": start - low + 1, "end": end - low + 1}
                for start, end in spans_of(event)
                if low <= start and end <= high
            ]
            if spans:
                moved: dict[str, Any] = {"trigger": spans[0], "mentions": spans[1:]}
                place = event["place"]
                if place and not low <= place.get("start", low) < high:
                    moved |= {"place": None, "place_known": False}
                alone["events"].append({**event, **moved})
        yield {**alone, "published": gold["published"]}


def _fit_types(examples: Sequence[Example]) -> tuple[dict[str, int], Net]:
    """The first model: its names and what they weigh."""
    rows = [names for e in examples for names in names_of(e.candidates)]
    known = vocabulary(rows, LEAST)
    targets = np.array([_target(e.gold, c) for e in examples for c in e.candidates])
    trust = np.array([e.trust for e in examples for _ in e.candidates])
    ridge = np.array([_ridge(name) for name in known])
    line = fit_softmax(Sparse.of(rows, known), targets, trust, ridge)
    singles = (each.astype(np.float32) for each in (targets, trust, line))
    return known, fit_net(rows, known, *singles)


def _ridge(name: str) -> float:
    kind = name.partition(":")[0]
    return _PAIR if kind == "x" else _NEAR if kind in _NEIGHBOURS else RIDGE


def answers(gold: Gold, option: Decision) -> list[Gold]:
    """The gold events of a fitting type, told as facts, that a decision touches."""
    return [
        event
        for event in events_at(gold, option.candidate)
        if event["status"] == "asserted" and fits(option.event_type, event)
    ]


def _look(example: Example) -> None:
    """Fill in what an example's chances lead to."""
    example.options, example.numbers = clause_options(Ground(example.candidates), example.chances)
    example.right = [o for o in example.options if answers(example.gold, o) and o.own >= OWN]
    example.right.sort(key=lambda o: o.candidate.position)


def _tell(example: Example, roles: Roles | None = None) -> None:
    """Fill in what an example tells rightly.

    Args:
        example: looked at.
        roles: say who does it to whom, not fitted on it; without them grammar does.
    """
    mentions = coder.details(example.right, example.context, roles)
    found = []
    for mention, option in zip(mentions, example.right, strict=True):
        events = [told_by(mention, event, example.gold) for event in answers(example.gold, option)]
        found.append(Right(mention, option.candidate.scene, events))
    scenes = list({id(c.scene): c.scene for c in example.candidates}.values())
    example.told = Told(found, scenes, example.context.countries)


def _fit_clause(examples: Sequence[Example]) -> Trees:
    """The second model, on what the first says of articles that it was not fitted on."""
    rows = np.vstack([e.numbers for e in examples if e.options])
    targets = [float(bool(answers(e.gold, o))) for e in examples for o in e.options]
    return fit_trees(rows, targets, CLAUSE)


def fit(
    golds: Iterable[Gold], lessons: Iterable[Gold] = ()
) -> tuple[DecisionModel, list[DecisionModel], dict[str, int]]:
    """Fit everything.

    Args:
        golds: articles coded by hand.
        lessons: sentences of one act whose sides are marked, for the line of roles alone.

    Returns:
        The model of all articles; for every fold the model that was fitted without it; the fold of
        every article by its id.
    """
    examples = read_examples(golds)
    parts = []
    for fold in range(FOLDS):
        known, net = _fit_types([e for e in examples if e.fold != fold])
        parts.append((known, net))
        for example in examples:
            if example.fold == fold:
                example.chances = type_chances(Ground(example.candidates), Names(known), net)
    models = []
    for example in examples:
        if example.whole:
            _look(example)
            _tell(example)
    wholes = [e for e in examples if e.whole]
    taught = [*rule_lessons(), *map(lesson, lessons)]
    roles = [_fit_roles([e for e in wholes if e.fold != fold], taught) for fold in range(FOLDS)]
    all_roles = _fit_roles(wholes, taught)
    for example in wholes:
        _tell(example, roles[example.fold])
    for fold, (known, net) in enumerate(parts):
        models.append(_model(known, net, roles[fold], [e for e in wholes if e.fold != fold]))
    whole = _model(*_fit_types(examples), all_roles, wholes)
    articles = [e for e in wholes if e.trust == 1.0]
    pairs = [each for e in articles for each in pairs_of(e.gold, models[e.fold], e.fold)]
    models = [
        replace(model, pair=fit_pairs([each for each in pairs if each.fold != number]))
        for number, model in enumerate(models)
    ]
    asked = [(e.fold, asked_of(e.gold, models[e.fold])) for e in articles]
    models = [
        replace(model, whole=fit_whole([each for fold, each in asked if fold != number]))
        for number, model in enumerate(models)
    ]
    last = fit_whole([each for _, each in asked])
    whole = replace(whole, pair=fit_pairs(pairs), whole=last)
    return whole, models, {e.gold["doc_id"]: e.fold for e in wholes}


def _fit_roles(examples: Sequence[Example], taught: Sequence[tuple[Gold, Told]]) -> Roles:
    """Which phrases are sides, on whole articles and lessons."""
    return fit_roles([(e.gold, e.told) for e in examples if e.trust == 1.0 and e.told], taught)


def _model(
    known: dict[str, int], net: Net, roles: Roles, examples: Sequence[Example]
) -> DecisionModel:
    articles = [example.told for example in examples if example.told]
    sides = fit_sides(articles)
    setting = fit_setting(articles, sides)
    marked = [
        p
        for e in examples
        if e.trust == 1.0 and e.told
        for p in marked_phrases(e.gold, e.told.scenes)
    ]
    return DecisionModel(
        known,
        net,
        _fit_clause(examples),
        sides,
        setting,
        roles=roles,
        ends=fit_ends(marked),
    )


def main(paths: Sequence[Path]) -> None:
    """Fit on files of gold and write the packaged models."""
    model, _, _ = fit(read_gold(paths))
    save(model, TABLE)
    sys.stdout.write(f"{len(model.rows)} features\n")


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
