"""The beat of a stream that work belongs to, as its window tells it.

In a bounded run everything lies in Beam's one global window. In a stream, what a beat has set off
lies in a window that starts with the beat: its start is the ``as_of`` of that work.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apache_beam.transforms.window import IntervalWindow
from apache_beam.utils.timestamp import MIN_TIMESTAMP
from apache_beam.utils.windowed_value import WindowedValue


def beat_of(window: Any) -> datetime | None:
    """The time of the beat, in UTC; None in a bounded run, whose clock is the run's own."""
    if not isinstance(window, IntervalWindow):
        return None
    beat: datetime = window.start.to_utc_datetime(has_tz=True)
    return beat


def placed(value: Any, window: Any) -> WindowedValue:
    """Put what the end of a bundle gives into the window of the work that it stems from."""
    start = window.start if isinstance(window, IntervalWindow) else MIN_TIMESTAMP
    return WindowedValue(value, start, [window])
