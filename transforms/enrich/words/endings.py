"""The endings of nouns and adjectives, read from ``endings.toml``, where each is explained."""

from __future__ import annotations

from typing import Final

from transforms.enrich.words.lists import read

_LISTS: Final = read("endings")

FEMININE: Final = _LISTS["feminine"]
FEMININE_INSIDE: Final = _LISTS["feminine_inside"]
FEMININE_FOLDED: Final = _LISTS["feminine_folded"]
PLURAL: Final = _LISTS["plural"]
PLURAL_OBLIQUE: Final = _LISTS["plural_oblique"]
PLURAL_FEMININE: Final = _LISTS["plural_feminine"]
PLURAL_BARE: Final = _LISTS["plural_bare"]
PLURAL_OBLIQUE_BARE: Final = _LISTS["plural_oblique_bare"]
DUAL: Final = _LISTS["dual"]
DUAL_OBLIQUE: Final = _LISTS["dual_oblique"]
DUAL_BARE: Final = _LISTS["dual_bare"]
DUAL_OBLIQUE_BARE: Final = _LISTS["dual_oblique_bare"]
NISBA: Final = _LISTS["nisba"]
ACCUSATIVE: Final = _LISTS["accusative"]
WITHOUT_ACCUSATIVE: Final = frozenset(_LISTS["without_accusative"])
POSSESSIVES: Final = tuple(_LISTS["possessives"].split())
PLAIN_POSSESSIVES: Final = tuple(_LISTS["plain_possessives"].split())
FEMININE_HAMZA: Final = _LISTS["feminine_hamza"]
