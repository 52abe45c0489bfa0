"""Fit the decisions of the coder on articles that were coded by hand (build time only).

``python -m transforms.enrich.build.decisions GOLD.json ...`` reads files in the format of
``events/news_gold`` (of which only what was written for this project may be fitted on), adds the
sentences of the rules, and writes ``events/decisions.npz``. ``folds`` gives the models of a
cross-validation by document, which is what figures are taken from.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from transforms.enrich import coder
from transforms.enrich.attributes.article import ArticleContext
from transforms.enrich.build.gold import Gold, article_of, read_gold, sentence_gold, spans_of
from transforms.enrich.build.linear import (
    Sparse,
    fit_logistic,
    fit_softmax,
    softmax,
    vocabulary,
)
from transforms.enrich.events.candidates import Candidate, Scene
from transforms.enrich.events.decide import (
    NONE,
    TABLE,
    TYPES,
    Decision,
    DecisionModel,
    clause_options,
    save,
)
from transforms.enrich.events.mention import EventMention
from transforms.enrich.events.merge import pair_numbers
from transforms.enrich.events.numbers import Floats, Logistic
from transforms.enrich.events.parties import (
    Model,
    Role,
    assign_countries,
    has_numbers,
    options,
    party_numbers,
)
from transforms.enrich.events.setting import (
    Placed,
    date_numbers,
    date_options,
    place_numbers,
    place_options,
    setting_of,
    settle_mention,
)
from transforms.enrich.rules.load import all_rules
from transforms.text.sentences import split_sentences

FOLDS: Final = 3  # each costs a fit of half a minute to a minute
LEAST: Final = 3  # candidates that must have a feature; those of an article count twice
RIDGE: Final = 2.0
CLAUSE_RIDGE: Final = 3.0
PAIR_RIDGE: Final = 3.0
PARTY_RIDGE: Final = 3.0
OWN: Final = 0.1  # of the first model, from which a right option is a mention to learn from
SAME_COUNTRY: Final = 0.4  # how right another place of the right country is
SENTENCE_TRUST: Final = 0.35  # of a sentence out of context, against one in an article
ALTERNATIVE: Final = 0.25  # share of the types that a careful coder could defend as well


class Right(NamedTuple):
    """A mention that answers gold events: what it was made of, and the events."""

    mention: EventMention
    scene: Scene
    events: list[Gold]


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
        right: the options that answer gold events, with their mentions.
    """

    gold: Gold
    candidates: list[Candidate]
    context: ArticleContext
    whole: bool
    fold: int = -1
    trust: float = SENTENCE_TRUST
    chances: Floats = field(default_factory=lambda: np.zeros((0, NONE + 1)))
    options: list[Decision] = field(default_factory=list)
    right: list[Right] = field(default_factory=list)


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
            example.candidates = [c for c in example.candidates if wanted & set(c.features)]
            found.append(example)
    return [example for example in found if example.candidates]


def read_examples(golds: Iterable[Gold]) -> list[Example]:
    """The articles of the gold, dealt into folds, their sentences, and those of the rules."""
    ranked = sorted(golds, key=lambda g: hashlib.sha256(g["doc_id"].encode()).hexdigest())
    found = []
    for number, gold in enumerate(ranked):
        for part in (gold, *_alone(gold)):
            example = _example(part, whole=True)
            example.fold = number % FOLDS
            example.trust = 1.0 if part is gold else SENTENCE_TRUST
            found.append(example)
    return [*(e for e in found if e.candidates), *rule_examples()]


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
                moved = {"trigger": spans[0], "mentions": spans[1:]}
                alone["events"].append({**event, **moved})
        yield {**alone, "published": gold["published"]}


def _fit_types(examples: Sequence[Example]) -> tuple[dict[str, int], Floats]:
    """The first model: features and their weights."""
    rows = [c.features for e in examples for c in e.candidates]
    known = vocabulary(rows, LEAST)
    targets = np.array([_target(e.gold, c) for e in examples for c in e.candidates])
    trust = np.array([e.trust for e in examples for _ in e.candidates])
    return known, fit_softmax(Sparse.of(rows, known), targets, trust, RIDGE)


def _chances(example: Example, known: dict[str, int], weights: Floats) -> Floats:
    rows = [c.features for c in example.candidates]
    return softmax(Sparse.of(rows, known).times(weights))


def answers(gold: Gold, option: Decision) -> list[Gold]:
    """The gold events of a fitting type, told as facts, that a decision touches."""
    kind = option.event_type
    return [
        e
        for e in events_at(gold, option.candidate)
        if e["status"] == "asserted" and (kind == e["type"] or kind in e["alt_types"])
    ]


def _look(example: Example) -> None:
    """Fill in what an example's chances lead to."""
    example.options = clause_options(example.candidates, example.chances)
    right = [o for o in example.options if answers(example.gold, o) and o.numbers[5] >= OWN]
    right.sort(key=lambda o: o.candidate.position)
    for option in right:
        option.probability = 1.0  # with all details
    example.right = [
        Right(mention, option.candidate.scene, answers(example.gold, option))
        for mention, option in zip(coder.details(right, example.context), right, strict=True)
    ]


def _fit_clause(examples: Sequence[Example]) -> Logistic:
    """The second model, on what the first says of articles that it was not fitted on."""
    rows = [o.numbers for e in examples for o in e.options]
    targets = [float(bool(answers(e.gold, o))) for e in examples for o in e.options]
    return fit_logistic(rows, targets, CLAUSE_RIDGE)


def _fit_pairs(
    examples: Sequence[Example],
    parties: Mapping[Model, Logistic],
    setting: Mapping[str, Logistic],
) -> Logistic:
    """The third model, on pairs of right mentions of a type, with the sides and dates they get."""
    rows, targets = [], []
    for example in examples:
        scenes = list({id(c.scene): c.scene for c in example.candidates}.values())
        countries = example.context.countries
        around = setting_of(scenes, countries)
        whole = []
        for mention, scene, events in example.right:
            copied = replace(mention)
            assign_countries(copied, scene, countries, parties)
            settle_mention(copied, scene, around, setting)
            whole.append((copied, {id(event) for event in events}))
        for number, (one, ids) in enumerate(whole):
            for two, others in whole[:number]:
                if one.event_type == two.event_type:
                    rows.append(pair_numbers(two, one))
                    targets.append(float(bool(ids & others)))
    return fit_logistic(rows, targets, PAIR_RIDGE)


def _fit_parties(examples: Sequence[Example]) -> dict[Model, Logistic]:
    """The models of the two sides, on right mentions of events whose sides have countries."""
    rows: dict[Role, list[list[float]]] = {"actor": [], "recipient": []}
    targets: dict[Role, list[float]] = {"actor": [], "recipient": []}
    has_rows, has_targets = [], []
    for example in examples:
        countries = example.context.countries
        for mention, scene, (event, *_) in example.right:
            if event["core"] is not None:
                has_rows.append(has_numbers(mention))
                has_targets.append(float(bool(event["recipient"]) and not event.get("reciprocal")))
            for role, wanted in _sides(event).items():
                for country in options(mention, scene, countries) if wanted else ():
                    rows[role].append(party_numbers(mention, scene, countries, country, role))
                    targets[role].append(float(country in wanted))
    return {
        "actor": fit_logistic(rows["actor"], targets["actor"], PARTY_RIDGE),
        "recipient": fit_logistic(rows["recipient"], targets["recipient"], PARTY_RIDGE),
        "has_recipient": fit_logistic(has_rows, has_targets, PARTY_RIDGE),
    }


def _fit_setting(
    examples: Sequence[Example], parties: dict[Model, Logistic]
) -> dict[str, Logistic]:
    """The models of date and place, on right mentions of events that have them."""
    rows: dict[str, list[list[float]]] = {"date": [], "place": []}
    targets: dict[str, list[float]] = {"date": [], "place": []}
    for example in examples:
        scenes = list({id(c.scene): c.scene for c in example.candidates}.values())
        setting = setting_of(scenes, example.context.countries)
        for mention, scene, (event, *_) in example.right:
            copied = replace(mention)
            assign_countries(copied, scene, example.context.countries, parties)
            days = (event["date"], *event.get("date_alt", ()))
            for dated in date_options(scene, setting) if event["date"] else ():
                rows["date"].append(date_numbers(copied, scene, setting, dated))
                day = dated.when.start.isoformat()
                targets["date"].append(float(any(day.startswith(d) for d in days)))
            for placed in place_options(scene, setting) if _has_place(event) else ():
                rows["place"].append(place_numbers(copied, scene, setting, placed))
                targets["place"].append(_right_place(placed, event["place"]))
    return {name: fit_logistic(rows[name], targets[name], PARTY_RIDGE) for name in rows}


def _has_place(event: Gold) -> bool:
    return bool(event["place"] and event["place"]["country"])


def _right_place(placed: Placed, wanted: Gold) -> float:
    """1 for a place in the right country that is named alike, less for another of the country."""
    place = placed.named.entity.place
    if place is None or place.country != wanted["country"]:
        return 0.0
    return 1.0 if place.name in wanted["text"] or wanted["text"] in place.name else SAME_COUNTRY


def _sides(event: Gold) -> dict[Role, set[str]]:
    """The countries of the two sides of a gold event; of a reciprocal one all are actors."""
    actors, recipients = (
        {c for p in event[side] for c in (p["country"], *p.get("country_alt", ())) if c}
        for side in ("actor", "recipient")
    )
    if event.get("reciprocal"):
        return {"actor": actors | recipients, "recipient": set()}
    return {"actor": actors, "recipient": recipients}


def fit(golds: Iterable[Gold]) -> tuple[DecisionModel, list[DecisionModel], dict[str, int]]:
    """Fit everything.

    Args:
        golds: articles coded by hand.

    Returns:
        The model of all articles; for every fold the model that was fitted without it; the fold of
        every article by its id.
    """
    examples = read_examples(golds)
    parts = []
    for fold in range(FOLDS):
        known, weights = _fit_types([e for e in examples if e.fold != fold])
        parts.append((known, weights))
        for example in examples:
            if example.fold == fold:
                example.chances = _chances(example, known, weights)
    models = []
    for example in examples:
        if example.whole:
            _look(example)
    for fold, (known, weights) in enumerate(parts):
        seen = [e for e in examples if e.whole and e.fold != fold]
        models.append(_model(known, weights, seen))
    whole = _model(*_fit_types(examples), [e for e in examples if e.whole])
    return whole, models, {e.gold["doc_id"]: e.fold for e in examples if e.whole}


def _model(known: dict[str, int], weights: Floats, examples: Sequence[Example]) -> DecisionModel:
    parties = _fit_parties(examples)
    setting = _fit_setting(examples, parties)
    return DecisionModel(
        known,
        weights.astype(np.float32),
        _fit_clause(examples),
        _fit_pairs(examples, parties, setting),
        parties,
        setting,
    )


def main(paths: Sequence[Path]) -> None:
    """Fit on files of gold and write the packaged models."""
    model, _, _ = fit(read_gold(paths))
    save(model, TABLE)
    sys.stdout.write(f"{len(model.rows)} features\n")


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
