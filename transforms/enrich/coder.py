"""Code the events of an article: candidates, decisions, slots, dates, places, merged into rows.

An article with a day of publication is a news report: fitted models decide which of its candidates
are events (``events.decide``) and which mentions are one (``events.merge``). A text without one is
no report but a sentence from anywhere; there the triggers of the rules are events, and a formula
fitted on such sentences says how sure each is (``events.confidence``).

In both a user's own rules decide by themselves (``events.own_events``): what they tell nothing else
tells by the same words.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import islice
from typing import Final, NamedTuple

from transforms.enrich.attributes.article import PHYSICAL, ArticleContext, context_of
from transforms.enrich.attributes.status import find_status
from transforms.enrich.events.attribution import claim_status
from transforms.enrich.events.candidates import Candidate, Scene, candidates_of, prepare
from transforms.enrich.events.confidence import confidence, features, has_formula
from transforms.enrich.events.decide import KEPT, SURE, Decision, DecisionModel, decision_model
from transforms.enrich.events.details import (
    bare_mention,
    is_history,
    lacks,
    mention_of,
    trigger_of,
)
from transforms.enrich.events.implied_country import assign_country, main_countries
from transforms.enrich.events.mention import EventMention
from transforms.enrich.events.merge import merge
from transforms.enrich.events.neighbours import lend_tolls
from transforms.enrich.events.own_events import (
    Own,
    Words,
    is_told,
    own_mentions,
    shares,
    told_words,
    with_own,
)
from transforms.enrich.events.parties import assign_countries, countries_of
from transforms.enrich.events.record import to_event
from transforms.enrich.events.roles import Roles, give_sides
from transforms.enrich.events.scenes import scenes_of
from transforms.enrich.events.setting import Setting, setting_of, settle
from transforms.enrich.events.spans import whole_phrases
from transforms.enrich.events.whole import WORDS, look_again
from transforms.enrich.events.word_model import lexical_model
from transforms.enrich.sentence.annotations import Annotations
from transforms.enrich.words.memo import trim
from transforms.enrich.words.tokens import tokenise
from transforms.records import Article, Event, TextField
from transforms.text.arabic import normalise

MAX_TEXT: Final = 200_000  # code points of a body that are coded; the rest is left out
CERTAIN: Final = 0.9  # from here on a decision overrules what the words around say of reality
DOUBTFUL: Final = 0.15  # a decision below is kept as a row, without parties, date and place
_UNDERRATED: Final = 1.6  # times as often as its model says something doubtful is right, on folds
PHRASE: Final = 0.35  # from here on a whole phrase of a rule makes a decision sure
SECOND: Final = 0.14  # how probable a type is at most that a word tells instead of another
MAX_MENTIONS: Final = 2000  # of an article; a book of events is no news article


def code_events(article: Article) -> list[Event]:
    """Code the events of an article.

    Args:
        article: its title and body are read; ``published_on``, the civil day where the
            publisher writes, anchors relative dates (without it the day of ``published_at``).

    Returns:
        Distinct events in the order of the text, also negated, future, hypothetical and
        historical ones (see ``Event.status``) and those below the default confidence.
    """
    return code_with(article, decision_model())


def code_with(article: Article, model: DecisionModel) -> list[Event]:
    """Code the events of an article by given models (the packaged ones, or those of a fold).

    Args:
        article: see ``code_events``.
        model: decides and merges.
    """
    merged, doubtful, context, scenes = joined(article, model)
    anchor = anchor_of(article)
    if anchor is not None and model.whole is not None and is_long(article):
        look_again(merged, context.countries, anchor, model.whole)
    lend_tolls(merged, scenes)
    for mention in doubtful:  # another type is often as good
        mention.confidence *= _UNDERRATED
    if anchor is not None:
        merged = [m for m in merged if m.confidence >= KEPT or m.match.rule.own]
    events = [to_event(mention, article) for mention in (*merged, *doubtful)]
    return sorted(
        events, key=lambda e: (e.trigger.field != "title", e.trigger.char_start, e.event_type)
    )


class Joined(NamedTuple):
    """What an article tells, before its events are looked at as wholes.

    Attributes:
        merged: its events, each one of its mentions with what the others add.
        doubtful: those that hardly are events.
        context: what it says as a whole.
        scenes: its sentences.
    """

    merged: list[EventMention]
    doubtful: list[EventMention]
    context: ArticleContext
    scenes: list[Scene]


def joined(article: Article, model: DecisionModel) -> Joined:
    """The distinct events of an article before they are looked at as wholes.

    Args:
        article: see ``code_events``.
        model: decides and merges.
    """
    scenes, context = read_article(article)
    doubtful: list[EventMention] = []
    if anchor_of(article) is None:
        mentions = _by_rules(scenes, context)
    else:
        mentions, doubtful = decided(scenes, context, model)
    merged = merge(mentions[:MAX_MENTIONS], model.pair)
    doubtful = _said_once(doubtful)[:MAX_MENTIONS]
    for mention in (*merged, *doubtful):
        assign_country(mention, context.homes)
    whole_phrases(merged, scenes, model.ends)
    return Joined(merged, doubtful, context, scenes)


def is_long(article: Article) -> bool:
    """Whether an article tells enough to look at its events beside each other."""
    return len(article.body[:MAX_TEXT].split(maxsplit=WORDS)) >= WORDS


def anchor_of(article: Article) -> dt.date | None:
    """The day an article was published where its publisher writes, if it is known."""
    if article.published_on is None and article.published_at is not None:
        return article.published_at.date()
    return article.published_on


def decided(
    scenes: list[Scene], context: ArticleContext, model: DecisionModel, *, least: float = DOUBTFUL
) -> tuple[list[EventMention], list[EventMention]]:
    """The mentions of a dated article before they are joined, and those that hardly are events.

    Args:
        scenes: the sentences of the article.
        context: what it says as a whole.
        model: decides.
        least: probability below which one hardly is an event.
    """
    own = own_mentions(scenes, context)
    told = told_words(own)
    decisions = once(model.decide(candidates(scenes, context)))
    decisions = [d for d in decisions if not is_told(d.candidate, told)]
    for decision in decisions:
        if decision.second:
            decision.probability = min(decision.probability, SECOND)
        elif PHRASE <= decision.probability < SURE and tells_by_phrase(decision):
            decision.probability = SURE
    likely = [d for d in decisions if d.probability >= least][:MAX_MENTIONS]
    found = details(likely, context, model.roles)
    known = [scene for scene in scenes if not scene.only_own]
    setting = setting_of(known if likely else [], context.countries)
    told_in = [(m, d.candidate.scene) for m, d in zip(found, likely, strict=True)]
    assign_countries(told_in, context.countries, model.sides)
    settle(told_in, setting, model.setting)
    for mention, scene in told_in:
        mention.claim_status = claim_status(mention, scene.speaker)
        judge(mention, scene, context, setting)
    doubtful = [_bare(d) for d in decisions if d.probability < least]
    found, doubtful = _with_unreal(scenes, context, (found, doubtful), told, model.roles)
    return [*found, *_settled(own, scenes, context, model)], doubtful


def _settled(
    own: list[Own], scenes: list[Scene], context: ArticleContext, model: DecisionModel
) -> list[EventMention]:
    """The mentions of own rules with date, place and status; their sides are the rule's to say."""
    setting = setting_of(scenes if own else [], context.countries)
    settle([(mention, scene) for scene, mention in own], setting, model.setting)
    for scene, mention in own:
        judge(mention, scene, context, setting)
    return [mention for _, mention in own]


def read_article(article: Article) -> tuple[list[Scene], ArticleContext]:
    """The sentences of an article that may tell an act, and what the whole says of them."""
    trim()
    anchor = anchor_of(article)
    texts: tuple[tuple[TextField, str], ...] = (
        ("title", article.title or ""),
        ("body", article.body[:MAX_TEXT]),
    )
    tokens = [tokenise(text, normalise(text), field) for field, text in texts if text]
    context = context_of([word for each in tokens for word in each.words], anchor)
    annotated = [Annotations(each, anchor) for each in tokens]
    countries = countries_of(annotated, article.publisher_country)
    context = replace(context, homes=main_countries(annotated), countries=countries)
    return [scene for each in annotated for scene in _scenes(each)], context


def _scenes(annotations: Annotations) -> list[Scene]:
    """The sentences of a text that rules, lists or own rules bring up."""
    return with_own(list(scenes_of(annotations)), annotations)


def candidates(scenes: list[Scene], context: ArticleContext) -> list[Candidate]:
    """The candidates of an article, with their features."""
    known = [scene for scene in scenes if not scene.only_own]
    prepare(known, context.domain, past=context.past)
    return list(islice((c for s in known for c in candidates_of(s)), MAX_MENTIONS * 4))


def judge(mention: EventMention, scene: Scene, context: ArticleContext, setting: Setting) -> None:
    """The status of a decided mention: what grammar says, unless the models are sure of a fact.

    No model is sure of what an own rule tells.

    An event that is only announced may be one of another type, told now: a meeting to come is an
    agreement.
    """
    grammar, rule = mention.realis.status, mention.match.rule
    if grammar == "future" and rule.future_type and mention.match.verbal:
        mention.event_type, mention.status, mention.modes = rule.future_type, "asserted", []
    elif grammar != "asserted" and (mention.confidence < CERTAIN or rule.own):
        mention.status = grammar
    elif mention.confidence >= SURE:
        past = context.past and not setting.dates_here(mention, scene)
        old = mention.status == "historical" or past or is_history(mention, scene, context)
        mention.status = "historical" if old else "asserted"


def tells_by_phrase(decision: Decision) -> bool:
    """Whether a whole phrase of a rule of the type tells a decision: وافق على إلقاء السلاح."""
    match = trigger_of(decision.candidate, decision.event_type)
    own = match.rule.event_type == decision.event_type
    return own and len(match.parts) > 1 and match.rule.strength >= 1.0


def once(decisions: list[Decision]) -> list[Decision]:
    """Of decisions that tell the same words of one trigger as one type only the surest."""
    best: dict[tuple[int, str, tuple[int, ...]], Decision] = {}
    for decision in decisions:
        match = trigger_of(decision.candidate, decision.event_type)
        key = id(decision.candidate.scene), decision.event_type, match.parts
        if key not in best or decision.probability > best[key].probability:
            best[key] = decision
    return list(best.values())


def details(
    decisions: list[Decision], context: ArticleContext, roles: Roles | None = None
) -> list[EventMention]:
    """The mentions that the models decided for, with all details.

    Args:
        decisions: what the models decided.
        context: what the article says as a whole.
        roles: say who does it to whom; without them grammar does.
    """
    mentions = []
    for decision in decisions:
        candidate, kind = decision.candidate, decision.event_type
        match = trigger_of(candidate, kind)
        mention = mention_of(candidate.scene, match, kind, context, candidate.token, roles)
        mention.confidence = decision.probability
        mentions.append(mention)
    return mentions


def _bare(decision: Decision) -> EventMention:
    """The mention of a decision that hardly is an event."""
    candidate, kind = decision.candidate, decision.event_type
    match = trigger_of(candidate, kind)
    mention = bare_mention(candidate.scene, match, kind, candidate.token)
    mention.confidence = decision.probability
    return mention


def _with_unreal(
    scenes: list[Scene],
    context: ArticleContext,
    mentions: tuple[list[EventMention], list[EventMention]],
    told_by_own: Words,
    roles: Roles,
) -> tuple[list[EventMention], list[EventMention]]:
    """Add what rules find that is not told as a fact.

    A sure decision about the same words leaves out what a rule says of them; one that is not sure
    is left out itself, since a status says more.
    """
    found, doubtful = mentions
    sure = {key for m in found if m.confidence >= SURE for key in _tokens(m)}
    unreal = [
        mention
        for mention in _ruled(scenes, context, told_by_own, unreal=roles)
        if mention.status not in {"asserted", "historical"} and not _tokens(mention) & sure
    ]
    told = {key for m in unreal for key in _tokens(m)}
    kept = [m for m in found if m.confidence >= SURE or not _tokens(m) & told]
    typed = {(m.event_type, key) for m in kept for key in _tokens(m)}
    others = [
        m
        for m in doubtful
        if not _tokens(m) & told and not any((m.event_type, key) in typed for key in _tokens(m))
    ]
    return [*kept, *unreal], others


def _said_once(doubtful: list[EventMention]) -> list[EventMention]:
    """What an article says again in the same words is doubted once."""
    first: dict[tuple[str, str, str], EventMention] = {}
    for mention in doubtful:
        first.setdefault((mention.event_type, mention.status, mention.evidence[0].text), mention)
    return list(first.values())


def _tokens(mention: EventMention) -> set[tuple[str, int]]:
    """The tokens of a mention's trigger."""
    return {(mention.trigger.field, part) for part in (*mention.match.parts, mention.token)}


def mentions_of(text: str) -> list[EventMention]:
    """The mentions that rules find in a text, undated and unmerged."""
    scenes = _scenes(Annotations(tokenise(text, normalise(text), "body"), None))
    return _by_rules(scenes, ArticleContext())


def _by_rules(scenes: list[Scene], context: ArticleContext) -> list[EventMention]:
    """The mentions of an undated text: those of own rules, and of shipped ones by other words."""
    own = own_mentions(scenes, context)
    for _, mention in own:
        _look_ahead(mention)
    return [*_ruled(scenes, context, told_words(own)), *(mention for _, mention in own)]


def _ruled(
    scenes: list[Scene], context: ArticleContext, told: Words, *, unreal: Roles | None = None
) -> list[EventMention]:
    """The mentions that shipped rules find by words that are not told yet.

    Their confidence is the formula's; ``unreal`` asks for those alone that are told as no facts,
    and says who does it to whom.
    """
    mentions = []
    for scene in scenes:
        sentence = scene.sentence
        lexical: dict[str, float] = {}
        if unreal is None and any(has_formula(match.rule.event_type) for match in scene.matches):
            lexical = lexical_model().scores(sentence.words[sentence.first : sentence.stop])
        for match in scene.matches:
            if shares(match, scene, told):
                continue
            if unreal is not None and find_status(sentence, match).status == "asserted":
                continue
            mention = mention_of(scene, match, match.rule.event_type, context, match.head)
            if lacks(mention):
                continue
            if unreal is not None:
                give_sides(mention, scene, unreal)
                mention.claim_status = claim_status(mention, scene.speaker)
            _look_ahead(mention)
            if not has_formula(mention.event_type):  # a fitted formula knows the words alone
                assign_country(mention, context.homes)
            mention.features = features(mention)
            if context.domain and mention.event_type in PHYSICAL:
                mention.features["domain"] = 1.0
            chance = confidence(mention, lexical.get(mention.event_type, 0.0))
            mention.confidence = chance
            mentions.append(mention)
    return mentions


def _look_ahead(mention: EventMention) -> None:
    """Let what is only announced be of the type its rule names, told now."""
    future = mention.match.rule.future_type
    if mention.realis.status == "future" and future:
        mention.event_type, mention.status, mention.modes = future, "asserted", []


__all__ = ["code_events", "code_with"]
