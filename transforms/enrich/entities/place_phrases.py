"""Phrases that name a place: with its noun before it (مدينة حلب) and its nisba after it."""

from __future__ import annotations

from transforms.enrich.entities.phrase import EntityPhrase, start_phrase
from transforms.enrich.entities.scan import NameTokens


def locate(tokens: NameTokens, phrase: EntityPhrase) -> None:
    """A nisba after a place confirms its country: مدينة طرابلس اللبنانية."""
    index = phrase.last + 1
    if index >= len(tokens.words) or not tokens.joined(index - 1):
        return
    match = tokens.match(index)
    form = match.other({"nisba"}) if match is not None and not match.clitic else None
    if match is None or form is None or not form.definite or form.plural:
        return
    country = form.lexeme.country
    if phrase.form.lexeme.role == "country" or not tokens.can_lie_in(phrase.match, country):
        return
    phrase.match.settle(country)
    phrase.country = country
    phrase.words.append(form.text)
    phrase.last = match.last
    phrase.qualified = True


def classified_place(tokens: NameTokens, index: int) -> EntityPhrase | None:
    """A place after its noun: مدينة حلب, إقليم قره باغ; the phrase starts at the noun."""
    noun = tokens.place_noun(index)
    if noun is None or not tokens.joined(index) or index + 1 >= len(tokens.words):
        return None
    nested = classified_place(tokens, index + 1) if tokens.place_noun(index + 1) else None
    if nested is not None:
        nested.first, nested.start = index, noun.start
        nested.words.insert(0, noun.text)
        return nested
    match = tokens.match(index + 1)
    form = match.other({"region", "place", "capital", "country"}) if match else None
    if match is None or form is None or match.clitic:
        return None
    if noun.precision == "country" and form.lexeme.role == "place":
        return None
    phrase = start_phrase(match, form)
    phrase.first, phrase.start = index, noun.start
    phrase.words.insert(0, noun.text)
    phrase.qualified = True
    match.prefer(noun.precision)
    locate(tokens, phrase)
    return phrase
