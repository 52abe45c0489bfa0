"""Poll feeds once, without an output, and tell in words how each does."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from pipeline.errors import UsageError, not_there
from pipeline.polling.history import FeedHistory
from pipeline.polling.poller import Polled, Poller
from pipeline.polling.request import FeedRequester
from pipeline.polling.settings import settings_of
from pipeline.sources.spool import Spool
from pipeline.workers.pool import Workers
from transforms.feeds.join import is_full
from transforms.feeds.lists import read_feed_list
from transforms.records import Feed
from transforms.rejects import Reason
from transforms.text.redact import feed_name, redact_url

_LISTS: Final = (".toml", ".opml", ".txt")
_STALE_DAYS: Final = 30
_LONG: Final = timedelta(hours=1)  # a list that reaches back less is soon overrun
_ENOUGH: Final = 5  # dated entries that say how fast a list is overrun
_LATER: Final = "no answer: check it again later, feeds come back"
_LOOK: Final = "look for the feed's new address on the outlet's front page"
_BY_STATUS: Final = {
    401: "it wants a login: give it in the list, see headers in docs/add-a-feed.md",
    403: "it refuses programs such as rasd: ask the outlet for leave, or take it out",
    404: f"there is nothing at this address: {_LOOK}",
    410: f"gone for good: {_LOOK}, or take it out",
    429: "asked too often: check it again in some hours",
}
_BY_REASON: Final[Mapping[Reason, str]] = {
    "not_fetched": "it was not asked this time: mend what stands behind, or check it again later",
    "robots_denied": "its robots.txt forbids rasd to read it: ask the outlet for leave, or take it "
    "out",
    "dns": "no such host: look whether the address is mistyped",
    "connect": _LATER,
    "timeout": _LATER,
    "truncated": "the answer broke off: check it again later",
    "tls": "its certificate is not to be trusted: check it again later, or tell the outlet",
    "http_4xx": f"the server refuses: {_LOOK}",
    "http_5xx": "the server is out of order: check it again later, feeds come back",
    "redirect": f"it leads on and on: {_LOOK}",
    "blocked_address": "a private address: rasd asks it only with --allow-private-hosts",
    "too_large": "far too large for a feed, nothing of it is read: take it out",
    "not_a_feed": "a web page that announces no feed: look for a link to RSS on it, often /feed or "
    "/rss",
    "bad_feed": "a broken feed that could not be mended: tell the outlet, check it again later",
    "empty_input": "an empty answer: check it again later, feeds come back",
    "crashed": "it could not be read safely: take it out",
    "too_slow": "it could not be read safely: take it out",
    "out_of_memory": "it could not be read safely: take it out",
}


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
    memory = FeedHistory(None, now)
    memory.recall(feeds)
    with tempfile.TemporaryDirectory(prefix="rasd-") as folder, Spool(Path(folder)) as aside:
        poller = Poller(FeedRequester(settings, Workers(os.cpu_count() or 1), aside), now=now)
        named = frozenset(feed.url for feed in feeds)
        return [_row(polled, now, named) for polled in poller.poll(feeds, memory)]


def _row(polled: Polled, now: datetime, named: frozenset[str]) -> dict[str, Any]:
    parsed = polled.parsed
    entries = parsed.entries if parsed is not None else ()
    times = (entry.published_at or entry.modified_at for entry in entries)
    dated = [time for time in times if time is not None]
    full = sum(is_full(entry.content) for entry in entries)
    return {
        "url": feed_name(polled.feed.url),
        "title": (parsed.title if parsed is not None else "") or polled.feed.publisher,
        "outcome": _outcome(polled),
        "status": polled.fetched.response.status,
        "items": len(entries),
        "newest": max(dated).isoformat() if dated else None,
        "language": parsed.language if parsed is not None else None,
        "full_content": f"{full} of {len(entries)}" if entries else None,
        "hub": (parsed.hub_url or None) if parsed is not None else None,
        "advice": _found(polled, named) or _problem(polled) or _advice(polled, dated, full, now),
    }


def _outcome(polled: Polled) -> str:
    if polled.poll.outcome != "failed":
        return "ok" if polled.parsed is not None and polled.parsed.entries else "empty"
    response, parsed = polled.fetched.response, polled.parsed
    return response.reason or (parsed.reason if parsed is not None else None) or "failed"


def _found(polled: Polled, named: frozenset[str]) -> str:
    """What to do with a feed that nobody named, but a web page that somebody did."""
    good = polled.parsed is not None and polled.parsed.entries
    if polled.feed.url in named or not good or polled.fetched.request.purpose == "sitemap":
        return ""
    return "the web page in your list announces this feed: write its address there instead"


def _advice(polled: Polled, dated: Sequence[datetime], full: int, now: datetime) -> str:
    """What to do with a feed that came."""
    entries = polled.parsed.entries if polled.parsed is not None else ()
    response = polled.fetched.response
    final = redact_url(response.final_url)
    if response.has_moved and final != redact_url(polled.feed.url):
        return f"moved: write {final} into your list instead"
    if not entries:
        return "it lists nothing now: keep it, feeds come back"
    if dated and (now - max(dated)).days > _STALE_DAYS:
        return (
            f"nothing new for {(now - max(dated)).days} days: look at the outlet's page whether "
            "it has another feed"
        )
    covers = max(dated) - min(dated) if len(dated) >= _ENOUGH else _LONG
    if covers < _LONG:
        minutes = round(covers.total_seconds() / 60)
        return (
            f"its list reaches back {minutes} minutes only: run rasd more often than that, or "
            "entries are lost"
        )
    if full == len(entries):
        return "good: the entries carry whole articles, no page is fetched"
    return "good: each entry's page is fetched for the article"


def _problem(polled: Polled) -> str:
    """What to do with a feed that did not come; nothing when it came."""
    response, parsed = polled.fetched.response, polled.parsed
    reason, detail = response.reason, response.detail
    if reason is None and parsed is not None and not parsed.entries:
        reason, detail = parsed.reason, parsed.detail
    if reason is None or (polled.poll.outcome != "failed" and not detail):
        return ""
    todo = _BY_STATUS.get(response.status or 0) or _BY_REASON.get(reason, "check it again later")
    return f"{todo} ({detail})" if detail and detail not in todo else todo
