"""Country adjectives that no entity covers: القصف الإسرائيلي، آلاف الأردنيين، نظيره التركي."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from transforms.enrich.entities.paradigms import nisba_forms
from transforms.enrich.tables import read_rows
from transforms.enrich.words import clitics
from transforms.enrich.words.memo import remembers
from transforms.text.arabic import normalise_text

_BARE: Final = clitics.written("", definite=False)
_PREFIXES: Final = (_BARE, *clitics.prefixes(("", "و", "ب", "ف", "ل")))


@cache
def _table() -> Mapping[str, str]:
    """Written form of a nisba, normalised -> ISO 3166-1 alpha-3."""
    table: dict[str, str] = {}
    for country, _, _, adjectives, people, *_ in read_rows("entities/countries.tsv"):
        for adjective in adjectives.split("|"):
            if not adjective:
                continue
            for form in nisba_forms(adjective):
                table.setdefault(normalise_text(form.text), country)
        for name in people.split("|"):
            if name:
                table.setdefault(normalise_text(name), country)
    return table


@cache
def country_names() -> frozenset[str]:
    """The names of countries and their capitals that are one word, as tokens are written."""
    return frozenset(
        normalise_text(name.lstrip("~^"))
        for _, _, names, _, _, capitals in read_rows("entities/countries.tsv")
        for name in (*names.split("|"), *capitals.split("|"))
        if name and " " not in name
    )


@remembers
def nisba_country(word: str) -> str | None:
    """The country that an adjective or a people's name says.

    Args:
        word: a token of normalised text.

    Returns:
        ISO 3166-1 alpha-3, or None.
    """
    table = _table()
    tried = clitics.rests(word, _PREFIXES, 0)
    return next((table[rest] for _, rest in tried if rest in table), None)
