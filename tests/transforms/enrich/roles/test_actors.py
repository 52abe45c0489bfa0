"""Noun phrases as actors."""

from __future__ import annotations

import pytest
from coded import coded

from transforms.enrich.roles.actors import actors_of


def _actors(text: str, event_type: str, role: str = "actors"):
    found = coded(text)
    phrases = getattr(found.arguments(event_type), role)
    return [(a.text, a.country) for a in actors_of(found.annotations, found.sentence, phrases)]


@pytest.mark.parametrize(
    ("text", "event_type", "wanted"),
    [
        ("قصفت القوات الروسية خاركيف.", "ASSAULT", [("القوات الروسية", "RUS")]),
        ("تظاهر عمال في تونس.", "PROTEST", [("عمال في تونس", "TUN")]),
        ("التقى الرئيس المصري أمير قطر.", "CONSULT", None),
    ],
)
def test_the_country_of_a_phrase(text, event_type, wanted) -> None:
    found = _actors(text, event_type)
    if wanted is None:
        assert {country for _, country in found} <= {"EGY", "QAT"}
        assert found
    else:
        assert found == wanted


def test_joined_parties_are_several_actors() -> None:
    found = _actors("وقعت مصر والسودان اتفاقا.", "AGREE")
    assert [country for _, country in found] == ["EGY", "SDN"]


def test_a_place_that_is_struck_lends_its_country() -> None:
    assert _actors("قصفت روسيا خاركيف.", "ASSAULT", "recipients") == [("خاركيف", "UKR")]


@pytest.mark.parametrize(
    "text",
    [
        "دعا المبعوث الأممي الأطراف إلى الحوار.",
        "دعت بعثة الأمم المتحدة في مالي الأطراف إلى الحوار.",
        "دعا الأمين العام للأمم المتحدة السودان إلى الحوار.",
        "دعا قادة إيكواس إلى الحوار.",
    ],
)
def test_bodies_of_states_have_no_country_of_their_own(text) -> None:
    found = coded(text)
    phrases = found.arguments("REQUEST").actors
    (actor,) = actors_of(found.annotations, found.sentence, phrases)
    assert actor.country is None
    assert actor.sectors[0] == "IGO"


def test_who_is_sent_to_a_body_of_states_belongs_to_his_own() -> None:
    found = _actors("دعا السفير الروسي لدى الأمم المتحدة السودان إلى الحوار.", "REQUEST")
    assert found[0][1] == "RUS"
