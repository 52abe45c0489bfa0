"""The records of the actor and place lexicon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["actor", "place", "both"]


@dataclass(frozen=True, slots=True)
class PlaceEntry:
    """A place of the gazetteer.

    Attributes:
        name: canonical Arabic name.
        country: ISO 3166-1 alpha-3 (XKX for Kosovo); None for seas and supranational regions.
        admin1: Arabic name of the governorate or province it lies in.
        lat: latitude in degrees (WGS 84).
        lon: longitude in degrees.
        geonames_id: GeoNames id, when the place is from there.
        precision: ``city``, ``admin1``, ``region`` or ``country``.
    """

    name: str
    country: str | None
    admin1: str | None
    lat: float | None
    lon: float | None
    geonames_id: int | None
    precision: str


@dataclass(frozen=True, slots=True)
class Entity:
    """A maximal phrase that names an actor, a place or something that can be either.

    All indices are normalised ones (``Normalised.text``), end-exclusive; proclitics (و ف ب ل ك)
    are outside. Country names and capitals are ``both``: as an actor they mean the government
    (sectors ``GOV``), as a place themselves.

    Attributes:
        start: first character of the phrase.
        end: after its last character.
        kind: ``actor``, ``place`` or ``both``.
        name: canonical Arabic name, or the phrase in usual spelling.
        country: ISO 3166-1 alpha-3 of the actor (or of the place, for kind ``place``).
        sectors: PLOVER sectors of the actor; () for kind ``place``.
        place: the place named, alone or inside the phrase (``مدنيون في حلب``).
        place_start: first character of the place's own name; -1 without a place.
        place_end: after the place's name; -1 without a place.
        head: role of the head word: country, capital, place, people, agent, organisation,
            leader, person (a name in no table: no country, no sectors).
        head_end: after the head word or its fixed expression (before adjectives and qualifiers).
        definite: the head is definite (الجيش, a name) rather than indefinite (جنود).
        plural: the head is plural or collective.
        inferred: the country was taken from an earlier mention of the same head in the text; for
            places: a bare noun (المدينة) that repeats an earlier place.
    """

    start: int
    end: int
    kind: Kind
    name: str
    country: str | None
    sectors: tuple[str, ...]
    place: PlaceEntry | None = None
    place_start: int = -1
    place_end: int = -1
    head: str = ""
    head_end: int = -1
    definite: bool = False
    plural: bool = False
    inferred: bool = False
