"""A known phrase as syntax sees it."""

from __future__ import annotations

from typing import NamedTuple


class EntitySpan(NamedTuple):
    """A known phrase: its tokens, and whether it names an actor or is a name."""

    first: int
    last: int
    definite: bool
    party: bool
    name: bool
