"""Words of one root have one skeleton."""

from __future__ import annotations

import pytest

from transforms.enrich.build.inflect import inflect_verb, masdar
from transforms.enrich.words.roots import skeleton


@pytest.mark.parametrize(
    "words",
    [
        "هاجم هجوم مهاجمة", "اعتقل اعتقال", "قتل مقتل قاتل اقتتال", "زار زيارة",
        "هدد تهديد", "اتهم اتهام تهمة", "انسحب انسحاب سحب", "استنكر استنكار", "أدان إدانة",
    ],
)  # fmt: skip
def test_words_of_a_root(words: str) -> None:
    assert len({skeleton(word) for word in words.split()}) == 1


@pytest.mark.parametrize(
    ("past", "noun"),
    [
        ("هدّد", "تهديد"), ("صفّى", "تصفية"), ("أعلن", "إعلان"), ("أدان", "إدانة"), ("أجرى", "إجراء"),
        ("أوقف", "إيقاف"), ("احتل", "احتلال"), ("استنكر", "استنكار"), ("استعان", "استعانة"),
        ("اعتقل", "اعتقال"), ("انسحب", "انسحاب"), ("اغتال", "اغتيال"), ("اعتدى", "اعتداء"),
        ("اتهم", "اتهام"), ("استلم", ""), ("قتل", ""), ("تظاهر", ""), ("هاجم", ""),
    ],
)  # fmt: skip
def test_masdars_of_derived_verbs(past: str, noun: str) -> None:
    assert masdar(past) == noun


def test_a_verb_brings_its_masdar_along() -> None:
    nouns = {form.surface for form in inflect_verb("اعتقل", "يعتقل") if form.pos == "N"}
    assert nouns == {"اعتقال", "اعتقالا", "اعتقالات"}
