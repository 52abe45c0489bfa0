"""One event, one row: mentions of the same event in an article are merged into the best one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from transforms.enrich.events.confidence import clarity
from transforms.enrich.events.mention import EventMention
from transforms.records import Actor, Place

# What a stronger event of the same clause takes in: type -> absorbed types.
_ABSORBS: Final = {"ASSAULT": frozenset({"MOBILIZE"})}
# An article of ordinary length stays far below these; they keep hostile ones linear.
_GROUPS: Final = 50  # events of a type and family that a mention is compared with
_MEMBERS: Final = 3  # first and last mentions of an event that it is compared with
_UNCERTAIN: Final = "document"
_AREAS: Final = {"city": 0, "admin1": 1, "region": 2, "country": 3}


def merge(mentions: list[EventMention]) -> list[EventMention]:
    """Merge the mentions of an article.

    Args:
        mentions: mentions in the order of the text, the title first.

    Returns:
        Distinct events; each keeps the fields of its clearest mention, what that one lacks
        from the others, and all evidence.
    """
    groups: list[list[EventMention]] = []
    by_type: dict[tuple[str, str], list[list[EventMention]]] = {}
    for mention in mentions:
        alike = by_type.setdefault((mention.event_type, mention.match.rule.family), [])
        for group in alike[-_GROUPS:]:
            if all(_same(mention, other) for other in (*group[:_MEMBERS], *group[-_MEMBERS:])):
                group.append(mention)
                break
        else:
            groups.append([mention])
            alike.append(groups[-1])
    merged = [_united(group) for group in groups]
    kept = []
    for mention in merged:
        absorbable = any(mention.event_type in taken for taken in _ABSORBS.values())
        others = merged if absorbable else ()
        taker = next((other for other in others if _absorbed(mention, other)), None)
        if taker is None:
            kept.append(mention)
        else:
            _complete(taker, mention)
            taker.evidence += mention.evidence
    return kept


def _countries(actors: Iterable[Actor]) -> set[str]:
    return {a.country for a in actors if a.country}


def _compatible(first: set[str], second: set[str]) -> bool:
    return not first or not second or bool(first & second)


def _same(first: EventMention, second: EventMention) -> bool:
    """Whether two mentions can be of one event."""
    if first.match.rule.family != second.match.rule.family or first.status != second.status:
        return False
    if first.event_type != second.event_type:
        return False
    if not _parties_agree(first, second):
        return False
    if _refers_back(first, second):
        return True
    return (
        _linked(first, second)
        and _same_time(first, second)
        and _same_place(first.place, second.place)
        and _same_size(first, second)
    )


def _refers_back(first: EventMention, second: EventMention) -> bool:
    """Whether one mention is a noun that takes up the other: وأسفر الهجوم، احتجاجاً على.

    Inside a sentence any noun does; across sentences a definite one without parties of its own,
    near by or of the very same rule.
    """
    one, two = (second, first) if second.match.verbal <= first.match.verbal else (first, second)
    if one.match.verbal or one.match.reading is None:
        return False
    if one.sentence is two.sentence:
        return True
    bare = not one.actors and not one.recipients and one.match.reading.definite
    near = one.trigger.field == two.trigger.field and (
        abs(one.sentence.paragraph - two.sentence.paragraph) <= 1
    )
    same_rule = one.match.rule is two.match.rule and _same_time(one, two)
    return bare and (near or same_rule)


def _parties_agree(first: EventMention, second: EventMention) -> bool:
    """Whether actors and recipients do not contradict each other (both sides may be swapped)."""
    a, b = _countries(first.actors), _countries(first.recipients)
    c, d = _countries(second.actors), _countries(second.recipients)
    if _compatible(a, c) and _compatible(b, d):
        return True
    return first.match.rule.reciprocal and bool((a | b) & (c | d))


def _linked(first: EventMention, second: EventMention) -> bool:
    """Whether anything ties two mentions together: nearness, a shared party, place or number.

    Not contradicting each other is enough inside a sentence; across sentences it is not.
    """
    if first.sentence is second.sentence:
        return True
    parties = _countries((*first.actors, *first.recipients))
    others = _countries((*second.actors, *second.recipients))
    if parties & others or _phrases(first) & _phrases(second):
        return True
    if not parties or not others:
        near = first.trigger.field != second.trigger.field or (
            abs(first.sentence.paragraph - second.sentence.paragraph) <= 1
        )
        return near and not (first.recipients and second.recipients)
    return False


def _phrases(mention: EventMention) -> set[str]:
    """The names of a mention's parties."""
    return {a.name for a in (*mention.actors, *mention.recipients) if a.name}


def _same_time(first: EventMention, second: EventMention) -> bool:
    one, two = first.when, second.when
    if one is None or two is None or _UNCERTAIN in {one.basis, two.basis}:
        return True
    return one.start <= two.end and two.start <= one.end


def _same_place(one: Place | None, two: Place | None) -> bool:
    if one is None or two is None:
        return True
    if one.country and two.country and one.country != two.country:
        return False
    if one.precision == "country" or two.precision == "country":
        return True
    return (
        one.name == two.name
        or (one.admin1 is not None and one.name == two.admin1)
        or (two.admin1 is not None and two.name == one.admin1)
    )


def _same_size(first: EventMention, second: EventMention) -> bool:
    one, two = first.fatalities, second.fatalities
    return one is None or two is None or one == two


def _absorbed(mention: EventMention, other: EventMention) -> bool:
    """Whether an event only begins a stronger one in the same sentence or paragraph."""
    if mention is other or mention.event_type not in _ABSORBS.get(other.event_type, frozenset()):
        return False
    if mention.trigger.field != other.trigger.field or mention.status != other.status:
        return False
    shared = _countries(mention.actors) & _countries(other.actors)
    if mention.actors and other.actors and not shared:
        return mention.sentence is other.sentence and mention.actors == other.actors
    near = mention.sentence is other.sentence or (
        bool(shared) and mention.sentence.paragraph == other.sentence.paragraph
    )
    return near and _parties_agree(mention, other) and _same_time(mention, other)


def _united(group: list[EventMention]) -> EventMention:
    """The clearest mention, completed from the others and as sure as the surest."""
    best = max(
        group,
        key=lambda d: (round(clarity(d), 6), d.trigger.field == "body", -d.trigger.char_start),
    )
    best.confidence = max(mention.confidence for mention in group)
    for other in group:
        if other is best:
            continue
        _complete(best, other)
    best.evidence = sorted(
        {(e.field, e.char_start): e for d in group for e in d.evidence}.values(),
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
    best.fatalities = best.fatalities or other.fatalities
    best.injured = best.injured or other.injured
    if best.event_type == other.event_type:
        best.modes += [m for m in other.modes if m not in best.modes]
    best.contexts += [c for c in other.contexts if c not in best.contexts]


def _precision(place: Place | None) -> int:
    """0 for a city, growing with the area; 4 for no place at all."""
    return 4 if place is None else _AREAS.get(place.precision or "", 3)


def _named(own: list[Actor], others: list[Actor]) -> list[Actor]:
    """Prefer another mention's phrases when none of the own ones is known."""
    return others if own and not _countries(own) and _countries(others) else own
