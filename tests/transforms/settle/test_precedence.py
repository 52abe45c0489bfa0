"""Of the deliveries of one article the first fetched stands, in whatever order they come."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

from transforms.records import Fingerprint
from transforms.settle import weigh_deliveries

DAY = datetime(2024, 1, 1, tzinfo=UTC)


def delivery(article="a", page="p", *, fetched=0, published=0):
    """An article as it was delivered, so many hours after the day began."""
    time = DAY + timedelta(hours=published)
    return Fingerprint(
        article, page, f"text of {article}", time, time, None, None, 90,
        fetched_at=DAY + timedelta(hours=fetched), published_on=time.date(),
    )  # fmt: skip


def test_the_first_fetched_stands_in_any_order():
    copies = [delivery(fetched=hours) for hours in (5, 1, 3)]
    for order in permutations(copies):
        found = weigh_deliveries(order, {})
        assert found.new["a"].fetched_at == DAY + timedelta(hours=1)
        assert not found.changed
        assert not found.recoded


def test_an_unknown_fetch_comes_last():
    known, unknown = delivery(fetched=9), replace(delivery(), fetched_at=None)
    for order in permutations([known, unknown]):
        assert weigh_deliveries(order, {}).new["a"] == known


def test_a_later_delivery_changes_nothing_and_an_earlier_one_takes_its_place():
    stored = {"a": delivery(fetched=3)}
    assert not weigh_deliveries([delivery(fetched=4)], stored).new
    found = weigh_deliveries([delivery(fetched=2)], stored)
    assert found.new["a"].fetched_at == DAY + timedelta(hours=2)
    assert found.changed == {"a"}


def test_force_keeps_the_delivery_that_stands():
    stored = {"a": delivery(fetched=3)}
    found = weigh_deliveries([delivery(fetched=4)], stored, force=True)
    assert found.new["a"].fetched_at == stored["a"].fetched_at
    assert not found.changed


def test_events_of_another_date_do_not_hold():
    stored = {"a": delivery(fetched=1, published=0)}
    found = weigh_deliveries([delivery(fetched=2, published=30)], stored)
    assert found.overruled == {"a"}
    assert not found.new
    assert not found.recoded


def test_an_article_brought_with_two_dates_is_coded_again():
    copies = [delivery(fetched=1, published=0), delivery(fetched=2, published=30)]
    for order in permutations(copies):
        found = weigh_deliveries(order, {})
        assert found.recoded == found.overruled == {"a"}
        assert found.new["a"].published_at == DAY


def test_a_page_with_two_versions_has_a_latest():
    first, second = delivery("a", fetched=1), delivery("b", fetched=2)
    assert weigh_deliveries([second], {"a": first}).latest == {"p": "b"}
    assert weigh_deliveries([first, second], {}).latest == {"p": "b"}
    assert weigh_deliveries([first], {}).latest == {}
