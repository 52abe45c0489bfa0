"""What is remembered of single words: without bound while an article is read, trimmed between.

A bounded ``lru_cache`` keeps its entries in the order of their use, and moving one to the front at
every look-up costs more than the look-up: words are looked up a dozen times a token. So answers
are kept without order, and what has grown too large is forgotten as a whole between two articles.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import _lru_cache_wrapper, cache
from typing import Final, TypeVar

LIMIT: Final = 1 << 17  # answers of a function that outlast an article

Answer = TypeVar("Answer")

_remembering: list[_lru_cache_wrapper[object]] = []


def remembers(function: Callable[..., Answer]) -> _lru_cache_wrapper[Answer]:
    """Let a function of a word, or of little more, remember its answers (see the module)."""
    remembering = cache(function)
    _remembering.append(remembering)
    return remembering


def trim(limit: int = LIMIT) -> None:
    """Forget the answers of every function that remembers too many.

    Args:
        limit: how many are kept.
    """
    for function in _remembering:
        if function.cache_info().currsize > limit:
            function.cache_clear()
