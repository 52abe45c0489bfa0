"""Rebuild what is known of a feed (entries seen, when it is due) from its stored sightings."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from transforms.feeds import schedule
from transforms.records import Feed, Sighting
from transforms.text.urls import canonicalise_url

_STATE: Final = (
    "etag", "last_modified", "body_id", "conditional", "lying", "failures", "guids_change",
    "day", "new_in_day", "hub", "ttl", "skip_hours", "skip_days", "full",
)  # fmt: skip
_RETRY_FROM: Final = 900.0  # seconds after the first sighting


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """An entry that was seen in an earlier run, and what became of it."""

    sighting: Sighting
    article_id: str | None
    page_id: str | None
    first_seen_at: datetime
    last_seen_at: datetime
    is_open: bool  # its page is still wanted: there is no article, or one of the summary only

    def is_wanted(self, now: datetime) -> bool:
        """Whether its page is to be asked for again now.

        The pause doubles: a quarter of an hour after the first sighting, half an hour, an hour ...
        A poll that is made again at its own time wants what it wanted then.
        """
        if not self.is_open:
            return False
        if now in (self.first_seen_at, self.last_seen_at):
            return True
        return _tries(now - self.first_seen_at) > _tries(self.last_seen_at - self.first_seen_at)


def _tries(age: timedelta) -> int:
    """How many tries an age stands for."""
    return int(age.total_seconds() / _RETRY_FROM).bit_length()


def known_entry(row: Mapping[str, Any], open_ids: Collection[str | None]) -> KnownEntry:
    """Make a known entry of a row of ``appearances``.

    Args:
        row: the row.
        open_ids: the articles that are summaries only, and None: their pages are still wanted.
    """
    url, text = row["url"] or "", row["text_id"] or ""
    return KnownEntry(
        Sighting(row["feed_url"], row["guid"], url, row["position"] or 0, text),
        row["article_id"],
        row["page_id"],
        row["first_seen_at"],
        row["last_seen_at"],
        row["article_id"] in open_ids,
    )


def entry_keys(known: KnownEntry) -> tuple[str, ...]:
    """What a poll may call an entry; without a GUID its URL stands in the GUID's place."""
    sighting = known.sighting
    if sighting.guid != sighting.url:
        return (sighting.guid,)
    return sighting.guid, canonicalise_url(sighting.url)


def state_of(
    feed: Feed, now: datetime, known: Sequence[KnownEntry], stored: Mapping[str, Any] | None
) -> schedule.FeedState:
    """A feed's state from its sightings, and from its own row when that is there."""
    state = schedule.start(feed, now)
    kept: Mapping[str, Any] = {}
    if stored is not None and stored.get("state"):
        kept = json.loads(stored["state"])
        state = replace(
            state,
            due_at=stored["due_at"] or now,
            interval=stored["poll_seconds"] or state.interval,
            **{name: kept[name] for name in _STATE if name in kept},
        )
    by_url = state.guids_change
    latest = max((each.last_seen_at for each in known), default=now)
    seen: dict[str, schedule.Seen] = {}
    listed: set[str] = set()
    for each in known:
        sighting = each.sighting
        url = canonicalise_url(sighting.url)
        before = schedule.Seen(each.first_seen_at, each.last_seen_at, url, sighting.text_id)
        keys = (url or sighting.guid,) if by_url else entry_keys(each)
        seen |= dict.fromkeys(keys, before)
        if each.last_seen_at == latest:
            listed |= set(keys)
    return replace(state, seen=seen, listed=tuple(sorted(listed)))


def state_json(state: schedule.FeedState) -> str:
    """What a feed's row keeps of its state, beside what ``appearances`` keeps."""
    values = asdict(replace(state, seen={}, listed=()))
    return json.dumps({name: values[name] for name in _STATE}, sort_keys=True)
