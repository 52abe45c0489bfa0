"""Who did it to whom."""

from __future__ import annotations

import pytest
from coded import coded


@pytest.mark.parametrize(
    ("text", "event_type", "actors", "recipients"),
    [
        ("قصف الجيش السوري مدينة حلب.", "ASSAULT", ["الجيش السوري"], ["مدينة حلب"]),
        ("الجيش السوري قصف مدينة حلب.", "ASSAULT", ["الجيش السوري"], ["مدينة حلب"]),
        ("اعتقلت الشرطة ثلاثة صحفيين.", "COERCE", ["الشرطة"], ["ثلاثة صحفيين"]),
        ("قُتل ثلاثة صحفيين على يد مسلحين.", "ASSAULT", ["مسلحين"], ["ثلاثة صحفيين"]),
        ("هجوم نفذته طالبان على دورية.", "ASSAULT", ["طالبان"], ["دورية"]),
        ("أعلنت الحكومة أن قواتها قصفت مواقع المتمردين.", "ASSAULT", ["الحكومة"], None),
    ],
)
def test_slots(text, event_type, actors, recipients) -> None:
    found = coded(text)
    arguments = found.arguments(event_type)
    assert found.texts(arguments.actors) == actors
    if recipients is not None:
        assert found.texts(arguments.recipients) == recipients


def test_a_thing_is_no_actor() -> None:
    found = coded("قتل انفجار عبوة ناسفة خمسة جنود.")
    assert "انفجار" not in " ".join(found.texts(found.arguments("ASSAULT").actors))
