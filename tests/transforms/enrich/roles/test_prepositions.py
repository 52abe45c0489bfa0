"""Slots that prepositions open."""

from __future__ import annotations

from coded import coded

from transforms.enrich.roles.prepositions import Arguments


def test_a_preposition_opens_a_slot_and_is_noted() -> None:
    found = coded("شن مسلحون هجوما على نقطة تفتيش.")
    arguments = found.arguments("ASSAULT")
    assert found.texts(arguments.recipients) == ["نقطة تفتيش"]
    assert "علي" in arguments.slots


def test_both_sides_of_between_act() -> None:
    found = coded("اندلعت اشتباكات بين الجيش السوداني وقوات الدعم السريع.")
    (phrase,) = found.texts(found.arguments("ASSAULT").actors)
    assert phrase.startswith("الجيش السوداني")


def test_an_agent_behind_a_passive() -> None:
    found = coded("قُتل مدني برصاص الجيش الإسرائيلي.")
    assert found.texts(found.arguments("ASSAULT").actors) == ["الجيش الإسرائيلي"]


def test_a_phrase_fills_a_slot_once_and_only_a_role() -> None:
    arguments = Arguments()
    arguments.add("actor", (1, 2))
    arguments.add("actor", (1, 2))
    arguments.add("place", (3, 3))
    arguments.add("recipient", None)
    assert (arguments.actors, arguments.recipients) == ([(1, 2)], [])
