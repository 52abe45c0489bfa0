"""The noun phrase that a verb belongs to."""

from __future__ import annotations

from coded import coded

from transforms.enrich.roles import subjects


def _text(found, phrase):
    return None if phrase is None else found.annotations.tokens.text(*phrase)


def test_the_subject_on_the_left() -> None:
    found = coded("قال إن الجيش السوري قصف حلب.")
    assert _text(found, subjects.left_subject(found.sentence, found.index("قصف"))) == "الجيش السوري"
    joined = coded("وصل الوزير وقصف الجيش حلب.")
    assert subjects.left_subject(joined.sentence, joined.index("وقصف")) is None


def test_a_relative_clause_belongs_to_what_stands_before_it() -> None:
    found = coded("المسلحون الذين هاجموا القرية فروا.")
    assert _text(found, subjects.antecedent(found.sentence, found.index("هاجموا"))) == "المسلحون"


def test_a_conjoined_verb_inherits() -> None:
    found = coded("اقتحم الجنود القرية واعتقلوا شابين.")
    index = found.index("واعتقلوا")
    assert subjects.conjoined(found.sentence, index)
    assert subjects.may_inherit(found.sentence, index)
    assert _text(found, subjects.inherited(found.sentence, index)).startswith("الجنود")


def test_what_brings_a_topic_forward() -> None:
    found = coded("أما مالي فحذرت من التدخل.")
    assert _text(found, subjects.topic_subject(found.sentence, found.index("فحذرت"))) == "مالي"
    assert subjects.topic_subject(found.sentence, 0) is None


def test_a_participle_belongs_to_the_first_verb() -> None:
    found = coded("رفضت مصر القرار، داعية السودان إلى الحوار.")
    assert _text(found, subjects.main_subject(found.sentence, found.index("داعية"))) == "مصر"
