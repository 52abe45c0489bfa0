"""What keeps the pair search small: a sieve before the comparison, and rows that meet in blocks."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime, timedelta
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.dedup import candidates
from transforms.dedup.candidates import PREDECESSORS, key_candidates, key_table, meetings
from transforms.dedup.compare import Sieve, compare
from transforms.dedup.fingerprint import fingerprint
from transforms.dedup.pairs import find_pairs, order_in_time
from transforms.records import Article, Fingerprint, content_id

START = datetime(2026, 3, 1, tzinfo=UTC)
WORDS = [a + b + c for a in "ابتثجح" for b in "سشصضطظ" for c in "عغفقكل"]


def article(name: str, words: list[str], hours: float = 0) -> Fingerprint:
    body = " ".join(words)
    at, same = START + timedelta(hours=hours), content_id(body)
    return fingerprint(
        Article(name, name, body, same, same, published_at=at, event_time=at, publisher="p")
    )


def templates(count: int, length: int = 60) -> list[Fingerprint]:
    """Fillings of one template that share all but three words, in order of time."""
    dice = Random(3)  # noqa: S311 - test data, no secret
    base = dice.choices(WORDS, k=length)
    made = []
    for number in range(count):
        words = list(base)
        for place in dice.sample(range(length), 3):
            words[place] = dice.choice(WORDS)
        made.append(article(f"{number:06}", [*words, str(number)], number / 60))
    return made


@settings(max_examples=150)
@given(
    st.integers(0, 400), st.integers(20, 400), st.integers(0, 100), st.booleans(), st.integers(0, 9)
)
def test_the_sieve_lets_every_copy_pass(
    start: int, length: int, changed: int, shuffled: bool, seed: int
) -> None:
    dice = Random(seed)  # noqa: S311 - test data, no secret
    whole = dice.choices(WORDS, k=800)
    part = whole[start : start + length]
    for _ in range(changed * length // 200):
        part[dice.randrange(len(part))] = dice.choice(WORDS)
    if shuffled:
        half = len(part) // 2
        part = part[half:] + part[:half]
    for first in (whole, whole[start : start + length]):
        a, b = article("a", first), article("b", part)
        if compare(a, b).kind in ("near", "contained"):
            assert Sieve(a).may_be_copy(b)
            assert Sieve(b).may_be_copy(a)


def test_the_sieve_stops_what_shares_a_quotation() -> None:
    dice = Random(1)  # noqa: S311 - test data, no secret
    quotation = dice.choices(WORDS, k=40)
    texts = [
        article(str(n), [*dice.choices(WORDS, k=200), *quotation, *dice.choices(WORDS, k=100)])
        for n in range(20)
    ]
    assert len(key_candidates(key_table(texts))) > 150
    assert not any(Sieve(a).may_be_copy(b) for a, b in combinations(texts, 2))


def test_an_empty_text_is_nobodys_copy() -> None:
    assert not Sieve(article("a", [])).may_be_copy(article("b", []))


def test_rows_that_meet_in_blocks_are_those_that_meet_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = key_table(order_in_time(templates(300)))
    at_once = meetings(table)
    for size in (1, 50, 1000):
        monkeypatch.setattr(candidates, "_KEYS_AT_ONCE", size)
        blocks = list(candidates._row_blocks(table))
        assert [start for start, _ in blocks[1:]] == [end for _, end in blocks[:-1]]
        assert (blocks[0][0], blocks[-1][1]) == (0, 300)
        found = [meetings(table, *block) for block in blocks]
        together = {
            (*pair, shared, fewest)
            for met in found
            for pair, shared, fewest in zip(
                map(tuple, met.rows.tolist()), met.shared.tolist(), met.fewest.tolist(), strict=True
            )
        }
        assert len(together) == sum(len(met.rows) for met in found) == len(at_once.rows)
        assert {each[:2] for each in together} == set(map(tuple, at_once.rows.tolist()))


def test_pairs_found_in_blocks_are_those_found_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = templates(200, length=200)
    at_once = find_pairs(texts)
    assert at_once
    monkeypatch.setattr(candidates, "_KEYS_AT_ONCE", 64)
    assert find_pairs(texts) == at_once


def test_a_flood_of_templates_meets_in_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    table = key_table(order_in_time(templates(1_500)))
    peaks = {}
    for size in (len(table.keys), 1_000):
        monkeypatch.setattr(candidates, "_KEYS_AT_ONCE", size)
        tracemalloc.start()
        found = key_candidates(table)
        peaks[size] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert len(found) > 1_500 * PREDECESSORS / 2
    print(f"peak by keys at once: {peaks}")
    assert peaks[1_000] * 3 < peaks[len(table.keys)]
