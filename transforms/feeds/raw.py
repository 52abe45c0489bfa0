"""The fields of a feed and its entries as written: what the reader of every format returns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(slots=True)
class RawEntry:
    """One item as written. Strings are stripped; "" means the feed does not say."""

    guid: str = ""
    guid_is_link: bool = False
    link: str = ""
    base: str = ""  # xml:base in force, when there is one
    title: str = ""
    title_is_html: bool = True  # else the text is literal
    summary: str = ""
    summary_is_html: bool = True
    content: str = ""  # HTML
    authors: list[str] = field(default_factory=list)
    published: str = ""
    also_published: list[str] = field(default_factory=list)  # other writings, the best first
    updated: str = ""
    updated_may_date: bool = True  # whether it stands for an unknown time of publication
    language: str = ""
    categories: list[str] = field(default_factory=list)

    @property
    def says_something(self) -> bool:
        """Whether anything at all was read of it."""
        texts = (self.guid, self.link, self.title, self.summary, self.content)
        return any((*texts, self.published, self.updated, *self.authors, *self.categories))


@dataclass(slots=True)
class RawFeed:
    """A feed as written, in the order of its items."""

    kind: str = "unknown"
    title: str = ""
    language: str = ""
    home: str = ""
    self_link: str = ""
    hub: str = ""
    ttl_seconds: int | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    children: list[str] = field(default_factory=list)
    entries: list[RawEntry] = field(default_factory=list)
    listed: int = 0  # items that the list holds, read or not (JSON)


_PERIODS = {
    "hourly": 3600,
    "daily": 86_400,
    "weekly": 604_800,
    "monthly": 2_592_000,
    "yearly": 31_536_000,
}
_MAX_TTL = 31_536_000
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def ttl_seconds(ttl: str, period: str, frequency: str) -> int | None:
    """Read how long a feed asks to be left alone.

    Args:
        ttl: RSS ``ttl``, in minutes.
        period: ``sy:updatePeriod``.
        frequency: ``sy:updateFrequency``, times a period.

    Returns:
        Seconds, the longer of the two; None when neither says anything usable.
    """
    found = []
    if ttl.isascii() and ttl.isdigit() and len(ttl) < 8 and int(ttl):
        found.append(min(int(ttl) * 60, _MAX_TTL))
    length = _PERIODS.get(period.lower())
    if length is not None:
        times = int(frequency) if frequency.isascii() and frequency[:6].isdigit() else 1
        found.append(length // max(1, min(times, length)))
    return max(found, default=None)


def skip_hours(written: Iterable[str]) -> tuple[int, ...]:
    """Read RSS ``skipHours``: hours of the day (UTC, 0 to 23) in which nobody is to ask."""
    found = {int(each) % 24 for each in written if each.isascii() and each.isdigit()}
    return tuple(sorted(found)) if len(found) < 24 else ()


def skip_days(written: Iterable[str]) -> tuple[int, ...]:
    """Read RSS ``skipDays``: days of the week (UTC, 0 is Monday) on which nobody is to ask."""
    found = {_DAYS.index(each.lower()) for each in written if each.lower() in _DAYS}
    return tuple(sorted(found)) if len(found) < 7 else ()
