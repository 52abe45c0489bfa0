"""Time zones as news writes them, and the zone of a publisher's country."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from transforms.text.dates.lexicon import zone_table

_OFFSET: Final = re.compile(r"(?:GMT|UTC)?([+-])(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)


def country_timezone(alpha3: str) -> str | None:
    """The zone of a country's press.

    Args:
        alpha3: ISO 3166 alpha-3, either case.

    Returns:
        An IANA name (for a country of several zones that of its capital's or largest press);
        None for a country that is not listed.
    """
    return zone_table("country").get(alpha3.upper())


def host_timezone(url: str) -> str | None:
    """The zone of the country whose domain a host is under.

    Args:
        url: an absolute URL.

    Returns:
        An IANA name for https://akhbar.ae/; None for other domains, and for what is no URL.
    """
    match = _TOP_DOMAIN.match(url)
    return zone_table("domain").get(match[1].lower()) if match else None


def locale_timezone(tag: str) -> str | None:
    """The zone of the country that a language tag names.

    Args:
        tag: such as "ar-EG"; "ar" and "ar_AR" (what programs write for any Arabic) name none.

    Returns:
        An IANA name, or None.
    """
    match = _LOCALE.fullmatch(tag.strip())
    return zone_table("domain").get(match[1].lower()) if match else None


_LOCALE: Final = re.compile(r"ar(?:[-_]Arab)?[-_]([a-z]{2})", re.IGNORECASE)
_TOP_DOMAIN: Final = re.compile(r"https?://(?:[^/?#@]*@)?[^/?#:@]+\.([a-zA-Z]{2})(?=[/?#:]|\Z)")


def parse_offset(text: str) -> str | None:
    """Read an offset.

    Args:
        text: "+03:00", "+0300", "GMT+3", "UTC+03:00".

    Returns:
        ±HH:MM; None when it is none or beyond ±14:00.
    """
    match = _OFFSET.fullmatch(text.replace(" ", ""))
    if match is None:
        return None
    sign, hours, minutes = match.group(1), int(match.group(2)), int(match.group(3) or 0)
    if hours * 60 + minutes > 14 * 60 or minutes > 59:
        return None
    return f"{sign}{hours:02d}:{minutes:02d}"


@lru_cache(maxsize=1_000)  # a page may name any zone
def zone_info(name: str) -> dt.tzinfo | None:
    """The zone of a name.

    Args:
        name: an IANA name or ±HH:MM.

    Returns:
        The zone; None when there is none of that name.
    """
    offset = parse_offset(name)
    if offset is not None:
        minutes = int(offset[1:3]) * 60 + int(offset[4:6])
        return dt.timezone(dt.timedelta(minutes=-minutes if offset[0] == "-" else minutes))
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
