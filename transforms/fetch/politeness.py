"""When a host may be asked again: a pure schedule; the clock comes in from outside.

One request at a time and a pause between two, longer when robots.txt says so; all of a host waits
when it says 429 or 503, as long as it says or longer each time; a host that does not answer at
all is left alone for the rest of the run. What failed once is tried again a few times; 404 and
410 are answers, and no feed is ever disabled by them.
"""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

from transforms.fetch.messages import Response

_AGAIN: Final = frozenset({"timeout", "connect", "dns", "http_5xx", "truncated"})
_DEAD: Final = frozenset({"timeout", "connect", "dns", "tls"})


@dataclass(frozen=True, slots=True)
class Manners:
    """How polite a crawl is.

    Attributes:
        in_flight: requests at once per registrable host.
        delay_seconds: between the starts of two requests to a host, when robots.txt asks for none.
        max_delay_seconds: a longer Crawl-delay is taken for this one. It counts from the end of a
            request, so that the host never sees two any closer, however long one was on its way.
        retries: further tries of a URL.
        backoff_seconds: before the first of them; doubled each time, with jitter.
        max_wait_seconds: a host that asks for a longer pause is left alone for this run.
        give_up_after: failures in a row, of a host that cannot be reached, or that answers only
            429 and 503, until it is left alone for this run.
    """

    in_flight: int = 1
    delay_seconds: float = 0.5
    max_delay_seconds: float = 60.0
    retries: int = 2
    backoff_seconds: float = 1.0
    max_wait_seconds: float = 120.0
    give_up_after: int = 10


@dataclass(slots=True)
class HostSchedule:
    """What is known of one host during a run. Times are seconds of any clock that goes forward.

    Attributes:
        host: its registrable name.
        manners: how polite we are.
        crawl_delay: what its robots.txt asks for.
        in_flight: requests on their way.
        next_at: when the next one may start.
        last_end: when the last one ended.
        closed: why nothing more is sent to it in this run; "" while it is open.
    """

    host: str
    manners: Manners
    crawl_delay: float | None = None
    in_flight: int = 0
    next_at: float = 0.0
    last_end: float | None = None
    closed: str = ""
    refusals: int = 0
    silences: int = 0

    @property
    def delay(self) -> float:
        """Seconds between two requests."""
        if self.crawl_delay is None:
            return self.manners.delay_seconds
        asked = min(self.crawl_delay, self.manners.max_delay_seconds)
        return max(asked, self.manners.delay_seconds)

    def wait(self, now: float) -> float | None:
        """Seconds until a request may start; None while as many as may be are on their way."""
        if self.in_flight >= self.manners.in_flight:
            return None
        return max(0.0, self.next_at - now)

    def started(self, now: float) -> None:
        """Note that a request starts."""
        self.in_flight += 1
        self.next_at = now + self.delay

    def lengthen(self) -> None:
        """Let the host's own delay hold from the last request on."""
        if self.last_end is not None and self.crawl_delay is not None:
            self.next_at = max(self.next_at, self.last_end + self.delay)

    def finished(self, response: Response, now: float, *, epoch: float) -> None:
        """Note how a request ended.

        Args:
            response: what came back.
            now: of the schedule's clock.
            epoch: seconds since 1970, for a Retry-After that names a date.
        """
        self.in_flight -= 1
        self.last_end = now
        self.lengthen()
        self.silences = self.silences + 1 if response.reason in _DEAD else 0
        busy = response.status in {429, 503} and response.reason is not None
        self.refusals = self.refusals + 1 if busy else 0
        asked = retry_after_seconds(response.retry_after, epoch)
        if busy:
            pause = backoff(self.host, self.refusals, self.manners) if asked is None else asked
            self.next_at = max(self.next_at, now + pause)
            if pause > self.manners.max_wait_seconds:
                self.closed = f"{self.host} asks us to come back in {pause:.0f} s"
        if max(self.silences, self.refusals) >= self.manners.give_up_after:
            self.closed = f"{self.host} has failed {self.manners.give_up_after} times in a row"

    def again(self, response: Response, attempt: int) -> float | None:
        """Say whether and when a URL is tried again.

        Args:
            response: how the last try ended.
            attempt: how many tries there were, at least 1.

        Returns:
            Seconds to wait; None when that was its answer.
        """
        if self.closed or attempt > self.manners.retries:
            return None
        if response.status == 429:
            return 0.0  # the whole host waits already
        if response.reason not in _AGAIN or response.status == 304:
            return None
        if response.reason == "timeout" and response.status is not None:
            return None  # it answers, too slowly: asking again at once holds up the whole host
        return backoff(response.url, attempt, self.manners)


def backoff(what: str, attempt: int, manners: Manners) -> float:
    """How long to wait before another try: doubled each time, give or take a half.

    The jitter is a hash of what is tried and how often, so that a run can be repeated.

    Args:
        what: a URL or a host.
        attempt: how many tries there were, at least 1.
        manners: the first pause and the longest.

    Returns:
        Seconds.
    """
    digest = hashlib.sha256(f"{what}\n{attempt}".encode("utf-8", "replace")).digest()
    jitter = 0.5 + int.from_bytes(digest[:4], "big") / 2**32
    return min(
        manners.backoff_seconds * 2 ** min(attempt - 1, 16) * jitter, manners.max_wait_seconds
    )


def retry_after_seconds(written: str | None, epoch: float) -> float | None:
    """Read a Retry-After header in either form.

    Args:
        written: seconds or an HTTP date.
        epoch: now, in seconds since 1970.

    Returns:
        Seconds to wait, at least 0; None when there is nothing to read.
    """
    if not written:
        return None
    text = written.strip()[:64]
    if text.isascii() and text.isdigit():
        return float(text)
    with contextlib.suppress(ValueError, TypeError, OverflowError):
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return max(0.0, moment.timestamp() - epoch)
    return None
