"""What every reader of a feed format hands on: fields as found, before anything is understood."""

from __future__ import annotations

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
    updated: str = ""
    language: str = ""
    categories: list[str] = field(default_factory=list)


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
    children: list[str] = field(default_factory=list)
    entries: list[RawEntry] = field(default_factory=list)


_PERIODS = {
    "hourly": 3600,
    "daily": 86_400,
    "weekly": 604_800,
    "monthly": 2_592_000,
    "yearly": 31_536_000,
}
_MAX_TTL = 31_536_000


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
