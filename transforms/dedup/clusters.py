"""Assign clusters: the one pure function behind the ``clusters`` table.

Stars, not chains. Pages are taken from the earliest on; a page that no star holds yet becomes a
head, and every page with a verified pair with it joins. A page that is near a copy but not near
the head starts its own star: union-find grew chains of 81 to 93 unrelated stories through
templates. Versions of one page stay together: the first stands for the page, later ones are
revisions of the one before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final, Protocol

from transforms.records import Cluster, Duplicate, DuplicateKind

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
    articles: Iterable[Clusterable], pairs: Iterable[Duplicate]
) -> dict[str, Cluster]:
    """Give every article its cluster.

    Args:
        articles: the articles of whole connected components (see ``touched_component``); one
            given twice counts once. Optional ``fetched_at`` and ``modified_at`` order versions of
            a page.
        pairs: the verified pairs between them; pairs with an unknown article are passed over.

    Returns:
        article_id -> its ``Cluster``; the same whatever the order of the arguments. An article
        without any pair is its own head.
    """
    known = {article.article_id: article for article in articles}
    links = _links(known, pairs)
    by_page: dict[str, list[Clusterable]] = defaultdict(list)
    for article in known.values():
        by_page[article.page_id].append(article)
    pages = {page: _in_version_order(versions) for page, versions in by_page.items()}
    clusters: dict[str, Cluster] = {}
    for versions in sorted(pages.values(), key=lambda ids: _head_key(known, ids)):
        if versions[0] in clusters:
            continue
        _place(clusters, versions, versions[0], None)
        for page_id, pair in _star(versions, links, known, pages).items():
            members = pages[page_id]
            if members[0] not in clusters:
                _place(clusters, members, versions[0], pair)
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


def _head_key(known: Mapping[str, Clusterable], versions: Sequence[str]) -> tuple[datetime, str]:
    """Order of pages: by the earliest publication of a version, undated last, then by id."""
    return min((known[each].published_at or _LAST, each) for each in versions)


def _links(
    known: Mapping[str, Clusterable], pairs: Iterable[Duplicate]
) -> dict[str, list[tuple[str, DuplicateKind]]]:
    """Verified partners of each article on other pages."""
    links: dict[str, list[tuple[str, DuplicateKind]]] = defaultdict(list)
    for pair in pairs:
        a, b = known.get(pair.article_a), known.get(pair.article_b)
        if a is not None and b is not None and a.page_id != b.page_id:
            links[pair.article_a].append((pair.article_b, pair.kind))
            links[pair.article_b].append((pair.article_a, pair.kind))
    return links


def _star(
    versions: Sequence[str],
    links: Mapping[str, list[tuple[str, DuplicateKind]]],
    known: Mapping[str, Clusterable],
    pages: Mapping[str, Sequence[str]],
) -> dict[str, tuple[str, DuplicateKind]]:
    """Pages around a head page: page_id -> (the head's version it copies, how).

    A pair with the page's first version comes first, then the closest kind, then the earliest
    version of the head.
    """
    best: dict[str, tuple[bool, int, int, str, DuplicateKind]] = {}
    for number, version in enumerate(versions):
        for other, kind in links.get(version, ()):
            page_id = known[other].page_id
            offer = (other != pages[page_id][0], _STRENGTH[kind], number, version, kind)
            if page_id not in best or offer < best[page_id]:
                best[page_id] = offer
    return {page_id: (version, kind) for page_id, (*_, version, kind) in best.items()}


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
