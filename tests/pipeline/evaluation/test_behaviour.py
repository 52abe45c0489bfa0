"""The suite of behaviour: its variants are what they say, and its judge sees every fault."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import replace

import pytest

from pipeline.evaluation.behaviour import faults
from pipeline.evaluation.variants import TOLD, UNTOLD, Half, path_of, read_variants
from transforms.enrich import code_events
from transforms.enrich.ontology.plover import EVENT_TYPES
from transforms.records import Actor

HALVES: tuple[Half, ...] = ("tuning", "held_out")


def variant(text):
    """The variant of the tuning half with a text."""
    return next(each for each in read_variants("tuning") if each.text == text)


@pytest.mark.parametrize("half", HALVES)
def test_there_are_three_hundred_variants_of_every_type_and_kind(half):
    variants = read_variants(half)
    assert len({each.text for each in variants}) >= 300
    assert len({each.id for each in variants}) >= 300
    assert {each.types[0] for each in variants} == set(EVENT_TYPES)
    kinds = Counter(each.kind for each in variants)
    assert set(kinds) == {*TOLD, *UNTOLD, "names", "swapped", "numbers", "noise"}
    assert sum(not each.told for each in variants) >= 80


@pytest.mark.parametrize("half", HALVES)
def test_every_blank_is_filled_and_no_text_is_of_the_other_half(half):
    other = {e.text for e in read_variants("held_out" if half == "tuning" else "tuning")}
    for each in read_variants(half):
        assert not re.search(r"[\[\]{}/:]", each.text), each.text
        assert each.text not in other
        assert each.kind == "noise" or each.begins == 0


def test_no_sentence_of_one_half_stands_in_the_other():
    acts = [tomllib.loads(path_of(half).read_text("utf-8"))["act"] for half in HALVES]
    first, second = (
        {sentence for act in half for kind in (*TOLD, *UNTOLD) for sentence in act.get(kind, ())}
        for half in acts
    )
    assert not first & second


def test_a_swap_changes_sides_and_nothing_else():
    plain = variant(
        "فرض الرئيس الفرنسي اليوم الاثنين عقوبات اقتصادية على وزارة الخارجية الإيرانية."
    )
    swapped = variant(
        "فرضت وزارة الخارجية الإيرانية اليوم الاثنين عقوبات اقتصادية على الرئيس الفرنسي."
    )
    assert plain.actor == swapped.recipient
    assert plain.recipient == swapped.actor
    assert plain.date == swapped.date


def test_the_judge_sees_every_fault():
    text = "فرض الرئيس الفرنسي اليوم الاثنين عقوبات اقتصادية على وزارة الخارجية الإيرانية."
    plain = variant(text)
    events = code_events(plain.article())
    event = next(e for e in events if e.event_type == "SANCTION")
    assert list(faults(plain, events)) == []
    turned = replace(event, actors=event.recipients, recipients=event.actors)
    assert len(list(faults(plain, [turned]))) == 4
    assert list(faults(plain, [replace(event, event_date=None)])) == ["date 2024-03-11 is None"]
    nobody = replace(event, recipients=(Actor(None),))
    assert list(faults(plain, [nobody])) == ["recipient IRN is missing"]
    assert list(faults(plain, [])) == ["missed"]
    assert "missed" in next(faults(plain, [replace(event, status="negated")]))
    assert next(faults(replace(plain, begins=999), events)).startswith("noise is SANCTION")
    denied = replace(plain, told=False)
    assert list(faults(denied, [event])) == [f"SANCTION is asserted: {event.trigger.text}"]
    assert list(faults(denied, [replace(event, status="negated")])) == []
