"""One event, one row: mentions of the same event in an article are merged into the clearest one.

The pair model (see ``pairs``) says how probable it is that two mentions of a type are one event.
The two groups that are the likeliest to be one, by the mean over their mentions, are joined as long
as that is likely enough; how likely the others are to be one is for the last look (see ``whole``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from transforms.enrich.events.confidence import clarity, features
from transforms.enrich.events.mention import EventMention, Near
from transforms.enrich.events.pairs import UNCERTAIN, PairModel, facts_of
from transforms.records import Actor, Place

SAME: Final = 0.5  # mean probability from which two groups are one event
# Mentions of a type that are compared with each other: an article of ordinary length stays far
# below, and longer ones stay linear.
_AT_ONCE: Final = 40
_AREAS: Final = {"city": 0, "admin1": 1, "region": 2, "country": 3}


def merge(mentions: Iterable[EventMention], same: PairModel | None) -> list[EventMention]:
    """Merge the mentions of an article.

    Args:
        mentions: what models decided, in the order of the text, then what rules say.
        same: the pair model; without one only what is said twice in the same words is joined.

    Returns:
        Distinct events; each keeps the fields of its clearest mention, what that one lacks from the
        others, and all evidence.
    """
    said: dict[tuple[str, ...], list[EventMention]] = {}
    alike: dict[tuple[str, str], list[list[EventMention]]] = {}
    for mention in mentions:
        kind = mention.event_type, mention.status
        words = *kind, mention.evidence[0].text, mention.trigger.text
        if words in said:
            said[words].append(mention)
            continue
        said[words] = [mention]
        alike.setdefault(kind, []).append(said[words])
    united = []
    for known in alike.values():
        for start in range(0, len(known), _AT_ONCE):
            united += _events(known[start : start + _AT_ONCE], same)
    return united


def _events(said: Sequence[list[EventMention]], same: PairModel | None) -> list[EventMention]:
    """The events of a type, each of the mentions that are one."""
    if same is None or len(said) == 1:
        return [_united(own) for own in said]
    facts = facts_of([own[0] for own in said])
    pairs = [
        (one, two)
        for two in range(len(facts))
        for one in range(two)
        if not contradict(said[one][0], said[two][0])
    ]
    chances = same([(facts[one], facts[two]) for one, two in pairs])
    means = dict(zip(pairs, chances, strict=True))
    groups = grouped(len(said), means)
    events = {
        first: _united([each for number in own for each in said[number]])
        for first, own in groups.items()
    }
    for (one, two), mean in means.items():
        events[one].near.append(Near(mean, events[two].confidence))
        events[two].near.append(Near(mean, events[one].confidence))
    return list(events.values())


def grouped(count: int, means: dict[tuple[int, int], float]) -> dict[int, list[int]]:
    """Join what is one event, the likeliest first.

    Args:
        count: how many mentions there are.
        means: how probably two of them are one, the earlier first; those that cannot be are left
            out. What is left are the mean probabilities of groups.

    Returns:
        The groups, by their first mention.
    """
    groups = {number: [number] for number in range(count)}
    while means:
        one, two = max(means, key=lambda pair: (means[pair], -pair[0], -pair[1]))
        if means[one, two] < SAME:
            break
        del means[one, two]
        sizes = len(groups[one]), len(groups[two])
        groups[one] += groups.pop(two)
        for other in groups.keys() - {one}:
            pairs = [(min(each, other), max(each, other)) for each in (one, two)]
            if not means.keys().isdisjoint(pairs):
                own, more = (means.pop(pair, 0.0) for pair in pairs)
                means[pairs[0]] = (own * sizes[0] + more * sizes[1]) / sum(sizes)
    return groups


def contradict(one: EventMention, two: EventMention) -> bool:
    """Whether two verbs name subjects of other countries: the Egyptian police, the Kenyan one."""
    if one.match.rule.reciprocal:
        return False
    return bool(one.named and two.named) and not one.named & two.named


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
    if best.when is None or (best.when.basis == UNCERTAIN and other.when is not None):
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


def _countries(actors: Iterable[Actor]) -> set[str]:
    return {a.country for a in actors if a.country}
