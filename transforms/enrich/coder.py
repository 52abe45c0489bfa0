"""Code the events of an article: triggers, slots, status, dates, places, merged into rows."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Final

from transforms.enrich.attributes.article import PHYSICAL, ArticleContext, context_of
from transforms.enrich.attributes.casualties import casualties
from transforms.enrich.attributes.dates import is_old, tells_time, undated, when_of
from transforms.enrich.attributes.places import place_of
from transforms.enrich.attributes.status import find_status
from transforms.enrich.events.attribution import Speaker, claim_status, continues_quote, speaker_of
from transforms.enrich.events.confidence import confidence, features, has_formula
from transforms.enrich.events.implied_country import assign_country, main_countries
from transforms.enrich.events.mention import EventMention
from transforms.enrich.events.merge import merge
from transforms.enrich.events.record import to_event
from transforms.enrich.events.word_model import lexical_model
from transforms.enrich.roles.actors import actors_of
from transforms.enrich.roles.arguments import find_arguments
from transforms.enrich.roles.subjects import TokenRange
from transforms.enrich.rules.load import anchors
from transforms.enrich.rules.match import TriggerMatch, find_matches
from transforms.enrich.sentence.annotations import Annotations
from transforms.enrich.sentence.view import Sentence
from transforms.enrich.words.cues import cue_contexts, cue_modes
from transforms.enrich.words.tokens import Tokens, tokenise
from transforms.records import Actor, Article, Event, Evidence, Span, TextField
from transforms.text.arabic import normalise
from transforms.text.sentences import split_sentences

HISTORICAL_DAYS: Final = 60
MAX_TEXT: Final = 200_000  # code points of a body that are coded; the rest is left out
SPEAKER_REACH: Final = 2  # sentences without events back to which وأضاف may refer
MAX_MENTIONS: Final = 2000  # of an article; a book of events is no news article
MAX_SENTENCE: Final = 400  # tokens of a sentence that are looked at


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
    context = context_of([word for each in tokens for word in each.words], anchor)
    annotated = [Annotations(each, anchor) for each in tokens]
    context = replace(context, homes=main_countries(annotated))
    mentions: list[EventMention] = []
    for each in annotated:
        mentions.extend(islice(_field_mentions(each, context), MAX_MENTIONS))
    merged = merge(mentions)
    for mention in merged:
        assign_country(mention, context.homes)
    events = [to_event(mention, article) for mention in merged]
    return sorted(
        events, key=lambda e: (e.trigger.field != "title", e.trigger.char_start, e.event_type)
    )


def mentions_of(text: str) -> list[EventMention]:
    """The mentions of a text before merging, undated (for fitting the confidence formula)."""
    return list(
        _field_mentions(
            Annotations(tokenise(text, normalise(text), "body"), None), ArticleContext()
        )
    )


def _field_mentions(annotations: Annotations, context: ArticleContext) -> Iterator[EventMention]:
    """The mentions of a title or body."""
    tokens = annotations.tokens
    hot = [index for index, word in enumerate(tokens.words) if anchors(word)]
    if not hot:
        return
    speaker: Speaker | None = None
    passed: deque[Sentence] = deque(maxlen=SPEAKER_REACH)
    for sentence, starts in _sentences(tokens, hot):
        matches = []
        if starts:
            sentence.know(annotations.known(sentence.first, sentence.stop))
            matches = find_matches(sentence, [i for i in starts if not annotations.is_name(i)])
        if not matches:
            passed.append(sentence)
            continue
        if continues_quote(sentence):
            for before in passed:
                speaker = speaker_of(annotations, before, speaker)
        passed.clear()
        speaker = speaker_of(annotations, sentence, speaker)
        yield from _sentence_mentions(annotations, sentence, matches, speaker, context)


def _sentences(tokens: Tokens, hot: list[int]) -> Iterator[tuple[Sentence, list[int]]]:
    """Every sentence of a text, with those of its tokens that can start a rule."""
    for span in split_sentences(tokens.raw):
        first, stop = tokens.range_of(span.start, span.end)
        if first >= stop:
            continue
        stop = min(stop, first + MAX_SENTENCE)
        starts = hot[bisect_left(hot, first) : bisect_left(hot, stop)]
        yield Sentence(tokens, first, stop, span.paragraph), starts


def _sentence_mentions(
    annotations: Annotations,
    sentence: Sentence,
    matches: list[TriggerMatch],
    speaker: Speaker | None,
    context: ArticleContext,
) -> Iterator[EventMention]:
    """The mentions of a sentence."""
    dates = annotations.dates(sentence.first, sentence.stop) if tells_time(sentence) else []
    lexical: dict[str, float] = {}
    if any(has_formula(match.rule.event_type) for match in matches):
        lexical = lexical_model().scores(sentence.words[sentence.first : sentence.stop])
    dead, hurt = None, None
    if any(match.rule.event_type == "ASSAULT" for match in matches):
        dead, hurt = casualties(annotations, sentence)
    for match in matches:
        mention = _mention(annotations, sentence, match, speaker)
        if mention is None:
            continue
        if mention.event_type == "ASSAULT":
            mention.fatalities, mention.injured = dead, hurt
        mention.when = when_of(
            annotations, sentence, match, dates, ahead=mention.realis.status == "future"
        )
        if mention.status == "asserted" and (
            is_old(mention.when, annotations.anchor, HISTORICAL_DAYS)
            or mention.realis.background
            or (context.past and undated(mention.when))
        ):
            mention.status = "historical"
        mention.anchored = annotations.anchor is not None
        if not has_formula(mention.event_type):  # a fitted formula knows the words alone
            assign_country(mention, context.homes)
        mention.features = features(mention)
        if context.domain and mention.event_type in PHYSICAL:
            mention.features["domain"] = 1.0
        mention.confidence = confidence(mention, lexical.get(mention.event_type, 0.0))
        yield mention


def _mention(
    annotations: Annotations, sentence: Sentence, match: TriggerMatch, speaker: Speaker | None
) -> EventMention | None:
    """A mention with its slots, or None when a slot the rule needs stays empty."""
    arguments = find_arguments(sentence, match)
    rule = match.rule
    if rule.need_preposition and not arguments.slots & set(rule.need_preposition):
        return None
    actors = actors_of(annotations, sentence, arguments.actors)
    recipients = actors_of(annotations, sentence, arguments.recipients)
    speaks = rule.speaks and (not rule.reciprocal or "مع" in arguments.slots)
    if not actors and speaks and speaker is not None:
        actors = [speaker.actor]
        arguments.inherited = True
    if _lacks(rule.need, actors, recipients):
        return None
    realis = find_status(sentence, match)
    event_type, status = rule.event_type, realis.status
    if status == "future" and rule.future_type:
        event_type, status = rule.future_type, "asserted"
    tokens = annotations.tokens
    start, end = tokens.span(match.head, match.last)
    cues = sentence.cues
    taken = _taken(arguments.actors + arguments.recipients)
    mention = EventMention(
        match=match, sentence=sentence, arguments=arguments, realis=realis, event_type=event_type,
        status=status, trigger=Span(tokens.raw[start:end], tokens.field, start, end),
        evidence=[_evidence(sentence, match)], actors=actors, recipients=recipients,
        place=place_of(annotations, sentence, match, taken),
        modes=_modes(match, event_type, cues),
        contexts=[*rule.contexts, *(c for q, c in cue_contexts() if q in cues)],
        speaker=speaker.actor.text if speaker else None,
    )  # fmt: skip
    mention.claim_status = claim_status(mention, speaker)
    return mention


def _lacks(need: tuple[str, ...], actors: list[Actor], recipients: list[Actor]) -> bool:
    """Whether a slot that a rule needs stayed empty."""
    return (
        ("actor" in need and not actors)
        or ("recipient" in need and not recipients)
        or ("known" in need and not any(a.country for a in (*actors, *recipients)))
        or ("any" in need and not actors and not recipients)
    )


def _taken(phrases: list[TokenRange]) -> set[int]:
    return {index for first, last in phrases for index in range(first, last + 1)}


def _modes(match: TriggerMatch, event_type: str, cues: frozenset[str]) -> list[str]:
    """The rule's modes, then those the sentence tells."""
    if event_type != match.rule.event_type:
        return []
    found = list(match.rule.modes)
    if not found or found == ["explosives"] or event_type == "CONSULT":
        found += [mode for cue, mode in cue_modes(event_type) if cue in cues]
    return list(dict.fromkeys(found))


def _evidence(sentence: Sentence, match: TriggerMatch) -> Evidence:
    """The clause around a trigger, as the article writes it."""
    first = sentence.clause_start(match.head)
    last = max(sentence.clause_stop(match.last) - 1, match.last)
    start, end = sentence.tokens.span(first, last)
    return Evidence(
        sentence.tokens.raw[start:end], sentence.tokens.field, start, end, sentence.paragraph
    )


__all__ = ["HISTORICAL_DAYS", "code_events"]
