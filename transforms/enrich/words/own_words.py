"""Own words: verbs and nouns that a user's rule files bring along, inflected when they are read."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache

from transforms.enrich.build.inflect import InflectedForm, inflect_noun, inflect_verb
from transforms.enrich.own import follows, own_tables

Entry = tuple[str, str, str, str, str]  # lemma, part of speech, voice, tense, person


def forms_of(kind: str, entry: str) -> tuple[str, list[InflectedForm]]:
    """The lemma and the forms of one word.

    Args:
        kind: ``verbs`` or ``nouns``.
        entry: of a verb the past and the imperfect of "he", and the lemma when it is to be called
            otherwise; of a noun the singular and plurals; blanks between.

    >>> lemma, forms = forms_of("nouns", "شمعة شموع")
    >>> lemma, sorted({form.person for form in forms})
    ('شمعة', ['p', 's'])
    """
    parts = entry.split()
    if kind == "verbs":
        past, imperfect, *lemma = parts
        return (lemma or [past])[0], inflect_verb(past, imperfect)
    return parts[0], inflect_noun(parts)


@follows
@cache
def own_forms() -> Mapping[str, tuple[Entry, ...]]:
    """Surface -> the readings that own words give it; empty without own words."""
    found: dict[str, dict[Entry, None]] = {}
    for kind, entry in _words():
        lemma, forms = forms_of(kind, entry)
        for form in forms:
            reading = (lemma, form.pos, form.voice, form.tense, form.person)
            found.setdefault(form.surface, {})[reading] = None
    return {surface: tuple(readings) for surface, readings in sorted(found.items())}


def _words() -> Iterator[tuple[str, str]]:
    for _, text in own_tables().rules:
        for kind, entries in tomllib.loads(text).get("words", {}).items():
            yield from ((kind, entry) for entry in entries)
