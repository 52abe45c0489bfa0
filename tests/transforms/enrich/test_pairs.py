"""Which mentions are one event: what is asked about them, how they are joined, how it is fitted."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.enrich import coder
from transforms.enrich.build.pairs import Asked, fit_pairs
from transforms.enrich.events import merge
from transforms.enrich.events.decide import TABLE, decision_model, save
from transforms.enrich.events.mention import EventMention
from transforms.enrich.events.pairs import Facts, PairModel, facts_of, pair_names, pair_numbers
from transforms.enrich.events.trees import Trees

NOON = dt.datetime(2024, 3, 13, 12, tzinfo=dt.UTC)
_OTHER = 16  # where pair_numbers says that the later act is told as another one


def mentions_of(body: str, kind: str) -> list[EventMention]:
    """What rules find in a text before anything is joined, of one type."""
    return [mention for mention in coder.mentions_of(body) if mention.event_type == kind]


def facts(body: str, kind: str) -> list[Facts]:
    return facts_of(mentions_of(body, kind))


def same(chance: float) -> PairModel:
    """A model to which every pair is alike."""
    odds = float(np.log(chance / (1 - chance)))
    shapes = {"columns": (0, 1), "limits": (0, 1), "values": (0, 2)}
    parts = {f"t.{name}": np.zeros(shape) for name, shape in shapes.items()} | {"t.base": odds}
    return PairModel({}, Trees.of(parts, "t"))


def test_what_a_clause_says_is_compared_and_its_own_word_left_out() -> None:
    first, later = facts(
        "قتل مسلحون خمسة جنود في الموصل أمس. وقتل مسلحون ثلاثة جنود في هجوم آخر بكركوك.", "ASSAULT"
    )[:2]
    assert {"مسلحون", "موصل"} <= first.clause
    assert first.roots == later.roots
    assert first.numbers == frozenset()
    assert not first.title
    assert first.place < later.place


def test_an_act_told_as_another_one_is_known_as_such() -> None:
    body = "قتل مسلحون خمسة جنود في الموصل أمس. وفي كركوك شن مسلحون هجوما آخر على الجيش."
    first, *_, later = facts(body, "ASSAULT")
    assert not first.other
    assert later.other
    assert pair_numbers(first, later)[_OTHER] == 1.0


def test_a_pair_is_asked_about_in_the_order_of_the_text() -> None:
    one, two = facts("اعتقلت الشرطة خمسة مهربين. واحتجزت الشرطة المهربين في القاهرة.", "COERCE")[:2]
    assert pair_numbers(one, two) == pair_numbers(two, one)
    assert pair_names(one, two) == pair_names(two, one)


@given(
    st.integers(1, 7).flatmap(
        lambda count: st.tuples(
            st.just(count),
            st.fixed_dictionaries(
                {}, optional={(a, b): st.floats(0, 1) for b in range(count) for a in range(b)}
            ),
        )
    )
)
def test_groups_part_the_mentions_and_those_left_are_less_likely_one(
    drawn: tuple[int, dict[tuple[int, int], float]],
) -> None:
    count, chances = drawn
    means = dict(chances)
    groups = merge.grouped(count, means)
    assert sorted(number for own in groups.values() for number in own) == list(range(count))
    assert all(first == min(own) for first, own in groups.items())
    for (one, two), mean in means.items():
        asked = [(min(a, b), max(a, b)) for a in groups[one] for b in groups[two]]
        assert mean == pytest.approx(sum(chances.get(pair, 0.0) for pair in asked) / len(asked))
        assert mean < merge.SAME
        assert not chances.keys().isdisjoint(asked)  # those that all contradict are no pair


def test_who_cannot_be_one_keeps_groups_apart() -> None:
    means = {(0, 1): 0.9, (1, 2): 0.8}  # the first and the third contradict each other
    assert merge.grouped(3, means) == {0: [0, 1], 2: [2]}
    assert means == {(0, 2): pytest.approx(0.4)}


def test_without_a_model_only_what_is_said_twice_in_the_same_words_is_joined() -> None:
    said = "اعتقلت الشرطة خمسة مهربين."
    found = mentions_of(f"{said} واحتجزت الشرطة المهربين في القاهرة. {said}", "COERCE")
    assert len(found) == 3
    united = merge.merge(found, None)
    assert sorted(len(event.joined) for event in united) == [1, 2]


def test_an_event_knows_how_probably_others_tell_it_too() -> None:
    body = "اعتقلت الشرطة خمسة مهربين. واحتجزت الشرطة المهربين في القاهرة."
    one, two = merge.merge(mentions_of(body, "COERCE"), same(0.4))
    assert one.near == [(pytest.approx(0.4), two.confidence)]
    assert two.near == [(pytest.approx(0.4), one.confidence)]
    (event,) = merge.merge(mentions_of(body, "COERCE"), same(0.6))
    assert event.near == []
    assert len(event.joined) == 2


def test_long_articles_are_compared_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    found = mentions_of("اعتقلت الشرطة خمسة مهربين. واحتجزت الشرطة المهربين في القاهرة.", "COERCE")
    monkeypatch.setattr(merge, "_AT_ONCE", 1)
    assert len(merge.merge(found, same(0.9))) == 2


def test_pairs_are_fitted_by_words_and_numbers() -> None:
    asked = [
        Asked(
            n % 4,
            [float(n % 3 == 0)],
            ["one", "ab:هجوم|هجوم" if n % 2 else "ab:هجوم|قصف"],
            bool(n % 2),
        )
        for n in range(160)
    ]
    model = fit_pairs(asked)
    assert model is not None
    assert model.words["ab:هجوم|هجوم"] > 0 > model.words["ab:هجوم|قصف"]
    low, high = model.trees([[1.0, sum(model.words[n] for n in e.names)] for e in asked[:2]])
    assert low < 0.1
    assert high > 0.9
    assert fit_pairs(asked).words == model.words
    assert fit_pairs([]) is None


def test_the_models_are_read_as_they_were_written(tmp_path: Path) -> None:
    model = decision_model()
    assert model.pair is not None
    save(model, tmp_path / "again.npz")
    with np.load(tmp_path / "again.npz") as one, np.load(TABLE) as two:
        assert one.files == two.files
        assert all(np.array_equal(one[name], two[name]) for name in one.files)
