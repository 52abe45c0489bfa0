"""Code the events of an article: triggers, slots, status, dates, places, merged into rows."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Final

from transforms.enrich.attributes.article import PHYSICAL, Frame, frame_of, undated
from transforms.enrich.attributes.casualties import casualties
from transforms.enrich.attributes.places import is_old, place_of, tells_time, when_of
from transforms.enrich.attributes.status import find_status
from transforms.enrich.events.attribution import Speaker, claim_status, goes_on, speaker_of
from transforms.enrich.events.confidence import confidence, features, has_formula
from transforms.enrich.events.implied_country import homes_of, settle
from transforms.enrich.events.mention import Draft
from transforms.enrich.events.merge import merge
from transforms.enrich.events.record import to_event
from transforms.enrich.events.word_model import lexical_model
from transforms.enrich.roles.actors import actors_of
from transforms.enrich.roles.arguments import find_arguments
from transforms.enrich.roles.subjects import Phrase
from transforms.enrich.rules.load import anchors
from transforms.enrich.rules.match import Match, find_matches
from transforms.enrich.sentence.annotations import World
from transforms.enrich.sentence.view import SentenceView
from transforms.enrich.words.tokens import Tokens, tokenise
from transforms.records import Actor, Article, Event, Evidence, Span, TextField
from transforms.text.arabic import normalise
from transforms.text.sentences import split_sentences

HISTORICAL_DAYS: Final = 60
MAX_TEXT: Final = 200_000  # code points of a body that are coded; the rest is left out
SPEAKER_REACH: Final = 2  # sentences without events back to which وأضاف may refer
MAX_MENTIONS: Final = 2000  # of an article; a book of events is no news article
MAX_SENTENCE: Final = 400  # tokens of a sentence that are looked at
# Modes told by cue words, by event type.
_MODE_CUES: Final = {
    "ASSAULT": (
        ("suicide", "suicide-attack"),
        ("explosives", "explosives"),
        ("drone", "drone"),
        ("aerial", "aerial"),
        ("heavy", "heavy-weapons"),
        ("firearms", "firearms"),
        ("primitive", "primitive"),
        ("crowd", "crowd-control"),
        ("unconventional", "unconventional"),
    ),
    "CONSULT": (("phone", "phone"), ("visit", "visit"), ("multilateral", "multilateral")),
}
_CONTEXT_CUES: Final = {
    "military": "military",
    "terrorism": "terrorism",
    "economic": "economic",
    "election": "election",
    "nuclear": "cbrn",
    "humanitarian": "human_security",
    "legal": "legal",
}


def code_events(article: Article) -> list[Event]:
    """Code the events of an article.

    Args:
        article: its title and body are read; relative dates count from ``published_on``, else
            from the UTC date of ``published_at`` (articles stored by earlier versions).

    Returns:
        Distinct events in the order of the text, also negated, future, hypothetical and
        historical ones (see ``Event.status``) and those below the default confidence.
    """
    anchor = article.published_on
    if anchor is None and article.published_at is not None:
        anchor = article.published_at.date()
    texts: tuple[tuple[TextField, str], ...] = (
        ("title", article.title or ""),
        ("body", article.body[:MAX_TEXT]),
    )
    tokens = [tokenise(text, normalise(text), field) for field, text in texts if text]
    frame = frame_of([word for each in tokens for word in each.words], anchor)
    worlds = [World(each, anchor) for each in tokens]
    frame = replace(frame, homes=homes_of(worlds))
    drafts: list[Draft] = []
    for world in worlds:
        drafts.extend(islice(_field_drafts(world, frame), MAX_MENTIONS))
    merged = merge(drafts)
    for draft in merged:
        settle(draft, frame.homes)
    events = [to_event(draft, article) for draft in merged]
    return sorted(
        events, key=lambda e: (e.trigger.field != "title", e.trigger.char_start, e.event_type)
    )


def mentions(text: str) -> list[Draft]:
    """The mentions of a text before merging, undated (for fitting the confidence formula)."""
    return list(_field_drafts(World(tokenise(text, normalise(text), "body"), None), Frame()))


def _field_drafts(world: World, frame: Frame) -> Iterator[Draft]:
    """The mentions of a title or body."""
    tokens = world.tokens
    hot = [index for index, word in enumerate(tokens.words) if anchors(word)]
    if not hot:
        return
    speaker: Speaker | None = None
    passed: deque[SentenceView] = deque(maxlen=SPEAKER_REACH)
    for view, starts in _views(tokens, hot):
        matches = []
        if starts:
            view.know(world.known(view.first, view.stop))
            matches = find_matches(view, [i for i in starts if not world.is_name(i)])
        if not matches:
            passed.append(view)
            continue
        if goes_on(view):
            for before in passed:
                speaker = speaker_of(world, before, speaker)
        passed.clear()
        speaker = speaker_of(world, view, speaker)
        yield from _sentence_drafts(world, view, matches, speaker, frame)


def _views(tokens: Tokens, hot: list[int]) -> Iterator[tuple[SentenceView, list[int]]]:
    """Every sentence of a text, with those of its tokens that can start a rule."""
    for sentence in split_sentences(tokens.raw):
        first, stop = tokens.range_of(sentence.start, sentence.end)
        if first >= stop:
            continue
        stop = min(stop, first + MAX_SENTENCE)
        starts = hot[bisect_left(hot, first) : bisect_left(hot, stop)]
        yield SentenceView(tokens, first, stop, sentence.paragraph), starts


def _sentence_drafts(
    world: World,
    view: SentenceView,
    matches: list[Match],
    speaker: Speaker | None,
    frame: Frame,
) -> Iterator[Draft]:
    """The mentions of a sentence."""
    dates = world.dates(view.first, view.stop) if tells_time(view) else []
    lexical: dict[str, float] = {}
    if any(has_formula(match.rule.event_type) for match in matches):
        lexical = lexical_model().scores(view.words[view.first : view.stop])
    dead, hurt = None, None
    if any(match.rule.event_type == "ASSAULT" for match in matches):
        dead, hurt = casualties(world, view)
    for match in matches:
        draft = _draft(world, view, match, speaker)
        if draft is None:
            continue
        if draft.event_type == "ASSAULT":
            draft.fatalities, draft.injured = dead, hurt
        draft.when = when_of(world, view, match, dates, ahead=draft.realis.status == "future")
        if draft.status == "asserted" and (
            is_old(draft.when, world.anchor, HISTORICAL_DAYS)
            or draft.realis.background
            or (frame.past and undated(draft.when))
        ):
            draft.status = "historical"
        draft.anchored = world.anchor is not None
        if not has_formula(draft.event_type):  # a fitted formula knows the words alone
            settle(draft, frame.homes)
        draft.features = features(draft)
        if frame.domain and draft.event_type in PHYSICAL:
            draft.features["domain"] = 1.0
        draft.confidence = confidence(draft, lexical.get(draft.event_type, 0.0))
        yield draft


def _draft(world: World, view: SentenceView, match: Match, speaker: Speaker | None) -> Draft | None:
    """A mention with its slots, or None when a slot the rule needs stays empty."""
    arguments = find_arguments(view, match)
    rule = match.rule
    if rule.need_preposition and not arguments.slots & set(rule.need_preposition):
        return None
    actors = actors_of(world, view, arguments.actors)
    recipients = actors_of(world, view, arguments.recipients)
    speaks = rule.speaks and (not rule.reciprocal or "مع" in arguments.slots)
    if not actors and speaks and speaker is not None:
        actors = [speaker.actor]
        arguments.inherited = True
    if _lacks(rule.need, actors, recipients):
        return None
    realis = find_status(view, match)
    event_type, status = rule.event_type, realis.status
    if status == "future" and rule.future_type:
        event_type, status = rule.future_type, "asserted"
    tokens = world.tokens
    start, end = tokens.span(match.head, match.last)
    cues = view.cues
    taken = _taken(arguments.actors + arguments.recipients)
    draft = Draft(
        match=match, view=view, arguments=arguments, realis=realis, event_type=event_type,
        status=status, trigger=Span(tokens.raw[start:end], tokens.field, start, end),
        evidence=[_evidence(view, match)], actors=actors, recipients=recipients,
        place=place_of(world, view, match, taken),
        modes=_modes(match, event_type, cues),
        contexts=[*rule.contexts, *(c for q, c in _CONTEXT_CUES.items() if q in cues)],
        speaker=speaker.actor.text if speaker else None,
    )  # fmt: skip
    draft.claim_status = claim_status(draft, speaker)
    return draft


def _lacks(need: tuple[str, ...], actors: list[Actor], recipients: list[Actor]) -> bool:
    """Whether a slot that a rule needs stayed empty."""
    return (
        ("actor" in need and not actors)
        or ("recipient" in need and not recipients)
        or ("known" in need and not any(a.country for a in (*actors, *recipients)))
        or ("any" in need and not actors and not recipients)
    )


def _taken(phrases: list[Phrase]) -> set[int]:
    return {index for first, last in phrases for index in range(first, last + 1)}


def _modes(match: Match, event_type: str, cues: frozenset[str]) -> list[str]:
    """The rule's modes, then those the sentence tells."""
    if event_type != match.rule.event_type:
        return []
    found = list(match.rule.modes)
    if not found or found == ["explosives"] or event_type == "CONSULT":
        found += [mode for cue, mode in _MODE_CUES.get(event_type, ()) if cue in cues]
    return list(dict.fromkeys(found))


def _evidence(view: SentenceView, match: Match) -> Evidence:
    """The clause around a trigger, as the article writes it."""
    first = view.clause_start(match.head)
    last = max(view.clause_stop(match.last) - 1, match.last)
    start, end = view.tokens.span(first, last)
    return Evidence(view.tokens.raw[start:end], view.tokens.field, start, end, view.paragraph)


__all__ = ["HISTORICAL_DAYS", "code_events"]
