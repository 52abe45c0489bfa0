"""``CodeEvents``: the Beam twin of ``code_events``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import apache_beam as beam

from transforms import coders
from transforms.enrich.coder import code_events
from transforms.metrics import count
from transforms.records import Article, Event

STAGE: Final = "enrich"
_RECORDS: Final = coders.RECORDS  # importing the module registers their coder


@dataclass
class CodeEvents(beam.PTransform):
    """Article -> its events."""

    def expand(self, articles: beam.PCollection[Article]) -> beam.PCollection[Event]:
        """Code every article."""
        return articles | "CodeEvents" >> beam.FlatMap(_coded).with_output_types(Event)


def _coded(article: Article) -> Iterator[Event]:
    """Code one article and count its events by type and status."""
    for event in code_events(article):
        count(STAGE, f"events.{event.event_type}.{event.status}")
        yield event
