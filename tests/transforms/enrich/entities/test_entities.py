"""Actors and places in phrases: who is meant, from where, and what is left alone."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.enrich.entities.find import Entity, find_entities, find_places
from transforms.enrich.ontology import plover
from transforms.text.arabic import normalise


def entities(text: str) -> list[Entity]:
    return find_entities(normalise(text))


def coded(text: str) -> list[tuple[str | None, str]]:
    return [(entity.country, " ".join(entity.sectors)) for entity in entities(text)]


@pytest.mark.parametrize(
    ("phrase", "country", "sectors"),
    [
        ("وزارة الدفاع الأذربيجانية", "AZE", "GOV MIL"),
        ("وزارة الدفاع في أذربيجان", "AZE", "GOV MIL"),
        ("الجيش السوري", "SYR", "MIL"),
        ("للجيش السوري الحر", "SYR", "REB"),
        ("الرئيس الروسي فلاديمير بوتين", "RUS", "GOV"),
        ("مسلحون أرمن", "ARM", "UAF"),
        ("مسلحين فلسطينيين", "PSE", "UAF"),
        ("قوات عرقية الأرمن في قره باغ", "AZE", "REB PRE"),
        ("قوات من أرمن قره باغ", "AZE", "REB PRE"),
        ("قوات حفظ السلام الروسية", "RUS", "MIL"),
        ("سلطات أذربيجان", "AZE", "GOV"),
        ("جيش أذربيجان", "AZE", "MIL"),
        ("السكان الأرمن في قره باغ", "AZE", "CVL PRE"),
        ("ممثلي السكان الأرمن في قره باغ", "AZE", "CVL PRE"),
        ("المسلحين الانفصاليين الأرمن في إقليم قره باغ", "AZE", "REB PRE"),
        ("حزب الله", "LBN", "REB"),
        ("حماس", "PSE", "REB"),
        ("الحوثيون", "YEM", "REB"),
        ("الأمم المتحدة", None, "IGO"),
        ("الجامعة العربية", None, "IGO"),
        ("متحدث باسم وزارة الدفاع الروسية", "RUS", "GOV MIL"),
        ("قائد الجيش اللبناني", "LBN", "MIL"),
        ("عناصر من الشرطة العراقية", "IRQ", "COP"),
        ("سكان مدينة حلب", "SYR", "CVL"),
        ("مدنيين بحلب", "SYR", "CVL"),
        ("القوات التابعة للحكومة اليمنية", "YEM", "MIL GOV"),
        ("طلاب", None, "EDU"),
        ("صحفيين", None, "JRN"),
        ("متظاهرون", None, "CVL"),
        ("حركة طالبان الباكستانية", "PAK", "REB"),
        ("البيت الأبيض", "USA", "GOV"),
        ("مسؤول حكومي سوري", "SYR", "GOV"),
        ("وزراء خارجية فرنسا", "FRA", "GOV"),
    ],
)
def test_phrase(phrase: str, country: str | None, sectors: str) -> None:
    found = entities(phrase)
    assert [(e.country, " ".join(e.sectors)) for e in found] == [(country, sectors)]
    assert found[0].start <= 1  # a proclitic may stay outside
    assert found[0].end == len(normalise(phrase).text)


@pytest.mark.parametrize("prefix", ["", "و", "ف", "ب", "ل", "ك", "وب", "ول"])
def test_proclitics_stay_outside(prefix: str) -> None:
    text = f"{prefix}حماس"
    assert [(e.name, e.start) for e in entities(text)] == [("حماس", len(prefix))]


@pytest.mark.parametrize("written", ["مسلحون", "مسلحين", "المسلحون", "المسلحين", "مسلحان", "مسلحا"])
def test_number_and_case(written: str) -> None:
    assert coded(f"{written} قرب القرية") == [(None, "UAF")]


def test_spelling_variants_fold_together() -> None:
    for written in ("الإمارات", "الامارات", "الإماراتِ"):
        assert coded(written) == [("ARE", "GOV")]


def test_coordination_makes_two_actors() -> None:
    assert coded("متظاهرون ومدنيون") == [(None, "CVL"), (None, "CVL")]


def test_names_are_canonical() -> None:
    assert [e.name for e in entities("داعش")] == ["تنظيم الدولة الإسلامية"]
    assert [e.name for e in entities("الرئيس الامريكي ترمب")] == ["دونالد ترامب"]
    assert [e.name for e in entities("وزاره الدفاع الاذربيجانيه")] == ["وزارة الدفاع الأذربيجانية"]


def test_country_and_capital_are_actor_and_place() -> None:
    country, capital = entities("أذربيجان وباكو")
    assert (country.kind, country.country, country.sectors) == ("both", "AZE", ("GOV",))
    assert country.place is not None
    assert country.place.precision == "country"
    assert (capital.kind, capital.head, capital.sectors) == ("both", "capital", ("GOV",))
    assert capital.place is not None
    assert capital.place.precision == "city"


def test_places_carry_their_data() -> None:
    (place,) = entities("في مدينة خان يونس")
    assert place.kind == "place"
    assert place.sectors == ()
    assert place.place is not None
    assert (place.place.name, place.place.country, place.place.admin1) == (
        "خان يونس",
        "PSE",
        "خان يونس",
    )
    assert place.place.lat == pytest.approx(31.35, abs=0.05)
    assert place.place.geonames_id is not None


def test_place_noun_chooses_the_precision() -> None:
    assert [e.place.precision for e in entities("محافظة إدلب") if e.place] == ["admin1"]
    assert [e.place.precision for e in entities("مدينة إدلب") if e.place] == ["city"]


def test_ambiguous_place_goes_by_country() -> None:
    assert [e.country for e in find_places(normalise("مدينة طرابلس اللبنانية"))] == ["LBN"]
    assert [e.country for e in find_places(normalise("مدينة طرابلس"))] == ["LBY"]
    text = "قال الجيش اللبناني إن اشتباكات وقعت في مدينة طرابلس"
    assert [e.country for e in find_places(normalise(text))] == ["LBN"]


def test_everyday_words_are_no_places() -> None:
    assert find_places(normalise("في حديثه أمس عن وقف القتال ونشر صور المصدر")) == []
    assert [p.name for p in find_places(normalise("في مدينة صور"))] == ["صور"]
    assert coded("السياسة المالية") == []
    assert coded("دولة مالي") == [("MLI", "GOV")]


def test_nested_places_are_found() -> None:
    (place,) = find_places(normalise("قتل مدنيون في حلب"))
    assert (place.kind, place.name, place.start, place.end) == ("place", "حلب", 14, 17)


def test_singular_nisba_is_a_victim_not_any_adjective() -> None:
    assert coded("مقتل فلسطيني") == [("PSE", "CVL")]
    assert coded("قرار فلسطيني") == []
    assert coded("إصابة 3 إسرائيليين") == [("ISR", "CVL")]


def test_bare_heads_inherit() -> None:
    text = "قالت وزارة الدفاع الروسية أمس. وأضافت الوزارة أن جنودا من قوات حفظ السلام قتلوا"
    ministry, bare, *_ = entities(text)
    assert (bare.country, bare.sectors, bare.inferred) == ("RUS", ministry.sectors, True)
    assert not ministry.inferred


def test_peacekeepers_inherit_in_both_directions() -> None:
    text = "مقتل جنود من قوات حفظ السلام في قره باغ. وكانت قوات حفظ السلام الروسية عائدة"
    assert [e.country for e in entities(text) if "MIL" in e.sectors] == ["RUS", "RUS"]


def test_organisation_is_repeated_by_its_noun() -> None:
    found = entities("أعلنت حماس موقفها. وقالت الحركة إنها ترفض")
    assert [(e.name, e.inferred) for e in found] == [("حماس", False), ("حماس", True)]
    assert entities("وقالت الحركة إنها ترفض") == []


def test_people_of_a_held_region() -> None:
    found = entities("في قره باغ حيث يوجد مسلحون أرمن، أما القوات المسلحة الأرمينية فلا")
    assert [(e.country, e.sectors) for e in found if e.kind == "actor"] == [
        ("AZE", ("REB", "PRE")),
        ("ARM", ("MIL",)),
    ]


def test_a_title_takes_no_foreign_name() -> None:
    assert [e.country for e in entities("الرئيس الفرنسي بوتين")] == ["FRA", "RUS"]


def test_official_is_not_from_where_he_meets() -> None:
    assert coded("اجتمع وزراء في باريس")[0] == (None, "GOV")


@given(st.text(alphabet='ابتثجحخدرزسشصضطظعغفقكلمنهويةءىأإآؤئ والفب\n"«»().0123', max_size=200))
def test_hostile_text_gives_valid_spans(text: str) -> None:
    normalised = normalise(text)
    found = find_entities(normalised)
    for entity in found:
        assert 0 <= entity.start < entity.end <= len(normalised.text)
        assert entity.start <= entity.head_end <= entity.end
        assert set(entity.sectors) <= plover.SECTORS
    for first, second in itertools.pairwise(found):
        assert first.end <= second.start


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("قال أحمد محمود أمس", ["أحمد محمود"]),
        ("وإبراهيم بن سعود الحربي", ["إبراهيم بن سعود الحربي"]),
        ("النائب أنطوان غانم", ["النائب"]),  # a given name in no list
        ("النائب جورج يوسف", ["جورج يوسف"]),
        ("إبراهيم بن", []),
        ("أحمد قال", []),
        ("علي الطاولة", []),
        ("صالح محمد", ["صالح محمد"]),
    ],
)
def test_persons_in_no_table(text: str, names: list[str]) -> None:
    assert [e.name for e in entities(text)] == names


def test_everyday_adjectives_are_no_actors() -> None:
    for text in ("مؤتمر صحفي", "الحدود البحرية", "النزاع المسلح", "هجوم انتحاري", "أمام الباب"):
        assert coded(text) == [], text
    assert coded("قال صحفي") == [(None, "JRN")]
    assert coded("الصحفي قال") == [(None, "JRN")]
    assert coded("قتل 3 مدنيين") == [(None, "CVL")]


def test_weak_heads_need_company() -> None:
    assert coded("رئيس لجنة قرب عضو") == []
    assert coded("لجنة الأمم المتحدة") == [(None, "IGO")]
    assert coded("أعضاء البرلمان المصري") == [("EGY", "LEG")]
    assert coded("مهاجم فتح النار") == [(None, "UAF")]
    assert coded("عناصر فتح") == [("PSE", "PTY")]
    assert coded("النهضة") == []


def test_foreign_bodies_take_no_country_from_the_place() -> None:
    assert coded("السفارة في دمشق")[0] == (None, "GOV")
    assert coded("السفارة الأمريكية في دمشق")[0] == ("USA", "GOV")


def test_country_nouns_and_regions() -> None:
    assert coded("رؤساء فرنسا") == [("FRA", "GOV")]
    assert coded("قادة أبخازيا") == [("GEO", "GOV PRE")]
    assert coded("زعيم الأكراد") == [(None, "CVL")]
    assert coded("قوات الأكراد") == [(None, "REB")]
    assert coded("قوات سوريا") == [("SYR", "MIL")]


def test_one_country_per_actor() -> None:
    assert coded("القوات الأمريكية العراقية")[0] == ("USA", "MIL")
    assert coded("المتظاهرين المسلمين") == [(None, "CVL REL")]
    assert coded("المسؤول العسكري") == [(None, "GOV MIL")]
    assert coded("مسؤولين الشرطة") != []


def test_doubled_place_nouns() -> None:
    (place,) = entities("شمال محافظة إدلب السورية")
    assert (place.kind, place.country, place.start) == ("place", "SYR", 0)
    assert entities("شمال غرب") == []
    assert find_places(normalise("دولة جامعة")) == []


def test_memos_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "قتل مسلحون في مدينة حلب السورية جنودا من الجيش وقال أحمد محمود إن الشرطة في دمشق"
    before = entities(text)
    monkeypatch.setattr("transforms.enrich.entities.scan._MEMO_LIMIT", 1)
    assert entities(text + " ومتظاهرون قرب بغداد")[: len(before)] == before


def test_bare_place_nouns_repeat_the_place() -> None:
    text = "في إقليم قره باغ. وفي الإقليم مسلحون قرب المنطقة"
    first, again, _, last = entities(text)
    assert (again.kind, again.name, again.country, again.inferred) == (
        "place",
        "قره باغ",
        "AZE",
        True,
    )
    assert normalise(text).text[again.place_start : again.place_end] == "الاقليم"
    assert last.place == first.place
    assert [e.name for e in entities("قصف حلب ثم دخل المدينة")] == ["حلب", "حلب"]
    assert [e.name for e in entities("بلدة حوارة ثم دخل بالبلدة")] == ["حوارة", "حوارة"]
    assert entities("دخل المدينة") == []


def test_possessed_heads() -> None:
    assert coded("نظيره التونسي قيس سعيد") == [("TUN", "GOV")]
    assert coded("سفيرها في دمشق")[0] == (None, "GOV")
    assert coded("وقالت قواتها") == [(None, "MIL")]


@pytest.mark.parametrize(
    "text", ["قالت الإدارة في بيان إن القرار نهائي.", "جاء في بيان ان الوضع هادئ."]
)
def test_a_word_of_its_own_is_no_preposition_with_a_town(text: str) -> None:
    assert [e.name for e in entities(text) if e.place is not None] == []


def test_a_town_behind_a_preposition_is_found_all_the_same() -> None:
    found = [
        e.country for e in entities("انفجارات بدمشق وبحماة وللسودان وبغزة") if e.place or e.country
    ]
    assert found == ["SYR", "SYR", "SDN", "PSE"]
