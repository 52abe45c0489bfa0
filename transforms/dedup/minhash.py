"""MinHash signatures cut into bands: texts that share a band key are worth comparing.

128 permutations of the body's word 3-grams in 32 bands of 4 rows meet with probability
``1 - (1 - J^4)^32`` (J = 0.4: 0.56, J = 0.6: 0.99); 8 bands of 4 rows over the 2-grams of the
lead find teasers, whose body is a small part of the whole text.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from transforms.dedup.tokens import Uint32s, Uint64s, mix

ROWS: Final = 4
BODY_BANDS: Final = 32
LEAD_BANDS: Final = 8
BANDS: Final = BODY_BANDS + LEAD_BANDS

# Fixed multiply-shift permutations: part of the stored format, never change them in place.
_SEEDS: Final = mix(
    np.arange(1, 2 * ROWS * BANDS + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
)
_FACTORS: Final = (_SEEDS[: ROWS * BANDS] | np.uint64(1))[:, None]
_OFFSETS: Final = _SEEDS[ROWS * BANDS :][:, None]
_SHIFT: Final = np.uint64(32)
# A permutation over a whole long text at once would not fit the processor's cache.
_CHUNK: Final = 512


def _signature(shingles: Uint32s, first: int, last: int) -> Uint64s:
    """Minimum of each permutation ``first`` to ``last`` over the shingles; one value a row."""
    factors, offsets = _FACTORS[first:last], _OFFSETS[first:last]
    best: Uint64s | None = None
    for start in range(0, len(shingles), _CHUNK):
        part = shingles[start : start + _CHUNK].astype(np.uint64)[None, :]
        low = (factors * part + offsets).min(axis=1)
        best = low if best is None else np.minimum(best, low)
    assert best is not None, "callers pass at least one shingle"  # noqa: S101  # narrows the type
    return best >> _SHIFT


def _keys(signature: Uint64s, first_band: int) -> Uint64s:
    """Fold four rows and the band's number into one key a band."""
    rows = signature.reshape(-1, ROWS)
    key = np.arange(first_band + 1, first_band + 1 + len(rows), dtype=np.uint64)
    for row in range(ROWS):
        key = mix(key * _FACTORS[0, 0] + rows[:, row])
    return key


def band_keys(shingles: Uint32s, lead: Uint32s) -> Uint64s:
    """Compute the band keys of a text.

    Args:
        shingles: distinct hashes of the body's word 3-grams.
        lead: distinct hashes of the lead's word 2-grams.

    Returns:
        40 unsigned 64-bit keys (32 of the body, then 8 of the lead); empty when either set is.
    """
    if len(shingles) == 0 or len(lead) == 0:
        return np.empty(0, np.uint64)
    body = _keys(_signature(shingles, 0, ROWS * BODY_BANDS), 0)
    head = _keys(_signature(lead, ROWS * BODY_BANDS, ROWS * BANDS), BODY_BANDS)
    return np.concatenate((body, head))
