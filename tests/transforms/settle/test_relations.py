"""Pairs and clusters follow from sets: the order of what comes, and its share, do not matter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

from transforms.records import Duplicate, Fingerprint
from transforms.settle import lead_to_latest, relate

DAY = datetime(2024, 1, 1, tzinfo=UTC)


def article(name, day):
    """An article of a page of its own, published on a day."""
    time = DAY + timedelta(days=day)
    return Fingerprint(name, f"page-{name}", name, time, time, None, None, 90)


def pair(one, other):
    return Duplicate(*sorted((one, other)), "near", 0.9, 0.9, 1.0, None, None)


KNOWN = {name: article(name, day) for day, name in enumerate("abc")}


def test_the_earliest_is_the_head_whatever_comes_when():
    pairs = [pair("a", "b"), pair("a", "c"), pair("b", "c")]
    at_once = relate(KNOWN, (), KNOWN, pairs, []).clusters
    assert {each.cluster_id for each in at_once.values()} == {"a"}
    for order in permutations(pairs):
        for stored in range(3):
            found = relate({"c"}, (), KNOWN, order[stored:], order[:stored]).clusters
            assert found == at_once


def test_a_pair_of_a_changed_article_that_is_not_found_again_is_void():
    made = relate({"c"}, {"c"}, KNOWN, [], [pair("a", "b"), pair("a", "c")])
    assert made.void == (("a", "c"),)
    assert made.clusters["c"].cluster_id == "c"
    assert made.clusters["b"].cluster_id == "a"


def test_a_pair_that_is_found_again_holds():
    made = relate({"c"}, {"c"}, KNOWN, [pair("a", "c")], [pair("a", "c")])
    assert made.void == ()
    assert made.clusters["c"].cluster_id == "a"


def test_sightings_lead_to_the_latest_version():
    rows = [{"page_id": page, "article_id": "old"} for page in ("p", "q")]
    moved = list(lead_to_latest(rows, {"p": "new"}))
    assert [after["article_id"] for _, after in moved] == ["new", "old"]
    assert moved[1][0] is moved[1][1]
