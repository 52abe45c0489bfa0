"""The country of those whom an article leaves unnamed: its police, its courts, its people.

News of one country says الشرطة and السلطات without an adjective, and counts its dead without a
nationality. They belong to the country where the event took place, or to the one that the article
is plainly about; an article about several gives none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from transforms.enrich.events.mention import EventMention
from transforms.enrich.roles.actors import STATELESS
from transforms.enrich.sentence.annotations import Annotations
from transforms.enrich.words import lists
from transforms.enrich.words.clitics import ARTICLE, prefixes, rests
from transforms.enrich.words.cues import has_cue
from transforms.records import Actor
from transforms.text.arabic import normalise_text

_SHARE: Final = 0.5  # part of an article's countries that its own must be
_MIN_NAMED: Final = 2
_STATE: Final = frozenset({"GOV", "MIL", "COP", "JUD", "LEG", "SPY", "OPP", "LAB", "CVL", "PTY"})
# Heads of phrases that name an institution of the country at hand, or a crowd of its people.
_HEADS: Final = lists.words("institutions", "heads")
_BOTH: Final = lists.words("institutions", "both_sides")
_PREFIXES: Final = tuple(p for p in prefixes(("و", "ب", "ل")) if p.clitic)


def both_sides() -> frozenset[str]:
    """The heads of phrases that stand for both countries an article is about: الجانبان."""
    return _BOTH


def main_countries(texts: Iterable[Annotations]) -> tuple[str, ...]:
    """The country, or the two countries, that an article is about, by those it names.

    Args:
        texts: its title and body.

    Returns:
        ISO 3166-1 alpha-3 codes, the most frequent first; () when none stand out.
    """
    counts: Counter[str] = Counter()
    for text in texts:
        for named in text.named:
            entity = named.entity
            country = entity.country or (entity.place.country if entity.place else None)
            if country:
                counts[country] += 1
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    total = sum(counts.values())
    for size in (1, 2):
        share = sum(count for _, count in ranked[:size])
        if share >= _MIN_NAMED and share > _SHARE * total:
            return tuple(country for country, _ in ranked[:size])
    return ()


def assign_country(mention: EventMention, homes: tuple[str, ...]) -> None:
    """Give a mention's unnamed institutions and people their country.

    Args:
        mention: the mention; its actors and recipients are replaced.
        homes: what ``main_countries`` says of the article.
    """
    home = homes[0] if len(homes) == 1 else None
    place = mention.place.country if mention.place else None
    mention.actors = [
        each for actor in mention.actors for each in _settled(actor, homes, home, place)
    ]
    mention.recipients = [
        each for actor in mention.recipients for each in _settled(actor, homes, home, place)
    ]


def _settled(
    actor: Actor, homes: tuple[str, ...], home: str | None, place: str | None
) -> list[Actor]:
    """One party with its country, when it is one of the country at hand; both sides are two."""
    if actor.country is not None or not actor.text or STATELESS.intersection(actor.sectors):
        return [actor]
    words = normalise_text(actor.text).split()
    if _is_head(words[0]) or (actor.sectors and _STATE.issuperset(actor.sectors)):
        return [replace(actor, country=home or place)]
    if any(has_cue(word, "victims") for word in words):
        return [replace(actor, country=place or home)]
    if words[0] in _BOTH and homes:
        return [replace(actor, country=country) for country in homes]
    return [actor]


def _is_head(word: str) -> bool:
    """Whether a word heads the phrase of an institution or a crowd, past its clitics."""
    if word in _HEADS:
        return True
    tried = rests(word, _PREFIXES, 0)
    return any(ARTICLE * prefix.definite + rest in _HEADS for prefix, rest in tried)
