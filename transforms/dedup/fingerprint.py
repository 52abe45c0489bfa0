"""Reduce an article to its fingerprint: all that deduplication needs, no text.

The fingerprint travels through shuffles and is compared in place of the body, so the pipeline
and ``compare_texts`` cannot disagree: both compare fingerprints.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from transforms.dedup.marks import name_hashes, number_hashes
from transforms.dedup.minhash import band_keys
from transforms.dedup.tokens import Uint32s, Uint64s, hash_words, shingle, words_of
from transforms.records import Article, Fingerprint, content_id

# Shorter texts (flashes, captions, titles) say too little for a near-duplicate verdict.
MIN_TOKENS: Final = 30
LEAD_TOKENS: Final = 50
_BODY_RUN: Final = 3
_LEAD_RUN: Final = 2


def fingerprint(article: Article) -> Fingerprint:
    """Fingerprint an article.

    Args:
        article: any article; an empty body gives a fingerprint that only exact copies match.

    Returns:
        Its fingerprint; a body under 30 words has no bands, so it is never a near-duplicate.
    """
    words = words_of(article.body)
    hashed = hash_words(words)
    shingles = shingle(hashed, _BODY_RUN)
    lead = shingle(hashed[:LEAD_TOKENS], _LEAD_RUN)
    return Fingerprint(
        article_id=article.article_id,
        page_id=article.page_id,
        norm_hash=article.norm_hash,
        published_at=article.published_at,
        event_time=article.event_time,
        publisher=article.publisher,
        agency=article.agency,
        tokens=len(words),
        bands=_bands(shingles, lead) if len(words) >= MIN_TOKENS else b"",
        shingles=pack(shingles),
        lead=pack(lead),
        names=pack(name_hashes(words, hashed)),
        numbers=pack(number_hashes(words, hashed)),
        modified_at=article.modified_at,
    )


def _bands(shingles: Uint32s, lead: Uint32s) -> bytes:
    """Band keys as little-endian uint64 bytes."""
    return band_keys(shingles, lead).astype("<u8").tobytes()


def fingerprint_text(text: str) -> Fingerprint:
    """Fingerprint a bare text; its ids are hashes of its normalised words."""
    words = words_of(text)
    same = content_id(" ".join(words))
    return fingerprint(Article(same, same, text, same, same))


def pack(values: Uint32s) -> bytes:
    """Store hashes as little-endian uint32 bytes."""
    return values.astype("<u4").tobytes()


def unpack(raw: bytes) -> Uint32s:
    """Read what ``pack`` stored; shares the bytes' memory, so it cannot be written to."""
    return np.frombuffer(raw, "<u4").astype(np.uint32, copy=False)


def unpack_bands(raw: bytes) -> Uint64s:
    """Read the band keys of a fingerprint."""
    return np.frombuffer(raw, "<u8").astype(np.uint64, copy=False)
