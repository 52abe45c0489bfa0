"""How long a feed can be left alone, by the times at which its entries came (decision 0019). Pure.

A feed is asked again when the entries that nobody has seen yet are expected to have waited
``PATIENCE`` seconds in all. For a steady feed this is the square-root rule of crawling: a hundred
times the entries make ten times the requests. The expected entries are the sum of two parts:

- the feed's own rhythm, the rate of the last seven days by the hour of the day;
- what nothing foretells: a feed that has been quiet for some time brings one entry within as much
  time again, so that one which has just brought something is asked soon, then ever more seldom.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

PATIENCE: Final = 900.0  # seconds that all unseen entries together may wait
_WINDOW: Final = 7 * 86_400.0
_JUST_NOW: Final = 300.0  # quiet for no longer than this: polls do not tell less
_STEP: Final = 60.0
_HOUR: Final = 3600.0


def time_to_rest(
    arrivals: Sequence[float], *, since: float, quiet_since: float, now: float, most: float
) -> float:
    """Find how long a feed can be left alone.

    Args:
        arrivals: when each entry was first seen, in seconds since 1970; not those of the first
            list, which nobody saw come.
        since: when the feed was first seen.
        quiet_since: when it last brought anything.
        now: the time of the latest answer.
        most: the longest rest.

    Returns:
        Seconds.
    """
    rates = _rates([at for at in arrivals if at > now - _WINDOW], max(since, now - _WINDOW), now)
    quiet = max(now - quiet_since, _JUST_NOW)
    rest = unseen = waited = 0.0
    while rest < most and waited < PATIENCE:
        coming = (rates[_hour(now + rest)] + 1 / (quiet + rest)) * _STEP
        waited += (unseen + coming / 2) * _STEP
        unseen += coming
        rest += _STEP
    return min(rest, most)


def _rates(arrivals: Sequence[float], begin: float, end: float) -> list[float]:
    """Entries a second for each hour of the day (UTC), from that hour and the two beside it.

    An hour leans on the overall rate by the weight of one entry: what is rare has no rhythm.
    """
    if not arrivals:
        return [0.0] * 24
    came, spent = [0] * 24, [0.0] * 24
    for at in arrivals:
        came[_hour(at)] += 1
    at = begin
    while at < end:
        until = min(end, (at // _HOUR + 1) * _HOUR)
        spent[_hour(at)] += until - at
        at = until
    one_takes = (end - begin) / len(arrivals)
    return [(_around(came, hour) + 1) / (_around(spent, hour) + one_takes) for hour in range(24)]


def _around(of_hours: Sequence[float], hour: int) -> float:
    return of_hours[hour - 1] + of_hours[hour] + of_hours[(hour + 1) % 24]


def _hour(at: float) -> int:
    return int(at // _HOUR) % 24
