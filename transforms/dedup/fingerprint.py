"""Reduce an article to its fingerprint: all that deduplication needs, no text.

The fingerprint travels through shuffles and is compared in place of the body, so the pipeline
and ``compare_texts`` cannot disagree: both compare fingerprints.

Two texts become candidates by sharing a sampled run of five words: of all run hashes those
divisible by a power of two are kept (Manber 1994, Broder 1997). On labelled pairs this finds all
excerpts where MinHash bands of the same number (32 x 4 of the body and 8 x 4 of the lead) find
57 %, and costs a quarter: a resemblance sketch is blind to a small part of a large text.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

import numpy as np

from transforms.dedup.marks import marks_of
from transforms.dedup.tokens import Uint32s, Uint64s, distinct, hash_words, runs, words_of
from transforms.records import Article, Fingerprint, content_id
from transforms.text.links import names_entry

# Another number for another way of hashing: stored fingerprints of an older one are made anew.
VERSION: Final = 3
# Shorter texts (flashes, captions, titles) say too little to be called a variant; down to
# ``MIN_KEYED`` words they may still be the teaser of a longer one.
MIN_TOKENS: Final = 30
MIN_KEYED: Final = 20
SHINGLE: Final = 3
KEY_RUN: Final = 5
# Up to so many words a text keeps one run in ...; each rate divides the next, so that the keys of
# a long text are among those a short one would keep.
RATES: Final = (4, 8, 32, 128)
_WORDS: Final = (150, 4_000, 16_000)


def fingerprint(article: Article) -> Fingerprint:
    """Fingerprint an article.

    Args:
        article: any article; an empty body gives a fingerprint that only exact copies match.

    Returns:
        Its fingerprint; a body under 20 words has no keys, so only exact copies find it.
    """
    words = words_of(article.body)
    hashed = hash_words(words)
    marks = marks_of(words)
    keys = _keys(hashed) if len(words) >= MIN_KEYED else np.empty(0, np.uint64)
    return Fingerprint(
        article_id=article.article_id,
        page_id=article.page_id,
        norm_hash=article.norm_hash,
        published_at=article.published_at,
        event_time=article.event_time,
        publisher=article.publisher,
        agency=article.agency,
        tokens=len(words),
        keys=keys.astype("<u8").tobytes(),
        shingles=pack(_in_order(runs(hashed, SHINGLE))),
        words=pack(marks.words),
        names=pack(marks.names),
        numbers=pack(marks.numbers),
        guid=article.guid if article.guid and names_entry(article.guid) else None,
        modified_at=article.modified_at,
        fetched_at=article.fetched_at,
        published_on=article.published_on,
    )


def fingerprint_text(text: str) -> Fingerprint:
    """Fingerprint a bare text; its ids are hashes of its normalised words."""
    same = content_id(" ".join(words_of(text)))
    return fingerprint(Article(same, same, text, same, same))


def sampling_rate(tokens: int) -> int:
    """One in how many runs a text of so many words keeps."""
    return RATES[bisect_left(_WORDS, tokens)]


def _keys(hashed: Uint64s) -> Uint64s:
    """The sampled run hashes of a text, distinct and sorted."""
    hashes = runs(hashed, KEY_RUN)
    return distinct(hashes[hashes & np.uint64(sampling_rate(len(hashed)) - 1) == 0])


def _in_order(hashes: Uint64s) -> Uint32s:
    """Distinct upper halves of run hashes, in the order they first appear."""
    values = (hashes >> np.uint64(32)).astype(np.uint32)
    order = values.argsort(kind="stable")
    ranked = values[order]
    first = np.ones(len(values), np.bool_)
    first[order[1:]] = ranked[1:] != ranked[:-1]
    return values[first]


def pack(values: Uint32s) -> bytes:
    """Store hashes as little-endian uint32 bytes."""
    return values.astype("<u4").tobytes()


def unpack(raw: bytes) -> Uint32s:
    """Read what ``pack`` stored; shares the bytes' memory, so it cannot be written to."""
    return np.frombuffer(raw, "<u4").astype(np.uint32, copy=False)


def unpack_keys(raw: bytes) -> Uint64s:
    """Read the keys of one or several joined fingerprints."""
    return np.frombuffer(raw, "<u8").astype(np.uint64, copy=False)
