"""Verdicts on two texts: copies, excerpts, other stories, fillings of a template."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation import dedup as suite
from transforms.dedup import canonicalise_url, compare, compare_texts
from transforms.dedup.compare import _longest_rise, _shared_places
from transforms.dedup.fingerprint import fingerprint_text, unpack

TEMPLATES = {
    each["name"]: each
    for each in tomllib.loads(
        (files("pipeline.evaluation") / "data" / "dedup_templates.toml").read_text("utf-8")
    )["template"]
}
STORY = (
    "أعلنت بلدية المدينة الساحلية صباح اليوم إعادة فتح الجسر القديم أمام حركة المرور بعد أشغال "
    "صيانة دامت سبعة أشهر. وقال رئيس البلدية عمر حداد إن المشروع كلف مليوني دولار وشمل تدعيم "
    "الأعمدة وتجديد الإنارة وتوسيع ممر المشاة. وأضاف أن الشاحنات الثقيلة ستبقى ممنوعة من العبور "
    "حتى نهاية الصيف. وعبر تجار السوق المجاورة عن ارتياحهم بعد موسم صعب تراجعت فيه مبيعاتهم إلى "
    "النصف. وتعتزم البلدية في المرحلة المقبلة ترميم الميناء الصغير وإنشاء موقف جديد للسيارات قرب "
    "المحطة. وكان الجسر قد أغلق في الشتاء الماضي إثر ظهور تشققات في قاعدته الشمالية."
)
OTHER = (
    "فاز المنتخب الوطني لكرة اليد على ضيفه في مباراة ودية أقيمت مساء أمس في قاعة الشباب وسط حضور "
    "كبير من المشجعين. وسجل الجناح الأيسر تسعة أهداف فيما تألق الحارس في صد ثلاث رميات جزاء. "
    "ويستعد الفريق لخوض تصفيات البطولة القارية التي تنطلق الشهر المقبل بمشاركة اثني عشر فريقا."
)


def filled(name: str) -> list[str]:
    template = TEMPLATES[name]
    return [
        template["text"].strip().format(**dict(zip(template["slots"], each, strict=True)))
        for each in template["fillings"]
    ]


def test_the_same_text_however_typed_is_the_same() -> None:
    typed = STORY.replace("أ", "ا").replace("ة", "ه").replace(".", " .").replace("على", "علــى")
    assert compare_texts(STORY, typed).kind == "same"


def test_a_reworded_copy_is_near() -> None:
    copy = "وكالات - " + STORY.replace("صباح اليوم", "أمس").replace("وأضاف", "وأوضح")
    verdict = compare_texts(STORY, copy)
    assert verdict.kind == "near"
    assert 0.7 < verdict.jaccard < 1
    assert verdict.containment >= verdict.jaccard


def test_shuffled_sentences_are_near() -> None:
    sentences = re.split(r"(?<=\.)\s", STORY)
    assert compare_texts(STORY, " ".join(reversed(sentences))).kind == "near"


def test_an_excerpt_is_contained_whichever_side_it_stands_on() -> None:
    excerpt = ". ".join(STORY.split(". ")[:3]) + "."
    assert compare_texts(STORY, excerpt).kind == "contained"
    assert compare_texts(excerpt, STORY).kind == "contained"


def test_a_flash_is_a_teaser_or_nothing() -> None:
    flash = " ".join(STORY.split()[:24])
    assert compare_texts(STORY, flash).kind == "contained"
    assert compare_texts(flash, flash + " وفق بيان").kind == "related"
    assert compare_texts(STORY, " ".join(STORY.split()[:15])).kind == "related"


def test_another_story_is_different() -> None:
    verdict = compare_texts(STORY, OTHER)
    assert (verdict.kind, verdict.containment) == ("different", 0.0)


def test_a_corrected_figure_keeps_a_copy() -> None:
    one = filled("gold")[0]
    other = re.sub(r"\d+(\.\d+)?", lambda match: str(float(match.group()) + 7), one)
    assert compare_texts(one, other).kind == "near"


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_two_fillings_of_a_template_are_two_stories(name: str) -> None:
    for one, other in combinations(filled(name), 2):
        assert compare_texts(one, other).kind == "related", (one, other)


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_an_edited_filling_is_a_copy(name: str) -> None:
    for text in filled(name):
        for edit, copy in suite._copies(text):
            assert compare_texts(text, copy).kind in {"same", "near", "contained"}, edit


def test_an_excerpt_that_names_other_people_is_no_copy() -> None:
    telegrams = filled("congratulation")
    bundle = " ".join([*telegrams[1:], STORY])
    assert compare_texts(telegrams[0], bundle).kind == "related"
    assert compare_texts(telegrams[1], bundle).kind == "contained"


@given(st.text(max_size=300), st.text(max_size=300))
def test_comparing_is_symmetric_and_never_raises(a: str, b: str) -> None:
    verdict = compare_texts(a, b)
    assert verdict == compare_texts(b, a)
    assert 0 <= verdict.jaccard <= verdict.containment <= 1
    assert compare_texts(a, a).kind == "same"


@given(st.lists(st.integers(0, 40), unique=True))
def test_longest_rise_is_the_longest_increasing_subsequence(places: list[int]) -> None:
    import numpy as np

    best = [1] * len(places)
    for at, value in enumerate(places):
        best[at] = 1 + max((best[i] for i in range(at) if places[i] < value), default=0)
    assert _longest_rise(np.array(places, np.intp)) == max(best, default=0)


def test_shared_places_are_where_the_longer_text_has_them() -> None:
    short = unpack(fingerprint_text("ث ج ح ا ب ت").shingles)
    long = unpack(fingerprint_text("ا ب ت ث ج ح خ").shingles)
    assert _shared_places(short, long).tolist() == [3, 0]


def test_the_function_and_the_pipeline_agree() -> None:
    assert compare(fingerprint_text(STORY), fingerprint_text(OTHER)) == compare_texts(STORY, OTHER)
    assert canonicalise_url("HTTP://Example.com") == canonicalise_url("http://example.com/")


def test_the_bars_are_reached_on_the_labelled_pairs(shared: Path) -> None:
    report = suite.run(shared / "data")
    missed = [figure for figure in report.figures if figure.reached is False]
    assert not missed
    assert {figure.name for figure in report.figures} >= {"natural_recall", "templates_merged"}
