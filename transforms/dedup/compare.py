"""Say how two texts stand to each other.

A copy keeps the order of what it takes over: over half of the shorter text's word 3-grams stand
in the other in the same order. (A full text whose sentences were shuffled is a copy too, but it
keeps nearly all of its 3-grams.) On labelled Arabic pairs this separates copies from other
tellings of the same story, which plain Jaccard and containment do not.

What is left are templates: telegrams, weather, market reports, executions, and the briefs of
agencies on one kind of incident share most of their words with every other filling. They differ in
names, places, days and numbers, far more than in other words (decision 0058).
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from transforms.dedup.fingerprint import MIN_TOKENS, fingerprint_text, unpack
from transforms.dedup.tokens import Uint32s, shared_count
from transforms.records import Fingerprint

SimilarityKind = Literal["same", "near", "contained", "related", "different"]

ORDERED: Final = 0.55  # of the shorter text's 3-grams, found in the same order
ORDERED_FLASH: Final = 0.9  # the same for an excerpt that is too short for any other verdict
SHUFFLED_JACCARD: Final = 0.7  # from here on the order does not matter
MIN_SHARED: Final = 18  # a long title chain ("صاحب السمو ...") alone has no more 3-grams
RELATED: Final = 0.1
_SHINGLE_BYTES: Final = 4
# A shorter text that is at most this share of the longer one is an excerpt of it, not a variant.
EXCERPT_RATIO: Final = 0.6

# Two fillings of a template: so many names and numbers, at least this share of those each has, are
# lacking in the other, and the fewer they are the more the other words must agree:
# (share of marks lacking)^2 >= ``_STANDING_OUT`` * (share of other words lacking).
_MIN_MISSING: Final = 1
_MIN_MISSING_SUM: Final = 2
_MISSING_SHARE: Final = 0.15
_STANDING_OUT: Final = 0.4
# Of an excerpt and a long text only what the excerpt has and the long text lacks is telling.
_EXCERPT_MISSING: Final = 3
_EXCERPT_SHARE: Final = 0.25


@dataclass(frozen=True, slots=True)
class Similarity:
    """How two texts stand to each other.

    Attributes:
        kind: same (after normalisation), near (a variant), contained (one is an excerpt of the
            other), related (text in common: another story, or another filling of a template),
            different.
        jaccard: shared word 3-grams over all, 0 to 1.
        containment: shared word 3-grams over those of the shorter text, 0 to 1.
    """

    kind: SimilarityKind
    jaccard: float
    containment: float


def compare_texts(a: str, b: str) -> Similarity:
    """Compare two texts.

    Args:
        a: a text, usually an article's body.
        b: another one; the order does not matter.

    Returns:
        Their similarity, by the very rules the pipeline applies to fingerprints.
    """
    return compare(fingerprint_text(a), fingerprint_text(b))


def compare(a: Fingerprint, b: Fingerprint) -> Similarity:
    """Compare two fingerprints (see ``compare_texts``)."""
    if a.norm_hash == b.norm_hash:
        return Similarity("same", 1.0, 1.0)
    left, right = unpack(a.shingles), unpack(b.shingles)
    places = _shared_places(left, right)
    shorter, union = min(len(left), len(right)), len(left) + len(right) - len(places)
    jaccard = len(places) / union if union else 0.0
    containment = len(places) / shorter if shorter else 0.0
    kind: SimilarityKind = "related" if containment >= RELATED else "different"
    if _is_copy(places, _least_shared(a, b), jaccard) and not _is_template(a, b):
        kind = "contained" if _is_excerpt(a, b) else "near"
    return Similarity(kind, round(jaccard, 4), round(containment, 4))


class Sieve:
    """Says of most texts, in a tenth of the time of ``compare``, that they are no copies of one.

    Nearly all candidates share a formula or a quotation and no more. The text's 3-grams are marked
    in a table by a part of their hash: another text has at most as many in common with it as it
    finds marked.

    Args:
        text: the one that others are held against.
    """

    def __init__(self, text: Fingerprint) -> None:
        """Mark the text's 3-grams."""
        self._text = text
        self._marked = np.zeros(1 << 16, np.bool_)
        self._marked[_parts(text)] = True

    def may_be_copy(self, other: Fingerprint) -> bool:
        """Whether ``compare`` could call a text of other words near or contained."""
        found = np.count_nonzero(self._marked[_parts(other)])
        return bool(found >= _least_shared(self._text, other))


def _parts(text: Fingerprint) -> npt.NDArray[np.uint16]:
    """The lower half of each of a text's 3-gram hashes."""
    return np.frombuffer(text.shingles, "<u2")[::2]


def _least_shared(a: Fingerprint, b: Fingerprint) -> float:
    """How many 3-grams two texts must share for one to be a copy of the other."""
    if min(a.tokens, b.tokens) >= MIN_TOKENS:
        ordered = ORDERED
    elif _is_excerpt(a, b):
        ordered = ORDERED_FLASH
    else:
        return math.inf
    return max(MIN_SHARED, ordered * min(len(a.shingles), len(b.shingles)) / _SHINGLE_BYTES)


def _shared_places(left: Uint32s, right: Uint32s) -> npt.NDArray[np.intp]:
    """Where the shared values stand in the longer array, in the order of the shorter one."""
    if len(left) > len(right):
        left, right = right, left
    if len(left) == 0:
        return np.empty(0, np.intp)
    order = np.argsort(right)
    ranked = right[order]
    at = np.searchsorted(ranked, left)
    at[at == len(ranked)] = 0
    return order[at[ranked[at] == left]]


def _is_copy(places: npt.NDArray[np.intp], enough: float, jaccard: float) -> bool:
    """Whether enough is shared in the same order, or nearly everything in any order."""
    if len(places) < enough:
        return False
    return jaccard >= SHUFFLED_JACCARD or _longest_rise(places) >= enough


def _longest_rise(places: npt.NDArray[np.intp]) -> int:
    """Length of the longest increasing subsequence."""
    if bool(np.all(places[1:] > places[:-1])):
        return len(places)
    ends: list[int] = []
    for place in places.tolist():
        at = bisect_left(ends, place)
        ends[at : at + 1] = [place]
    return len(ends)


def _is_excerpt(a: Fingerprint, b: Fingerprint) -> bool:
    """Whether one text is so much shorter that it can only be a part of the other."""
    short, long = sorted((a.tokens, b.tokens))
    return short <= EXCERPT_RATIO * long


@dataclass(frozen=True, slots=True)
class _Missing:
    """How many stems of each sort a text has, and how many of them the other one lacks."""

    marks: int  # names and numbers
    lacking_marks: int
    others: int
    lacking_others: int
    lacking_names: int

    def stands_out(self, share: float) -> bool:
        """Whether so large a share of marks is lacking, and clearly more than of other words."""
        marks = self.lacking_marks / max(1, self.marks)
        others = self.lacking_others / max(1, self.others)
        return marks >= share and marks**2 >= _STANDING_OUT * others


def _missing(a: Fingerprint, b: Fingerprint) -> _Missing:
    """What of ``a`` is missing in ``b``."""
    words, names, numbers = unpack(a.words), unpack(a.names), unpack(a.numbers)
    other = unpack(b.words)
    lacking = len(words) - shared_count(words, other)
    lacking_names = len(names) - shared_count(names, other)
    lacking_marks = lacking_names + len(numbers) - shared_count(numbers, other)
    marks = len(names) + len(numbers)
    return _Missing(
        marks, lacking_marks, len(words) - marks, lacking - lacking_marks, lacking_names
    )


def _is_template(a: Fingerprint, b: Fingerprint) -> bool:
    """Whether two alike texts are fillings of one template: other names, other numbers."""
    short, long = sorted((a, b), key=lambda each: (each.tokens, each.norm_hash))
    one = _missing(short, long)
    if _is_excerpt(a, b):
        return one.lacking_marks >= _EXCERPT_MISSING and one.stands_out(_EXCERPT_SHARE)
    two = _missing(long, short)
    if one.lacking_names + one.lacking_others + two.lacking_names + two.lacking_others == 0:
        return False  # only figures differ, not a word: one story, corrected
    few, many = sorted((one.lacking_marks, two.lacking_marks))
    if few < _MIN_MISSING or few + many < _MIN_MISSING_SUM:
        return False
    return one.stands_out(_MISSING_SHARE) and two.stands_out(_MISSING_SHARE)
