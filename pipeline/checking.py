"""Poll feeds once, without an output, and tell in words how each does."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pipeline.asking import Asker, Parsers
from pipeline.errors import UsageError, not_there
from pipeline.live import settings_of
from pipeline.memory import Memory
from pipeline.polling import Polled, Poller
from pipeline.sources.spool import Spool
from transforms.feeds.join import is_full
from transforms.feeds.registry import read_feed_list
from transforms.fetch.redact import feed_name, redact_url
from transforms.records import Feed

_LISTS: Final = (".toml", ".opml", ".txt")


def named_feeds(source: str) -> tuple[Feed, ...]:
    """Read the feeds somebody names.

    Args:
        source: a feed's URL, or the path of a list.

    Raises:
        UsageError: there is no such list, or it holds no feed.
    """
    if source.startswith(("http://", "https://")):
        return (Feed(source),)
    path = Path(source)
    if not path.exists():
        raise UsageError(not_there(source))
    try:
        if path.suffix.lower() not in _LISTS:
            raise UsageError(
                f"{source} is no list of feeds (.toml, .opml, .txt); articles and saved feeds are "
                f"read by rasd run {source} --output out"
            )
        return read_feed_list(path.read_bytes(), source)
    except OSError as error:
        raise UsageError(f"{source}: {error.strerror}") from error
    except ValueError as error:
        raise UsageError(str(error)) from error


def check_feeds(
    feeds: Sequence[Feed], *, now: datetime, allow_private: bool
) -> list[dict[str, Any]]:
    """Poll feeds once.

    Args:
        feeds: which.
        now: the clock.
        allow_private: let requests go to private addresses.

    Returns:
        A row a feed: outcome, items, newest item, language, full content or not, advice.
    """
    settings = settings_of(now, allow_private=allow_private)
    memory = Memory(None, now)
    memory.recall(feeds)
    with tempfile.TemporaryDirectory(prefix="rasd-") as folder, Spool(Path(folder)) as aside:
        poller = Poller(Asker(settings, Parsers(os.cpu_count() or 1), aside), now=now)
        return [_row(polled, now) for polled in poller.poll(feeds, memory)]


def _row(polled: Polled, now: datetime) -> dict[str, Any]:
    entries = polled.parsed.entries if polled.parsed is not None else ()
    dated = [entry.published_at for entry in entries if entry.published_at is not None]
    full = sum(is_full(entry.content) for entry in entries)
    return {
        "url": feed_name(polled.feed.url),
        "outcome": _outcome(polled),
        "status": polled.fetched.response.status,
        "items": len(entries),
        "newest": max(dated).isoformat() if dated else None,
        "language": polled.parsed.language if polled.parsed is not None else None,
        "full_content": f"{full} of {len(entries)}" if entries else None,
        "hub": (polled.parsed.hub_url or None) if polled.parsed is not None else None,
        "advice": _advice(polled, len(entries), full, max(dated) if dated else None, now),
    }


def _outcome(polled: Polled) -> str:
    if polled.poll.outcome != "failed":
        return "ok" if polled.parsed is not None and polled.parsed.entries else "empty"
    response, parsed = polled.fetched.response, polled.parsed
    return response.reason or (parsed.reason if parsed is not None else None) or "failed"


def _advice(polled: Polled, items: int, full: int, newest: datetime | None, now: datetime) -> str:
    """One sentence on what to do."""
    response = polled.fetched.response
    problem = _problem(polled)
    if problem:
        return problem
    if redact_url(response.final_url) != redact_url(polled.feed.url):
        return f"moved: name {redact_url(response.final_url)} instead"
    if not items:
        return "it lists nothing now; feeds come back, keep it"
    if newest is not None and (now - newest).days > 30:
        return f"nothing new for {(now - newest).days} days"
    if full == items:
        return "good: entries carry the whole article, no page is fetched"
    return "good"


def _problem(polled: Polled) -> str:
    response, parsed = polled.fetched.response, polled.parsed
    if response.status == 410:
        return "gone for good: look for a new address"
    if response.reason is not None:
        return f"{response.detail or response.reason}"
    if parsed is not None and parsed.reason == "not_a_feed":
        return "a web page that announces no feed: find the feed's own address"
    if parsed is not None and parsed.reason is not None and not parsed.entries:
        return f"{parsed.reason}: {parsed.detail}"
    return ""
