"""Feeds: parse them, list them, decide when to ask again, join their entries with pages."""

from __future__ import annotations

from transforms.feeds.parse import parse_feed

__all__ = ["parse_feed"]
