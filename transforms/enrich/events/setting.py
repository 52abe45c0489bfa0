"""When and where: which date and which place of an article belong to an event.

The date expressions of its sentence, those of the sentences before, and the day of the article are
weighed for every event by a fitted model, and so are the places of its sentence and of the article.
The numbers say where an expression stands, what it says, and what kind of event asks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, NamedTuple

from transforms.enrich.attributes.article import Countries
from transforms.enrich.attributes.dates import When, moment, shifted
from transforms.enrich.attributes.places import is_opened, place_from, place_token
from transforms.enrich.events.candidates import Scene
from transforms.enrich.events.details import dates_of
from transforms.enrich.events.mention import EventMention
from transforms.enrich.events.trees import Trees
from transforms.enrich.ontology.plover import EVENT_TYPES
from transforms.enrich.sentence.annotations import Annotations, Named

TYPES: Final = tuple(sorted(EVENT_TYPES))
Settled = tuple[EventMention, Scene]
_FAR: Final = 25
_NEAR: Final = 2  # sentences before one whose day its acts may hang on
_BACK: Final = 4  # dated expressions before a sentence that are weighed
_DATELINE: Final = 4  # tokens at the head of a body in which a place is a dateline
_ELSEWHERE: Final = 200  # how far a place in another text is
_PLACES: Final = 40  # places of an article that are weighed
_VERBAL: Final = frozenset({"ACCUSE", "REQUEST", "SUPPORT", "REJECT", "THREATEN", "AGREE"})
_ONE_OF: Final = {kind: [float(kind == other) for other in TYPES] for kind in TYPES}
PLACED: Final = 0.25  # probability from which an event has a place that the text tells


@dataclass(frozen=True, slots=True)
class SettingModels:
    """The models of date and place.

    Attributes:
        date: which date is the event's.
        place: which place is, of an event that has one.
        placed: whether the text says where the event took place, if at that place.
    """

    date: Trees
    place: Trees
    placed: Trees


class Dated(NamedTuple):
    """A date expression: its sentence, the tokens it covers, and what it says."""

    scene: Scene
    first: int
    last: int
    when: When


class Placed(NamedTuple):
    """A place: its text, its token, the name, and whether something is said to happen there."""

    annotations: Annotations
    token: int
    named: Named
    opened: bool


@dataclass(frozen=True, slots=True)
class Setting:
    """The dates and places of an article, in the order of the text, and its countries.

    ``options`` holds those that are weighed for a sentence, as far as it was asked for.
    """

    dates: tuple[Dated, ...]
    places: tuple[Placed, ...]
    countries: Countries
    anchor: dt.date | None
    options: dict[int, tuple[list[Dated], list[Placed]]] = field(default_factory=dict, repr=False)

    def options_of(self, scene: Scene) -> tuple[list[Dated], list[Placed]]:
        """The dates and places that are weighed for the events of a sentence, gathered once."""
        found = self.options.get(id(scene))
        if found is None:
            found = date_options(scene, self), place_options(scene, self)
            self.options[id(scene)] = found
        return found

    def dates_here(self, mention: EventMention, scene: Scene) -> bool:
        """Whether a date expression of an event's own sentence dates it."""
        return any(d.when is mention.when and d.scene is scene for d in self.dates)


def setting_of(scenes: Sequence[Scene], countries: Countries) -> Setting:
    """Gather the dates and places of an article.

    Args:
        scenes: its sentences.
        countries: those it names.
    """
    dates = []
    for scene in scenes:
        tokens = scene.annotations.tokens
        for found in dates_of(scene):
            when = moment(scene.annotations, found, ahead=False)
            if when is not None:
                first, stop = tokens.range_of(found.start, found.end)
                dates.append(Dated(scene, first, max(stop - 1, first), when))
    texts = list({id(s.annotations): s.annotations for s in scenes}.values())
    named_places = [
        (text, place_token(text, named), named)
        for text in texts
        for named in text.named
        if named.entity.place is not None
    ]
    places = [
        Placed(text, token, named, is_opened(text, token))
        for text, token, named in named_places[:_PLACES]
    ]
    anchor = scenes[0].annotations.anchor if scenes else None
    return Setting(tuple(dates), tuple(places), countries, anchor)


def settle(mentions: Sequence[Settled], setting: Setting, models: SettingModels) -> None:
    """Give events their dates and places.

    Args:
        mentions: the events, their ``when`` and ``place`` are replaced, and their sentences.
        setting: of their article.
        models: of both.
    """
    undated = []
    for mention, scene in mentions:
        before = _day_before(scene, setting)
        fixed = shifted(scene.annotations, scene.sentence, mention.match, dates_of(scene), before)
        if fixed is not None:
            mention.when = fixed
        elif mention.realis.status != "future" and setting.anchor is not None:
            undated.append((mention, setting.options_of(scene)[0], scene))
    asked = [
        [date_numbers(mention, scene, setting, dated) for dated in dates]
        for mention, dates, scene in undated
    ]
    for (mention, dates, _), (chosen, _) in zip(undated, _best(asked, models.date), strict=True):
        mention.when = dates[chosen].when
    placed = [(mention, scene) for mention, scene in mentions if setting.options_of(scene)[1]]
    found = likeliest(placed, setting, models.place)
    told = models.placed([numbers for _, numbers in found])
    for (mention, _), (place, _), chance in zip(placed, found, told, strict=True):
        mention.place = place_from(place.annotations, place.named) if chance >= PLACED else None


def likeliest(
    mentions: Sequence[Settled], setting: Setting, model: Trees
) -> list[tuple[Placed, list[float]]]:
    """Which places events most probably have, and what is asked to know whether they have one.

    Args:
        mentions: the events and their sentences, for which places are weighed.
        setting: of their article.
        model: which place is an event's.
    """
    asked = [
        place_numbers(mention, scene, setting, setting.options_of(scene)[1])
        for mention, scene in mentions
    ]
    return [
        (
            setting.options_of(scene)[1][chosen],
            [
                chance, float(len(rows)), float(mention.match.verbal),
                float(scene.speaker is not None), *rows[chosen][1:], *_ONE_OF[mention.event_type],
            ],
        )
        for (mention, scene), rows, (chosen, chance) in zip(
            mentions, asked, _best(asked, model), strict=True
        )
    ]  # fmt: skip


def _best(asked: Sequence[Sequence[Sequence[float]]], model: Trees) -> list[tuple[int, float]]:
    """Which option of each is the most probable, the first of equals, and how probable."""
    chances = iter(model([row for rows in asked for row in rows]))
    ranked = [list(islice(chances, len(rows))) for rows in asked]
    return [(own.index(max(own)), max(own)) for own in ranked]


def _day_before(scene: Scene, setting: Setting) -> dt.date | None:
    """The last day that the sentences right before one are about."""
    near = range(scene.number - _NEAR, scene.number)
    days = [
        dated.when.end
        for dated in setting.dates
        if dated.scene.annotations is scene.annotations
        and dated.scene.number in near
        and dated.when.precision == "day"
    ]
    return days[-1] if days else None


def date_options(scene: Scene, setting: Setting) -> list[Dated]:
    """The dates that are weighed for an event, none of them after the article."""
    anchor = setting.anchor
    if anchor is None:
        return []
    here = [d for d in setting.dates if d.scene is scene]
    title = scene.annotations.tokens.field == "title"
    others = [d for d in setting.dates if d.scene is not scene]
    if title:
        near = others[:2]
    else:
        position = scene.number
        before = [d for d in others if d.scene.number < position or _titled(d)]
        lead = [d for d in before if not _titled(d)][:1]
        near = [*lead, *before[-_BACK:]]
    document = Dated(scene, -1, -1, When(anchor, anchor, "day", "document"))
    unique = {id(d): d for d in (*here, *near)}
    return [document, *(d for d in unique.values() if d.when.start <= anchor)]


def _titled(dated: Dated) -> bool:
    return dated.scene.annotations.tokens.field == "title"


def place_options(scene: Scene, setting: Setting) -> list[Placed]:
    """The places weighed for an event: of its sentence, the first of the article, near ones."""
    sentence = scene.sentence
    here: list[Placed] = []
    others: list[Placed] = []
    for placed in setting.places:
        own = placed.annotations is scene.annotations
        inside = own and sentence.first <= placed.token < sentence.stop
        (here if inside else others).append(placed)
    before = [p for p in others if p.annotations is scene.annotations and p.token < sentence.first]
    unique = {id(p): p for p in (*here[:8], *others[:5], *before[-2:])}
    return list(unique.values())


def date_numbers(
    mention: EventMention, scene: Scene, setting: Setting, dated: Dated
) -> list[float]:
    """What the model is asked about a date for an event."""
    sentence, at, when = scene.sentence, mention.token, dated.when
    document = dated.first < 0
    other = not document and dated.scene is not scene
    here = dated.scene is scene and not document
    count = sum(d.scene is scene for d in setting.dates)
    breaks = verbs = distance = 0
    if here:
        low, high = sorted((at, dated.first))
        breaks = sentence.breaks(low, high)
        verbs = sentence.stretch(low + 1, high).count("V")
        distance = high - low
    days = 0 if setting.anchor is None else (setting.anchor - when.end).days
    lines = 0 if here or document else abs(scene.number - dated.scene.number)
    same = dated.scene.annotations is scene.annotations
    verbal = mention.event_type in _VERBAL
    sure = mention.match.verbal
    later = here and dated.first > at
    paragraph = same and dated.scene.sentence.paragraph == sentence.paragraph
    tense = mention.match.reading.tense if mention.match.reading else ""
    return [
        1.0, float(document), float(here), float(here and breaks == 0), float(min(breaks, 3)),
        float(min(verbs, 4)), min(distance, _FAR) / _FAR, float(later and verbs == 0), float(later),
        float(document and count == 0), float(document and count > 0), float(document and verbal),
        float(document and not sure), float(document and tense == "imp"),
        float(other), min(lines, 5) / 5.0 * (not document),
        float(other and paragraph), float(other and count > 0),
        float(other and verbal), float(other and not same),
        float(other and days <= 1), float(days == 0), float(days == 1),
        float(1 < days <= 7), float(7 < days <= 60), float(days > 60),
        float(when.precision != "day"), float(when.basis == "explicit"),
        float(here and days > 7 and not sure), float(here and verbal),
        float(scene.annotations.tokens.field == "title" and document),
    ]  # fmt: skip


def place_numbers(
    mention: EventMention, scene: Scene, setting: Setting, places: Sequence[Placed]
) -> list[list[float]]:
    """What the model is asked about each place for an event."""
    at, kind = mention.token, mention.event_type
    stretch = scene.sentence.clause_start(at), scene.sentence.clause_stop(at)
    weights = setting.countries.weights
    first = next(iter(weights), None)
    actors = {a.country for a in mention.actors if a.country}
    recipients = {a.country for a in mention.recipients if a.country}
    own = None if mention.place is None else mention.place.name
    talk, consult, titled = kind in _VERBAL, kind == "CONSULT", mention.trigger.field == "title"
    rows = []
    for placed in places:
        entity, token, opened = placed.named.entity, placed.token, placed.opened
        place = entity.place
        country = place.country if place else None
        same, here, clause, breaks = _where(placed, scene, at, stretch)
        stands, whole = entity.kind != "place", place is not None and place.precision == "country"
        top = bool(weights) and first == country
        title = placed.annotations.tokens.field == "title"
        dateline = not title and token < _DATELINE
        gap = abs(token - at) if same else _ELSEWHERE
        chosen = own is not None and own == (place.name if place else "")
        rows.append([
            1.0, float(here), float(clause), float(clause and opened), float(here and opened),
            float(min(breaks, 3)) * here, min(gap, 200) / 200.0, float(here and token > at),
            1.0 / (1.0 + min(gap, 50)), float(stands), float(stands and not opened), float(whole),
            float(whole and here), float(opened), float(top), weights.get(country or "", 0.0),
            float(country in actors), float(country in recipients), float(title), float(dateline),
            float(same and token < at), float(talk and dateline), float(talk and here),
            float(chosen), float(chosen and here), float(chosen and top),
            float(consult and opened), float(consult and dateline),
            float(titled), float(title and top), float(here and top),
            float(not here and whole), float(not here and opened and not whole),
        ])  # fmt: skip
    return rows


def _where(
    placed: Placed, scene: Scene, at: int, clause: tuple[int, int]
) -> tuple[bool, bool, bool, int]:
    """Whether a place stands in a word's text, sentence and clause, and the clauses between."""
    sentence, token = scene.sentence, placed.token
    if placed.annotations is not scene.annotations:
        return False, False, False, 0
    if not sentence.first <= token < sentence.stop:
        return True, False, False, 0
    low, high = sorted((at, token))
    return True, True, clause[0] <= token < clause[1], sentence.breaks(low, high)
