"""Cut Arabic text to comparable words and hash runs of them, without Python's salted ``hash()``.

Words are what is left after Arabic normalisation when entities and punctuation are gone: two
typings of one sentence give the same list. Hashes are CRC-32 per word, mixed by splitmix64's
finaliser per run of words, so they are the same in every process and on every machine.
"""

from __future__ import annotations

import html
import re
from typing import Final, TypeVar
from zlib import crc32

import numpy as np
import numpy.typing as npt

from transforms.text.arabic import normalise_text

Uint32s = npt.NDArray[np.uint32]
Uint64s = npt.NDArray[np.uint64]
_Unsigned = TypeVar("_Unsigned", np.uint32, np.uint64)

# A number keeps its inner separators (6.5, 1,300); words stop at digits, underscores, marks.
_WORD: Final = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_ABD: Final = re.compile(r"\bعبد (?=ال)")
_STEP: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX_A: Final = np.uint64(0xBF58476D1CE4E5B9)
_MIX_B: Final = np.uint64(0x94D049BB133111EB)


def words_of(text: str) -> list[str]:
    """Cut a text to its normalised words.

    Args:
        text: any text; HTML entities are read, everything but letters and digits is dropped.

    Returns:
        The words in order, Latin ones in lower case; "عبد العزيز" is one word, as papers write
        it both ways.
    """
    if "&" in text:
        text = html.unescape(text)
    return _WORD.findall(_ABD.sub("عبد", normalise_text(text)).lower())


def hash_words(words: list[str]) -> Uint64s:
    """Hash each word (CRC-32 of its UTF-8), as unsigned 64-bit numbers ready for mixing."""
    encoded = "\n".join(words).encode("utf-8", "replace").split(b"\n") if words else []
    return np.fromiter(map(crc32, encoded), np.uint64, len(encoded))


def mix(values: Uint64s) -> Uint64s:
    """Spread 64-bit values evenly (the finaliser of splitmix64; overflow is meant)."""
    values = (values ^ (values >> np.uint64(30))) * _MIX_A
    values = (values ^ (values >> np.uint64(27))) * _MIX_B
    return values ^ (values >> np.uint64(31))


def runs(hashed: Uint64s, size: int) -> Uint64s:
    """Hash every run of ``size`` words.

    Args:
        hashed: word hashes in order, from ``hash_words``.
        size: words in a run.

    Returns:
        One hash a run, in order; empty when the text is shorter than one run.
    """
    count = len(hashed) - size + 1
    if count <= 0:
        return np.empty(0, np.uint64)
    total = hashed[:count] * _STEP
    for offset in range(1, size):
        total = mix(total) + hashed[offset : offset + count] * _STEP
    return mix(total)


def distinct(values: npt.NDArray[_Unsigned]) -> npt.NDArray[_Unsigned]:
    """Sort and take every value once (``np.unique`` without its overhead on small arrays)."""
    values = np.sort(values)
    if len(values) < 2:
        return values
    keep = np.empty(len(values), np.bool_)
    keep[0] = True
    np.not_equal(values[1:], values[:-1], out=keep[1:])
    return values[keep]


def shared_count(left: Uint32s, right: Uint32s) -> int:
    """Count the values two sorted distinct arrays have in common."""
    if len(left) > len(right):
        left, right = right, left
    if len(left) == 0:
        return 0
    at = np.searchsorted(right, left)
    at[at == len(right)] = 0
    return int(np.count_nonzero(right[at] == left))
