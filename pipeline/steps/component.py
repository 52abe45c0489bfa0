"""Find the articles that pairs and page versions connect, reading by key (decision 0037)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Final

from pipeline.sinks.base import Sink
from pipeline.steps.prints import Dates, Prints, days_near
from transforms.records import Duplicate, Fingerprint

_PAIR: Final = (
    "article_a", "article_b", "kind", "jaccard", "containment", "day_gap", "same_publisher",
    "origin_agency",
)  # fmt: skip


class Component:
    """The components that some articles lie in: pairs link articles, and pages their versions.

    Args:
        sink: the output.
        prints: reads fingerprints.
        known: the articles to begin with, by id, as they stand, and all versions of their pages.

    Attributes:
        known: the articles found so far.
        pairs: the stored pairs found so far, by their two ids.
    """

    def __init__(self, sink: Sink, prints: Prints, known: dict[str, Fingerprint]) -> None:
        """Begin; nothing is read yet."""
        self._sink = sink
        self._prints = prints
        self.known = known
        self.pairs: dict[tuple[str, str], Duplicate] = {}
        self._pages = {each.page_id for each in known.values()}
        self._days: dict[tuple[str, str], date | None] = {}

    def grow(self, found: Iterable[Duplicate], before: Iterable[Fingerprint] = ()) -> None:
        """Follow pairs and pages until nothing is new.

        Args:
            found: pairs that are not stored yet.
            before: known articles as they are stored, where that is another time: their pairs lie
                round it.
        """
        frontier = dict(self.known)
        partners = {each for pair in found for each in (pair.article_a, pair.article_b)}
        near = days_near([*frontier.values(), *before])
        while frontier or partners:
            partners |= self._follow(frontier, near)
            new = self._prints.of_articles(partners - set(self.known), near)
            versions = self._prints.of_pages({each.page_id for each in new} - self._pages)
            frontier = {
                each.article_id: each
                for each in (*new, *versions)
                if each.article_id not in self.known
            }
            self._pages |= {each.page_id for each in new}
            self.known |= frontier
            near, partners = days_near(frontier.values()), set()

    def _follow(self, frontier: Collection[str], near: Dates | None) -> set[str]:
        """Read the stored pairs of these articles and return their other ends."""
        where = {"article_a": frontier, "article_b": frontier}
        data = self._sink.read("duplicates", (*_PAIR, "date"), near, where)
        ends: set[str] = set()
        for row in data.to_pylist():
            day = row.pop("date")
            pair = Duplicate(**row)
            key = (pair.article_a, pair.article_b)
            self.pairs[key], self._days[key] = pair, day
            ends |= set(key)
        return ends

    def days_of(self, keys: Iterable[tuple[str, str]]) -> Dates:
        """Return the partitions in which stored pairs lie."""
        return {self._days[key] for key in keys}
