"""What an article's coding considered, and why it was coded or not: for people, never for rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

from transforms.enrich.attributes.article import ArticleContext
from transforms.enrich.coder import DOUBTFUL, candidates, read_article
from transforms.enrich.events.candidates import Candidate, Scene
from transforms.enrich.events.clause import NONE, SURE, TYPES, clause_options
from transforms.enrich.events.decide import DecisionModel, decision_model
from transforms.enrich.events.details import mention_of, trigger_of
from transforms.enrich.events.features import names_of
from transforms.enrich.events.ground import Ground
from transforms.enrich.events.numbers import Floats
from transforms.enrich.events.roles import Role, likely_sides
from transforms.enrich.rules.match import TriggerMatch
from transforms.records import Article, Event, Span

_SIGNS: Final = 6  # of a candidate that are told
# What a feature's first letters say (see ``events.features``): a key of ``SAYINGS``.
_FEATURES: Final = {
    "w": "word", "l": "word", "k": "root", "a": "may_tell", "u": "mostly_tells", "m": "form",
    "p1": "before", "p2": "before", "p": "before", "f": "before", "n1": "behind", "n2": "behind",
    "r": "behind", "x": "together", "g": "under", "o": "opens", "c": "sentence_about",
    "A": "article_about", "d": "article_of", "R": "rule", "T": "rule_of", "T2": "phrase_of",
    "e": "names", "D": "article_tells",
}  # fmt: skip
_WHOLE: Final = {"V": "verb", "N": "noun", "F:title": "title", "P:0": "lead"}
SAYINGS: Final = {
    "coded": "coded as {type}",
    "coded_status": "coded as {type}, {status}",
    "kept": "kept as {type} below the threshold: {confidence} of {sure}",
    "no_rule": "no rule is about it",
    "already": "told already by {trigger}",
    "none": "not an event",
    "own_decided": "{outcome}, as your rule {what} decided",
    "own_needs": "{outcome}: your rule {what} needs {needs}",
    "own_rule": "your rule {what}",
    "rule": "the rule {what}",
    "word": "the word {what}",
    "root": "the root {what}",
    "may_tell": "may tell {what}",
    "mostly_tells": "mostly tells {what}",
    "form": "its form {what}",
    "before": "before it {what}",
    "behind": "behind it {what}",
    "together": "together {what}",
    "under": "under the verb {what}",
    "opens": "its clause opens with {what}",
    "sentence_about": "the sentence is about {what}",
    "article_about": "the article is about {what}",
    "article_of": "the article is of {what}",
    "article_tells": "the article tells the {what}",
    "rule_of": "a rule of {what}",
    "phrase_of": "a phrase of {what}",
    "names": "the sentence names a {what}",
    "verb": "a verb",
    "noun": "a noun",
    "title": "in the title",
    "lead": "in the lead",
}
"""What is said of a word, in English; the page says it in Arabic, too."""


class Said(str):
    """A sentence in English that knows what it was made of, so that it can be said otherwise.

    Attributes:
        key: which of ``SAYINGS``; "" of a text that is none.
        values: what stands in its braces; one of them may be such a sentence itself.
    """

    __slots__ = ("key", "values")
    key: str
    values: Mapping[str, str]

    def __new__(cls, text: str, key: str = "", values: Mapping[str, str] | None = None) -> Self:
        """Take the sentence as it is; ``said`` makes one."""
        made = super().__new__(cls, text)
        made.key, made.values = key, values or {}
        return made


def said(key: str, **values: str) -> Said:
    """Say something of a word.

    Args:
        key: one of ``SAYINGS``.
        values: what stands in its braces.

    >>> said("coded", type="ASSAULT")
    'coded as ASSAULT'
    """
    return Said(SAYINGS[key].format(**values), key, values)


@dataclass(frozen=True, slots=True)
class Considered:
    """A word that may tell an act.

    Attributes:
        trigger: the word.
        sentence: where it stands.
        event_type: the type it tells most likely; None in an undated text without a rule for it.
        probability: that it is an event of the type, told as a fact; None in an undated text,
            where rules decide.
        outcome: what became of it.
        signs: what speaks for the type and against, in words, with its weight (log-odds), the
            heaviest first; of a user's own rule its name with its confidence.
        sides: the phrases that may be its actor or recipient, with their probabilities, the
            likeliest of a side first; none in an undated text, where grammar says it, and of what
            is hardly an event.
    """

    trigger: Span
    sentence: str
    event_type: str | None
    probability: float | None
    outcome: Said
    signs: tuple[tuple[Said, float], ...]
    sides: tuple[tuple[Role, str, float], ...] = ()


def considered(article: Article, events: Sequence[Event]) -> list[Considered]:
    """Tell every word of an article that was considered, in the order of the text.

    Args:
        article: what was coded.
        events: what ``code_events`` made of it.
    """
    scenes, context = read_article(article)
    matches = [(scene, match) for scene in scenes for match in scene.own]
    own = [_own(scene, match, events) for scene, match in matches]
    touched = [
        each.trigger
        for each, (_, match) in zip(own, matches, strict=True)
        if _decided_by(match.rule.id, each.trigger, events)
    ]
    told = [
        each
        for each in _considered(article, scenes, context, events)
        if not any(_touch(each.trigger, other) for other in touched)
    ]
    return sorted(
        [*own, *told], key=lambda each: (each.trigger.field != "title", each.trigger.char_start)
    )


def _own(scene: Scene, match: TriggerMatch, events: Sequence[Event]) -> Considered:
    """What became of the words of a user's own rule, which decides by itself."""
    tokens, sentence, rule = scene.annotations.tokens, scene.sentence, match.rule
    start, end = tokens.span(match.head, match.last)
    trigger = Span(tokens.text(match.head, match.last), tokens.field, start, end)
    words = tokens.text(sentence.first, sentence.stop - 1)
    outcome = _outcome(trigger, rule.event_type, events)
    if _decided_by(rule.id, trigger, events):
        outcome = said("own_decided", outcome=outcome, what=rule.id)
    elif rule.need or rule.need_preposition:
        needs = ", ".join((*rule.need, *rule.need_preposition))
        outcome = said("own_needs", outcome=outcome, what=rule.id, needs=needs)
    signs = ((said("own_rule", what=rule.id), rule.confidence),)
    return Considered(trigger, words, rule.event_type, rule.confidence, outcome, signs)


def _decided_by(rule_id: str, trigger: Span, events: Sequence[Event]) -> bool:
    """Whether a rule tells an event by these words."""
    return any(event.rule_id == rule_id and _touch(trigger, event.trigger) for event in events)


def _considered(
    article: Article, scenes: list[Scene], context: ArticleContext, events: Sequence[Event]
) -> list[Considered]:
    """What became of the words that models or shipped rules considered."""
    found = candidates(scenes, context)
    if not found:
        return []
    model = decision_model()
    ground = Ground(found)
    chances = model.type_probabilities(ground)
    dated = article.published_on is not None or article.published_at is not None
    decided: dict[int, tuple[float, str]] = {}
    options, numbers = clause_options(ground, chances)
    for option, chance in zip(options, model.clause(numbers), strict=True) if dated else ():
        best = decided.get(id(option.candidate), (0.0, ""))
        decided[id(option.candidate)] = max(best, (chance, option.event_type))
    return [
        _told(candidate, (row, names), decided, (model, context), events, dated=dated)
        for candidate, row, names in zip(found, chances, names_of(found), strict=True)
    ]


def _told(
    candidate: Candidate,
    asked: tuple[Floats, list[str]],
    decided: dict[int, tuple[float, str]],
    known: tuple[DecisionModel, ArticleContext],
    events: Sequence[Event],
    *,
    dated: bool,
) -> Considered:
    model, context = known
    tokens, sentence = candidate.scene.annotations.tokens, candidate.scene.sentence
    start, end = tokens.span(candidate.token, candidate.token)
    trigger = Span(tokens.text(candidate.token, candidate.token), tokens.field, start, end)
    words = tokens.text(sentence.first, sentence.stop - 1)
    if not dated:
        rules = [m.rule for m in candidate.scene.matches if candidate.token in m.parts]
        kind = rules[0].event_type if rules else None
        signs = tuple((said("rule", what=rule.id), rule.strength) for rule in rules)
        return Considered(trigger, words, kind, None, _outcome(trigger, kind, events), signs)
    # What is not decided its clause tells better by another word, or not at all.
    row, names = asked
    likeliest = int(row[:NONE].argmax())
    nothing = (float(row[likeliest]), TYPES[likeliest])
    chance, event_type = decided.get(id(candidate), nothing)
    heaviest = _signs(names, TYPES.index(event_type), model)
    outcome = _outcome(trigger, event_type, events)
    sides = []
    if chance >= DOUBTFUL:
        scene, match = candidate.scene, trigger_of(candidate, event_type)
        mention = mention_of(scene, match, event_type, context, candidate.token, model.roles)
        sides = likely_sides(mention, scene, model.roles)
    return Considered(trigger, words, event_type, chance, outcome, tuple(heaviest), tuple(sides))


def _outcome(trigger: Span, event_type: str | None, events: Sequence[Event]) -> Said:
    """What became of a word that may tell a type."""
    here = [event for event in events if _touch(trigger, event.trigger)]
    for event in sorted(here, key=lambda each: -each.confidence):
        if event.status != "asserted":
            return said("coded_status", type=event.event_type, status=event.status)
        if event.confidence >= SURE:
            return said("coded", type=event.event_type)
        confidence = f"{event.confidence:.2f}"
        return said("kept", type=event.event_type, confidence=confidence, sure=str(SURE))
    if event_type is None:
        return said("no_rule")
    for event in events:
        if event.event_type == event_type and any(_touch(trigger, e) for e in event.evidence):
            return said("already", trigger=event.trigger.text)
    return said("none")


def _touch(trigger: Span, other: object) -> bool:
    """Whether two stretches of one field share a character."""
    field, start, end = (getattr(other, name) for name in ("field", "char_start", "char_end"))
    return bool(field == trigger.field and start < trigger.char_end and trigger.char_start < end)


def _signs(features: list[str], kind: int, model: DecisionModel) -> list[tuple[Said, float]]:
    """The features that weigh most for a type, or against it."""
    names = [name for name in features if name in model.rows]
    shares = model.net.shares([model.rows[name] for name in names])
    weights: dict[Said, float] = {}
    for name, share in zip(names, shares, strict=True):
        sign = _in_words(name)
        if sign:
            weights[sign] = round(float(share[kind] - share[NONE]), 2)
    heaviest = sorted(weights.items(), key=lambda each: (-abs(each[1]), each[0]))
    return heaviest[:_SIGNS]


def _in_words(name: str) -> Said | None:
    """A feature as a person reads it; None of one that says nothing to a person."""
    if name in _WHOLE:
        return said(_WHOLE[name])
    prefix, _, rest = name.partition(":")
    return said(_FEATURES[prefix], what=rest) if rest and prefix in _FEATURES else None
