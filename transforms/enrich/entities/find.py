"""Find actors and places in normalised Arabic text."""

from __future__ import annotations

from collections import Counter
from typing import Final

from transforms.enrich.entities.compose import Composer
from transforms.enrich.entities.phrase import EntityPhrase, merge_sectors
from transforms.enrich.entities.records import Entity, Kind, PlaceEntry
from transforms.enrich.entities.scan import NameMatch, NameTokens, scanner
from transforms.text.arabic import Normalised, normalise_text

__all__ = ["Entity", "PlaceEntry", "find_entities", "find_places"]

_PLACES: Final = frozenset({"place", "country", "capital", "region"})
_HEADS: Final = {"nisba": "people", "region": "place"}
_REGION_NOUNS: Final = ("اقليم", "منطقه")
_REPEATED: Final = frozenset(
    {*_REGION_NOUNS, "مدينه", "محافظه", "بلده", "قريه", "مخيم", "ولايه", "ضاحيه", "حي", "جزيره"}
)
_NON_STATE: Final = frozenset({"UAF", "REB", "CVL", "REF"})


def find_entities(normalised: Normalised) -> list[Entity]:
    """Find the maximal phrases that name actors and places.

    Give it a whole title or body: what one sentence says of a head (``الجيش السوري``) decides
    later bare mentions (``الجيش``), and ambiguous place names go by the countries around them.

    Args:
        normalised: the text; indices of the answer are into ``normalised.text``.

    Returns:
        Entities in order, not overlapping.
    """
    tokens, phrases = _phrases(normalised.text)
    places = _resolve_places(tokens, phrases)
    _reassign_held(phrases)
    inferred = _inherit_countries(phrases)
    return [
        _entity(tokens, phrase, place, inferred=number in inferred)
        for number, (phrase, place) in enumerate(zip(phrases, places, strict=True))
        if number in inferred or phrase.qualified or "k" not in phrase.form.lexeme.flags
    ]


def find_places(normalised: Normalised) -> list[Entity]:
    """Find the places, also those inside actor phrases.

    Args:
        normalised: the text; indices of the answer are into ``normalised.text``.

    Returns:
        Entities of kind ``place``, each spanning the place's own name.
    """
    return [
        Entity(
            start=entity.place_start,
            end=entity.place_end,
            kind="place",
            name=entity.place.name,
            country=entity.place.country,
            sectors=(),
            place=entity.place,
            place_start=entity.place_start,
            place_end=entity.place_end,
            head="place",
            head_end=entity.place_end,
            definite=True,
        )
        for entity in find_entities(normalised)
        if entity.place is not None
    ]


def _phrases(text: str) -> tuple[NameTokens, list[EntityPhrase]]:
    """Tokens and their phrases, left to right, longest first."""
    scan = scanner()
    tokens = NameTokens(text, scan)
    composer = Composer(tokens, scan.lexicon)
    phrases = []
    index, words, starts = 0, tokens.words, scan.starts
    latest: dict[str, EntityPhrase] = {}
    while index < len(words):
        phrase = composer.compose(index) if starts[words[index]] else None
        if phrase is None:
            phrase = _again(tokens, index, latest) if latest and "ال" in words[index] else None
        else:
            _remember(tokens, phrase, latest)
        if phrase is None:
            index += 1
            continue
        phrases.append(phrase)
        index = phrase.last + 1
    return tokens, phrases


def _remember(tokens: NameTokens, phrase: EntityPhrase, latest: dict[str, EntityPhrase]) -> None:
    """Note what a later bare noun (المدينة, الإقليم) would mean."""
    if phrase.place is None:
        return
    best = phrase.place.best().lexeme
    if best.role == "region":
        latest.update(dict.fromkeys(_REGION_NOUNS, phrase))
    noun = tokens.words[phrase.place.first - 1] if phrase.place.first else ""
    if noun in _REPEATED:
        latest[noun] = phrase
    elif best.role == "place" and " " not in best.name and phrase.match.precision != "admin1":
        latest["مدينه"] = phrase


def _again(tokens: NameTokens, index: int, latest: dict[str, EntityPhrase]) -> EntityPhrase | None:
    """A bare definite place noun that repeats an earlier place."""
    word = tokens.words[index]
    noun = word.lstrip("وف").removeprefix("ب").removeprefix("ك").removeprefix("ال")
    full = latest.get(noun)
    if full is None or full.place is None or not word.endswith(f"ال{noun}"):
        return None
    start = tokens.ends[index] - len(noun) - 2
    form = full.place.best()
    again = EntityPhrase(index, index, start, form, full.place, place=full.place, head_last=index)
    again.country, again.again = tokens.place_country(full.place), True
    return again


def _resolve_places(tokens: NameTokens, phrases: list[EntityPhrase]) -> list[PlaceEntry | None]:
    """The gazetteer entry of each phrase's place, by the countries the text speaks of."""
    spoken = Counter(
        phrase.country
        for phrase in phrases
        if phrase.country and phrase.form.lexeme.role != "place"
    )
    places: list[PlaceEntry | None] = []
    for phrase in phrases:
        entry = _choose(tokens, phrase, spoken) if phrase.place is not None else None
        if entry is not None and phrase.form.lexeme.role == "place":
            phrase.country = entry.country
        places.append(entry)
    return places


def _choose(tokens: NameTokens, phrase: EntityPhrase, spoken: Counter[str]) -> PlaceEntry | None:
    match: NameMatch = phrase.place or phrase.match
    entries = [tokens.entry(row) for row in tokens.place_rows(match)]
    if not entries:
        return None
    role = match.best().lexeme.role
    settled = match.country or (
        phrase.country if role != "place" or phrase.match is not match else None
    )

    def fitness(entry: PlaceEntry) -> tuple[bool, bool, int]:
        right = settled is not None and entry.country == settled
        return right, entry.precision == match.precision, spoken[entry.country or ""]

    best = max(entries, key=fitness)
    # A mention of another country alone does not make a famous name an unknown one.
    return best if any(fitness(best)) else entries[0]


def _reassign_held(phrases: list[EntityPhrase]) -> None:
    """Non-state people of the holders of a region named in the text are the region's."""
    held = {
        phrase.form.lexeme.held_by: phrase.country
        for phrase in phrases
        if phrase.form.lexeme.role == "region" and phrase.form.lexeme.held_by
    }
    if not held:
        return
    for phrase in phrases:
        sovereign = held.get(phrase.country or "")
        if sovereign and phrase.sectors and _NON_STATE.issuperset(phrase.sectors):
            armed = {"UAF", "REB"} & set(phrase.sectors)
            phrase.sectors = merge_sectors(("REB",) if armed else phrase.sectors, ("PRE",))
            phrase.country = sovereign


def _family(phrase: EntityPhrase) -> str:
    """What a bare head and its full form share: the first word of the lexeme (وزارة)."""
    return normalise_text(phrase.form.lexeme.name.partition(" ")[0])


def _inherit_countries(phrases: list[EntityPhrase]) -> set[int]:
    """Give bare definite heads the country of the last full mention; the numbers of those given."""
    latest: dict[str, EntityPhrase] = {}
    given: set[int] = set()
    waiting: dict[str, list[int]] = {}
    for number, phrase in enumerate(phrases):
        lexeme = phrase.form.lexeme
        if phrase.again:
            continue
        if lexeme.role == "organisation":
            latest.update(dict.fromkeys(lexeme.kin, phrase))
        if lexeme.role != "agent" or not (phrase.foreign or set("bp") & set(lexeme.flags)):
            continue
        if "o" in lexeme.flags:
            continue  # whose it is, the possessive says, not the last one of the kind
        # Peacekeepers and the like go by their whole name, in either direction.
        key = phrase.foreign or _family(phrase)
        if phrase.country:
            latest[key] = phrase
            for earlier in waiting.pop(key, []):
                phrases[earlier].country = phrase.country
                given.add(earlier)
        elif key in latest and (phrase.form.definite or phrase.foreign):
            _repeat(phrase, latest[key])
            given.add(number)
        elif phrase.foreign:
            waiting.setdefault(key, []).append(number)
    return given


def _repeat(phrase: EntityPhrase, full: EntityPhrase) -> None:
    """Let a bare head mean what its full mention meant."""
    phrase.country = full.country
    if " " in phrase.form.lexeme.name or phrase.qualified:
        return
    phrase.sectors = full.sectors
    if full.form.lexeme.role == "organisation":
        phrase.name = full.name


def _kind(phrase: EntityPhrase) -> Kind:
    if phrase.again:
        return "place"
    role = phrase.form.lexeme.role
    classified = phrase.match.first > phrase.first and phrase.match.precision != "country"
    if role == "place" or (role in _PLACES and classified):
        return "place"
    return "both" if role in _PLACES else "actor"


def _entity(
    tokens: NameTokens, phrase: EntityPhrase, place: PlaceEntry | None, *, inferred: bool
) -> Entity:
    kind = _kind(phrase)
    role = phrase.form.lexeme.role
    name = place.name if kind == "place" and place else phrase.name or " ".join(phrase.words)
    match = phrase.place if place else None
    place_start = phrase.start if phrase.again else match.start if match else -1
    place_end = tokens.ends[phrase.last if phrase.again else match.last] if match else -1
    return Entity(
        start=phrase.start,
        end=tokens.ends[phrase.last],
        kind=kind,
        name=name,
        country=phrase.country,
        sectors=() if kind == "place" else phrase.sectors,
        place=place,
        place_start=place_start,
        place_end=place_end,
        head=_HEADS.get(role, role),
        head_end=tokens.ends[phrase.head_last],
        definite=phrase.form.definite,
        plural=phrase.form.plural,
        inferred=inferred or phrase.again,
    )
