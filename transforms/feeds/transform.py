"""The Beam twin of ``parse_feed``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import apache_beam as beam

from transforms import coders
from transforms.feeds.parse import parse_feed
from transforms.metrics import count
from transforms.records import Entry, Feed, ParsedFeed, Rejected

STAGE: Final = "feeds"
ENTRIES: Final = "entries"
FEEDS: Final = "feeds"
REJECTED: Final = "rejected"
_RECORDS: Final = coders.RECORDS  # importing the module registers their coder

Fetched = tuple[str, bytes, Mapping[str, str]]  # URL, body, headers of the response


@dataclass
class ParseFeed(beam.PTransform):
    """``(url, body, headers)`` -> its entries.

    Attributes:
        registry: what is known of the feeds, by URL; zones and countries of dates come from it.

    Returns:
        A tuple of collections by name: ``entries`` (Entry), ``feeds`` (ParsedFeed without its
        entries, one for each feed that could be read), ``rejected`` (Rejected).
    """

    registry: Mapping[str, Feed] = field(default_factory=dict)

    def expand(self, fetched: beam.PCollection[Fetched]) -> beam.DoOutputsTuple:
        """Parse each feed."""
        work = beam.ParDo(_Parse(dict(self.registry)))
        return fetched | "ParseFeeds" >> work.with_outputs(FEEDS, REJECTED, main=ENTRIES)


class _Parse(beam.DoFn):
    def __init__(self, registry: Mapping[str, Feed]) -> None:
        self._registry = registry

    def process(self, fetched: Fetched) -> Iterator[Entry | beam.pvalue.TaggedOutput]:
        """Give the entries of one feed, the feed itself, or why there is none."""
        url, body, headers = fetched
        count(STAGE, "in")
        parsed = parse_feed(body, url=url, headers=headers, feed=self._registry.get(url))
        if parsed.reason is not None:
            count(STAGE, f"rejected.{parsed.reason}")
            rejected = Rejected(STAGE, parsed.reason, parsed.detail, url=url, feed_url=url)
            yield beam.pvalue.TaggedOutput(REJECTED, rejected)
            return
        count(STAGE, "out")
        count(STAGE, "entries", len(parsed.entries))
        yield beam.pvalue.TaggedOutput(FEEDS, _without_entries(parsed))
        yield from parsed.entries


def _without_entries(parsed: ParsedFeed) -> ParsedFeed:
    return ParsedFeed(
        url=parsed.url,
        kind=parsed.kind,
        title=parsed.title,
        language=parsed.language,
        home_url=parsed.home_url,
        self_url=parsed.self_url,
        hub_url=parsed.hub_url,
        ttl_seconds=parsed.ttl_seconds,
        children=parsed.children,
        detail=parsed.detail,
        dropped=parsed.dropped,
    )
