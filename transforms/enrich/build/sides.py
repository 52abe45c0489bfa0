"""Fit what is said of an event once it is decided: its sides, date and place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from transforms.enrich.attributes.article import Countries
from transforms.enrich.build.boost import Recipe, fit_trees
from transforms.enrich.build.gold import Gold, overlaps, placed
from transforms.enrich.build.linear import fit_logistic
from transforms.enrich.events.candidates import Scene
from transforms.enrich.events.mention import EventMention
from transforms.enrich.events.parties import (
    TYPED,
    SideModels,
    assign_countries,
    has_numbers,
    options,
    party_numbers,
    standings,
)
from transforms.enrich.events.roles import Role
from transforms.enrich.events.setting import (
    Placed,
    SettingModels,
    date_numbers,
    date_options,
    likeliest,
    place_numbers,
    place_options,
    setting_of,
)
from transforms.enrich.events.trees import Trees

RIDGE: Final = 3.0
HAS: Final = Recipe(trees=150, depth=4, rate=0.06, ridge=6.0)  # a recipient, a place
CHOICE: Final = Recipe(trees=200, depth=4, rate=0.06, ridge=6.0)  # of a date, of a place
PARTS: Final = 4  # of the articles, each asked about its places by a model fitted on the others
SAME_COUNTRY: Final = 0.4  # how right another place of the right country is
_Rows = tuple[list[list[float]], list[float]]


class Right(NamedTuple):
    """A mention that answers gold events: what it was made of, and the events."""

    mention: EventMention
    scene: Scene
    events: list[Gold]


def told_by(mention: EventMention, event: Gold, gold: Gold) -> Gold:
    """An event as a mention tells it: where one side acts alone, the others are acted upon.

    A visit is marked as an act of both, and "arrived in Chad" tells of a guest and a host.

    Args:
        mention: the mention, with sides.
        event: the event of the gold that it answers.
        gold: the article.
    """
    parties = [*event["actor"], *event["recipient"]]
    if not parties or not event.get("reciprocal") or mention.match.rule.reciprocal:
        return event
    given = [placed(actor, gold) for actor in mention.actors if actor.char_start is not None]
    acting = next(
        (p for p in parties if "start" in p and overlaps((p["start"], p["end"]), given)), parties[0]
    )
    others = [party for party in parties if party is not acting]
    return {**event, "reciprocal": False, "actor": [acting], "recipient": others}


@dataclass(slots=True)
class Told:
    """What an article tells rightly.

    Attributes:
        right: its mentions that answer gold events.
        scenes: its sentences.
        countries: those it names.
        rows: what the models of the sides are fitted on, once it was made.
    """

    right: list[Right]
    scenes: list[Scene]
    countries: Countries
    rows: dict[str, _Rows] = field(default_factory=dict)


def fit_sides(articles: Sequence[Told]) -> SideModels:
    """The models of the two sides, on right mentions of events whose sides have countries."""
    for told in articles:
        if not told.rows:
            told.rows = _side_rows(told)

    def gathered(name: str) -> _Rows:
        rows = [row for told in articles for row in told.rows[name][0]]
        return rows, [target for told in articles for target in told.rows[name][1]]

    return SideModels(
        fit_logistic(*gathered("actor"), RIDGE),
        fit_logistic(*gathered("recipient"), RIDGE),
        fit_trees(*gathered("has"), HAS),
    )


def _side_rows(told: Told) -> dict[str, _Rows]:
    found: dict[str, _Rows] = {"actor": ([], []), "recipient": ([], []), "has": ([], [])}
    countries = told.countries
    for mention, scene, (event, *_) in told.right:
        if event["core"] is not None:
            has = bool(event["recipient"]) and not event.get("reciprocal")
            found["has"][0].append(has_numbers(mention, scene))
            found["has"][1].append(float(has))
        for role, wanted in _sides(event).items():
            rows, targets = found[role]
            named = options(mention, scene, countries) if wanted else []
            asked = standings(mention, scene, countries, named)
            rows += [row.whole(TYPED) for row in party_numbers(mention, asked, role)]
            targets += [float(country in wanted) for country in named]
    return found


def _sides(event: Gold) -> dict[Role, set[str]]:
    """The countries of the two sides of a gold event; of a reciprocal one all are actors."""
    actors, recipients = (
        {c for p in event[side] for c in (p["country"], *p.get("country_alt", ())) if c}
        for side in ("actor", "recipient")
    )
    if event.get("reciprocal"):
        return {"actor": actors | recipients, "recipient": set()}
    return {"actor": actors, "recipient": recipients}


def fit_setting(articles: Sequence[Told], sides: SideModels) -> SettingModels:
    """The models of date and place, on right mentions."""
    rows: dict[str, list[list[float]]] = {"date": [], "place": []}
    targets: dict[str, list[float]] = {"date": [], "place": []}
    asked, parts = [], []
    for number, told in enumerate(articles):
        setting = setting_of(told.scenes, told.countries)
        for mention, scene, (event, *_) in told.right:
            copied = replace(mention)
            assign_countries([(copied, scene)], told.countries, sides)
            days = (event["date"], *event.get("date_alt", ()))
            for dated in date_options(scene, setting) if event["date"] else ():
                rows["date"].append(date_numbers(copied, scene, setting, dated))
                day = dated.when.start.isoformat()
                targets["date"].append(float(any(day.startswith(d) for d in days)))
            places = place_options(scene, setting)
            if places and event["core"] is not None and event.get("place_known", True):
                asked.append((number % PARTS, (copied, scene), setting, float(_has_place(event))))
            if _has_place(event):
                parts += [number % PARTS] * len(places)
                rows["place"] += place_numbers(copied, scene, setting, places)
                targets["place"] += [_right_place(placed, event["place"]) for placed in places]
    date, place = (fit_trees(rows[name], targets[name], CHOICE) for name in rows)
    others = [_without(rows["place"], targets["place"], parts, part) for part in range(PARTS)]
    numbers = [likeliest([each], around, others[part])[0][1] for part, each, around, _ in asked]
    return SettingModels(date, place, fit_trees(numbers, [has for *_, has in asked], HAS))


def _without(
    rows: Sequence[Sequence[float]], targets: Sequence[float], parts: Sequence[int], part: int
) -> Trees:
    """The model of places that has not seen a part of the articles."""
    kept = [number for number, own in enumerate(parts) if own != part]
    return fit_trees([rows[n] for n in kept], [targets[n] for n in kept], CHOICE)


def _has_place(event: Gold) -> bool:
    return bool(event["place"] and event["place"]["country"])


def _right_place(placed: Placed, wanted: Gold) -> float:
    """1 for a place in the right country that is named alike, less for another of the country."""
    place = placed.named.entity.place
    if place is None or place.country != wanted["country"]:
        return 0.0
    return 1.0 if place.name in wanted["text"] or wanted["text"] in place.name else SAME_COUNTRY
