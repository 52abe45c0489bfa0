"""How much of one host fits into a beat, so that nobody waits for the busiest outlet (0077).

A bundle of an engine ends when all that is in it is done: a host of which hundreds of pages were
asked at once would hold up its neighbours' rows, and the checkpoint, for as long as its manners
take. So a beat asks no more of a host than half a beat has room for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from transforms.fetch.politeness import HostSchedule, Manners
from transforms.fetch.robots import policy_of_log
from transforms.records import FetchLog
from transforms.text.urls import registrable_host

_SHARE: Final = 0.5  # of a beat: so bundles end before the next one begins
_LEAST: Final = 0.05  # seconds that a request takes, whatever pause is kept


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How a stream inside an engine goes.

    Attributes:
        seconds: between two beats.
        settle_minutes: a beat settles at most so often; None leaves it to a ``rasd settle``.
    """

    seconds: int = 60
    settle_minutes: float | None = 0.0


class HostPace:
    """Tells how many requests a host may get in one beat.

    Args:
        rhythm: of the beats.
        manners: how polite we are.
        robots: what robots.txt files said; their Crawl-delay counts.
    """

    def __init__(self, rhythm: Rhythm, manners: Manners, robots: Iterable[FetchLog] = ()) -> None:
        """Read the delays that are asked for."""
        self._seconds = rhythm.seconds * _SHARE
        self._manners = manners
        self._asked: dict[str, float] = {}
        for log in robots:
            if "crawl-delay" in (log.robots or "").lower():  # few have one, and reading costs
                policy = policy_of_log(log)
                asked = None if policy is None else policy.crawl_delay
                host = registrable_host(log.url)
                self._asked[host] = max(asked or 0.0, self._asked.get(host, 0.0))

    def delay(self, host: str) -> float:
        """Seconds between two requests to a registrable host."""
        return HostSchedule(host, self._manners, self._asked.get(host)).delay

    def room(self, host: str) -> int:
        """How many requests to a registrable host fit; at least one."""
        return max(1, int(self._seconds / max(self.delay(host), _LEAST)))
