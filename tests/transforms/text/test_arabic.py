"""The normaliser: what it folds and strips, and the way back to the original.

R34 (docs/reliability.md): random input for parsers of feeds, dates and URLs and for the
    normaliser.
"""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from transforms.text.arabic import any_spelling, normalise, normalise_text


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("أحمد إبراهيم آدم ٱلله", "احمد ابراهيم ادم الله"),
        ("مستشفى مدرسة مؤتمر رئيس", "مستشفي مدرسه موتمر رييس"),
        ("کتاب یوم", "كتاب يوم"),
        ("مُحَمَّدٌ الأربعـــاء", "محمد الاربعاء"),
        ("٢٠٢٣ ۲۰۲۳ ١٬٢٠٠٫٥", "2023 2023 1,200.5"),
        ("ﻷول ﷲ", "لاول الله"),
        ("cafe\u0301", "café"),
        ("\u0301 \u200b\u0301", " "),
        ("a\u00a0b\tc\u200fd\ufeff", "a b cd"),
        ("سطر\nسطر", "سطر\nسطر"),
        ("", ""),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert normalise_text(text) == folded
    assert normalise(text).text == folded


def test_the_way_back() -> None:
    text = "قالَ إنَّ الأمـــر ﻻ يعنيه"
    normalised = normalise(text)
    start = normalised.text.index("الامر")
    first, last = normalised.span(start, start + 5)
    assert text[first:last].strip() == "الأمـــر"
    ligature = normalised.text.index(" لا ") + 1
    assert normalised.offsets[ligature] == normalised.offsets[ligature + 1] == text.index("ﻻ")


@given(st.text(max_size=200))
def test_offsets_never_go_back(text: str) -> None:
    normalised = normalise(text)
    assert normalised.text == normalise_text(text)
    assert len(normalised.offsets) == len(normalised.text) + 1
    assert list(normalised.offsets) == sorted(normalised.offsets)
    assert normalised.offsets[-1] == len(text)


ENGINE = duckdb.connect()


def _found(text, looked_for):
    """Whether RE2, as DuckDB has it, finds a word in a text."""
    asked = ENGINE.execute("SELECT regexp_matches(?, ?)", [text, any_spelling(looked_for)])
    ((found,),) = asked.fetchall()
    return found


@given(st.text("اأإآىيئوؤهةكکلم\u064e\u0651\u0640\u200f٣3.(", min_size=1, max_size=12))
@example("الأُمَّة")
def test_a_text_is_found_however_it_is_spelled(text):
    assert _found(f"في {text} هنا", normalise_text(text))
    assert _found(f"في {normalise_text(text)} هنا", text)


def test_what_is_another_word_is_not_found():
    assert not _found("غزو", "غزة")
    assert not _found("a1b", "a.b")
    assert _found("GAZA", "gaza")
    assert any_spelling("\u0640\u064e\ud800") == ""
