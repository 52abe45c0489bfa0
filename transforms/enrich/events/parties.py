"""Whose: the countries of the two sides of an event, also of sides that name none.

News of one country says الشرطة and السلطات without an adjective, and a verb may hide its object.
Every country that an article names is weighed for each side by a fitted model: is it named by the
phrase that fills the slot, how near does it stand to the trigger, how much of the article is about
it, did the event happen there, is it the other side. The phrase keeps its words; what it does not
name is inferred.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final, NamedTuple

from transforms.enrich.attributes.article import Countries
from transforms.enrich.entities.nationality import nisba_country
from transforms.enrich.events.candidates import Scene, word_info
from transforms.enrich.events.implied_country import both_sides
from transforms.enrich.events.mention import EventMention
from transforms.enrich.events.numbers import Logistic, SparseRow
from transforms.enrich.events.roles import Role
from transforms.enrich.events.trees import Trees
from transforms.enrich.ontology.plover import EVENT_TYPES
from transforms.enrich.roles.actors import STATELESS
from transforms.enrich.sentence.annotations import Annotations, Named
from transforms.enrich.words import lists
from transforms.enrich.words.analyse import analyse
from transforms.enrich.words.clitics import SINGLE, rests
from transforms.records import Actor
from transforms.text.arabic import normalise_text

_ROLES: Final[tuple[Role, ...]] = ("actor", "recipient")
TYPES: Final = tuple(sorted(EVENT_TYPES))
TYPED: Final = 2 * len(TYPES)  # numbers about a country as a side of an event of each type
_ONE_OF: Final = {t: [float(t == other) for other in TYPES] for t in TYPES}
MARGIN: Final = 0.25  # by which another country must beat that of a phrase to replace it
_FAR: Final = 30  # tokens beyond which distance says no more
_NOWHERE: Final = 1.0 / (1.0 + _FAR)
_UNNAMED: Final = [0.0, 0.0, 0.0, 0.0, _NOWHERE, _NOWHERE]
_MAX: Final = 6  # countries of an article that are weighed beside those of the sentence
_TITLE, _LEAD, _PLACE, _PUBLISHER = 2.5, 2.0, 1.3, 0.5
HAS: Final = 0.83  # probability of a recipient from which one is given
_SLOTS: Final = lists.ordered("roles", "slots")
_NOUN_KINDS: Final = {k: lists.words("noun_kinds", k) for k in ("matters", "objects", "sites")}
_LEAST: Final = 2  # letters of a noun without its clitic
_WEIGHED: Final = ("GOV", "MIL", "CVL", "CRM", "REB", "IGO")


@dataclass(frozen=True, slots=True)
class SideModels:
    """The models of the two sides.

    Attributes:
        actor: whether a country is the actor's.
        recipient: whether it is the recipient's.
        has: whether there is a recipient at all.
    """

    actor: Logistic
    recipient: Logistic
    has: Trees

    def of(self, role: Role) -> Logistic:
        """The model of a side."""
        return self.actor if role == "actor" else self.recipient


def countries_of(texts: Iterable[Annotations], publisher: str | None) -> Countries:
    """Weigh the countries that an article names.

    Args:
        texts: its title and body.
        publisher: the country of its publisher, if known.
    """
    counts: dict[str, float] = {}
    for text in texts:
        title = text.tokens.field == "title"
        lead = next((i for i, w in enumerate(text.tokens.words) if w in ".\n"), 60)
        for named in text.named:
            entity = named.entity
            place = None if entity.country or entity.place is None else entity.place.country
            country = entity.country or place
            if country:
                weight = _TITLE if title else _LEAD if named.first < lead else 1.0
                counts[country] = counts.get(country, 0.0) + weight * (_PLACE if place else 1.0)
    if publisher:
        counts[publisher] = counts.get(publisher, 0.0) + _PUBLISHER
    total = sum(counts.values())
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return Countries({country: weight / total for country, weight in ranked})


def named_in(scene: Scene) -> list[tuple[int, str]]:
    """Where a sentence names countries: by entities, places and adjectives."""
    if scene.countries is None:
        found: list[tuple[int, str]] = []
        covered: set[int] = set()
        sentence = scene.sentence
        for named in scene.annotations.between(sentence.first, sentence.stop):
            country = _country(named)
            if country:
                found.append((named.first, country))
                covered.update(range(named.first, named.last + 1))
        words = sentence.words[sentence.first : sentence.stop]
        for index, country in enumerate(map(nisba_country, words), sentence.first):
            if country and index not in covered:
                found.append((index, country))
        scene.countries = found
    return scene.countries


def _country(named: Named) -> str | None:
    entity = named.entity
    return entity.country or (entity.place.country if entity.place else None)


def options(mention: EventMention, scene: Scene, countries: Countries) -> list[str]:
    """The countries that are weighed for the sides of an event."""
    found = dict.fromkeys(islice(countries.weights, _MAX))
    for _, country in named_in(scene):
        found[country] = None
    for actor in (*mention.actors, *mention.recipients):
        if actor.country:
            found[actor.country] = None
    return list(found)


class Standing(NamedTuple):
    """How a country stands to an event, whichever side is asked about.

    Attributes:
        country: the country.
        share: of what the article says.
        first: whether it is the article's first.
        alone: whether it is the article's only one.
        around: where it is named around the event's word.
        place: whether the event took place there.
        speaks: whether it is the speaker's.
        leans: how probable the likeliest phrase that names it is as actor, and as recipient.
    """

    country: str
    share: float
    first: bool
    alone: float
    around: list[float]
    place: float
    speaks: float
    leans: tuple[float, float]


def standings(
    mention: EventMention, scene: Scene, countries: Countries, found: Sequence[str]
) -> list[Standing]:
    """How countries stand to an event.

    Args:
        mention: the event.
        scene: its sentence.
        countries: of its article.
        found: the countries that are asked about.
    """
    sentence, at = scene.sentence, mention.token
    stretch = sentence.clause_start(at), at, sentence.clause_stop(at)
    weights, named = countries.weights, named_in(scene)
    first = next(iter(weights), None)
    speaker = scene.speaker.actor.country if scene.speaker else None
    place = mention.place.country if mention.place is not None else None
    alone, leans = float(len(weights) == 1), _leans(mention, named)
    return [
        Standing(
            country, weights.get(country, 0.0), first == country, alone,
            _named_around([index for index, name in named if name == country], *stretch),
            float(place == country), float(speaker == country), leans.get(country, (0.0, 0.0)),
        )
        for country in found
    ]  # fmt: skip


def _leans(
    mention: EventMention, named: Iterable[tuple[int, str]]
) -> dict[str, tuple[float, float]]:
    """How probable the phrases that name countries are as the sides of an event."""
    found: dict[str, tuple[float, float]] = {}
    at = dict(named)
    for (first, last), (actor, recipient) in mention.phrases:
        for country in {at[index] for index in range(first, last + 1) if index in at}:
            one, two = found.get(country, (0.0, 0.0))
            found[country] = max(one, actor), max(two, recipient)
    return found


def party_numbers(mention: EventMention, asked: Iterable[Standing], role: Role) -> list[SparseRow]:
    """What the model is asked about each country as a side of an event; ``TYPED`` numbers later.

    Args:
        mention: the event.
        asked: the countries that are asked about.
        role: the side.
    """
    own, other = mention.actors, mention.recipients
    if role == "recipient":
        own, other = other, own
    own_countries, other_countries = _set(own), _set(other)
    main = own[0].country if own else None
    unknown, alone = not own_countries, not other_countries
    is_open = bool(own) and unknown
    sides = float(bool(own)), float(is_open), float(not unknown), float(not alone)
    kind = TYPES.index(mention.event_type)
    rows = []
    own_lean = _ROLES.index(role)
    for country, share, top, single, around, place, speaks, leans in asked:
        here, there = country in own_countries, country in other_countries
        rows.append(SparseRow([
            1.0, float(here), float(here and main == country), float(there), *sides,
            share, float(top), float(top and is_open), float(top and not own),
            share * unknown, *around, place, speaks, single,
            float(there and top), float(there and unknown), float(top and alone),
            leans[own_lean], leans[1 - own_lean], leans[own_lean] * unknown,
        ], ((kind, float(there)), (kind + len(TYPES), float(top)))))  # fmt: skip
    return rows


def _named_around(indices: Sequence[int], start: int, at: int, stop: int) -> list[float]:
    """Where a country is named, seen from a word and its clause; the places in order."""
    if not indices:
        return _UNNAMED
    before = [index for index in indices if index <= at]
    after = [index for index in indices if index > at]
    return [
        1.0,
        float(any(start <= index < stop for index in indices)),
        float(bool(before) and max(before) >= start),
        float(bool(after) and min(after) < stop),
        1.0 / (1.0 + min(at - max(before), _FAR)) if before else _NOWHERE,
        1.0 / (1.0 + min(min(after) - at, _FAR)) if after else _NOWHERE,
    ]


def _set(actors: Iterable[Actor]) -> set[str]:
    return {a.country for a in actors if a.country}


def has_numbers(mention: EventMention, scene: Scene) -> list[float]:
    """What the model is asked about whether an event has a recipient at all."""
    phrase, named = bool(mention.recipients), bool(_set(mention.recipients))
    match, slots = mention.match, mention.arguments.slots
    sectors = {s for a in mention.recipients for s in a.sectors}
    sentence, at = scene.sentence, mention.token
    stop = sentence.clause_stop(at)
    after = [scene.known[i] for i in range(at + 1, stop) if i in scene.known]
    following = sentence.words[at + 1] if at + 1 < sentence.stop else ""
    following = following if following in _SLOTS else following[:1] if following else ""
    reading = match.reading
    return [
        *mention.odds, float(phrase), float(named), float(match.verbal),
        float(mention.arguments.passive), float(match.rule.reciprocal),
        float(len(mention.actors)), float(len(mention.recipients)),
        float(bool(_set(mention.actors))),
        float(match.rule.object == "recipient"), float("recipient" in match.rule.slots.values()),
        float(mention.arguments.inherited), float(mention.trigger.field == "title"),
        float(len(match.parts) > 1), float(bool(reading and reading.pronoun)),
        float(bool(reading and reading.pos == "A")), float(bool(reading and reading.definite)),
        float(stop - at), float(sentence.kind(at + 1) == "P"),
        float(any(sentence.kind(i) == "C" for i in range(at + 1, min(at + 3, sentence.stop)))),
        float(bool(after)), float(any(name != "E:place" for name in after)),
        float(scene.speaker is not None),
        *[float(name in sectors) for name in _WEIGHED],
        *_things(mention), *[float(name in slots) for name in _SLOTS],
        *[float(following == name) for name in _SLOTS], *_ONE_OF[mention.event_type],
    ]  # fmt: skip


def _things(mention: EventMention) -> list[float]:
    """Whether what is acted upon is known to be somebody, or looks like an act or a thing."""
    if not mention.recipients:
        return [0.0] * (4 + len(_NOUN_KINDS))
    first = mention.recipients[0]
    word = normalise_text(first.text or "-").split()[0]
    somebody = bool(first.country or set(first.sectors) - {"UNK"})
    kinds = _noun_kinds(word)
    return [
        float(somebody), float(word_info(word).act), float(word.startswith(("ال", "لل"))),
        float(bool(analyse(word)) and not somebody), *[float(k in kinds) for k in _NOUN_KINDS],
    ]  # fmt: skip


def _noun_kinds(word: str) -> set[str]:
    """What a word may name that is no party: بالخطوة is a matter."""
    bare = {word, *(rest for _, rest in rests(word, SINGLE, _LEAST))}
    return {kind for kind, nouns in _NOUN_KINDS.items() if bare & nouns}


def assign_countries(
    mentions: Sequence[tuple[EventMention, Scene]], countries: Countries, models: SideModels
) -> None:
    """Give the sides of events their countries, and take away recipients that they have not.

    Args:
        mentions: events and their sentences; actors and recipients are replaced.
        countries: of their article.
        models: of the sides.
    """
    chances = models.has([has_numbers(mention, scene) for mention, scene in mentions])
    for (mention, scene), chance in zip(mentions, chances, strict=True):
        _assign(mention, scene, countries, models, has=chance >= HAS)


def _assign(
    mention: EventMention, scene: Scene, countries: Countries, models: SideModels, *, has: bool
) -> None:
    """Give one event's sides their countries, the second if it has one."""
    taken = _phrases(mention, scene)
    if not has:
        mention.recipients = []
    found = options(mention, scene, countries)
    if not found:
        return
    weighed: dict[Role, dict[str, float]] = {}
    asked = standings(mention, scene, countries, found) if len(found) > 1 else []
    for role in _ROLES if has else _ROLES[:1]:
        chances = models.of(role).sparse(party_numbers(mention, asked, role)) if asked else [1.0]
        weighed[role] = dict(zip(found, chances, strict=True))
    if has:  # first: who acts is left unnamed more often than who is acted upon
        recipients = mention.recipients
        mention.recipients = _side(mention, scene, weighed["recipient"], recipients, taken)
        taken = [*taken, *mention.recipients]
    mention.actors = _side(mention, scene, weighed["actor"], mention.actors, taken)


def _side(
    mention: EventMention,
    scene: Scene,
    chances: Mapping[str, float],
    own: list[Actor],
    taken: Sequence[Actor],
) -> list[Actor]:
    """One side with its country."""
    best = max(chances, key=lambda country: (chances[country], country))
    named = _set(own)
    if best in named:
        return own
    if named:
        beaten = chances[best] - max(chances[c] for c in named) > MARGIN
        return [_elsewhere(scene, mention, best, taken)] if beaten else own
    for number, actor in enumerate(own):
        both = normalise_text(actor.text or "").split()[:1]
        if not set(actor.sectors) & STATELESS and not both_sides().intersection(both):
            return [*own[:number], replace(actor, country=best), *own[number + 1 :]]
    return own or [_elsewhere(scene, mention, best, taken)]


def _phrases(mention: EventMention, scene: Scene) -> list[Actor]:
    """Who has a part in a sentence already: the sides that grammar found, and who tells of it."""
    speaker = [scene.speaker.actor] if scene.speaker else []
    return [*mention.actors, *mention.recipients, *speaker]


def _elsewhere(scene: Scene, mention: EventMention, country: str, taken: Sequence[Actor]) -> Actor:
    """The phrase of a clause that names a country, else somebody of it who is not named."""
    sentence, at = scene.sentence, mention.token
    tokens = scene.annotations.tokens
    start, stop = sentence.clause_start(at), sentence.clause_stop(at)
    near = []
    hit = {i for toll in scene.tolls or () for i in range(toll.first, toll.last + 2)}
    for named in scene.annotations.between(start, stop):
        entity = named.entity
        if named.first in hit or _acts_otherwise(scene, mention, named):
            continue  # neither who is counted among the dead nor who does something else
        if entity.country != country or entity.kind == "place" or entity.head == "capital":
            continue
        low, high = tokens.normalised.span(entity.start, entity.end)
        if not any(_overlaps(actor, tokens.field, low, high) for actor in taken):
            near.append(named)
    if not near:
        return Actor(None, None, country, ("UNK",))
    entity = min(near, key=lambda n: (abs(n.first - at), n.first)).entity
    low, high = tokens.normalised.span(entity.start, entity.end)
    return Actor(
        entity.name, tokens.raw[low:high], country, entity.sectors, tokens.field, low, high
    )


def _acts_otherwise(scene: Scene, mention: EventMention, named: Named) -> bool:
    """Whether another verb than the event's says what a phrase before it does: وخامنئي يتوعد."""
    after = named.last + 1
    return scene.sentence.is_verb(after) and after not in mention.match.parts


def _overlaps(actor: Actor, field: str, low: int, high: int) -> bool:
    """Whether an actor's phrase shares a letter with a span."""
    if actor.field != field or actor.char_start is None or actor.char_end is None:
        return False
    return actor.char_start < high and low < actor.char_end
