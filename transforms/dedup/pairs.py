"""Find every verified pair of copies, excerpts and versions: the rows of ``duplicates``.

Exact copies are grouped first and stand for one text, so that 500 copies of a wire story are
compared with another text once. Texts that share a band key are compared; the verdict on two
texts holds for all their articles within seven days.

An article without an event time (a plain file without a date) is compared with everything, dated
or not: nothing says that it lies outside the seven days. Its pairs have no ``day_gap``.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Final

import numpy as np

from transforms.dedup.candidates import WINDOW_SECONDS, KeyTable, key_candidates
from transforms.dedup.compare import Similarity, compare
from transforms.dedup.fingerprint import sampling_rate, unpack_keys
from transforms.records import Duplicate, DuplicateKind, Fingerprint

# Beyond this many articles of one text, or versions of one page, an article is paired with the
# earliest ``_ANCHORS`` and its ``_ANCHORS`` nearest predecessors instead of with all of them.
GROUP_LIMIT: Final = 512
_ANCHORS: Final = 8

_KINDS: Final[dict[str, DuplicateKind]] = {
    "same": "exact",
    "near": "near",
    "contained": "contained",
}


def find_pairs(
    fingerprints: Sequence[Fingerprint], *, touched: Collection[str] | None = None
) -> list[Duplicate]:
    """Find the verified pairs among articles.

    Args:
        fingerprints: articles in any order; one given twice counts once.
        touched: when given, only pairs with at least one of these article ids are looked for;
            they are the same ones that a search without it finds.

    Returns:
        The pairs, sorted by their ids; ``article_a < article_b``.
    """
    ordered = order_in_time(fingerprints)
    wanted = None if touched is None else frozenset(touched)
    texts = _Texts(ordered)
    pairs: dict[tuple[str, str], Duplicate] = {}
    for a, b in _version_pairs(ordered):
        _add(pairs, a, b, None, wanted)
    for group in texts.groups:
        for a, b in _within(group):
            _add(pairs, a, b, _SAME, wanted)
    for left, right in texts.candidates():
        _add_texts(pairs, texts.groups[left], texts.groups[right], wanted)
    return [pairs[key] for key in sorted(pairs)]


def order_in_time(fingerprints: Sequence[Fingerprint]) -> list[Fingerprint]:
    """Sort articles by event time, undated last, then by id; each id once."""
    known = {each.article_id: each for each in fingerprints}
    return sorted(known.values(), key=lambda each: (seconds(each.event_time), each.article_id))


def seconds(time: datetime | None) -> float:
    """Seconds since 1970, infinite when there is no time."""
    return math.inf if time is None else time.timestamp()


def close_in_time(a: Fingerprint, b: Fingerprint) -> bool:
    """Whether two articles lie within seven days, or one of them has no time."""
    if a.event_time is None or b.event_time is None:
        return True
    return abs((a.event_time - b.event_time).total_seconds()) <= WINDOW_SECONDS


_SAME: Final = Similarity("same", 1.0, 1.0)


class _Texts:
    """Articles grouped by exact text, and the rows that stand for them in the band search."""

    def __init__(self, ordered: Sequence[Fingerprint]) -> None:
        groups: dict[str, list[Fingerprint]] = defaultdict(list)
        for each in ordered:
            groups[each.norm_hash].append(each)
        self.groups = list(groups.values())

    def candidates(self) -> Iterator[tuple[int, int]]:
        """Pairs of group numbers worth comparing, each once, sorted."""
        rows = self._rows()
        heads = [self.groups[group][0] for _, _, group in rows]
        counts = [len(each.keys) // 8 for each in heads]
        pairs = key_candidates(
            KeyTable(
                keys=unpack_keys(b"".join(each.keys for each in heads)),
                rows=np.repeat(np.arange(len(rows)), counts),
                rates=np.array([sampling_rate(each.tokens) for each in heads], np.int64),
                times=np.array([time for time, _, _ in rows], np.float64),
            )
        )
        groups = np.array([group for _, _, group in rows], np.int64)[pairs]
        groups = groups[groups[:, 0] != groups[:, 1]]
        groups.sort(axis=1)
        yield from map(tuple, np.unique(groups, axis=0).tolist())

    def _rows(self) -> list[tuple[float, str, int]]:
        """One row per text and week, in time order: (seconds, article_id, group)."""
        rows: list[tuple[float, str, int]] = []
        for number, group in enumerate(self.groups):
            last = -math.inf
            for each in group:
                time = seconds(each.event_time)
                if time - last > WINDOW_SECONDS:
                    rows.append((time, each.article_id, number))
                    last = time
        return sorted(rows)


def _within(group: Sequence[Fingerprint]) -> Iterator[tuple[Fingerprint, Fingerprint]]:
    """Pairs inside a group in time order: all, or with anchors when it is very large."""
    for index, each in enumerate(group):
        before = range(index)
        if len(group) > GROUP_LIMIT and index > 2 * _ANCHORS:
            yield from ((group[other], each) for other in before[:_ANCHORS])
            before = before[-_ANCHORS:]
        yield from ((group[other], each) for other in before)


def _version_pairs(ordered: Sequence[Fingerprint]) -> Iterator[tuple[Fingerprint, Fingerprint]]:
    """Pairs of versions of one page."""
    pages: dict[str, list[Fingerprint]] = defaultdict(list)
    for each in ordered:
        pages[each.page_id].append(each)
    for versions in pages.values():
        yield from _within(versions)


def _add_texts(
    pairs: dict[tuple[str, str], Duplicate],
    left: Sequence[Fingerprint],
    right: Sequence[Fingerprint],
    wanted: frozenset[str] | None,
) -> None:
    """Compare two texts once and write down the verdict for their articles."""
    close = [
        (a, b)
        for a in left
        for b in right
        if close_in_time(a, b) and _is_wanted(a, b, wanted) and a.page_id != b.page_id
    ]
    if not close:
        return
    similarity = compare(left[0], right[0])
    if similarity.kind in _KINDS:
        for a, b in close:
            _add(pairs, a, b, similarity, wanted)


def _is_wanted(a: Fingerprint, b: Fingerprint, wanted: frozenset[str] | None) -> bool:
    """Whether a pair is asked for."""
    return wanted is None or a.article_id in wanted or b.article_id in wanted


def _add(
    pairs: dict[tuple[str, str], Duplicate],
    a: Fingerprint,
    b: Fingerprint,
    similarity: Similarity | None,
    wanted: frozenset[str] | None,
) -> None:
    """Write a pair down if it is close in time and asked for; versions need no similarity."""
    if not _is_wanted(a, b, wanted) or not close_in_time(a, b):
        return
    pair = verified_pair(a, b, similarity or compare(a, b))
    if pair is not None:
        pairs[pair.article_a, pair.article_b] = pair


def verified_pair(a: Fingerprint, b: Fingerprint, similarity: Similarity) -> Duplicate | None:
    """Make the row of a pair.

    Args:
        a: one article.
        b: another one, close in time.
        similarity: how their texts stand to each other.

    Returns:
        The row, or None when they are neither copies nor versions of one page.
    """
    same_page = a.page_id == b.page_id
    kind: DuplicateKind | None = "revision" if same_page else _KINDS.get(similarity.kind)
    if kind is None:
        return None
    first, second = sorted((a, b), key=lambda each: each.article_id)
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
