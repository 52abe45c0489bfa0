"""The last look: how sure an event is, once everything about it and the other events is known.

What a clause tells is decided word by word (see ``decide``). Only behind that is known who acts,
where and when, how often the article tells it, and what else it tells: a fitted model of boosted
trees says by these how probable it is that an event is one, and none that is told already.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from transforms.enrich.attributes.article import Countries
from transforms.enrich.events.clause import SURE, TYPES, log_odds
from transforms.enrich.events.mention import EventMention
from transforms.enrich.events.trees import Trees
from transforms.records import Actor

WORDS: Final = 60  # of a body, from which an event has something beside it to be compared with
LEAST: Final = 0.15  # of the decisions before, from which an event is looked at again
_DAYS: Final = 400  # that a date may lie back; further is as far
_ACTING: Final = ("GOV", "MIL", "COP", "REB", "CVL", "JUD", "UNK", "CRM")
_ACTED_ON: Final = ("GOV", "MIL", "CVL", "REB", "CRM", "UNK")
_KINDS: Final = tuple([float(a == b) for b in range(len(TYPES))] for a in range(len(TYPES)))


@dataclass(frozen=True, slots=True)
class Around:
    """The events of an article, and what they are compared with.

    Attributes:
        events: those that are looked at, or stand beside.
        countries: of the article.
        anchor: the day it was published.
        by_type: how sure the events of a type are, with their words' places, the surest first;
            the last of a row is the event's id, which ranks nothing.
        by_word: how sure the events are that a word tells, with their ids.
        by_sentence: the same of the events of a sentence.
        sure: how many are sure.
    """

    events: Sequence[EventMention]
    countries: Countries
    anchor: dt.date
    by_type: Mapping[str, list[tuple[float, bool, int, int]]]
    by_word: Mapping[tuple[str, int], list[tuple[float, int]]]
    by_sentence: Mapping[int, list[tuple[float, int]]]
    sure: int


def around(mentions: Iterable[EventMention], countries: Countries, anchor: dt.date) -> Around:
    """Gather what the events of an article are compared with.

    Args:
        mentions: the article's events, joined.
        countries: those it names.
        anchor: the day it was published.
    """
    events = [m for m in mentions if m.confidence >= LEAST]
    by_type: dict[str, list[tuple[float, bool, int, int]]] = {}
    by_word: dict[tuple[str, int], list[tuple[float, int]]] = {}
    by_sentence: dict[int, list[tuple[float, int]]] = {}
    for event in events:
        in_body = event.trigger.field != "title"
        own = (-event.confidence, in_body, event.token, id(event))
        by_type.setdefault(event.event_type, []).append(own)
        by_sentence.setdefault(id(event.sentence), []).append((event.confidence, id(event)))
        for word in {(field, token) for _, field, token, _ in event.joined}:
            by_word.setdefault(word, []).append((event.confidence, id(event)))
    for ranked in by_type.values():
        ranked.sort(key=lambda own: own[:3])
    for known in (*by_word.values(), *by_sentence.values()):
        known.sort(reverse=True)
    sure = sum(event.confidence >= SURE for event in events)
    return Around(events, countries, anchor, by_type, by_word, by_sentence, sure)


def look_again(
    mentions: Iterable[EventMention], countries: Countries, anchor: dt.date, model: Trees
) -> None:
    """Say anew how sure the events of an article are that are told as facts.

    What a user's own rule tells stays as sure as the rule says.

    Args:
        mentions: the article's events, joined, with their countries; their confidence is replaced.
        countries: those it names.
        anchor: the day it was published.
        model: of the events.
    """
    known = around(mentions, countries, anchor)
    asked = [event for event in known.events if is_asked(event)]
    chances = model([event_numbers(event, known) for event in asked]) if asked else []
    for event, chance in zip(asked, chances, strict=True):
        event.confidence = chance


def is_asked(event: EventMention) -> bool:
    """Whether the model has a say on an event."""
    return event.status == "asserted" and not event.match.rule.own


def event_numbers(event: EventMention, known: Around) -> list[float]:
    """What the model is asked about an event.

    Args:
        event: the event.
        known: the article's.
    """
    return [
        *_told(event),
        *_beside(event, known),
        *_sides(event.actors, event.recipients, known.countries),
        *_when(event, known.anchor),
        *_where(event, known.countries),
        *_worded(event),
        *_KINDS[TYPES.index(event.event_type)],
    ]


def _told(event: EventMention) -> list[float]:
    """How surely and how often it is told, and where first."""
    chances = [chance for chance, _, _, _ in event.joined]
    second = sorted(chances)[-2] if len(chances) > 1 else 0.0
    return [
        log_odds(event.confidence), sum(chances) / len(chances), float(len(chances)),
        float(sum(chance >= SURE for chance in chances)),
        1.0 - math.prod([1.0 - chance for chance in chances]), second,
        float(any(field == "title" for _, field, _, _ in event.joined)),
        float(min(order for _, _, _, order in event.joined)),
        float(event.order), float(event.trigger.field == "title"),
    ]  # fmt: skip


def _beside(event: EventMention, known: Around) -> list[float]:
    """What else the article tells: of the type, by the same words, in the same sentence."""
    ranked = known.by_type[event.event_type]
    number = next(n for n, (*_, own) in enumerate(ranked) if own == id(event))
    others = [-ranked[n][0] for n in (0, 1) if n < len(ranked) and n != number]
    words = {(field, token) for _, field, token, _ in event.joined}
    rivals = [_best(known.by_word[word], event) for word in words]
    return [
        *_repeated(event), float(number), float(len(ranked) - 1),
        max(others, default=0.0), float(known.sure), float(len(known.events)),
        max(rivals), _best(known.by_sentence[id(event.sentence)], event),
    ]  # fmt: skip


def _repeated(event: EventMention) -> list[float]:
    """How probably another event of its type tells it, too: any, a surer one, a sure one."""
    mean, sure = max(event.near, default=(0.0, 0.0))
    surer = [near for near in event.near if near.sure >= event.confidence]
    weaker = [near.mean for near in event.near if near.sure < event.confidence]
    return [
        mean, sure, mean * sure,
        max([near.mean for near in surer], default=0.0),
        max([near.mean * near.sure for near in surer], default=0.0),
        max(weaker, default=0.0),
        1.0 - math.prod([1.0 - near.mean for near in surer if near.sure >= SURE]),
    ]  # fmt: skip


def _best(ranked: Sequence[tuple[float, int]], event: EventMention) -> float:
    """How sure the surest of others is."""
    return next((chance for chance, own in ranked[:2] if own != id(event)), 0.0)


def _sides(
    actors: Sequence[Actor], recipients: Sequence[Actor], countries: Countries
) -> list[float]:
    """Who acts and who is acted on: by words, by country, by what they are."""
    acting = [a.country for a in actors if a.country]
    acted_on = [a.country for a in recipients if a.country]
    found: list[float] = []
    for side in (actors, recipients):
        found += [
            float(bool(side)), float(any(a.country for a in side)),
            float(any(a.text for a in side)), float(any(a.text and a.country for a in side)),
        ]  # fmt: skip
    weights = countries.weights
    first = next(iter(weights), None)
    one = {sector for actor in actors for sector in actor.sectors}
    two = {sector for actor in recipients for sector in actor.sectors}
    return [
        *found, float(len(actors)), float(bool(set(acting) & set(acted_on))),
        *[float(sector in one) for sector in _ACTING],
        *[float(sector in two) for sector in _ACTED_ON],
        float(first in acting),
        weights.get(acting[0], 0.0) if acting else 0.0,
        weights.get(acted_on[0], 0.0) if acted_on else 0.0,
    ]  # fmt: skip


def _when(event: EventMention, anchor: dt.date) -> list[float]:
    when = event.when
    if when is None:
        return [0.0, 0.0, 0.0, -1.0, 0.0]
    return [
        1.0, float(when.basis == "document"), float(when.basis == "explicit"),
        float(min((anchor - when.end).days, _DAYS)), float(when.precision != "day"),
    ]  # fmt: skip


def _where(event: EventMention, countries: Countries) -> list[float]:
    place = event.place
    if place is None:
        return [0.0] * 6
    first = next(iter(countries.weights), None)
    return [
        1.0, float(place.precision == "city"), float(place.precision == "country"),
        float(bool(place.country) and place.country == first),
        float(any(place.country == a.country for a in event.actors if a.country)),
        float(any(place.country == a.country for a in event.recipients if a.country)),
    ]  # fmt: skip


def _worded(event: EventMention) -> list[float]:
    """How its clearest mention tells it."""
    match, reading = event.match, event.match.reading
    return [
        float(match.verbal), float(len(match.parts) > 1), match.rule.strength,
        float(match.rule.id.endswith(".act")),
        float(bool(reading and reading.definite)), float(bool(reading and reading.pronoun)),
        float(bool(reading and reading.tense == "imp")),
        float(event.arguments.inherited), float(event.arguments.passive),
        float(len(event.modes)), float(len(event.contexts)),
        float(event.realis.background), float(event.speaker is not None),
        float(bool(event.fatalities)), float(bool(event.injured)),
        math.log1p(len(event.evidence[0].text)), float(len(event.evidence)),
        float(len(event.arguments.slots)), float(event.claim_status == "unattributed"),
    ]  # fmt: skip
