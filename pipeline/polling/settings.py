"""How a run fetches, as its options say."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime
from typing import Final

from pipeline.options import Config
from transforms.fetch.addresses import Guard
from transforms.fetch.client import USER_AGENT
from transforms.fetch.messages import Limits
from transforms.fetch.politeness import Manners
from transforms.fetch.run import FetchSettings

_LIMITS: Final = Limits()
_MANNERS: Final = Manners()


def fetch_settings(config: Config) -> FetchSettings:
    """How a run fetches."""
    return settings_of(
        config.as_of,
        allow_private=config.allow_private_hosts,
        timeout=config.fetch_timeout,
        delay=config.host_delay,
        contact=config.contact,
    )


def settings_of(
    now: datetime,
    *,
    allow_private: bool = False,
    timeout: float = _LIMITS.total_seconds,
    delay: float = _MANNERS.delay_seconds,
    contact: str | None = None,
) -> FetchSettings:
    """How to fetch; a proxy is taken from the environment.

    Args:
        now: the clock.
        allow_private: let requests go to private addresses.
        timeout: seconds for all of one request.
        delay: seconds between two requests to one host.
        contact: what the user agent names for those who run the sites.
    """
    limits = replace(
        _LIMITS,
        total_seconds=timeout,
        connect_seconds=min(timeout, _LIMITS.connect_seconds),
        stall_seconds=min(timeout, _LIMITS.stall_seconds),
    )
    return FetchSettings(
        now,
        limits=limits,
        manners=replace(_MANNERS, delay_seconds=delay),
        guard=Guard(allow_private=allow_private),
        user_agent=f"{USER_AGENT} (+{contact})" if contact else USER_AGENT,
        proxy=os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy"),
    )
