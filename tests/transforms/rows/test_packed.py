"""Packed rows are the rows; a file of them is the same whatever the order they come in."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

import pytest

from transforms.records import Article, FetchLog, Topic
from transforms.rows.arrow import to_arrow
from transforms.rows.packed import order_rows, pack_rows, unpack_rows
from transforms.rows.rows import Provenance, article_row, fetch_log_row

WHO = Provenance("run", "1", datetime(2026, 1, 1, tzinfo=UTC))


def rows(size: int) -> list[dict[str, Any]]:
    """Articles, two of them of one key."""
    made = [
        Article(
            f"{number % (size - 1):03}",
            "p",
            f"نص {number}",
            "c",
            "n",
            authors=("أ",) * (number % 3),
            topics=(Topic("1", "أ", "a", 0.5),) * (number % 2),
            event_time=datetime(2026, 1, 1 + number % 20, 23, tzinfo=UTC),
            extractor="x",
        )
        for number in range(size)
    ]
    return [article_row(each, WHO) for each in made]


def test_rows_come_back_as_they_went_in() -> None:
    given = rows(7)
    (packed,) = pack_rows(("articles", row) for row in given)
    assert (packed.table, packed.count) == ("articles", 7)
    found = unpack_rows("articles", [packed])
    assert found.equals(to_arrow("articles", given, with_date=True))


def test_tables_are_packed_apart() -> None:
    log = fetch_log_row({"url": "https://a.example/"}, WHO)
    packed = pack_rows([("articles", rows(3)[0]), ("fetch_log", log), ("articles", rows(3)[1])])
    assert [(each.table, each.count) for each in packed] == [("articles", 2), ("fetch_log", 1)]


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_rows_does_not_show(seed: int) -> None:
    given = rows(30)
    expected = order_rows("articles", to_arrow("articles", given, with_date=True))
    assert expected["article_id"].to_pylist() == sorted(row["article_id"] for row in given)
    random.Random(seed).shuffle(given)  # noqa: S311 - an order, not a secret
    packed = [each for row in given for each in pack_rows([("articles", row)])]
    found = order_rows("articles", unpack_rows("articles", packed))
    assert found.equals(expected)
    assert all(found[name].num_chunks == 1 for name in found.column_names)


def test_keys_of_several_columns_are_ordered_one_by_one() -> None:
    times = [datetime(2026, 1, day, tzinfo=UTC) for day in (2, 1)]
    logs = [
        FetchLog(f"https://{host}.example/", "article", time, "ok")
        for host in "ba"
        for time in times
    ]
    given = [
        fetch_log_row({"url": log.url, "purpose": log.purpose, "started_at": log.started_at}, WHO)
        for log in logs
    ]
    found = order_rows("fetch_log", to_arrow("fetch_log", given, with_date=True))
    assert list(zip(found["url"].to_pylist(), found["started_at"].to_pylist(), strict=True)) == [
        (f"https://{host}.example/", time) for host in "ab" for time in reversed(times)
    ]
