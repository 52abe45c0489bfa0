"""When to ask a feed again, how to ask, and what an answer means. Pure: the clock comes in.

The interval follows the times at which entries came (``rhythm``). A feed is never given up:
failures only make it wait longer, and every ``AUDIT_EVERY`` polls it is asked without validators,
because validators lie. All state is in ``FeedState``, which ``appearances``, ``feeds`` and
``fetch_log`` can rebuild.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from transforms.feeds.identity import usable_guid
from transforms.feeds.join import is_full
from transforms.feeds.rhythm import time_to_rest
from transforms.records import Entry, Feed, ParsedFeed, content_id
from transforms.rejects import Reason
from transforms.text.links import names_page
from transforms.text.urls import canonicalise_url

Outcome = Literal[
    "new",  # entries that were not known, or known ones with another text
    "unchanged",  # an answer with nothing new in it
    "not_modified",  # 304
    "overlap_lost",  # ALARM: nothing in it was known, so entries between the polls may be lost
    "soft_empty",  # ALARM: a good answer without entries, from a feed that had some
    "capped",  # ALARM: more new entries than a poll or a day may bring, or more than are read
    "failed",  # no answer, an error, no feed
]
ALARMS: Final[frozenset[Outcome]] = frozenset({"overlap_lost", "soft_empty", "capped"})

FLOOR: Final = 300  # seconds
CAP: Final = 86_400
START: Final = 900
AUDIT_EVERY: Final = 12  # conditional polls between two without validators
MAX_NEW_A_POLL: Final = 1_000
MAX_NEW_A_DAY: Final = 5_000
_HOUR: Final = timedelta(hours=1)
_EMPTIER: Final = 1.5  # a feed that never listed anything is left alone so much longer each time
_MAX_RETRY_AFTER: Final = 7 * 86_400
_TRIES_AN_ADDRESS: Final = 3  # failures before the next alternative is tried
_KEPT_SEEN: Final = 1_000  # entries remembered beyond twice the list's length
_MAX_AGE_RE: Final = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Seen:
    """An entry that was seen: when, under which canonical URL, and its text's hash ("" unknown)."""

    first_at: datetime
    last_at: datetime
    url: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class FeedState:
    """What is remembered of a feed between two polls. Times are aware, intervals seconds."""

    feed_url: str
    due_at: datetime
    interval: int = START
    etag: str = ""
    last_modified: str = ""
    body_id: str = ""  # hash of the last body
    conditional: int = 0  # polls with validators since the last without
    lying: bool = False  # the validators stayed while the body changed
    failures: int = 0  # in a row
    guids_change: bool = False  # known URLs come back under new GUIDs: URLs are the keys
    listed: tuple[str, ...] = ()  # keys in the latest list
    seen: Mapping[str, Seen] = field(default_factory=dict)
    day: str = ""  # the UTC date that ``new_in_day`` counts
    new_in_day: int = 0
    hub: str = ""  # the WebSub hub that the feed names
    ttl: int = 0  # seconds between two polls that the feed asks for
    skip_hours: tuple[int, ...] = ()  # of the day (UTC) in which it wants to be left alone
    skip_days: tuple[int, ...] = ()  # the same of the week, 0 is Monday
    full: bool = False  # every entry of the latest list was an article, no page is to be fetched


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request brought.

    Attributes:
        status: of the response; None when there was none.
        headers: of the response.
        parsed: the feed, for a 200.
        body_id: a hash of the body, for a 200.
        reason: why there was no usable response.
        retry_after: seconds the server asks for.
    """

    status: int | None
    headers: Mapping[str, str] = field(default_factory=dict)
    parsed: ParsedFeed | None = None
    body_id: str = ""
    reason: Reason | None = None
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Poll:
    """What a poll meant: the next state, the outcome, the entries to go on with."""

    state: FeedState
    outcome: Outcome
    new: tuple[Entry, ...] = ()
    changed: tuple[Entry, ...] = ()  # known entries whose text is another
    known: int = 0


def start(feed: Feed, now: datetime) -> FeedState:
    """Begin to poll a feed, at once."""
    return FeedState(feed.url, now, interval=_bounded(feed.poll_seconds or START))


def rebuild(
    feed: Feed, now: datetime, appearances: Iterable[tuple[str, str, datetime, datetime]]
) -> FeedState:
    """Make a state again from the rows of ``appearances``: (GUID or "", URL, first, last seen)."""
    seen = {}
    for guid, url, first, last in appearances:
        canonical = canonicalise_url(url)
        seen[guid or canonical] = Seen(first, last, canonical)
    return replace(start(feed, now), seen=seen, listed=tuple(sorted(seen)))


def is_due(state: FeedState, now: datetime) -> bool:
    """Say whether the feed may be asked."""
    return now >= state.due_at


def address(feed: Feed, state: FeedState) -> str:
    """Choose the address to ask: after repeated failures the alternatives take their turn."""
    every = (feed.url, *feed.alternatives)
    return every[state.failures // _TRIES_AN_ADDRESS % len(every)]


def request_headers(state: FeedState) -> dict[str, str]:
    """Give the validators to send; none when it is time for an audit."""
    if state.lying or state.conditional >= AUDIT_EVERY:
        return {}
    headers = {}
    if state.etag:
        headers["If-None-Match"] = state.etag
    if state.last_modified:
        headers["If-Modified-Since"] = state.last_modified
    return headers


def observe(feed: Feed, state: FeedState, answer: Answer, now: datetime) -> Poll:
    """Understand an answer.

    Args:
        feed: the registry's entry.
        state: before the request.
        answer: what the request brought.
        now: when it came.

    Returns:
        The poll. Its state's ``due_at`` is when to ask again.
    """
    if answer.status == 304:
        return _not_modified(feed, state, answer, now)
    parsed = answer.parsed
    if parsed is None or answer.reason is not None:
        return _failed(feed, state, answer, now)
    if not parsed.entries and parsed.reason in {None, "empty_input"} and state.listed:
        waiting = replace(state, etag="", last_modified="", failures=0)
        return Poll(_again(feed, waiting, answer, now, state.interval), "soft_empty")
    if parsed.reason is not None:
        return _failed(feed, state, answer, now)
    return _list_came(feed, state, answer, parsed, now)


def entry_key(entry: Entry, *, by_url: bool = False) -> str:
    """Name an entry within its feed: its GUID, else its canonical URL, else its title's hash."""
    guid = usable_guid(entry)
    if guid and not by_url:
        return guid
    if names_page(entry.url):
        return canonicalise_url(entry.url)
    return guid or content_id(entry.title, entry.summary)


def text_id(entry: Entry) -> str:
    """Hash what an entry says, white space aside; another hash is another version."""
    return content_id(
        *(" ".join(each.split()) for each in (entry.title, entry.summary, entry.content))
    )


def _not_modified(feed: Feed, state: FeedState, answer: Answer, now: datetime) -> Poll:
    seen = dict(state.seen)
    for key in state.listed:
        if key in seen:
            seen[key] = replace(seen[key], last_at=now)
    after = replace(state, seen=seen, conditional=state.conditional + 1, failures=0)
    interval = _rest(after, now)
    return Poll(_again(feed, after, answer, now, interval), "not_modified", known=len(state.listed))


def _failed(feed: Feed, state: FeedState, answer: Answer, now: datetime) -> Poll:
    failures = state.failures + 1
    interval = state.interval * 2 ** min(failures, 10)
    if answer.status == 410:
        interval = CAP
    after = _again(feed, replace(state, failures=failures), answer, now, interval, fixed=False)
    return Poll(replace(after, interval=state.interval), "failed")


def _list_came(
    feed: Feed, state: FeedState, answer: Answer, parsed: ParsedFeed, now: datetime
) -> Poll:
    state = _with_stable_keys(state, parsed.entries)
    entries: dict[str, Entry] = {}
    for entry in parsed.entries:
        entries.setdefault(entry_key(entry, by_url=state.guids_change), entry)
    unknown = [key for key in entries if key not in state.seen]
    changed = [key for key in entries if _is_changed(state, key, entries[key])]
    today = now.date().isoformat()
    used = state.new_in_day if state.day == today else 0
    room = max(0, min(MAX_NEW_A_POLL, MAX_NEW_A_DAY - used))
    new = unknown[:room]  # the top of the list first; the rest is still unknown at the next poll
    seen = dict(state.seen)
    for key in (*new, *(key for key in entries if key in state.seen)):
        first = seen[key].first_at if key in seen else now
        entry = entries[key]
        seen[key] = Seen(first, now, canonicalise_url(entry.url), text_id(entry))
    outcome = _outcome(state, entries, unknown, room, changed)
    if parsed.dropped:
        outcome = "capped"
    after = replace(
        state,
        etag=_header(answer, "etag"),
        last_modified=_header(answer, "last-modified"),
        lying=_lies(state, answer),
        body_id=answer.body_id,
        conditional=state.conditional + 1 if request_headers(state) else 0,
        failures=0,
        listed=tuple(entries),
        seen=_forget(seen, len(entries)),
        day=today,
        new_in_day=used + len(new),
        hub=parsed.hub_url,
        ttl=min(CAP, parsed.ttl_seconds or 0),
        skip_hours=parsed.skip_hours,
        skip_days=parsed.skip_days,
        full=bool(entries) and all(is_full(entry.content) for entry in entries.values()),
    )
    interval = _rest(after, now, stirred=bool(unknown or changed))
    return Poll(
        _again(feed, after, answer, now, interval),
        outcome,
        new=tuple(entries[key] for key in new),
        changed=tuple(entries[key] for key in changed),
        known=len(entries) - len(unknown),
    )


def _with_stable_keys(state: FeedState, entries: Iterable[Entry]) -> FeedState:
    """Change to URLs as keys when most known URLs come back under GUIDs never seen."""
    if state.guids_change or not state.seen:
        return state
    links = [(entry.guid, canonicalise_url(entry.url)) for entry in entries]
    links = [(guid, url) for guid, url in links if guid and url]
    urls = {url for _, url in links}
    if len(links) < 2 or len(urls) < len(links):  # one URL for several entries names none
        return state
    known = {seen.url for seen in state.seen.values()}
    renamed = sum(guid not in state.seen and url in known for guid, url in links)
    if renamed * 2 <= len(links):
        return state
    by_url = {each.url or key: each for key, each in state.seen.items()}
    listed = tuple(state.seen[key].url or key for key in state.listed if key in state.seen)
    return replace(state, guids_change=True, seen=by_url, listed=listed)


def _is_changed(state: FeedState, key: str, entry: Entry) -> bool:
    before = state.seen.get(key)
    return before is not None and before.text not in {"", text_id(entry)}


def _outcome(
    state: FeedState,
    entries: Mapping[str, Entry],
    unknown: list[str],
    room: int,
    changed: list[str],
) -> Outcome:
    if len(unknown) > room:
        return "capped"
    if state.listed and entries and len(unknown) == len(entries):
        return "overlap_lost"
    return "new" if unknown or changed else "unchanged"


def _lies(state: FeedState, answer: Answer) -> bool:
    """Say whether validators stay the same while the body changes; once known, it is kept."""
    if not state.body_id or state.body_id == answer.body_id:
        return state.lying
    etag, modified = _header(answer, "etag"), _header(answer, "last-modified")
    same = (etag, modified) == (state.etag, state.last_modified) and bool(etag or modified)
    return state.lying or same


def _rest(state: FeedState, now: datetime, *, stirred: bool = False) -> float:
    """Find the next interval; ``stirred`` says that something new or changed has just come."""
    came = {(each.first_at.timestamp(), each.url or key) for key, each in state.seen.items()}
    if not came:
        return state.interval * _EMPTIER
    times = sorted(at for at, _ in came)
    return time_to_rest(
        [at for at in times if at > times[0]],
        since=times[0],
        quiet_since=now.timestamp() if stirred else times[-1],
        now=now.timestamp(),
        most=CAP,
    )


def _again(
    feed: Feed,
    state: FeedState,
    answer: Answer,
    now: datetime,
    interval: float,
    *,
    fixed: bool = True,
) -> FeedState:
    """Set when to ask again: what was asked of us is the least.

    A wish of the user is exact: it goes before what the feed says of itself, which is often no
    more than what its software writes into every feed.
    """
    interval = _bounded(interval)
    wished = feed.poll_seconds is not None
    if fixed and feed.poll_seconds is not None:
        interval = _bounded(feed.poll_seconds)
    wait = max(float(interval), 0 if wished else state.ttl, min(CAP, _max_age(answer)))
    wait = min(CAP, wait * (1 + 0.1 * _spread(state.feed_url, now)))  # feeds do not march in step
    due = now + timedelta(seconds=round(wait))
    if not wished:
        due = min(_awake(state, due), now + timedelta(seconds=CAP))
    asked = now + timedelta(seconds=round(min(answer.retry_after or 0.0, _MAX_RETRY_AFTER)))
    return replace(state, interval=interval, due_at=max(due, asked))


def _awake(state: FeedState, due: datetime) -> datetime:
    """Put off a poll until the feed does not want to be left alone."""
    for _ in range(7 * 24):
        if due.hour not in state.skip_hours and due.weekday() not in state.skip_days:
            break
        due += _HOUR
    return due


def _bounded(seconds: float) -> int:
    return int(max(FLOOR, min(CAP, seconds)))


def _spread(feed_url: str, now: datetime) -> float:
    """Draw a number of [0, 1) that follows from feed and time alone."""
    return int(content_id(feed_url, now.isoformat())[:8], 16) / 2**32


def _max_age(answer: Answer) -> int:
    found = _MAX_AGE_RE.search(_header(answer, "cache-control"))
    return int(found[1]) if found else 0


def _header(answer: Answer, name: str) -> str:
    for key, value in answer.headers.items():
        if key.lower() == name:
            return value.strip()[:1000]
    return ""


def _forget(seen: Mapping[str, Seen], listed: int) -> Mapping[str, Seen]:
    """Keep the entries seen last, so that the state stays flat however long a feed runs."""
    limit = 2 * listed + _KEPT_SEEN
    if len(seen) <= limit:
        return seen
    latest = sorted(seen.items(), key=lambda item: (item[1].last_at, item[0]), reverse=True)
    return dict(latest[:limit])
