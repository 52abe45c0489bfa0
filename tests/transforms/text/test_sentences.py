"""Sentences: where they end, where they must not, and that offsets are the original's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.sentences import Sentence, split_sentences


def pieces(text: str) -> list[str]:
    return [text[sentence.start : sentence.end] for sentence in split_sentences(text)]


def test_lines_are_paragraphs_counted_without_the_empty_ones() -> None:
    text = "العنوان\n\n  \nالفقرة الأولى. جملة ثانية.\nالفقرة الثانية"
    assert [(s.paragraph, text[s.start : s.end]) for s in split_sentences(text)] == [
        (0, "العنوان"),
        (1, "الفقرة الأولى."),
        (1, "جملة ثانية."),
        (2, "الفقرة الثانية"),
    ]


@pytest.mark.parametrize("mark", [".", "؟", "!", "…", "...", "؟!", ".."])
def test_an_end_mark_splits(mark: str) -> None:
    assert pieces(f"وصل الوفد{mark} وغادر") == [f"وصل الوفد{mark}", "وغادر"]


@pytest.mark.parametrize(
    "text",
    [
        'قال "لن نقبل. لن نتراجع أبدا" أمام البرلمان',
        "قال «لن نقبل! لن نتراجع» أمام البرلمان",
        "قال “لن نقبل؟ لا” أمام البرلمان",
        "وصل (الوفد. كله) اليوم",
        "في 20.9.2023 وصل الوفد",
        "في 20. 9. 2023 وصل الوفد",
        "ارتفع 3.5 نقطة",
        "قال د. أحمد كلاما",
        "نقلت أ.ف.ب عن مصدر",
        "نقلت أ. ف. ب عن مصدر",
        "موقع العربية.نت الإخباري",
        "قال Dr. Smith ذلك",
        "1. البند الأول",
        'قال: (من "قلب. الحدث") ذلك',
    ],
)
def test_never_inside(text: str) -> None:
    assert pieces(text) == [text]


def test_a_full_stop_before_the_closing_quote_ends_the_sentence_after_it() -> None:
    assert pieces('قال "انتهت الحرب." وأضاف كلاما') == ['قال "انتهت الحرب."', "وأضاف كلاما"]


def test_an_unclosed_quote_does_not_swallow_the_paragraph() -> None:
    assert pieces('قال "انتهت الحرب. وأضاف كلاما. ثم خرج') == [
        'قال "انتهت الحرب.',
        "وأضاف كلاما.",
        "ثم خرج",
    ]
    assert pieces("قال انتهت) الحرب. وأضاف") == ["قال انتهت) الحرب.", "وأضاف"]
    assert pieces("(أ (ب. ج) د. هـ وصلت. نعم") == ["(أ (ب. ج) د. هـ وصلت.", "نعم"]


def test_a_missing_space_after_the_full_stop() -> None:
    assert pieces("وصل الوفد.وغادر الرئيس") == ["وصل الوفد.", "وغادر الرئيس"]


def test_a_number_before_the_full_stop_ends_a_sentence() -> None:
    assert pieces("بلغ العدد 20. وقال المصدر") == ["بلغ العدد 20.", "وقال المصدر"]
    assert pieces("وقع عام 2023م. وقال المصدر") == ["وقع عام 2023م.", "وقال المصدر"]


def test_semicolons_split_only_long_sentences() -> None:
    short = "وصل الوفد؛ وغادر الرئيس."
    assert pieces(short) == [short]
    clause = "كلمة " * 30
    long = f"{clause}؛ {clause}."
    assert len(pieces(long)) == 2
    assert pieces(f"كلمة؛ {clause}{clause}.") == [f"كلمة؛ {clause}{clause}."]


def test_a_mark_alone_joins_the_sentence_before() -> None:
    assert pieces("وصل الوفد. !") == ["وصل الوفد. !"]
    assert pieces("...") == ["..."]
    assert pieces("") == []


@given(st.text(alphabet=st.sampled_from('ابد وق20.؟!…؛"«»()[]“” \n\t'), max_size=200))
def test_every_text_is_covered_in_order(text: str) -> None:
    sentences = split_sentences(text)
    position = 0
    for sentence in sentences:
        assert isinstance(sentence, Sentence)
        assert position <= sentence.start < sentence.end
        assert not text[position : sentence.start].strip()
        assert "\n" not in text[sentence.start : sentence.end]
        position = sentence.end
    assert not text[position:].strip()
    assert [s.paragraph for s in sentences] == sorted(s.paragraph for s in sentences)


def test_hostile_quotes_take_linear_time() -> None:
    text = '"(«' * 60_000 + "." + ")»" * 60_000
    assert split_sentences(text)
