"""The place of an event, from the place names around its trigger."""

from __future__ import annotations

from typing import Final

from transforms.enrich.rules.match import TriggerMatch
from transforms.enrich.sentence.annotations import Annotations, Named
from transforms.enrich.sentence.view import Sentence
from transforms.enrich.words import lists
from transforms.enrich.words.tokens import Tokens
from transforms.records import Place

_AREA: Final = lists.words("attributes", "areas")
_PLACE_OPENERS: Final = lists.words("attributes", "place_openers")


def place_of(
    annotations: Annotations, sentence: Sentence, match: TriggerMatch, taken: set[int]
) -> Place | None:
    """The place of an event: the place of its clause nearest to the trigger, cities first.

    Args:
        annotations: the text.
        sentence: the sentence.
        match: the trigger.
        taken: tokens that name an actor or recipient, unless they also name a smaller place.
    """
    best: tuple[tuple[int, ...], Named] | None = None
    for named in annotations.between(sentence.first, sentence.stop):
        entry = named.entity.place
        if entry is None:
            continue
        token = place_token(annotations, named)
        rank = _place_rank(sentence, match, named, token, taken)
        if rank is not None and (best is None or rank < best[0]):
            best = (rank, named)
    return None if best is None else place_from(annotations, best[1])


def place_token(annotations: Annotations, named: Named) -> int:
    """The token at which the place of an entity begins."""
    start = named.entity.place_start
    if start < 0:
        return named.first
    token = named.first
    while token < named.last and annotations.tokens.ends[token] <= start:
        token += 1
    return token


def _place_rank(
    sentence: Sentence, match: TriggerMatch, named: Named, token: int, taken: set[int]
) -> tuple[int, ...] | None:
    """Sort key of a candidate place, the smallest is the best; None when it is none."""
    entry = named.entity.place
    if entry is None:
        return None
    before = sentence.words[token - 1] if token > sentence.first else ""
    opened = (
        before in _PLACE_OPENERS or sentence.words[token].startswith(("ب", "وب")) or before in _AREA
    )
    country = entry.precision == "country"
    actor = named.entity.kind != "place" and token in taken
    if country and actor and not opened:
        return None
    if named.entity.kind != "place" and not opened:
        return None  # a country or capital that stands for its government
    low, high = sorted((match.head, token))
    breaks = sentence.breaks(low, high)
    behind = 0 if token > match.head else 1
    return (0 if opened else 1, breaks, 1 if country else 0, behind, abs(token - match.head))


def is_opened(annotations: Annotations, token: int) -> bool:
    """Whether a place stands behind what says that something happened there."""
    words = annotations.tokens.words
    before = words[token - 1] if token else ""
    return before in _PLACE_OPENERS or words[token].startswith(("ب", "وب")) or before in _AREA


def place_from(annotations: Annotations, named: Named) -> Place | None:
    """The record of a place that a text names, made once."""
    at = named.entity.start
    if at not in annotations.places:
        annotations.places[at] = _record(annotations.tokens, named)
    return annotations.places[at]


def _record(tokens: Tokens, named: Named) -> Place | None:
    """The record of the place of a name; None when it names none."""
    entry = named.entity.place
    if entry is None:
        return None
    low, high = named.entity.place_start, named.entity.place_end
    if low < 0:
        low, high = named.entity.start, named.entity.end
    start, end = tokens.normalised.span(low, high)
    return Place(
        entry.name, tokens.raw[start:end], entry.country, entry.admin1, entry.lat, entry.lon,
        entry.geonames_id, entry.precision, tokens.field, start, end,
    )  # fmt: skip
