"""What stands in a text: its entities, dates and numbers, as tokens know them."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from typing import Final

from transforms.enrich.entities.find import Entity, find_entities
from transforms.enrich.entities.own_names import in_office
from transforms.enrich.sentence.spans import EntitySpan
from transforms.enrich.words.tokens import Tokens
from transforms.records import Place
from transforms.text.dates import DateMention, find_dates
from transforms.text.numbers import NumberMention, find_numbers

_PERSONS: Final = frozenset({"leader", "person"})
_NAMES: Final = frozenset({"country", "capital", "place", "leader", "organisation"})


@dataclass(frozen=True, slots=True)
class Named:
    """An entity with the tokens it covers (first and last)."""

    entity: Entity
    first: int
    last: int


class Annotations:
    """The entities of a title or body, and on request the dates and numbers of its sentences."""

    __slots__ = ("_firsts", "_lasts", "anchor", "named", "names", "persons", "places", "tokens")

    def __init__(self, tokens: Tokens, anchor: dt.date | None) -> None:
        """Find the entities of the text.

        Args:
            tokens: the text.
            anchor: the civil day the article was published on; None when unknown.
        """
        self.tokens = tokens
        self.anchor = anchor
        found = find_entities(tokens.normalised)
        self.named = tuple(self._place_on_tokens(in_office(each, anchor)) for each in found)
        self.persons = frozenset(n.first for n in self.named if n.entity.head in _PERSONS)
        self.names = frozenset(
            token
            for n in self.named
            if n.entity.head in _NAMES
            for token in range(n.first, n.last + 1)
        )
        self.places: dict[int, Place | None] = {}  # records, by where their names begin
        self._firsts = [named.first for named in self.named]
        self._lasts = [named.last for named in self.named]

    def _place_on_tokens(self, entity: Entity) -> Named:
        first = bisect_right(self.tokens.starts, entity.start) - 1
        last = max(bisect_left(self.tokens.starts, entity.end) - 1, first)
        return Named(entity, max(first, 0), last)

    def known(self, first: int, stop: int) -> list[EntitySpan]:
        """The entities of a sentence as syntax knows them."""
        return [
            EntitySpan(
                max(n.first, first),
                min(n.last, stop - 1),
                n.entity.definite,
                n.entity.kind != "place" and n.entity.head != "capital",
                n.entity.head in {"country", "capital"},
            )
            for n in self.between(first, stop)
        ]

    def is_name(self, token: int) -> bool:
        """Whether a token belongs to the name of a place, person or organisation."""
        return token in self.names

    def between(self, first: int, stop: int) -> tuple[Named, ...]:
        """The entities that touch tokens ``first`` to ``stop`` (exclusive), in order."""
        low = bisect_left(self._lasts, first)
        high = bisect_left(self._firsts, stop)
        return self.named[low:high]

    def dates(self, first: int, stop: int) -> list[DateMention]:
        """The date expressions of tokens ``first`` to ``stop``; offsets are the article's."""
        start, end = self.tokens.span(first, stop - 1)
        return [
            _moved_date(mention, start)
            for mention in find_dates(
                self.tokens.raw[start:end],
                anchor=self.anchor,
                normalised=self.tokens.part(first, stop - 1),
            )
        ]

    def numbers(self, first: int, stop: int) -> list[tuple[int, int, NumberMention]]:
        """The numbers of tokens ``first`` to ``stop``: first and last token, and what is said."""
        start, end = self.tokens.span(first, stop - 1)
        found = []
        normalised = self.tokens.part(first, stop - 1)
        for number in find_numbers(self.tokens.raw[start:end], normalised=normalised):
            low, high = self.tokens.range_of(start + number.start, start + number.end)
            if low > first and self.tokens.span(low - 1, low - 1)[1] > start + number.start:
                low -= 1  # written together with a conjunction: وأربعة
            found.append((low, max(high - 1, low), number))
        return found


def _moved_date(mention: DateMention, by: int) -> DateMention:
    """The same mention with offsets of the whole text."""
    return replace(mention, start=mention.start + by, end=mention.end + by)
