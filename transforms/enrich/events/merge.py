"""One event, one row: mentions of the same event in an article are merged into the clearest one.

The pair model (see ``decide``) says how probable it is that two mentions of a type are one event,
by where they stand, what words, parties, places, days and numbers they share. A mention joins the
group with the highest mean probability, when that is high enough.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

from transforms.enrich.events.candidates import word_info
from transforms.enrich.events.confidence import clarity, features
from transforms.enrich.events.decide import SURE, TYPES
from transforms.enrich.events.mention import EventMention
from transforms.enrich.events.trees import Trees
from transforms.enrich.words.roots import skeleton
from transforms.records import Actor, Place

# An article of ordinary length stays far below these; they keep hostile ones linear.
_GROUPS: Final = 50  # events of a type that a mention is compared with
_MEMBERS: Final = 4  # first and last mentions of an event that it is compared with
_OTHER_FIELD: Final = 300  # characters between a mention in the title and one in the body
SAME: Final = 0.36  # mean probability from which a mention joins a group
_UNCERTAIN: Final = "document"
_ONE_OF: Final = {kind: [float(kind == other) for other in TYPES] for kind in TYPES}
_AREAS: Final = {"city": 0, "admin1": 1, "region": 2, "country": 3}


def merge(mentions: list[EventMention], same: Trees) -> list[EventMention]:
    """Merge the mentions of an article.

    Args:
        mentions: in the order of the text, the title first.
        same: the pair model.

    Returns:
        Distinct events; each keeps the fields of its clearest mention, what that one lacks from the
        others, and all evidence.
    """
    groups: list[tuple[list[EventMention], float, list[EventMention]]] = []
    worded: dict[tuple[str, str, str], list[EventMention]] = {}
    alike: dict[tuple[str, str], list[list[EventMention]]] = {}
    for mention in sorted(mentions, key=lambda m: m.confidence < SURE):
        words = (mention.event_type, mention.status, mention.evidence[0].text)
        if words in worded:
            worded[words].append(mention)  # what an article says twice in the same words
            continue
        known = alike.setdefault((mention.event_type, mention.status), [])
        best, chance = None, SAME
        near: tuple[float, list[EventMention]] = (0.0, [])
        for group, mean in _likeness(mention, known[-_GROUPS:], same):
            if mean > near[0]:
                near = mean, group
            if mean >= chance:
                best, chance = group, mean
        if best is None:
            best = []
            groups.append((best, *near))
            known.append(best)
        best.append(mention)
        worded[words] = best
    united = [_united(group) for group, _, _ in groups]
    for event, (_, chance, other) in zip(united, groups, strict=True):
        event.near = chance, max((m.confidence for m in other), default=0.0)
    return united


def _likeness(
    mention: EventMention, groups: Sequence[list[EventMention]], same: Trees
) -> list[tuple[list[EventMention], float]]:
    """How probably a mention is one with each of some events, those left out that contradict it."""
    asked = []
    for group in groups:
        others = group if len(group) <= 2 * _MEMBERS else group[:_MEMBERS] + group[-_MEMBERS:]
        if not any(_contradict(mention, other) for other in others):
            asked.append((group, others))
    chances = iter(same([pair_numbers(mention, other) for _, others in asked for other in others]))
    return [(group, sum(islice(chances, len(others))) / len(others)) for group, others in asked]


def _contradict(one: EventMention, two: EventMention) -> bool:
    """Whether two verbs name subjects of other countries: the Egyptian police, the Kenyan one."""
    if one.match.rule.reciprocal:
        return False
    return bool(one.named and two.named) and not one.named & two.named


def pair_numbers(one: EventMention, two: EventMention) -> list[float]:
    """What the pair model is asked about two mentions of a type."""
    first, last = sorted(
        (one, two), key=lambda m: (m.trigger.field != "title", m.trigger.char_start)
    )
    together = first.trigger.field == last.trigger.field
    lines = abs(first.sentence.first - last.sentence.first) if together else 0
    apart = abs(first.trigger.char_start - last.trigger.char_start) if together else _OTHER_FIELD
    lemmas = _lemmas(first) & _lemmas(last)
    roots = _roots(first) & _roots(last)
    number = 0 if not together else min(abs(first.order - last.order), 12)
    return [
        float(together),
        float(together and lines == 0),
        float(together and first.sentence.stop == last.sentence.first),
        float(together and first.sentence.paragraph == last.sentence.paragraph),
        math.log1p(apart),
        float(bool(lemmas)),
        float(first.trigger.text == last.trigger.text),
        *_shared(_near_countries(first), _near_countries(last)),
        *_shared(_countries(first.actors), _countries(last.actors)),
        *_shared(_countries(first.recipients), _countries(last.recipients)),
        float(bool(_names(first) & _names(last))),
        *_shared(_numbers(first), _numbers(last)),
        float(_definite(last)),
        float(last.match.verbal),
        float(first.match.verbal),
        float(first.match.verbal and last.match.verbal),
        float(not together and last.sentence.first == 0),
        *_time(first, last),
        *_place(first.place, last.place),
        float(bool(roots)),
        float(together and first.sentence is last.sentence and _clause(first) == _clause(last)),
        float(number),
        float(first.order),
        float(last.order),
        float(bool(first.fatalities) and first.fatalities == last.fatalities),
        float(bool(first.fatalities and last.fatalities) and first.fatalities != last.fatalities),
        float(last.arguments.inherited),
        float(bool(last.actors)),
        float(bool(last.recipients)),
        *_ONE_OF[one.event_type],
    ]


def _place_in_text(mention: EventMention) -> tuple[bool, int]:
    return mention.trigger.field != "title", mention.trigger.char_start


def _shared(one: set[str], two: set[str]) -> tuple[float, float]:
    """Whether two sets share something, and whether they hold something and share nothing."""
    return float(bool(one & two)), float(bool(one and two) and not one & two)


def _lemmas(mention: EventMention) -> frozenset[str]:
    return word_info(mention.sentence.words[mention.token]).lemmas


def _roots(mention: EventMention) -> set[str]:
    """The roots of a mention's word: those of the lists, and of the words that share its stem."""
    return {skeleton(lemma) for lemma in _lemmas(mention)}


def _clause(mention: EventMention) -> int:
    return mention.sentence.clause_start(mention.token)


def _names(mention: EventMention) -> set[str]:
    return {a.name for a in (*mention.actors, *mention.recipients) if a.name}


def _numbers(mention: EventMention) -> set[str]:
    """The numbers of a mention's clause."""
    sentence = mention.sentence
    start, stop = sentence.clause_start(mention.token), sentence.clause_stop(mention.token)
    return {word for word in sentence.words[start:stop] if word[0].isdigit()}


def _near_countries(mention: EventMention) -> set[str]:
    found = _countries((*mention.actors, *mention.recipients))
    if mention.place is not None and mention.place.country:
        found.add(mention.place.country)
    return found


def _definite(mention: EventMention) -> bool:
    reading = mention.match.reading
    return reading is not None and reading.definite


def _time(one: EventMention, two: EventMention) -> tuple[float, float]:
    """Whether both are dated alike by words, and whether by words they are dated apart."""
    a, b = one.when, two.when
    if a is None or b is None or _UNCERTAIN in {a.basis, b.basis}:
        return 0.0, 0.0
    near = a.start <= b.end and b.start <= a.end
    return float(near), float(not near)


def _place(one: Place | None, two: Place | None) -> tuple[float, float]:
    """Whether both are at one place, and whether at two that cannot be one."""
    if one is None or two is None:
        return 0.0, 0.0
    if one.name == two.name:
        return 1.0, 0.0
    if one.country and two.country and one.country != two.country:
        return 0.0, 1.0
    areas = {"country", "admin1", "region"}
    return 0.0, float(one.precision not in areas and two.precision not in areas)


def _countries(actors: Iterable[Actor]) -> set[str]:
    return {a.country for a in actors if a.country}


def _united(group: list[EventMention]) -> EventMention:
    """The clearest mention, completed from the others and as sure as the surest.

    One of a user's own rule goes before all others: its rule says what the event is.
    """
    joined = tuple((m.confidence, m.trigger.field, m.token, m.order) for m in group)
    if len(group) == 1:
        group[0].joined = joined
        return group[0]
    for mention in group:
        mention.features = mention.features or features(mention)
    ranked = sorted(
        group,
        key=lambda m: (not m.match.rule.own, -round(clarity(m), 6), m.trigger.char_start),
    )
    best = ranked[0]
    best.joined = joined
    best.confidence = max(mention.confidence for mention in group)
    for other in ranked[1:]:
        _complete(best, other)
    dead = [m for m in group if m.fatalities]
    hurt = [m for m in group if m.injured]
    best.fatalities = min(dead, key=lambda m: m.gaps[0]).fatalities if dead else None
    best.injured = min(hurt, key=lambda m: m.gaps[1]).injured if hurt else None
    best.evidence = sorted(
        {(e.field, e.char_start): e for m in group for e in m.evidence}.values(),
        key=lambda e: (e.field != "title", e.char_start),
    )
    return best


def _complete(best: EventMention, other: EventMention) -> None:
    """Take over from another mention what the best one lacks."""
    if not best.actors:
        best.actors = other.actors
    if not best.recipients:
        best.recipients = other.recipients
    best.actors = _named(best.actors, other.actors)
    best.recipients = _named(best.recipients, other.recipients)
    if other.place is not None and _precision(other.place) < _precision(best.place):
        best.place = other.place
    if best.when is None or (best.when.basis == _UNCERTAIN and other.when is not None):
        best.when = other.when
    if best.event_type == other.event_type:
        best.modes += [m for m in other.modes if m not in best.modes]
    best.contexts += [c for c in other.contexts if c not in best.contexts]


def _precision(place: Place | None) -> int:
    """0 for a city, growing with the area; 4 for no place at all."""
    return 4 if place is None else _AREAS.get(place.precision or "", 3)


def _named(own: list[Actor], others: list[Actor]) -> list[Actor]:
    """Prefer another mention's phrases when none of the own ones is known, or none is a phrase."""
    inferred = all(actor.text is None for actor in own)
    better = any(actor.text and actor.country for actor in others)
    return (
        others
        if own and _countries(others) and (not _countries(own) or (inferred and better))
        else own
    )
