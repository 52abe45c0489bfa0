"""What a host's robots.txt lets us do (RFC 9309), and for how long that answer is good.

protego judges the rules. What is handed to it is only our own group, taken out in one pass over
the lines: a file made to be slow (thousands of groups, each with thousands of rules) costs no
more than its length.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, cast
from urllib.parse import urlsplit

from protego import Protego

from transforms.fetch.messages import Response
from transforms.records import FetchLog
from transforms.rejects import REASONS, Reason

PRODUCT: Final = "rasd"
KEPT_SECONDS: Final = 86_400.0  # RFC 9309, 2.4: at most a day
MAX_BYTES: Final = 500 * 1024
_MAX_LINE: Final = 2083  # the longest address a browser ever took
# What our groups may cost: their letters, and for each line a part that stands for the time it
# takes; room for some 2,300 rules, or 600 with wildcards, escapes, or letters that need them.
_ROOM: Final = 100_000
_RULE_COST: Final = 36
_SPECIAL_COST: Final = 130
_STAR_COST: Final = 8
_PLAIN: Final = re.compile(r"[A-Za-z0-9_.~/=-]*")
_MAX_SITEMAPS: Final = 100
# As protego: sloppy names, and a space where the colon should be.
_AGENT: Final = r"\nuser[ -]?agent(?=[: \t]|$)[ \t]*+:?"
_LINE: Final = re.compile(
    r"\n(user[ -]?agent|crawl[ -]delay|allow"
    r"|disallow|dissallow|dissalow|disalow|diasllow|disallaw)"
    r"(?=[: \t]|$)[ \t]*+:?([^\n#]*+)",
    re.IGNORECASE | re.MULTILINE,
)
_SITEMAP: Final = re.compile(
    r"\nsite-?maps?(?=[: \t]|$)[ \t]*+:?([^\n#]*+)", re.IGNORECASE | re.MULTILINE
)
_LINE_START: Final = re.compile(r"[\r\n][ \t\r\n]*+")
_UNREACHABLE: Final = frozenset({"dns", "connect", "tls", "timeout", "blocked_address"})
_SPACE: Final = " \t\0"
_SEPARATORS: Final = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class RobotsPolicy:
    """What one robots.txt says to us.

    Attributes:
        rules: protego's, of our group only; None when everything is allowed or nothing is.
        allow_all: the answer without rules.
        crawl_delay: seconds between two requests; None when it names none.
        sitemaps: the sitemaps it names.
        reason: what a URL is rejected with that may not be fetched.
        why: one line about it.
        text: the rules as a robots.txt of our group alone; reading it gives this policy again,
            but for the sitemaps.
    """

    rules: Protego | None
    allow_all: bool = True
    reason: Reason = "robots_denied"
    crawl_delay: float | None = None
    sitemaps: tuple[str, ...] = ()
    why: str = ""
    text: str = ""

    def allows(self, url: str) -> bool:
        """Whether we may fetch a URL of this origin.

        Args:
            url: absolute, in ASCII. The robots.txt itself is always allowed.
        """
        if urlsplit(url).path == "/robots.txt":
            return True
        if self.rules is None:
            return self.allow_all
        return bool(self.rules.can_fetch(url, PRODUCT))


ALLOW_ALL: Final = RobotsPolicy(None, why="no robots.txt")


def parse_robots(data: bytes, *, product: str = PRODUCT) -> RobotsPolicy:
    """Read a robots.txt.

    Args:
        data: its bytes; what stands behind the first 500 KiB is not read.
        product: our product token; groups that name it win over those for ``*``.

    Returns:
        The policy; never raises.
    """
    text = "\n" + data[:MAX_BYTES].decode("utf-8", "replace").removeprefix("\ufeff")
    text = _LINE_START.sub("\n", text)
    group = _read_group(text, re.escape(product) + r"(?![A-Za-z_-])")
    if not group.named:
        group = _read_group(text, r"\*(?=[\s#]|$)")
    reduced = "\n".join([f"User-agent: {PRODUCT}", *group.rules])
    reduced = _SEPARATORS.sub("", reduced)  # protego takes these for ends of lines
    return RobotsPolicy(
        Protego.parse(reduced) if group.rules else None,
        crawl_delay=group.delay,
        sitemaps=_sitemaps(text),
        why="robots.txt",
        # A delay is read from at most twenty characters.
        text=reduced if group.delay is None else f"{reduced}\ncrawl-delay: {group.delay:.12g}",
    )


def _sitemaps(text: str) -> tuple[str, ...]:
    """Name the first sitemaps; they belong to no group and end none."""
    found: dict[str, None] = {}
    for line in _SITEMAP.finditer(text):
        if value := _value(line[1]):
            found[value] = None
        if len(found) == _MAX_SITEMAPS:
            break
    return tuple(found)


def _value(text: str) -> str:
    return text[:_MAX_LINE].strip(_SPACE)


def _read_group(text: str, agent: str) -> _Group:
    """Add up the groups of one agent, a pattern; agents that stand together share their rules."""
    named = re.compile(rf"{_AGENT}[ \t\0]*+{agent}", re.IGNORECASE | re.MULTILINE)
    group = _Group()
    at = named.search(text)
    while at and group.room > 0:
        group.named = True
        group.room -= _RULE_COST
        at = named.search(text, _read_rules(text, at.end(), group))
    return group


def _read_rules(text: str, start: int, group: _Group) -> int:
    """Take the rules from behind one line of an agent up to the next group; give where that is."""
    in_agents = True
    for line in _LINE.finditer(text, start):
        kind = line[1][0].lower()
        if kind != "u":
            in_agents = False
            group.take(kind, _value(line[2]))
        elif not in_agents:
            return line.start()
        if group.room <= 0:
            break
    return len(text)


class _Group:
    """The rules for one agent, each once and in order, as long as there is room."""

    def __init__(self) -> None:
        self.named = False
        self.rules: dict[str, None] = {}
        self.delay: float | None = None
        self.room = _ROOM

    def take(self, kind: str, value: str) -> None:
        self.room -= len(value) + _STAR_COST * value.count("*")
        self.room -= _RULE_COST if _PLAIN.fullmatch(value) else _SPECIAL_COST
        if kind == "c":
            self._take_delay(value)
        elif value and self.room >= 0:
            self.rules[f"{'allow' if kind == 'a' else 'disallow'}: {value}"] = None

    def _take_delay(self, value: str) -> None:
        try:
            seconds = float(value[:20])
        except ValueError:
            return
        if 0 <= seconds < float("inf"):
            self.delay = seconds


def policy_of(response: Response) -> RobotsPolicy:
    """Say what the answer to a request for robots.txt means (RFC 9309, 2.3.1).

    Args:
        response: redirects already followed, at most five.

    Returns:
        200: its rules. 4xx, and redirects without an end: all is allowed, but for 429, which
        asks us to stay away. 5xx and hosts that cannot be reached: nothing is (its pages then
        have the reason why the host cannot be reached).
    """
    if response.reason is None and response.status is not None:
        return parse_robots(response.body)
    if response.status == 429:
        return RobotsPolicy(None, allow_all=False, why="robots.txt: status 429")
    if response.reason in {"http_4xx", "redirect"}:
        return ALLOW_ALL
    reason = response.reason if response.reason in _UNREACHABLE else "robots_denied"
    return RobotsPolicy(None, allow_all=False, reason=reason, why=f"robots.txt: {response.detail}")


def policy_of_log(log: FetchLog) -> RobotsPolicy | None:
    """Say again what a robots.txt said that was asked for in an earlier crawl.

    Args:
        log: the row of that request.

    Returns:
        The policy; None when the row does not tell it.
    """
    if log.outcome == "ok":
        return None if log.robots is None else parse_robots(log.robots.encode())
    if log.outcome not in REASONS:
        return None
    detail = log.outcome if log.status is None else f"status {log.status}"
    reason = cast("Reason", log.outcome)
    return policy_of(Response(log.url, log.url, status=log.status, reason=reason, detail=detail))


def origin_of(url: str) -> str:
    """Name what a robots.txt is for: scheme, host and port of a URL that the guard has written."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


class RobotsCache:
    """Policies by origin, each for a time. The clock comes in from outside.

    Args:
        known: requests for robots.txt files made before; of an origin's the latest counts.
        keep_seconds: how long a robots.txt is good.
        retry_seconds: how long the want of one is good that could not be had.
        most: how many origins are kept; the oldest goes first.
    """

    def __init__(
        self,
        known: Iterable[FetchLog] = (),
        *,
        keep_seconds: float = KEPT_SECONDS,
        retry_seconds: float = 1800,
        most: int = 20_000,
    ) -> None:
        """Start with what is known; it is read when it is asked for."""
        self._keep = keep_seconds
        self._retry = retry_seconds
        self._most = most
        self._policies: OrderedDict[str, tuple[float, RobotsPolicy]] = OrderedDict()
        latest = sorted(known, key=lambda log: log.started_at)
        self._unread = {origin_of(log.url): log for log in latest}

    def get(self, origin: str, now: float) -> RobotsPolicy | None:
        """Give the policy of an origin; None when there is none that is still good.

        Args:
            origin: as ``origin_of`` writes it.
            now: seconds of any clock that goes forward, always the same; with ``known`` requests
                seconds since 1970 of the clock that dated them.
        """
        log = self._unread.pop(origin, None)
        if log is not None and origin not in self._policies:
            policy = policy_of_log(log)
            if policy is not None:
                self.put(origin, policy, log.started_at.timestamp())
        found = self._policies.get(origin)
        if found is None or found[0] <= now:
            return None
        return found[1]

    def put(self, origin: str, policy: RobotsPolicy, now: float) -> None:
        """Keep the policy of an origin, asked for at ``now``."""
        barred = policy.rules is None and not policy.allow_all
        self._policies[origin] = (now + (self._retry if barred else self._keep), policy)
        self._policies.move_to_end(origin)
        while len(self._policies) > self._most:
            self._policies.popitem(last=False)
