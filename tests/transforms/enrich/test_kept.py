"""What is kept instead of made again is what would be made."""

from __future__ import annotations

import pytest

from transforms.enrich.events.numbers import Logistic, SparseRow
from transforms.enrich.words import memo
from transforms.enrich.words.tokens import tokenise
from transforms.text.arabic import normalise

TEXT = "قُتِلَ ثلاثةُ جنودٍ\u00a0في ﻻهور، وأُصيب ٢٥ آخرون. أعلنت القوات ذلك أمسِ!"


@pytest.mark.parametrize(("first", "last"), [(0, 3), (2, 6), (5, 11), (0, 11)])
def test_a_part_of_a_text_is_normalised_as_it_would_be_alone(first, last):
    tokens = tokenise(TEXT, normalise(TEXT), "body")
    start, end = tokens.span(first, last)
    assert tokens.part(first, last) == normalise(TEXT[start:end])


def test_a_sparse_row_weighs_what_the_whole_row_does():
    model = Logistic((0.3, -1.7, 0.11, 2.3, -0.9, 0.7))
    rows = [SparseRow([1.0, 0.25], ((1, 1.0), (3, 0.5))), SparseRow([1.0, -0.5], ())]
    assert model.sparse(rows) == model([row.whole(4) for row in rows])
    assert rows[0].whole(4) == [1.0, 0.25, 0.0, 1.0, 0.0, 0.5]


def test_what_has_grown_too_large_is_forgotten():
    asked: list[str] = []

    @memo.remembers
    def length(word: str) -> int:
        asked.append(word)
        return len(word)

    try:
        assert [length(word) for word in ("ab", "abc", "ab")] == [2, 3, 2]
        memo.trim(2)
        length("ab")
        assert asked == ["ab", "abc"]
        memo.trim(1)
        length("ab")
        assert asked == ["ab", "abc", "ab"]
    finally:
        memo._remembering.remove(length)
