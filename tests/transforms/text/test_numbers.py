"""Numbers in words and digits, and the ranges that reports make of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.arabic import normalise
from transforms.text.numbers import find_numbers, parse_number, read_number_words


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("٢٥", 25),
        ("۲۵", 25),
        ("1,200", 1_200),
        ("١٬٢٠٠", 1_200),
        ("1.200.000", 1_200_000),
        ("12 ألفا", 12_000),
        ("1.5 مليون", 1_500_000),
        ("12,25 مليون", 12_250_000),
        ("واحد", 1),
        ("عشرون", 20),
        ("ثلاثة عشر", 13),
        ("أحد عشر", 11),
        ("إحدى وعشرين", 21),
        ("اثنا عشر", 12),
        ("خمسة وعشرون", 25),
        ("مئة", 100),
        ("مائة وعشرون", 120),
        ("مئتان", 200),
        ("مئتان وخمسون ألفا", 250_000),
        ("ثلاث مئة", 300),
        ("ثلاثمئة", 300),
        ("ألفان", 2_000),
        ("ألفا", 1_000),
        ("ألفان وثلاثة", 2_003),
        ("تسعة آلاف وستمئة", 9_600),
        ("ألف وثلاثمئة وخمسة وستين", 1_365),
        ("مئة ألف", 100_000),
        ("مليونان", 2_000_000),
        ("مليون ومئتا ألف", 1_200_000),
        ("ثلاثمئة وخمسة وعشرون مليونا وأربعمئة ألف", 325_400_000),
    ],
)
def test_one_number(text: str, value: int) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize(
    "text",
    ["", "نص", "3.5", "إحدى", "أحد", "عشرات", "5 و7", "خمسة رجال", "أكثر من 12", "9" * 40, "20%"],
)
def test_not_one_number(text: str) -> None:
    assert parse_number(text) is None


@pytest.mark.parametrize(
    ("text", "span", "low", "high"),
    [
        ("قتل 12 شخصا", "12", 12, 12),
        ("قتل ما لا يقل عن 12 شخصا", "12", 12, None),
        ("مقتل أكثر من ثلاثين شخصا", "ثلاثين", 30, None),
        ("مقتل 15 على الأقل", "15", 15, None),
        ("مقتل 15 شخصا على الأقل", "15", 15, None),
        ("مقتل أقل من 9 أشخاص", "9", 0, 9),
        ("ما يصل إلى 40 قتيلا", "40", 0, 40),
        ("نحو 40 قتيلا", "40", 40, 40),
        ("قتل عشرات المدنيين", "عشرات", 20, 99),
        ("وعشرات الجرحى", "وعشرات", 20, 99),
        ("مئات القتلى", "مئات", 200, 999),
        ("آلاف النازحين", "آلاف", 2_000, 9_999),
        ("عشرات الآلاف من النازحين", "عشرات الآلاف", 20_000, 99_999),
        ("مئات الآلاف", "مئات الآلاف", 200_000, 999_999),
        ("بضعة أشخاص", "بضعة", 3, 9),
        ("بضعة عشر شخصا", "بضعة عشر", 13, 19),
        ("بين 5 و7 قتلى", "5 و7", 5, 7),
        ("من خمسة إلى سبعة قتلى", "خمسة إلى سبعة", 5, 7),
        ("5-7 قتلى", "5-7", 5, 7),
        ("قتل وخمسة آخرون", "خمسة", 5, 5),
        ("وأصيب 1,200 شخص", "1,200", 1_200, 1_200),
    ],
)
def test_a_mention_is_a_range(text: str, span: str, low: int, high: int | None) -> None:
    (mention,) = find_numbers(text)
    assert text[mention.start : mention.end] == span
    assert (mention.low, mention.high) == (low, high)


@pytest.mark.parametrize(
    "text",
    [
        "20% من السكان",
        "30 في المئة",
        "٣٠ بالمئة",
        "في المئة",
        "أحد الجنود",
        "وأحد الجنود",
        "لست أدري",
    ],
)
def test_what_is_no_count(text: str) -> None:
    assert find_numbers(text) == []


def test_several_numbers_and_a_given_normalisation() -> None:
    text = "قُتل ثلاثةُ جنود وأُصيب ٢٠ آخرون، بينهم 7 و5"
    found = find_numbers(text, normalised=normalise(text))
    assert [(m.low, m.high) for m in found] == [(3, 3), (20, 20), (7, 7), (5, 5)]
    assert text[found[0].start : found[0].end] == "ثلاثةُ"


def test_words_are_read_from_a_place() -> None:
    words = ["قتل", "خمسه", "وعشرون", "وثلاثه"]
    assert read_number_words(words, 1) == (25, 3)
    assert read_number_words(words) is None


@given(st.text(max_size=120), st.text(alphabet="خمسةعشروألفمئانتيبض 0123456789.,", max_size=120))
def test_no_text_breaks_it(anything: str, arabic: str) -> None:
    for text in (anything, arabic, anything + arabic):
        parse_number(text)
        position = 0
        for mention in find_numbers(text):
            assert position <= mention.start < mention.end <= len(text)
            assert mention.high is None or mention.low <= mention.high
            position = mention.end
