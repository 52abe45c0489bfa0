"""What a host's robots.txt lets us do (RFC 9309), and for how long that answer is good.

protego judges the rules. What is handed to it is only our own group, taken out in one pass over
the lines: a file made to be slow (thousands of groups, each with thousands of rules) costs no
more than its length.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from protego import Protego

from transforms.fetch.messages import Response
from transforms.rejects import Reason

PRODUCT: Final = "rasd"
MAX_BYTES: Final = 500 * 1024
_MAX_LINE: Final = 2083  # the longest address a browser ever took
# What a group may cost: its letters, and for each rule a part that stands for the time it takes;
# room for some 2,300 rules, or 700 with wildcards, escapes, or letters that need them.
_ROOM: Final = 100_000
_RULE_COST: Final = 36
_SPECIAL_COST: Final = 130
_PLAIN: Final = re.compile(r"[A-Za-z0-9_.~/=-]*")
_MAX_SITEMAPS: Final = 100
# As protego: sloppy names, and a space where the colon should be.
_LINE: Final = re.compile(
    r"^[ \t]*+(user[ -]?agent|crawl[ -]delay|site-?maps?|allow"
    r"|disallow|dissallow|dissalow|disalow|diasllow|disallaw)"
    r"(?=[: \t]|$)[ \t]*+:?([^\n#]*+)",
    re.IGNORECASE | re.MULTILINE,
)
_KINDS: Final = {"u": "agent", "c": "delay", "s": "sitemap", "a": "allow", "d": "disallow"}
_TOKEN: Final = re.compile(r"\*(?!\S)|[A-Za-z_-]+")
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
    """

    rules: Protego | None
    allow_all: bool = True
    reason: Reason = "robots_denied"
    crawl_delay: float | None = None
    sitemaps: tuple[str, ...] = ()
    why: str = ""

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
    text = data[:MAX_BYTES].decode("utf-8", "replace").removeprefix("\ufeff")
    groups = _Groups(product.lower())
    for line in _LINE.finditer(text.replace("\r", "\n")):
        groups.take(_KINDS[line[1][0].lower()], line[2][:_MAX_LINE].strip(_SPACE))
    rules = groups.chosen()
    reduced = "\n".join([f"User-agent: {PRODUCT}", *rules])
    reduced = _SEPARATORS.sub("", reduced)  # protego takes these for ends of lines
    return RobotsPolicy(
        Protego.parse(reduced) if rules else None,
        crawl_delay=groups.delay(),
        sitemaps=tuple(groups.sitemaps),
        why="robots.txt",
    )


class _Groups:
    """The rules for us and the rules for everybody, as the lines go by."""

    def __init__(self, product: str) -> None:
        self._product = product
        self._found: dict[str, OrderedDict[str, None]] = {}  # ours or "*" -> its rules, in order
        self._delays: dict[str, float] = {}
        self._room: dict[str, int] = {}
        self._current: set[str] = set()
        self._in_agents = False
        self.sitemaps: OrderedDict[str, None] = OrderedDict()

    def take(self, kind: str, value: str) -> None:
        if kind == "agent":
            self._agent(value)
        elif kind == "sitemap":  # belongs to no group and ends none
            if value and len(self.sitemaps) < _MAX_SITEMAPS:
                self.sitemaps[value] = None
        else:
            self._in_agents = False
            for agent in self._current:
                self._rule(agent, kind, value)

    def _agent(self, value: str) -> None:
        if not self._in_agents:
            self._current = set()
        self._in_agents = True
        token = _TOKEN.match(value)
        name = token[0].lower() if token else ""
        if name in {"*", self._product}:
            self._current.add(name)
            self._found.setdefault(name, OrderedDict())
            self._room.setdefault(name, _ROOM)

    def _rule(self, agent: str, kind: str, value: str) -> None:
        if kind == "delay":
            self._delay(agent, value)
            return
        if not value or self._room[agent] < 0:
            return
        rule = f"{kind}: {value}"
        if rule in self._found[agent]:
            return
        self._room[agent] -= len(value)
        self._room[agent] -= _RULE_COST if _PLAIN.fullmatch(value) else _SPECIAL_COST
        if self._room[agent] >= 0:
            self._found[agent][rule] = None

    def _delay(self, agent: str, value: str) -> None:
        try:
            seconds = float(value[:20])
        except ValueError:
            return
        if 0 <= seconds < float("inf"):
            self._delays[agent] = seconds

    def _group(self) -> str:
        return self._product if self._product in self._found else "*"

    def chosen(self) -> list[str]:
        return list(self._found.get(self._group(), ()))

    def delay(self) -> float | None:
        return self._delays.get(self._group())


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


def origin_of(url: str) -> str:
    """Name what a robots.txt is for: scheme, host and port of a URL that the guard has written."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


class RobotsCache:
    """Policies by origin, each for a time. The clock comes in from outside.

    Args:
        keep_seconds: how long a robots.txt is good (RFC 9309, 2.4: at most a day).
        retry_seconds: how long the want of one is good that could not be had.
        most: how many origins are kept; the oldest goes first.
    """

    def __init__(
        self, *, keep_seconds: float = 86400, retry_seconds: float = 1800, most: int = 20_000
    ) -> None:
        """Start empty."""
        self._keep = keep_seconds
        self._retry = retry_seconds
        self._most = most
        self._policies: OrderedDict[str, tuple[float, RobotsPolicy]] = OrderedDict()

    def get(self, origin: str, now: float) -> RobotsPolicy | None:
        """Give the policy of an origin; None when there is none that is still good.

        Args:
            origin: as ``origin_of`` writes it.
            now: seconds of any clock that goes forward, always the same.
        """
        found = self._policies.get(origin)
        if found is None or found[0] <= now:
            return None
        return found[1]

    def put(self, origin: str, policy: RobotsPolicy, now: float) -> None:
        """Keep the policy of an origin."""
        barred = policy.rules is None and not policy.allow_all
        self._policies[origin] = (now + (self._retry if barred else self._keep), policy)
        self._policies.move_to_end(origin)
        while len(self._policies) > self._most:
            self._policies.popitem(last=False)
