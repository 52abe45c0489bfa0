"""Find every verified pair of copies, excerpts and versions: the rows of ``duplicates``.

Exact copies are grouped first and stand for one text, so that 500 copies of a wire story are
compared with another text once. Texts that share sampled keys are compared; the verdict on two
texts holds for all their articles within seven days.

An article without an event time (a plain file without a date) is compared with everything, dated
or not: nothing says that it lies outside the seven days. Its pairs have no ``day_gap``.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby, islice
from operator import itemgetter
from typing import Final

import numpy as np

from transforms.dedup.candidates import (
    GROUP_LIMIT,
    WINDOW_SECONDS,
    key_candidates,
    key_table,
    seconds,
)
from transforms.dedup.compare import Sieve, Similarity, compare
from transforms.dedup.fingerprint import unpack
from transforms.dedup.tokens import shared_count
from transforms.records import Duplicate, DuplicateKind, Fingerprint

# Beyond ``GROUP_LIMIT`` articles of one text, or versions of one page, an article is paired with
# the earliest ``_ANCHORS`` and its ``_ANCHORS`` nearest predecessors instead of with all of them.
_ANCHORS: Final = 8
_SAME_WORDS: Final = 0.4  # of the shorter text's distinct words
_PAIRS_AT_ONCE: Final = 4_096  # as Python objects

_HASHES: Final = ("keys", "shingles", "words", "names", "numbers")
_SAME: Final = Similarity("same", 1.0, 1.0)
_COPIES: Final[dict[str, DuplicateKind]] = {"near": "near", "contained": "contained"}


# Reads whole fingerprints by article id, some thousand at a time.
Load = Callable[[Collection[str]], Mapping[str, Fingerprint]]


def find_pairs(
    fingerprints: Sequence[Fingerprint],
    *,
    touched: Collection[str] | None = None,
    load: Load | None = None,
) -> list[Duplicate]:
    """Find the verified pairs among articles.

    Args:
        fingerprints: articles in any order; one given twice counts once.
        touched: when given, only pairs with at least one of these article ids are looked for;
            they are the same ones that a search without it finds, also when of the others only
            those are given that share a key, a text or a page with one of them.
        load: reads the whole fingerprints of articles to be compared; those given need no more
            than their keys then.

    Returns:
        The pairs, sorted by their ids; ``article_a < article_b``.
    """
    wanted = None if touched is None else frozenset(touched)
    ordered = order_in_time(fingerprints)
    whole = load or _from({each.article_id: each for each in ordered})
    texts = group_by(ordered, lambda each: each.norm_hash)
    pairs: list[Duplicate] = []
    for versions in group_by(ordered, lambda each: each.page_id):
        if len(versions) > 1:
            pairs += version_pairs(_whole(versions, whole), wanted)
    for text in texts:
        pairs += exact_pairs(text, wanted)
    for block in _blocks(_candidates(texts, wanted)):
        numbers = sorted({number for pair in block for number in pair})
        heads = dict(zip(numbers, _whole([texts[each][0] for each in numbers], whole), strict=True))
        for number, partners in groupby(block, key=itemgetter(0)):
            sieve = Sieve(heads[number])
            for _, other in partners:
                if sieve.may_be_copy(heads[other]):
                    left = [heads[number], *texts[number][1:]]
                    pairs += copy_pairs(left, [heads[other], *texts[other][1:]], wanted)
    return sorted(pairs, key=lambda pair: (pair.article_a, pair.article_b))


def _from(given: Mapping[str, Fingerprint]) -> Load:
    """Whole fingerprints that are in memory already."""
    return lambda ids: {each: given[each] for each in ids}


def _whole(group: Sequence[Fingerprint], load: Load) -> list[Fingerprint]:
    """Give fingerprints their hashes, in their order; what else they say stands."""
    loaded = load([each.article_id for each in group])
    return [_filled(each, loaded[each.article_id]) for each in group]


def _filled(each: Fingerprint, loaded: Fingerprint) -> Fingerprint:
    if each is loaded:
        return each
    return replace(each, **{name: getattr(loaded, name) for name in _HASHES})


def _blocks(candidates: Iterator[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """Cut candidates into blocks whose fingerprints fit in memory."""
    while block := list(islice(candidates, _PAIRS_AT_ONCE)):
        yield block


def order_in_time(fingerprints: Iterable[Fingerprint]) -> list[Fingerprint]:
    """Sort articles by event time, undated last, then by id; each id once."""
    known = {each.article_id: each for each in fingerprints}
    return sorted(known.values(), key=lambda each: (seconds(each.event_time), each.article_id))


def group_by(
    ordered: Iterable[Fingerprint], key: Callable[[Fingerprint], str]
) -> list[list[Fingerprint]]:
    """Group articles by a key, keeping their order; groups stand as their first articles do."""
    groups: dict[str, list[Fingerprint]] = defaultdict(list)
    for each in ordered:
        groups[key(each)].append(each)
    return list(groups.values())


def week_heads(text: Sequence[Fingerprint]) -> Iterator[Fingerprint]:
    """Articles that stand for a text in the search: the first, and one after every seven days."""
    last = -math.inf
    for each in text:
        time = seconds(each.event_time)
        if time - last > WINDOW_SECONDS:
            yield each
            last = time


def _candidates(
    texts: Sequence[Sequence[Fingerprint]], wanted: frozenset[str] | None
) -> Iterator[tuple[int, int]]:
    """Pairs of text numbers worth comparing, each once, sorted; a wanted article in each."""
    heads = sorted(
        (seconds(head.event_time), head.article_id, number, head)
        for number, text in enumerate(texts)
        for head in week_heads(text)
    )
    rows = key_candidates(key_table([head for *_, head in heads]))
    pairs = np.array([number for _, _, number, _ in heads], np.int64)[rows]
    if wanted is not None:
        asked = np.array([any(each.article_id in wanted for each in text) for text in texts])
        pairs = pairs[asked[pairs].any(axis=1)]
    pairs = np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1)
    pairs = np.unique(pairs, axis=0)
    for start in range(0, len(pairs), _PAIRS_AT_ONCE):
        yield from map(tuple, pairs[start : start + _PAIRS_AT_ONCE].tolist())


def version_pairs(
    versions: Sequence[Fingerprint], wanted: frozenset[str] | None = None
) -> Iterator[Duplicate]:
    """Pairs of versions of one page, given in time order; texts with nothing in common are none."""
    for a, b in _within(versions):
        if _is_asked(a, b, wanted):
            similarity = compare(a, b)
            if is_revision(a, b, similarity):
                yield _pair(a, b, "revision", similarity)


def is_revision(a: Fingerprint, b: Fingerprint, similarity: Similarity) -> bool:
    """Whether two texts that came under one address are versions of one text.

    A link is no identity by itself: they share text, or their feed's GUID says so.

    Args:
        a: a text.
        b: another one of the same page.
        similarity: what ``compare`` says of them.
    """
    if similarity.kind != "different" or (a.guid and a.guid == b.guid):
        return True
    left, right = unpack(a.words), unpack(b.words)
    shorter = min(len(left), len(right))
    # A flash that became a story, or was written anew: most of its words are still there.
    return shorter == 0 or shared_count(left, right) >= _SAME_WORDS * shorter


def exact_pairs(
    text: Sequence[Fingerprint], wanted: frozenset[str] | None = None
) -> Iterator[Duplicate]:
    """Pairs of articles of one text on different pages, given in time order."""
    for a, b in _within(text):
        if a.page_id != b.page_id and _is_asked(a, b, wanted):
            yield _pair(a, b, "exact", _SAME)


def copy_pairs(
    left: Sequence[Fingerprint],
    right: Sequence[Fingerprint],
    wanted: frozenset[str] | None = None,
) -> Iterator[Duplicate]:
    """Compare two texts once and give the verdict to their articles on different pages."""
    asked = [
        (a, b)
        for a, b in _across(left, right)
        if a.page_id != b.page_id and _is_asked(a, b, wanted)
    ]
    if not asked:
        return
    similarity = compare(left[0], right[0])
    kind = _COPIES.get(similarity.kind)
    if kind is not None:
        yield from (_pair(a, b, kind, similarity) for a, b in asked)


def _within(group: Sequence[Fingerprint]) -> Iterator[tuple[Fingerprint, Fingerprint]]:
    """Pairs inside a group in time order: all, or with anchors when it is very large."""
    for index, each in enumerate(group):
        before = group[:index]
        if len(group) > GROUP_LIMIT and index > 2 * _ANCHORS:
            before = [*before[:_ANCHORS], *before[-_ANCHORS:]]
        yield from ((other, each) for other in before)


def _across(
    left: Sequence[Fingerprint], right: Sequence[Fingerprint]
) -> Iterator[tuple[Fingerprint, Fingerprint]]:
    """Pairs between two groups in time order: all, or with anchors when there are too many."""
    few = len(left) * len(right) <= GROUP_LIMIT**2
    for index, each in enumerate(left):
        others = right if few or index < _ANCHORS else right[:_ANCHORS]
        yield from ((each, other) for other in others)


def _is_asked(a: Fingerprint, b: Fingerprint, wanted: frozenset[str] | None) -> bool:
    """Whether a pair is within seven days (or undated) and asked for."""
    if wanted is not None and a.article_id not in wanted and b.article_id not in wanted:
        return False
    if a.event_time is None or b.event_time is None:
        return True
    return abs((a.event_time - b.event_time).total_seconds()) <= WINDOW_SECONDS


def _pair(a: Fingerprint, b: Fingerprint, kind: DuplicateKind, similarity: Similarity) -> Duplicate:
    """Make the row of a pair."""
    first, second = (a, b) if a.article_id < b.article_id else (b, a)
    known = a.publisher is not None and b.publisher is not None
    return Duplicate(
        article_a=first.article_id,
        article_b=second.article_id,
        kind=kind,
        jaccard=similarity.jaccard,
        containment=similarity.containment,
        day_gap=_day_gap(a, b),
        same_publisher=a.publisher == b.publisher if known else None,
        origin_agency=_origin_agency(a, b),
    )


def _day_gap(a: Fingerprint, b: Fingerprint) -> float | None:
    """Days between two event times, to four places; None when one is missing."""
    if a.event_time is None or b.event_time is None:
        return None
    return round(abs((a.event_time - b.event_time).total_seconds()) / 86_400, 4)


def _origin_agency(a: Fingerprint, b: Fingerprint) -> str | None:
    """The agency the earlier of the two names, else the one the later names."""
    earlier, later = sorted((a, b), key=lambda each: (seconds(each.published_at), each.article_id))
    return earlier.agency or later.agency
