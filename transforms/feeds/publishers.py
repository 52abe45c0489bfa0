"""Who publishes what: the feeds a run names and the shipped catalogue, by feed and by host."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, overload

from transforms.feeds.lists import load_catalogue
from transforms.records import Feed, Page, Rejected
from transforms.text.redact import feed_name
from transforms.text.urls import registrable_host


@dataclass(frozen=True, slots=True)
class PublisherIndex:
    """Tells the publisher, country and zone of a page.

    Attributes:
        by_feed: feeds by their name.
        by_host: one feed of each publisher by the registrable host of its feeds.
    """

    by_feed: Mapping[str, Feed] = field(default_factory=dict)
    by_host: Mapping[str, Feed] = field(default_factory=dict)

    @overload
    def complete(self, page: Page) -> Page: ...

    @overload
    def complete(self, page: Page | Rejected) -> Page | Rejected: ...

    def complete(self, page: Page | Rejected) -> Page | Rejected:
        """Fill in what a page does not tell of its publisher; what it tells stays."""
        if isinstance(page, Rejected):
            return page
        feed = self.by_feed.get(page.feed_url or "")
        if feed is None:
            feed = self.by_host.get(registrable_host(page.final_url or page.url))
        if feed is None:
            return page
        return replace(
            page,
            publisher=page.publisher or feed.publisher,
            publisher_country=page.publisher_country or feed.country,
            tz=page.tz or feed.tz,
        )


NO_PUBLISHERS: Final = PublisherIndex()


def publishers_of(feeds: Iterable[Feed]) -> PublisherIndex:
    """Make the registry of a run.

    Args:
        feeds: those the run names; they win over the catalogue's.
    """
    named = list(feeds)
    by_feed: dict[str, Feed] = {}
    by_host: dict[str, Feed] = {}
    for feed in (*named, *load_catalogue()):
        by_feed.setdefault(feed_name(feed.url), feed)
        if feed.publisher:
            by_host.setdefault(registrable_host(feed.url), feed)
    return PublisherIndex(by_feed, by_host)
