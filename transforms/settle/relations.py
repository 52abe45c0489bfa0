"""Which pairs hold and which clusters follow, for all that a commit touches."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from transforms.dedup import assign_clusters, touched_component
from transforms.records import Cluster, Duplicate, Fingerprint


@dataclass(frozen=True, slots=True)
class ClusterUpdate:
    """The pairs and clusters that a commit changes.

    Attributes:
        clusters: of every article in a touched component, by article id.
        void: stored pairs that no longer hold, since an article is of another time now.
    """

    clusters: Mapping[str, Cluster]
    void: tuple[tuple[str, str], ...]


def relate(
    new: Collection[str],
    changed: Collection[str],
    known: Mapping[str, Fingerprint],
    found: Iterable[Duplicate],
    stored: Iterable[Duplicate],
) -> ClusterUpdate:
    """Assign the clusters of every component that new or changed articles touch.

    Args:
        new: ids of articles that are new or changed.
        changed: those that were stored otherwise.
        known: every article of the touched components, by id, as it stands now.
        found: the verified pairs among the new ones and between them and stored ones.
        stored: every stored pair with an article in ``known``.

    Returns:
        The clusters, whatever the order of the arguments; and the stored pairs that are void.

    >>> from datetime import datetime
    >>> time = datetime(2024, 1, 1)
    >>> known = {
    ...     each: Fingerprint(each, f"page-{each}", each, time, time, None, None, tokens=90)
    ...     for each in ("a", "b")
    ... }
    >>> pair = Duplicate("a", "b", "exact", 1.0, 1.0, 0.0, None, None)
    >>> relate({"b"}, (), known, [pair], []).clusters["b"].cluster_id
    'a'
    >>> relate({"b"}, {"b"}, known, [], [pair]).void
    (('a', 'b'),)
    """
    pairs = {_key(pair): pair for pair in found}
    before = {_key(pair): pair for pair in stored if _key(pair) not in pairs}
    void = tuple(sorted(key for key in before if not set(key).isdisjoint(changed)))
    touched = touched_component(set(new), [*pairs.values(), *before.values()], known.values())
    gone = frozenset(void)
    edges = [*pairs.values(), *(pair for key, pair in before.items() if key not in gone)]
    members = (known[each] for each in sorted(touched) if each in known)
    return ClusterUpdate(assign_clusters(members, edges, compared=True), void)


def _key(pair: Duplicate) -> tuple[str, str]:
    return pair.article_a, pair.article_b
