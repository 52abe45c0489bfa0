"""Where an event happened."""

from __future__ import annotations

import pytest
from coded import coded

from transforms.enrich.attributes.places import place_of


@pytest.mark.parametrize(
    ("text", "name", "country"),
    [
        ("قُتل مدنيان في بغداد.", "بغداد", "IRQ"),
        ("قُتل مدنيان في العراق في مدينة الموصل.", "الموصل", "IRQ"),
        ("قصف الجيش القرية.", None, None),
    ],
)
def test_the_nearest_place_cities_first(text, name, country) -> None:
    found = coded(text)
    place = place_of(found.annotations, found.sentence, found.match("ASSAULT"), set())
    assert (place.name if place else None, place.country if place else None) == (name, country)


def test_a_state_that_acts_is_no_place() -> None:
    found = coded("اتهمت مصر السودان بالتصعيد.")
    place = place_of(found.annotations, found.sentence, found.match("ACCUSE"), {1, 2})
    assert place is None
