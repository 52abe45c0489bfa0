"""A loop that goes on until it is told to stop: its clock, and the signals that stop it."""

from __future__ import annotations

import signal
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import FrameType
from typing import Any, Final

_LAST_TICK: Final = 20.0  # seconds that a tick may still take once a stop was asked for


@dataclass(slots=True)
class Clock:
    """The stream's clock: a test moves it by hand.

    Attributes:
        now: tells the time.
        wait: sleeps so many seconds, or until the event is set.
    """

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    wait: Callable[[threading.Event, float], object] = threading.Event.wait


@dataclass(slots=True)
class Loop(ABC):
    """What goes on until some time after it was told to stop."""

    _stop: threading.Event = field(default_factory=threading.Event, init=False)

    @abstractmethod
    def run(self) -> None:
        """Go on until ``stop`` ends it."""

    def stop(self) -> None:
        """End after what is under way."""
        self._stop.set()

    @property
    def stopping(self) -> bool:
        """Whether it was told to stop."""
        return self._stop.is_set()


class Abandoned(BaseException):
    """A stream was told to stop and its tick took too long: the tick was given up, whole."""


def follow(stream: Loop) -> None:
    """Run a stream until SIGTERM or SIGINT; a second one, or a tick that goes on, gives it up.

    Raises:
        Abandoned: the tick under way was given up. Nothing of it counts; the feeds are due again.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        if stream.stopping:
            _abandon(_number, _frame)
        stream.stop()
        signal.setitimer(signal.ITIMER_REAL, _LAST_TICK)

    handlers: dict[int, Callable[[int, FrameType | None], None]] = {
        signal.SIGTERM: stop,
        signal.SIGINT: stop,
        signal.SIGALRM: _abandon,
    }
    before: dict[int, Any] = {
        number: signal.signal(number, handler) for number, handler in handlers.items()
    }
    try:
        stream.run()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


def _abandon(_number: int, _frame: FrameType | None) -> None:
    raise Abandoned
