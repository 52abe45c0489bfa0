"""Noun phrases as actors: known ones by the gazetteer, others by the nationality they carry."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from transforms.enrich.entities.nationality import nisba_country
from transforms.enrich.roles.subjects import TokenRange
from transforms.enrich.sentence.annotations import Annotations, Named
from transforms.enrich.sentence.view import Sentence
from transforms.enrich.words import lists
from transforms.enrich.words.analyse import analyse
from transforms.enrich.words.clitics import written
from transforms.enrich.words.tokens import Tokens
from transforms.records import Actor

_CIVIL_HEADS: Final = lists.words("institutions", "civil_heads")
# Before the article of a word that is in no list they are surely clitics.
_BEFORE_ARTICLE: Final = tuple(written(letter, definite=True).letters for letter in "وب")
# Sectors of bodies to which no country is given, and words that mark who is of them: مبعوث أممي.
STATELESS: Final = frozenset({"IGO", "NGO", "IMG", "MNC"})
_OF_BODIES: Final = lists.words("roles", "of_bodies")
_QUALIFIER: Final = lists.words("roles", "party_qualifiers")


def actors_of(
    annotations: Annotations, sentence: Sentence, phrases: list[TokenRange]
) -> list[Actor]:
    """Turn noun phrases into actors: one for each party that a phrase joins by و.

    Args:
        annotations: the text.
        sentence: the sentence.
        phrases: noun phrases, first and last token.

    Returns:
        Actors with spans; the country is None when nothing in the phrase is known.
    """
    found: list[Actor] = []
    for phrase in phrases:
        for actor in _actors_of(annotations, sentence, phrase):
            if not any(_overlap(actor, other) for other in found):
                found.append(actor)
    return found


def _overlap(one: Actor, two: Actor) -> bool:
    if one.char_start is None or one.char_end is None or two.char_start is None:
        return False
    return one.char_start < (two.char_end or 0) and two.char_start < one.char_end


def _actors_of(annotations: Annotations, sentence: Sentence, phrase: TokenRange) -> list[Actor]:
    """The parties of one phrase."""
    tokens = annotations.tokens
    starts = _conjuncts(annotations, phrase)
    bounds = [*starts, phrase[1] + 1]
    return [
        _party(annotations, sentence, (first, stop - 1))
        for first, stop in pairwise(bounds)
        if tokens.words[first]
    ]


def _conjuncts(annotations: Annotations, phrase: TokenRange) -> list[int]:
    """Where the parties of a phrase begin: its first token, and known ones after و."""
    starts = [phrase[0]]
    for named in annotations.between(phrase[0], phrase[1] + 1):
        joined = annotations.tokens.words[named.first][0] == "و" and named.entity.kind != "place"
        inside = annotations.tokens.starts[named.first] == named.entity.start
        if joined and not inside and named.first > starts[-1]:
            starts.append(named.first)
    return starts


def _party(annotations: Annotations, sentence: Sentence, phrase: TokenRange) -> Actor:
    """One actor: the span of the phrase's head, and what is known of it."""
    tokens = annotations.tokens
    named = [n for n in annotations.between(phrase[0], phrase[1] + 1) if n.entity.kind != "place"]
    best = next((n for n in named if n.entity.country), named[0] if named else None)
    start = tokens.span(phrase[0], phrase[0])[0] + clitic(tokens, phrase[0])
    end = tokens.span(*phrase)[1]
    country: str | None = None
    sectors: tuple[str, ...] = ()
    name = ""
    if best is not None:
        entity = best.entity
        country, sectors = entity.country, entity.sectors
        own_start, own_end = tokens.normalised.span(entity.start, entity.end)
        if best.first == phrase[0]:
            start, name = own_start, entity.name
        end = (
            max(own_end, tokens.span(phrase[0], best.last)[1])
            if best.last >= phrase[1]
            else own_end
        )
    body = _body(annotations, named, phrase)
    if body and (country is None or body == sectors):
        country, sectors = None, body
    elif country is None:
        country = _nationality(annotations, sentence, phrase) or _home(annotations, phrase)
    if not sectors and country and tokens.words[phrase[0]] in _CIVIL_HEADS:
        sectors = ("CVL",)
    text = tokens.raw[start:end]
    return Actor(name or text, text, country, sectors, tokens.field, start, end)


def _body(annotations: Annotations, named: Sequence[Named], phrase: TokenRange) -> tuple[str, ...]:
    """The sectors of the body of states that a phrase is of: بعثة الأمم المتحدة، قادة إيكواس."""
    for each in named:
        if each.entity.sectors[:1] == ("IGO",):
            return each.entity.sectors
    words = annotations.tokens.words[phrase[0] : phrase[1] + 1]
    return () if _OF_BODIES.isdisjoint(words) else ("IGO",)


def _home(annotations: Annotations, phrase: TokenRange) -> str | None:
    """The country of a place that a phrase names: قصفت خاركيف."""
    for named in annotations.between(phrase[0], phrase[1] + 1):
        if named.entity.place is not None:
            return named.entity.place.country
    return None


def _nationality(annotations: Annotations, sentence: Sentence, phrase: TokenRange) -> str | None:
    """The country of an unknown phrase: its own adjective, or what qualifies it.

    دورية للجيش التركي، عمال النقل في تونس، خمسة من عناصر الشرطة العراقية.
    """
    words = annotations.tokens.words
    for index in range(phrase[0], phrase[1] + 1):
        country = nisba_country(words[index])
        if country:
            return country
    after = phrase[1] + 1
    if after >= sentence.stop:
        return None
    if words[after] in _QUALIFIER:
        after += 1
    elif not sentence.is_attached(after) or words[after][0] != "ل":
        return None
    for named in annotations.between(after, min(after + 1, sentence.stop)):
        entity = named.entity
        return entity.country or (entity.place.country if entity.place else None)
    return nisba_country(words[after + 1]) if after + 1 < sentence.stop else None


def clitic(tokens: Tokens, index: int) -> int:
    """How many letters of a phrase's first token are a conjunction or preposition."""
    word = tokens.words[index]
    readings = [r for r in analyse(word) if r.pos != "V"]
    if readings and all(r.conjunction for r in readings):
        return 1
    if readings and all(r.preposition in {"ب", "ل"} for r in readings):
        return 0 if word.startswith("لل") else 1
    return 1 if word.startswith(_BEFORE_ARTICLE) and len(word) > 5 else 0
