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
