"""Noun phrases as actors, places and moments: what the world knows of a trigger's surroundings."""

from __future__ import annotations

import datetime as dt
from typing import Final

from transforms.enrich import grammar
from transforms.enrich.arguments import Phrase
from transforms.enrich.draft import When
from transforms.enrich.lexicon import analyse
from transforms.enrich.match import Match
from transforms.enrich.syntax import SentenceView
from transforms.enrich.tokens import Tokens
from transforms.enrich.world import Named, World
from transforms.records import Actor, Place
from transforms.text.dates import DateMention

_PLACE_OPENERS: Final = frozenset(
    {"في", "قرب", "وسط", "داخل", "ب", "بالقرب", "شمال", "جنوب", "شرق", "غرب", "الي", "علي"}
)
_DOCUMENT_DAYS: Final = 1


def actors_of(world: World, phrases: list[Phrase]) -> list[Actor]:
    """Turn noun phrases into actors: one for each party that a phrase joins by و.

    Args:
        world: the text.
        phrases: noun phrases, first and last token.

    Returns:
        Actors with spans; the country is None when nothing in the phrase is known.
    """
    found: list[Actor] = []
    for phrase in phrases:
        for actor in _actors_of(world, phrase):
            if not any(a.char_start == actor.char_start and a.field == actor.field for a in found):
                found.append(actor)
    return found


def _actors_of(world: World, phrase: Phrase) -> list[Actor]:
    named = [n for n in world.between(phrase[0], phrase[1] + 1) if n.entity.kind != "place"]
    if not named:
        return [_unknown(world.tokens, phrase)]
    parties = [named[0]]
    for candidate in named[1:]:
        if world.tokens.words[candidate.first][0] == "و" and candidate.first > parties[-1].last:
            parties.append(candidate)
    first = _known(world.tokens, parties[0], phrase[0])
    return [first, *(_known(world.tokens, party, party.first) for party in parties[1:])]


def _unknown(tokens: Tokens, phrase: Phrase) -> Actor:
    start, end = tokens.span(*phrase)
    start += _clitic(tokens, phrase[0])
    text = tokens.raw[start:end]
    return Actor(text, text, None, (), tokens.field, start, end)


def _clitic(tokens: Tokens, index: int) -> int:
    """How many letters of a phrase's first token are a conjunction or preposition."""
    word = tokens.words[index]
    readings = [r for r in analyse(word) if r.pos != "V"]
    if readings and all(r.conjunction for r in readings):
        return 1
    if readings and all(r.preposition in {"ب", "ل"} for r in readings):
        return 0 if word.startswith("لل") else 1
    return 1 if word.startswith(("وال", "بال")) and len(word) > 5 else 0


def _known(tokens: Tokens, named: Named, first: int) -> Actor:
    """An actor from an entity, its span widened to the head of the phrase it stands in."""
    entity = named.entity
    start, end = tokens.normalised.span(entity.start, entity.end)
    if first < named.first:
        start = tokens.span(first, first)[0] + _clitic(tokens, first)
    return Actor(
        entity.name, tokens.raw[start:end], entity.country, entity.sectors, tokens.field, start, end
    )


def place_of(world: World, view: SentenceView, match: Match, taken: set[int]) -> Place | None:
    """The place of an event: the place of its clause nearest to the trigger, cities first.

    Args:
        world: the text.
        view: the sentence.
        match: the trigger.
        taken: tokens that name an actor or recipient, unless they also name a smaller place.
    """
    best: tuple[tuple[int, ...], Named] | None = None
    for named in world.between(view.first, view.stop):
        entry = named.entity.place
        if entry is None:
            continue
        token = _place_token(world, named)
        rank = _place_rank(view, match, named, token, taken)
        if rank is not None and (best is None or rank < best[0]):
            best = (rank, named)
    return None if best is None else _place(world.tokens, best[1])


def _place_token(world: World, named: Named) -> int:
    start = named.entity.place_start
    if start < 0:
        return named.first
    token = named.first
    while token < named.last and world.tokens.ends[token] <= start:
        token += 1
    return token


def _place_rank(
    view: SentenceView, match: Match, named: Named, token: int, taken: set[int]
) -> tuple[int, ...] | None:
    """Sort key of a candidate place, the smallest is the best; None when it is none."""
    entry = named.entity.place
    if entry is None:
        return None
    before = view.words[token - 1] if token > view.first else ""
    opened = (
        before in _PLACE_OPENERS or view.words[token].startswith(("ب", "وب")) or before in _AREA
    )
    country = entry.precision == "country"
    actor = named.entity.kind != "place" and token in taken
    if country and actor and not opened:
        return None
    if named.entity.kind != "place" and not opened and country:
        return None
    low, high = sorted((match.head, token))
    breaks = sum(view.kind(i) in ".CR" for i in range(low, high))
    behind = 0 if token > match.head else 1
    return (0 if opened else 1, breaks, 1 if country else 0, behind, abs(token - match.head))


_AREA: Final = frozenset(
    [
        "مدينه",
        "بلده",
        "قريه",
        "منطقه",
        "محافظه",
        "ولايه",
        "اقليم",
        "مدينتي",
        "حي",
        "ضاحيه",
        "مخيم",
        "العاصمه",
        "جزيره",
        "مطار",
        "معبر",
        "شارع",
        "ريف",
        "قضاء",
    ]
)


def _place(tokens: Tokens, named: Named) -> Place | None:
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


def when_of(
    world: World, view: SentenceView, match: Match, mentions: list[DateMention]
) -> When | None:
    """The date of an event: the mention of its clause nearest to the trigger, else the document's.

    Args:
        world: the text.
        view: the sentence.
        match: the trigger.
        mentions: the dates of the sentence.
    """
    best: tuple[tuple[int, int], DateMention] | None = None
    for mention in mentions:
        if mention.resolved is None or mention.kind != "date":
            continue
        low, high = world.tokens.range_of(mention.start, mention.end)
        near = low if low > match.last else high
        a, b = sorted((match.head, near))
        breaks = sum(view.kind(i) in ".CR" for i in range(a, b))
        rank = (breaks, abs(near - match.head))
        if best is None or rank < best[0]:
            best = (rank, mention)
    if best is not None:
        resolved = best[1].resolved
        if resolved is not None:
            text = world.tokens.raw[best[1].start : best[1].end]
            return When(
                resolved.date, resolved.last, _day(resolved.precision), resolved.basis, text
            )
    if world.anchor is None:
        return None
    return When(world.anchor, world.anchor, "day", "document")


def _day(precision: str) -> str:
    return "day" if precision in {"second", "minute"} else precision


def is_old(when: When | None, anchor: dt.date | None, days: int) -> bool:
    """Whether a dated event lies more than ``days`` before the document."""
    if when is None or anchor is None or when.basis == "document":
        return False
    return (anchor - when.end).days > days


def mentions_time(view: SentenceView) -> bool:
    """Whether the sentence carries a time word (for the confidence formula)."""
    return any(w in grammar.TIME_WORDS for w in view.words[view.first : view.stop])
