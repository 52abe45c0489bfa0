"""Assign clusters: the one pure function behind the ``clusters`` table (decision 0025).

Stars, not chains. Pages are taken from the earliest on; a page that no star holds yet becomes a
head, and every page with a verified pair with it joins. A page that is near a copy but not near
the head starts its own star: union-find grew chains of 81 to 93 unrelated stories through
templates. Versions of one page stay together: the first stands for the page, later ones are
revisions of the one before. Texts that came under one address within seven days of each other and
were found to have nothing in common are no versions of each other: a front page carries many.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final, Protocol

from transforms.dedup.candidates import GROUP_LIMIT, WINDOW_SECONDS
from transforms.dedup.compare import compare
from transforms.dedup.pairs import is_revision
from transforms.records import Cluster, Duplicate, DuplicateKind, Fingerprint

_LAST: Final = datetime.max.replace(tzinfo=UTC)
_STRENGTH: Final[dict[DuplicateKind, int]] = {"exact": 0, "near": 1, "contained": 2, "revision": 3}


class Clusterable(Protocol):
    """What clustering reads of an article; a ``Fingerprint`` and a lighter row both fit."""

    @property
    def article_id(self) -> str:
        """The version's id."""
        ...

    @property
    def page_id(self) -> str:
        """The page it is a version of."""
        ...

    @property
    def published_at(self) -> datetime | None:
        """When it was published."""
        ...

    @property
    def event_time(self) -> datetime | None:
        """When it was published, else fetched."""
        ...


def assign_clusters(
    articles: Iterable[Clusterable], pairs: Iterable[Duplicate], *, compared: bool = False
) -> dict[str, Cluster]:
    """Give every article its cluster.

    Args:
        articles: the articles of whole connected components (see ``touched_component``); one
            given twice counts once. Optional ``fetched_at`` and ``modified_at`` order versions of
            a page.
        pairs: the verified pairs between them; pairs with an unknown article are passed over.
        compared: all versions of a page within seven days of each other were compared, so that two
            without a pair are two texts. Fingerprints are compared here when it is not known.

    Returns:
        article_id -> its ``Cluster``; the same whatever the order of the arguments. An article
        without any pair is its own head.

    >>> from transforms.records import Fingerprint
    >>> early, late = datetime(2024, 1, 1), datetime(2024, 1, 2)
    >>> report = Fingerprint("r", "page-1", "h", early, early, None, None, tokens=90)
    >>> copy = Fingerprint("c", "page-2", "h", late, late, None, None, tokens=90)
    >>> pair = Duplicate("c", "r", "exact", 1.0, 1.0, 1.0, None, None)
    >>> found = assign_clusters([copy, report], [pair])["c"]
    >>> found.cluster_id, found.duplicate_kind
    ('r', 'exact')
    """
    known = {article.article_id: article for article in articles}
    links, revisions = _links(known, pairs)
    by_page: dict[str, list[Clusterable]] = defaultdict(list)
    for article in known.values():
        by_page[article.page_id].append(article)
    stories = [
        story
        for versions in by_page.values()
        for story in _stories(known, _in_version_order(versions), revisions, compared=compared)
    ]
    pages = {version: story for story in stories for version in story}
    clusters: dict[str, Cluster] = {}
    for versions in sorted(stories, key=lambda ids: _head_key(known, ids)):
        if versions[0] in clusters:
            continue
        _place(clusters, versions, versions[0], None)
        for first, pair in _star(versions, links, pages).items():
            if first not in clusters:
                _place(clusters, pages[first], versions[0], pair)
    return clusters


def touched_component(
    ids: Collection[str],
    pairs: Iterable[Duplicate],
    articles: Iterable[Clusterable] = (),
) -> set[str]:
    """Collect the articles whose cluster may change when ``ids`` are new or changed.

    Args:
        ids: article ids that were touched.
        pairs: all verified pairs known.
        articles: articles that may be linked by being versions of one page.

    Returns:
        The ids of the connected components the touched ones lie in, themselves included.
    """
    neighbours: dict[str, list[str]] = defaultdict(list)
    for pair in pairs:
        neighbours[pair.article_a].append(pair.article_b)
        neighbours[pair.article_b].append(pair.article_a)
    for article in articles:  # the page is a node of its own, so that n versions need n links
        node = "page:" + article.page_id
        neighbours[node].append(article.article_id)
        neighbours[article.article_id].append(node)
    seen = set(ids)
    queue = list(seen)
    while queue:
        for other in neighbours[queue.pop()]:
            if other not in seen:
                seen.add(other)
                queue.append(other)
    return {each for each in seen if not each.startswith("page:")}


def latest_versions(articles: Iterable[Clusterable]) -> dict[str, str]:
    """Find the latest version of every page that has several.

    Args:
        articles: all versions of the pages in question; see ``assign_clusters``.

    Returns:
        page_id -> article_id.
    """
    by_page: dict[str, list[Clusterable]] = defaultdict(list)
    for article in articles:
        by_page[article.page_id].append(article)
    return {
        page: _in_version_order(versions)[-1]
        for page, versions in by_page.items()
        if len(versions) > 1
    }


def _in_version_order(versions: Sequence[Clusterable]) -> list[str]:
    """Order the versions of a page: as they were fetched, else as they say they were changed.

    What a page says of its own date may be wrong or the same for every version; when all were
    fetched and the times are known, those tell which came later.
    """
    fetched = all(getattr(each, "fetched_at", None) is not None for each in versions)

    def key(article: Clusterable) -> tuple[datetime, datetime, str]:
        modified: datetime | None = getattr(article, "modified_at", None)
        said = modified or article.published_at or article.event_time or _LAST
        first: datetime = getattr(article, "fetched_at", _LAST) if fetched else _LAST
        return first, said, article.article_id

    return [article.article_id for article in sorted(versions, key=key)]


def _stories(
    known: Mapping[str, Clusterable],
    versions: Sequence[str],
    revisions: frozenset[tuple[str, str]],
    *,
    compared: bool,
) -> list[list[str]]:
    """Split the versions of a page, in their order, into texts that have something in common.

    A version goes with the latest text before it that it has a verified pair with, or that lies too
    far away for a pair to have been looked for.
    """
    if len(versions) > GROUP_LIMIT:
        return [list(versions)]
    stories: list[list[str]] = []
    for version in versions:
        for story in reversed(stories):
            if any(_pair_key(version, other) in revisions for other in story) or not any(
                _apart(known[version], known[other], compared=compared) for other in story
            ):
                story.append(version)
                break
        else:
            stories.append([version])
    return stories


def _pair_key(a: str, b: str) -> tuple[str, str]:
    return (a, b) if a < b else (b, a)


def _apart(a: Clusterable, b: Clusterable, *, compared: bool) -> bool:
    """Whether two versions without a pair are known to be two texts."""
    if isinstance(a, Fingerprint) and isinstance(b, Fingerprint) and a.words and b.words:
        return not is_revision(a, b, compare(a, b))
    if not compared:
        return False
    if a.event_time is None or b.event_time is None:
        return True
    return abs((a.event_time - b.event_time).total_seconds()) <= WINDOW_SECONDS


def _head_key(known: Mapping[str, Clusterable], versions: Sequence[str]) -> tuple[datetime, str]:
    """Order of pages: by the earliest publication of a version, undated last, then by id."""
    return min((known[each].published_at or _LAST, each) for each in versions)


def _links(
    known: Mapping[str, Clusterable], pairs: Iterable[Duplicate]
) -> tuple[dict[str, list[tuple[str, DuplicateKind]]], frozenset[tuple[str, str]]]:
    """Verified partners of each article on other pages, and the pairs of versions of one page."""
    revisions: set[tuple[str, str]] = set()
    links: dict[str, list[tuple[str, DuplicateKind]]] = defaultdict(list)
    for pair in pairs:
        a, b = known.get(pair.article_a), known.get(pair.article_b)
        if a is not None and b is not None and a.page_id != b.page_id:
            links[pair.article_a].append((pair.article_b, pair.kind))
            links[pair.article_b].append((pair.article_a, pair.kind))
        elif a is not None and b is not None:
            revisions.add(_pair_key(pair.article_a, pair.article_b))
    return links, frozenset(revisions)


def _star(
    versions: Sequence[str],
    links: Mapping[str, list[tuple[str, DuplicateKind]]],
    pages: Mapping[str, Sequence[str]],
) -> dict[str, tuple[str, DuplicateKind]]:
    """Pages around a head page: their first version -> (the head's version they copy, how).

    A pair with the page's first version comes first, then the closest kind, then the earliest
    version of the head.
    """
    best: dict[str, tuple[bool, int, int, str, DuplicateKind]] = {}
    for number, version in enumerate(versions):
        for other, kind in links.get(version, ()):
            first = pages[other][0]
            offer = (other != first, _STRENGTH[kind], number, version, kind)
            if first not in best or offer < best[first]:
                best[first] = offer
    return {first: (version, kind) for first, (*_, version, kind) in best.items()}


def _place(
    clusters: dict[str, Cluster],
    versions: Sequence[str],
    cluster_id: str,
    pair: tuple[str, DuplicateKind] | None,
) -> None:
    """Put all versions of a page into a cluster."""
    partner, kind = pair or (None, None)
    clusters[versions[0]] = Cluster(versions[0], cluster_id, kind, partner, 1)
    for number, (before, version) in enumerate(pairwise(versions), start=2):
        clusters[version] = Cluster(version, cluster_id, "revision", before, number)
