"""The closed list of reasons why an element can become a dead letter."""

from __future__ import annotations

from typing import Final, Literal, get_args

Reason = Literal[
    "empty_input",
    "bad_json",
    "unknown_format",
    "unreadable",
    "not_fetched",
    "blocked_address",
    "robots_denied",
    "dns",
    "connect",
    "tls",
    "timeout",
    "http_4xx",
    "http_5xx",
    "redirect",
    "truncated",
    "too_large",
    "not_a_feed",
    "bad_feed",
    "not_an_article",
    "no_text",
    "paywall",
    "consent",
    "login",
    "not_arabic",
    "crashed",
    "too_slow",
    "out_of_memory",
    "schema",
    "row_too_large",
    "sink_refused",
]

REASONS: Final[tuple[str, ...]] = get_args(Reason)
STAGES: Final = ("read", "feeds", "fetch", "extract", "language", "document", "rows", "deliver")

# Worth another try without anything having been mended: the world outside may have changed.
RETRIABLE: Final[frozenset[str]] = frozenset(
    {
        "not_fetched",
        "dns",
        "connect",
        "tls",
        "timeout",
        "http_4xx",
        "http_5xx",
        "redirect",
        "truncated",
        "robots_denied",
        "paywall",
        "consent",
        "login",
        "unreadable",
        "crashed",
        "too_slow",
        "out_of_memory",
        "sink_refused",
    }
)
