"""Clusters are stars round the earliest head; versions of a page stay together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from transforms.dedup import (
    assign_clusters,
    find_pairs,
    fingerprint,
    latest_versions,
    touched_component,
)
from transforms.records import Article, Cluster, Duplicate, DuplicateKind, Fingerprint, content_id

START = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    """The lightest article that can be clustered."""

    article_id: str
    page_id: str
    published_at: datetime | None
    event_time: datetime | None
    modified_at: datetime | None = None
    fetched_at: datetime | None = None


def row(name: str, day: int | None, page: str | None = None, modified: int | None = None) -> Row:
    at = None if day is None else START + timedelta(days=day)
    changed = None if modified is None else START + timedelta(days=modified)
    return Row(name, page or "page-" + name, at, at, changed)


def pair(a: str, b: str, kind: DuplicateKind = "near") -> Duplicate:
    a, b = sorted((a, b))
    return Duplicate(a, b, kind, 0.5, 0.7, 0.0, None, None)


def brief(clusters: dict[str, Cluster]) -> dict[str, tuple[str, str | None, str | None, int]]:
    return {
        each.article_id: (each.cluster_id, each.duplicate_kind, each.duplicate_of, each.revision)
        for each in clusters.values()
    }


def test_an_article_alone_is_its_own_head() -> None:
    assert brief(assign_clusters([row("a", 0)], [])) == {"a": ("a", None, None, 1)}
    assert assign_clusters([], []) == {}


def test_the_earliest_is_the_head_then_the_smallest_id_undated_last() -> None:
    articles = [row("a", None), row("c", 1), row("b", 1), row("d", 2)]
    pairs = [pair("a", "b"), pair("b", "c", "exact"), pair("b", "d", "contained")]
    assert brief(assign_clusters(articles, pairs)) == {
        "a": ("b", "near", "b", 1),
        "b": ("b", None, None, 1),
        "c": ("b", "exact", "b", 1),
        "d": ("b", "contained", "b", 1),
    }


def test_a_chain_is_no_cluster() -> None:
    articles = [row(name, day) for day, name in enumerate("abcde")]
    pairs = [pair(one, other) for one, other in zip("abcd", "bcde", strict=True)]
    heads = {name: cluster.cluster_id for name, cluster in assign_clusters(articles, pairs).items()}
    assert heads == {"a": "a", "b": "a", "c": "c", "d": "c", "e": "e"}


def test_a_copy_of_two_heads_joins_the_earlier() -> None:
    articles = [row("a", 0), row("b", 1), row("c", 2)]
    clusters = assign_clusters(articles, [pair("a", "c"), pair("b", "c", "exact")])
    assert clusters["c"].cluster_id == "a"
    assert clusters["b"].duplicate_kind is None


def test_versions_of_a_page_are_revisions_in_order() -> None:
    articles = [
        row("v3", 0, "page", modified=2),
        row("v1", 0, "page"),
        row("v2", 0, "page", modified=1),
    ]
    assert brief(assign_clusters(articles, [])) == {
        "v1": ("v1", None, None, 1),
        "v2": ("v1", "revision", "v1", 2),
        "v3": ("v1", "revision", "v2", 3),
    }


def test_a_page_follows_whichever_version_is_a_copy() -> None:
    articles = [row("h", 0), row("v1", 1, "page"), row("v2", 1, "page", modified=2)]
    clusters = assign_clusters(articles, [pair("h", "v2"), pair("v1", "v2", "revision")])
    assert brief(clusters) == {
        "h": ("h", None, None, 1),
        "v1": ("h", "near", "h", 1),
        "v2": ("h", "revision", "v1", 2),
    }


def test_the_partner_is_the_version_that_was_copied() -> None:
    articles = [row("v1", 0, "page"), row("v2", 0, "page", modified=1), row("x", 3)]
    clusters = assign_clusters(articles, [pair("v2", "x", "exact")])
    assert brief(clusters)["x"] == ("v1", "exact", "v2", 1)
    closer = assign_clusters(articles, [pair("v2", "x", "exact"), pair("v1", "x", "contained")])
    assert brief(closer)["x"] == ("v1", "exact", "v2", 1)


def test_pairs_with_unknown_articles_are_passed_over() -> None:
    clusters = assign_clusters([row("a", 0)], [pair("a", "gone")])
    assert brief(clusters) == {"a": ("a", None, None, 1)}


def test_touched_component() -> None:
    pairs = [pair("a", "b"), pair("b", "c"), pair("x", "y")]
    assert touched_component({"c"}, pairs) == {"a", "b", "c"}
    assert touched_component({"new"}, pairs) == {"new"}
    versions = [row("c", 0, "page"), row("x", 9, "page")]
    assert touched_component({"a"}, pairs, versions) == {"a", "b", "c", "x", "y"}


NAMES = "abcdefgh"


@given(
    st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=14),
    st.lists(st.one_of(st.none(), st.integers(0, 3)), min_size=8, max_size=8),
    st.lists(st.integers(0, 5), min_size=8, max_size=8),
    st.randoms(use_true_random=False),
)
def test_clusters_hold_whatever_the_order(
    links: list[tuple[str, str]],
    days: list[int | None],
    pages: list[int],
    shuffler: Random,
) -> None:
    articles = [
        row(name, day, f"p{page}") for name, day, page in zip(NAMES, days, pages, strict=True)
    ]
    pairs = [pair(a, b) for a, b in dict.fromkeys(tuple(sorted(each)) for each in links) if a != b]
    clusters = assign_clusters(articles, pairs)
    shuffler.shuffle(articles)
    shuffler.shuffle(pairs)
    assert assign_clusters(articles, pairs) == clusters
    assert set(clusters) == set(NAMES)
    known = {(each.article_a, each.article_b) for each in pairs}
    page_of = {each.article_id: each.page_id for each in articles}
    for each in clusters.values():
        head = clusters[each.cluster_id]
        assert (head.duplicate_kind, head.duplicate_of, head.cluster_id) == (
            None,
            None,
            each.cluster_id,
        )
        if each.duplicate_kind == "revision":
            assert each.duplicate_of is not None
            before = clusters[each.duplicate_of]
            assert page_of[before.article_id] == page_of[each.article_id]
            assert (before.revision, before.cluster_id) == (each.revision - 1, each.cluster_id)
        elif each.duplicate_of is not None:
            versions = [name for name in NAMES if page_of[name] == page_of[each.article_id]]
            linked = {tuple(sorted((each.duplicate_of, version))) for version in versions}
            assert linked & known
            assert page_of[each.duplicate_of] == page_of[each.cluster_id]


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=10))
def test_a_component_alone_gives_the_same_clusters(links: list[tuple[str, str]]) -> None:
    articles = [row(name, number % 3) for number, name in enumerate(NAMES)]
    pairs = [pair(a, b) for a, b in links if a != b]
    whole = assign_clusters(articles, pairs)
    component = touched_component({"a"}, pairs, articles)
    part = assign_clusters([each for each in articles if each.article_id in component], pairs)
    assert part == {name: whole[name] for name in component}


def test_versions_that_were_fetched_stand_in_the_order_of_their_fetches() -> None:
    """A page may carry the same date, or an older one, in its later version."""
    first = replace(row("z", 90, page="p"), fetched_at=START + timedelta(days=90))
    second = replace(row("a", 0, page="p"), fetched_at=START + timedelta(days=91))
    clusters = assign_clusters([second, first], [])
    assert (clusters["z"].revision, clusters["a"].revision) == (1, 2)
    assert clusters["a"].duplicate_of == "z"
    undated = replace(first, fetched_at=None)
    assert assign_clusters([second, undated], [])["a"].revision == 1


def test_the_latest_version_is_the_last_revision() -> None:
    versions = [row("b", 2, "page"), row("a", 5, "page"), row("c", 1, "page"), row("x", 0)]
    clusters = assign_clusters(versions, [])
    (last,) = (each.article_id for each in clusters.values() if each.revision == 3)
    assert latest_versions(versions) == {"page": last}


def _told(name: str, text: str, day: int, guid: str = "") -> Fingerprint:
    at = START + timedelta(days=day)
    article = Article(name, "page", text, name, content_id(text), guid=guid or None)
    return fingerprint(replace(article, event_time=at, published_at=at))


TEXTS = (
    "افتتحت البلدية الجسر الجديد أمام السيارات بعد عامين من العمل بحضور أهل الحي القديم وسكانه. "
    * 3,
    "بدأت اللجنة توزيع البذور على مزارعي الوادي قبل موسم الأمطار وقالت إن الكميات تكفي الجميع. "
    * 3,
    "بلغ فريق الصقور نصف النهائي بعد الفوز بركلات الترجيح مساء الخميس على ملعب الميناء الكبير. "
    * 3,
)


def test_unrelated_texts_under_one_link_are_no_versions() -> None:
    told = [_told(f"v{number}", text, 0) for number, text in enumerate(TEXTS)]
    pairs = find_pairs(told)
    assert pairs == []
    light = [row(each.article_id, 0, "page") for each in told]
    for articles in (told, told[::-1], light):
        clusters = assign_clusters(articles, pairs, compared=True)
        assert {each.revision for each in clusters.values()} == {1}
        assert len({each.cluster_id for each in clusters.values()}) == 3
    assert {each.revision for each in assign_clusters(told, []).values()} == {1}


def test_versions_of_each_story_of_a_link_stay_together() -> None:
    again = TEXTS[0] + "وأضافت أن العمل لم ينته في الأرصفة."
    told = [_told("a1", TEXTS[0], 0), _told("b1", TEXTS[1], 1), _told("a2", again, 2)]
    clusters = assign_clusters(told, find_pairs(told), compared=True)
    assert brief(clusters) == {
        "a1": ("a1", None, None, 1),
        "b1": ("b1", None, None, 1),
        "a2": ("a1", "revision", "a1", 2),
    }


def test_one_guid_makes_versions_of_any_texts() -> None:
    told = [_told("a", TEXTS[0], 0, "story-1"), _told("b", TEXTS[1], 1, "story-1")]
    clusters = assign_clusters(told, find_pairs(told), compared=True)
    assert brief(clusters)["b"] == ("a", "revision", "a", 2)
    junk = [replace(each, guid=None) for each in told]
    assert brief(assign_clusters(junk, find_pairs(junk)))["b"] == ("b", None, None, 1)
    named = [_told("x", TEXTS[0], 0, guid).guid for guid in ("N/A", "https://a.example/", "5")]
    assert named == [None, None, "5"]


def test_versions_too_far_apart_to_be_compared_stay_together() -> None:
    light = [row("a", 0, "page"), row("b", 30, "page")]
    assert brief(assign_clusters(light, [], compared=True))["b"] == ("a", "revision", "a", 2)
