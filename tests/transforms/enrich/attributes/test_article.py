"""What an article tells of its sentences: insertions, domain, era, the country at hand."""

from __future__ import annotations

import datetime as dt

import pytest

from transforms.enrich import code_events
from transforms.enrich.attributes.article import context_of
from transforms.enrich.sentence.insertions import insertion_end, new_head, quantity_end, transparent
from transforms.enrich.words.cues import find_cues, find_domain
from transforms.records import Article
from transforms.text.arabic import normalise_text

NOON = dt.datetime(2024, 3, 13, 12, tzinfo=dt.UTC)


def _article(body: str, title: str | None = None) -> Article:
    return Article("a", "a", body, "a", "a", title=title, published_at=NOON)


def _words(text: str) -> list[str]:
    return normalise_text(text).split()


def _countries(body: str, event_type: str, role: str) -> list[str | None]:
    (event,) = [e for e in code_events(_article(body)) if e.event_type == event_type]
    return [a.country for a in (event.actors if role == "actor" else event.recipients)]


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("، اليوم الأربعاء ، توزيع خيام", 4),
        ("( الناتو ) إرسال", 3),
        ("، وقال إن ، ثم", 0),
        ("، في حين قال ، ثم ذهب", 0),
        ("( )  إرسال قوات", 0),
        ("، اليوم وهو يوم طويل جدا لا ينتهي ،", 0),
    ],
)
def test_an_insertion_ends_with_its_mark(text: str, length: int) -> None:
    words = _words(text)
    assert insertion_end(words, 0, len(words)) == length


def test_at_least_stands_before_a_number() -> None:
    words = _words("ما لا يقل عن خمسين شخصا")
    assert quantity_end(words, 0, len(words)) == 4
    assert quantity_end(_words("ما قاله الوزير عن الأمر"), 0, 5) == 0
    assert transparent(words, 0, len(words)) == dict.fromkeys(range(4), "X")
    company = _words("في جدة ، بمشاركة قوات من مصر")
    assert transparent(company, 0, len(company)) == {2: "T"}


def test_two_definite_heads_are_two_phrases() -> None:
    assert new_head("المبادره", normalise_text("الأطراف"))
    assert new_head("بيانها", normalise_text("الحكومة"))
    assert not new_head(normalise_text("آلاف"), normalise_text("المتظاهرين"))
    assert not new_head("الوزير", "السابق")


def test_a_weak_cue_needs_a_second_one() -> None:
    assert "sport" not in find_cues(_words("أصاب القصف أهدافا"))
    assert "sport" in find_cues(_words("أحرز الفريق ثلاث نقاط"))
    assert "sport" in find_cues(_words("انتهت المباراة"))


def test_the_domain_of_a_text() -> None:
    market = _words("أغلقت البورصة وهبط المؤشر وتراجعت أسعار الأسهم وخسر المستثمرون")
    assert find_domain(market) == "market"
    assert find_domain([*market, *_words("قصف جيش مدينة في غارة وقتل جنود ومسلحين")]) == ""
    assert find_domain(_words("قال الوزير إن الوضع هادئ")) == ""


def test_figures_of_speech_of_the_market_are_no_violence() -> None:
    text = "هاجم المضاربون السوق في بغداد. أغلقت البورصة وهبط المؤشر وتراجعت أسعار الأسهم."
    assert all(e.confidence < 0.5 for e in code_events(_article(text)))


def test_history_is_inherited_by_its_sentences() -> None:
    text = (
        "في مثل هذا اليوم من عام 1916 سقطت المدينة. بدأت القصة عام 1915 بحصار طويل. "
        "وشنت القوات البريطانية هجوماً على البلدة."
    )
    told = [e for e in code_events(_article(text)) if e.confidence >= 0.5]
    assert not [e for e in told if e.status == "asserted"]
    assert context_of(_words(text), NOON.date()).past
    assert not context_of(_words(text), None).past
    assert not context_of(_words("قال أمس إن حرب 1990 وحرب 1991 انتهتا"), NOON.date()).past
    assert not context_of(_words("وقعت الحرب عام 1990 ثم انتهت"), NOON.date()).past


def test_unnamed_institutions_belong_to_the_country_at_hand() -> None:
    text = "أعلنت السنغال حالة الطوارئ في شمال السنغال. واعتقلت الشرطة عشرة ناشطين."
    (arrest,) = [e for e in code_events(_article(text)) if "arrest" in e.modes]
    assert [a.country for a in arrest.actors] == ["SEN"]


def test_victims_belong_to_the_place_and_strangers_to_the_country_at_hand() -> None:
    text = "قُتل ثلاثة مدنيين في انفجار عبوة ناسفة في بغداد أمس."
    assert _countries(text, "ASSAULT", "recipient") == ["IRQ"]
    assert _countries("اتهمت بلغاريا شركة بالتجسس.", "ACCUSE", "recipient") == ["BGR"]


def test_both_sides_are_the_two_countries_of_the_article() -> None:
    text = (
        "طردت أذربيجان السفير الفرنسي. وردت فرنسا على أذربيجان. "
        "ودعت الأمم المتحدة الجانبين إلى الحوار."
    )
    assert sorted(map(str, _countries(text, "REQUEST", "recipient"))) == ["AZE", "FRA"]


def test_a_participle_of_speech_belongs_to_the_first_verb() -> None:
    text = "رفضت مصر الإجراءات الإثيوبية التي أعلنتها الحكومة أمس، داعية السودان إلى الحوار."
    assert _countries(text, "REQUEST", "actor") == ["EGY"]


def test_who_announces_a_killing_is_no_killer() -> None:
    text = "أعلنت وزارة الصحة العراقية مقتل ثلاثة جنود في انفجار عبوة ناسفة في بغداد أمس."
    (event,) = [e for e in code_events(_article(text)) if e.event_type == "ASSAULT"]
    assert [a.text for a in event.actors if a.text] == []


def test_a_second_clause_of_a_headline_has_its_own_subject() -> None:
    text = "البعثة تخلي قاعدتها في كيدال والجيش المالي يدفع بتعزيزات نحو الشمال"
    assert _countries(text, "MOBILIZE", "actor") == ["MLI"]


def test_a_topic_brought_forward_is_the_subject() -> None:
    text = "أما كينيا فطالبت فرنسا بسحب قواتها."
    assert _countries(text, "REQUEST", "actor") == ["KEN"]


def test_since_belongs_to_its_own_verb() -> None:
    text = "اتهمت اليابان روسيا بالتجسس وقالت إنها تراقبها منذ أبريل 2021."
    (event,) = [e for e in code_events(_article(text)) if e.event_type == "ACCUSE"]
    assert (event.status, event.event_date) == ("asserted", NOON.date())


def test_what_is_shelled_is_struck() -> None:
    text = "توعدت طهران بالرد على قصف القنصلية الإيرانية في دمشق."
    assert _countries(text, "ASSAULT", "recipient") == ["IRN"]


@pytest.mark.parametrize(
    ("text", "event_type", "want"),
    [
        ("ودعت البعثة الأممية في مالي تركيا إلى الحوار.", "REQUEST", "TUR"),
        ("وطالب نواب عن المحافظة الحكومة العراقية بالاستقالة.", "REQUEST", "IRQ"),
        ("واعتقلت الشرطة في كراتشي وروالبندي مئات الأفغان.", "COERCE", "AFG"),
        ("ودعت وكالة الغوث للاجئين الفلسطينيين (الأونروا) إسرائيل إلى التهدئة.", "REQUEST", "ISR"),
    ],
)
def test_an_object_stands_behind_what_qualifies_the_subject(
    text: str, event_type: str, want: str
) -> None:
    assert want in _countries(text, event_type, "recipient")


def test_the_object_of_a_joined_verb_is_no_subject() -> None:
    text = "اعتقلت بلغاريا عشرة ناشطين، وقطعت خدمة الإنترنت."
    (cut,) = [e for e in code_events(_article(text)) if "withhold" in e.modes]
    assert [a.country for a in cut.actors] == ["BGR"]
