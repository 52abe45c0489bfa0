"""What becomes of a stored row when its key comes again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any

from transforms.records import Article, Cluster, Entry, Feed, Rejected
from transforms.rows.merge import fold_rows, merge_rows, same_facts
from transforms.rows.rows import (
    Provenance,
    appearance_row,
    article_row,
    cluster_row,
    dead_letter_row,
    feed_row,
    resolved_row,
)

NOW = datetime(2023, 11, 1, tzinfo=UTC)


def by(run: int) -> Provenance:
    """Return the provenance of the n-th run; one a day."""
    return Provenance(f"run{run}", "0.1.0", NOW + timedelta(days=run))


def article(run: int, **more: Any) -> dict[str, Any]:
    """Return an article row as the n-th run writes it."""
    given: dict[str, Any] = {"event_time": NOW, "fetched_at": NOW + timedelta(days=run)} | more
    record = Article("a", "p", "نص", "c", "n", extractor="x", **given)
    return article_row(record, by(run)) | {"date": given["event_time"].date()}


def test_facts_that_differ_in_provenance_only_stay() -> None:
    stored, newer = article(1), article(2, source_id="other")
    assert same_facts("articles", stored, newer)
    assert merge_rows("articles", stored, newer) is stored


def test_an_article_is_that_of_its_first_fetch_in_any_order() -> None:
    deliveries = [
        article(3, fetched_at=NOW, event_time=NOW + timedelta(days=3)),
        article(1),
        article(2, summary="أ"),
        article(4, fetched_at=None, published_at=NOW),
    ]
    for order in permutations(deliveries):
        row = order[0]
        for other in order[1:]:
            row = merge_rows("articles", row, other)
        assert (row["run_id"], row["fetched_at"]) == ("run3", NOW)
        assert row["date"] == date(2023, 11, 4)
    later = article(2, source_id="other")
    assert merge_rows("articles", article(1), later)["run_id"] == "run1"
    assert merge_rows("articles", later, article(1))["run_id"] == "run1"


def test_articles_fetched_at_once_differ_by_what_they_say() -> None:
    one, other = article(1, fetched_at=NOW, guid="1"), article(2, fetched_at=NOW, guid="2")
    assert merge_rows("articles", one, other) is one
    assert merge_rows("articles", other, one)["guid"] == "1"
    known = article(2, fetched_at=NOW, publisher="ناشر")
    assert merge_rows("articles", one, known)["publisher"] == "ناشر"
    assert merge_rows("articles", known, one) is known
    again = other | {"pipeline_version": "0.2.0"}
    assert merge_rows("articles", one, again)["guid"] == "2", "a newer version knows better"


def test_clusters_compare_their_date_too() -> None:
    cluster = Cluster("a", "a", None, None, 1)
    stored = cluster_row(cluster, by(1), event_time=NOW)
    assert merge_rows("clusters", stored, cluster_row(cluster, by(2), event_time=NOW)) is stored
    merged = merge_rows("clusters", stored, cluster_row(cluster, by(2), event_time=None))
    assert merged["date"] is None


def test_sightings_at_one_time_and_cases_in_words_do_not_depend_on_the_order() -> None:
    high, low = sighting(1) | {"position": 0}, sighting(1) | {"position": 9, "article_id": "a"}
    for one, other in permutations([high, low]):
        merged = merge_rows("appearances", one, other)
        assert (merged["position"], merged["article_id"]) == (0, "a")
    for one, other in permutations([failure(1) | {"detail": "أ"}, failure(2) | {"detail": "ب"}]):
        merged = merge_rows("dead_letters", one, other)
        assert (merged["detail"], merged["attempts"]) == ("أ", 2)


def test_feeds_have_no_date() -> None:
    stored = feed_row(Feed("f"), by(1), health="ok")
    merged = merge_rows("feeds", stored, feed_row(Feed("f"), by(2), health="gone"))
    assert (merged["health"], "date" in merged) == ("gone", False)


def test_of_polls_folded_at_once_the_latest_stands_whatever_their_runs_are_called() -> None:
    rows = [
        feed_row(Feed("f"), by(run), health=str(poll), due_at=due)
        for poll, run, due in [(0, 2, None), (1, 1, NOW), (2, 9, NOW + timedelta(hours=1))]
    ]
    for order in permutations(rows):
        assert fold_rows("feeds", order)["health"] == "2"
        assert fold_rows("feeds", order)["due_at"] == NOW + timedelta(hours=1)


def sighting(run: int, **more: Any) -> dict[str, Any]:
    """Return an appearance as the n-th run writes it."""
    row = appearance_row(Entry("f", "g", "u", run), by(run), **more)
    return row | {"date": row["first_seen_at"].date()}


def test_sightings_widen_in_any_order() -> None:
    results = []
    for order in permutations([sighting(1, article_id="a"), sighting(2), sighting(3)]):
        row = order[0]
        for other in order[1:]:
            row = merge_rows("appearances", row, other)
        results.append(row)
    for row in results:
        assert row["first_seen_at"] == by(1).as_of
        assert row["last_seen_at"] == by(3).as_of
        assert (row["position"], row["article_id"]) == (3, "a")
        assert row["date"] == by(1).as_of.date()
    stored = sighting(1)
    assert merge_rows("appearances", stored, sighting(1)) is stored


def failure(run: int) -> dict[str, Any]:
    """Return a dead letter as the n-th run writes it."""
    row = dead_letter_row(Rejected("fetch", "dns", url="u"), by(run))
    return row | {"date": row["failed_at"].date()}


def test_attempts_add_up_over_runs_and_not_within_one() -> None:
    stored = failure(1)
    assert merge_rows("dead_letters", stored, failure(1)) is stored
    twice = merge_rows("dead_letters", stored, failure(2))
    assert (twice["attempts"], twice["failed_at"]) == (2, by(1).as_of)
    assert twice["date"] == by(1).as_of.date()
    assert merge_rows("dead_letters", twice, failure(2)) is twice


def test_a_fix_is_kept_until_it_fails_again() -> None:
    stored = failure(1)
    mended = merge_rows("dead_letters", stored, resolved_row(stored, by(3)))
    assert (mended["attempts"], mended["resolved_run_id"]) == (1, "run3")
    late = merge_rows("dead_letters", mended, failure(2))  # an earlier failure, committed late
    assert (late["attempts"], late["resolved_run_id"]) == (2, "run3")
    again = merge_rows("dead_letters", mended, failure(4))
    assert (again["attempts"], again["resolved_at"], again["resolved_run_id"]) == (2, None, None)


def test_rows_of_one_run_fold_to_one_in_any_order() -> None:
    brought = [article(1, summary="ب"), article(2), article(1, summary="أ"), article(3)]
    folded = [fold_rows("articles", order) for order in permutations(brought)]
    assert all(row == folded[0] for row in folded)
    assert folded[0]["fetched_at"] == by(1).as_of
    assert folded[0]["summary"] == "أ"
    seen = [sighting(1), sighting(2, article_id="a"), sighting(2)]
    folded = [fold_rows("appearances", order) for order in permutations(seen)]
    assert all(row == folded[0] for row in folded)
    assert folded[0]["article_id"] == "a"
