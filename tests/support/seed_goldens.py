"""Loads the golden expectations of the seeds (see tests/golden/seeds/README.md)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from transforms.text.urls import canonicalise_url

ROOT: Final = Path(__file__).resolve().parents[2]
GOLDEN: Final = ROOT / "tests" / "golden" / "seeds"


@dataclass(frozen=True, slots=True)
class GoldenEvent:
    """One expected event; empty countries and a null date or place are not checked."""

    event_type: str
    also: tuple[str, ...]
    status: str
    trigger_contains: tuple[str, ...]
    event_date: str | None
    actor_countries: frozenset[str]
    recipient_countries: frozenset[str]
    place_country: str | None
    required: bool

    def matches(self, event_type: str, status: str, texts: Iterable[str]) -> bool:
        """Tell whether a coded event is this one: type, status and words.

        Args:
            event_type: the coded type.
            status: the coded status.
            texts: its trigger and its evidence spans.
        """
        same_type = event_type == self.event_type or event_type in self.also
        found = any(word in text for text in texts for word in self.trigger_contains)
        return same_type and status == self.status and found

    def agrees(self, actors: set[str], recipients: set[str], day: str | None) -> bool:
        """Tell whether countries and date agree; one country of several is enough."""
        sides = actors | recipients
        right_actor = not self.actor_countries or bool(sides & self.actor_countries)
        right_recipient = not self.recipient_countries or bool(sides & self.recipient_countries)
        return right_actor and right_recipient and self.event_date in {None, day}


def _event(raw: dict[str, Any]) -> GoldenEvent:
    return GoldenEvent(
        event_type=raw["event_type"],
        also=tuple(raw["also"]),
        status=raw["status"],
        trigger_contains=tuple(raw["trigger_contains"]),
        event_date=raw["event_date"],
        actor_countries=frozenset(raw["actor_countries"]),
        recipient_countries=frozenset(raw["recipient_countries"]),
        place_country=raw["place_country"],
        required=raw["required"],
    )


@cache
def goldens() -> dict[str, dict[str, Any]]:
    """Read every golden file, by stem."""
    return {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(GOLDEN.glob("[!_]*.json"))
    }


def run_golden() -> dict[str, Any]:
    """Read what an offline run over all seeds must give."""
    golden: dict[str, Any] = json.loads((GOLDEN / "_run.json").read_text(encoding="utf-8"))
    return golden


def article_goldens() -> dict[str, dict[str, Any]]:
    """Give the goldens of documents that have a text (also those refused for their language)."""
    return {stem: golden for stem, golden in goldens().items() if "body_words" in golden}


def feed_goldens() -> dict[str, dict[str, Any]]:
    """Give the goldens of the feeds."""
    return {stem: golden for stem, golden in goldens().items() if "entries" in golden}


def is_article(golden: dict[str, Any], row: dict[str, Any]) -> bool:
    """Tell whether a row of ``articles`` is a golden's document, by URL, first and last words."""
    if golden["url"] and canonicalise_url(golden["url"]) != row["canonical_url"]:
        return False
    body: str = row["body"]
    return body.startswith(golden["body_first"]) and body.endswith(golden["body_last"])


def golden_events(golden: dict[str, Any]) -> list[GoldenEvent]:
    """Give the expected events of one article's golden."""
    return [_event(raw) for raw in golden["events"]]
