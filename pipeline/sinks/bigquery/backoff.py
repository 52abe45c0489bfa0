"""Try again what fails for a while: growing pauses with jitter, at most five tries."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

# Answers that another try may change. quotaExceeded is none: it is that of the whole day.
_REASONS: Final = frozenset(
    {
        "rateLimitExceeded",
        "userRateLimitExceeded",
        "jobRateLimitExceeded",
        "backendError",
        "jobBackendError",
        "internalError",
        "jobInternalError",
        "badGateway",
        "tableUnavailable",
    }
)
_STATUSES: Final = frozenset({408, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Backoff:
    """How often and when something is tried again.

    Attributes:
        tries: at most so many in all.
        first: seconds before the second try; each further pause is twice as long.
        longest: seconds no pause grows beyond.
        timeout: seconds a request may wait for an answer before it counts as failed.
    """

    tries: int = 5
    first: float = 1.0
    longest: float = 60.0
    timeout: float = 60.0

    def pause(self, failed: int) -> float:
        """Return seconds to wait after so many failures.

        Jitter adds up to a half, so that many workers do not come back at once, and a later pause
        is longer all the same.
        """
        step = min(self.longest, self.first * 2 ** (failed - 1))
        return step * (1 + random.random() / 2)  # noqa: S311 - it spreads load, it hides nothing

    def __call__(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap a call: this is what Google's clients take as ``retry``."""

        def tried(*args: Any, **kwargs: Any) -> Any:
            for failed in range(1, self.tries + 1):
                try:
                    return call(*args, **kwargs)
                except Exception as error:
                    if failed == self.tries or not passes(error):
                        raise
                    time.sleep(self.pause(failed))
            raise AssertionError  # pragma: no cover - the loop returns or raises

        return tried


def reason_of(error: BaseException) -> str:
    """Return Google's word for what went wrong; empty when there is none."""
    for each in getattr(error, "errors", None) or ():
        if isinstance(each, dict) and each.get("reason"):
            return str(each["reason"])
    return ""


def passes(error: BaseException) -> bool:
    """Tell whether an error is one that passes by itself: limits of rate, faults, hangs."""
    # requests takes a moment to import, and only a dataset needs it
    import requests  # noqa: PLC0415
    from google.auth.exceptions import TransportError  # noqa: PLC0415

    reason = reason_of(error)
    if reason:
        return reason in _REASONS
    if isinstance(error, requests.exceptions.SSLError):
        return False
    broken = (
        requests.exceptions.ConnectionError,
        requests.exceptions.Timeout,
        requests.exceptions.ChunkedEncodingError,
        TransportError,
        ConnectionError,
        TimeoutError,
    )
    return isinstance(error, broken) or getattr(error, "code", None) in _STATUSES
